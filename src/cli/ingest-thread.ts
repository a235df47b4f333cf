/** A thread that works on messages: translates, finds the people, keeps and applies. @see docs/decisions/0009 */
import { parentPort, workerData } from 'node:worker_threads'
import { Problem, timeOrderedIds } from '../base/index.ts'
import { formatNamed, helpBehind, makePipeline } from '../feeds/index.ts'
import { openPool } from '../store/index.ts'
import type { IngestThreadData } from './ingest-threads.ts'

const { connection, live, part } = workerData as IngestThreadData
if (!parentPort) throw new Problem('fault', 'This is a thread of the server, and nothing by itself', 'Run throughline.')
const clock = () => new Date()
// Two lanes, a batch of what must be kept by itself, and one to spare.
const pool = openPool({ ...connection, max: 4 })
helpBehind(parentPort, (given) =>
  makePipeline({
    ...given,
    pool,
    clock,
    nextId: timeOrderedIds(clock, part),
    format: formatNamed,
    live,
  }),
)
