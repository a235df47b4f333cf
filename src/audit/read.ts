import type { Int64, Sql } from '../base/index.ts'
import type { AuditActor, KeptLine } from './line.ts'

export type AuditQuery = {
  /** Whose record was looked at; also lines about people who were joined with this person, when all their ids are given. */
  readonly persons?: readonly string[]
  /** Who looked. */
  readonly actor?: Pick<AuditActor, 'kind' | 'id'>
  /** Only these kinds of line. */
  readonly what?: readonly string[]
  /** Only lines older than this id: the last one of the page before. */
  readonly before?: Int64
  /** 1 to 200; 50 when absent. */
  readonly limit?: number
}

export type AuditPage = { readonly lines: readonly KeptLine[]; readonly next?: Int64 }

type Row = {
  id: Int64
  at: Date
  action: KeptLine['action']
  what: string
  actor_kind: AuditActor['kind']
  actor_id: string
  actor_name: string
  role: string | null
  organisation: string | null
  purpose: KeptLine['purpose']
  outcome: KeptLine['outcome']
  person: string | null
  detail: Readonly<Record<string, unknown>>
  address: string | null
  request_id: string | null
}

/** The trail, newest first. `next` is given when there is more. Who may read it is the caller's question to `access/`. */
export async function readAudit(sql: Sql, query: AuditQuery): Promise<AuditPage> {
  const limit = Math.min(Math.max(query.limit ?? 50, 1), 200)
  const rows = await sql<Row[]>`
    select * from audit_event
     where true
       ${query.persons ? sql`and person = any(${[...query.persons]}::text[])` : sql``}
       ${query.actor ? sql`and actor_kind = ${query.actor.kind} and actor_id = ${query.actor.id}` : sql``}
       ${query.what ? sql`and what = any(${[...query.what]}::text[])` : sql``}
       ${query.before ? sql`and id < ${query.before}` : sql``}
     order by id desc
     limit ${limit + 1}`
  const lines = rows.slice(0, limit).map(toLine)
  const last = lines.at(-1)
  return rows.length > limit && last ? { lines, next: last.id } : { lines }
}

function toLine(row: Row): KeptLine {
  return {
    id: row.id,
    at: row.at.toISOString(),
    action: row.action,
    what: row.what,
    actor: {
      kind: row.actor_kind,
      id: row.actor_id,
      name: row.actor_name,
      ...(row.role === null ? {} : { role: row.role }),
      ...(row.organisation === null ? {} : { organisation: row.organisation }),
    },
    purpose: row.purpose,
    outcome: row.outcome,
    detail: row.detail,
    ...(row.person === null ? {} : { person: row.person }),
    ...(row.address === null ? {} : { address: row.address }),
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
  }
}
