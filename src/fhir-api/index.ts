/**
 * FHIR API: what other systems may read and write over FHIR R4 REST, and how they get a token.
 * Owns no table: reads through store, decides through access, writes through feeds like any other door. Mounted by server.ts.
 * Never holds SQL, never parses a resource to send it, and never reads without a line in the trail.
 */
export { type Client, demoClient } from './clients.ts'
export type { FhirApiNeeds } from './needs.ts'
export { fhirApi } from './plugin.ts'
export { makeTokens, type Tokens } from './tokens.ts'
