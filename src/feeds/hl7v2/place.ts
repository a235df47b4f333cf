import type { Span } from '../format.ts'
import type { Place } from '../translation.ts'
import { headers, type Message, type Segment } from './message.ts'
import { readSegments } from './parse.ts'

/** `PID[1]-5[1].1` or `PID[1]-5[1].1.2`: segment name and ordinal, field, repetition, component, subcomponent. */
const grammar =
  /^(line|[A-Z][A-Z0-9]{2})\[(\d{1,6})\](?:-(\d{1,4})(?:\[(\d{1,6})\](?:\.(\d{1,4})(?:\.(\d{1,4}))?)?)?)?$/

/** Where a place stands in the text of the message; null when the message has no such place. */
export function locateInMessage(text: string, place: Place): Span | null {
  const steps = grammar.exec(place)
  if (steps === null) return null
  const message = readSegments(text)
  const segment = message.segments.find(({ name, ordinal }) => name === steps[1] && ordinal === Number(steps[2]))
  if (segment === undefined) return null
  if (steps[3] === undefined)
    return { start: segment.start, end: fieldEnd(message, segment, segment.fields.length - 1) }
  const field = fieldSpan(message, segment, Number(steps[3]))
  const { repetition, component, subcomponent } = message.delimiters
  const levels: readonly (readonly [string, string | undefined])[] = [
    [repetition, steps[4]],
    [component, steps[5]],
    [subcomponent, steps[6]],
  ]
  return levels.reduce<Span | null>(
    (span, [delimiter, ordinal]) =>
      span === null || ordinal === undefined ? span : nth(text, span, delimiter, Number(ordinal)),
    field,
  )
}

function fieldSpan(message: Message, segment: Segment, field: number): Span | null {
  const text = segment.fields[field]
  if (text === undefined) return null
  const end = fieldEnd(message, segment, field)
  return { start: end - text.length, end }
}

function fieldEnd(message: Message, segment: Segment, field: number): number {
  const header = headers.has(segment.name) && segment.fields[1] === message.delimiters.field
  let end = segment.start
  for (let n = 0; n <= field; n++) {
    // A header's first field is the separator itself, and none stands before its second.
    const separated = n > 0 && !(header && (n === 1 || n === 2))
    end += (separated ? message.delimiters.field.length : 0) + (segment.fields[n] ?? '').length
  }
  return end
}

function nth(text: string, span: Span, delimiter: string, ordinal: number): Span | null {
  let start = span.start
  if (delimiter === '') return ordinal === 1 ? span : null
  for (let n = 1; ; n++) {
    const found = text.indexOf(delimiter, start)
    const end = found < 0 || found >= span.end ? span.end : found
    if (n === ordinal) return { start, end }
    if (end === span.end) return null
    start = end + delimiter.length
  }
}
