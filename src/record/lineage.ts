/** From a fact back to the bytes: which message said so, where in it, and by which rule it was read. */
import { type Int64, Problem, type Sql } from '../base/index.ts'
import { type HistoryEntry, readHistory } from '../store/index.ts'
import type { Lineage, LineageLine } from './model.ts'
import type { Opened } from './read-record.ts'

type MessageRow = {
  readonly id: Int64
  readonly format: string
  readonly kind: string
  readonly control_id: string
  readonly received_at: Date
  readonly receipts: number
  readonly source: string
  readonly source_name: string
  readonly organisation: string
  readonly body: Uint8Array | null
  readonly leftovers: string | null
  readonly entries: unknown
}

const versionsMax = 20

/**
 * The lineage of one fact in the opened record. An element that the newest message left as it was is traced to the message that gave it.
 * @param version absent: the newest
 * @throws Problem 'not-found' if it lies outside the scope, or there is no such version
 */
export async function readLineage(
  sql: Sql,
  { scope }: Opened,
  fact: {
    readonly type: string
    readonly id: string
    readonly version?: number
    readonly messageId?: Int64
    /** Only versions that were kept by then. Absent: all. */
    readonly at?: Date
  },
): Promise<Lineage> {
  const { at } = fact
  const history = (await readHistory(sql, scope, fact)).filter(({ savedAt }) => at === undefined || savedAt <= at)
  const shown = fact.version === undefined ? history[0] : history.find(({ version }) => version === fact.version)
  if (!shown)
    throw new Problem('not-found', 'There is no such version of this fact', 'Choose one from its list of versions.')
  const known = history.filter(({ version }) => version <= shown.version).slice(0, versionsMax)
  const wanted = known.find(({ messageId }) => messageId === fact.messageId)?.messageId ?? shown.messageId
  const rows = await readMessages(sql, { fact, ids: [...new Set(known.map(({ messageId }) => messageId))], wanted })
  const message = rows.find(({ id }) => id === wanted)
  if (!message)
    throw new Problem(
      'not-found',
      'The message behind this fact is not kept here',
      'Ask the operator: it may have come with an import.',
    )
  return {
    type: shown.type,
    id: shown.id,
    version: shown.version,
    source: { id: message.source, name: message.source_name, organisation: message.organisation },
    message: {
      id: message.id,
      format: message.format,
      kind: message.kind,
      controlId: message.control_id,
      receivedAt: message.received_at.toISOString(),
      receipts: message.receipts,
    },
    savedAt: shown.savedAt.toISOString(),
    lines: linesOf(known, rows),
    leftovers: message.leftovers === null ? [] : strings(JSON.parse(message.leftovers)),
    versions: history.map(({ version, savedAt, op, messageId }) => ({
      version,
      savedAt: savedAt.toISOString(),
      op,
      messageId,
    })),
    body: shown.body,
    original: message.body ?? new Uint8Array(),
  }
}

async function readMessages(
  sql: Sql,
  {
    fact,
    ids,
    wanted,
  }: {
    readonly fact: { readonly type: string; readonly id: string }
    readonly ids: readonly Int64[]
    readonly wanted: Int64
  },
): Promise<readonly MessageRow[]> {
  return await sql<MessageRow[]>`
    select m.id::text, m.format, m.kind, m.control_id, m.received_at, m.receipts, m.source, s.name as source_name, s.organisation_name as organisation,
           case when m.id = ${wanted} then m.body end as body,
           case when m.id = ${wanted} then t.leftovers end as leftovers,
           coalesce((select jsonb_agg(e.fact -> 'entries') from jsonb_array_elements(t.lineage::jsonb) as e (fact)
                      where e.fact ->> 'type' = ${fact.type} and e.fact ->> 'id' = ${fact.id}), '[]') as entries
      from message m
      join source s on s.id = m.source
      left join message_translation t on t.message_id = m.id
     where m.id = any (${ids}::bigint[])`
}

/** Newest message first; an element is traced to the newest message that gave it, by every place there that it was made of. */
function linesOf(known: readonly HistoryEntry[], rows: readonly MessageRow[]): readonly LineageLine[] {
  const given = new Map<string, Int64>()
  const lines: LineageLine[] = []
  for (const messageId of new Set(known.map((version) => version.messageId))) {
    for (const [to, from, rule] of triples(rows.find(({ id }) => id === messageId)?.entries)) {
      const giver = given.get(to)
      if (giver !== undefined && giver !== messageId) continue
      given.set(to, messageId)
      lines.push({ to, from, rule, messageId })
    }
  }
  return lines
}

/** `[[[to, from, rule], …], …]` as feeds write it. */
function triples(entries: unknown): readonly (readonly [string, string, string])[] {
  if (!Array.isArray(entries)) return []
  return entries.flat().flatMap((entry: unknown) => {
    const [to, from, rule] = strings(entry)
    return to !== undefined && from !== undefined && rule !== undefined ? [[to, from, rule] as const] : []
  })
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
