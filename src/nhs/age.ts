import { londonDay, londonInstant } from './london.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * Age in the bands of the NHS Common User Interface: `90min`, `26hr`, `27d`, `4w 1d`, `13m 8d`, `4y 1m`, `36y`.
 * @param born `YYYY-MM-DD`, partial (`1958`, `1958-05`: `about 68y`), or an instant. Without a time of day the smallest unit is a day.
 * @returns '' when `born` cannot be read or lies after `at`
 * @see facts/record-standard.md §3
 */
export function ageText(born: string, at: Date): string {
  const today = londonDay(at)
  if (/^\d{4}(-\d\d)?$/.test(born)) return aboutYears(born, today)
  const timed = born.length > 10
  const instant = timed ? new Date(born) : londonInstant(born)
  if (!instant || Number.isNaN(instant.getTime())) return ''
  const ms = at.getTime() - instant.getTime()
  if (ms < 0) return ''
  if (timed && ms < 2 * hourMs) return `${Math.floor(ms / 60_000)}min`
  if (timed && ms < 2 * dayMs) return `${Math.floor(ms / hourMs)}hr`
  return calendarAge(timed ? londonDay(instant) : born, today)
}

function calendarAge(bornOn: string, today: string): string {
  const days = Math.round((Date.parse(today) - Date.parse(bornOn)) / dayMs)
  if (days < 28) return `${days}d`
  const { months, restDays } = monthsBetween(bornOn, today)
  if (months < 12) return two(Math.floor(days / 7), 'w', days % 7, 'd')
  if (months < 24) return two(months, 'm', restDays, 'd')
  if (months < 18 * 12) return two(Math.floor(months / 12), 'y', months % 12, 'm')
  return `${Math.floor(months / 12)}y`
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit} ${small}${smallUnit}`
}

/** Whole months, then days. Someone born on the 31st completes a short month on its last day. */
function monthsBetween(from: string, to: string): { months: number; restDays: number } {
  const [y1, m1, d1] = numbers(from)
  const [y2, m2, d2] = numbers(to)
  let months = (y2 - y1) * 12 + (m2 - m1)
  if (d2 < Math.min(d1, daysIn(y2, m2))) months -= 1
  const reachedYear = y1 + Math.floor((m1 - 1 + months) / 12)
  const reachedMonth = ((m1 - 1 + months) % 12) + 1
  const reached = Date.UTC(reachedYear, reachedMonth - 1, Math.min(d1, daysIn(reachedYear, reachedMonth)))
  return { months, restDays: Math.round((Date.UTC(y2, m2 - 1, d2) - reached) / dayMs) }
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function aboutYears(born: string, today: string): string {
  const [year, month] = numbers(born)
  const [thisYear, thisMonth] = numbers(today)
  // A known month that is not this one settles the year of age.
  if (month > 0 && month !== thisMonth) {
    const years = thisYear - year - (thisMonth < month ? 1 : 0)
    return years < 0 ? '' : `${years}y`
  }
  const years = thisYear - year
  return years < 0 ? '' : `about ${years}y`
}

function numbers(day: string): readonly [number, number, number] {
  return [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))]
}

/** Whole years; birthdays count from London's day on. @param bornOn `YYYY-MM-DD` */
export function wholeYears(bornOn: string, at: Date): number {
  const today = londonDay(at)
  const years = Number(today.slice(0, 4)) - Number(bornOn.slice(0, 4))
  return today.slice(5) < bornOn.slice(5) ? years - 1 : years
}
