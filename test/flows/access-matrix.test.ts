/** Every route × every role × every situation: allowed exactly as the policy says. A route without a rule fails. Issue 4, "Shown by" 1. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Actor,
  beginActing,
  decide,
  defaultPolicy,
  hiddenFrom,
  mayStaff,
  openInEmergency,
  type Permission,
  roleNames,
  type Situation,
  type Staff,
  type StaffRole,
  signIn,
  staffPermissions,
  withTrail,
} from '../../src/access/index.ts'
import { hash64, type Pool } from '../../src/base/index.ts'
import { nhsNumberCheckDigit } from '../../src/nhs/index.ts'
import { typeNumber } from '../../src/store/index.ts'
import { formKey } from '../support/form-key.ts'
import { runningServer } from '../support/server.ts'

const now = new Date('2026-11-22T10:00:00Z')
const here = { code: 'Y99901', name: 'Riverside Surgery' }
const roles = Object.keys(roleNames) as StaffRole[]
const permissions = new Set<string>(Object.values(staffPermissions).flat())

type Route = { readonly method: string; readonly url: string }
type Seen = 'allowed' | 'reason asked' | 'refused' | 'sign in' | 'no token'

/** The table that a privacy officer reads: route → rule. */
const table = new Map(
  [
    ...readFileSync(join(import.meta.dirname, '../../docs/security/access-matrix.md'), 'utf8').matchAll(
      /^\| ((?:GET|POST|PUT|DELETE|ANY) \/\S*) \| ([^|]+?) \|$/gm,
    ),
  ].map(([, route = '', rule = '']) => [route, rule] as const),
)
const rowOf = ({ method, url }: Route) => (table.has(`${method} ${url}`) ? `${method} ${url}` : `ANY ${url}`)
const ruleOf = (route: Route): string => table.get(rowOf(route)) ?? ''

let app: FastifyInstance
let sql: Pool
const found: Route[] = []
const tokens = { whole: '', narrow: '' }
const cookies = new Map<string, string>()

const canary: Route = { method: 'GET', url: '/staff/patients/:person/canary' }

beforeAll(async () => {
  const server = await runningServer({
    policy: 'default',
    clock: () => now,
    env: { RATE_SYSTEM_MAX: '1000000' },
    begun: (one) => {
      app = one
      one.addHook('onRoute', ({ method, url }) => {
        for (const name of [method].flat())
          if (name !== 'HEAD') found.push({ method: name, url: url.replace(/\(.*\)$/, '') })
      })
      // Somebody forgot to decide: the tests below must notice.
      one.get(canary.url, { logLevel: 'silent' }, async () => 'everything')
    },
  })
  sql = server.sql
  for (const role of roles) cookies.set(role, await cookieOf(someone(role)))
  tokens.whole = await tokenFor('system/*.cruds')
  tokens.narrow = await tokenFor('system/Substance.r')
  await makeCases()
})

