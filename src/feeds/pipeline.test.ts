/** Promises 1 and 2 (product.md): acknowledged means kept, nothing is silently dropped, and a bad message stops nobody. */
import type { Observation, Patient } from 'fhir/r4.js'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { right, silentLog, timeOrderedIds, wrong } from '../base/index.ts'
import type { Format } from './format.ts'
import { type Arrival, keepMessages } from './keep.ts'
import { settle } from './message-store.ts'
import { makePipeline, type Pipeline, requestKind } from './pipeline.ts'
import type { Source } from './source.ts'
import { saveSource } from './sources.ts'

const clock = () => new Date()
const nextId = timeOrderedIds(clock)
const source: Source = {
  id: 'invented',
  name: 'Invented',
  kind: 'other',
  organisation: { code: 'X', name: 'Invented' },
  formats: ['csv'],
  namespace: 'n',
  settings: {},
}

/** A language of one line: `person value`. `unreadable` cannot be read, `throws` breaks the reader, `nul` cannot be stored, `a;b` is two messages. */
const language: Format = {
  id: 'csv',
  envelope: (bytes) => ({ controlId: '', kind: 'line', orderKey: Buffer.from(bytes).toString().split(' ')[0] ?? '' }),
  divide: (bytes) => {
    const text = Buffer.from(bytes).toString()
    return text.includes(';') ? right(text.split(';').map((part) => Buffer.from(part))) : null
  },
  translate: (bytes) => {
    const [person = '', value = ''] = Buffer.from(bytes).toString().split(' ')
    if (value === 'unreadable') return wrong('line', 'found a value that is none, expected a number', 'Send a number.')
    if (value === 'throws') throw new Error('a mistake of ours')
    const patient: Patient & { id: string } = { resourceType: 'Patient', id: `p-${person}` }
    const observation: Observation & { id: string } = {
      resourceType: 'Observation',
      id: `o-${person}`,
      status: 'final',
      code: { text: 'Value' },
      valueString: value === 'nul' ? 'a\u0000b' : value,
    }
    return right({
      kind: 'line',
      subjects: [{ patientId: patient.id, source: source.id, traits: {} }],
      merges: [],
      notes: [],
      facts: [patient, observation].map((resource) => ({
        resource,
        subject: 0,
        write: 'replace' as const,
        lineage: [{ to: '', from: 'line', rule: 'whole line' }],
      })),
      coverage: { content: 2, mapped: 2, leftovers: [] },
    })
  },
  text: (bytes) => Buffer.from(bytes).toString(),
  locate: () => null,
}

let db: TestDatabase
let pipeline: Pipeline
const arrival = (text: string, more: Partial<Arrival> = {}): Arrival => ({
  ...language.envelope(Buffer.from(text), source),
  source: source.id,
  format: 'csv',
  body: Buffer.from(text),
  receivedAt: clock(),
  ...more,
})
const statusOf = async (id: string) =>
  (await db.sql<{ status: string }[]>`select status from message where id = ${id}`)[0]?.status
const valuesOf = async (person: string) =>
  (
    await db.sql<
      { body: string }[]
    >`select v.body from resource r join resource_version v on v.rid = r.rid where r.id = ${`o-${person}`}`
  ).map(({ body }) => (JSON.parse(body) as Observation).valueString)

beforeAll(async () => {
  db = await testDatabase()
  await saveSource(db.sql, source, clock)
})
beforeEach(() => {
  pipeline = makePipeline({ pool: db.sql, clock, nextId, log: silentLog, format: () => language, source: () => source })
})

test('among many that come at once, those that cannot be read, stored or understood wait with their reason; all others are applied', async () => {
  const texts = Array.from(
    { length: 60 },
    (_, n) => `q${n} ${n % 20 === 7 ? 'unreadable' : n % 20 === 11 ? 'throws' : n % 20 === 15 ? 'nul' : n}`,
  )
  const receipts = await Promise.all(texts.map((text) => pipeline.receive(arrival(text))))
  for (const [n, receipt] of receipts.entries()) {
    const bad = [7, 11, 15].includes(n % 20)
    expect(receipt.status, texts[n] ?? '').toBe(bad ? 'failed' : 'applied')
    expect(await statusOf(receipt.messageId)).toBe(receipt.status)
    if (bad) expect(receipt.issues[0]?.remedy).toMatch(/\w/)
    else expect(await valuesOf(`q${n}`)).toEqual([String(n)])
  }
})

