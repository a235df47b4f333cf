import type { Format, FormatId } from './format.ts'
import type { Arrival } from './keep.ts'
import type { Receipt } from './message.ts'
import type { Pipeline } from './pipeline.ts'

/** A pipeline on a thread of its own: it takes what comes by a door as bytes, and nothing else. */
export type Helper = {
  /** As of a pipeline. @throws Problem 'busy' also when the thread ends before it has answered: the sender still has the message */
  receive(arrival: Arrival): Promise<Receipt>
  idle(): Promise<void>
}

export type SpreadNeeds = {
  /** Takes what cannot leave this thread: requests that bring their own translation or audit line, replays, what an earlier process left. */
  readonly own: Pipeline
  readonly helpers: readonly Helper[]
  readonly format: (id: FormatId) => Format | undefined
}

/**
 * One pipeline whose messages are worked on by several threads. All messages of a source about one person go to the same thread in the order they
 * came, and each thread keeps their order. A merge is worked on alone: after all that came before it, and before all that comes after.
 * @see docs/decisions/0009
 */
export function spread({ own, helpers, format }: SpreadNeeds): Pipeline {
  if (helpers.length === 0) return own
  const underWay = new Set<Promise<unknown>>()
  /** The last merge that has not ended. */
  let merging: Promise<unknown> | undefined

  function counted<T>(turn: Promise<T>): Promise<T> {
    underWay.add(turn)
    const done = () => void underWay.delete(turn)
    turn.then(done, done)
    return turn
  }

  /** After the merges that came before it, beside everything else. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    return counted(merging ? merging.then(work, work) : work())
  }

  function alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = counted(Promise.allSettled([...underWay]).then(work))
    merging = turn
    const done = () => {
      if (merging === turn) merging = undefined
    }
    turn.then(done, done)
    return turn
  }

  return {
    receive(arrival, options) {
      if (format(arrival.format)?.mayMerge?.(arrival.kind)) return alone(() => own.receive(arrival, options))
      const helper = options ? undefined : helpers[shardOf(arrival, helpers.length)]
      return inTurn(() => (helper ?? own).receive(arrival, options))
    },
    // What waited may be a merge, and goes by no door that tells.
    replay: (messageId) => alone(() => own.replay(messageId)),
    resume: () => alone(own.resume),
    depth: () => underWay.size,
    async idle() {
      await Promise.allSettled([...underWay])
      await Promise.all([own.idle(), ...helpers.map((helper) => helper.idle())])
    },
  }
}

/** The same for all messages of one person of a source; what orders with nothing is spread by its own id. */
function shardOf({ source, orderKey, controlId }: Arrival, count: number): number {
  const key = orderKey === '' ? `${source}\n\n${controlId}` : `${source}\n${orderKey}`
  let hash = 2_166_136_261
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 16_777_619)
  return (hash >>> 0) % count
}
