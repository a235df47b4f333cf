import { hash } from 'node:crypto'
import type { Int64, Sql, Tx } from '../base/index.ts'
import type { Arrival } from './keep.ts'

/** SHA-256 of a body: 32 bytes. */
export const digestOf = (body: Uint8Array): Buffer => hash('sha256', body, 'buffer')

/**
 * Whether nothing is known of any of these: neither the very message nor, where its format has one, its control id, here or among themselves.
 * What is known takes the longer way, which tells a repeated message from a control id that was used twice.
 */
export async function areNews(sql: Sql, arrivals: readonly Arrival[]): Promise<boolean> {
  if (arrivals.length === 0) return true
  const named = arrivals.filter(({ controlId }) => controlId !== '')
  const nameless = arrivals.filter(({ controlId }) => controlId === '')
  const digests = nameless.map(({ body }) => digestOf(body).toString('hex'))
  const own = [
    ...named.map(({ source, controlId }) => `${source}\n${controlId}`),
    ...nameless.map(({ source }, n) => `${source}\n\n${digests[n]}`),
  ]
  if (new Set(own).size < own.length) return false
  const rows = await sql`
    select 1 as known
      from unnest(${named.map(({ source }) => source)}::text[], ${named.map(({ controlId }) => controlId)}::text[]) as k (source, control_id)
     cross join lateral (select 1 from message m where m.control_id = k.control_id and m.source || '' = k.source limit 1) m
    union all
    select 1
      from unnest(${nameless.map(({ source }) => source)}::text[], ${digests}::text[]) as k (source, digest)
     cross join lateral (
           select 1 from message m where m.control_id = '' and m.source = k.source and m.digest = decode(k.digest, 'hex') limit 1) m
     limit 1`
  return rows.length === 0
}

/** What is kept of one message beside its bytes: how its fields fared. */
export type Explained = {
  readonly messageId: Int64
  readonly content: number
  readonly mapped: number
  /** JSON texts, as `message_translation` holds them. */
  readonly leftovers: string
  readonly lineage: string
  readonly notes: string
}

/**
 * Keeps messages as applied, with their lineage, in the transaction that applies them: one row each, written once.
 * @returns the ids of those that were kept; missing are those that another transaction kept meanwhile
 */
export async function keepApplied(
  tx: Tx,
  rows: readonly (Explained & { readonly arrival: Arrival })[],
  now: Date,
): Promise<ReadonlySet<Int64>> {
  const bodies = rows.map(({ arrival }) => arrival.body)
  let end = 1
  const starts = bodies.map(({ length }) => {
    const start = end
    end += length
    return start
  })
  // Bodies travel as they are, one after another: in a list each would be written in base 64 or hexadecimal.
  const kept = await tx<{ id: Int64 }[]>`
    with u as materialized (
      select *, substring(${Buffer.concat(bodies)} from start for size) as body from unnest(
        ${rows.map(({ messageId }) => messageId)}::bigint[], ${rows.map(({ arrival }) => arrival.source)}::text[],
        ${rows.map(({ arrival }) => arrival.parentId ?? null)}::bigint[], ${rows.map(({ arrival }) => arrival.format)}::text[],
        ${rows.map(({ arrival }) => arrival.kind)}::text[], ${rows.map(({ arrival }) => arrival.controlId)}::text[],
        ${rows.map(({ arrival }) => arrival.orderKey)}::text[], ${rows.map(({ arrival }) => arrival.receivedAt.toISOString())}::timestamptz[],
        ${starts}::int[], ${bodies.map(({ length }) => length)}::int[],
        ${rows.map(({ content }) => content)}::int[], ${rows.map(({ mapped }) => mapped)}::int[], ${rows.map(({ leftovers }) => leftovers)}::text[],
        ${rows.map(({ lineage }) => lineage)}::text[], ${rows.map(({ notes }) => notes)}::text[])
        as u (id, source, parent_id, format, kind, control_id, order_key, at, start, size, content, mapped, leftovers, lineage, notes)),
    kept as (
      insert into message (id, source, parent_id, format, kind, control_id, order_key, digest, body, received_at, last_received_at, status, settled_at)
      select id, source, parent_id, format, kind, control_id, order_key, sha256(body), body, at, at, 'applied', ${now} from u order by id
      on conflict (control_id, source, digest) do nothing
      returning id),
    explained as (
      insert into message_translation (message_id, content, mapped, leftovers, lineage, notes, translated_at)
      select id, content, mapped, leftovers, lineage, notes, ${now} from u where id in (select id from kept))
    select id::text as id from kept`
  return new Set(kept.map(({ id }) => id))
}