test('messages about one person are applied in the order they came, however many at once', async () => {
  await Promise.all(Array.from({ length: 80 }, (_, n) => pipeline.receive(arrival(`ordered ${n}`))))
  expect(await valuesOf('ordered')).toEqual(['79'])
  const [row] = await db.sql<
    { versions: number }[]
  >`select count(*)::int as versions from resource_version where id = 'o-ordered'`
  expect(row?.versions).toBe(80)
})

test('of two messages with one control id and other words that come close together, one is applied and the other asks a human', async () => {
  for (let n = 0; n < 8; n += 1) {
    const first = pipeline.receive(arrival(`near${n}a 1`, { controlId: `near-${n}` }))
    for (let turn = 0; turn < 12; turn += 1) await new Promise((done) => setImmediate(done))
    const second = pipeline.receive(arrival(`near${n}b 2`, { controlId: `near-${n}` }))
    expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual(['applied', 'held'])
  }
})

test('what a process kept and did not live to apply is applied by the next one, in order, once', async () => {
  const kept = await keepMessages(
    db.sql,
    ['late 1', 'late 2', 'late 3'].map((text) => arrival(text)),
    nextId,
  )
  const other = makePipeline({
    pool: db.sql,
    clock,
    nextId,
    log: silentLog,
    format: () => language,
    source: () => source,
  })
  // Two processes start at the same moment.
  await Promise.all([pipeline.resume(), other.resume()])
  expect(await Promise.all(kept.map(({ id }) => statusOf(id)))).toEqual(['applied', 'applied', 'applied'])
  expect(await valuesOf('late')).toEqual(['3'])
  const [row] = await db.sql<
    { versions: number }[]
  >`select count(*)::int as versions from resource_version where id = 'o-late'`
  expect(row?.versions).toBe(3)
})

test('a request that was cut off is closed, since its caller got no answer and asks again', async () => {
  const [kept] = await keepMessages(db.sql, [arrival('request 1', { kind: `${requestKind}transaction` })], nextId)
  await pipeline.resume()
  expect(await statusOf(kept?.id ?? '')).toBe('failed')
  expect(await valuesOf('request')).toEqual([])
})

test('each message of a file stands or falls by itself, and the file again changes nothing', async () => {
  const file = 'f1 1;f2 unreadable;f3 3'
  expect(await pipeline.receive(arrival(file))).toMatchObject({ status: 'divided', parts: { applied: 2, failed: 1 } })
  expect(await pipeline.receive(arrival(file))).toMatchObject({ status: 'duplicate' })
  expect([await valuesOf('f1'), await valuesOf('f2'), await valuesOf('f3')]).toEqual([['1'], [], ['3']])
})

test('a row that says again what an earlier file said, after another file said otherwise, is news', async () => {
  await pipeline.receive(arrival('back 1;x1 1'))
  await pipeline.receive(arrival('back 2;x1 1'))
  await pipeline.receive(arrival('back 1;x1 2'))
  expect(await valuesOf('back')).toEqual(['1'])
})

test('a message that failed is applied by replay once the rule is mended', async () => {
  let mended = false
  const learning = makePipeline({
    pool: db.sql,
    clock,
    nextId,
    log: silentLog,
    source: () => source,
    format: () => ({
      ...language,
      translate: (bytes, from) =>
        mended ? language.translate(Buffer.from('mended 5'), from) : language.translate(bytes, from),
    }),
  })
  const { messageId } = await learning.receive(arrival('mended unreadable'))
  expect(await statusOf(messageId)).toBe('failed')
  mended = true
  expect(await learning.replay(messageId)).toMatchObject({ status: 'applied' })
  expect(await valuesOf('mended')).toEqual(['5'])
})

test('what is applied is never unsettled again', async () => {
  const { messageId } = await pipeline.receive(arrival('done 1'))
  await settle(db.sql, messageId, { status: 'failed', at: clock(), issues: [] })
  expect(await statusOf(messageId)).toBe('applied')
})

test('the audit line of a request commits with it, or not at all', async () => {
  const alongside = async () => {
    throw new Error('the trail is full')
  }
  const receipt = await pipeline.receive(arrival('audited 1'), { alongside })
  expect(receipt.status).toBe('failed')
  expect(await valuesOf('audited')).toEqual([])
})
