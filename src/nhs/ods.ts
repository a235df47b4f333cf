import { type Parsed, right, wrong } from '../base/index.ts'

declare const checked: unique symbol
/** An organisation or site code with the right shape. Whether the organisation exists is another question. */
export type OdsCode = string & { readonly [checked]: 'OdsCode' }

/** Reads an ODS code: 3 to 12 capital letters and digits. Small letters and spaces around it are mended. @param at for the issue */
export function parseOdsCode(text: string, at: string): Parsed<OdsCode> {
  const code = text.trim().toUpperCase()
  if (!/^[A-Z0-9]{3,12}$/.test(code)) {
    return wrong(
      at,
      'An ODS code is 3 to 12 letters and digits without spaces.',
      'Look the organisation up in the ODS.',
    )
  }
  return right(code as OdsCode)
}

/** NHS Data Dictionary default codes: they stand for "not known" and the like, and never for an organisation. */
const placeholders: Readonly<Record<string, string>> = {
  V81999: 'Practice not known',
  V81998: 'Practice not applicable',
  V81997: 'No registered practice',
  X99998: 'Referring organisation not applicable',
  X99999: 'Referring organisation not known',
  '89997': 'Provider outside the UK',
  '89999': 'UK provider outside the NHS',
  VPP00: 'Private patient',
  TDH00: 'Exempt overseas visitor',
}

/** What a default code says instead of naming an organisation; undefined for all other codes. */
export function placeholderOdsCode(code: string): string | undefined {
  return placeholders[code]
}
