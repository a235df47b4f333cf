/**
 * One time of sealing: takes every line that was committed since the last, puts it into the tree, and signs the new root.
 * Which lines those are is told by the transactions that wrote them: what the last snapshot did not see, and this one does. So a line of a long
 * transaction, whose number is smaller than that of lines sealed long ago, is sealed with the first checkpoint after its commit; no line is
 * sealed twice or passed over; and nobody who writes ever waits.
 */
import type { Clock, Int64, Pool, Sql, Tx } from '../base/index.ts'
import { noteDigest, writeCheckpoint } from './checkpoint.ts'
import type { SealKeys } from './keys.ts'
import { findLeaf, keptLevel, leafBytes, unpackLeaves } from './leaves.ts'
import { leafHashSql } from './line-text.ts'
import { type CompleteNode, Frontier, hashBytes } from './merkle.ts'

export type Sealed = {
  /** Lines sealed now, and in all. */
  readonly lines: number
  readonly size: number
  readonly note: string
  /** A large backlog: there is more to seal at once. */
  readonly more: boolean
}

/** One at a time on a database: 'seal' as a number. */
const sealLock = 1_936_024_940
const rowLeaves = 4_096
/** Lines sealed by one checkpoint: as many as fit easily into memory. */
const sealMax = 200_000
const lateMs = 10_000

type Last = {
  readonly mine: boolean
  readonly now: string
  readonly size: string | null
  readonly frontier: Buffer | null
  readonly note: string | null
  readonly seen: string | null
  readonly pending: string | null
  readonly upto: Int64 | null
  readonly restored: Int64 | null
}

/** @returns undefined when there was nothing to seal, or another process is at it */
export async function sealOnce(
  pool: Pool,
  { keys, clock, most = sealMax }: { readonly keys: SealKeys; readonly clock: Clock; readonly most?: number },
): Promise<Sealed | undefined> {
  const at = clock()
  return await pool.begin(async (tx) => {
    await tx`set transaction isolation level repeatable read /* seal */`
    const last = await readLast(tx)
    if (!last?.mine) return undefined
    // Transactions of another cluster's count are not comparable with this one's: after such a restore every line is looked up once.
    if (last.seen !== null && xmaxOf(last.now) < xmaxOf(last.seen))
      return await sealAfterRestore(tx, last, { keys, at })
    const target = last.pending ?? last.now
    const { leaves, late } = await unsealed(tx, last, { target, most, lateBefore: new Date(at.getTime() - lateMs) })
    if (leaves.length === 0 && last.pending === null) return undefined
    const more = leaves.length === most * leafBytes
    const upto = more ? leaves.readBigInt64BE(leaves.length - leafBytes).toString() : null
    const fresh = await withoutSealed(tx, leaves, last.restored)
    return await seal(tx, last, {
      leaves: fresh,
      late,
      keys,
      at,
      state: { seen: more ? last.seen : target, pending: more ? target : null, upto, restored: last.restored },
    })
  })
}

async function readLast(tx: Tx): Promise<Last | undefined> {
  const [last] = await tx<Last[]>`
    select pg_try_advisory_xact_lock(${sealLock}) as mine, pg_current_snapshot()::text as now, c.size, c.frontier, c.note,
           s.seen::text as seen, s.pending::text as pending, s.upto, s.restored
      from (select) one
      left join (select * from audit_checkpoint order by size desc limit 1) c on true
      left join audit_sealer s on true`
  return last
}

type Unsealed = { readonly leaves: Buffer; readonly late: number }

/** Packed leaves of the lines that `target` sees and what was sealed before does not, in the order of their ids. */
async function unsealed(
  tx: Tx,
  { seen, upto }: Last,
  { target, most, lateBefore }: { readonly target: string; readonly most: number; readonly lateBefore: Date },
): Promise<Unsealed> {
  const [, xmax = '0', running = ''] = (seen ?? '0:0:').split(':')
  const from = xmax === '0' ? '3' : xmax
  const [row] = await tx<{ leaves: Buffer | null; late: number }[]>`
    with new as materialized (
      select * from (
        select * from audit_event where xid >= ${from}::text::xid8
        union all
        select * from audit_event where xid = any (${running === '' ? [] : running.split(',')}::text[]::xid8[])) new
       where pg_visible_in_snapshot(xid, ${target}::text::pg_snapshot) and id > ${upto ?? '-1'}::bigint
       order by id limit ${most}::int),
    actors as (
      insert into audit_actor (kind, id, name, organisation) /* seal */
      select distinct actor_kind, actor_id, actor_name, coalesce(organisation, '') from new
      on conflict do nothing)
    select string_agg(int8send(id) || ${leafHashSql(tx)}, ''::bytea order by id) as leaves,
           count(*) filter (where at < ${lateBefore})::int as late from new`
  return { leaves: row?.leaves ?? Buffer.alloc(0), late: row?.late ?? 0 }
}

