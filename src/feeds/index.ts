/**
 * Feeds: how other systems speak to us.
 * Owns the tables source, message and message_translation: receiving, keeping, translating, applying once, answering, replay, lineage.
 * Called by server.ts (doors), the apps (feed pages, lineage) and the command line. Never guesses who a person is: identity decides.
 */
export {
  countWaiting,
  type FeedHealth,
  listMessages,
  listWaiting,
  type MessageDetail,
  type MessageLine,
  readFeedHealth,
  readMessage,
  setAsideMessage,
} from './feed-health.ts'
export { type RestBundle, type RestContent, readRest, searchReferences, translateRest } from './fhir/index.ts'
export { watchFolders } from './folder.ts'
export type { Format, FormatId, Span } from './format.ts'
export { formatNamed } from './formats.ts'
export { helpBehind, type Port, type Reached, reachHelper } from './helper-thread.ts'
export { feedsHttp } from './http.ts'
export type { Arrival } from './keep.ts'
export type { MessageStatus, Receipt } from './message.ts'
export { listenMllp, type MllpListener } from './mllp.ts'
export {
  cancelDelivery,
  type Delivery,
  type DeliveryCounts,
  type DeliveryEvent,
  type DeliveryStatus,
  deliveriesOf,
  deliveriesTo,
  makeSender,
  openDeliveries,
  overdueMs,
  readDelivery,
  retryDelivery,
  type Sender,
} from './outbound/index.ts'
export { makePipeline, type Pipeline, type ReceiveOptions, requestKind } from './pipeline.ts'
export { recogniseFormat } from './recognise-format.ts'
export { checkFeeds, type Finding } from './self-check.ts'
export { authoritySystem, factId, type Source, type SourceKind, type SourceSettings } from './source.ts'
export { parseSettings } from './source-settings.ts'
export { openSources, readSources, type Sources, saveSource, senderOf, unrecognised } from './sources.ts'
export { type Helper, spread } from './spread.ts'
export type { Fact, LineageEntry, Place, Translation } from './translation.ts'
export {
  type AllergyEntry,
  allergens,
  bloodPressure,
  type CodedSign,
  codedSigns,
  type Entry,
  type EntryKind,
  entryKinds,
  type HeldEntry,
  heldEntry,
  isAuthor,
  type ObservationEntry,
  ownSourceId,
  ownSourceOf,
  type ResourceJson,
  units,
  type VitalSign,
  vitalSigns,
  withdrawEntry,
  writeEntries,
} from './written/index.ts'
