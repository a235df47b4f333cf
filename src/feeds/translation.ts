import type { FhirResource } from 'fhir/r4.js'
import type { Instant, Issue } from '../base/index.ts'
import type { Subject } from '../identity/index.ts'

/** Where in a message: `PID[1]-5[1].1`, a CSV column's name, `/ClinicalDocument/recordTarget[1]/…`, `Bundle.entry[3].resource.code`. */
export type Place = string

/** One element of a fact, the place in the message that made it, and the rule that read it. */
export type LineageEntry = {
  /** FHIRPath within the fact, e.g. `name[0].family`; empty: the whole fact. */
  readonly to: string
  readonly from: Place
  /** Short and stable, fit to show: `PID-5 name`, `OBX-5 NM value`. */
  readonly rule: string
}

/** One clinical statement from one source. */
export type Fact = {
  /** With its `id`, made by `factId`; references inside are `Type/id` of facts of the same source. No `meta.versionId` or `lastUpdated`. */
  readonly resource: FhirResource & { readonly id: string }
  /** Index into `subjects` of whom it is about; null: about nobody (Organization, Practitioner, Location). */
  readonly subject: number | null
  /**
   * replace: the message says all there is to say; what the fact held before goes.
   * update: HL7 v2 style; top-level elements that the message does not give keep their former value, those in `clears` go.
   * delete: the source withdrew it (FHIR DELETE).
   */
  readonly write: 'replace' | 'update' | 'delete'
  /** Top-level elements that the message empties on purpose (HL7 v2 `""`). With `update` only. */
  readonly clears?: readonly string[]
  /**
   * Top-level elements that are a best reading only: used when nothing is held, and giving way to what is (the status of a visit that a
   * result merely mentions). With `update` only.
   */
  readonly keeps?: readonly string[]
  /** When the source says this was so. Absent: as of receipt. A fact older than the one held is noted, and not applied. */
  readonly asOf?: Instant
  readonly lineage: readonly LineageEntry[]
}

/** The retired Patient is the same person as the surviving one (HL7 v2 A40, A34). Indexes into `subjects`. */
export type Merge = { readonly survivor: number; readonly retired: number }

/** Every field with content is either used by a rule or left over: `content = mapped + leftovers.length`, always. */
export type Coverage = { readonly content: number; readonly mapped: number; readonly leftovers: readonly Place[] }

/** All that one message says. */
export type Translation = {
  /** The message's own type: `ADT^A01`, `transaction`, `CCD`, `row`. */
  readonly kind: string
  readonly subjects: readonly Subject[]
  readonly facts: readonly Fact[]
  readonly merges: readonly Merge[]
  readonly coverage: Coverage
  /** Warnings: read, but look at it. */
  readonly notes: readonly Issue[]
}
