/**
 * What a system's token opens, road by road (issue 4, "Shown by" 5). Each road says which rights it needs; every scope is tried on every road,
 * and must be answered exactly when it has all of them. Whatever is answered, no word of a type that the token may not see stands in it.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { type RunningTestServer, runningServer } from '../support/server.ts'

const scopes = [
  'system/*.cruds',
  'system/*.r',
  'system/*.s',
  'system/*.c',
  'system/*.read',
  'system/*.write',
  'system/Patient.rs',
  'system/Patient.r',
  'system/Patient.s',
  'system/Patient.cud',
  'system/Observation.rs',
  'system/Observation.r',
  'system/Observation.s',
  'system/Observation.c',
  'system/Observation.cs',
  'system/Observation.cruds',
  'system/Condition.rs',
  'system/Patient.r system/Observation.r',
  'system/Patient.rs system/Condition.r system/Observation.s',
] as const

type Right = 'c' | 'r' | 'u' | 'd' | 's'
type Need = readonly [right: Right, type: string]
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
type Road = {
  readonly ask: string
  readonly method?: Method
  /** All of these, or it is refused with 403. */
  readonly needs: readonly Need[]
  readonly body?: () => unknown
  readonly headers?: Readonly<Record<string, string>>
}

const r = (type: string): Need => ['r', type]
const s = (type: string): Need => ['s', type]
const weight = (more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Weight' },
  subject: { reference: `Patient/${ids.Patient}` },
  effectiveDateTime: '2026-01-01',
  ...more,
})
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** PATIENT, OBSERVATION and CONDITION are ids of what is held of one person. */
const roads: readonly Road[] = [
  { ask: '/Patient/PATIENT', needs: [r('Patient')] },
  { ask: '/Patient/PATIENT', method: 'HEAD', needs: [r('Patient')] },
  { ask: '/Observation/OBSERVATION', needs: [r('Observation')] },
  { ask: '/Condition/CONDITION?_format=xml', needs: [r('Condition')] },
  { ask: '/Condition/CONDITION', needs: [r('Condition')], headers: { 'if-none-match': 'W/"1"' } },
  { ask: '/Observation/OBSERVATION/_history', needs: [r('Observation')] },
  { ask: '/Observation/OBSERVATION/_history/1', needs: [r('Observation')] },
  { ask: '/Patient/PATIENT/_history/1', needs: [r('Patient')] },
  { ask: '/Patient/PATIENT/$everything', needs: [r('Patient')] },
  { ask: '/Patient/PATIENT/$everything?_type=Observation', needs: [r('Patient')] },
  { ask: '/Patient/PATIENT/$summary', needs: [r('Patient')] },
  { ask: '/Observation?patient=PATIENT', needs: [s('Observation')] },
  { ask: '/Condition?patient=PATIENT&_count=0', needs: [s('Condition')] },
  { ask: '/Patient?identifier=9990000018', needs: [s('Patient')] },
  { ask: '/Patient?_id=PATIENT&_total=accurate', needs: [s('Patient')] },
  { ask: '/Observation/_search?patient=PATIENT', method: 'POST', needs: [s('Observation')], headers: form },
  { ask: '/Observation', method: 'POST', needs: [['c', 'Observation']], body: weight },
  {
    ask: '/Observation',
    method: 'POST',
    needs: [
      ['c', 'Observation'],
      ['s', 'Observation'],
    ],
    body: weight,
    headers: { 'if-none-exist': '_id=OBSERVATION' },
  },
  {
    // A reference by search would tell who is found.
    ask: '',
    method: 'POST',
    needs: [['c', 'Observation'], s('Patient')],
    body: () => ({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          request: { method: 'POST', url: 'Observation' },
          resource: weight({ subject: { reference: 'Patient?identifier=9990000018' } }),
        },
      ],
    }),
  },
  {
    ask: '/Observation/OBSERVATION',
    method: 'PUT',
    needs: [['u', 'Observation']],
    body: () => weight({ id: ids.Observation, note: [{ text: 'zq-Observation' }] }),
  },
  {
    ask: '/Observation?_id=OBSERVATION',
    method: 'PUT',
    needs: [['u', 'Observation'], s('Observation')],
    body: () => weight({ note: [{ text: 'zq-Observation' }] }),
  },
  { ask: '/Observation/nobodys', method: 'DELETE', needs: [['d', 'Observation']] },
  { ask: '/Observation?_id=nobodys', method: 'DELETE', needs: [s('Observation')] },
]

