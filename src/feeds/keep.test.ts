import { beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { timeOrderedIds } from '../base/index.ts'
import { type Arrival, keepMessages } from './keep.ts'
import { saveSource } from './sources.ts'

const at = new Date('2026-11-22T10:00:00Z')
const nextId = timeOrderedIds(() => at)
let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase()
  await saveSource(
    db.sql,
    {
      id: 'pas',
      name: 'PAS',
      kind: 'acute',
      organisation: { code: 'RXX', name: 'Invented Hospital' },
      formats: ['hl7v2'],
      settings: {},
    },
    () => at,
  )
})

const arrival = (controlId: string, text: string, more: Partial<Arrival> = {}): Arrival => ({
  source: 'pas',
  format: 'hl7v2',
  kind: 'ADT^A01',
  controlId,
  orderKey: '',
  body: Buffer.from(text),
  receivedAt: at,
  ...more,
})
const rows = (controlId: string) =>
  db.sql`select status, receipts, convert_from(body, 'UTF8') as text from message where control_id = ${controlId} order by id`

test('a message is kept byte for byte, before anyone reads it', async () => {
  const noise = Uint8Array.from({ length: 256 }, (_, n) => n)
  const [kept] = await keepMessages(db.sql, [{ ...arrival('noise', ''), body: noise }], nextId)
  const [row] = await db.sql<{ body: Uint8Array }[]>`select body from message where id = ${kept?.id ?? ''}`
  expect(Buffer.from(row?.body ?? []).equals(Buffer.from(noise))).toBe(true)
  expect(kept).toMatchObject({ fresh: true, status: 'kept' })
})

test('the very same message again is counted, not kept twice, also within one batch', async () => {
  const first = await keepMessages(db.sql, [arrival('1', 'a'), arrival('1', 'a')], nextId)
  expect(first.map(({ fresh }) => fresh)).toEqual([true, false])
  const again = await keepMessages(db.sql, [arrival('1', 'a')], nextId)
  expect(again[0]).toMatchObject({ fresh: false, id: first[0]?.id })
  expect(await rows('1')).toMatchObject([{ receipts: 3, status: 'kept' }])
})

test('a control id that comes again with other content is held for a human, across batches and within one', async () => {
  await keepMessages(db.sql, [arrival('2', 'a')], nextId)
  const [later] = await keepMessages(db.sql, [arrival('2', 'b')], nextId)
  expect(later).toMatchObject({ fresh: true, status: 'held' })
  const both = await keepMessages(db.sql, [arrival('3', 'a'), arrival('3', 'b')], nextId)
  expect(both.map(({ status }) => status)).toEqual(['kept', 'held'])
  expect(later?.issues[0]?.remedy).toContain('set it aside')
})

test('what failed under a control id does not hold up its correction', async () => {
  await keepMessages(db.sql, [arrival('4', 'broken', { issues: [{ place: 'PID', message: 'broken' }] })], nextId)
  const [corrected] = await keepMessages(db.sql, [arrival('4', 'mended')], nextId)
  expect(corrected).toMatchObject({ status: 'kept' })
  expect(await rows('4')).toMatchObject([{ status: 'failed' }, { status: 'kept' }])
})

test('messages without a control id are told apart by their content alone', async () => {
  const kept = await keepMessages(db.sql, [arrival('', 'x'), arrival('', 'y'), arrival('', 'x')], nextId)
  expect(kept.map(({ fresh, status }) => [fresh, status])).toEqual([
    [true, 'kept'],
    [true, 'kept'],
    [false, 'kept'],
  ])
})

test('two processes that keep the same message at once keep it once', async () => {
  const kept = await Promise.all(Array.from({ length: 8 }, () => keepMessages(db.sql, [arrival('5', 'same')], nextId)))
  expect(kept.filter(([one]) => one?.fresh)).toHaveLength(1)
  expect(await rows('5')).toMatchObject([{ receipts: 8 }])
})
