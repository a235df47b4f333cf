/**
 * Medicines that were handed over once and not again: an antibiotic of last spring. No source says that they are over, and nobody takes them.
 * They stand apart from what goes on, never among what has ended (hazard H-70).
 */
import type { Medicine } from './model.ts'
import { earliestMs } from './partial-date.ts'

const dayMs = 86_400_000
/** People take medicines late, and miss days. */
const graceDays = 14
/** The longest usual supply, and as long again as four weeks: for boxes whose source does not say how long they last. */
const usualDays = 84 + 28

/**
 * True when every source only handed it over or gave it, or completed it, the last time is longer ago than the supply lasts and a fortnight more (112 days
 * when no source says how long it lasts), and nothing about it is a danger to somebody who still takes it.
 * @param at the moment of reading
 */
export function wasHandedOverBefore({ status, sayings, concerns }: Medicine, at: Date): boolean {
  return (
    status === 'not-recorded' &&
    sayings.length > 0 &&
    !concerns.some(({ grave }) => grave) &&
    sayings.every(({ role, status: own, lastIssued, supplyDays }) => {
      if (own === 'completed') return true
      const last = earliestMs(lastIssued)
      const lastsDays = supplyDays === undefined ? usualDays : supplyDays + graceDays
      return (role === 'dispensed' || role === 'given') && last !== undefined && last + lastsDays * dayMs < at.getTime()
    })
  )
}
