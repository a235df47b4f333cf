import type { Int64, Issue, Sql } from '../base/index.ts'
import type { FormatId } from './format.ts'
import { digestOf } from './keep-applied.ts'
import type { MessageStatus } from './message.ts'

/** Bytes as they came, with what their outside tells. */
export type Arrival = {
  readonly source: string
  readonly format: FormatId
  readonly kind: string
  readonly controlId: string
  readonly orderKey: string
  readonly parentId?: Int64
  readonly body: Uint8Array
  readonly receivedAt: Date
  /** Why it cannot be applied, when that is known before it is kept. */
  readonly issues?: readonly Issue[]
}

/** Where an arrival is kept. */
export type Kept = {
  readonly id: Int64
  /** False: the very same message was here before. */
  readonly fresh: boolean
  readonly status: MessageStatus
  readonly issues: readonly Issue[]
}

type Row = {
  readonly id: Int64
  readonly n: number
  readonly fresh: boolean
  readonly status: MessageStatus
  readonly issues: readonly Issue[] | null
  readonly reused: boolean
}

const reusedIssue: Issue = {
  place: '',
  message: 'The control id of this message came before with other content',
  remedy: 'Ask the sender which of the two holds; then apply this one or set it aside.',
}

/**
 * Keeps messages before they are understood, in one statement of its own, committed when it returns.
 * The same source, control id and bytes again is the same message: counted, not kept twice. A control id that was applied with
 * other content is held for a human; one whose earlier message never could be applied counts as its correction.
 * @returns one answer per arrival, in order
 */
export async function keepMessages(
  sql: Sql,
  arrivals: readonly Arrival[],
  nextId: () => Int64,
): Promise<readonly Kept[]> {
  const rows = arrivals.map((arrival) => ({
    ...arrival,
    id: nextId(),
    digest: digestOf(arrival.body).toString('hex'),
  }))
  // One statement cannot meet the same row twice, so what is the same within the batch is folded first.
  const places = new Map<string, number>()
  const firstWithControlId = new Map<string, string>()
  const unique: ((typeof rows)[number] & { receipts: number; reusedHere: boolean })[] = []
  const placeOf = rows.map((row) => {
    const key = `${row.source}\n${row.controlId}\n${row.digest}`
    const at = places.get(key)
    const before = at === undefined ? undefined : unique[at]
    if (at !== undefined && before) {
      before.receipts += 1
      return at
    }
    const control = `${row.source}\n${row.controlId}`
    const reusedHere = row.controlId !== '' && firstWithControlId.has(control)
    if (!reusedHere) firstWithControlId.set(control, row.digest)
    places.set(key, unique.length)
    unique.push({ ...row, receipts: 1, reusedHere })
    return unique.length - 1
  })
  const found = await insert(sql, unique)
  const seen = new Set<number>()
  return placeOf.map((place) => {
    const row = found[place]
    if (!row) throw new Error('keepMessages: the database answered for fewer messages than it was given')
    const fresh = row.fresh && !seen.has(place)
    seen.add(place)
    return { id: row.id, fresh, status: row.status, issues: row.issues ?? [] }
  })
}

async function insert(
  sql: Sql,
  rows: readonly (Arrival & {
    readonly id: Int64
    readonly digest: string
    readonly receipts: number
    readonly reusedHere: boolean
  })[],
): Promise<readonly Row[]> {
  const found = await sql<Row[]>`
    with incoming as materialized (
      select *, row_number() over () as n from unnest(
        ${rows.map((row) => row.id)}::bigint[], ${rows.map((row) => row.source)}::text[], ${rows.map((row) => row.parentId ?? null)}::bigint[],
        ${rows.map((row) => row.format)}::text[], ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.controlId)}::text[],
        ${rows.map((row) => row.orderKey)}::text[], ${rows.map((row) => row.digest)}::text[],
        ${rows.map((row) => Buffer.from(row.body).toString('base64'))}::text[], ${rows.map((row) => row.receivedAt.toISOString())}::timestamptz[],
        ${rows.map((row) => row.receipts)}::int[], ${rows.map((row) => Number(row.reusedHere))}::int[],
        ${rows.map((row) => (row.issues ? JSON.stringify(row.issues) : null))}::text[])
        as a (id, source, parent_id, format, kind, control_id, order_key, digest, body, at, receipts, reused_here, issues)),
    judged as materialized (
      select i.*, decode(i.digest, 'hex') as digest_bytes,
             i.reused_here = 1 or (i.control_id <> '' and exists (
               select 1 from message m
                where m.control_id = i.control_id and m.source || '' = i.source
                  and m.digest <> decode(i.digest, 'hex') and m.status || '' in ('kept', 'applied', 'divided'))) as reused
        from incoming i),
    stored as (
      insert into message (id, source, parent_id, format, kind, control_id, order_key, digest, body, received_at, last_received_at, receipts, status, settled_at, issues)
      select id, source, parent_id, format, kind, control_id, order_key, digest_bytes, decode(body, 'base64'), at, at, receipts,
             case when issues is not null then 'failed' when reused then 'held' else 'kept' end,
             case when issues is not null or reused then at end,
             case when issues is not null then issues::jsonb when reused then ${sql.json([reusedIssue])} end
        from judged order by id
      on conflict (source, control_id, digest)
      do update set receipts = message.receipts + excluded.receipts, last_received_at = excluded.last_received_at
      returning id, source, control_id, digest, status, issues),
    -- What goes on to be applied is on disk with the commit that applies it, before anybody is answered: until then a crash of the machine loses only
    -- what its sender still has. What is answered right after this statement is on disk with it.
    flushed as materialized (
      select set_config('synchronous_commit', case when exists (select from stored where status <> 'kept') then 'on' else 'off' end, true))
    select s.id::text as id, s.id = j.id as fresh, s.status, s.issues, j.reused, j.n::int as n
      from judged j join stored s on s.source = j.source and s.control_id = j.control_id and s.digest = j.digest_bytes
     cross join flushed
     order by j.n`
  return found
}
