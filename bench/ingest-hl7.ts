import { createServer } from 'node:net'
import { inParallel, percentiles, rounded } from './figures.ts'
import { mixed } from './invented-hl7.ts'
import { ackField, connectMllp, type MllpClient } from './mllp-client.ts'
import { aProgram } from './program.ts'
import { copyFloor } from './store-floor.ts'

const connections = 16
const people = 500
/** After a start the program is still being compiled to machine code as it runs: what it does then is told apart from what it goes on doing. */
const first = 3_000
const warmUp = 12_000
const measured = 12_000
const half = 2_000

/**
 * HL7 v2 over MLLP, a third admissions and two thirds results, each committed before its acknowledgement. Floors: the same sender against a
 * server that answers at once and keeps nothing, and COPY of the same bytes into one column.
 */
export async function ingestHl7(): Promise<object> {
  const program = await aProgram()
  try {
    await program.start()
    const clients = await Promise.all(
      Array.from({ length: connections }, () => connectMllp({ host: '127.0.0.1', port: program.mllpPort })),
    )
    const sendFrom = (offset: number, senders: readonly MllpClient[]) => async (n: number, worker: number) => {
      const answer = await senders[worker]?.send(mixed(offset + n, people))
      if (ackField(answer ?? '', 'MSA', 1) !== 'AA') throw new Error(`not accepted: ${answer}`)
    }
    const atFirst = await inParallel(first, connections, sendFrom(0, clients))
    await inParallel(warmUp - first, connections, sendFrom(first, clients))
    const before = program.processorTime()
    const full = await inParallel(measured, connections, sendFrom(warmUp, clients))
    const after = program.processorTime()
    const perSecond = measured / (full.allMs / 1_000)
    const paced = await atHalfLoad(perSecond / 2, sendFrom(warmUp + measured, clients))
    for (const client of clients) client.close()
    const resources = await countResources(program.folder, { from: warmUp, to: warmUp + measured })
    const echo = await echoFloor()
    const bodies = Array.from({ length: measured }, (_, n) => Buffer.from(mixed(n, people)).toString('latin1'))
    const copy = await copyFloor(
      { host: `${program.folder}/postgres/run`, port: 5432, user: 'throughline', database: 'postgres' },
      bodies,
    )
    return {
      connections,
      messages: measured,
      messagesPerSecond: rounded(perSecond),
      messagesPerSecondAtFirst: rounded(first / (atFirst.allMs / 1_000)),
      resourcesPerSecond: rounded(resources / (full.allMs / 1_000)),
      ackMs: percentiles(full.each),
      ackMsAtHalfLoad: percentiles(paced),
      databaseMicrosecondsPerResource: rounded((after.database - before.database) / resources),
      serverMicrosecondsPerMessage: rounded((after.server - before.server) / measured),
      floorEchoPerSecond: rounded(echo),
      ratioToEcho: rounded(perSecond / echo, 3),
      floorCopyPerSecond: copy.perSecond,
      ratioToCopy: rounded(perSecond / copy.perSecond, 4),
    }
  } finally {
    await program.remove()
  }
}

/** Messages that start at even times, whether or not earlier ones were answered, on connections that are free. */
async function atHalfLoad(
  perSecond: number,
  send: (n: number, worker: number) => Promise<void>,
): Promise<readonly number[]> {
  const free = Array.from({ length: connections }, (_, worker) => worker)
  const times: number[] = []
  const sending = new Set<Promise<void>>()
  const began = performance.now()
  for (let n = 0; n < half; n += 1) {
    const due = began + (n / perSecond) * 1_000
    while (performance.now() < due) await new Promise((done) => setTimeout(done, 1))
    while (free.length === 0) await Promise.race(sending)
    const worker = free.pop() ?? 0
    const one: Promise<void> = send(n, worker).then(() => {
      times.push(performance.now() - due)
      free.push(worker)
      sending.delete(one)
    })
    sending.add(one)
  }
  await Promise.all(sending)
  return times
}

async function echoFloor(): Promise<number> {
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(0x1c); at >= 0; at = chunk.indexOf(0x1c, at + 1))
        socket.write('\x0bMSH|^~\\&|E\rMSA|AA|1\r\x1c\r')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const clients = await Promise.all(Array.from({ length: connections }, () => connectMllp({ host: '127.0.0.1', port })))
  const { allMs } = await inParallel(
    measured,
    connections,
    async (n, worker) => void (await clients[worker]?.send(mixed(n, people))),
  )
  for (const client of clients) client.close()
  server.close()
  return measured / (allMs / 1_000)
}

async function countResources(
  folder: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number> {
  const { openPool } = await import('../src/store/index.ts')
  const sql = openPool({
    host: `${folder}/postgres/run`,
    port: 5432,
    user: 'throughline',
    database: 'postgres',
    max: 1,
  })
  try {
    const [row] = await sql<{ n: number }[]>`
      select sum(json_array_length(t.lineage::json))::int as n from message m join message_translation t on t.message_id = m.id
       where substr(m.control_id, 2)::int >= ${from} and substr(m.control_id, 2)::int < ${to}`
    return row?.n ?? Number.NaN
  } finally {
    await sql.end()
  }
}
