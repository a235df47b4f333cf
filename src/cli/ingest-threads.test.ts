import { expect, test } from 'vitest'
import { silentLog } from '../base/index.ts'
import { ingestThreads } from './ingest-threads.ts'

/** Answers what it is given with the part that it was told, and dies of what is called deadly. */
const program = `
import { parentPort, workerData } from 'node:worker_threads'
parentPort.on('message', ({ calls }) => {
  if (calls.some(({ arrival }) => arrival.kind === 'deadly')) process.exit(1)
  const receipt = { messageId: String(workerData.part.part), status: 'applied', issues: [], written: [] }
  parentPort.postMessage({ answers: calls.map(({ n }) => ({ n, receipt })) })
})`

test('a thread that dies begins again: what it had is sent again, what comes later is answered', async () => {
  const failures: string[] = []
  const threads = ingestThreads(1, {
    connection: {},
    live: false,
    log: { ...silentLog, error: (_, message) => void failures.push(message) },
    entry: new URL(`data:text/javascript,${encodeURIComponent(program)}`),
    restartMs: 0,
  })
  const [helper] = threads.start(() => undefined)
  if (!helper) throw new Error('no thread was started')
  const message = (kind: string) => ({
    source: 'lab',
    format: 'hl7v2' as const,
    kind,
    controlId: 'C1',
    orderKey: '',
    body: Buffer.from('MSH'),
    receivedAt: new Date('2026-11-23T10:00:00Z'),
  })
  expect(await helper.receive(message('ORU^R01'))).toMatchObject({ messageId: '1' })
  await expect(helper.receive(message('deadly'))).rejects.toMatchObject({ kind: 'busy' })
  expect(await helper.receive(message('ORU^R01'))).toMatchObject({ messageId: '1' })
  expect(failures).toEqual(['a thread that works on messages has ended; it begins again'])
  await threads.close()
  expect(failures).toHaveLength(1)
})
