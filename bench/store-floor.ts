/** What writing to the store costs, beside the least that it could cost: the same bytes copied into a table of one column. */
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Client, type ClientConfig } from 'pg'
import { from } from 'pg-copy-streams'
import { type Pool, timeOrderedIds } from '../src/base/index.ts'
import { type Write, writeResources } from '../src/store/index.ts'

export type Rate = { readonly rows: number; readonly perSecond: number; readonly backendMicroseconds: number }

/** The floor: COPY of these texts into a table of one text column, in one transaction, on one connection. */
export async function copyFloor(options: ClientConfig, bodies: readonly string[]): Promise<Rate> {
  const client = new Client(options)
  await client.connect()
  try {
    await client.query('create temporary table floor (body text not null)')
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return await measured(rows[0]?.pid, bodies.length, async () => {
      await pipeline(Readable.from(copyChunks(bodies)), client.query(from('copy floor (body) from stdin')))
    })
  } finally {
    await client.end()
  }
}

function* copyChunks(bodies: readonly string[]): Generator<Buffer> {
  for (let i = 0; i < bodies.length; i += 200) {
    const lines = bodies
      .slice(i, i + 200)
      .map((body) =>
        body.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t'),
      )
    yield Buffer.from(`${lines.join('\n')}\n`)
  }
}

/** `writeResources` in batches, each in its own transaction, one connection, one batch after the other. */
export async function writeRate(sql: Pool, writes: readonly Write[], batch = 200): Promise<Rate> {
  const nextId = timeOrderedIds(() => new Date())
  const connection = await sql.reserve()
  try {
    const [backend] = await connection<{ pid: number }[]>`select pg_backend_pid() as pid`
    return await measured(backend?.pid, writes.length, async () => {
      for (let i = 0; i < writes.length; i += batch) {
        await connection`begin`
        await writeResources(
          connection as unknown as Parameters<typeof writeResources>[0],
          writes.slice(i, i + batch),
          { now: new Date(), nextId },
        )
        await connection`commit`
      }
    })
  } finally {
    connection.release()
  }
}

async function measured(pid: number | undefined, rows: number, work: () => Promise<void>): Promise<Rate> {
  const before = cpuMicroseconds(pid)
  const start = performance.now()
  await work()
  const seconds = (performance.now() - start) / 1000
  const cpu = cpuMicroseconds(pid) - before
  return { rows, perSecond: Math.round(rows / seconds), backendMicroseconds: Math.round((cpu / rows) * 10) / 10 }
}

/** User and system time of a process on this machine (Linux); NaN where it cannot be read, as with a database elsewhere. */
export function cpuMicroseconds(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    // utime and stime are fields 14 and 15 of proc(5), in ticks of a hundredth of a second.
    return (Number(fields[11]) + Number(fields[12])) * 10_000
  } catch {
    return Number.NaN
  }
}
