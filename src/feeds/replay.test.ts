/** What waits for a reason that is not in the message itself: an unknown sender, a training message, a message of which only a part came. */
import { beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { silentLog, timeOrderedIds } from '../base/index.ts'
import { type Arrival, formatNamed, makePipeline, openSources, saveSource, senderOf, setAsideMessage } from './index.ts'

const clock = () => new Date('2026-11-22T19:00:00Z')
let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})

const admission = ({ control, application = 'NEWPAS', processing = 'P' }: Readonly<Record<string, string>>) =>
  Buffer.from(
    [
      `MSH|^~\\&|${application}|RXX|||20261121101500||ADT^A01|${control}|${processing}|2.4`,
      'EVN|A01|20261121101500',
      'PID|1||7001^^^RXX^MR||Testbury^Ann||19610203|F',
      'PV1|1|I|W1^B1^2||||||||||||||||V7001',
    ].join('\r'),
  )

async function area({ live = false } = {}) {
  const { sql } = database
  const sources = await openSources(sql)
  const pipeline = makePipeline({
    pool: sql,
    clock,
    nextId: timeOrderedIds(clock),
    log: silentLog,
    format: formatNamed,
    source: (id) => sources.get(id),
    sender: senderOf(sources),
    live,
  })
  const declare = async (id: string, sendingApplication: string) => {
    const organisation = { code: 'RXX', name: 'Invented Hospital' }
    const settings = { hl7v2: { sendingApplication } }
    await saveSource(sql, { id, name: id, kind: 'acute', organisation, formats: ['hl7v2'], settings }, clock)
    await sources.refresh()
  }
  const state = async (id: string) =>
    (
      await sql<{ source: string; status: string; kind: string; issues: unknown }[]>`
      select source, status, kind, issues from message where id = ${id}`
    )[0]
  return { sql, pipeline, declare, state, sources }
}

const arrival = (body: Uint8Array, more: Partial<Arrival>): Arrival => ({
  source: 'unrecognised',
  format: 'hl7v2',
  kind: 'ADT^A01',
  controlId: '',
  orderKey: '',
  body,
  receivedAt: clock(),
  ...more,
})
const undeclared = [{ place: 'MSH-3', message: 'Nobody declared this sender' }]

describe('a message of a sender that nobody had declared', () => {
  test('goes on waiting when it is tried again too early, and nothing of it is applied', async () => {
    const { pipeline, state } = await area()
    const kept = await pipeline.receive(arrival(admission({ control: 'u1' }), { controlId: 'u1', issues: undeclared }))
    expect(await pipeline.replay(kept.messageId)).toMatchObject({ status: 'failed', issues: [{ place: 'MSH-3' }] })
    expect(await state(kept.messageId)).toMatchObject({ source: 'unrecognised', status: 'failed' })
  })

  test('is applied as its own source’s once that is declared, with that source’s ids', async () => {
    const { sql, pipeline, declare, state, sources } = await area()
    const body = admission({ control: 'u2' })
    const kept = await pipeline.receive(arrival(body, { controlId: 'u2', issues: undeclared }))
    await declare('new-pas', 'NEWPAS')
    const replayed = await pipeline.replay(kept.messageId)
    expect(replayed.status).toBe('applied')
    expect(await state(kept.messageId)).toMatchObject({ source: 'new-pas', status: 'applied', kind: 'ADT^A01' })
    const source = sources.get('new-pas')
    if (!source) throw new Error('new-pas was not declared')
    // Sent again under its own name, it is the very same message.
    const again = arrival(body, { ...formatNamed('hl7v2')?.envelope(body, source), source: 'new-pas' })
    expect((await pipeline.receive(again)).status).toBe('duplicate')
    const [left] = await sql<{ n: number }[]>`
      select count(*)::int as n from message where source = 'unrecognised' and status = 'applied'`
    expect(left?.n).toBe(0)
  })

  test('is set aside when its sender sent it again meanwhile: it stands once', async () => {
    const { pipeline, declare, state } = await area()
    const body = admission({ control: 'u3', application: 'LATEPAS' })
    const kept = await pipeline.receive(arrival(body, { controlId: 'u3', issues: undeclared }))
    await declare('late-pas', 'LATEPAS')
    const sent = await pipeline.receive(arrival(body, { controlId: 'u3', source: 'late-pas' }))
    expect(sent.status).toBe('applied')
    expect((await pipeline.replay(kept.messageId)).status).toBe('duplicate')
    expect(await state(kept.messageId)).toMatchObject({ source: 'unrecognised', status: 'set-aside' })
  })
})

test('a training message never enters a live record: not by another door, and not when it is tried again', async () => {
  const { pipeline, declare } = await area({ live: true })
  await declare('train-pas', 'TRAINPAS')
  const body = admission({ control: 't1', application: 'TRAINPAS', processing: 'T' })
  const receipt = await pipeline.receive(arrival(body, { controlId: 't1', source: 'train-pas' }))
  expect(receipt).toMatchObject({ status: 'failed', issues: [{ place: 'MSH-11' }] })
  expect((await pipeline.replay(receipt.messageId)).status).toBe('failed')
})

test('the beginning of a message that was too long is never applied as if it were the whole', async () => {
  const { sql, pipeline, declare, state } = await area()
  await declare('long-pas', 'LONGPAS')
  const body = admission({ control: 'l1', application: 'LONGPAS' })
  const issues = [{ place: '', message: 'Too long' }]
  const cut = arrival(body, { controlId: 'l1', source: 'long-pas', kind: 'cut off: ADT^A01', issues })
  const { messageId } = await pipeline.receive(cut)
  expect((await pipeline.replay(messageId)).status).toBe('failed')
  await setAsideMessage(sql, messageId, { by: 'Ann Analyst', now: clock() })
  expect((await pipeline.replay(messageId)).status).toBe('failed')
  expect((await state(messageId))?.kind).toBe('cut off: ADT^A01')
})
