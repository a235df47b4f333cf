import type { Permission, Staff, StaffRole } from '../access/index.ts'
import type { Sql } from '../base/index.ts'

/** Why something stands above all else; '' when it does not. Nothing falls off silently (hazard H-47). */
export type Surfaced = '' | 'overdue' | 'no-owner' | 'owner-left'

/** One thing that waits, as a list shows it. */
export type WorkLine = {
  /** Id of its kind, and of itself within the kind. Opaque: it stands in addresses. */
  readonly kind: string
  readonly id: string
  readonly title: string
  /** Whom it is about, as they stand now. Absent: nobody, or that is what is in doubt. */
  readonly person?: string
  /** One line more; '' when there is none. */
  readonly note: string
  readonly gravity: 'critical' | 'abnormal' | 'ordinary'
  /** In words: `You`, `Dr Amina Khan`, `Riverside Surgery`, `Nobody`. */
  readonly owner: string
  readonly raisedAt: Date
  /** Absent: it may wait. */
  readonly dueAt?: Date
  readonly surfaced: Surfaced
  /** Where it is answered, when its kind has pages of its own; absent: on the page of a worklist item. */
  readonly href?: string
}

/** How many wait for somebody; counting stops at `countMax`. */
export type WorkCount = { readonly open: number; readonly surfaced: number }
export const countMax = 1000

/**
 * A kind of work. The list knows no kind by name: each room that has work for people gives one of these at wiring, and `worklist` shows it.
 * A kind never leaves anything out that waits: what nobody owns, what is overdue and what belongs to somebody who has left is given to those
 * who hold `fallback`, first.
 */
export type WorkKind = {
  /** In addresses: 'result', 'task'. */
  readonly id: string
  readonly one: string
  readonly many: string
  /** Who sees this kind at all. */
  readonly permission: Permission
  /** The role to which surfaces what has no owner. */
  readonly fallback: StaffRole
  count(sql: Sql, worker: Staff, now: Date): Promise<WorkCount>
  /** What waits for `worker`, the most urgent first. One row more than `limit` is not asked for: ask for one more to know. */
  page(
    sql: Sql,
    worker: Staff,
    asked: { readonly now: Date; readonly limit: number; readonly offset: number },
  ): Promise<readonly WorkLine[]>
}

const gravities = { critical: 0, abnormal: 2, ordinary: 3 } as const

/** The order of every list: critical; then what has surfaced; then abnormal; then all else; within each the longest due first. */
export function byUrgency(a: WorkLine, b: WorkLine): number {
  const rank = ({ gravity, surfaced }: WorkLine) => Math.min(gravities[gravity], surfaced === '' ? 9 : 1)
  const due = ({ dueAt, raisedAt }: WorkLine) => (dueAt ?? raisedAt).getTime()
  return rank(a) - rank(b) || due(a) - due(b) || (a.id < b.id ? -1 : 1)
}
