/** Every shape of search is led by an index: none reads `resource` from end to end. @see docs/measurements.md, store */
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { type Pool, timeOrderedIds } from '../base/index.ts'
import { makeScope, patientKey, resourceKey, type Write, writeResources } from './index.ts'
import { readSearch } from './search-criteria.ts'
import { countStatement, pageStatement } from './search-sql.ts'

let sql: Pool
const people = 300
const perPerson = 25

beforeAll(async () => {
  sql = (await testDatabase()).sql
  const nextId = timeOrderedIds(() => new Date())
  const day = (n: number) => new Date(Date.UTC(2015, 0, 1) + n * 86_400_000).toISOString()
  const make = (pk: string, resource: object): Write => ({
    pk,
    resource: resource as Write['resource'],
    op: 'put',
    fresh: true,
    source: 's',
    messageId: '1',
  })
  for (let p = 0; p < people; p++) {
    const pk = patientKey(`p${p}`)
    const subject = { reference: `Patient/p${p}` }
    const writes = [
      make(pk, {
        resourceType: 'Patient',
        id: `p${p}`,
        identifier: [{ system: 'nhs', value: String(p) }],
        birthDate: day(-p * 30).slice(0, 10),
        gender: 'female',
        name: [{ family: `Family${p}`, given: [`Given${p % 20}`] }],
      }),
      make(resourceKey('Organization', `o${p}`), { resourceType: 'Organization', id: `o${p}`, name: `Trust ${p}` }),
    ]
    for (let n = 0; n < perPerson; n++) {
      const encounter = {
        resourceType: 'Encounter',
        id: `e${p}-${n}`,
        status: n === 0 && p % 50 === 0 ? 'in-progress' : 'finished',
        subject,
        period: { start: day(n * 90 + p), end: day(n * 90 + p + (n % 9 === 0 ? 60 : 1)) },
      }
      const observation = {
        resourceType: 'Observation',
        id: `b${p}-${n}`,
        status: 'final',
        category: [{ coding: [{ system: 'cat', code: 'laboratory' }] }],
        subject,
        encounter: { reference: `Encounter/e${p}-${n}` },
        code: { coding: [{ system: 'http://loinc.org', code: n % 5 === 4 ? `rare-${p % 40}` : `common-${n % 5}` }] },
        effectiveDateTime: day(n * 90 + p),
        valueQuantity: { value: n + p / 10, unit: 'mmol/L' },
      }
      writes.push(make(pk, encounter), make(pk, observation))
    }
    await sql.begin((tx) => writeResources(tx, writes, { now: new Date(Date.UTC(2024, 0, 1) + p * 1000), nextId }))
  }
  await sql`vacuum analyze resource`
  await sql`vacuum analyze resource_version`
  await sql`vacuum analyze resource_code`
  await sql`vacuum analyze resource_string`
})

const everyone = makeScope('everyone', [])
const three = makeScope('persons', ['p1', 'p2', 'p3'].map(patientKey))

const shapes = [
  'Patient?identifier=nhs|77',
  'Patient?identifier=77',
  'Patient?family=family7',
  'Patient?name=given1&birthdate=ge2010',
  'Patient?birthdate=2012-03-04',
  'Patient?birthdate=ge2014',
  'Patient?_id=p5',
  'Patient?gender=female',
  'Patient?',
  'Patient?_lastUpdated=gt2024-01-01T00:04:00Z',
  'Patient?_sort=-_lastUpdated',
  'Patient?_sort=_lastUpdated',
  'Patient?_sort=birthdate',
  'Observation?patient=p9',
  'Observation?patient=p9&code=http://loinc.org|common-1',
  'Observation?subject=Patient/p9&category=laboratory&_sort=-date',
  'Observation?patient=p9&date=ge2016',
  'Observation?patient=p9,p10&_sort=date',
  'Observation?code=http://loinc.org|common-1',
  'Observation?code=rare-7',
  'Observation?code=common-1&date=ge2016-01&date=lt2016-03&_sort=-date',
  'Observation?code=common-1&date=ge2024',
  'Observation?code=common-1,rare-7&_sort=-date',
  'Observation?code=rare-7&_sort=-_lastUpdated',
  'Observation?code-value-quantity=common-1$gt52',
  'Observation?code=rare-7&status=final',
  'Observation?encounter=Encounter/e4-4',
  'Observation?date=ge2020',
  'Observation?date=2016-02-01',
  'Observation?date=ge2016-01&date=lt2016-03',
  'Observation?status=final',
  'Observation?category=laboratory',
  'Observation?status=preliminary',
  'Observation?_lastUpdated=gt2024-01-01T00:04:50Z',
  'Observation?_lastUpdated=gt2024-01-01T00:04:50Z&_sort=-date',
  'Observation?date=2016-02-01&_sort=-_lastUpdated',
  'Observation?date=ge2021-06&_sort=-_lastUpdated',
  'Encounter?status=in-progress',
  'Encounter?date=ge2021-06',
  'Encounter?date=2016-02-01',
  'Encounter?patient=p9&status=finished',
  'Organization?name=trust',
  'Organization?name=trust 7',
  'Organization?',
]

test.each(
  shapes.flatMap(
    (shape) =>
      [
        ['everyone', shape, everyone],
        ['three persons', shape, three],
      ] as const,
  ),
)('%s: %s', async (_, shape, scope) => {
  const [type = '', query = ''] = shape.split('?')
  const request = readSearch(type, [...new URLSearchParams(query)])
  expect(request.issues).toEqual([])
  const cursor = { at: '2016-01-01T00:00:00.000Z', rid: '9' }
  for (const statement of [
    pageStatement(request, scope, undefined),
    pageStatement(request, scope, cursor),
    countStatement(request, scope, 100),
  ]) {
    const plan = await sql.unsafe<{ 'QUERY PLAN': string }[]>(
      `explain (analyze, timing off, buffers off) ${statement.text}`,
      [...statement.values],
      {
        prepare: false,
      },
    )
    const text = plan.map((line) => line['QUERY PLAN']).join('\n')
    // The names table is small and narrow here: reading it whole for a short prefix is right.
    expect(text.match(/Seq Scan on resource(_version|_code)?\b.*/g) ?? [], text).toEqual([])
    // An index that is walked past what is not wanted reads the table no less.
    expect(passedOver(text), text).toBeLessThan(perPerson * people * 0.2)
  }
})

/** Rows that were looked at and not used. */
function passedOver(plan: string): number {
  let sum = 0
  let loops = 1
  for (const line of plan.split('\n')) {
    loops = Number(/loops=(\d+)/.exec(line)?.[1] ?? loops)
    sum += loops * Number(/Rows Removed by (?:Filter|Index Recheck|Join Filter): (\d+)/.exec(line)?.[1] ?? 0)
  }
  return sum
}
