import type { Day } from '../src/base/index.ts'

/** Times of the area: milliseconds since 1970, told by the clock on a wall in Riverton (Europe/London). */
export type Moment = number

const minuteMs = 60_000
const dayMs = 86_400_000

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}

/** The moment when Riverton's clocks show this. */
export function momentOf(day: Day, hour: number, minute = 0): Moment {
  const wall = Date.parse(`${day}T00:00:00Z`) + (hour * 60 + minute) * minuteMs
  const guess = wall - offsetMinutes(wall) * minuteMs
  return wall - offsetMinutes(guess) * minuteMs
}

/** The calendar day in Riverton. */
export function dayOf(moment: Moment): Day {
  return wallClock(moment).slice(0, 10)
}

/** `2026-11-22T10:20:00+00:00`: with the offset of that day. */
export function isoStamp(moment: Moment): string {
  return `${wallClock(moment)}${offsetMinutes(moment) === 60 ? '+01:00' : '+00:00'}`
}

/** `20261122102000`: HL7 v2, wall clock, no offset, as United Kingdom feeds send it. */
export function hl7Stamp(moment: Moment): string {
  return wallClock(moment).replaceAll(/[-T:]/g, '')
}

/** `20261122102000+0000`: CDA. */
export function cdaStamp(moment: Moment): string {
  return `${hl7Stamp(moment)}${offsetMinutes(moment) === 60 ? '+0100' : '+0000'}`
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
  return new Date(moment + offsetMinutes(moment) * minuteMs).toISOString().slice(0, 19)
}

/** British Summer Time: last Sunday of March to last Sunday of October, changing at 01:00 UTC. */
function offsetMinutes(moment: Moment): number {
  const year = new Date(moment).getUTCFullYear()
  return moment >= lastSunday(year, 2) && moment < lastSunday(year, 9) ? 60 : 0
}

function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0, 1))
  return last.getTime() - last.getUTCDay() * dayMs
}
