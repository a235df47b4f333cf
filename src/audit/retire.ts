/**
 * Months of the trail that may go by the retention rules. A month goes whole: its lines are exported as they were sealed, the trail says so in a
 * line that is itself sealed, and only then its table is dropped. The sealed order and every proof of other lines stay; `verify` knows.
 */
import { createHash } from 'node:crypto'
import { type Clock, type Int64, type Pool, Problem, type Sql } from '../base/index.ts'
import type { SealKeys } from './keys.ts'
import { unpackLeaves } from './leaves.ts'
import { type LineFields, leafOf, lineFields } from './line-text.ts'
import { recordAudit } from './record.ts'
import { sealOnce } from './seal.ts'

/** Days that lines of a kind are kept, by kind; `*` is every other kind. A kind without a term is kept for ever. */
export type RetentionTerms = Readonly<Record<string, number>>

export type TrailMonth = {
  /** `2026_11` */
  readonly name: string
  readonly idFirst: Int64
  readonly idNext: Int64
  readonly lines: number
  /** Why it stays; absent: it may go. */
  readonly stays?: string
}

const dayMs = 86_400_000
const pageLines = 5_000

/** Every month that has ended, oldest first, and whether it may go. */
export async function trailMonths(sql: Sql, terms: RetentionTerms, now: Date): Promise<readonly TrailMonth[]> {
  const tables = await sql<{ name: string }[]>`
    select substr(c.relname, 13) as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'audit_event'::regclass and c.relname ~ '^audit_event_[0-9]{4}_[0-9]{2}$' order by 1`
  const months: TrailMonth[] = []
  for (const { name } of tables) {
    const [year = 0, month = 0] = name.split('_').map(Number)
    const [first, next] = [Date.UTC(year, month - 1, 1), Date.UTC(year, month, 1)]
    if (next > now.getTime()) continue
    const [idFirst, idNext] = [idOf(first), idOf(next)]
    const kinds = await sql<{ what: string; lines: string }[]>`
      select what, count(*) as lines from audit_event where id >= ${idFirst}::bigint and id < ${idNext}::bigint group by what order by what`
    const kept = kinds.find(({ what }) => {
      const days = Object.hasOwn(terms, what) ? terms[what] : terms['*']
      return days === undefined || next + days * dayMs > now.getTime()
    })
    const lines = kinds.reduce((sum, one) => sum + Number(one.lines), 0)
    months.push({ name, idFirst, idNext, lines, ...(kept ? { stays: `it holds lines of the kind ${kept.what}` } : {}) })
  }
  return months
}

const idOf = (ms: number): Int64 => (BigInt(ms) << 20n).toString()

/** A month's lines, one JSON object each with every field as it was sealed, so that each leaf can be made again from the file. */
export async function* monthLines(sql: Sql, { idFirst, idNext }: TrailMonth): AsyncGenerator<string> {
  for (let after = (BigInt(idFirst) - 1n).toString(); ; ) {
    const rows = await sql<LineFields[]>`
      select ${lineFields(sql)} from audit_event
       where id > ${after}::bigint and id < ${idNext}::bigint order by audit_event.id limit ${pageLines}::int`
    const sealed = await leavesBetween(sql, rows.at(0)?.id ?? '0', rows.at(-1)?.id ?? '0')
    for (const row of rows) {
      if (!sealed.get(row.id)?.equals(leafOf(row)))
        throw new Problem(
          'conflict',
          `Line ${row.id} is not what was sealed, or is not sealed`,
          'Run throughline audit verify first.',
        )
      yield `${JSON.stringify(row)}\n`
    }
    const last = rows.at(-1)
    if (!last || rows.length < pageLines) return
    after = last.id
  }
}

async function leavesBetween(sql: Sql, first: Int64, last: Int64): Promise<ReadonlyMap<Int64, Buffer>> {
  const rows = await sql<{ leaves: Buffer }[]>`
    select leaves from audit_leaf where id_max >= ${first}::bigint and id_min <= ${last}::bigint`
  return new Map(rows.flatMap(({ leaves }) => unpackLeaves(leaves).map(({ id, hash }) => [id, hash] as const)))
}

/**
 * Drops a month that may go.
 * @param keep writes the export and makes it last, then gives back what now stands there to be read again: nothing is dropped unless it is that
 * @throws Problem 'conflict' when it must stay, a line is not as it was sealed, or the file is not what was written
 */
export async function retireMonth(
  pool: Pool,
  month: TrailMonth,
  {
    keys,
    clock,
    keep,
  }: {
    readonly keys: SealKeys
    readonly clock: Clock
    readonly keep: (lines: AsyncIterable<string>) => Promise<AsyncIterable<Uint8Array>>
  },
): Promise<{ readonly digest: string; readonly lines: number }> {
  if (month.stays !== undefined)
    throw new Problem('conflict', `The month stays: ${month.stays}`, 'See AUDIT_RETENTION.')
  await sealAll(pool, keys, clock)
  const digest = createHash('sha256')
  for await (const bytes of await keep(monthLines(pool, month))) digest.update(bytes)
  const kept = digest.digest('hex')
  const expected = createHash('sha256')
  for await (const line of monthLines(pool, month)) expected.update(line)
  if (expected.digest('hex') !== kept)
    throw new Problem('conflict', 'The exported file is not what was written', 'Look at the disk; nothing was dropped.')
  await pool.begin(async (tx) => {
    const [before] = await tx<
      { line: Int64 }[]
    >`select line from audit_retired where id_first = ${month.idFirst}::bigint`
    if (before) return
    const detail = { idFirst: month.idFirst, idNext: month.idNext, lines: month.lines, digest: kept }
    await recordAudit(tx, [
      {
        at: clock(),
        action: 'D',
        what: 'trail-retired',
        actor: { kind: 'system', id: 'command-line', name: 'Command line' },
        purpose: 'SYSADMIN',
        outcome: 0,
        detail,
      },
    ])
    await tx`
      insert into audit_retired (id_first, id_next, lines, digest, line, at)
      select ${month.idFirst}::bigint, ${month.idNext}::bigint, ${String(month.lines)}::bigint, ${kept}, max(id), ${clock()}
        from audit_event where what = 'trail-retired' and xid = pg_current_xact_id()`
  })
  // What says that it went is sealed before it goes.
  await sealAll(pool, keys, clock)
  await pool.begin(async (tx) => {
    await tx`set local lock_timeout = '5s'`
    await tx.unsafe(`drop table audit_event_${/^\d{4}_\d\d$/.exec(month.name)?.[0] ?? ''}`)
  })
  return { digest: kept, lines: month.lines }
}

async function sealAll(pool: Pool, keys: SealKeys, clock: Clock): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const sealed = await sealOnce(pool, { keys, clock })
    if (!sealed?.more) return
  }
}
