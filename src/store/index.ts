/**
 * Store: what every source says, version by version, and how it is found again.
 * Owns the tables resource, resource_version, resource_code and resource_string; asks views of access and identity who is kept back. Called by feeds (to write), record, fhir-api and the apps (to read).
 * Never knows who anybody is, and reads nothing without a Scope.
 */
export { allEndedBefore, type Change, type ChangePoint, changesAfter, holdersOf } from './changes.ts'
export { type EmbeddedOptions, type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
export {
  countHidden,
  hiddenMark,
  hiddenProblem,
  isHiddenProblem,
  isKeptBackSql,
  mayHide,
  neverHidden,
} from './hidden.ts'
export { codeKey, patientKey, resourceKey } from './keys.ts'
export { migrate } from './migrate.ts'
export { openPool, type PoolOptions } from './open-pool.ts'
export {
  compartmentsOfFacts,
  type HistoryEntry,
  type ResourceId,
  type ResourceKey,
  readHistory,
  readResource,
  readVersion,
  type StoredResource,
  storedOrProblem,
  type VersionRow,
} from './read.ts'
export { type EndedResource, type HeldThen, newestDateFirst, readCompartmentsAt, readReferencesAt } from './read-at.ts'
export {
  everythingOf,
  type HeldResource,
  readByKeys,
  readCompartments,
  readReferenced,
  readReferences,
  referencesIn,
} from './read-compartments.ts'
export { readStampedCompartments, type StampedCompartment, type StampedResource } from './read-stamped.ts'
export { readTypes } from './read-types.ts'
export { resealColumn, type SealedColumn, sealedUnder } from './reseal.ts'
export { type Hidden, type KeptBack, makeScope, type Scope } from './scope.ts'
export { type SearchAsked, type SearchPage, searchResources } from './search.ts'
export { checkStore } from './self-check.ts'
export { type SupportedParameter, supportedParameters } from './supported-search.ts'
export { typeName, typeNumber } from './types.ts'
export { type Looking, LostRace, type Write, type WriteResources, type Written } from './write.ts'
export { lookAt, writeResources } from './write-resources.ts'
