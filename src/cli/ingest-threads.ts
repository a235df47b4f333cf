import { Worker } from 'node:worker_threads'
import type { Log, Part } from '../base/index.ts'
import { type Helper, type Reached, reachHelper, type Source } from '../feeds/index.ts'
import type { PoolOptions } from '../store/index.ts'

/** What a thread is told when it begins. */
export type IngestThreadData = { readonly connection: PoolOptions; readonly live: boolean; readonly part: Part }

export type IngestThreads = {
  /** Helpers for the server that starts. Their threads run from the first message on, or from `run`. */
  start(source: (id: string) => Source | undefined): readonly Helper[]
  /** Starts the threads: once people are answered, since loading them takes a processor for half a second. */
  run(): void
  /** Ends them, and their connections; what they work on is finished before by whoever waits for `idle`. */
  close(): Promise<void>
}

/** Threads that work on messages beside the one that answers people, so that neither waits for the other. A thread that dies begins again. */
export function ingestThreads(
  count: number,
  {
    connection,
    live,
    log,
    entry = new URL('./ingest-thread.js', import.meta.url),
    restartMs = 1_000,
  }: {
    readonly connection: PoolOptions
    readonly live: boolean
    readonly log: Log
    /** The program of a thread. */
    readonly entry?: URL
    readonly restartMs?: number
  },
): IngestThreads {
  const workers = new Set<Worker>()
  const waits = new Set<NodeJS.Timeout>()
  const waiting: (() => void)[] = []
  let closing = false

  function begin(helper: Reached, part: Part): void {
    const data: IngestThreadData = { connection, live, part }
    const worker = new Worker(entry, { workerData: data })
    workers.add(worker)
    worker.on('error', (fault) =>
      log.error({ fault: fault.stack ?? fault.name }, 'a thread that works on messages failed'),
    )
    worker.on('exit', () => {
      workers.delete(worker)
      helper.end()
      if (closing) return
      log.error({}, 'a thread that works on messages has ended; it begins again')
      const wait = setTimeout(() => {
        waits.delete(wait)
        begin(helper, part)
      }, restartMs)
      waits.add(wait)
    })
    helper.begin(worker)
  }

  function run(): void {
    for (const one of waiting.splice(0)) one()
  }

  return {
    start: (source) =>
      Array.from({ length: count }, (_, n) => {
        const helper = reachHelper({ log, source })
        waiting.push(() => begin(helper, { part: n + 1, of: count + 1 }))
        return {
          idle: helper.idle,
          receive(arrival) {
            run()
            return helper.receive(arrival)
          },
        }
      }),
    run,
    async close() {
      closing = true
      for (const wait of waits) clearTimeout(wait)
      await Promise.all([...workers].map((worker) => worker.terminate()))
    },
  }
}
