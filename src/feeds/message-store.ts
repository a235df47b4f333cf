import type { Int64, Issue, Sql } from '../base/index.ts'
import type { FormatId } from './format.ts'
import type { Message, MessageStatus } from './message.ts'

type Row = {
  readonly id: Int64
  readonly source: string
  readonly format: FormatId
  readonly kind: string
  readonly control_id: string
  readonly order_key: string
  readonly parent_id: Int64 | null
  readonly body: Uint8Array
}

const toMessage = (row: Row): Message => ({
  id: row.id,
  source: row.source,
  format: row.format,
  kind: row.kind,
  controlId: row.control_id,
  orderKey: row.order_key,
  body: row.body,
  ...(row.parent_id === null ? {} : { parentId: row.parent_id }),
})

/** One message with its bytes; undefined when there is none. */
export async function loadMessage(sql: Sql, id: Int64): Promise<Message | undefined> {
  const [row] = await sql<Row[]>`
    select id::text, source, format, kind, control_id, order_key, parent_id::text, body from message where id = ${id}`
  return row && toMessage(row)
}

/** Messages in a state, in the order they came, from after a given one. */
export async function waitingMessages(
  sql: Sql,
  { status, after, limit }: { readonly status: MessageStatus; readonly after: Int64; readonly limit: number },
): Promise<readonly Message[]> {
  const rows = await sql<Row[]>`
    select id::text, source, format, kind, control_id, order_key, parent_id::text, body
      from message where status = ${status} and status in ('kept', 'failed', 'held') and id > ${after} order by id limit ${limit}`
  return rows.map(toMessage)
}

/** Ends a message's wait otherwise than by being applied. An applied message stays applied. */
export async function settle(
  sql: Sql,
  id: Int64,
  { status, at, issues }: { readonly status: MessageStatus; readonly at: Date; readonly issues?: readonly Issue[] },
): Promise<void> {
  await sql`
    update message set status = ${status}, settled_at = ${at}, issues = ${issues ? sql.json(issues.map((issue) => ({ ...issue }))) : null}
     where id = ${id} and status <> 'applied'`
}

/** What became of a message so far; undefined when there is none. */
export async function settledState(
  sql: Sql,
  id: Int64,
): Promise<{ readonly status: MessageStatus; readonly issues: readonly Issue[] } | undefined> {
  const [row] = await sql<
    { status: MessageStatus; issues: readonly Issue[] | null }[]
  >`select status, issues from message where id = ${id}`
  return row && { status: row.status, issues: row.issues ?? [] }
}

/**
 * Gives a message to the source that it turned out to be from.
 * @returns the number of the very same message when that source has it already: then nothing is changed
 */
export async function moveMessage(
  sql: Sql,
  id: Int64,
  { source, kind, orderKey }: { readonly source: string; readonly kind: string; readonly orderKey: string },
): Promise<Int64 | undefined> {
  const [twin] = await sql<{ id: Int64 }[]>`
    select t.id::text from message m join message t on t.source = ${source} and t.control_id = m.control_id and t.digest = m.digest
     where m.id = ${id} and t.id <> m.id`
  if (twin) return twin.id
  await sql`
    update message set source = ${source}, kind = ${kind}, order_key = ${orderKey} where id = ${id} and status in ('failed', 'held', 'set-aside')`
  return undefined
}
