/** All that is held about somebody is what went in. @see FHIR R4 patient-operation-everything.html */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { sharedData } from '../../test/support/shared-data.ts'
import { type Pool, timeOrderedIds } from '../base/index.ts'
import { parseJson } from '../fhir/index.ts'
import { everythingOf, makeScope, patientKey, resourceKey, type Write, writeResources } from './index.ts'

let sql: Pool
beforeAll(async () => {
  sql = (await testDatabase()).sql
})
const nextId = timeOrderedIds(() => new Date())
const bundles = sharedData('fhir-r4/bundles')

const write = (pk: string, resource: object): Write => ({
  pk,
  resource: resource as Write['resource'],
  op: 'put',
  source: 's',
  messageId: '1',
})
const save = (writes: readonly Write[]) => sql.begin((tx) => writeResources(tx, writes, { now: new Date(), nextId }))

test('everything about a patient, and those about nobody that it speaks of, in two statements', async () => {
  const pk = patientKey('ada')
  const other = patientKey('bob')
  await save([
    write(pk, {
      resourceType: 'Patient',
      id: 'ada',
      managingOrganization: { reference: 'Organization/trust' },
      link: [{ other: { reference: 'Patient/bob' } }],
    }),
    write(pk, {
      resourceType: 'Condition',
      id: 'c',
      subject: { reference: 'Patient/ada' },
      asserter: { reference: 'Practitioner/gp' },
      encounter: { reference: 'Encounter/of-bob' },
    }),
    write(other, { resourceType: 'Patient', id: 'bob' }),
    write(other, { resourceType: 'Encounter', id: 'of-bob' }),
    write(resourceKey('Organization', 'trust'), { resourceType: 'Organization', id: 'trust' }),
    write(resourceKey('Practitioner', 'gp'), { resourceType: 'Practitioner', id: 'gp' }),
    write(resourceKey('Practitioner', 'unrelated'), { resourceType: 'Practitioner', id: 'unrelated' }),
  ])
  for (const scope of [makeScope('persons', [pk]), makeScope('everyone', [])]) {
    const { resources, about } = await everythingOf(sql, scope, pk)
    expect(resources.map(({ id }) => id).sort()).toEqual(['ada', 'c'])
    expect(about.map(({ id }) => id).sort()).toEqual(['gp', 'trust'])
  }
  await expect(everythingOf(sql, makeScope('persons', [other]), pk)).rejects.toMatchObject({ kind: 'not-found' })
})

test.skipIf(!bundles)('each person of twenty published bundles is given back whole, number for number', async () => {
  let people = 0
  for (const file of readdirSync(bundles ?? '')) {
    const parsed = parseJson(readFileSync(join(bundles ?? '', file), 'utf8'))
    expect.assert(parsed.ok)
    const entries = (parsed.value as { entry: { resource: Write['resource'] }[] }).entry.map(({ resource }) => resource)
    const patient = entries.find(({ resourceType }) => resourceType === 'Patient')
    if (!patient) continue
    people++
    const pk = patientKey(patient.id)
    await save(entries.map((resource) => write(pk, resource)))
    const { resources } = await everythingOf(sql, makeScope('persons', [pk]), pk)
    const text = ({ meta: _, ...rest }: Record<string, unknown>) => JSON.stringify(rest)
    expect(resources.map(({ body }) => text(read(body))).sort()).toEqual(
      entries.map((resource) => text({ ...resource })).sort(),
    )
  }
  expect(people).toBe(20)
})

function read(body: string): Record<string, unknown> {
  const parsed = parseJson(body)
  expect.assert(parsed.ok)
  return parsed.value as Record<string, unknown>
}
