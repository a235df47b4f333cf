export type LanesNeeds<In, Out> = {
  readonly count: number
  readonly run: (batch: readonly In[]) => Promise<readonly Out[]>
  readonly itemsMax: number
  readonly weightMax: number
  readonly weigh: (item: In) => number
  /** Items that share a key are run in the order they came; without keys an item orders with nothing. */
  readonly keys: (item: In) => readonly string[]
  /** Runs alone: after everything that came before it, and before everything that comes after. */
  readonly fences: (item: In) => boolean
  /** Whether a batch of so many is worth a few milliseconds' wait for more. */
  readonly awaitMore: (count: number) => boolean
}

type Waiting<In, Out> = {
  readonly item: In
  readonly keys: readonly string[]
  readonly fence: boolean
  readonly done: (out: Out) => void
  readonly failed: (why: unknown) => void
}

/**
 * Batches side by side, from one queue: a lane that is free takes all that waits, but for what must follow something that is under way. So
 * order is kept within a key, keys run in parallel, and while one lane waits for the database another prepares.
 */
export function makeLanes<In, Out>(needs: LanesNeeds<In, Out>): { add(item: In): Promise<Out>; idle(): Promise<void> } {
  let queue: Waiting<In, Out>[] = []
  /** Keys of what is under way; a batch may hold one several times. */
  const busy = new Map<string, number>()
  let running = 0
  let fenced = false
  let gathering = false
  let idlers: (() => void)[] = []

  /** Takes what may run now out of the queue; empty when all of it must wait. */
  function take(): readonly Waiting<In, Out>[] {
    const [first] = queue
    if (first?.fence) {
      if (running > 0) return []
      queue = queue.slice(1)
      return [first]
    }
    const batch: Waiting<In, Out>[] = []
    const left: Waiting<In, Out>[] = []
    const passed = new Set<string>()
    let weight = 0
    let at = 0
    for (; at < queue.length && batch.length < needs.itemsMax; at += 1) {
      const one = queue[at]
      if (!one || one.fence) break
      if (one.keys.some((key) => busy.has(key) || passed.has(key))) {
        for (const key of one.keys) passed.add(key)
        left.push(one)
        continue
      }
      weight += needs.weigh(one.item)
      if (batch.length > 0 && weight > needs.weightMax) break
      batch.push(one)
    }
    queue = [...left, ...queue.slice(at)]
    return batch
  }

  /** One lane at a time gathers; when it has gone, the next one may. */
  async function gather(): Promise<void> {
    await whatArrivesNow()
    for (let waited = 0; waited < lingerMsMax && needs.awaitMore(queue.length); waited += 1) await pause(1)
    gathering = false
    const batch = take()
    if (batch.length === 0) return // all of it follows something that is under way, and is looked at again when that ends
    void runBatch(batch)
    stir()
  }

  /** What can be read by now joins the batch: turns of the event loop, for as long as they bring more. */
  async function whatArrivesNow(): Promise<void> {
    for (let before = -1; before < queue.length && queue.length < needs.itemsMax; ) {
      before = queue.length
      await new Promise((done) => setImmediate(done))
    }
  }

  function stir(): void {
    if (gathering || fenced || running >= needs.count || queue.length === 0) return
    gathering = true
    void gather()
  }

  async function runBatch(batch: readonly Waiting<In, Out>[]): Promise<void> {
    running += 1
    fenced = batch[0]?.fence === true
    const keys = batch.flatMap((one) => one.keys)
    for (const key of keys) busy.set(key, (busy.get(key) ?? 0) + 1)
    try {
      const results = await needs.run(batch.map(({ item }) => item))
      batch.forEach(({ done, failed }, n) => {
        if (n < results.length) done(results[n] as Out)
        else failed(new Error('makeLanes: fewer answers than items'))
      })
    } catch (why) {
      for (const { failed } of batch) failed(why)
    } finally {
      running -= 1
      fenced = false
      for (const key of keys) {
        const left = (busy.get(key) ?? 0) - 1
        if (left > 0) busy.set(key, left)
        else busy.delete(key)
      }
      stir()
      if (running === 0 && queue.length === 0 && !gathering) {
        for (const done of idlers) done()
        idlers = []
      }
    }
  }

  return {
    add: (item) =>
      new Promise<Out>((done, failed) => {
        queue.push({ item, keys: needs.keys(item), fence: needs.fences(item), done, failed })
        stir()
      }),
    async idle() {
      if (running > 0 || queue.length > 0 || gathering) await new Promise<void>((done) => idlers.push(done))
    },
  }
}

const lingerMsMax = 4
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
