import type { Day } from '../src/base/index.ts'
import { londonInstant, londonLocal, londonOffset } from '../src/nhs/index.ts'

/** Times of the area: milliseconds since 1970, told by the clock on a wall in Riverton (Europe/London). */
export type Moment = number

const dayMs = 86_400_000

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}

/** The moment when Riverton's clocks show this. */
export function momentOf(day: Day, hour: number, minute = 0): Moment {
  const two = (number: number) => String(number).padStart(2, '0')
  return (londonInstant(`${day}T${two(hour)}:${two(minute)}`) ?? new Date(Number.NaN)).getTime()
}

/** The calendar day in Riverton. */
export function dayOf(moment: Moment): Day {
  return wallClock(moment).slice(0, 10)
}

/** `2026-11-22T10:20:00+00:00`: with the offset of that day. */
export function isoStamp(moment: Moment): string {
  const wall = wallClock(moment)
  return `${wall}${londonOffset(wall)}`
}

/** `20261122102000`: HL7 v2, wall clock, no offset, as United Kingdom feeds send it. */
export function hl7Stamp(moment: Moment): string {
  return wallClock(moment).replaceAll(/[-T:]/g, '')
}

/** `20261122102000+0000`: CDA. */
export function cdaStamp(moment: Moment): string {
  const wall = wallClock(moment)
  return `${wall.replaceAll(/[-T:]/g, '')}${londonOffset(wall).replace(':', '')}`
}

export function compactDay(day: Day): string {
  return day.replaceAll('-', '')
}

/** `22/11/2026` */
export function slashDay(day: Day): string {
  return day.split('-').reverse().join('/')
}

/** `22/11/2026 10:20` */
export function slashStamp(moment: Moment): string {
  return `${slashDay(dayOf(moment))} ${wallClock(moment).slice(11, 16)}`
}

export function ageOn(birthDate: Day, day: Day): number {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years
}

function wallClock(moment: Moment): string {
  return londonLocal(new Date(moment))
}
