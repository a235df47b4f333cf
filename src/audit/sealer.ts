import type { Clock, Log, Pool } from '../base/index.ts'
import type { SealKeys } from './keys.ts'
import { makeMonths } from './months.ts'
import { type Sealed, sealOnce } from './seal.ts'

export type Sealer = {
  /** Seals what is left and stops. */
  close(): Promise<void>
}

const everyMs = 400
const monthsEveryMs = 3_600_000

/**
 * Seals the trail as long as the server runs, at most a second behind. A time that fails is told in the log and tried again: nothing is lost by
 * it, since what is not sealed stays unsealed until it is.
 * @param keys asked each time, so that a key is changed without stopping
 * @param sealed told of each new checkpoint: the witness
 */
export function startSealer({
  pool,
  keys,
  clock,
  log,
  sealed = () => {},
}: {
  readonly pool: Pool
  readonly keys: () => SealKeys
  readonly clock: Clock
  readonly log: Log
  readonly sealed?: (sealed: Sealed) => void
}): Sealer {
  let closing = false
  let timer: NodeJS.Timeout | undefined
  let monthsAt = 0
  let failing = false

  async function once(): Promise<void> {
    for (let more = true; more; ) {
      const done = await sealOnce(pool, { keys: keys(), clock })
      if (done && done.lines > 0) sealed(done)
      more = done?.more ?? false
    }
    const now = clock()
    if (now.getTime() - monthsAt < monthsEveryMs) return
    await makeMonths(pool, now)
    monthsAt = now.getTime()
  }

  const guarded = (): Promise<void> =>
    once().then(
      () => {
        if (failing) log.info({}, 'the trail is sealed again')
        failing = false
      },
      (fault: unknown) => {
        if (!failing) log.error({ fault: faultOf(fault) }, 'the trail could not be sealed; it is tried again')
        failing = true
      },
    )

  let running = Promise.resolve()
  const next = (): void => {
    if (closing) return
    timer = setTimeout(() => {
      running = guarded().then(next)
    }, everyMs)
  }
  next()
  return {
    async close() {
      closing = true
      clearTimeout(timer)
      await running
      await guarded()
    },
  }
}

function faultOf(fault: unknown): string {
  return fault instanceof Error ? `${'code' in fault ? `${String(fault.code)} ` : ''}${fault.message}` : 'unknown'
}
