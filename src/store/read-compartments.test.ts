/** All that is held about somebody is what went in. @see FHIR R4 patient-operation-everything.html */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { sharedData } from '../../test/support/shared-data.ts'
import { type Pool, timeOrderedIds } from '../base/index.ts'
import { parseJson } from '../fhir/index.ts'
import {
  everythingOf,
  makeScope,
  patientKey,
  readCompartmentsAt,
  readStampedCompartments,
  resourceKey,
  type Write,
  writeResources,
} from './index.ts'

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

test('plans are kept for the transaction that asks for it, and for none after it', async () => {
  const mode = async (on: Parameters<Parameters<Pool['begin']>[0]>[0]) =>
    (await on<{ mode: string }[]>`select current_setting('plan_cache_mode') as mode`)[0]?.mode
  for (const keepPlans of [true, false, true])
    expect(await sql.begin(mode, { keepPlans })).toBe(keepPlans ? 'force_generic_plan' : 'auto')
  await expect(sql.begin(async () => Promise.reject(new Error('no')), { keepPlans: true })).rejects.toThrow('no')
  expect(await sql.begin(mode)).toBe('auto')
})

test('H-79 a compartment read as one text holds back what is hidden, and gives each fact its own words', async () => {
  const hidden = { pattern: '"code"\\s*:\\s*"(B|C\\.1)"', texts: ['"B"', '"C.1"'] }
  const fact = fc.record({
    type: fc.constantFrom('Condition', 'Procedure', 'AllergyIntolerance'),
    code: fc.constantFrom('A', 'B', 'C.1', 'Cx1'),
    text: fc.constantFrom('plain', 'B', '"code":"B"', 'ü\u0001\n', '\u0002'),
  })
  let run = 0
  let held = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fact, { maxLength: 8 }), async (facts) => {
      run += 1
      const pk = patientKey(`hidden-${run}`)
      await save(
        [
          { resourceType: 'Patient', id: `hidden-${run}` },
          ...facts.map(({ type, code, text }, n) => ({
            resourceType: type,
            id: `h-${run}-${n}`,
            code: { coding: [{ code }], text },
          })),
        ].map((resource) => write(pk, resource)),
      )
      const scope = makeScope('persons', [pk], { hidden })
      const [together] = await readStampedCompartments(sql, scope, [])
      const { resources } = await readCompartmentsAt(sql, scope, new Date(Date.now() + 60_000).toISOString())
      expect(together?.resources).toEqual(resources)
      for (const [n, { type, code }] of facts.entries()) {
        const isHeld = type !== 'AllergyIntolerance' && (code === 'B' || code === 'C.1')
        if (isHeld) held += 1
        const body = together?.resources?.find(({ id }) => id === `h-${run}-${n}`)?.body ?? ''
        expect(body.includes('urn:throughline:hidden')).toBe(isHeld)
        expect(body.includes('"coding"')).toBe(!isHeld)
      }
    }),
    { numRuns: 25 },
  )
  expect(held).toBeGreaterThan(10)
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
