import { hash } from 'node:crypto'
import type { CsvExtracts } from './csv/index.ts'
import type { FormatId } from './format.ts'
import type { Accepts } from './outbound/accepts.ts'

export type SourceKind =
  | 'gp'
  | 'acute'
  | 'laboratory'
  | 'community'
  | 'mental-health'
  | 'pharmacy'
  | 'social-care'
  | 'other'

/** What a source's owner declares about how it speaks. Kept as JSON in `source.settings`; parsed by `parseSettings`. */
export type SourceSettings = {
  readonly hl7v2?: {
    /** MSH-3 and MSH-4 by which MLLP knows this source. Absent parts match anything. */
    readonly sendingApplication?: string
    readonly sendingFacility?: string
    /** Authority of PID-3 entries that name none. */
    readonly defaultAuthority?: string
    /** What we answer for a message that is kept but could not be applied. Default 'AE'. 'AA' for senders whose queue AE blocks. */
    readonly answerFailed?: 'AE' | 'AA'
    /** Charset when MSH-18 is empty: 'windows-1252' (default, after strict UTF-8) or 'utf-8'. */
    readonly charset?: string
    /** `0000` at the end of a time means "time unknown". */
    readonly midnightIsUnknown?: boolean
  }
  /** By extract name (chosen by the header line that matches): the column map. */
  readonly csv?: CsvExtracts
  /** What this source takes of what is written here, and how. Absent: nothing is sent to it. */
  readonly accepts?: Accepts
  /** HL7 v2 assigning authority, CDA root or other local name → identifier system. A name not here gets a system of this source's own. */
  readonly authorities?: Readonly<Record<string, string>>
  /** This source's NHS numbers count as traced when it gives no verification status. Default false. */
  readonly nhsNumbersTraced?: boolean
}

/** A system that feeds us. */
export type Source = {
  readonly id: string
  readonly name: string
  readonly kind: SourceKind
  readonly organisation: { readonly code: string; readonly name: string }
  readonly formats: readonly FormatId[]
  /** Random, made once: from it this source's resource ids are derived, so that an id tells nothing of the number behind it. */
  readonly namespace: string
  readonly settings: SourceSettings
}

/**
 * The id of a fact: the same for the same thing of the same source, whichever message tells of it, and telling nothing.
 * @param naturalKey what the source calls the thing: 'RXX|1234567', filler number and OBX-3 …
 */
export function factId(source: Pick<Source, 'namespace'>, type: string, naturalKey: string): string {
  return hash('sha256', `${source.namespace}\n${type}\n${naturalKey}`).slice(0, 32)
}

// One text for each, so that what is filed under it is found without reading it again.
const ownSystems = new Map<string, Map<string, string>>()

/** The identifier system for a local authority: the declared one, else one that only this source uses, so that equal names of two hospitals never meet. */
export function authoritySystem(source: Pick<Source, 'id' | 'settings'>, authority: string): string {
  return source.settings.authorities?.[authority] ?? ownSystem(source.id, authority)
}

function ownSystem(id: string, authority: string): string {
  const systems = ownSystems.get(id) ?? new Map<string, string>()
  const known = systems.get(authority)
  if (known !== undefined) return known
  const made = `urn:throughline:source:${id}:${encodeURIComponent(authority)}`
  // Senders can write anything here.
  if (ownSystems.size < 1_000 && systems.size < 100) {
    systems.set(authority, made)
    ownSystems.set(id, systems)
  }
  return made
}
