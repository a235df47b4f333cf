/**
 * A line of the trail as the bytes that are sealed: one heading, then fifteen fields in fixed order, each `<bytes of it>:<it>` or `-` when it is
 * absent, each ended by a line feed. Written twice, here and in SQL, so that sealing costs the server nothing; a test holds the two together.
 * @see docs/security/audit-trail.md
 */
import { hash } from 'node:crypto'
import type { Int64, Sql, Statement } from '../base/index.ts'

const heading = 'throughline-audit-line-1'

/** A line as the database tells it: every field as text, the time to the microsecond. */
export type LineFields = {
  readonly id: Int64
  /** `2026-11-22T10:20:00.123456Z` */
  readonly at: string
  readonly action: string
  readonly what: string
  readonly actor_kind: string
  readonly actor_id: string
  readonly actor_name: string
  readonly role: string | null
  readonly organisation: string | null
  readonly purpose: string
  readonly outcome: string
  readonly person: string | null
  /** JSON, exactly as it was written. */
  readonly detail: string
  readonly address: string | null
  readonly request_id: string | null
}

const fields = [
  'id',
  'at',
  'action',
  'what',
  'actor_kind',
  'actor_id',
  'actor_name',
  'role',
  'organisation',
  'purpose',
  'outcome',
  'person',
  'detail',
  'address',
  'request_id',
] as const satisfies readonly (keyof LineFields)[]

export function lineText(line: LineFields): string {
  let text = `${heading}\n`
  for (const name of fields) {
    const value = line[name]
    text += value === null ? '-\n' : `${Buffer.byteLength(value)}:${value}\n`
  }
  return text
}

/** The columns of `audit_event` as `LineFields`. */
export function lineFields(sql: Sql): Statement<object[]> {
  return sql.unsafe(fields.map((name) => `${asText(name)} as ${name}`).join(', '))
}

/** The leaf hash of a row of `audit_event`, told by the database. @see RFC 6962 §2.1: the leaf is marked with a zero byte */
export function leafHashSql(sql: Sql): Statement<object[]> {
  const parts = fields.map((name) => `coalesce(octet_length(${asText(name)}) || ':' || ${asText(name)}, '-')`)
  return sql.unsafe(
    `sha256('\\x00'::bytea || convert_to(concat_ws(E'\\n', '${heading}', ${parts.join(', ')}) || E'\\n', 'UTF8'))`,
  )
}

function asText(name: (typeof fields)[number]): string {
  if (name === 'at') return `to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
  return `${name}::text`
}

const leafMark = Buffer.from([0])

export function leafOf(line: LineFields): Buffer {
  return hash('sha256', Buffer.concat([leafMark, Buffer.from(lineText(line))]), 'buffer')
}
