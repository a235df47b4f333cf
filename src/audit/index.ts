/**
 * Audit: the append-only trail of who saw or did what, about whom, and why; its seal, and the proofs of it.
 * Owns the tables audit_*. Written by access (in the transaction of what it grants); read by the pages that show who has looked; sealed by
 * server.ts, verified by the command line.
 * Never changes or removes a line, and never holds what a record said.
 */
export { toAuditEvent } from './audit-event.ts'
export { divideNotes } from './checkpoint.ts'
export { type ExportForm, exportTrail } from './export.ts'
export { type PublicKey, parseSealKeys, rotateKeys, type SealKeys } from './keys.ts'
export { auditKinds, auditKindWords } from './kinds.ts'
export {
  type AuditAction,
  type AuditActor,
  type AuditLine,
  isLineNumber,
  type KeptLine,
  type Purpose,
} from './line.ts'
export { makeMonths } from './months.ts'
export { type ConsistencyProof, type LineProof, newestCheckpoint, proveConsistency, proveLine } from './prove.ts'
export { type AuditPage, type AuditQuery, auditOrganisations, findActors, readAudit, readAuditLine } from './read.ts'
export { insertLines, lostLines, recordAudit, tryAudit } from './record.ts'
export { type RetentionTerms, retireMonth, type TrailMonth, trailMonths } from './retire.ts'
export { type Sealed, sealOnce } from './seal.ts'
export { type Sealer, startSealer } from './sealer.ts'
export { type Finding, type Verified, verifyTrail } from './verify.ts'
export { makeWitness, type Witness, type WitnessPlaces } from './witness.ts'
