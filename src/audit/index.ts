/**
 * Audit: the append-only trail of who saw or did what, about whom, and why.
 * Owns the table audit_event. Written by access (in the transaction of what it grants); read by the pages that show who has looked.
 * Never changes or removes a line, and never holds what a record said.
 */
export { toAuditEvent } from './audit-event.ts'
export type { AuditAction, AuditActor, AuditLine, KeptLine, Purpose } from './line.ts'
export { type AuditPage, type AuditQuery, readAudit } from './read.ts'
export { recordAudit } from './record.ts'
