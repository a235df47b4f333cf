/** Dates as clinicians and as patients read them. Partial dates stay partial. @see facts/record-standard.md §4 */
import { londonLocal } from './london.ts'

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** `04-Jul-2024`, `Jul-2024`, `2024`. Takes a day, a partial day or an instant (shown as the day in London). Unreadable text is given back. */
export function clinicalDate(date: string): string {
  const [year, month, day] = split(date)
  const name = monthName(month)?.slice(0, 3)
  if (!year || (month && !name)) return date
  if (!name) return year
  return day ? `${day}-${name}-${year}` : `${name}-${year}`
}

/** `04-Jul-2024 13:05` for an instant; the date alone for a day or a partial day. */
export function clinicalTime(date: string): string {
  const local = localText(date)
  return local.length > 10 ? `${clinicalDate(date)} ${local.slice(11, 16)}` : clinicalDate(date)
}

/** `4 July 2024`, `July 2024`, `2024`: for patients. */
export function patientDate(date: string): string {
  const [year, month, day] = split(date)
  const name = monthName(month)
  if (!year || (month && !name)) return date
  if (!name) return year
  return day ? `${Number(day)} ${name} ${year}` : `${name} ${year}`
}

function monthName(month: string | undefined): string | undefined {
  return month === undefined ? undefined : months[Number(month) - 1]
}

function split(date: string): readonly (string | undefined)[] {
  const m = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?=$|T))?)?/.exec(localText(date))
  return m ? [m[1], m[2], m[3]] : []
}

/** Instants become London local time; everything else stays as it is. */
function localText(date: string): string {
  if (!date.includes('T') || !/(Z|[+-]\d\d:\d\d)$/.test(date)) return date
  const instant = new Date(date)
  return Number.isNaN(instant.getTime()) ? date : londonLocal(instant)
}
