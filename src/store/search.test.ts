/** What is filed is found by what FHIR says, and by nothing else. @see FHIR R4 search.html */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { type Pool, timeOrderedIds } from '../base/index.ts'
import { searchParameters } from '../fhir/index.ts'
import { makeScope, patientKey, resourceKey, searchResources, type Write, writeResources } from './index.ts'

let sql: Pool
const nextId = timeOrderedIds(() => new Date())
const everyone = makeScope('everyone', [])
const loinc = 'http://loinc.org'
const coded = (system: string, code: string) => ({ coding: [{ system, code }] })

type Content = { resourceType: string; id: string } & Record<string, unknown>
const about = (patient: string, ...contents: Content[]): Write[] =>
  contents.map((resource) => write(patientKey(patient), resource))
const write = (pk: string, resource: Content): Write => ({
  pk,
  resource: resource as unknown as Write['resource'],
  op: 'put',
  source: 's',
  messageId: '1',
})
const pulse = (id: string, date: string, value: number, more: object = {}): Content => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  subject: { reference: `Patient/${more && 'of' in more ? more.of : 'ada'}` },
  code: coded(loinc, '8867-4'),
  effectiveDateTime: date,
  valueQuantity: { value, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  ...more,
  of: undefined,
})

beforeAll(async () => {
  sql = (await testDatabase()).sql
  const nhs = 'https://fhir.nhs.uk/Id/nhs-number'
  const writes = [
    ...about('ada', {
      resourceType: 'Patient',
      id: 'ada',
      identifier: [{ system: nhs, value: '9990000018' }],
      birthDate: '1958-07-04',
      gender: 'female',
      name: [{ family: "O'Néill-Smyth", given: ['Ada', 'Mary'] }],
      address: [{ postalCode: 'LS1 4AP', city: 'Leeds' }],
      telecom: [{ system: 'phone', value: '0113 4960000' }],
    }),
    ...about('bob', {
      resourceType: 'Patient',
      id: 'bob',
      identifier: [{ system: nhs, value: '9990000026' }],
      birthDate: '1990-01-31',
      gender: 'male',
      name: [{ family: 'Oneillsen', given: ['Bob'] }],
      deceasedBoolean: true,
    }),
    ...about(
      'ada',
      pulse('p1', '2024-05-01T10:00:00+01:00', 70),
      pulse('p2', '2024-05-02', 80.4, { encounter: { reference: 'Encounter/e1' } }),
      pulse('p3', '2024-06', 90, { status: 'preliminary' }),
      {
        resourceType: 'Observation',
        id: 'bp',
        status: 'final',
        code: coded(loinc, '85354-9'),
        subject: { reference: 'Patient/ada' },
        effectiveDateTime: '2024-05-03T09:00:00Z',
        component: [
          {
            code: coded(loinc, '8480-6'),
            valueQuantity: { value: 142, code: 'mm[Hg]', system: 'http://unitsofmeasure.org' },
          },
          {
            code: coded(loinc, '8462-4'),
            valueQuantity: { value: 88, code: 'mm[Hg]', system: 'http://unitsofmeasure.org' },
          },
        ],
      },
      {
        resourceType: 'Observation',
        id: 'undated',
        status: 'final',
        code: coded('urn:local', '8867-4'),
        subject: { reference: 'Patient/ada' },
      },
      {
        resourceType: 'Encounter',
        id: 'e1',
        status: 'in-progress',
        class: { code: 'IMP' },
        subject: { reference: 'Patient/ada' },
        period: { start: '2020-01-01' },
      },
      {
        resourceType: 'Encounter',
        id: 'e2',
        status: 'finished',
        class: { code: 'AMB' },
        subject: { reference: 'Patient/ada' },
        period: { start: '2024-05-01T09:00:00Z', end: '2024-05-01T10:00:00Z' },
      },
    ),
    ...about('bob', pulse('b1', '2024-05-01T10:00:00+01:00', 71, { of: 'bob' })),
    write(resourceKey('Organization', 'leeds'), {
      resourceType: 'Organization',
      id: 'leeds',
      name: 'Leeds Teaching Hospitals',
      identifier: [{ system: 'ods', value: 'RR8' }],
    }),
  ]
  await sql.begin((tx) => writeResources(tx, writes, { now: new Date('2024-07-01T12:00:00Z'), nextId }))
})

const find = async (type: string, query: string, scope = everyone) => {
  const page = await searchResources(sql, scope, { type, parameters: [...new URLSearchParams(query)] })
  return { ids: page.entries.map(({ id }) => id), issues: page.issues.map(({ place }) => place), total: page.total }
}