/** After a restore, lines that were sealed in the other cluster may look new: the sealed order itself knows. */
async function withoutSealed(tx: Tx, leaves: Buffer, restored: Int64 | null): Promise<Buffer> {
  if (restored === null) return leaves
  const fresh: Buffer[] = []
  for (const [n, { id }] of unpackLeaves(leaves).entries()) {
    if (BigInt(id) <= BigInt(restored) && (await findLeaf(tx, id))) continue
    fresh.push(leaves.subarray(n * leafBytes, (n + 1) * leafBytes))
  }
  return Buffer.concat(fresh)
}

/** Seals whatever is not in the sealed order, found by looking at every line. */
async function sealAfterRestore(
  tx: Tx,
  last: Last,
  { keys, at }: { readonly keys: SealKeys; readonly at: Date },
): Promise<Sealed> {
  const [row] = await tx<{ leaves: Buffer | null; late: number; newest: Int64 | null }[]>`
    with sealed as materialized (
      select ('x' || encode(substr(leaves, n * ${leafBytes}::int + 1, 8), 'hex'))::bit(64)::bigint as id
        from audit_leaf, generate_series(0, length(leaves) / ${leafBytes}::int - 1) n)
    select (select string_agg(int8send(id) || ${leafHashSql(tx)}, ''::bytea order by id) from audit_event
             where id not in (select id from sealed)) as leaves,
           (select count(*) from audit_event where id not in (select id from sealed) and at < ${new Date(at.getTime() - lateMs)})::int as late,
           (select max(id) from audit_event) as newest /* seal */`
  return await seal(tx, last, {
    leaves: row?.leaves ?? Buffer.alloc(0),
    late: row?.late ?? 0,
    keys,
    at,
    state: { seen: last.now, pending: null, upto: null, restored: row?.newest ?? null },
  })
}

type State = Pick<Last, 'seen' | 'pending' | 'upto' | 'restored'>

async function seal(
  tx: Tx,
  last: Last,
  {
    leaves,
    late,
    keys,
    at,
    state,
  }: {
    readonly leaves: Buffer
    readonly late: number
    readonly keys: SealKeys
    readonly at: Date
    readonly state: State
  },
): Promise<Sealed> {
  const before = Number(last.size ?? 0)
  const frontier = new Frontier(before, hashesOf(last.frontier))
  await tx`
    insert into audit_sealer (seen, pending, upto, restored) /* seal */
    values (${state.seen}::text::pg_snapshot, ${state.pending}::text::pg_snapshot, ${state.upto}::bigint, ${state.restored}::bigint)
    on conflict (one) do update set seen = excluded.seen, pending = excluded.pending, upto = excluded.upto, restored = excluded.restored`
  // The rest of a backlog may be empty: the same tree, and nothing is signed anew.
  if (leaves.length === 0) return { lines: 0, size: before, note: last.note ?? '', more: state.pending !== null }
  const nodes: CompleteNode[] = []
  for (const { hash } of unpackLeaves(leaves))
    nodes.push(...frontier.append(hash).filter(({ level }) => level >= keptLevel))
  const note = writeCheckpoint(
    {
      size: frontier.size,
      root: frontier.root(),
      at,
      ...(last.note === null ? {} : { previous: noteDigest(last.note) }),
    },
    keys,
  )
  await keepLeaves(tx, before, leaves)
  if (nodes.length > 0)
    await tx`
      insert into audit_node (level, place, hash) /* seal */
      select * from unnest(${nodes.map(({ level }) => level)}::smallint[], ${nodes.map(({ place }) => String(place))}::bigint[], ${nodes.map(({ hash }) => hash)}::bytea[])`
  await tx`
    insert into audit_checkpoint (size, root, at, note, frontier, late) /* seal */
    values (${String(frontier.size)}, ${frontier.root()}, ${at}, ${note}, ${Buffer.concat(frontier.hashes)}, ${late})`
  return { lines: leaves.length / leafBytes, size: frontier.size, note, more: state.pending !== null }
}

async function keepLeaves(tx: Sql, before: number, leaves: Buffer): Promise<void> {
  const rows: { first: string; leaves: Buffer; min: Int64; max: Int64 }[] = []
  for (let at = 0; at < leaves.length; at += rowLeaves * leafBytes) {
    const some = leaves.subarray(at, at + rowLeaves * leafBytes)
    rows.push({
      first: String(before + at / leafBytes),
      leaves: some,
      // In the order of ids: the first is the smallest.
      min: some.readBigInt64BE(0).toString(),
      max: some.readBigInt64BE(some.length - leafBytes).toString(),
    })
  }
  await tx`
    insert into audit_leaf (first, leaves, id_min, id_max) /* seal */
    select * from unnest(${rows.map(({ first }) => first)}::bigint[], ${rows.map((row) => row.leaves)}::bytea[], ${rows.map(({ min }) => min)}::bigint[], ${rows.map(({ max }) => max)}::bigint[])`
}

function hashesOf(frontier: Buffer | null): readonly Buffer[] {
  return Array.from({ length: (frontier?.length ?? 0) / hashBytes }, (_, n) =>
    Buffer.from(frontier?.subarray(n * hashBytes, (n + 1) * hashBytes) ?? []),
  )
}

function xmaxOf(snapshot: string): bigint {
  return BigInt(snapshot.split(':')[1] ?? '0')
}
