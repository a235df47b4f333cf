import type { CaseName } from '../awkward.ts'
import type { Person } from '../people/person.ts'
import type { SourceId } from '../sources.ts'

/** One unit as a system sends it. */
export type DemoMessage = {
  readonly source: SourceId
  /** Unique in the area; a file name when written to disk. */
  readonly name: string
  readonly bytes: Uint8Array
  readonly door: 'mllp' | 'http' | 'folder'
  readonly contentType: string
  /** Messages with one lane are sent one after another, each after the former was answered. */
  readonly lane: string
  /** Whom it is about; absent for extracts about many. */
  readonly person?: string
  /** The last message about this person: all the rest came before it, in its lane. */
  readonly completes?: true
  /** The awkward truth that this very message carries. */
  readonly case?: CaseName
  /**
   * What an honest receiver makes of it. applied: facts; failed: kept, and waits with its reason;
   * held: its control id was used for other content; repeat: seen before, changes nothing.
   */
  readonly expect: 'applied' | 'failed' | 'held' | 'repeat'
}

/** The two of a wrong merge share a lane, so that it is sent when both are known. */
export function laneOf(person: Person): string {
  return person.cases.includes('wrong-merge') ? 'wrong-merge' : person.id
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