async function tokenFor(scope: string): Promise<string> {
  const reply = await app.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: {
      authorization: `Basic ${Buffer.from('demo-system:demo-secret').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
  })
  return (reply.json() as { access_token: string }).access_token
}

const someone = (role: StaffRole): Staff => ({
  kind: 'staff',
  id: `staff-${role}`,
  name: `Test ${role}`,
  role,
  organisation: here,
})
async function cookieOf(actor: Actor): Promise<string> {
  const token = await withTrail(sql, (tx) =>
    signIn(tx, actor, { now }, { proof: { issuer: 'test', subject: actor.id, assurance: 'AAL3_ANY' } }),
  )
  return `${actor.kind === 'staff' ? 'throughline_staff' : 'throughline_patient'}=${token}`
}

/** One of the 999 numbers, with its check digit. */
function testNumber(n: number): string {
  const nine = `9990${String(70_000 + n).slice(0, 5)}`
  const digit = nhsNumberCheckDigit(nine)
  return digit === 10 ? testNumber(n + 1_000) : `${nine}${digit}`
}

type Case = { readonly person: string; readonly holds: readonly Situation[]; readonly granted?: true }
const cases: Record<string, Case> = {}
let made = 0
const [ownNumber, colleagueNumber] = [testNumber(901), testNumber(902)]
/** What the sealed entries of everybody say. */
const sealedWord = 'Zyxwolate'

async function person({
  related,
  restricted,
  nhsNumber,
}: {
  readonly related?: boolean
  readonly restricted?: boolean
  readonly nhsNumber?: string
} = {}): Promise<string> {
  made += 1
  const id = `m${made}`
  const pk = hash64(`Patient/${id}`)
  const number = nhsNumber ?? testNumber(made)
  const nhs = 'https://fhir.nhs.uk/Id/nhs-number'
  const identifier = { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: here.code }
  const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }]
  const traits = {
    nhsNumber: number,
    birthDate: '1960-05-04',
    family: `Case${made}`,
    given: ['Ada'],
    postcode: 'ZE99 9ZZ',
  }
  await sql`insert into person (id, created_at) values (${id}, ${now})`
  await sql`insert into person_link (pk, seq, person, source, patient_id, since, reason, explanation)
            values (${pk}, 1, ${id}, 'gp', ${id}, ${now}, 'new', '{}')`
  await sql`insert into person_traits (pk, patient_id, source, birth_date, traits, updated_at)
            values (${pk}, ${id}, 'gp', '1960-05-04', ${sql.json(traits)}, ${now})`
  await sql`insert into person_identifier (k, pk, system, value, verified, first_seen_at)
            values (${hash64(`${nhs}|${number}`)}, ${pk}, ${nhs}, ${number}, true, ${now})`
  const keep = async (body: { readonly resourceType: string; readonly id: string }) => {
    const ty = typeNumber(body.resourceType)
    made += 1
    const rid = 2_000_000 + made
    await sql`insert into resource (pk, ty, id, rid, ver, lu, d, d_hi) values (${pk}, ${ty}, ${body.id}, ${rid}, 1, ${now}, '2026-11-01', '2026-11-02')`
    await sql`insert into resource_version (pk, rid, ty, id, ver, lu, op, source, message_id, body)
              values (${pk}, ${rid}, ${ty}, ${body.id}, 1, ${now}, 'c', 'gp', 1, ${JSON.stringify(body)})`
  }
  await keep({
    resourceType: 'Patient',
    id,
    ...(related ? { generalPractitioner: [{ identifier }] } : {}),
    ...(restricted ? { meta: { security } } : {}),
  } as never)
  const subject = { reference: `Patient/${id}` }
  const said = { status: 'final', subject, effectiveDateTime: '2026-11-01', meta: { security } }
  await keep({
    resourceType: 'Observation',
    id: `${id}-o`,
    ...said,
    code: { text: sealedWord },
    valueString: 'x',
  } as never)
  await keep({
    resourceType: 'DocumentReference',
    id: `${id}-d`,
    meta: { security },
    status: 'current',
    subject,
    date: '2026-11-01T09:00:00Z',
    description: sealedWord,
    content: [{ attachment: { contentType: 'text/plain', data: Buffer.from(sealedWord).toString('base64') } }],
  } as never)
  return id
}

async function makeCases(): Promise<void> {
  const objecting = await person({ related: true })
  await sql`insert into patient_choice (person, seq, kind, since, said_by, note) values (${objecting}, 1, 'no-sharing', ${now}, 'them', '')`
  const own = await person({ related: true, nhsNumber: ownNumber })
  for (const role of roles)
    await sql`insert into staff_person (staff, nhs_number, k, organisation) values (${`staff-${role}`}, ${ownNumber}, 1, ${here.code})`
  const colleague = await person({ related: true, nhsNumber: colleagueNumber })
  await sql`insert into staff_person (staff, nhs_number, k, organisation) values ('somebody-else', ${colleagueNumber}, 1, ${here.code})`
  const granted = await person()
  for (const role of roles.filter((one) => mayStaff(one, 'open-record')))
    await withTrail(sql, (tx) =>
      openInEmergency(tx, someone(role), { person: granted, reason: 'life', note: '' }, { what: '', now }),
    )
  Object.assign(cases, {
    relationship: { person: await person({ related: true }), holds: ['relationship'] },
    none: { person: await person(), holds: ['none'] },
    'break-glass': { person: granted, holds: ['none'], granted: true },
    restricted: { person: await person({ related: true, restricted: true }), holds: ['restricted'] },
    'restricted, no relationship': { person: await person({ restricted: true }), holds: ['restricted-none'] },
    'opted out of sharing': { person: objecting, holds: ['relationship', 'objection'] },
    own: { person: own, holds: ['relationship', 'colleague', 'own'] },
    colleague: { person: colleague, holds: ['relationship', 'colleague'] },
  } satisfies Record<string, Case>)
}

/** Our own module asks these, in JSON. */
const byScript = new Set(['/staff/drafts', '/staff/session/stay'])

type Asker = { readonly cookie?: string; readonly token?: string }

async function ask(route: Route, { cookie, token }: Asker, who = 'x'): Promise<{ seen: Seen; body: string }> {
  const address = route.url
    .replace(':person', who)
    .replace(':kind', 'allergy')
    .replace('facts/:type/:id', `facts/Observation/${who}-o`)
    .replace(':key', `DocumentReference-${who}-d`)
    .replace(':index', '0')
    .replace('/fhir/:type', '/fhir/Observation')
    .replace(/:(?:message|line|review|merge|delivery)/, '1')
    .replace(':item', 'result-1')
    .replace(':result', await sealedSearch(route, cookie, who))
    .replace('/lists/:list/people', '/lists/caseload/people')
    .replaceAll(/:\w+/g, 'x')
    .replace('*', 'x')
  const fhir = address.startsWith('/fhir') && !address.endsWith('_search')
  const bodied = route.method === 'POST' || route.method === 'PUT'
  const conditional = (route.method === 'PUT' || route.method === 'DELETE') && !route.url.includes(':id')
  const reply = await app.inject({
    method: route.method as 'GET' | 'POST',
    url: conditional ? `${address}?identifier=x` : address,
    headers: {
      ...(cookie === undefined ? {} : { cookie }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(bodied
        ? {
            'content-type': fhir
              ? 'application/fhir+json'
              : byScript.has(route.url)
                ? 'application/json'
                : 'application/x-www-form-urlencoded',
            'sec-fetch-site': 'same-origin',
          }
        : {}),
    },
    ...(bodied
      ? {
          payload: fhir
            ? fhirBody(route)
            : byScript.has(route.url)
              ? '{}'
              : new URLSearchParams({ ...formKey(cookie ?? ''), ...fieldsOf(route), person: who }).toString(),
        }
      : {}),
  })
  const to = String(reply.headers.location ?? '')
  const seen: Seen =
    reply.statusCode === 401
      ? 'no token'
      : reply.statusCode === 303 && /\/sign-in/.test(to)
        ? 'sign in'
        : reply.statusCode !== 403
          ? 'allowed'
          : /If you go on/.test(reply.body)
            ? 'reason asked'
            : 'refused'
  return { seen, body: reply.body }
}

/** An address of results that only this session opens. */
async function sealedSearch({ url }: Route, cookie: string | undefined, who: string): Promise<string> {
  if (!url.includes(':result') || cookie === undefined) return 'x'
  const reply = await app.inject({
    method: 'POST',
    url: url.replace('/:result', '').replace(':person', who),
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    payload: new URLSearchParams({ ...formKey(cookie), q: 'Zz 1960', words: 'zz' }).toString(),
  })
  return (
    String(reply.headers.location ?? '')
      .split('/')
      .at(-1) ?? 'x'
  )
}

function fieldsOf({ url }: Route): Readonly<Record<string, string>> {
  return { q: 'Zz', do: url.includes('deliveries') ? 'retry' : 'replay' }
}

/** What decides is the scope. */
function fhirBody({ url }: Route): string {
  const fact = { resourceType: 'Observation', ...(url.includes(':id') ? { id: 'x' } : {}), status: 'final' }
  if (url !== '/fhir') return JSON.stringify({ ...fact, code: { text: 'About nobody' } })
  const request = { method: 'GET', url: 'Observation/none' }
  return JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: [{ request }] })
}

/** What the policy says a role sees of a record by a route. */
function expectedOf(rule: string, role: StaffRole, { holds, granted }: Case): Seen {
  const { answer } = decide(defaultPolicy, role, holds)
  const opens: Seen =
    answer === 'open' || (granted && answer !== 'refused')
      ? 'allowed'
      : answer === 'refused'
        ? 'refused'
        : 'reason asked'
  if (rule === 'record-write' && !mayStaff(role, 'write-record')) return 'refused'
  if (rule === 'record-fact' && opens === 'allowed' && hidesSealed(role, holds)) return 'refused'
  return rule === 'emergency' && opens === 'reason asked' ? 'allowed' : opens
}

function hidesSealed(role: StaffRole, holds: readonly Situation[]): boolean {
  const emergency = decide(defaultPolicy, role, holds).answer !== 'open'
  return hiddenFrom(defaultPolicy, role, { emergency }).includes('sealed')
}

/** Asks of each, some at a time; gives what is not as expected. */
async function wrongOf<One>(all: readonly One[], judge: (one: One) => Promise<string | undefined>): Promise<string[]> {
  const wrong: string[] = []
  const left = [...all]
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) {
        const said = await judge(one)
        if (said !== undefined) wrong.push(said)
      }
    }),
  )
  return wrong
}

const byRule = (wanted: (rule: string) => boolean) =>
  found.filter((route) => route.url !== canary.url && wanted(ruleOf(route)))
const isOfRecord = (rule: string) => rule.startsWith('record') || rule === 'emergency'

async function judgeRecord(role: StaffRole, name: string, route: Route, rule: string): Promise<string | undefined> {
  const one = cases[name] as Case
  const expected = expectedOf(rule, role, one)
  const { seen, body } = await ask(route, { cookie: cookies.get(role) ?? '' }, one.person)
  if (seen !== expected) return `${name}: ${route.method} ${route.url} is ${seen}, not ${expected}`
  const told = seen === 'allowed' && body.includes(sealedWord)
  if (told) sealedTold.add(role)
  return told && hidesSealed(role, one.holds) ? `${name}: ${route.method} ${route.url} tells what is sealed` : undefined
}
const sealedTold = new Set<StaffRole>()

test('every route has a rule, and every rule a route', () => {
  const routes = found.filter(({ url }) => url !== canary.url)
  expect(routes.length).toBeGreaterThan(140)
  expect(routes.filter((route) => ruleOf(route) === '').map(rowOf)).toEqual([])
  const rows = new Set(routes.map(rowOf))
  expect([...table.keys()].filter((row) => !rows.has(row))).toEqual([])
  const known =
    /^(?:anyone|this machine|device key|provider|staff|patient(?:-self)?|record(?:-fact|-write)?|emergency|system(?: or app)?: .+)$/
  expect([...new Set(table.values())].filter((rule) => !known.test(rule) && !permissions.has(rule))).toEqual([])
})

test('a route that was added without a row, or without a decision, is found', async () => {
  expect(ruleOf(canary)).toBe('')
  for (const role of ['nurse', 'digital-leader'] as const)
    expect(await judgeRecord(role, 'none', canary, 'record')).toMatch(/canary is allowed, not/)
})

describe.each(roles)('%s', (role) => {
  test('opens the records that the policy opens, gives a reason where it asks one, and no others, by every route', async () => {
    const routes = byRule(isOfRecord)
    expect(routes.length).toBeGreaterThan(36)
    // A role that opens no records is turned away before anybody is looked up: two situations tell.
    const names = mayStaff(role, 'open-record') ? Object.keys(cases) : ['relationship', 'none']
    // The emergency route comes last: it must not open what the others are asked for.
    const cells = names.flatMap((name) => routes.map((route) => ({ name, route, rule: ruleOf(route) })))
    const isLast = ({ rule }: (typeof cells)[number]) => rule === 'emergency'
    const judge = ({ name, route, rule }: (typeof cells)[number]) => judgeRecord(role, name, route, rule)
    expect(
      await wrongOf(
        cells.filter((cell) => !isLast(cell)),
        judge,
      ),
    ).toEqual([])
    expect(await wrongOf(cells.filter(isLast), judge)).toEqual([])
    expect(sealedTold.has(role)).toBe(defaultPolicy.hidden.sealed.roles.includes(role))
  })

  test('opens the pages of its permissions and no others, and no patient’s', async () => {
    const routes = byRule((rule) => rule === 'staff' || rule.startsWith('patient') || permissions.has(rule))
    expect(
      await wrongOf(routes, async (route) => {
        const rule = ruleOf(route)
        const expected: Seen = rule.startsWith('patient')
          ? 'sign in'
          : rule === 'staff' || mayStaff(role, rule as Permission)
            ? 'allowed'
            : 'refused'
        const { seen } = await ask(route, { cookie: cookies.get(role) ?? '' })
        return seen === expected ? undefined : `${route.method} ${route.url} is ${seen}, not ${expected}`
      }),
    ).toEqual([])
  })
})

test('H-21 a list of people found never says where somebody lives whose details are restricted', async () => {
  const found = async (name: string) => {
    const [row] = await sql<{ number: string }[]>`
      select traits ->> 'nhsNumber' as number from person_traits where patient_id = ${cases[name]?.person ?? ''}`
    const cookie = cookies.get('clinician') ?? ''
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
    const payload = new URLSearchParams({ ...formKey(cookie), q: row?.number ?? '' }).toString()
    const sent = await app.inject({ method: 'POST', url: '/staff/find', headers, payload })
    const page = await app.inject({ url: String(sent.headers.location), headers: { cookie } })
    return [page.body.includes(row?.number.slice(-4) ?? '?'), page.body.includes('ZE99 9ZZ')]
  }
  expect(await found('relationship')).toEqual([true, true])
  expect(await found('restricted')).toEqual([true, false])
})

describe('a patient', () => {
  test('opens their own pages, with nothing of anybody else, and no page of staff', async () => {
    const id = cases.relationship?.person ?? ''
    const [{ nhsNumber } = { nhsNumber: '' }] = await sql<{ nhsNumber: string }[]>`
      select traits ->> 'nhsNumber' as "nhsNumber" from person_traits where patient_id = ${id}`
    const cookie = await cookieOf({ kind: 'patient', id: 'p1', name: 'Ada Case', nhsNumber, birthDate: '1960-05-04' })
    const routes = byRule((rule) => !/^(?:anyone|provider|this machine|device key|system)/.test(rule))
    expect(
      await wrongOf(routes, async (route) => {
        const expected: Seen = ruleOf(route).startsWith('patient') ? 'allowed' : 'sign in'
        const { seen, body } = await ask(route, { cookie }, id)
        if (seen !== expected) return `${route.method} ${route.url} is ${seen}, not ${expected}`
        const others = Object.values(cases).filter(({ person: other }) => other !== id)
        return others.some(({ person: other }) => body.includes(`Case${other.slice(1)}<`))
          ? `${route.url} tells of others`
          : undefined
      }),
    ).toEqual([])
  })
})

describe('somebody who acts for another', () => {
  test('opens their pages as long as it stands, but what is theirs alone, and nothing that is sealed', async () => {
    const id = cases.relationship?.person ?? ''
    const [row] = await sql<
      { number: string }[]
    >`select traits ->> 'nhsNumber' as number from person_traits where patient_id = ${id}`
    const carer = {
      kind: 'patient',
      id: 'c1',
      name: 'Cara',
      nhsNumber: testNumber(903),
      birthDate: '1985-01-01',
    } as const
    await sql`insert into proxy_access (id, carer_nhs_number, carer_birth_date, nhs_number, birth_date, basis, sees, goes_on, verified_by, verified_on, since, until)
              values ('mp', ${carer.nhsNumber}, ${carer.birthDate}, ${row?.number ?? ''}, '1960-05-04', 'consent', 'whole', false, 'Riverside', '2026-01-01', '2026-01-01', '2027-01-01')`
    const cookie = await cookieOf(carer)
    const token = cookie.split('=')[1] ?? ''
    await withTrail(sql, (tx) => beginActing(tx, carer, token, 'mp', { what: '', now }))
    const routes = byRule((rule) => rule.startsWith('patient')).filter(
      ({ method, url }) => `${method} ${url}` !== 'POST /app/people',
    )
    const judge = (stands: boolean) => async (route: Route) => {
      const { seen, body } = await ask(route, { cookie }, id)
      // Choosing somebody else, and apps of one's own, need no record.
      const free = /^\/app\/(?:people|apps|connect)/.test(route.url)
      const expected: Seen = free || (stands && ruleOf(route) === 'patient') ? 'allowed' : 'refused'
      if (body.includes(sealedWord)) return `${route.url} tells what is sealed`
      return seen === expected ? undefined : `${route.method} ${route.url} is ${seen}, not ${expected}`
    }
    expect(await wrongOf(routes, judge(true))).toEqual([])
    await sql`update proxy_access set ended_at = ${now} where id = 'mp'`
    expect(await wrongOf(routes, judge(false))).toEqual([])
  })
})

describe('a system', () => {
  const routes = () => byRule((rule) => rule.startsWith('system'))
  test.each([
    ['whose scopes cover everything passes', 'whole', 'allowed'],
    ['whose scopes name another type is refused', 'narrow', 'refused'],
  ] as const)('%s, by every route', async (_, which, expected) => {
    expect(
      await wrongOf(routes(), async (route) => {
        const { seen } = await ask(route, { token: tokens[which] })
        return seen === expected ? undefined : `${route.method} ${route.url} is ${seen}, not ${expected}`
      }),
    ).toEqual([])
  })
  test('H-85 is told by no road what the policy hides from it, and that something is hidden', async () => {
    const get = async (path: string) => {
      const reply = await app.inject({
        method: 'GET',
        url: `/fhir${path}`,
        headers: { authorization: `Bearer ${tokens.whole}` },
      })
      return { status: reply.statusCode, body: reply.body, suppressed: reply.body.includes('"suppressed"') }
    }
    const id = (name: string) => cases[name]?.person ?? ''
    const sealed = id('relationship')
    const hidden = [
      `/Observation/${sealed}-o`,
      `/Observation/${sealed}-o/_history`,
      `/Observation/${sealed}-o/_history/1`,
      `/DocumentReference/${sealed}-d`,
    ]
    // Everything about people who are restricted or object: themselves, their records, and what would count them.
    for (const name of ['restricted', 'restricted, no relationship', 'opted out of sharing'])
      hidden.push(
        ...['', '/_history', '/_history/1', '/$everything', '/$summary'].map((end) => `/Patient/${id(name)}${end}`),
      )
    for (const path of hidden) {
      const { status, body, suppressed } = await get(path)
      expect([path, status, suppressed, body.includes(sealedWord)]).toEqual([path, 403, true, false])
    }
    for (const path of [
      `/Observation?patient=${sealed}`,
      `/Observation?patient=${sealed}&_total=accurate`,
      `/Observation?_id=${sealed}-o`,
      '/DocumentReference?date=ge2020',
      `/Patient?_id=${id('restricted')}`,
      `/Observation?patient=${id('opted out of sharing')}`,
    ]) {
      const { status, body, suppressed } = await get(path)
      const { entry, total } = JSON.parse(body) as { total?: number; entry: readonly { search: { mode: string } }[] }
      expect([path, status, suppressed, entry.map(({ search }) => search.mode), total ?? 0]).toEqual([
        path,
        200,
        true,
        ['outcome'],
        0,
      ])
    }
    const everything = await get(`/Patient/${sealed}/$everything`)
    expect(everything.body).toMatch(/^\{"resourceType":"Bundle","meta":\{"security":\[[^\]]*"code":"REDACTED"/)
    expect(everything.body).toMatch(/2 entries are hidden from this system/)
    expect(everything.body).not.toContain(sealedWord)
    const summary = await get(`/Patient/${sealed}/$summary`)
    expect([summary.status, summary.body.includes(sealedWord)]).toEqual([200, false])
    const request = { method: 'GET', url: `Observation/${sealed}-o` }
    const batch = await app.inject({
      method: 'POST',
      url: '/fhir',
      headers: { authorization: `Bearer ${tokens.whole}`, 'content-type': 'application/fhir+json' },
      payload: JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry: [{ request }] }),
    })
    expect(batch.body).toMatch(/"403 Forbidden"[\s\S]*"suppressed"/)
    // Its own source’s words stay its own.
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }]
    const own = await app.inject({
      method: 'POST',
      url: '/fhir/Observation',
      headers: { authorization: `Bearer ${tokens.whole}`, 'content-type': 'application/fhir+json' },
      payload: JSON.stringify({
        resourceType: 'Observation',
        meta: { security },
        status: 'final',
        code: { text: 'Own' },
      }),
    })
    expect(own.statusCode).toBe(201)
    const { id: ownId } = own.json() as { id: string }
    expect((await get(`/Observation/${ownId}`)).status).toBe(200)
    const found = JSON.parse((await get(`/Observation?_id=${ownId}`)).body) as {
      entry: readonly { resource: { id: string } }[]
    }
    expect(found.entry[0]?.resource.id).toBe(ownId)
    const patient = await get(`/Patient/${sealed}`)
    expect([patient.status, patient.suppressed]).toEqual([200, false])
  })

  test('opens no page of staff or patients with its token', async () => {
    const pages = byRule((rule) => !/^(?:anyone|provider|this machine|device key|system)/.test(rule))
    expect(
      await wrongOf(pages, async (route) => {
        const { seen } = await ask(route, { token: tokens.whole }, cases.relationship?.person)
        return seen === 'sign in' || (seen === 'refused' && route.method !== 'GET')
          ? undefined
          : `${route.method} ${route.url} is ${seen}`
      }),
    ).toEqual([])
  })
})

describe('nobody who is not signed in', () => {
  test('sees anything but what is for everybody; a cookie of staff is no token', async () => {
    const routes = byRule((rule) => !/^(?:anyone|provider|this machine|device key)/.test(rule))
    expect(
      await wrongOf(routes, async (route) => {
        const system = ruleOf(route).startsWith('system')
        const { seen } = await ask(
          route,
          system ? { cookie: cookies.get('clinician') ?? '' } : {},
          cases.relationship?.person,
        )
        const expected: Seen = system ? 'no token' : 'sign in'
        // A form without its key is refused before anybody asks who sends it.
        return seen === expected || (!system && route.method !== 'GET' && seen === 'refused')
          ? undefined
          : `${route.method} ${route.url} is ${seen}, not ${expected}`
      }),
    ).toEqual([])
  })
  test('reports a start without the key of its place, or reads the figures from another machine', async () => {
    const starts = await ask({ method: 'POST', url: '/staff/estate/starts' }, {})
    expect(starts.seen).toBe('refused')
    const figures = await app.inject({ method: 'GET', url: '/metrics', remoteAddress: '10.0.0.9' })
    expect(figures.statusCode).toBe(403)
  })
})
