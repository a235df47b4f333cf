import { type Parsed, right, wrong } from '../../base/index.ts'
import { type Charset, decode } from './decode.ts'
import { type Delimiters, headers, type Message, type Segment, standardDelimiters } from './message.ts'

/** Beyond this a message is no message of one event; to translate it would hold up everybody else's for seconds. */
const segmentsMax = 20_000

/**
 * Reads the text of one message into segments and fields. Time and memory grow with the text and no faster.
 * @returns issues when it has no MSH that can be read; what stands inside fields is not judged here
 */
export function parseMessage(text: string): Parsed<Message> {
  // Counted before anything is cut: millions of empty lines would fill the memory first.
  return hasMoreLinesThan(text, segmentsMax)
    ? wrong(
        '',
        `The message has more than ${segmentsMax} segments, expected at most so many`,
        'Send it as several messages, or as a batch with FHS and BHS.',
      )
    : checkMessage(readSegments(text))
}

/** The same for bytes. */
export function parseBytes(bytes: Uint8Array, charset: string | undefined): Parsed<Message> {
  return bytes.length > shortMax
    ? parseMessage(decode(bytes, charset).text)
    : checkMessage(readBytes(bytes, charset).message)
}

export type Read = { readonly message: Message; readonly text: string; readonly charset: Charset }

// The door, the translation and the answer each read the message; most are short, and are read once.
const read = new WeakMap<Uint8Array, Read & { readonly preferred: string | undefined }>()
/** Bytes up to which a message is remembered as it was read. */
export const shortMax = 16_384

/** Segments of the beginning of a message, or all of it when it is short. @param preferred what the source declares for messages without MSH-18 */
export function readBytes(bytes: Uint8Array, preferred?: string): Read {
  const known = read.get(bytes)
  if (known !== undefined && known.preferred === preferred) return known
  const { text, charset } = decode(bytes, preferred)
  const found = { message: readSegments(text), text, charset, preferred }
  if (bytes.length <= shortMax) read.set(bytes, found)
  return found
}

function checkMessage(message: Message): Parsed<Message> {
  const first = message.segments[0]
  if (first === undefined) {
    return wrong('', 'The message is empty, expected an MSH segment', 'Check what the sender puts in the frame.')
  }
  if (first.name !== 'MSH') {
    return wrong(
      '',
      `The message begins with ${first.name === 'line' ? 'something else' : first.name}, expected MSH`,
      'Send one whole HL7 v2 message that begins with its MSH segment.',
    )
  }
  const trouble = troubleWithDelimiters(first)
  return trouble === undefined
    ? right(message)
    : wrong('MSH[1]-2[1]', trouble, 'Send MSH-1 and MSH-2 as HL7 v2 has them, usually |^~\\&.')
}

function hasMoreLinesThan(text: string, most: number): boolean {
  let count = 1
  for (let at = 0; at < text.length && count <= most + 1; at += 1) {
    const code = text.charCodeAt(at)
    // A carriage return with a line feed is one end of a line.
    if (code === 13 || (code === 10 && text.charCodeAt(at - 1) !== 13)) count += 1
  }
  return count > most + 1
}

/** Segments of any text, whatever it is; used also for files of batches and for answers to broken messages. */
export function readSegments(text: string): Message {
  const preamble = /^[\uFEFF\s\v\0]*/u.exec(text)?.[0] ?? ''
  const delimiters = readDelimiters(text, preamble.length)
  const segments: Segment[] = []
  const seen = new Map<string, number>()
  let at = preamble.length
  while (at < text.length) {
    const end = lineEnd(text, at)
    const next = afterTerminators(text, end)
    const fields = splitFields(text.slice(at, end), delimiters.field)
    const name = segmentName(fields[0] ?? '')
    const ordinal = (seen.get(name) ?? 0) + 1
    seen.set(name, ordinal)
    segments.push({ name, ordinal, start: at, fields, terminator: text.slice(end, next), cut: [] })
    at = next
  }
  return { delimiters, segments, preamble }
}

/** The text again, letter for letter. */
export function printMessage(message: Message): string {
  const { field } = message.delimiters
  const lines = message.segments.map(({ name, fields, terminator }) => {
    // Only a header cut at its own separator has the separator as a field.
    const header = headers.has(name) && fields[1] === field
    return (header ? name + field + fields.slice(2).join(field) : fields.join(field)) + terminator
  })
  return message.preamble + lines.join('')
}

function readDelimiters(text: string, at: number): Delimiters {
  if (!headers.has(text.slice(at, at + 3))) return standardDelimiters
  const field = text[at + 3]
  if (field === undefined || field === '\r' || field === '\n') return standardDelimiters
  const end = Math.min(...[text.indexOf(field, at + 4), lineEnd(text, at + 4)].filter((place) => place >= 0))
  const [component, repetition, escapeSign, subcomponent] = text.slice(at + 4, end)
  return {
    field,
    component: component ?? '',
    repetition: repetition ?? '',
    escape: escapeSign ?? '',
    subcomponent: subcomponent ?? '',
  }
}

function troubleWithDelimiters(msh: Segment): string | undefined {
  const separator = msh.fields[1] ?? ''
  const encoding = msh.fields[2] ?? ''
  if (separator === '' || /[A-Za-z0-9\s]/.test(separator))
    return 'The field separator in MSH-1 is missing or a letter or digit'
  if (encoding === '') return 'The encoding characters in MSH-2 are missing'
  const used = [...(separator + encoding.slice(0, 4))]
  // `^~\\&` with the escape doubled is a known slip of senders written in C-like languages: it still tells everything.
  if (new Set(used).size !== used.length && encoding !== '^~\\\\&')
    return 'One sign in MSH-1 and MSH-2 is used for two purposes'
  return /[A-Za-z0-9]/.test(encoding.slice(0, 4)) ? 'An encoding character in MSH-2 is a letter or digit' : undefined
}

/** Text that begins no segment (a line break inside a field) keeps a place of its own: `line[1]-0[1]`. */
function segmentName(text: string): string {
  return /^[A-Z][A-Z0-9]{2}$/.test(text) ? text : 'line'
}

/** A header's own name holds no separator: `MSH|^~\&|…` gives MSH, |, ^~\&, … */
function splitFields(line: string, separator: string): readonly string[] {
  if (line[3] !== separator || !headers.has(line.slice(0, 3))) return line.split(separator)
  return [line.slice(0, 3), separator, ...line.slice(4).split(separator)]
}

function lineEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 13 || code === 10) return i
  }
  return text.length
}

function afterTerminators(text: string, from: number): number {
  let i = from
  // Blank lines, MLLP end blocks and trailing NULs belong to no segment.
  while (i < text.length && (text.charCodeAt(i) <= 32 || text.charCodeAt(i) === 0x1c)) i++
  return i
}
