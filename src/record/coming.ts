/** What is still to come for a person: it must never stand among what has happened. */
import { londonDay } from '../nhs/index.ts'
import type { Entry, PersonRecord } from './model.ts'
import { earliestMs } from './partial-date.ts'

const calledOff = /cancel|no.?show|error|not attended|missed|declined/i

/** Whether it lies ahead: an instant after `now`; of a day without a time, today or later. */
export function isToCome({ when }: Pick<Entry, 'when'>, now: Date): boolean {
  if (when === undefined) return false
  const ms = earliestMs(when)
  if (ms === undefined) return false
  if (when.includes('T')) return ms >= now.getTime()
  return when.length >= 10 ? when >= londonDay(now) : ms > now.getTime()
}

/** Appointments, and visits that a hospital has planned, that stand and lie ahead: the soonest first. */
export function comingUp(
  { appointments, encounters }: Pick<PersonRecord, 'appointments' | 'encounters'>,
  now: Date,
): readonly Entry[] {
  return [...appointments, ...encounters]
    .filter((entry) => isToCome(entry, now) && !calledOff.test(entry.status))
    .toSorted((a, b) => (earliestMs(a.when) ?? 0) - (earliestMs(b.when) ?? 0))
}
