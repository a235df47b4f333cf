import { setTimeout as wait } from 'node:timers/promises'
import { Problem } from '../../src/base/index.ts'

/**
 * Tries until it works, waiting a little longer each time, at most two seconds.
 * @throws what `signal` was aborted with, Refused, and Problems: those do not pass by themselves
 */
export async function untilDone<T>(
  attempt: () => Promise<T>,
  { signal, onFailure }: { readonly signal?: AbortSignal | undefined; readonly onFailure: () => void },
): Promise<T> {
  for (let waitMs = 50; ; waitMs = Math.min(2_000, waitMs * 2)) {
    signal?.throwIfAborted()
    try {
      return await attempt()
    } catch (fault) {
      signal?.throwIfAborted()
      if (fault instanceof Refused || fault instanceof Problem) throw fault
      onFailure()
      await wait(waitMs, undefined, signal === undefined ? {} : { signal })
    }
  }
}

/** The receiver will never take it as it stands: trying again is no use. */
export class Refused extends Error {}
