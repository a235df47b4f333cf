/** Facts kept in memory between looks: the record is the same as when all is read and parsed anew, whatever was written in between. */
import fc from 'fast-check'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { problem, type Resource, sarah } from '../../test/support/invented-record.ts'
import { wildResources } from '../../test/support/wild-resources.ts'
import { type Pool, timeOrderedIds } from '../base/index.ts'
import {
  makeScope,
  openPool,
  patientKey,
  readCompartments,
  readReferenced,
  readStampedCompartments,
  resourceKey,
  writeResources,
} from '../store/index.ts'
import { buildRecord } from './build-record.ts'
import { forgetFacts } from './keep-facts.ts'
import { readRecord } from './read-record.ts'
import { readSourceFreshness } from './sources.ts'

const now = new Date('2026-11-22T10:00:00Z')
const nextId = timeOrderedIds(() => new Date())
const sent: string[] = []
let sql: Pool

beforeAll(async () => {
  const { options } = await testDatabase()
  sql = openPool({ ...options, max: 2, onStatement: (text) => sent.push(text) })
  for (const id of ['gp', 'pas'])
    await sql`insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, created_at, updated_at)
              values (${id}, ${id}, 'gp', 'X', ${`Organisation ${id}`}, '{hl7v2}', ${id}, ${now}, ${now})`
  return async () => await sql.end()
})
beforeEach(forgetFacts)

const put = (pk: string, source: string, resource: Resource, op: 'put' | 'delete' = 'put') =>
  sql.begin((tx) => writeResources(tx, [{ pk, resource, op, source, messageId: '1' }], { now, nextId }))

const opened = (...patients: readonly string[]) => ({ scope: makeScope('persons', patients.map(patientKey)) })
const look = (...patients: readonly string[]) => sql.begin((tx) => readRecord(tx, opened(...patients), now))

/** All of it, by other statements and another way, as a witness. */
const anew = (...patients: readonly string[]) =>
  sql.begin(async (tx) => {
    const { scope } = opened(...patients)
    const rows = await readCompartments(tx, scope)
    const about = await readReferenced(tx, scope, rows)
    return buildRecord({ rows, about, sources: await readSourceFreshness(tx, ['1']), now })
  })

test('H-24 after any writes, the record from memory is the record read anew', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      wildResources,
      fc.array(fc.tuple(fc.nat(7), fc.boolean(), fc.boolean()), { maxLength: 6 }),
      async (given, changes) => {
        run += 1
        const patients = [`a${run}`, `b${run}`] as const
        const named = given.map((resource, n) => ({ ...resource, id: `r${run}-${n}` }) as Resource)
        for (const [n, resource] of named.entries())
          await put(patientKey(patients[n % 2] ?? ''), n % 2 ? 'pas' : 'gp', resource)
        expect(await look(...patients)).toEqual(await anew(...patients))
        for (const [place, away, also] of changes) {
          const resource = named[place % Math.max(1, named.length)]
          if (!resource) continue
          const n = named.indexOf(resource)
          await put(
            patientKey(patients[n % 2] ?? ''),
            n % 2 ? 'pas' : 'gp',
            also ? ({ ...resource, language: `x${place}` } as Resource) : resource,
            away ? 'delete' : 'put',
          )
          expect(await look(...patients)).toEqual(await anew(...patients))
        }
      },
    ),
    { numRuns: 40, seed: 24 },
  )
})

test('H-24 a practitioner about nobody who is renamed shows the new name at the next look', async () => {
  const practitioner = (family: string): Resource =>
    ({ resourceType: 'Practitioner', id: 'dr', name: [{ family }] }) as Resource
  await put(resourceKey('Practitioner', 'dr'), 'gp', practitioner('Khan'))
  await put(patientKey('c'), 'gp', {
    resourceType: 'Encounter',
    id: 'e',
    status: 'finished',
    class: { code: 'AMB' },
    period: { start: '2026-01-01' },
    participant: [{ individual: { reference: 'Practitioner/dr' } }],
  } as Resource)
  expect((await look('c')).encounters[0]?.people).toEqual(['Khan'])
  await put(resourceKey('Practitioner', 'dr'), 'gp', practitioner('Malik'))
  expect((await look('c')).encounters[0]?.people).toEqual(['Malik'])
})

test('H-24 who has not opened a Patient sees nothing of it, though another look keeps it in memory', async () => {
  await put(patientKey('d'), 'gp', sarah('d'))
  await put(patientKey('e'), 'pas', problem('p1', '38341003', 'Hypertension'))
  expect((await look('d', 'e')).facts).toBe(2)
  expect((await look('e')).facts).toBe(1)
  expect((await look('d')).problems).toEqual([])
  expect((await look('f')).facts).toBe(0)
})

test('H-24 who may not see safeguarding does not see it after somebody who may', async () => {
  await put(patientKey('s'), 'gp', problem('s1', '1', 'Child protection plan'))
  const as = (safeguarding: 'shown' | 'masked' | 'left-out') =>
    sql.begin((tx) => readRecord(tx, { ...opened('s'), safeguarding }, now))
  expect((await as('shown')).problems[0]?.title).toContain('Child protection plan')
  expect(JSON.stringify(await as('masked'))).not.toContain('Child protection plan')
  expect((await as('masked')).hidden).toHaveLength(1)
  expect((await as('left-out')).problems).toEqual([])
  expect((await as('shown')).problems[0]?.title).toContain('Child protection plan')
})

test('a second look asks two questions, and what has not changed is not sent again', async () => {
  const pk = patientKey('g')
  await put(pk, 'gp', sarah('g'))
  await look('g')
  sent.length = 0
  await look('g')
  expect(sent).toHaveLength(2)
  const { scope } = opened('g')
  const [first] = await readStampedCompartments(sql, scope, [])
  expect(first?.resources).toHaveLength(1)
  expect(await readStampedCompartments(sql, scope, [first?.stamp ?? ''])).toEqual([{ pk, stamp: first?.stamp }])
  await put(pk, 'gp', sarah('g'), 'delete')
  const [gone] = await readStampedCompartments(sql, scope, [first?.stamp ?? ''])
  expect(gone).toMatchObject({ pk, resources: [] })
})
