import type { AuditAction, AuditLine, Purpose } from '../audit/index.ts'
import { type Actor, toAuditActor } from './actor.ts'

/** What someone asks for, as the trail will tell it. */
export type Ask = {
  /** 'record-page', 'fact-lineage', 'patient-search', 'feed-messages' … */
  readonly what: string
  readonly now: Date
  /** Absent: treatment for staff, the patient's own request for patients, operations for systems. */
  readonly purpose?: Purpose
  /** Absent: R, a read. */
  readonly action?: AuditAction
  /** Ids, places, counts and names of fields; never what a field holds. */
  readonly detail?: Readonly<Record<string, unknown>>
  readonly address?: string
  readonly requestId?: string
}

const usualPurpose = { staff: 'TREAT', patient: 'PATRQT', system: 'HOPERAT' } as const

/** The line that tells of an ask and how it ended. */
export function lineFor(
  actor: Actor,
  ask: Ask,
  outcome: { readonly outcome: 0 | 4; readonly person?: string; readonly detail?: Ask['detail'] },
): AuditLine {
  const { what, now, purpose, action, detail, address, requestId } = ask
  return {
    at: now,
    action: action ?? 'R',
    what,
    actor: toAuditActor(actor),
    purpose: purpose ?? usualPurpose[actor.kind],
    outcome: outcome.outcome,
    ...(outcome.person === undefined ? {} : { person: outcome.person }),
    detail: { ...detail, ...outcome.detail },
    ...(address === undefined ? {} : { address }),
    ...(requestId === undefined ? {} : { requestId }),
  }
}
