/** Seals anew, under the newest key, what a table keeps under earlier ones: while everything runs, and again from where it broke off. */
import type { Pool } from '../base/index.ts'
import type { Secrets } from '../secrets/index.ts'

/** Where a room keeps something sealed. Constants of the program, never from outside: they are SQL. */
export type SealedColumn = {
  readonly table: string
  readonly column: string
  /** SQL: text that names the row, and never changes. */
  readonly place: string
  /** What is sealed is bound to `<about> <place>`. */
  readonly about: string
}

/** How many rows each key sealed; '' for what was not sealed here. */
export async function sealedUnder(sql: Pool, { table, column }: SealedColumn): Promise<ReadonlyMap<string, number>> {
  const rows = await sql.unsafe<{ key: string; many: number }[]>(
    `select coalesce(substring(${column} from '^t1\\.([0-9a-f]{8})\\.'), '') as key, count(*)::int as many from ${table}
      where ${column} is not null group by 1 order by 1`,
  )
  return new Map(rows.map(({ key, many }) => [key, many]))
}

const batch = 100

/**
 * @param told after each batch, so that a long one can be watched
 * @returns how many were sealed anew, and how many do not open: they stay as they are
 */
export async function resealColumn(
  sql: Pool,
  secrets: Secrets,
  { table, column, place, about }: SealedColumn,
  told: (done: number) => void = () => {},
): Promise<{ readonly done: number; readonly unreadable: number }> {
  const current = `t1.${secrets.currentId()}.%`
  let done = 0
  let unreadable = 0
  for (let after = ''; ; ) {
    const rows = await sql.unsafe<{ at: string; place: string; sealed: string }[]>(
      `select * from (select ctid::text as at, (${place}) collate "C" as place, ${column} as sealed from ${table}) t
        where sealed not like $1 and place > $2 order by place limit ${batch}`,
      [current, after],
    )
    for (const row of rows) {
      const text = secrets.open(`${about} ${row.place}`, row.sealed)
      if (text === undefined) unreadable += 1
      // Changed meanwhile: then it was sealed with the newest key, or the next run finds it.
      else
        done += (
          await sql.unsafe(`update ${table} set ${column} = $1 where ctid = $2::text::tid and ${column} = $3`, [
            secrets.seal(`${about} ${row.place}`, text),
            row.at,
            row.sealed,
          ])
        ).count
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < batch) return { done, unreadable }
    after = last.place
    told(done)
  }
}
