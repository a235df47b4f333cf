import type { Identifier } from 'fhir/r4.js'
import { parseNhsNumber } from '../../nhs/index.ts'
import type { Source } from '../source.ts'
import { authoritySystem } from '../source.ts'
import type { Segment } from './message.ts'
import { type Cell, part, type Reading, type Repeat, repeats, subpart } from './reading.ts'
import { identifierTypes, lookup } from './tables.ts'

export const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number'

/** Names under which senders give the NHS number: CX-4 authority or CX-5 type. @see facts: identity §3 */
const nhsAuthorities: ReadonlySet<string> = new Set([
  'NHS',
  'NH',
  'NHSNBR',
  'NHSNMBR',
  'NHSNO',
  'NHSNUMBER',
  'NHS NUMBER',
  '2.16.840.1.113883.2.1.4.1',
])

/** One identifier of a person as a message gives it. */
export type Known = {
  readonly system: string
  readonly value: string
  readonly type: string | undefined
  /** `nhs`: ten digits with a right check digit; `not-nhs`: sent as an NHS number, and none. */
  readonly kind: 'nhs' | 'not-nhs' | 'local'
  readonly cells: readonly Cell[]
  readonly cell: Cell
}

/** The identifiers of a CX list: PID-3, PID-2, PID-4, MRG-1 … An entry without a value says nothing. */
export function identifiersOf(
  reading: Pick<Reading, 'message' | 'source'>,
  segment: Segment | undefined,
  field: number,
): readonly Known[] {
  if (segment === undefined) return []
  return repeats(reading, segment, field).flatMap((repeat) => identifierOf(reading.source, repeat) ?? [])
}

function identifierOf(source: Source, repeat: Repeat): Known | undefined {
  const value = part(repeat, 1)
  if (value === undefined) return undefined
  const named = subpart(repeat, 4, 1) ?? subpart(repeat, 4, 2)
  const type = part(repeat, 5)
  const cells = [value, ...[2, 3, 4, 5, 6].flatMap((n) => part(repeat, n) ?? [])]
  const authority = named?.text ?? part(repeat, 6)?.text ?? source.settings.hl7v2?.defaultAuthority ?? ''
  if (isNhsAuthority(source, authority) || (type !== undefined && nhsAuthorities.has(type.text.toUpperCase()))) {
    const checked = parseNhsNumber(value.text, value.place)
    return checked.ok
      ? { system: nhsNumberSystem, value: checked.value, type: 'NH', kind: 'nhs', cells, cell: value }
      : {
          system: authoritySystem(source, 'nhs-number-unverified'),
          value: value.text,
          type: undefined,
          kind: 'not-nhs',
          cells,
          cell: value,
        }
  }
  return {
    system: authoritySystem(source, authority === '' ? 'patient' : authority),
    value: value.text,
    type: type?.text,
    kind: 'local',
    cells,
    cell: value,
  }
}

function isNhsAuthority(source: Source, authority: string): boolean {
  return nhsAuthorities.has(authority.toUpperCase()) || source.settings.authorities?.[authority] === nhsNumberSystem
}

/**
 * By what the source itself calls this person: its record number, else its first local number, else the NHS number. Undefined: nobody.
 * Only PID-3 (or MRG-1) is asked when it holds anything; before HL7 v2.3 the number stood in PID-2 or PID-4.
 */
export function patientKey(candidates: readonly Known[]): string | undefined {
  const local = candidates.filter((one) => one.kind === 'local')
  const chosen =
    local.find((one) => one.type !== undefined && /^(?:MR|MRN|PI)$/i.test(one.type)) ??
    local[0] ??
    candidates.find((one) => one.kind === 'nhs') ??
    candidates[0]
  return chosen === undefined ? undefined : `${chosen.system}|${chosen.value}`
}

/** All that PID says of who this is, and by which key its source knows the person. */
export function personOf(
  reading: Pick<Reading, 'message' | 'source'>,
  pid: Segment | undefined,
): { readonly key: string | undefined; readonly known: readonly Known[] } {
  const list = identifiersOf(reading, pid, 3)
  const others = [...identifiersOf(reading, pid, 2), ...identifiersOf(reading, pid, 4)]
  return {
    key: patientKey(list.length > 0 ? list : others),
    known: [...list, ...others, ...socialSecurity(reading, pid)],
  }
}

/** PID-19 is the US social security number; UK senders put the NHS number there. Without a right check digit it is just a number. */
function socialSecurity(reading: Pick<Reading, 'message' | 'source'>, pid: Segment | undefined): readonly Known[] {
  return identifiersOf(reading, pid, 19).map((one) => {
    const checked = parseNhsNumber(one.value, one.cell.place)
    return checked.ok
      ? { ...one, system: nhsNumberSystem, value: checked.value, type: 'NH', kind: 'nhs' as const }
      : { ...one, system: authoritySystem(reading.source, 'PID-19'), type: undefined }
  })
}

export function fhirIdentifier(one: Known): Identifier {
  const display = one.type === undefined ? undefined : lookup(identifierTypes, one.type.toUpperCase())
  const type =
    one.type === undefined
      ? undefined
      : display === undefined
        ? { text: one.type }
        : {
            coding: [
              { system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: one.type.toUpperCase(), display },
            ],
          }
  return {
    ...(one.kind === 'not-nhs'
      ? { use: 'temp' as const, type: { text: 'NHS number that fails its check' } }
      : type === undefined
        ? {}
        : { type }),
    system: one.system,
    value: one.value,
  }
}