describe('finds', () => {
  test.each([
    ['Patient', 'identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018', ['ada']],
    ['Patient', 'identifier=9990000018', ['ada']],
    ['Patient', 'identifier=wrong|9990000018', []],
    ['Patient', 'identifier=|9990000018', []],
    ['Patient', 'identifier=9990000018,9990000026', ['bob', 'ada']],
    ['Patient', 'family=oneill', ['bob', 'ada']],
    ['Patient', 'family=ONEILL-SM', ['ada']],
    ['Patient', 'name=mary', ['ada']],
    ['Patient', 'given=ada&birthdate=1958', ['ada']],
    ['Patient', 'given=ada&family=smyth', []],
    ['Patient', 'given=ada&family=oneill', ['ada']],
    ['Patient', 'family=oneill&birthdate=1958-07-04', ['ada']],
    ['Patient', 'family=oneill&birthdate=1958-07-05', []],
    ['Patient', 'birthdate=lt1960', ['ada']],
    ['Patient', 'birthdate=ge1990-01-31', ['bob']],
    ['Patient', 'gender=female', ['ada']],
    ['Patient', 'deceased=true', ['bob']],
    ['Patient', 'address-postalcode=ls14ap', ['ada']],
    ['Patient', 'phone=0113 4960000', ['ada']],
    ['Patient', '_id=ada,nobody', ['ada']],
    ['Patient', '', ['bob', 'ada']],
    ['Patient', '_sort=birthdate', ['ada', 'bob']],
    ['Observation', `code=${loinc}|8867-4`, ['p3', 'p2', 'p1', 'b1']],
    ['Observation', 'code=8867-4&_sort=date', ['undated', 'p1', 'b1', 'p2', 'p3']],
    ['Observation', 'code=urn:local|8867-4', ['undated']],
    ['Observation', 'code=8867-4,85354-9&patient=ada', ['p3', 'bp', 'p2', 'p1', 'undated']],
    ['Observation', 'patient=Patient/bob', ['b1']],
    ['Observation', 'subject=Patient/bob', ['b1']],
    ['Observation', 'subject:Patient=bob', ['b1']],
    ['Observation', 'patient=nobody', []],
    ['Observation', 'encounter=Encounter/e1', ['p2']],
    ['Observation', 'encounter=e1', ['p2']],
    ['Observation', 'status=preliminary', ['p3']],
    ['Observation', 'status=final&patient=bob', ['b1']],
    ['Observation', 'code=8867-4&date=2024-05', ['p2', 'p1', 'b1']],
    ['Observation', 'code=8867-4&date=ge2024-05-02&date=lt2024-06', ['p2']],
    ['Observation', 'date=2024-05-01', ['b1', 'p1']],
    ['Observation', 'date=gt2024-05-03', ['p3']],
    ['Observation', 'date=eb2024-05-02', ['b1', 'p1']],
    ['Observation', 'date=2024-05-01,2024-05-03&patient=ada', ['bp', 'p1']],
    ['Observation', 'code-value-quantity=8867-4$gt75', ['p3', 'p2']],
    ['Observation', `code-value-quantity=${loinc}|8867-4$lt75|http://unitsofmeasure.org|/min`, ['p1', 'b1']],
    ['Observation', 'code-value-quantity=8867-4$lt75||kPa', []],
    ['Observation', 'code-value-quantity=8867-4$80.4', ['p2']],
    ['Observation', 'code-value-quantity=8867-4$81', []],
    ['Observation', 'code=8867-4&value-quantity=le71&patient=bob', ['b1']],
    ['Observation', 'code=8867-4&value-quantity=le70', ['p1']],
    ['Observation', 'component-code=8480-6', ['bp']],
    ['Observation', 'combo-code=8480-6,8867-4&patient=ada', ['p3', 'bp', 'p2', 'p1', 'undated']],
    ['Observation', 'component-code-value-quantity=8480-6$gt140', ['bp']],
    ['Observation', 'component-code-value-quantity=8462-4$gt140', []],
    ['Encounter', 'status=in-progress', ['e1']],
    ['Encounter', 'date=2024-05-01', ['e2']],
    ['Encounter', 'date=ge2024-05-01', ['e2', 'e1']],
    ['Encounter', 'date=ge2024-05-01&status=in-progress', ['e1']],
    ['Encounter', 'date=gt2024-05-01', ['e1']],
    ['Encounter', 'class=AMB', ['e2']],
    ['Organization', 'name=leeds', ['leeds']],
    ['Organization', 'identifier=ods|RR8', ['leeds']],
    ['Observation', '_lastUpdated=2024-07-01&patient=bob', ['b1']],
    ['Observation', '_lastUpdated=gt2024-07-01', []],
  ])('%s?%s', async (type, query, wanted) => {
    const { ids, issues } = await find(type, query)
    expect(issues).toEqual([])
    expect(query.includes('_sort') || ids.length < 2 ? ids : ids.toSorted()).toEqual(
      query.includes('_sort') || ids.length < 2 ? wanted : wanted.toSorted(),
    )
  })
})

test('newest first unless asked otherwise, and undated last', async () => {
  expect((await find('Observation', 'patient=ada')).ids).toEqual(['p3', 'bp', 'p2', 'p1', 'undated'])
})

