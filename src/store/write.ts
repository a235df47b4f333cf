import type { FhirResource } from 'fhir/r4.js'
import type { Instant, Int64, Tx } from '../base/index.ts'

/** One version to be written. */
export type Write = {
  readonly pk: Int64
  /** With its id. The store sets meta.versionId, meta.lastUpdated and meta.source; numbers keep their text (`1.50`). */
  readonly resource: FhirResource & { readonly id: string }
  readonly op: 'put' | 'delete'
  /**
   * Completes a resource of which the message tells only part, from what is held now (absent: nothing). Absent: `resource` is all there is to say.
   * Called again when another writer was faster, so it builds on that writer's version.
   */
  readonly complete?: (held: Write['resource'] | undefined) => Write['resource']
  /** The id was made just now, so no former version can exist: the look is saved. */
  readonly fresh?: boolean
  readonly asOf?: Instant
  /** The version that the sender believes is current (If-Match): another one is a Problem 'conflict'. 0: there is none. */
  readonly expected?: number
  readonly source: string
  readonly messageId: Int64
}

export type Written = {
  readonly type: string
  readonly id: string
  /** The version now current; 0 when there never was one (a delete of nothing). */
  readonly version: number
  /** unchanged: said the same as the current version, so none was made. superseded: older than what is held, so not applied. */
  readonly outcome: 'created' | 'updated' | 'deleted' | 'unchanged' | 'superseded'
  /** It stood under another Patient before, and has ended there. */
  readonly moved?: true
}

export type WriteOptions = {
  readonly now: Date
  readonly nextId: () => Int64
  /** The look at what is held, when it was begun before (`lookAt`). */
  readonly looked?: Looking
  /**
   * Told what the answers will be, as soon as they are known, so that its own statements travel with the write. Should another writer turn out to
   * have been faster, `LostRace` is thrown, and all of it must be undone.
   */
  readonly beside?: (answers: readonly Written[]) => Promise<void>
}

/** A look under way; only `writeResources` reads it. */
export type Looking = Promise<unknown>

/** Another writer was faster, and what was done beside the write rests on what it overtook. */
export class LostRace extends Error {
  constructor() {
    super('another writer was faster')
  }
}

/**
 * Writes versions and their indexes, in order, in one statement a batch. Two writes of one resource in a batch make two versions.
 * @returns one answer per write, in order
 */
export type WriteResources = (tx: Tx, writes: readonly Write[], options: WriteOptions) => Promise<readonly Written[]>
