import type { Int64, Issue } from '../base/index.ts'
import type { FormatId } from './format.ts'

/**
 * kept: in the queue. applied: it, and all it says, is committed. failed: it waits for its owner, with its issues.
 * held: its control id came before with other content; a human decides. divided: a file or batch, see its parts.
 * set-aside: a human, or a corrected message, closed it unapplied.
 */
export type MessageStatus = 'kept' | 'applied' | 'failed' | 'held' | 'divided' | 'set-aside'

/** One unit received from a source, kept whole. */
export type Message = {
  readonly id: Int64
  readonly source: string
  readonly format: FormatId
  readonly kind: string
  readonly controlId: string
  readonly orderKey: string
  readonly parentId?: Int64
  readonly body: Uint8Array
}

/** What became of a fact of a message. */
export type FactWritten = {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly outcome: 'created' | 'updated' | 'deleted' | 'unchanged' | 'superseded'
  /** It stood under another Patient before, and has ended there. */
  readonly moved?: true
}

/** What a door may tell the sender. It is given only after what it says is committed. */
export type Receipt = {
  readonly messageId: Int64
  /** duplicate: the very same message was applied before; nothing changed. divided: see `parts`. */
  readonly status: 'applied' | 'duplicate' | 'failed' | 'held' | 'divided'
  readonly issues: readonly Issue[]
  /** In the order of the translation's facts; empty for a duplicate. */
  readonly written: readonly FactWritten[]
  /** For a file or batch: how its messages fared. */
  readonly parts?: {
    readonly applied: number
    readonly duplicate: number
    readonly failed: number
    readonly held: number
  }
}
