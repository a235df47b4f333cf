/**
 * Promise 1 (product.md): acknowledged means kept. The server, or its database, is killed with SIGKILL while messages stream;
 * after the restart every acknowledged message is there exactly once, unacknowledged ones that are sent again apply once, and
 * nothing is half-applied.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { admission, results } from '../../bench/invented-hl7.ts'
import { ackField, connectMllp, type MllpClient } from '../../bench/mllp-client.ts'
import { openPool } from '../../src/store/index.ts'
import { aProgram, type Program } from '../support/program.ts'

const people = 60
const connections = 4
const messageOf = (n: number) => (n % 3 === 0 ? admission(n, n % people) : results(n, n % people))

let program: Program
/** Control ids that were answered AA. */
const acknowledged = new Set<number>()
let next = 0
let streaming = true
/** Acknowledgements of another message than the one that was sent. */
const wrongAnswers: string[] = []

beforeAll(async () => {
  program = await aProgram()
  await program.start()
})

/** A sender as hospitals have them: no answer, or no AA, means the same message again, on a new connection. */
async function sender(): Promise<void> {
  let client: MllpClient | undefined
  while (streaming) {
    const n = next++
    while (!acknowledged.has(n)) {
      try {
        client ??= await connectMllp({ host: '127.0.0.1', port: program.mllpPort })
        const answer = await within(15_000, client.send(messageOf(n)))
        if (ackField(answer, 'MSA', 2) !== `C${n}`) wrongAnswers.push(answer)
        if (ackField(answer, 'MSA', 1) === 'AA') acknowledged.add(n)
      } catch {
        client?.close()
        client = undefined
        await pause(50)
      }
    }
  }
  client?.close()
}

test('the server is killed 14 times, and its database 6 times, at random moments while four senders stream', {
  timeout: 240_000,
}, async () => {
  const senders = Array.from({ length: connections }, () => sender())
  for (let round = 0; round < 20; round += 1) {
    await pause(100 + Math.random() * 600)
    if (round % 10 < 7) {
      await program.kill()
      await program.start()
    } else {
      program.killDatabase()
    }
    // It goes on by itself: messages are acknowledged again.
    const before = acknowledged.size
    await until(() => acknowledged.size > before + connections, 60_000)
  }
  streaming = false
  await Promise.all(senders)
  expect(wrongAnswers).toEqual([])
  expect(acknowledged.size).toBeGreaterThan(200)
})

test('every acknowledged message is there exactly once, applied, with all of its facts and nothing of any other', {
  timeout: 120_000,
}, async () => {
  const sql = openPool({
    host: join(program.folder, 'postgres', 'run'),
    port: 5432,
    user: 'throughline',
    database: 'postgres',
    max: 1,
  })
  afterAll(async () => await sql.end({ timeout: 1 }))
  const rows = await sql<{ control_id: string; status: string; copies: number; facts: number; observations: number }[]>`
    select m.control_id, min(m.status) as status, count(distinct m.id)::int as copies,
           count(v.rid)::int as facts, count(v.rid) filter (where v.body like '%"resourceType":"Observation"%')::int as observations
      from message m left join resource_version v on v.message_id = m.id
     where m.control_id like 'C%' group by m.control_id`
  const byId = new Map(rows.map((row) => [row.control_id, row]))
  const missing = [...acknowledged].filter((n) => byId.get(`C${n}`)?.status !== 'applied')
  expect(missing).toEqual([])
  expect(rows.filter((row) => row.copies !== 1)).toEqual([])
  // A result says five observations: never four, never ten.
  const halfApplied = [...acknowledged].filter((n) => n % 3 !== 0 && byId.get(`C${n}`)?.observations !== 5)
  expect(halfApplied).toEqual([])
  expect(rows.filter((row) => row.status !== 'applied')).toEqual([])
  const [{ doubled } = { doubled: -1 }] = await sql<{ doubled: number }[]>`
    select count(*)::int as doubled from (select 1 from resource_version where ty is not null group by ty, id, pk, ver having count(*) > 1) d`
  expect(doubled).toBe(0)
})

test('the people are as many as they are, and the program itself finds nothing broken', async () => {
  const sql = openPool({
    host: join(program.folder, 'postgres', 'run'),
    port: 5432,
    user: 'throughline',
    database: 'postgres',
    max: 1,
  })
  const [{ persons } = { persons: -1 }] = await sql<
    { persons: number }[]
  >`select count(distinct person)::int as persons from person_link where until is null`
  await sql.end()
  expect(persons).toBe(people)
  expect(await program.stop()).toBe(0)
  const said = execFileSync(
    process.execPath,
    [fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url)), 'check', '--json'],
    {
      env: { ...process.env, DATA_DIR: program.folder },
      encoding: 'utf8',
    },
  )
  expect((JSON.parse(said) as { promise: string; broken: number }[]).filter(({ broken }) => broken > 0)).toEqual([])
})

/** The end of a log, to see why it did not go on. */
function logged(name: string): string {
  try {
    return readFileSync(join(program.folder, name), 'utf8').slice(-3_000)
  } catch {
    return `${name} cannot be read`
  }
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

async function until(holds: () => boolean, limitMs: number): Promise<void> {
  const began = performance.now()
  while (!holds()) {
    if (performance.now() - began > limitMs)
      throw new Error(
        `nothing was acknowledged for ${limitMs} ms: ${program.printed().slice(-400)} ${logged('throughline.log')} ${logged('postgres/postgres.log')}`,
      )
    await pause(10)
  }
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return Promise.race([work, pause(ms).then(() => Promise.reject(new Error('no answer in time')))])
}
