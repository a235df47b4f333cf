import type { Int64, Issue, Sql } from '../base/index.ts'
import type { FormatId } from './format.ts'
import type { MessageStatus } from './message.ts'
import type { SourceKind } from './source.ts'

/** How one source's feed is doing. */
export type FeedHealth = {
  readonly source: string
  readonly name: string
  readonly kind: SourceKind
  readonly organisation: string
  readonly formats: readonly FormatId[]
  /** Null: it never spoke to us. */
  readonly lastReceivedAt: Date | null
  readonly received24h: number
  readonly applied24h: number
  /** Waiting for its owner now, of whatever age. */
  readonly failed: number
  readonly held: number
  /** In the queue. */
  readonly kept: number
  /** Messages received in each of the last 24 hours, oldest first. */
  readonly hourly: readonly number[]
}

/** One line per declared source, by name. Files that were divided count by their parts. */
export async function readFeedHealth(sql: Sql, now: Date): Promise<readonly FeedHealth[]> {
  const dayAgo = new Date(now.getTime() - 86_400_000)
  const rows = await sql<(Omit<FeedHealth, 'hourly'> & { hours: readonly number[] | null })[]>`
    select s.id as source, s.name, s.kind, s.organisation_name as organisation, s.formats,
           (select m.last_received_at from message m where m.source = s.id order by m.id desc limit 1) as "lastReceivedAt",
           coalesce(day.received, 0)::int as "received24h", coalesce(day.applied, 0)::int as "applied24h",
           coalesce(waiting.failed, 0)::int as failed, coalesce(waiting.held, 0)::int as held, coalesce(waiting.kept, 0)::int as kept,
           day.hours
      from source s
      left join lateral (
        select sum(n) as received, sum(applied) as applied, array_agg(n::int order by hour) as hours
          from (select hour, count(m.id) as n, count(m.id) filter (where m.status = 'applied') as applied
                  from generate_series(0, 23) as hour
                  left join message m on m.source = s.id and m.status <> 'divided' and m.received_at >= ${dayAgo}::timestamptz
                       and floor(extract(epoch from m.received_at - ${dayAgo}::timestamptz) / 3600) = hour
                 group by hour) by_hour) day on true
      left join lateral (
        select count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'held') as held,
               count(*) filter (where status = 'kept') as kept
          from message m where m.source = s.id and m.status in ('kept', 'failed', 'held')) waiting on true
     order by s.name`
  return rows.map(({ hours, ...row }) => ({ ...row, hourly: hours ?? [] }))
}

/** A message as the lists show it: no content, so no patient's data. */
export type MessageLine = {
  readonly id: Int64
  readonly source: string
  readonly format: FormatId
  readonly kind: string
  readonly controlId: string
  readonly status: MessageStatus
  readonly receivedAt: Date
  readonly receipts: number
  readonly issues: readonly Issue[]
}

/** Messages, newest first, 50 a page. @param before the id after which the next page begins */
export async function listMessages(
  sql: Sql,
  { source, status, before }: { readonly source?: string; readonly status?: MessageStatus; readonly before?: Int64 },
): Promise<readonly MessageLine[]> {
  return await sql<MessageLine[]>`
    select id::text, source, format, kind, control_id as "controlId", status, received_at as "receivedAt", receipts, coalesce(issues, '[]'::jsonb) as issues
      from message
     where true
       ${source === undefined ? sql`` : sql`and source = ${source}`}
       ${status === undefined ? sql`` : status === 'kept' || status === 'failed' || status === 'held' ? sql`and status = ${status} and status in ('kept', 'failed', 'held')` : sql`and status = ${status}`}
       ${before === undefined ? sql`` : sql`and id < ${before}`}
     order by id desc limit 50`
}

/** One message, whole, with what became of each of its fields. */
export type MessageDetail = MessageLine & {
  readonly body: Uint8Array
  readonly parentId?: Int64
  readonly lastReceivedAt: Date
  readonly settledAt: Date | null
  /** Absent until it was translated and applied. */
  readonly translation?: {
    readonly content: number
    readonly mapped: number
    readonly leftovers: readonly string[]
    readonly lineage: readonly {
      readonly type: string
      readonly id: string
      readonly ver: number
      readonly entries: readonly (readonly [string, string, string])[]
    }[]
    readonly notes: readonly Issue[]
  }
}

/** One message by its number; undefined when there is none. */
export async function readMessage(sql: Sql, id: Int64): Promise<MessageDetail | undefined> {
  const [row] = await sql<
    (MessageLine & {
      body: Uint8Array
      parent: Int64 | null
      lastReceivedAt: Date
      settledAt: Date | null
      content: number | null
      mapped: number | null
      leftovers: string | null
      lineage: string | null
      notes: string | null
    })[]
  >`
    select m.id::text, m.source, m.format, m.kind, m.control_id as "controlId", m.status, m.received_at as "receivedAt", m.receipts,
           coalesce(m.issues, '[]'::jsonb) as issues, m.body, m.parent_id::text as parent, m.last_received_at as "lastReceivedAt", m.settled_at as "settledAt",
           t.content, t.mapped, t.leftovers, t.lineage, t.notes
      from message m left join message_translation t on t.message_id = m.id
     where m.id = ${id}`
  if (!row) return undefined
  const { parent, content, mapped, leftovers, lineage, notes, ...line } = row
  return {
    ...line,
    ...(parent === null ? {} : { parentId: parent }),
    ...(content === null || mapped === null
      ? {}
      : {
          translation: {
            content,
            mapped,
            leftovers: JSON.parse(leftovers ?? '[]'),
            lineage: JSON.parse(lineage ?? '[]'),
            notes: JSON.parse(notes ?? '[]'),
          },
        }),
  }
}

/** Closes a waiting message unapplied. @returns false when it does not wait */
export async function setAsideMessage(
  sql: Sql,
  id: Int64,
  { by, now }: { readonly by: string; readonly now: Date },
): Promise<boolean> {
  const rows = await sql`
    update message set status = 'set-aside', settled_at = ${now},
           issues = coalesce(issues, '[]'::jsonb) || ${sql.json([{ place: '', message: `Set aside by ${by}`, severity: 'warning' }])}
     where id = ${id} and status in ('failed', 'held') returning id`
  return rows.length > 0
}

/** How many messages wait for a person; `old`: since before an instant. Counting stops at `most`. */
export async function countWaiting(
  sql: Sql,
  { before, most }: { readonly before: Date; readonly most: number },
): Promise<{ readonly open: number; readonly old: number }> {
  const [row] = await sql<{ open: number; old: number }[]>`
    select count(*)::int as open, count(*) filter (where received_at < ${before})::int as old
      from (select received_at from message where status in ('failed', 'held') and status in ('kept', 'failed', 'held') limit ${most}) waiting`
  return row ?? { open: 0, old: 0 }
}

/** Messages that wait for a person, the longest waiting first. */
export async function listWaiting(
  sql: Sql,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<readonly (MessageLine & { readonly feed: string })[]> {
  return await sql<(MessageLine & { feed: string })[]>`
    select m.id::text, m.source, m.format, m.kind, m.control_id as "controlId", m.status, m.received_at as "receivedAt", m.receipts,
           coalesce(m.issues, '[]'::jsonb) as issues, s.name as feed
      from (select * from message where status in ('failed', 'held') and status in ('kept', 'failed', 'held')
             order by id limit ${limit} offset ${offset}) m
      join source s on s.id = m.source
     order by m.id`
}
