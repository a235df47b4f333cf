/**
 * What staff write here: entries as messages of a source of our own, one for each organisation.
 * Called by the staff app. Never writes past the pipeline, and never deletes: a withdrawal is a version that says so.
 */
export { allergens } from './allergens.ts'
export {
  type AllergyEntry,
  type Author,
  type Coded,
  type Entry,
  type EntryKind,
  entryKinds,
  type Measured,
  type ObservationEntry,
} from './entry.ts'
export { type ResourceJson, typeOfEntry } from './entry-resource.ts'
export { ownSourceId, ownSourceOf } from './own-source.ts'
export { bloodPressure, type CodedSign, codedSigns, units, type VitalSign, vitalSigns } from './vital-signs.ts'
export {
  type HeldEntry,
  heldEntry,
  isAuthor,
  type OpenedForWriting,
  type WriteNeeds,
  type Written,
  withdrawEntry,
  writeEntries,
} from './write-entries.ts'
