import { type Instant, ownText } from '../../base/index.ts'
import { londonOffset } from '../../nhs/index.ts'
import { type Cell, note, type Reading } from './reading.ts'

/** Days that patient administration systems write for "unknown" or "for ever". @see facts: hl7v2-uk §4 */
const fillers: ReadonlySet<string> = new Set(['18000101', '19000101', '18991230', '99991231', '00000000'])

const grammar = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,6}))?)?)?)?)?)?([+-]\d{4})?$/

/**
 * A time as FHIR writes it, no more precise than it was sent: `2024`, `2024-05`, `2024-05-01` or, with a time of day, with the
 * offset that London had then. Undefined, with a note, for fillers and for what is no date.
 */
export function fhirTime(reading: Reading, cell: Cell | undefined): string | undefined {
  if (cell === undefined) return undefined
  const midnight = reading.source.settings.hl7v2?.midnightIsUnknown === true
  const parsed = parseTime(cell.text, midnight)
  if (typeof parsed === 'string') return parsed
  note(reading, cell.place, parsed.trouble, 'Ask the sender for a date as YYYYMMDD or a time as YYYYMMDDHHMM[SS].')
  return undefined
}

/** The day alone, for elements that know no time. */
export function fhirDay(reading: Reading, cell: Cell | undefined): string | undefined {
  return fhirTime(
    reading,
    cell === undefined ? undefined : { ...cell, text: cell.text.replace(/^(\d{8})\d{2,}.*$/, '$1') },
  )
}

/** As an instant, for ordering: a day alone counts from its first moment. */
export function instant(time: string | undefined): Instant | undefined {
  if (time === undefined) return undefined
  if (time.includes('T')) return time
  const day = `${time}-01-01`.slice(0, 4) + (time.slice(4, 7) || '-01') + (time.slice(7, 10) || '-01')
  return `${day}T00:00:00${londonOffset(`${day}T00:00:00`)}`
}

// The same moment stands on every result of a report, and again in the next message.
type Read = Map<string, string | { readonly trouble: string }>
const readAsTimes: Read = new Map()
const readAsDays: Read = new Map()

/** @param midnightIsUnknown `0000` at the end says that the time is not known */
export function parseTime(text: string, midnightIsUnknown = false): string | { readonly trouble: string } {
  // What is longer is no time, and may be very long.
  if (text.length > 32) return readTime(text, midnightIsUnknown)
  const read = midnightIsUnknown ? readAsDays : readAsTimes
  const known = read.get(text)
  if (known !== undefined) return known
  if (read.size >= 2_000) read.clear()
  const time = readTime(text, midnightIsUnknown)
  read.set(ownText(text), time)
  return time
}

function readTime(text: string, midnightIsUnknown: boolean): string | { readonly trouble: string } {
  const found = grammar.exec(text)
  if (found === null) return { trouble: 'Found text that is no HL7 v2 date or time' }
  const [, year = '', month, day, hour, minute, second, fraction, zone] = found
  if (fillers.has(`${year}${month ?? '01'}${day ?? '01'}`))
    return { trouble: 'Found a filler date that stands for "not known"; nothing was recorded' }
  if (month === undefined) return year
  if (Number(month) < 1 || Number(month) > 12) return { trouble: 'Found a date whose month is not 01 to 12' }
  if (day === undefined) return `${year}-${month}`
  if (!isDay(year, month, day)) return { trouble: 'Found a date that no calendar has' }
  const date = `${year}-${month}-${day}`
  if (hour === undefined || minute === undefined) return date
  const atMidnight = hour === '00' && minute === '00' && (second ?? '00') === '00'
  if (midnightIsUnknown && atMidnight) return date
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59)
    return { trouble: 'Found a time of day that no clock shows' }
  // FHIR wants seconds. HL7 v2 gives them or not; minutes are the precision that both then mean.
  const local = `${date}T${hour}:${minute}:${second ?? '00'}`
  const offset = zone === undefined ? londonOffset(local) : `${zone.slice(0, 3)}:${zone.slice(3)}`
  return `${local}${fraction === undefined ? '' : `.${fraction}`}${offset}`
}

function isDay(year: string, month: string, day: string): boolean {
  const date = new Date(Date.UTC(2000, Number(month) - 1, Number(day)))
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return date.getUTCDate() === Number(day) && Number(day) > 0 && Number(year) > 0
}
