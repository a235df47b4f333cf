/** An HL7 v2 message in its parts. Fields count from 1 as in the standard: `fields[5]` of PID is PID-5. @see HL7 v2.5 chapter 2 */

import type { Place } from '../translation.ts'

export type Delimiters = {
  readonly field: string
  readonly component: string
  readonly repetition: string
  readonly escape: string
  readonly subcomponent: string
}

/** One repetition of a field. */
export type Repeat = {
  readonly raw: string
  readonly place: Place
  readonly parts: readonly string[]
  readonly delimiters: Delimiters
}

export type Segment = {
  readonly name: string
  /** Its number among the segments of this name, from 1. */
  readonly ordinal: number
  /** Where it begins in the text, in UTF-16 units. */
  readonly start: number
  /** Raw text by field number; [0] is the name. In MSH, BHS and FHS [1] is the field separator itself. */
  readonly fields: readonly string[]
  /** What ended it: CR, LF, CRLF, several of them, or nothing. */
  readonly terminator: string
  /** Filled while it is read: the repetitions of each field that a rule has asked for. */
  readonly cut: (readonly Repeat[] | undefined)[]
}

export type Message = {
  readonly delimiters: Delimiters
  readonly segments: readonly Segment[]
  /** What stood before the first segment: a byte order mark, blank lines. */
  readonly preamble: string
}

/** Segments that carry the delimiters. */
export const headers: ReadonlySet<string> = new Set(['MSH', 'BHS', 'FHS'])

export const standardDelimiters: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
}

export function segmentsNamed(message: Message, name: string): readonly Segment[] {
  return message.segments.filter((segment) => segment.name === name)
}

export function firstSegment(message: Message, name: string): Segment | undefined {
  return message.segments.find((segment) => segment.name === name)
}
