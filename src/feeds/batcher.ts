/**
 * Gathers single pieces of work into batches: while one batch is under way the next one fills, so under load batches grow by
 * themselves and at rest nothing waits. Order is kept. One batch at a time.
 */
export function batcher<In, Out>(
  run: (batch: readonly In[]) => Promise<readonly Out[]>,
  limits: {
    readonly itemsMax: number
    readonly weightMax: number
    readonly weigh: (item: In) => number
  },
): { add(item: In): Promise<Out>; readonly waiting: () => number; idle(): Promise<void> } {
  type Waiting = { readonly item: In; readonly done: (out: Out) => void; readonly failed: (why: unknown) => void }
  let queue: Waiting[] = []
  let running: Promise<void> | undefined

  function take(): Waiting[] {
    let weight = 0
    let count = 0
    for (const { item } of queue) {
      weight += limits.weigh(item)
      if (count > 0 && (count >= limits.itemsMax || weight > limits.weightMax)) break
      count += 1
    }
    const batch = queue.slice(0, count)
    queue = queue.slice(count)
    return batch
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      await whatArrivesNow()
      const batch = take()
      try {
        const results = await run(batch.map(({ item }) => item))
        batch.forEach(({ done, failed }, n) => {
          if (n < results.length) done(results[n] as Out)
          else failed(new Error('batcher: fewer answers than items'))
        })
      } catch (why) {
        for (const { failed } of batch) failed(why)
      }
    }
    running = undefined
  }

  /** What can be read by now joins the batch: turns of the event loop, for as long as they bring more. */
  async function whatArrivesNow(): Promise<void> {
    for (let before = -1; before < queue.length && queue.length < limits.itemsMax; ) {
      before = queue.length
      await new Promise((done) => setImmediate(done))
    }
  }

  return {
    add: (item) =>
      new Promise<Out>((done, failed) => {
        queue.push({ item, done, failed })
        running ??= drain()
      }),
    waiting: () => queue.length,
    async idle() {
      while (running !== undefined) await running
    },
  }
}