describe('pages', () => {
  test.each([
    'Observation?',
    'Observation?code=8867-4',
    'Observation?patient=ada',
    'Observation?_sort=-_lastUpdated',
    'Observation?_sort=date',
    'Encounter?date=ge2020',
    'Observation?_sort=_lastUpdated',
  ])('of two, one after another, make the whole: %s', async (search) => {
    const [type = '', query = ''] = search.split('?')
    const whole = (await find(type, query)).ids
    const parts: string[] = []
    let cursor: string | undefined
    do {
      const page = await searchResources(sql, everyone, {
        type,
        parameters: [...new URLSearchParams(`${query}&_count=2`)],
        ...(cursor !== undefined && { cursor }),
      })
      expect(page.entries.length).toBeLessThanOrEqual(2)
      parts.push(...page.entries.map(({ id }) => id))
      cursor = page.next
    } while (cursor !== undefined)
    expect(parts).toEqual(whole)
  })

  test.each([
    '',
    'x',
    'WzFd',
    Buffer.from('[null,"9999999999999999999"]').toString('base64url'),
    Buffer.from('["0000-01-01T00:00:00.000Z","1"]').toString('base64url'),
    Buffer.from('["2024","1"]').toString('base64url'),
    Buffer.from('["2024-01-01","1;drop"]').toString('base64url'),
  ])('a damaged address (%s) is refused', async (cursor) => {
    await expect(searchResources(sql, everyone, { type: 'Patient', parameters: [], cursor })).rejects.toMatchObject({
      kind: 'invalid',
    })
  })

  test('the total is counted when asked for', async () => {
    expect((await find('Observation', 'code=8867-4&_total=accurate&_count=1')).total).toEqual({ count: 5, more: false })
    expect(await find('Observation', '_count=0')).toEqual({ ids: [], issues: [], total: { count: 6, more: false } })
    expect((await find('Observation', '')).total).toBeUndefined()
  })
})

test('whatever is asked is answered, or refused in words', async () => {
  const names = [
    ...searchParameters('Observation').keys(),
    ...searchParameters('Patient').keys(),
    'code-value-quantity',
    '_count',
    '_sort',
    '_total',
    'patient:Patient',
    'x.y',
    'code:not',
    '',
  ]
  const piece = fc.constantFrom(
    '|',
    ',',
    '$',
    '\\\\',
    'ge',
    'lt',
    '2024',
    '0001-01-01',
    '9999',
    '0000',
    '-',
    'Patient/',
    'http://a/',
    '1e400',
    '5.4',
    '8867-4',
    '\u0000',
    '\u0001',
    "'",
    '"',
    '{',
    '}',
    '%',
    '🙂',
    ' ',
    ':',
    'T10:00+01:00',
  )
  const value = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')),
  )
  const parameters = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 6 })), value), {
    maxLength: 3,
  })
  const scopes = fc.constantFrom(everyone, makeScope('persons', []), makeScope('persons', [patientKey('ada')]))
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('Observation', 'Patient', 'Encounter', 'Organization'),
      parameters,
      scopes,
      async (type, asked, scope) => {
        try {
          await searchResources(sql, scope, { type, parameters: asked })
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'Problem', kind: 'invalid' })
        }
      },
    ),
    { numRuns: 400 },
  )
})

describe('says what it does not do', () => {
  test.each([
    'patient.name=x',
    'code:in=x',
    'nonsense=1',
    'value-string=x',
    'family:exact=x',
    '_sort=status',
    'code=http://loinc.org|',
    'date=ap2024',
    '_include=Observation:subject',
    'value-concept:not=x',
    'value-quantity=gt5',
  ])('Observation?%s', async (query) => {
    expect((await find('Observation', query)).issues).toEqual([query.split('=')[0]])
  })

  test.each(['date=yesterday', 'date=2024-13-45', '_count=-1', 'code-value-quantity=x', 'patient=a b', 'status='])(
    'and refuses what it cannot read: %s',
    async (query) => {
      await expect(find('Observation', query)).rejects.toMatchObject({ kind: 'invalid' })
    },
  )
})

describe('scope', () => {
  const bob = makeScope('persons', [patientKey('bob')])
  test('a search never leaves it', async () => {
    expect((await find('Observation', '', bob)).ids).toEqual(['b1'])
    expect((await find('Observation', 'code=8867-4', bob)).ids).toEqual(['b1'])
    expect((await find('Observation', 'patient=ada', bob)).ids).toEqual([])
    expect((await find('Patient', 'family=oneill', bob)).ids).toEqual(['bob'])
    expect((await find('Patient', 'identifier=9990000018', bob)).ids).toEqual([])
    expect((await find('Observation', '_count=0', bob)).total).toEqual({ count: 1, more: false })
    expect((await find('Organization', 'name=leeds', bob)).ids).toEqual(['leeds'])
    expect((await find('Organization', '', bob)).ids).toEqual(['leeds'])
  })
})
