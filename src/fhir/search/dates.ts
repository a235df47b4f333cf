/** FHIR dates as ranges of instants, so that `2024-05` and a moment of that month can be compared. @see FHIR R4 search.html#date */
import { londonInstant } from '../../nhs/index.ts'

/** Milliseconds since 1970, `end` exclusive. Open ends are -Infinity and Infinity. */
export type DateRange = { readonly start: number; readonly end: number }

const day = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/
const moment = /^(?!0000)\d{4}-\d\d-\d\dT(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/
const known = new Map<string, DateRange | undefined>()

/**
 * The range that a FHIR date, dateTime or instant covers; undefined when it is none.
 * Days, months and years are London's, as is a time without offset (allowed in searches only).
 */
export function dateRange(text: string): DateRange | undefined {
  if (text.length > 10) return within(momentRange(text))
  // Days recur, and the zone tables are slow for those before 1996, which birth dates are.
  if (known.has(text)) return known.get(text)
  if (known.size >= 50_000) known.clear()
  const range = within(dayRange(text))
  known.set(text, range)
  return range
}

const earliest = Date.parse('0001-01-01T00:00:00Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

/** The years that FHIR has, 0001 to 9999, are also those that ISO text says with four digits. @see FHIR R4 datatypes.html#date */
function within(range: DateRange | undefined): DateRange | undefined {
  if (!range || range.end <= earliest || range.start > latest) return undefined
  return { start: Math.max(range.start, earliest), end: Math.min(range.end, latest) }
}

function dayRange(text: string): DateRange | undefined {
  const m = day.exec(text)
  if (!m) return undefined
  const [, year = '', month, dayOfMonth] = m
  if (year === '0000') return undefined
  const first = `${year}-${month ?? '01'}-${dayOfMonth ?? '01'}`
  const start = londonInstant(first)?.getTime()
  const next = new Date(`${first}T00:00:00Z`)
  if (start === undefined || Number.isNaN(next.getTime())) return undefined
  if (dayOfMonth) next.setUTCDate(next.getUTCDate() + 1)
  else if (month) next.setUTCMonth(next.getUTCMonth() + 1)
  else next.setUTCFullYear(next.getUTCFullYear() + 1)
  const end = next.getUTCFullYear() > 9999 ? next.getTime() : londonInstant(next.toISOString().slice(0, 10))?.getTime()
  return end === undefined ? undefined : { start, end }
}

function momentRange(text: string): DateRange | undefined {
  const m = moment.exec(text)
  if (!m) return undefined
  const [, , , seconds, fraction, offset] = m
  const start = offset ? Date.parse(text) : londonInstant(text.slice(0, 19))?.getTime()
  if (start === undefined || Number.isNaN(start)) return undefined
  return { start, end: start + (fraction ? 1 : seconds ? 1000 : 60_000) }
}
