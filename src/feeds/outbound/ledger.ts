/** Reading deliveries: beside a fact, for a feed, and whole. */
import type { Int64, Sql } from '../../base/index.ts'
import type { DeliveryAction } from './queue.ts'

export type DeliveryStatus = 'waiting' | 'accepted' | 'refused' | 'cancelled'

/** One fact on its way to one source. */
export type Delivery = {
  readonly id: Int64
  readonly pk: Int64
  readonly target: string
  readonly targetName: string
  readonly targetOrganisation: string
  readonly type: string
  readonly factId: string
  readonly version: number
  readonly kind: string
  readonly action: DeliveryAction
  readonly status: DeliveryStatus
  readonly attempts: number
  readonly writtenAt: Date
  readonly writtenBy: string
  readonly controlId: string
  /** When it is tried next, or counts as lost. */
  readonly nextAt: Date
  readonly triedAt: Date | null
  readonly settledAt: Date | null
  /** What the receiver said, or why there was no answer. It may repeat what the fact says. */
  readonly said: string | null
}

export type DeliveryEvent = {
  readonly at: Date
  readonly what: string
  readonly by: string | null
  readonly said: string | null
}

/** Longer without an answer than this, somebody must look: the feed's page says so. */
export const overdueMs = 4 * 3_600_000

const columns = `
  d.id, d.pk, d.target, coalesce(s.name, d.target) as "targetName", coalesce(s.organisation_name, d.target) as "targetOrganisation",
  d.fact_type as type, d.fact_id as "factId", d.fact_version as version, d.kind, d.action, d.status, d.attempts, d.written_at as "writtenAt",
  d.written_by as "writtenBy", d.control_id as "controlId", d.next_at as "nextAt", d.tried_at as "triedAt", d.settled_at as "settledAt", d.said`

/** All deliveries of what stands in these compartments, newest first. */
export async function deliveriesOf(sql: Sql, pks: readonly Int64[]): Promise<readonly Delivery[]> {
  return await sql<Delivery[]>`
    select ${sql.unsafe(columns)} from delivery d left join source s on s.id = d.target
     where d.pk = any (${[...pks]}::bigint[]) order by d.id desc limit 500`
}

/** What is on its way to a source, refused and oldest waiting first, then the newest that were settled. */
export async function deliveriesTo(sql: Sql, target: string): Promise<readonly Delivery[]> {
  return await sql<Delivery[]>`
    select ${sql.unsafe(columns)} from (
      (select * from delivery where target = ${target} and status in ('waiting', 'refused') order by status = 'waiting', id limit 40)
      union all
      (select * from delivery where target = ${target} and status in ('accepted', 'cancelled') order by id desc limit 10)) d
      left join source s on s.id = d.target
     order by d.status in ('accepted', 'cancelled'), d.status = 'waiting', case when d.status in ('waiting', 'refused') then d.id end, d.id desc`
}

/** One delivery with its whole ledger, oldest first; undefined when there is none. */
export async function readDelivery(
  sql: Sql,
  id: Int64,
): Promise<(Delivery & { readonly events: readonly DeliveryEvent[] }) | undefined> {
  const [delivery] = await sql<Delivery[]>`
    select ${sql.unsafe(columns)} from delivery d left join source s on s.id = d.target where d.id = ${id}`
  if (!delivery) return undefined
  const events = await sql<DeliveryEvent[]>`
    select at, what, by_whom as by, said from delivery_event where pk = ${delivery.pk} and delivery_id = ${id} order by seq`
  return { ...delivery, events }
}

export type DeliveryCounts = {
  readonly target: string
  readonly waiting: number
  readonly refused: number
  /** Of those that wait: written longer ago than `overdueMs`. */
  readonly overdue: number
  readonly oldest: Date | null
}

/**
 * What somebody should look at, by source; sources with nothing open are not in the answer. For the feed pages, and for a worklist:
 * refused and overdue deliveries are work of an analyst.
 */
export async function openDeliveries(sql: Sql, now: Date): Promise<readonly DeliveryCounts[]> {
  return await sql<DeliveryCounts[]>`
    select target, count(*) filter (where status = 'waiting')::int as waiting, count(*) filter (where status = 'refused')::int as refused,
           count(*) filter (where status = 'waiting' and written_at < ${new Date(now.getTime() - overdueMs)})::int as overdue,
           min(written_at) as oldest
      from delivery where status in ('waiting', 'refused') group by target order by target`
}