/** What this server has not, however it is asked: refused alike for every scope, `*` too. */
const none: readonly string[] = [
  '/Observation?_include=Observation:patient',
  '/Observation?_include:iterate=*',
  '/Patient?_revinclude=Observation:patient',
  '/Patient?_revinclude=*',
  '/Observation?patient.name=Quibberton',
  '/Observation?subject:Patient.identifier=9990000018',
  '/Patient?_has:Observation:patient:code=x',
  '/Patient?_has:Observation:patient:_has:Provenance:target:agent=x',
  '/Observation?_filter=subject eq x',
  '/Observation?_query=x',
  '/Observation?_list=x',
  '/Observation?_contained=true',
  '/Observation?_text=zq',
  '/Observation?_content=zq',
  '/_history',
  '/Patient/_history',
  '/Patient/PATIENT/Observation',
  '/Patient/PATIENT/*',
  '?_type=Patient,Observation',
  '/_search?_type=Patient',
  // Bulk data: the product has none. Each of its addresses says so.
  '/$export',
  '/Patient/$export',
  '/Group/x/$export',
  '/$export-poll-status?_jobId=1',
  '/Patient/$everything',
  '/Patient/$match',
  '/Observation/$lastn?patient=PATIENT',
  '/$graphql?query={PatientList{id}}',
  '/Patient/PATIENT/$graphql?query={id}',
]

let server: RunningTestServer
const ids = { Patient: '', Observation: '', Condition: '' }
const tokens = new Map<string, string>()

beforeAll(async () => {
  server = await runningServer()
  for (const scope of scopes) {
    const answer = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('demo-system:demo-secret')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
    })
    tokens.set(scope, ((await answer.json()) as { access_token: string }).access_token)
  }
  const made = async (resource: { readonly resourceType: string }) =>
    (
      JSON.parse(
        (await asked(scopes[0], { ask: `/${resource.resourceType}`, method: 'POST', needs: [], body: () => resource }))
          .text,
      ) as { id: string }
    ).id
  ids.Patient = await made({
    resourceType: 'Patient',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
    name: [{ family: 'zq-Patient', given: ['Zelda'] }],
    birthDate: '1958-05-14',
  } as never)
  ids.Observation = await made(weight({ note: [{ text: 'zq-Observation' }] }))
  ids.Condition = await made({
    resourceType: 'Condition',
    subject: { reference: `Patient/${ids.Patient}` },
    code: { text: 'zq-Condition' },
  } as never)
})

const filled = (text: string) =>
  text
    .replaceAll('PATIENT', ids.Patient)
    .replaceAll('OBSERVATION', ids.Observation)
    .replaceAll('CONDITION', ids.Condition)

async function asked(scope: string, { ask, method = 'GET', body, headers = {} }: Road) {
  const answer = await fetch(`${server.url}/fhir${filled(ask)}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens.get(scope) ?? ''}`,
      ...(body ? { 'content-type': 'application/fhir+json' } : {}),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value)])),
    },
    ...(body ? { body: JSON.stringify(body()) } : {}),
  })
  return { status: answer.status, text: await answer.text() }
}

