/** From a fact back to the bytes: the newest message first, and for what it left as it was, the message that gave it. */
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { type Pool, timeOrderedIds } from '../base/index.ts'
import { makeScope, patientKey, writeResources } from '../store/index.ts'
import { readLineage } from './lineage.ts'
import { readSourceFreshness } from './sources.ts'

const now = new Date('2026-11-22T10:00:00Z')
const nextId = timeOrderedIds(() => now)
const [first, second] = [nextId(), nextId()]
const opened = { scope: makeScope('persons', [patientKey('p')]) }
const fact = { type: 'Patient', id: 'p' }
let sql: Pool

async function message(id: string, body: string, entries: readonly (readonly string[])[]): Promise<void> {
  await sql`insert into message (id, source, format, kind, control_id, order_key, digest, body, received_at, last_received_at, status, settled_at)
            values (${id}, 'pas', 'hl7v2', 'ADT^A08', ${id}, '', ${Buffer.from(id)}, ${Buffer.from(body)}, ${now}, ${now}, 'applied', ${now})`
  await sql`insert into message_translation (message_id, content, mapped, leftovers, lineage, notes, translated_at)
            values (${id}, 3, 2, '["PID[1]-9[1]"]', ${JSON.stringify([
              { type: 'Patient', id: 'p', ver: 1, entries },
              { type: 'Condition', id: 'p', ver: 1, entries: [['code', 'DG1[1]-3[1]', 'not ours']] },
            ])}, '[]', ${now})`
}

beforeAll(async () => {
  sql = (await testDatabase()).sql
  await sql`insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, created_at, updated_at)
            values ('pas', 'Riverton PAS', 'acute', 'RXX', 'Riverton General Hospital', '{hl7v2}', 'n', ${now}, ${now})`
  await message(first, 'the first', [
    ['birthDate', 'PID[1]-7[1]', 'PID-7 birth date'],
    ['name[0]', 'PID[1]-5[1]', 'PID-5 name'],
    ['name[1]', 'PID[1]-5[2]', 'PID-5 name'],
  ])
  await message(second, 'the second', [
    ['name[0]', 'PID[1]-5[1]', 'PID-5 name'],
    ['name[0]', 'PID[1]-9[1]', 'PID-9 alias'],
  ])
  const save = (family: string, messageId: string) =>
    sql.begin((tx) =>
      writeResources(
        tx,
        [
          {
            pk: patientKey('p'),
            resource: { resourceType: 'Patient', id: 'p', birthDate: '1958-05-14', name: [{ family }] },
            op: 'put',
            source: 'pas',
            messageId,
          },
        ],
        { now, nextId },
      ),
    )
  await save('Hill', first)
  await save('Ward', second)
})

test('an element is traced to the newest message that gave it, by every place it was made of', async () => {
  const lineage = await readLineage(sql, opened, fact)
  expect(lineage).toMatchObject({
    version: 2,
    source: { id: 'pas', organisation: 'Riverton General Hospital' },
    message: { id: second, controlId: second },
    leftovers: ['PID[1]-9[1]'],
  })
  expect(new TextDecoder().decode(lineage.original)).toBe('the second')
  expect(lineage.lines.map(({ to, from, messageId }) => [to, from, messageId])).toEqual([
    ['name[0]', 'PID[1]-5[1]', second],
    ['name[0]', 'PID[1]-9[1]', second],
    ['birthDate', 'PID[1]-7[1]', first],
    ['name[1]', 'PID[1]-5[2]', first],
  ])
  expect(lineage.versions.map(({ version, op, messageId }) => [version, op, messageId])).toEqual([
    [2, 'updated', second],
    [1, 'created', first],
  ])
})

test('an earlier version has its own message, and an earlier message can be asked for', async () => {
  const before = await readLineage(sql, opened, { ...fact, version: 1 })
  expect(before).toMatchObject({ version: 1, message: { id: first } })
  expect(before.lines.every(({ messageId }) => messageId === first)).toBe(true)
  expect(new TextDecoder().decode((await readLineage(sql, opened, { ...fact, messageId: first })).original)).toBe(
    'the first',
  )
})

test('what lies outside the opened record, or never was, is not found', async () => {
  const another = { scope: makeScope('persons', [patientKey('somebody-else')]) }
  await expect(readLineage(sql, another, fact)).rejects.toMatchObject({ kind: 'not-found' })
  await expect(readLineage(sql, opened, { ...fact, version: 9 })).rejects.toMatchObject({ kind: 'not-found' })
  await expect(readLineage(sql, opened, { type: 'NoSuchType', id: 'p' })).rejects.toMatchObject({ kind: 'not-found' })
})

test('H-07 a feed is fresh, failing, or was never heard from; one bad message is no outage but is counted', async () => {
  const stateOf = async (id: string) => (await readSourceFreshness(sql)).find(({ source }) => source === id)
  expect(await stateOf('pas')).toMatchObject({ state: 'answering', waiting: 0, lastReceived: now.toISOString() })
  await sql`insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, created_at, updated_at)
            values ('new', 'New', 'gp', 'A1', 'A new practice', '{fhir}', 'm', ${now}, ${now})`
  expect(await stateOf('new')).toMatchObject({ state: 'never-heard', waiting: 0 })
  const fail = (controlId: string) =>
    sql`insert into message (id, source, format, kind, control_id, order_key, digest, body, received_at, last_received_at, status)
        values (${nextId()}, 'pas', 'hl7v2', '', ${controlId}, '', ${Buffer.from(controlId)}, ${Buffer.from('x')}, ${now}, ${now}, 'failed')`
  await fail('x')
  expect(await stateOf('pas')).toMatchObject({ state: 'answering', waiting: 1 })
  await fail('y')
  await fail('z')
  expect(await stateOf('pas')).toMatchObject({ state: 'failing', waiting: 3 })
})

test('H-07 a message that waits under the order key of a person’s others is about that person, and another is not', async () => {
  await sql`update message set order_key = 'R1' where id = ${first} or control_id = 'x'`
  await sql`update message set order_key = 'R2' where control_id = 'y'`
  const here = async (ids: readonly string[]) =>
    (await readSourceFreshness(sql, ids)).find(({ source }) => source === 'pas')?.waitingHere
  expect(await here([first])).toBe(1)
  expect(await here([])).toBeUndefined()
})
