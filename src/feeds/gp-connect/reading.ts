/** What one reading of a message remembers: which leaves were used, where references lead, what was worth a note. */
import type { Issue } from '../../base/index.ts'
import { isRawNumber } from '../../fhir/index.ts'
import type { Place } from '../translation.ts'
import { systemInR4 } from './systems.ts'

export type Json = Readonly<Record<string, unknown>>

export type Reading = {
  /** Places of the leaves that a rule used. */
  readonly used: Set<Place>
  /** A reference of the message as a reference between facts; a logical one when nothing in the message answers to it. */
  readonly link: (reference: string) => Json
  /** Reads an extension into R4 ones; none when the rule has no home for it. */
  readonly extension: (extension: Json, place: Place) => readonly Json[]
  readonly notes: Issue[]
}

/** One element of a STU3 resource: its value, its `_name` twin when it has one, and where it stands. */
export type Element = {
  readonly name: string
  readonly value: unknown
  readonly twin: unknown
  readonly place: Place
  readonly twinPlace: Place
  readonly reading: Reading
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)
}

/** Something a reader could lose: '' and null say nothing. */
export function hasContent(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '' && (typeof value !== 'object' || isRawNumber(value))
}

/** Calls `visit` for every leaf with content below a value, in order. */
export function eachLeaf(value: unknown, place: Place, visit: (place: Place) => void): void {
  if (hasContent(value)) visit(place)
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) eachLeaf(item, `${place}[${index}]`, visit)
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) eachLeaf(item, `${place}.${key}`, visit)
}

/** Marks every leaf below as used, by a rule that read it some other way than by copying. */
export function use(value: unknown, place: Place, reading: Reading): void {
  eachLeaf(value, place, (leaf) => reading.used.add(leaf))
}

/** The value as R4 has it where only systems, references and extensions differ; undefined when nothing is left of it. */
export function copy(value: unknown, place: Place, reading: Reading): unknown {
  if (Array.isArray(value)) return copyList(value, place, reading)
  if (isObject(value)) return copyObject(value, place, reading)
  if (!hasContent(value)) return undefined
  reading.used.add(place)
  return value
}

function copyList(list: readonly unknown[], place: Place, reading: Reading): unknown[] | undefined {
  // FHIR JSON lines arrays of primitives up with their extensions by nulls: those stay, everything else empty goes.
  const aligned = list.some((item) => item === null)
  const items: unknown[] = []
  for (const [index, item] of list.entries()) {
    const copied = copy(item, `${place}[${index}]`, reading)
    if (copied !== undefined) items.push(copied)
    else if (aligned) items.push(null)
  }
  return items.some((item) => item !== null) ? items : undefined
}

function copyObject(object: Json, place: Place, reading: Reading): Record<string, unknown> | undefined {
  const made: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(object)) {
    const at = `${place}.${key}`
    // JSON may name a member so; as an assignment it would change the object's nature instead.
    if (key === '__proto__') continue
    if (key === 'extension' && Array.isArray(value)) {
      const read = value.flatMap((each, index) => (isObject(each) ? reading.extension(each, `${at}[${index}]`) : []))
      if (read.length > 0) made.extension = read
    } else if (key === 'reference' && typeof value === 'string' && value !== '') {
      reading.used.add(at)
      // What the sender says of the target (display, identifier) stays and wins.
      for (const [part, linked] of Object.entries(reading.link(value)))
        if (!(part in object) || part === key) made[part] = linked
    } else {
      const copied = copy(value, at, reading)
      if (copied !== undefined) made[key] = copied
    }
  }
  if (typeof made.system === 'string') Object.assign(made, systemInR4(made.system, made.code))
  return Object.keys(made).length > 0 ? made : undefined
}
