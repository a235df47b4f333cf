import type { Entry } from './model.ts'
import { dayOf } from './partial-date.ts'

// An amended form replaced itself and stands; a status that its source does not know may stand, and is shown with that word.
const standing = new Set(['', 'Amended', 'Corrected', 'Status not known'])

/** Stands now: nobody says that it ended, was withdrawn, is only a draft or begins on a later day (hazards H-35, H-71). @param today a day */
export function inForce({ status, when, until }: Pick<Entry, 'status' | 'when' | 'until'>, today: string): boolean {
  return (
    standing.has(status) &&
    (until === undefined || notBefore(until, today)) &&
    (when === undefined || !isToBegin({ when }, today))
  )
}

/** `2026-11` ends with its month, so it is compared as far as it says. */
function notBefore(until: string, today: string): boolean {
  const day = dayOf(until)
  return day >= dayOf(today).slice(0, day.length)
}

/** Its first day is still to come. */
export function isToBegin({ when }: Pick<Entry, 'when'>, today: string): boolean {
  if (when === undefined) return false
  const day = dayOf(when)
  return day > dayOf(today).slice(0, day.length)
}
