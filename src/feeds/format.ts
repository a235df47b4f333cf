import type { Parsed } from '../base/index.ts'
import type { Source } from './source.ts'
import type { Place, Translation } from './translation.ts'

export type FormatId = 'hl7v2' | 'fhir' | 'gp-connect' | 'cda' | 'csv'

/** What a quick look at the outside of a message tells. Never fails: what cannot be read is ''. */
export type Envelope = {
  readonly controlId: string
  readonly kind: string
  /** Messages of a source with the same key concern the same patient and are applied in order of arrival. '' orders with nothing. */
  readonly orderKey: string
}

/** A part of a text: offsets in UTF-16 units, end exclusive. */
export type Span = { readonly start: number; readonly end: number }

/**
 * A language that sources speak. Pure: no I/O, no clock. No bytes make any of these throw or run without bound.
 * Adding a format is adding one of these to `formats.ts`.
 */
export type Format = {
  readonly id: FormatId
  envelope(bytes: Uint8Array, source: Source): Envelope
  /** The messages that a file or batch holds, each readable by itself. Null: it is one message. Absent: the format has no batches. */
  divide?(bytes: Uint8Array, source: Source): Parsed<readonly Uint8Array[]> | null
  translate(bytes: Uint8Array, source: Source): Parsed<Translation>
  /** Whether messages of this kind merge Patients: these are worked on alone. Absent: none does. */
  mayMerge?(kind: string): boolean
  /** The message as text, to be shown with its lineage. */
  text(bytes: Uint8Array, source: Source): string
  /** Where `place` stands in that text; null when it cannot be found. */
  locate(text: string, place: Place): Span | null
}
