/** The words in which the mapping tables are written: an element of a STU3 resource, and what becomes of it in R4. */
import type { LineageEntry, Place } from '../translation.ts'
import { copy, type Element, isObject, type Json, type Reading, use } from './reading.ts'

/** An R4 resource, or a part of one, in the making. */
export type Draft = {
  readonly made: Record<string, unknown>
  /** FHIRPath of this part within the fact; '' for the resource itself. */
  readonly path: string
  /** This part as it came, and where it stands, for rules that look at its other elements. */
  readonly source: Json
  readonly place: Place
  readonly type: string
  readonly lineage: LineageEntry[]
}

/** Reads one element into the draft. What it does not mark as used is a leftover. */
export type Rule = (from: Element, to: Draft) => void
export type Rules = Readonly<Record<string, Rule>>

/** How a STU3 type becomes an R4 one. */
export type TypeRules = {
  readonly to: string
  readonly elements: Rules
  /** Extensions that became elements of the resource, by URL; all others by the common table. */
  readonly extensions?: Readonly<Record<string, (extension: Json, place: Place, to: Draft, reading: Reading) => void>>
  /** What R4 requires and STU3 did not: run last. */
  readonly complete?: (to: Draft) => void
}

/** Copied under the same name. */
export const keep: Rule = (from, to) => put(to, from.name, from)

/** Many elements that R4 has just as STU3 had them. */
export function kept(...names: readonly string[]): Rules {
  return Object.fromEntries(names.map((name) => [name, keep]))
}

/** The choices of `onset[x]` and the like that R4 has just as STU3 had them. */
export function keptChoice(name: string, ...types: readonly string[]): Rules {
  return kept(...types.map((type) => `${name}${type}`))
}

/** Copied under another name. */
export function renamed(name: string): Rule {
  return (from, to) => {
    put(to, name, from)
    if (to.made[name] !== undefined) tell(to, name, from)
  }
}

/** One in STU3, a list in R4. A sender that already gives a list is believed. */
export function listed(name?: string): Rule {
  return (from, to) => {
    const value = copy(from.value, from.place, from.reading)
    if (value === undefined) return
    const before = to.made[name ?? from.name]
    to.made[name ?? from.name] = [...(Array.isArray(before) ? before : []), ...(Array.isArray(value) ? value : [value])]
    tell(to, name ?? from.name, from)
  }
}

/** A list in STU3, one in R4: the first; the others stay in the original. */
export function first(name: string): Rule {
  return (from, to) => {
    const [value, place] = Array.isArray(from.value) ? [from.value[0], `${from.place}[0]`] : [from.value, from.place]
    set(to, name, copy(value, place, from.reading), from)
  }
}

/** A code in STU3, a CodeableConcept in R4. A sender that already gives a CodeableConcept is believed. */
export function concept(name: string, system: string, codes: Readonly<Record<string, string>> = {}): Rule {
  return (from, to) => {
    if (typeof from.value !== 'string') return put(to, name, from)
    use(from.value, from.place, from.reading)
    set(to, name, { coding: [{ system, code: codes[from.value] ?? from.value }] }, from)
  }
}

/** A code whose list changed: those not in the table stay. */
export function recoded(name: string, codes: Readonly<Record<string, string>>): Rule {
  return (from, to) => {
    const value = copy(from.value, from.place, from.reading)
    const code = typeof value === 'string' ? (codes[value] ?? value) : value
    if (code === value && name === from.name) put(to, name, from)
    else set(to, name, code, from)
  }
}

/** Text that R4 keeps as a note. */
export const noted: Rule = (from, to) => {
  if (typeof from.value !== 'string') return
  const text = copy(from.value, from.place, from.reading)
  if (text === undefined) return
  const notes = Array.isArray(to.made.note) ? to.made.note : []
  to.made.note = [...notes, { text }]
  tell(to, `note[${notes.length}].text`, from)
}

/** A backbone element, or a list of them, whose parts have rules of their own. */
export function within(name: string, rules: Rules, complete?: (to: Draft) => void): Rule {
  return (from, to) => {
    const items = Array.isArray(from.value) ? from.value : [from.value]
    const made: unknown[] = []
    for (const [index, item] of items.entries()) {
      if (!isObject(item)) continue
      const list = Array.isArray(from.value)
      const place = list ? `${from.place}[${index}]` : from.place
      const part: Draft = {
        ...to,
        made: {},
        path: `${at(to, name)}${list ? `[${made.length}]` : ''}`,
        source: item,
        place,
      }
      applyRules(rules, item, place, part, from.reading)
      if (Object.keys(part.made).length === 0) continue
      complete?.(part)
      made.push(part.made)
    }
    if (made.length === 0) return
    to.made[name] = Array.isArray(from.value) ? made : made[0]
    if (name !== from.name) tell(to, name, from)
  }
}

/** Runs the rules over the members of an object; a member without a rule is left over. */
export function applyRules(rules: Rules, source: Json, place: Place, to: Draft, reading: Reading): void {
  const all: Rules = { ...inEveryPart, ...rules }
  const names = new Set(Object.keys(source).map((key) => (key.startsWith('_') ? key.slice(1) : key)))
  for (const name of names) {
    const rule = Object.hasOwn(all, name) ? all[name] : undefined
    if (rule === undefined) continue
    const twinPlace = `${place}._${name}`
    rule({ name, value: source[name], twin: source[`_${name}`], place: `${place}.${name}`, twinPlace, reading }, to)
  }
}

const inEveryPart: Rules = {
  id: keep,
  extension(from, to) {
    if (!Array.isArray(from.value)) return
    for (const [index, item] of from.value.entries()) {
      if (isObject(item)) addExtensions(to, from.reading.extension(item, `${from.place}[${index}]`))
    }
  },
}

export function addExtensions(to: Draft, extensions: readonly unknown[]): void {
  if (extensions.length === 0) return
  to.made.extension = [...(Array.isArray(to.made.extension) ? to.made.extension : []), ...extensions]
}

/** Copies an element and its twin. */
export function put(to: Draft, name: string, from: Element): void {
  const value = copy(from.value, from.place, from.reading)
  const twin = copy(from.twin, from.twinPlace, from.reading)
  if (value !== undefined) to.made[name] = value
  if (twin !== undefined) to.made[`_${name}`] = twin
}

/** Sets what a rule made of an element, and says so in the lineage. */
export function set(to: Draft, name: string, value: unknown, from: Element): void {
  if (value === undefined) return
  to.made[name] = value
  tell(to, name, from)
}

export function tell(to: Draft, name: string, from: Pick<Element, 'place' | 'name'>): void {
  to.lineage.push({ to: at(to, name), from: from.place, rule: `STU3 ${to.type}.${from.name}` })
}

export function at(to: Pick<Draft, 'path'>, name: string): string {
  return to.path === '' ? name : `${to.path}.${name}`
}

/** What R4 requires and the source did not say. @see http://hl7.org/fhir/StructureDefinition/data-absent-reason */
export const notSaid = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
} as const
