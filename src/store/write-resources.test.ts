/** What is written is what is read, version by version. @see FHIR R4 http.html#versions */
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { type Pool, timeOrderedIds } from '../base/index.ts'
import { patientKey, readResource, type Write, writeResources, makeScope } from './index.ts'

let sql: Pool
beforeAll(async () => {
  sql = (await testDatabase()).sql
})
const nextId = timeOrderedIds(() => new Date())
const everyone = makeScope('everyone', [])
const put = (id: string, content: object, more: Partial<Write> = {}): Write => ({
  pk: patientKey('p1'),
  resource: { resourceType: 'Observation', id, status: 'final', code: { text: 'x' }, ...content } as Write['resource'],
  op: 'put',
  source: 'hospital',
  messageId: '1',
  ...more,
})
const save = (writes: readonly Write[], now = new Date()) => sql.begin((tx) => writeResources(tx, writes, { now, nextId }))

test('a resource is read back as it was written, with its version, time and source', async () => {
  const now = new Date('2024-03-01T10:00:00Z')
  expect(await save([put('a1', { valueString: 'β "quoted" \\ \n' })], now)).toEqual([{ type: 'Observation', id: 'a1', version: 1, outcome: 'created' }])
  const read = await readResource(sql, everyone, { type: 'Observation', id: 'a1' })
  expect(JSON.parse(read.body)).toEqual({
    resourceType: 'Observation', id: 'a1',
    meta: { versionId: '1', lastUpdated: '2024-03-01T10:00:00.000Z', source: 'urn:throughline:source:hospital' },
    status: 'final', code: { text: 'x' }, valueString: 'β "quoted" \\ \n',
  })
})
