/** Bytes to text by the charset that MSH-18 names. @see facts: hl7v2-uk §3 */

/** `WE8MSWIN1252` and friends are what engines send, whatever table 0211 says. */
const charsets: Readonly<Record<string, 'utf-8' | 'windows-1252' | 'utf-16le' | 'utf-16be'>> = {
  '8859/1': 'windows-1252',
  'ISO-8859-1': 'windows-1252',
  ISO88591: 'windows-1252',
  'WINDOWS-1252': 'windows-1252',
  CP1252: 'windows-1252',
  WE8MSWIN1252: 'windows-1252',
  'UNICODE UTF-8': 'utf-8',
  UNICODE: 'utf-8',
  'UTF-8': 'utf-8',
  UTF8: 'utf-8',
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const looseUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const windows1252 = new TextDecoder('windows-1252', { ignoreBOM: true })

export type Charset = 'utf-8' | 'windows-1252'

/**
 * The message as text. Never fails: an undeclared charset is read as strict UTF-8, else as Windows-1252, which has a letter for every byte.
 * @param preferred what the source declares for messages without MSH-18
 */
export function decode(bytes: Uint8Array, preferred?: string): { readonly text: string; readonly charset: Charset } {
  const declared = charsets[declaredCharset(bytes).toUpperCase()] ?? charsets[(preferred ?? '').toUpperCase()]
  if (declared === 'windows-1252') return { text: windows1252.decode(bytes), charset: 'windows-1252' }
  try {
    return { text: strictUtf8.decode(bytes), charset: 'utf-8' }
  } catch {
    // Declared UTF-8 but not UTF-8: a message that says one thing and does another is read for what it does.
    return declared === 'utf-8' && mostlyUtf8(bytes)
      ? { text: looseUtf8.decode(bytes), charset: 'utf-8' }
      : { text: windows1252.decode(bytes), charset: 'windows-1252' }
  }
}

/** Text back to bytes in the charset that it came in; a letter that the charset lacks becomes `?`. */
export function encode(text: string, charset: Charset): Uint8Array {
  if (charset === 'utf-8') return new TextEncoder().encode(text)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    bytes[i] = code < 0x80 || (code >= 0xa0 && code <= 0xff) ? code : (fromWindows1252.get(code) ?? 0x3f)
  }
  return bytes
}

/** Letters of 0x80 to 0x9f, by their code point. */
const fromWindows1252 = new Map<number, number>(
  Array.from({ length: 32 }, (_, i) => [windows1252.decode(Uint8Array.of(0x80 + i)).charCodeAt(0), 0x80 + i]),
)

/** MSH-18 as it stands in the bytes; '' when there is none. Names of charsets are ASCII, so one byte is one letter. */
function declaredCharset(bytes: Uint8Array): string {
  const start = mshAt(bytes)
  if (start < 0) return ''
  const separator = bytes[start + 3]
  let field = 1
  let from = -1
  for (let i = start + 3; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === 0x0d || byte === 0x0a || byte === separator) {
      if (field === 18 && from >= 0) return ascii(bytes.subarray(from, i))
      if (byte !== separator) return ''
      field++
      if (field === 18) from = i + 1
    }
  }
  return field === 18 && from >= 0 ? ascii(bytes.subarray(from)) : ''
}

/** The first repetition of the field. The repetition sign is `~` or, where it is another, the whole field is unknown and ignored. */
function ascii(bytes: Uint8Array): string {
  return bytes.length > 80 ? '' : (String.fromCharCode(...bytes).split('~')[0] ?? '').trim()
}

/** Where the first segment begins: after white space, a byte order mark or an MLLP start block. */
function mshAt(bytes: Uint8Array): number {
  for (let i = 0; i + 3 < bytes.length && i < 64; i++) {
    if (bytes[i] === 0x4d && bytes[i + 1] === 0x53 && bytes[i + 2] === 0x48) return i
  }
  return -1
}

function mostlyUtf8(bytes: Uint8Array): boolean {
  const text = looseUtf8.decode(bytes)
  let broken = 0
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === 0xfffd) broken++
  let high = 0
  for (const byte of bytes) if (byte >= 0x80) high++
  return broken * 4 < high
}
