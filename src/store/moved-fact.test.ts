/** Hazard: a source corrects whose a fact is, and the fact stays in the wrong person's record too. */
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { type Int64, type Pool, timeOrderedIds } from '../base/index.ts'
import {
  checkStore,
  makeScope,
  patientKey,
  readCompartments,
  readHistory,
  type Write,
  writeResources,
} from './index.ts'

let sql: Pool
beforeAll(async () => {
  sql = (await testDatabase()).sql
})

const nextId = timeOrderedIds(() => new Date())
const [ada, ben, cora] = [patientKey('ada'), patientKey('ben'), patientKey('cora')]
const result = (pk: Int64, id: string, text = 'Potassium'): Write => ({
  pk,
  resource: { resourceType: 'Observation', id, status: 'final', code: { text } },
  op: 'put',
  source: 'laboratory',
  messageId: '7',
})
const save = (writes: readonly Write[]) => sql.begin((tx) => writeResources(tx, writes, { now: new Date(), nextId }))
const recordOf = async (pk: Int64) =>
  (await readCompartments(sql, makeScope('persons', [pk]))).map(({ id }) => id).sort()

test('H-23 a result that is sent again for another patient ends in the record where it stood', async () => {
  await save([result(ada, 'r1'), result(ada, 'r2')])
  const [answer] = await save([result(ben, 'r1')])
  expect(answer).toMatchObject({ outcome: 'created', version: 3, moved: true })
  expect(await recordOf(ada)).toEqual(['r2'])
  expect(await recordOf(ben)).toEqual(['r1'])
  const history = await readHistory(sql, makeScope('everyone', []), { type: 'Observation', id: 'r1' })
  expect(history.map(({ version }) => version).sort()).toEqual([1, 2, 3])
})

test('H-23 it may come back, or go to two people in one batch: it stands in one record at a time', async () => {
  await save([result(ada, 'r3')])
  await save([result(ben, 'r3')])
  const [back] = await save([result(ada, 'r3')])
  expect(back).toMatchObject({ outcome: 'created', moved: true })
  expect(await recordOf(ben)).not.toContain('r3')
  expect(await recordOf(ada)).toContain('r3')
  await save([result(ben, 'r3')])
  await save([result(cora, 'r3')])
  expect(
    [await recordOf(ada), await recordOf(ben), await recordOf(cora)].filter((record) => record.includes('r3')),
  ).toHaveLength(1)
})

test('H-23 a late message of before the correction does not bring it back', async () => {
  await save([{ ...result(ada, 'r5'), asOf: '2026-01-01T10:00:00Z' }])
  await save([{ ...result(ben, 'r5'), asOf: '2026-01-02T10:00:00Z' }])
  const [late] = await save([{ ...result(ada, 'r5', 'Sodium'), asOf: '2026-01-01T11:00:00Z' }])
  expect(late).toMatchObject({ outcome: 'superseded' })
  expect(await recordOf(ben)).toContain('r5')
  expect(await recordOf(ada)).not.toContain('r5')
})

test('the same result for the same patient moves nothing, and no history has gaps', async () => {
  await save([result(ada, 'r4')])
  const [same] = await save([result(ada, 'r4')])
  expect(same).not.toHaveProperty('moved')
  expect((await checkStore(sql)).filter(({ broken }) => broken > 0)).toEqual([])
})
