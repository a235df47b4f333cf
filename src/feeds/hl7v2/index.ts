/**
 * HL7 v2: the language of hospitals and laboratories. Reads messages and files of messages, turns them into facts with their lineage, and
 * writes acknowledgements. Called by feeds. Pure: no I/O, no clock; no bytes make it throw. Never guesses what a code means.
 */
import type { Format } from '../format.ts'
import { divideBatch } from './batch.ts'
import { decode } from './decode.ts'
import { envelopeOf } from './envelope.ts'
import { kinds } from './events.ts'
import { locateInMessage } from './place.ts'
import { translateMessage } from './translate.ts'

export { type Answer, acknowledgement } from './acknowledge.ts'

export const hl7v2: Format = {
  id: 'hl7v2',
  envelope: envelopeOf,
  divide: divideBatch,
  translate: translateMessage,
  // A file of messages is of no kind, and may hold merges.
  mayMerge: (kind) => kind === '' || kinds[kind]?.does === 'merge',
  text: (bytes, source) => decode(bytes, source.settings.hl7v2?.charset).text,
  locate: locateInMessage,
}
