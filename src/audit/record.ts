import { type Int64, type Tx, timeOrderedIds } from '../base/index.ts'
import type { AuditLine } from './line.ts'

/** Lines are ordered by their own time; the id only makes them unique and keeps them in order. */
let lastAt = new Date(0)
const nextId: () => Int64 = timeOrderedIds(() => lastAt)

/** Writes lines of the trail, in the transaction of what they describe: both are kept, or neither. One statement. */
export async function recordAudit(tx: Tx, lines: readonly AuditLine[]): Promise<void> {
  if (lines.length === 0) return
  const rows = lines.map(toRow)
  await tx`insert into audit_event select * from jsonb_populate_recordset(null::audit_event, ${tx.json(rows)})`
}

function toRow(line: AuditLine) {
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
    detail: JSON.parse(JSON.stringify(line.detail ?? {})),
    address: line.address ?? null,
    request_id: line.requestId ?? null,
  }
}
