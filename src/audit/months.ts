import type { Sql } from '../base/index.ts'

/** Makes the tables of this month and the next three, where they are not there yet. @returns how many were made */
export async function makeMonths(sql: Sql, now: Date): Promise<number> {
  const [row] = await sql<{ made: number }[]>`
    select count(*) filter (where audit_make_month(month::date))::int as made /* seal */
      from generate_series(date_trunc('month', ${now} at time zone 'UTC'), date_trunc('month', ${now} at time zone 'UTC') + interval '3 months', interval '1 month') month`
  return row?.made ?? 0
}

/** The smallest number that a line of this moment may have. */
export function idAt(moment: Date): string {
  return (BigInt(moment.getTime()) << 20n).toString()
}
