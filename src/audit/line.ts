import type { Instant, Int64 } from '../base/index.ts'

/** C create, R read, U update, D delete, E execute (a search, a sign-in). @see FHIR R4 AuditEvent.action */
export type AuditAction = 'C' | 'R' | 'U' | 'D' | 'E'

/** Why. @see v3 ActReason: treatment, emergency treatment, at the patient's request, operations, administration of the system */
export type Purpose = 'TREAT' | 'ETREAT' | 'PATRQT' | 'HOPERAT' | 'SYSADMIN'

/** Who did it, as they were called then: a later change of name or role must not change the trail. */
export type AuditActor = {
  readonly kind: 'staff' | 'patient' | 'system'
  readonly id: string
  readonly name: string
  readonly role?: string
  readonly organisation?: string
}

/** One line of the trail. The fields map one to one to FHIR R4 AuditEvent (IHE BALP): see `audit-event.ts`. */
export type AuditLine = {
  readonly at: Date
  readonly action: AuditAction
  /** What was looked at or done: 'record-page', 'patient-search', 'fhir-read', 'sign-in' … */
  readonly what: string
  readonly actor: AuditActor
  readonly purpose: Purpose
  /** 0 success, 4 refused or failed, 8 failed seriously. */
  readonly outcome: 0 | 4 | 8
  /** Whose record. Absent: about nobody. */
  readonly person?: string
  /** Ids, places, counts and names of fields; never what a field held. */
  readonly detail?: Readonly<Record<string, unknown>>
  readonly address?: string
  readonly requestId?: string
}

/** A line as it is read back. */
export type KeptLine = Omit<AuditLine, 'at'> & { readonly id: Int64; readonly at: Instant }

/** Whether a text can be the number of a line. */
export function isLineNumber(text: string): boolean {
  return /^\d{1,19}$/.test(text) && BigInt(text) <= 0x7fff_ffff_ffff_ffffn
}
