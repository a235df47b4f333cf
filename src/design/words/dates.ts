/** Dates, times and ages as the NHS service manual writes them. Pure: the time now is handed in. */
import { londonLocal } from '../../nhs/index.ts'

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
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
type Wall = { readonly day: string; readonly hour: number; readonly minute: number }

/** The clock on a wall in England at an instant. */
function wallClock(at: Date): Wall {
  const local = londonLocal(at)
  return { day: local.slice(0, 10), hour: Number(local.slice(11, 13)), minute: Number(local.slice(14, 16)) }
}

/** The calendar day in England at an instant, `YYYY-MM-DD`. */
export function dayOf(at: Date): string {
  return wallClock(at).day
}

function words(day: string, monthLetters: number): string {
  const [, year, month, date] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(day) ?? []
  if (year === undefined) return day
  const name = months[Number(month) - 1]?.slice(0, monthLetters)
  if (month === undefined || name === undefined) return year
  return date === undefined ? `${name} ${year}` : `${Number(date)} ${name} ${year}`
}

/**
 * `14 May 1958`; a partial date stays partial: `May 1958`, `1958`.
 * @param day `YYYY-MM-DD`, `YYYY-MM`, `YYYY`, an ISO instant (its day in England), or a Date
 */
export function longDate(day: string | Date): string {
  return words(toDay(day), 9)
}

/** `Thursday 26 November 2026`, for something to come. @param day as in `longDate`; a partial date has no weekday */
export function weekdayDate(day: string | Date): string {
  const whole = toDay(day)
  const at = /^\d{4}-\d{2}-\d{2}$/.test(whole) ? new Date(`${whole}T00:00:00Z`) : undefined
  const name = at && weekdays[at.getUTCDay()]
  return name === undefined ? longDate(day) : `${name} ${longDate(day)}`
}

/** `4 Nov 2026`, for tables only. */
export function shortDate(day: string | Date): string {
  return words(toDay(day), 3)
}

function toDay(day: string | Date): string {
  if (day instanceof Date) return dayOf(day)
  if (!day.includes('T')) return day
  const at = new Date(day)
  return Number.isNaN(at.getTime()) ? day : dayOf(at)
}

/** `10:20am`, `midday`, `midnight`. */
export function timeOfDay(at: Date): string {
  const { hour, minute } = wallClock(at)
  if (minute === 0 && hour % 12 === 0) return hour === 0 ? 'midnight' : 'midday'
  const clock = hour % 12 === 0 ? 12 : hour % 12
  return `${clock}${minute === 0 ? '' : `:${String(minute).padStart(2, '0')}`}${hour < 12 ? 'am' : 'pm'}`
}

/** `14 May 2026 at 10:20am`. */
export function dateAndTime(at: Date): string {
  return `${longDate(at)} at ${timeOfDay(at)}`
}

/** `2 days ago`, up to 6 weeks; then the date. `just now` under a minute, and for a clock that runs ahead of ours by less than one. */
export function ago(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime()
  if (ms < -minuteMs || ms > 42 * dayMs) return longDate(at)
  if (ms < minuteMs) return 'just now'
  if (ms < hourMs) return count(Math.floor(ms / minuteMs), 'minute')
  if (ms < dayMs) return count(Math.floor(ms / hourMs), 'hour')
  if (ms < 14 * dayMs) return count(Math.floor(ms / dayMs), 'day')
  return count(Math.floor(ms / (7 * dayMs)), 'week')
}

function count(many: number, unit: string): string {
  return `${many} ${unit}${many === 1 ? '' : 's'} ago`
}
