/**
 * Record: what all sources together say of one person.
 * Owns no table: reads through a Scope, and `source`, `message` and `message_translation` to say where facts came from.
 * Called by the staff app, the patient app and FHIR documents. Never writes a fact, and never settles a disagreement for the reader.
 */
export type * from './model.ts'
