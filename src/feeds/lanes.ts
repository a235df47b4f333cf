import { hash64 } from '../base/index.ts'
import { batcher } from './batcher.ts'

export type LanesNeeds<In, Out> = {
  readonly count: number
  readonly run: (batch: readonly In[]) => Promise<readonly Out[]>
  readonly itemsMax: number
  readonly weightMax: number
  readonly weigh: (item: In) => number
  /** Items with the same key are run in the order they came. */
  readonly key: (item: In) => string
  /** Runs alone: after everything that came before it, and before everything that comes after, in every lane. */
  readonly fences: (item: In) => boolean
  /** Whether a batch of so many is worth a few milliseconds' wait for more. */
  readonly awaitMore: (count: number) => boolean
}

type Fence<In, Out> = {
  readonly item: In
  reached: number
  readonly done: (out: Out) => void
  readonly failed: (why: unknown) => void
  readonly opened: Promise<void>
  open(): void
}
type Entry<In, Out> = { readonly item: In } | { readonly fence: Fence<In, Out> }

/**
 * Several batchers side by side: order is kept within a key, keys run in parallel, and while one lane waits for the database
 * another prepares.
 */
export function makeLanes<In, Out>(needs: LanesNeeds<In, Out>): { add(item: In): Promise<Out>; idle(): Promise<void> } {
  const runEntries = async (entries: readonly Entry<In, Out>[]): Promise<readonly (Out | undefined)[]> => {
    const [first] = entries
    if (first && 'fence' in first) {
      await meet(first.fence)
      return [undefined]
    }
    return await needs.run(entries.flatMap((entry) => ('item' in entry ? [entry.item] : [])))
  }
  const lanes = Array.from({ length: needs.count }, () =>
    batcher<Entry<In, Out>, Out | undefined>(runEntries, {
      itemsMax: needs.itemsMax,
      weightMax: needs.weightMax,
      weigh: (entry) => ('item' in entry ? needs.weigh(entry.item) : 0),
      alone: (entry) => 'fence' in entry,
      awaitMore: needs.awaitMore,
    }),
  )

  /** Every lane comes here; the last one runs the item, and all go on. */
  async function meet(fence: Fence<In, Out>): Promise<void> {
    fence.reached += 1
    if (fence.reached < lanes.length) return await fence.opened
    try {
      const [out] = await needs.run([fence.item])
      fence.done(out as Out)
    } catch (why) {
      fence.failed(why)
    } finally {
      fence.open()
    }
  }

  let turn = 0
  return {
    add(item) {
      if (needs.fences(item)) {
        return new Promise<Out>((done, failed) => {
          let open = () => {}
          const opened = new Promise<void>((release) => {
            open = release
          })
          const fence: Fence<In, Out> = { item, reached: 0, done, failed, opened, open: () => open() }
          for (const lane of lanes) void lane.add({ fence })
        })
      }
      const key = needs.key(item)
      turn += 1
      // Without a key it orders with nothing, so the lanes take turns.
      const lane =
        lanes[key === '' ? turn % lanes.length : Number(BigInt.asUintN(32, BigInt(hash64(key))) % BigInt(lanes.length))]
      if (!lane) throw new Error('makeLanes: there must be one lane at least')
      return lane.add({ item }) as Promise<Out>
    },
    async idle() {
      for (const lane of lanes) await lane.idle()
    },
  }
}
