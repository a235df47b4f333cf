import { type Issue, type Parsed, right } from '../../base/index.ts'
import type { Source } from '../source.ts'
import { decode, encode } from './decode.ts'
import type { Message, Segment } from './message.ts'
import { readBytes, readSegments, shortMax } from './parse.ts'

/**
 * A file of messages (FHS BHS MSH… BTS FTS), or several messages one after another, cut into messages. Null: it is one message.
 * A count that disagrees or a trailer that is missing says that the file was cut short, so nothing of it is taken.
 * @see HL7 v2.5 §2.10.3; facts: hl7v2-uk §8
 */
export function divideBatch(bytes: Uint8Array, source: Source): Parsed<readonly Uint8Array[]> | null {
  const preferred = source.settings.hl7v2?.charset
  const { text, charset } = bytes.length > shortMax ? decode(bytes, preferred) : readBytes(bytes, preferred)
  if (!mayBeSeveral(text)) return null
  const file = readSegments(text)
  const starts = file.segments.filter(({ name }) => name === 'MSH')
  const framed = file.segments.some(({ name }) => name === 'FHS' || name === 'BHS')
  if (!framed && starts.length < 2) return null
  const issues = framed ? countIssues(file) : []
  if (issues.length > 0) return { ok: false, issues }
  const bounds = file.segments.filter(({ name }) => borders.has(name))
  const messages = bounds.flatMap(({ name, start }, n) =>
    name === 'MSH' ? [encode(`${text.slice(start, bounds[n + 1]?.start ?? text.length).trimEnd()}\r`, charset)] : [],
  )
  return right(messages)
}

/** A look without cutting: nearly everything that comes is one message, and some are megabytes long. */
function mayBeSeveral(text: string): boolean {
  const beginnings = /(?:^|[\r\n])[\s\uFEFF\v]{0,8}(MSH|FHS|BHS)/g
  let headers = 0
  for (let found = beginnings.exec(text); found; found = beginnings.exec(text)) {
    headers += 1
    if (found[1] !== 'MSH' || headers > 1) return true
  }
  return false
}

const borders: ReadonlySet<string> = new Set(['MSH', 'BHS', 'BTS', 'FHS', 'FTS'])

function countIssues(file: Message): readonly Issue[] {
  const named = (name: string): readonly Segment[] => file.segments.filter((segment) => segment.name === name)
  const issues: Issue[] = []
  if (named('BHS').length !== named('BTS').length)
    issues.push(cutShort('BTS', `Found ${named('BHS').length} batch headers and ${named('BTS').length} trailers`))
  if (named('FHS').length !== named('FTS').length)
    issues.push(cutShort('FTS', `Found ${named('FHS').length} file headers and ${named('FTS').length} trailers`))
  let messages = 0
  for (const segment of file.segments) {
    if (segment.name === 'BHS') messages = 0
    if (segment.name === 'MSH') messages++
    if (segment.name === 'BTS') issues.push(...countIssue(segment, messages, 'messages'))
  }
  for (const trailer of named('FTS')) issues.push(...countIssue(trailer, named('BHS').length, 'batches'))
  return issues
}

function countIssue(trailer: Segment, found: number, what: string): readonly Issue[] {
  const said = (trailer.fields[1] ?? '').trim()
  if (said === '' || Number(said) === found) return []
  const expected = /^\d{1,9}$/.test(said) ? said : 'something that is no count'
  return [
    {
      place: `${trailer.name}[${trailer.ordinal}]-1`,
      message: `Found ${found} ${what}, the trailer says ${expected}`,
      remedy: 'The file may have been cut short; send it again whole.',
    },
  ]
}

function cutShort(name: string, message: string): Issue {
  return {
    place: name,
    message: `${message}, expected as many of one as of the other`,
    remedy: 'The file may have been cut short; send it again whole.',
  }
}
