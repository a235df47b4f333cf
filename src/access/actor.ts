import type { AuditActor } from '../audit/index.ts'
import type { StaffRole } from './permissions.ts'

export type Staff = {
  readonly kind: 'staff'
  readonly id: string
  readonly name: string
  readonly role: StaffRole
  /** Their professional codes as the identity provider tells them, '<system>|<value>': what facts name them by. Absent: none told. */
  readonly codes?: readonly string[]
  /** ODS code and name of where they work now. */
  readonly organisation: { readonly code: string; readonly name: string }
}

/** Someone who proved who they are (NHS login P9): the NHS number and birth date are proven, and find their record. */
export type Patient = {
  readonly kind: 'patient'
  readonly id: string
  readonly name: string
  readonly nhsNumber: string
  readonly birthDate: string
  /** The person whom they act for in this session, by what an organisation verified. Absent: they are themselves. */
  readonly actingFor?: { readonly proxy: string; readonly name: string }
}

/** A registered client with its granted scopes, e.g. `system/*.cruds`. */
export type System = {
  readonly kind: 'system'
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  /** The source as which it speaks: what that said is never hidden from it. Absent: it speaks as none. */
  readonly source?: string
  /** Absent: for care. `beyond-care`: research, planning: whoever opted out is kept back from it. */
  readonly uses?: 'care' | 'beyond-care'
  /** This program's own work, which shows nothing to anybody: nothing is hidden from it. */
  readonly within?: true
}

/** Whoever is at the door. */
export type Actor = Staff | Patient | System

/** The actor as the trail names them. */
export function toAuditActor(actor: Actor): AuditActor {
  const { kind, id, name } = actor
  if (actor.kind !== 'staff') return { kind, id, name }
  return { kind, id, name, role: actor.role, organisation: actor.organisation.name }
}
