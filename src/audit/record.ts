import { type Int64, type Tx, timeOrderedIds } from '../base/index.ts'
import type { AuditLine } from './line.ts'

/** Lines are ordered by their own time; the id only makes them unique and keeps them in order. */
let lastAt = new Date(0)
const nextId: () => Int64 = timeOrderedIds(() => lastAt)

/** Writes lines of the trail, in the transaction of what they describe: both are kept, or neither. One statement. */
export async function recordAudit(tx: Tx, lines: readonly AuditLine[]): Promise<void> {
  if (lines.length === 0) return
  await tx`
    insert into audit_event (id, at, action, what, actor_kind, actor_id, actor_name, role, organisation, purpose, outcome, person, detail, address, request_id)
    select * from json_to_recordset(${JSON.stringify(lines.map(lineRow))}::json)
        as l (id bigint, at timestamptz, action "char", what text, actor_kind text, actor_id text, actor_name text, role text, organisation text,
              purpose text, outcome smallint, person text, detail json, address text, request_id text)`
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
