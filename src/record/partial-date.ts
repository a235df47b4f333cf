/** FHIR dates as sent, of any precision: put in order, compared, and in words. */
import { ageText, londonDay, londonInstant, patientDate } from '../nhs/index.ts'
import type { PartialDate } from './model.ts'

const shape = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/

// A record's days repeat, and putting them in order asks for each of them many times.
const known = new Map<string, number | undefined>()
const knownMax = 20_000

/** Milliseconds of its earliest moment in UTC, for putting in order; undefined when it is no date. */
export function earliestMs(date: PartialDate | undefined): number | undefined {
  if (typeof date !== 'string') return undefined
  const found = known.get(date)
  if (found !== undefined || known.has(date)) return found
  if (known.size >= knownMax) known.clear()
  const ms = readEarliest(date)
  if (date.length <= 40) known.set(date, ms)
  return ms
}

function readEarliest(date: string): number | undefined {
  const found = shape.exec(date)
  if (!found) return undefined
  const [whole, year, month = '01', day = '01', time, zone] = found
  const ms = Date.parse(
    time === undefined ? `${year}-${month}-${day}T00:00:00Z` : zone === undefined ? `${whole}Z` : whole,
  )
  return Number.isNaN(ms) ? undefined : ms
}

/** `14 May 2026`, `May 2026`, `2026`; the text itself when it is no date, so that nothing is lost. */
export function dayWords(date: PartialDate): string {
  return patientDate(date)
}

/** `May 2026`, `2026`. */
export function monthWords(date: PartialDate): string {
  return patientDate(date).replace(/^\d{1,2} /, '')
}

/** Newest first; what has no date comes last. */
export function newestFirst(a: { readonly when?: PartialDate }, b: { readonly when?: PartialDate }): number {
  const [one, two] = [earliestMs(a.when), earliestMs(b.when)]
  if (one === undefined || two === undefined) return Number(one === undefined) - Number(two === undefined)
  return two - one
}

/** A new list in the order of `newestFirst`, each date read once; those of one moment stay as they were. */
export function inNewestFirst<T extends { readonly when?: PartialDate }>(all: readonly T[]): T[] {
  const dated = all.map((one) => ({ one, ms: earliestMs(one.when) ?? Number.NEGATIVE_INFINITY }))
  return dated.sort((a, b) => (a.ms === b.ms ? 0 : b.ms - a.ms)).map(({ one }) => one)
}

/** Earliest first; what is no date comes last. */
export function oldestFirst(a: PartialDate, b: PartialDate): number {
  return (earliestMs(a) ?? Number.MAX_SAFE_INTEGER) - (earliestMs(b) ?? Number.MAX_SAFE_INTEGER)
}

/** Its day in London when it has a time: `2026-06-01T23:30:00Z` is 2 June, as the page shows it (hazard H-19). */
export function dayOf(date: PartialDate): PartialDate {
  if (!date.includes('T')) return date
  const ms = /(Z|[+-]\d\d:\d\d)$/.test(date) ? earliestMs(date) : undefined
  if (ms === undefined) return date.slice(0, 10)
  const at = new Date(ms)
  // London is an hour before UTC at most: only the last hour of a day can be the next day there.
  return at.getUTCHours() === 23 ? londonDay(at) : at.toISOString().slice(0, 10)
}

/** Two partial dates that cannot be the same day: unlike in the precision that they share. */
export function datesDiffer(a: PartialDate, b: PartialDate): boolean {
  const [one, two] = [dayOf(a), dayOf(b)]
  const shared = Math.min(one.length, two.length)
  return one.slice(0, shared) !== two.slice(0, shared)
}

/** Age in the banner's bands on a day or at an instant; undefined when it cannot be told. */
export function ageWords(bornOn: PartialDate, on: PartialDate): string | undefined {
  const at = on.length > 10 ? new Date(on) : londonInstant(on)
  return (at && !Number.isNaN(at.getTime()) && ageText(bornOn, at)) || undefined
}
