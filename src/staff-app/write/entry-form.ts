/** One form of one kind of entry: what it asks, how the answers are read, and how they are shown again. */
import type { FormError, Safe, SummaryRow } from '../../design/index.ts'
import type { Entry, EntryKind, ResourceJson } from '../../feeds/index.ts'
import type { PersonRecord } from '../../record/index.ts'

/** What was typed, by the name of the field; '' or absent: nothing. */
export type Answers = Readonly<Record<string, string>>

export type Reading =
  | { readonly ok: true; readonly entries: readonly Entry[] }
  | { readonly ok: false; readonly errors: readonly FormError[] }

export type EntryForm = {
  readonly kind: EntryKind
  /** `Add an allergy`, and of a correction `Correct an allergy`. */
  readonly title: { readonly add: string; readonly correct: string }
  /** The section that shows what was added. */
  readonly section: 'tests' | 'allergies' | 'problems' | 'letters'
  /** Every field's name: nothing else of what is sent is looked at. */
  readonly fields: readonly string[]
  /** What the form begins with. */
  readonly begin: (now: Date) => Answers
  readonly view: (answers: Answers, errors: readonly FormError[], correcting: boolean) => Safe
  readonly read: (answers: Answers, now: Date) => Reading
  readonly rows: (entries: readonly Entry[]) => readonly SummaryRow[]
  /** What the record already says against it, or of it. Sentences for the check page. */
  readonly warnings: (entries: readonly Entry[], record: PersonRecord) => readonly string[]
  /** The answers that an entry was written with. */
  readonly answersOf: (resource: ResourceJson) => Answers
}

/** Reads one element of a resource along a path; '' when it is not there or no text. Numbers as they were written. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  let at: unknown = value
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return ''
    at = Reflect.get(at, step)
  }
  if (typeof at === 'string') return at
  if (typeof at === 'number') return String(at)
  if (typeof at === 'object' && at !== null && 'rawJSON' in at) return String(at.rawJSON)
  return ''
}

const controls = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** Typed text without what cannot be seen: control signs, and marks that turn the direction of what stands around them. */
export function plainText(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(controls, ' ').toWellFormed().trim()
}

/** The same, on one line. */
export function plainLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, ' ')
}
