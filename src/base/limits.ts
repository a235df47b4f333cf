/**
 * How long things may wait or count as recent, which an area may set otherwise. Chosen once, at the start, before anything is read: what
 * waits must not be due at another hour because a page was opened twice.
 */
export type Limits = {
  /** Hours until what waits is overdue, by what it is. */
  readonly dueHours: Readonly<Record<DueKind, number>>
  /** What was reported so many days before it reached us is history: in the record, and not to be acknowledged. */
  readonly historyDays: number
  /** Marked results of so many days are named on the summary though its table has no room for them. */
  readonly markedDays: number
}

export type DueKind = 'critical' | 'abnormal' | 'other' | 'task' | 'identity'

/** docs/configuration.md says why. */
export const usualLimits: Limits = {
  dueHours: { critical: 4, abnormal: 24, other: 72, task: 168, identity: 72 },
  historyDays: 30,
  markedDays: 30,
}

let chosen = usualLimits

export function limits(): Limits {
  return chosen
}

export function setLimits(asked: Limits): void {
  chosen = asked
}
