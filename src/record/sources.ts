/** Who supplied what, and how fresh each feed is. Reads the tables `source` and `message`, which feeds write. */
import type { Instant, Int64, Sql } from '../base/index.ts'
import type { Held } from './held.ts'
import type { SourceFreshness, SourcePart } from './model.ts'

type Row = {
  readonly source: string
  readonly name: string
  readonly organisation: string
  readonly organisation_code: string
  readonly kind: string
  readonly last_received: Date | null
  readonly waiting: number
  readonly waiting_here: number
  readonly failing: boolean | null
}

/**
 * Every configured source with its newest message. One statement, by index: the newest messages of each source, and those that wait.
 * A feed counts as failing while none of its newest three settled messages could be applied: one bad message is no outage.
 * @param messages those that told of one person: what waits under the same order key of the same source is about that person too
 */
export async function readSourceFreshness(
  sql: Sql,
  messages: readonly Int64[] = [],
): Promise<readonly SourceFreshness[]> {
  const rows = await sql<Row[]>`
    select s.id as source, s.name, s.organisation_name as organisation, s.organisation_code, s.kind,
           newest.last_received_at as last_received, settled.failing, coalesce(w.waiting, 0)::int as waiting,
           coalesce(w.waiting_here, 0)::int as waiting_here
      from source s
      left join lateral (select last_received_at from message where source = s.id order by id desc limit 1) newest on true
      left join lateral (select bool_and(status = 'failed') as failing from (
             select status from message where source = s.id and status <> 'kept' order by id desc limit 3) last) settled on true
      left join (select w.source, count(*) as waiting, count(k.order_key) as waiting_here
                   from message w
                   left join (select distinct source, order_key from message where id = any (${[...messages]}::bigint[]) and order_key <> '') k
                     on k.source = w.source and k.order_key = w.order_key
                  where w.status in ('failed', 'held') group by w.source) w on w.source = s.id
     order by s.organisation_name, s.name`
  return rows.map(freshnessOf)
}

function freshnessOf({
  last_received,
  waiting,
  waiting_here,
  failing,
  organisation_code,
  ...source
}: Row): SourceFreshness {
  // Senders that nobody declared are no organisation: their messages wait, and are counted, but they are not asked for anything.
  const organisation = organisation_code === '' ? source.name : source.organisation
  const fails = failing === true && organisation_code !== ''
  return {
    ...source,
    organisation,
    waiting,
    ...(waiting_here === 0 ? {} : { waitingHere: waiting_here }),
    ...(last_received === null ? {} : { lastReceived: last_received.toISOString() }),
    state: last_received === null ? 'never-heard' : fails ? 'failing' : 'answering',
  }
}

/** Time-ordered ids begin with their millisecond; a message may have waited up to an hour in a queue before it was given one. */
const idAfter = (at: Date): Int64 => (BigInt(at.getTime() + 3_600_000) << 20n).toString()

/**
 * The same as it stood at a past moment: only what had been received by then. What waited then is what waits still, and what has been put
 * right since. Not kept, and so told as nearly as can be: how often the very same message came again by then (it counts as heard when it
 * first came), and whether a message that has been put right since had failed or was held (it counts as failed). Names are today's.
 */
export async function readSourceFreshnessAt(
  sql: Sql,
  messages: readonly Int64[],
  at: Date,
): Promise<readonly SourceFreshness[]> {
  const rows = await sql<Row[]>`
    select s.id as source, s.name, s.organisation_name as organisation, s.organisation_code, s.kind,
           newest.heard as last_received, settled.failing, coalesce(w.waiting, 0)::int as waiting, coalesce(w.waiting_here, 0)::int as waiting_here
      from source s
      left join lateral (
             select case when last_received_at <= ${at} then last_received_at else received_at end as heard from message
              where source = s.id and id < ${idAfter(at)} and received_at <= ${at} order by id desc limit 1) newest on true
      left join lateral (select bool_and(failed) as failing from (
             select settled_at > ${at} or status = 'failed' as failed from message
              where source = s.id and id < ${idAfter(at)} and received_at <= ${at} and settled_at is not null order by id desc limit 3) last) settled on true
      left join (select w.source, count(*) as waiting, count(k.order_key) as waiting_here
                   from (select source, order_key from message where status in ('failed', 'held') and settled_at <= ${at}
                         union all
                         select source, order_key from message
                          where settled_at - received_at > interval '1 minute' and received_at <= ${at} and settled_at > ${at}) w
                   left join (select distinct source, order_key from message where id = any (${[...messages]}::bigint[]) and order_key <> '') k
                     on k.source = w.source and k.order_key = w.order_key
                  group by w.source) w on w.source = s.id
     where s.created_at <= ${at}
     order by s.organisation_name, s.name`
  return rows.map(freshnessOf)
}

/** Each source's part in one record: those that spoke of the person first, most facts first. */
export function sourceParts(held: Held, sources: readonly SourceFreshness[]): readonly SourcePart[] {
  const counts = new Map<string, Map<string, number>>()
  const latest = new Map<string, Instant>()
  for (const origin of [...held.facts.map((fact) => fact.origin), ...held.unreadable]) {
    const ofSource = counts.get(origin.source) ?? new Map<string, number>()
    ofSource.set(origin.type, (ofSource.get(origin.type) ?? 0) + 1)
    counts.set(origin.source, ofSource)
    if ((latest.get(origin.source) ?? '') < origin.savedAt) latest.set(origin.source, origin.savedAt)
  }
  const undeclared = [...counts.keys()]
    .filter((id) => !sources.some(({ source }) => source === id))
    .map(
      (id): SourceFreshness => ({
        source: id,
        name: id,
        organisation: id,
        kind: 'other',
        waiting: 0,
        state: 'answering',
      }),
    )
  return [...sources, ...undeclared]
    .map((source): SourcePart => {
      const types = [...(counts.get(source.source) ?? [])]
        .map(([type, count]) => ({ type, count }))
        .sort((a, b) => b.count - a.count || a.type.localeCompare(b.type))
      const last = latest.get(source.source)
      return {
        ...source,
        counts: types,
        facts: types.reduce((sum, { count }) => sum + count, 0),
        ...(last === undefined ? {} : { lastAboutPerson: last }),
      }
    })
    .sort((a, b) => b.facts - a.facts || a.organisation.localeCompare(b.organisation))
}