/** SMART's own words, read once more and by themselves: the product's reading of them is not asked. */
function has(scope: string, [right, type]: Need): boolean {
  return scope.split(' ').some((one) => {
    const [, of = '', said = ''] = /^system\/(.+)\.(.+)$/.exec(one) ?? []
    const letters = said === 'read' ? 'rs' : said === 'write' ? 'cud' : said
    return (of === '*' || of === type) && letters.includes(right)
  })
}

/** What is told of each type that this token may neither read nor search. */
function tooMuch(scope: string, text: string): readonly string[] {
  return ['Patient', 'Observation', 'Condition'].filter(
    (type) => !has(scope, r(type)) && !has(scope, s(type)) && text.includes(`zq-${type}`),
  )
}

describe.each(scopes)('%s', (scope) => {
  test.each(
    roads.map(
      (road) =>
        [
          `${road.method ?? 'GET'} ${road.ask || '/'} needs ${road.needs.map(([right, type]) => `${type}.${right}`).join(' and ')}`,
          road,
        ] as const,
    ),
  )('%s', async (_name, road) => {
    const { status, text } = await asked(scope, road)
    const may = road.needs.every((need) => has(scope, need))
    if (may) expect(status, text).toBeLessThan(400)
    else expect(status, text).toBe(403)
    expect(tooMuch(scope, text)).toEqual([])
  })

  test('sees nothing more by asking leniently, or by the cursor of another type’s search', async () => {
    const lenient = { prefer: 'handling=lenient' }
    const more = '_include=Observation:patient&_include=Condition:patient&_revinclude=Condition:subject&subject.name=zq'
    for (const type of ['Patient', 'Observation', 'Condition']) {
      const { status, text } = await asked(scope, {
        ask: `/${type}?_id=${filled(type.toUpperCase())}&${more}`,
        needs: [],
        headers: lenient,
      })
      expect([type, status]).toEqual([type, has(scope, s(type)) ? 200 : 403])
      for (const other of ['Patient', 'Observation', 'Condition'])
        if (other !== type) expect([type, text.includes(`zq-${other}`)]).toEqual([type, false])
    }
    const { text: page } = await asked(scopes[0], { ask: '/Observation?_count=1', needs: [] })
    const cursor = /_cursor=([^"&]+)/.exec(page)?.[1] ?? ''
    expect(cursor).not.toBe('')
    for (const type of ['Patient', 'Condition']) {
      const { text } = await asked(scope, { ask: `/${type}?_cursor=${cursor}`, needs: [] })
      expect(text).not.toContain('zq-Observation')
      expect(tooMuch(scope, text)).toEqual([])
    }
  })

  test('sees in a batch or transaction what it sees outside one, entry by entry', async () => {
    const reads = roads
      .filter(({ method = 'GET', headers = {} }) => method === 'GET' && Object.keys(headers).length === 0)
      .filter(({ ask }) => !/\$summary|_format/.test(ask))
    const entry = reads.map(({ ask }) => ({ request: { method: 'GET', url: filled(ask).slice(1) } }))
    const { status, text } = await asked(scope, {
      ask: '',
      method: 'POST',
      needs: [],
      body: () => ({ resourceType: 'Bundle', type: 'batch', entry }),
    })
    expect(status).toBe(200)
    expect(tooMuch(scope, text)).toEqual([])
    const { entry: answers } = JSON.parse(text) as { entry: readonly { response: { status: string } }[] }
    for (const [at, road] of reads.entries())
      expect([road.ask, answers[at]?.response.status.slice(0, 3)]).toEqual([
        road.ask,
        road.needs.every((need) => has(scope, need)) ? '200' : '403',
      ])
    for (const [at, road] of reads.entries()) {
      const alone = await asked(scope, {
        ask: '',
        method: 'POST',
        needs: [],
        body: () => ({ resourceType: 'Bundle', type: 'transaction', entry: [entry[at]] }),
      })
      expect([road.ask, alone.status]).toEqual([road.ask, road.needs.every((need) => has(scope, need)) ? 200 : 403])
      expect(tooMuch(scope, alone.text)).toEqual([])
    }
  })
})

test.each(['system/*.cruds', 'system/Patient.rs', 'system/Observation.r'] as const)(
  '%s has no side road: includes, chains, _has, compartments, whole-system searches and bulk are refused, told why, and tell nothing',
  async (scope) => {
    for (const ask of none)
      for (const method of ['GET', 'POST'] as const) {
        const { status, text } = await asked(scope, { ask, method, needs: [], headers: method === 'POST' ? form : {} })
        expect([method, ask, status]).toEqual([
          method,
          ask,
          expect.toSatisfy((code) => [400, 403, 404, 405, 415].includes(code as number)),
        ])
        expect(text).toContain('OperationOutcome')
        expect([ask, /zq-\w+/.exec(text)?.[0]]).toEqual([ask, undefined])
      }
  },
)

test('$everything and $summary leave out what the token does not read, by type', async () => {
  const whole = async (scope: (typeof scopes)[number], ask: string) => (await asked(scope, { ask, needs: [] })).text
  const all = await whole('system/*.cruds', '/Patient/PATIENT/$everything')
  for (const type of ['Patient', 'Observation', 'Condition']) expect(all).toContain(`zq-${type}`)
  const some = await whole('system/Patient.r system/Observation.r', '/Patient/PATIENT/$everything')
  expect(some).toContain('zq-Observation')
  expect(some).not.toContain('zq-Condition')
  // Searching is not reading: what may only be searched is left out of what is read whole.
  const read = await whole('system/Patient.rs system/Condition.r system/Observation.s', '/Patient/PATIENT/$everything')
  expect(read).toContain('zq-Condition')
  expect(read).not.toContain('zq-Observation')
  expect(await whole('system/Patient.r', '/Patient/PATIENT/$summary')).not.toMatch(/zq-Condition|zq-Observation/)
})

test('who may only write is told that it is written, and is not given what it wrote', async () => {
  const { status, text } = await asked('system/Observation.c', {
    ask: '/Observation',
    method: 'POST',
    needs: [],
    body: weight,
  })
  expect([status, text]).toEqual([201, ''])
})

test('a token names what it may do once and for all: no address, header or body widens it', async () => {
  const scope = 'system/Observation.r'
  for (const road of [
    { ask: '/Patient/PATIENT?scope=system/*.cruds' },
    { ask: '/Patient/PATIENT', headers: { scope: 'system/*.cruds', 'x-http-method-override': 'GET' } },
    { ask: '/observation/../Patient/PATIENT' },
    { ask: '/Observation/../Patient/PATIENT' },
    { ask: '/Observation/..%2FPatient%2FPATIENT' },
    { ask: '//Patient/PATIENT' },
    { ask: '/Patient%2FPATIENT' },
    { ask: '/patient/PATIENT' },
    { ask: '/Observation/PATIENT' },
  ] as const) {
    const { status, text } = await asked(scope, { needs: [], ...road })
    expect([road.ask, status >= 400, /zq-\w+/.exec(text)?.[0]]).toEqual([road.ask, true, undefined])
  }
})

test('each refusal is in the trail, with the system that asked', async () => {
  const [before] = await server.sql<{ n: number }[]>`
    select count(*)::int as n from audit_event where actor_id = 'demo-system' and outcome = 4`
  await asked('system/Observation.rs', { ask: '/Patient/PATIENT', needs: [] })
  await asked('system/Observation.rs', { ask: '/Condition?patient=PATIENT', needs: [] })
  await asked('system/Observation.r', { ask: '/Observation', method: 'POST', needs: [], body: weight })
  const [after] = await server.sql<{ n: number }[]>`
    select count(*)::int as n from audit_event where actor_id = 'demo-system' and outcome = 4`
  expect(after?.n).toBe((before?.n ?? 0) + 3)
})
