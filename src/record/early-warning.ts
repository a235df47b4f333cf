/** Early warning scores: they say how ill somebody was when the readings were taken, and nothing of a later hour (hazard H-73). */
import type { PartialDate, Test } from './model.ts'
import { earliestMs } from './partial-date.ts'

const hourMs = 3_600_000
/** How soon to look again is said only of a score that is still to be acted on: the longest interval of the guidance is 12 hours. */
const freshHours = 24

/** A score such as NEWS2, or a part of one that a source sent by itself; by its code, or by what its source calls it. */
export function isEarlyWarning({ key, name }: Pick<Test, 'key' | 'name'>): boolean {
  return isNews2(key) || /\b(?:news ?-?2|[mp]ews|early warning)\b/i.test(name)
}

/** NEWS2 by its code, which has a line of its own above the readings. */
export function isNews2(key: string): boolean {
  return key === 'news2' || key.startsWith('news2-')
}

/** Whether a score of this moment may still be acted on. A day without an hour is as old as its beginning. */
export function isFreshScore(when: PartialDate | undefined, now: Date): boolean {
  const ms = earliestMs(when)
  return ms !== undefined && now.getTime() - ms <= freshHours * hourMs
}

/** `13 days`, `30 hours`: how long before `now` a score was; '' for one that is fresh, has no date, or is still to come. */
export function scoreAge(when: PartialDate | undefined, now: Date): string {
  const ms = earliestMs(when)
  if (ms === undefined || isFreshScore(when, now)) return ''
  const hours = Math.floor((now.getTime() - ms) / hourMs)
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`
}
