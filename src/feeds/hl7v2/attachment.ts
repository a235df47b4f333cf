import type { Attachment } from 'fhir/r4.js'
import { present } from './facts.ts'
import { type Cell, note, part, type Reading, type Repeat, type Trace } from './reading.ts'
import { lookup } from './tables.ts'

/** Files inside a message (ED), and pointers to files elsewhere (RP). */

const mediaTypes: Readonly<Record<string, string>> = {
  PDF: 'application/pdf',
  RTF: 'application/rtf',
  HTML: 'text/html',
  XML: 'application/xml',
  PLAIN: 'text/plain',
  TXT: 'text/plain',
  TEXT: 'text/plain',
  JPEG: 'image/jpeg',
  JPG: 'image/jpeg',
  PNG: 'image/png',
  GIF: 'image/gif',
  TIFF: 'image/tiff',
  TIF: 'image/tiff',
  DICOM: 'application/dicom',
  WORD: 'application/msword',
  MSWORD: 'application/msword',
  'X-HL7-CDA-LEVEL-ONE': 'text/xml',
}

/** ED: source^type^subtype^encoding^data. The data may be wrapped over lines by line breaks or `\\.br\\`. */
export function document(
  reading: Reading,
  repeat: Repeat,
  { trace, rule }: { readonly trace: Trace; readonly rule: string },
): Attachment | undefined {
  const [type, subtype, encoding, data] = [2, 3, 4, 5].map((n) => part(repeat, n))
  if (data === undefined) return undefined
  const kind =
    lookup(mediaTypes, (subtype?.text ?? '').toUpperCase()) ??
    (type === undefined || subtype === undefined
      ? 'application/octet-stream'
      : `${type.text}/${subtype.text}`.toLowerCase())
  const bytes = attachmentData(data, encoding?.text.toUpperCase())
  if (bytes === undefined) {
    note(
      reading,
      data.place,
      'Found an attachment whose content is not in the encoding that it names; it is kept as text',
      'Send the data as Base64 in component 5.',
    )
    trace('presentedForm', data, rule)
    return { contentType: 'text/plain', data: Buffer.from(data.text, 'utf8').toString('base64') }
  }
  for (const cell of [part(repeat, 1), type, subtype, encoding, data])
    if (cell !== undefined) trace('presentedForm', cell, rule)
  return { contentType: kind, data: bytes }
}

function attachmentData(data: Cell, encoding: string | undefined): string | undefined {
  if (encoding === 'HEX') {
    return /^(?:[0-9A-Fa-f]{2})+$/.test(data.text) ? Buffer.from(data.text, 'hex').toString('base64') : undefined
  }
  if (encoding === 'A') return Buffer.from(data.text, 'utf8').toString('base64')
  const bare = data.text.replaceAll(/\s+/g, '')
  return bare.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(bare) ? bare : undefined
}

/** RP: pointer^application^type^subtype. */
export function pointer(
  repeat: Repeat,
  { trace, rule }: { readonly trace: Trace; readonly rule: string },
): Attachment | undefined {
  const [at, , type, subtype] = [1, 2, 3, 4].map((n) => part(repeat, n))
  if (at === undefined) return undefined
  for (const cell of [at, part(repeat, 2), type, subtype]) if (cell !== undefined) trace('presentedForm', cell, rule)
  return present<Attachment>({
    contentType: lookup(mediaTypes, (subtype?.text ?? '').toUpperCase()),
    url: at.text,
  })
}
