/** Downtime packs each night at an hour of London's clock, while the server runs. */
import { londonLocal } from '../nhs/index.ts'
import { makePacks, type PackNeeds } from './downtime-make.ts'

const lookEveryMs = 60_000

export type Nightly = { stop(): Promise<void> }

/** @param hour 0 to 23. Makes those of a night once; one that failed is tried again within its hour. */
export function startNightly(needs: PackNeeds, hour: number, make: typeof makePacks = makePacks): Nightly {
  const { clock, log } = needs
  let done = ''
  let under: Promise<void> | undefined
  const look = () => {
    const local = londonLocal(clock())
    if (under || Number(local.slice(11, 13)) !== hour || done === local.slice(0, 13)) return
    under = make(needs)
      .then(() => {
        done = local.slice(0, 13)
      })
      .catch((fault: unknown) =>
        log.error(
          { fault: fault instanceof Error ? fault.message : 'unknown' },
          'the downtime packs could not be made; it is tried again',
        ),
      )
      .finally(() => {
        under = undefined
      })
  }
  look()
  const timer = setInterval(look, lookEveryMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await under
    },
  }
}
