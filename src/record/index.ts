/**
 * Record: what all sources together say of one person.
 * Owns no table: reads facts through a Scope, and `source`, `message` and `message_translation` to say where they came from.
 * Called by the staff app, the patient app and FHIR documents. Never writes a fact, and never settles a disagreement for the reader.
 */
export { absenceWords, whyEmpty } from './absence.ts'
export { buildRecord, type RecordInput } from './build-record.ts'
export { comingUp, isToCome } from './coming.ts'
export { type Change, type ComparedSection, compareRecords, type Element, type Ended } from './compare-records.ts'
export {
  fileName as packPageName,
  indexPage,
  type PackList,
  type PackPerson,
  personPage,
  plainPage,
} from './downtime/pages.tsx'
export { openPack, type PackHeader, pressed, readHeader, sealPack } from './downtime/seal.ts'
export { isEarlyWarning, isFreshScore, isNews2, scoreAge } from './early-warning.ts'
export { wasHandedOverBefore } from './handed-over-before.ts'
export { headingNames } from './headings.ts'
export { type FactRow, type Held, once } from './held.ts'
export { inForce, isToBegin } from './in-force.ts'
export { forgetFacts } from './keep-facts.ts'
export type { LetterFile } from './letters.ts'
export { readLineage } from './lineage.ts'
export type * from './model.ts'
export { dayOf, dayWords, earliestMs, monthWords } from './partial-date.ts'
export { type Opened, readLetterFile, readRecord } from './read-record.ts'
export { type OpenedAt, type RecordThen, readLetterFileAt, readRecordAt } from './read-record-at.ts'
export { resuscitation } from './resuscitation.ts'
export { hiddenWords, isSafeguardingText, type SafeguardingView } from './safeguarding.ts'
export { type Hit, searchRecord, unsearchedFiles } from './search-record.ts'
export { readSourceFreshness, readSourceFreshnessAt } from './sources.ts'
export { SummaryBody } from './summary/body.tsx'
export { type IpsInput, ipsBundle } from './summary/ips.ts'
export { type LetterAbout, letterPdf } from './summary/letter.ts'
export { type ReadSummary, readForSummary } from './summary/read-summary.ts'
export {
  type SummariseOptions,
  type Summary,
  type SummaryKey,
  type SummaryLine,
  type SummarySection,
  safeguardingWords,
  summarise,
} from './summary/summarise.ts'
export { headedObservations, isAdjustment, loudness, properTests, rangeMark, readingWords, valueText } from './tests.ts'
export { sentences } from './words.ts'
