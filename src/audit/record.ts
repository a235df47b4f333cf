import { type Int64, type Sql, type Statement, type Tx, timeOrderedIds } from '../base/index.ts'
import type { AuditLine } from './line.ts'

/** Lines are ordered by their own time; the id only makes them unique and keeps them in order. */
let lastAt = new Date(0)
const nextId: () => Int64 = timeOrderedIds(() => lastAt)

/** What a transaction would lose of the trail, were it to break off now. */
const toldIn = new WeakMap<Tx, readonly AuditLine[]>()
const triedIn = new WeakMap<Tx, AuditLine>()

/** Writes lines of the trail, in the transaction of what they describe: both are kept, or neither. One statement. */
export async function recordAudit(tx: Tx, lines: readonly AuditLine[]): Promise<void> {
  if (lines.length === 0) return
  triedIn.delete(tx)
  toldIn.set(tx, [...(toldIn.get(tx) ?? []), ...lines])
  await tx`
    insert into audit_event (id, at, action, what, actor_kind, actor_id, actor_name, role, organisation, purpose, outcome, person, detail, address, request_id)
    select * from json_to_recordset(${jsonOf(lines.map(lineRow))}::json)
        as l (id bigint, at timestamptz, action "char", what text, actor_kind text, actor_id text, actor_name text, role text, organisation text,
              purpose text, outcome smallint, person text, detail json, address text, request_id text)`
}

/** Says what is tried before its line can be told: what a search finds, for one. The next `recordAudit` takes its place. */
export function tryAudit(tx: Tx, line: AuditLine): void {
  triedIn.set(tx, line)
}

/** The lines of a transaction that was rolled back: what was tried or told in it, and is now nowhere. */
export function lostLines(tx: Tx): readonly AuditLine[] {
  const tried = triedIn.get(tx)
  return [...(toldIn.get(tx) ?? []), ...(tried ? [tried] : [])]
}

/**
 * The same as a piece of a larger statement, `told as (…)`, whose other parts find out whom each line is about.
 * @param persons a piece that tells `n`, the place of a line in `lines` from 0, and `person`
 * @param when a piece that must hold for any line to be written
 */
export function insertLines(
  sql: Sql,
  lines: readonly AuditLine[],
  persons: Statement<object[]>,
  when: Statement<object[]> = sql`true`,
): Statement<object[]> {
  const rows = lines.map((line, n) => ({ n, ...lineRow(line) }))
  return sql`
    insert into audit_event (id, at, action, what, actor_kind, actor_id, actor_name, role, organisation, purpose, outcome, person, detail, address, request_id)
    select l.id, l.at, l.action, l.what, l.actor_kind, l.actor_id, l.actor_name, l.role, l.organisation, l.purpose, l.outcome, w.person, l.detail, l.address, l.request_id
      from json_to_recordset(${jsonOf(rows)}::json)
        as l (n int, id bigint, at timestamptz, action "char", what text, actor_kind text, actor_id text, actor_name text, role text, organisation text,
              purpose text, outcome smallint, detail json, address text, request_id text)
      left join (${persons}) w on w.n = l.n
     where ${when}`
}

/** What no text in the database can hold is replaced, so that nobody who sends it goes unwritten. */
function jsonOf(rows: readonly object[]): string {
  const text = JSON.stringify(rows)
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text
  return JSON.stringify(rows, (_name, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\u0000', '\ufffd').toWellFormed() : value,
  )
}

/** One line as a row of `audit_event`, with its number. */
export function lineRow(line: AuditLine) {
  lastAt = line.at
  const { actor } = line
  return {
    id: nextId(),
    at: line.at,
    action: line.action,
    what: line.what,
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    role: actor.role ?? null,
    organisation: actor.organisation ?? null,
    purpose: line.purpose,
    outcome: line.outcome,
    person: line.person ?? null,
    detail: line.detail ?? {},
    address: line.address ?? null,
    request_id: line.requestId ?? null,
  }
}
