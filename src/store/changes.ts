/** The change feed: which facts changed after a point, in the order in which they were saved, and which refer to them. */
import type { Int64, Sql } from '../base/index.ts'
import { referenceKey } from './keys.ts'
import type { ResourceKey } from './read.ts'
import { typeName, typeNumber } from './types.ts'

/** A point in the change feed of one type. */
export type ChangePoint = { readonly savedAt: Date; readonly rid: Int64 }

/** A fact as it stands now; no word of what it says. */
export type Change = ResourceKey &
  ChangePoint & {
    readonly version: number
    readonly deleted: boolean
    /** When its source says it was so; null: it did not say. */
    readonly asOf: Date | null
  }

/**
 * The facts of a type that were saved after a point, oldest first. Each once, as it is now. What a transaction wrote that began before
 * the point and ended after it lies behind the point: look again from `allEndedBefore`.
 * @param again only those that had been told before: changed, or come back
 */
export async function changesAfter(
  sql: Sql,
  { type, after, limit, again }: { type: string; after: ChangePoint; limit: number; again?: boolean },
): Promise<readonly Change[]> {
  const rows = await sql<(Omit<Change, 'type'> & { ty: number })[]>`
    select ty, pk, id, rid, ver as version, deleted, lu as "savedAt", as_of as "asOf" from resource
     where ty = ${typeNumber(type)} and lu >= ${after.savedAt} and (lu, rid) > (${after.savedAt}, ${after.rid})
       ${again ? sql`and ver > 1` : sql``}
     order by lu, rid limit ${limit}`
  return rows.map(({ ty, ...row }) => ({ type: typeName(ty), ...row }))
}

/** The moment before which every transaction that writes has ended: what was saved before it can be seen. @param now at the latest */
export async function allEndedBefore(sql: Sql, now: Date): Promise<Date> {
  const [row] = await sql<{ at: Date | null }[]>`
    select min(xact_start) as at from pg_stat_activity
     where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()`
  const oldest = Math.min(row?.at?.getTime() ?? Infinity, now.getTime())
  // Two clocks: ours writes saved_at, the database's says when a transaction began.
  return new Date(oldest - 60_000)
}

/** The facts of `type` whose `parameter` refers to one of these: the reports that have one of these results. One look in the tokens. */
export async function holdersOf(
  sql: Sql,
  { type, parameter, target, ids }: { type: string; parameter: string; target: string; ids: readonly string[] },
): Promise<readonly Change[]> {
  if (ids.length === 0) return []
  const keys = ids.map((id) => referenceKey(type, parameter, target, id))
  return await sql<Change[]>`
    select ${type}::text as type, pk, id, rid, ver as version, deleted, lu as "savedAt", as_of as "asOf" from resource
     where ty = ${typeNumber(type)} and tokens && ${keys}::bigint[] and not deleted`
}
