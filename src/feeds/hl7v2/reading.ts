import type { Issue } from '../../base/index.ts'
import type { Source } from '../source.ts'
import type { LineageEntry, Place } from '../translation.ts'
import { unescapeText } from './escape.ts'
import type { Delimiters, Message, Repeat, Segment } from './message.ts'

export type { Repeat } from './message.ts'

/** One message while it is being translated: what it says, what rules have used of it, and what struck them. */
export type Reading = {
  readonly message: Message
  readonly source: Source
  /** Places that a rule has used; a place stands for everything below it. */
  readonly used: Set<Place>
  readonly notes: Issue[]
}

/** Text of a component or subcomponent, unescaped, and where it stands. Never empty, never `""`. */
export type Cell = { readonly text: string; readonly place: Place }

/** HL7 v2's "delete the value": two double quotes. */
const nothing = '""'

export const fieldPlace = (segment: Segment, field: number): Place => `${segment.name}[${segment.ordinal}]-${field}`

/** The repetitions of a field that hold something; `""` is held to hold nothing here (see `isCleared`). */
export function repeats(
  { message: { delimiters } }: Pick<Reading, 'message'>,
  segment: Segment,
  field: number,
): readonly Repeat[] {
  const raw = segment.fields[field]
  if (raw === undefined || raw === '' || raw === nothing) return none
  // Rules ask for the same field again and again, one component at a time.
  const known = segment.cut[field]
  if (known !== undefined) return known
  const found = cutField(raw, segment, field, delimiters)
  segment.cut[field] = found
  return found
}

const none: readonly Repeat[] = []

function cutField(raw: string, segment: Segment, field: number, delimiters: Delimiters): readonly Repeat[] {
  const place = fieldPlace(segment, field)
  if (delimiters.repetition === '' || !raw.includes(delimiters.repetition))
    return [repeatOf(raw, `${place}[1]`, delimiters)]
  const found: Repeat[] = []
  for (const [index, text] of raw.split(delimiters.repetition).entries()) {
    if (text !== '' && text !== nothing) found.push(repeatOf(text, `${place}[${index + 1}]`, delimiters))
  }
  return found
}

export function firstRepeat(
  reading: Pick<Reading, 'message'>,
  segment: Segment | undefined,
  field: number,
): Repeat | undefined {
  return segment === undefined ? undefined : repeats(reading, segment, field)[0]
}

function repeatOf(raw: string, place: Place, delimiters: Delimiters): Repeat {
  return { raw, place, delimiters, parts: delimiters.component === '' ? [raw] : raw.split(delimiters.component) }
}

/** Component `n`, its subcomponents joined by spaces. */
export function part(repeat: Repeat | undefined, n: number): Cell | undefined {
  const raw = repeat?.parts[n - 1]
  if (repeat === undefined || raw === undefined || raw === '' || raw === nothing) return undefined
  const { subcomponent } = repeat.delimiters
  const place = partPlace(repeat, n)
  if (subcomponent === '' || !raw.includes(subcomponent)) return cell(unescapeText(raw, repeat.delimiters), place)
  const texts = raw.split(subcomponent).filter((text) => text !== '' && text !== nothing)
  return cell(texts.map((text) => unescapeText(text, repeat.delimiters)).join(' '), place)
}

/** Subcomponent `sub` of component `n`; a component without subcomponents is its own first. */
export function subpart(repeat: Repeat | undefined, n: number, sub: number): Cell | undefined {
  const raw = repeat?.parts[n - 1]
  if (repeat === undefined || raw === undefined) return undefined
  const { subcomponent } = repeat.delimiters
  const subs = subcomponent === '' ? [raw] : raw.split(subcomponent)
  const text = subs[sub - 1]
  if (text === undefined || text === '' || text === nothing) return undefined
  const place = partPlace(repeat, n)
  return cell(unescapeText(text, repeat.delimiters), subs.length === 1 ? place : `${repeat.place}.${n}.${sub}`)
}

/** The repetition as free text: separators that a sender forgot to escape are given back as they stood. */
export function whole(repeat: Repeat | undefined): Cell | undefined {
  return repeat === undefined ? undefined : cell(unescapeText(repeat.raw, repeat.delimiters), repeat.place)
}

/** First component of the first repetition: all there is in most fields. */
export function value(
  reading: Pick<Reading, 'message'>,
  segment: Segment | undefined,
  field: number,
  component = 1,
): Cell | undefined {
  return part(firstRepeat(reading, segment, field), component)
}

/** Whether the sender deletes this field's value: `""`. */
export function isCleared(segment: Segment | undefined, field: number): boolean {
  return segment?.fields[field] === nothing
}

/** The elements that a segment empties with `""`, by a table of field and element. Read, so no leftover. */
export function clearedElements(
  reading: Reading,
  segment: Segment | undefined,
  table: readonly (readonly [number, string])[],
): readonly string[] {
  if (segment === undefined) return []
  return table.flatMap(([field, element]) => {
    if (!isCleared(segment, field)) return []
    use(reading, fieldPlace(segment, field))
    return [element]
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: FHIR R4 datatypes.html#string forbids exactly these.
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/
const controls = new RegExp(control, 'g')

/** Without control characters, which neither FHIR nor the database can hold. */
export const withoutControls = (text: string): string => (control.test(text) ? text.replaceAll(controls, '') : text)

function cell(text: string, place: Place): Cell | undefined {
  const trimmed = withoutControls(text).trim()
  return trimmed === '' ? undefined : { text: trimmed, place }
}

const partPlace = (repeat: Repeat, n: number): Place =>
  repeat.parts.length === 1 ? repeat.place : `${repeat.place}.${n}`

/** Tells that a place made an element. Whatever is traced is used; whatever is not is left over. */
export type Trace = (to: string, from: Cell | Place, rule: string) => void

export function tracer({ used }: Reading, lineage: LineageEntry[]): Trace {
  return (to, from, rule) => {
    const place = typeof from === 'string' ? from : from.place
    used.add(place)
    lineage.push({ to, from: place, rule })
  }
}

/** Marks a place that serves the message itself: its kind, its order, whose it is. */
export function use(reading: Reading, from: Cell | Place | undefined): void {
  if (from !== undefined) reading.used.add(typeof from === 'string' ? from : from.place)
}

/** Something that was read, but that a person should look at. Never holds what the field holds. */
export function note(reading: Reading, place: Place, message: string, remedy?: string): void {
  reading.notes.push({ place, message, severity: 'warning', ...(remedy === undefined ? {} : { remedy }) })
}

/** Tells it of a cell that may not be there. */
export function traceValue(trace: Trace, to: string, cell: Cell | undefined, rule: string): void {
  if (cell !== undefined) trace(to, cell, rule)
}
