/** FHIR R4 REST over real HTTP shapes and a real PostgreSQL. @see FHIR R4 http.html; SMART Backend Services */
import { readdirSync, readFileSync } from 'node:fs'
import Fastify, { type FastifyInstance } from 'fastify'
import type { AuditEvent } from 'fhir/r4.js'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { balpFaults } from '../../test/support/balp.ts'
import { testDatabase } from '../../test/support/database.ts'
import { forgetTrail } from '../../test/support/forget-trail.ts'
import { sharedData } from '../../test/support/shared-data.ts'
import { type Pool, silentLog, timeOrderedIds } from '../base/index.ts'
import { formatNamed, makePipeline, openSources, saveSource } from '../feeds/index.ts'
import { parseFhirXml, validateResource } from '../fhir/index.ts'
import { type Client, demoClient, fhirApi, makeTokens } from './index.ts'

let app: FastifyInstance
let sql: Pool
let now = new Date('2026-11-22T10:00:00Z')
const clock = () => now
const keys = await generateKeyPair('ES384', { extractable: true })
const registered: Client = {
  id: 'reporting',
  name: 'Reporting',
  source: 'rest',
  scopes: 'system/Patient.rs system/Observation.r',
  keys: { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES384' }] },
}
const clients = new Map([demoClient('rest'), registered].map((client) => [client.id, client]))

beforeAll(async () => {
  sql = (await testDatabase()).sql
  await saveSource(
    sql,
    {
      id: 'rest',
      name: 'REST client',
      kind: 'other',
      organisation: { code: 'Y90009', name: 'REST' },
      formats: ['fhir'],
      settings: {},
    },
    clock,
  )
  const sources = await openSources(sql)
  const pipeline = makePipeline({
    pool: sql,
    clock,
    nextId: timeOrderedIds(() => new Date()),
    log: silentLog,
    format: formatNamed,
    source: sources.get,
  })
  app = Fastify()
  await app.register(fhirApi, {
    sql,
    clock,
    log: silentLog,
    baseUrl: () => 'http://record.test',
    client: (id) => clients.get(id),
    source: sources.get,
    receive: pipeline.receive,
    tokens: makeTokens(clock),
    software: { name: 'Throughline', version: '0.1.0' },
  })
})

type Sent = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly token?: string | null
}
async function ask(url: string, { method = 'GET', body, headers = {}, token }: Sent = {}) {
  const bearer = token === undefined ? await demoToken() : token
  const answer = await app.inject({
    method,
    url: `/fhir${url}`,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: what a server says is looked at freely in its tests.
  const json = (answer.body === '' || answer.body.startsWith('<') ? undefined : JSON.parse(answer.body)) as any
  return { status: answer.statusCode, headers: answer.headers, text: answer.body, json }
}
async function tokenFor(scope: string) {
  const answer = await app.inject({
    method: 'POST',
    url: '/oauth/token',
    payload: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from('demo-system:demo-secret').toString('base64')}`,
    },
  })
  return answer.json() as { access_token: string; scope: string; error?: string }
}

let kept: string | undefined
async function demoToken(): Promise<string> {
  kept ??= (await tokenFor('system/*.cruds')).access_token
  return kept
}

const ada = {
  resourceType: 'Patient',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
  name: [{ family: 'Okafor', given: ['Ada'] }],
  gender: 'female',
  birthDate: '1958-05-01',
}
const weight = (patient: string, value = '81.50') =>
  `{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/${patient}"},"effectiveDateTime":"2026-01-05","valueQuantity":{"value":${value},"unit":"kg"}}`
const createAda = async () => (await ask('/Patient', { method: 'POST', body: ada })).json.id as string

describe('one resource', () => {
  test('what is created is read back as it was sent, numbers to the letter', async () => {
    const id = await createAda()
    const made = await ask('/Observation', { method: 'POST', body: weight(id) })
    expect(made.status).toBe(201)
    expect(made.headers.location).toMatch(/^http:\/\/record\.test\/fhir\/Observation\/[a-z0-9]{20}\/_history\/1$/)
    expect(made.headers.etag).toBe('W/"1"')
    const read = await ask(`/Observation/${made.json.id}`)
    expect(read.text).toContain('"value":81.50')
    expect(read.json).toMatchObject({ subject: { reference: `Patient/${id}` }, meta: { versionId: '1' } })
    expect((await ask(`/Observation/${made.json.id}`, { headers: { 'if-none-match': 'W/"1"' } })).status).toBe(304)
  })

  test('two POSTs of the same body make two resources', async () => {
    expect(await createAda()).not.toBe(await createAda())
  })

  test('an update makes a version; each can be read; the history tells them all', async () => {
    const id = await createAda()
    const changed = { ...ada, id, active: true }
    const put = await ask(`/Patient/${id}`, { method: 'PUT', body: changed })
    expect([put.status, put.headers.etag]).toEqual([200, 'W/"2"'])
    expect((await ask(`/Patient/${id}/_history/1`)).json.active).toBeUndefined()
    expect((await ask(`/Patient/${id}/_history/2`)).json.active).toBe(true)
    const history = await ask(`/Patient/${id}/_history`)
    expect(history.json.entry.map((entry: { response: { etag: string } }) => entry.response.etag)).toEqual([
      'W/"2"',
      'W/"1"',
    ])
    expect(validateResource(history.json, '')).toEqual([])
  })

  test('a PUT to an id that nobody has creates it there', async () => {
    const put = await ask('/Organization/trust-a', {
      method: 'PUT',
      body: { resourceType: 'Organization', id: 'trust-a', name: 'Trust A' },
    })
    expect([put.status, put.headers.location]).toEqual([201, 'http://record.test/fhir/Organization/trust-a/_history/1'])
  })

  test('of two who change the same version, the second is told', async () => {
    const id = await createAda()
    const body = { ...ada, id, active: true }
    expect((await ask(`/Patient/${id}`, { method: 'PUT', body, headers: { 'if-match': 'W/"1"' } })).status).toBe(200)
    const late = await ask(`/Patient/${id}`, {
      method: 'PUT',
      body: { ...body, active: false },
      headers: { 'if-match': 'W/"1"' },
    })
    expect([late.status, late.json.resourceType]).toEqual([412, 'OperationOutcome'])
    expect((await ask(`/Patient/${id}`)).json.active).toBe(true)
  })

  test('what is deleted is gone, out of searches too, and its versions stay', async () => {
    const id = await createAda()
    const made = (await ask('/Observation', { method: 'POST', body: weight(id) })).json.id
    expect((await ask(`/Observation/${made}`, { method: 'DELETE' })).status).toBe(204)
    expect((await ask(`/Observation/${made}`)).status).toBe(410)
    expect((await ask(`/Observation?subject=Patient/${id}`)).json.entry).toBeUndefined()
    expect((await ask(`/Observation/${made}/_history/1`)).status).toBe(200)
    expect((await ask(`/Observation/${made}`, { method: 'DELETE' })).status).toBe(204)
  })

  test('a result is never moved into another record', async () => {
    const [one, other] = [await createAda(), await createAda()]
    const id = (await ask('/Observation', { method: 'POST', body: weight(one) })).json.id
    const moved = await ask(`/Observation/${id}`, { method: 'PUT', body: { ...JSON.parse(weight(other)), id } })
    expect(moved.status).toBe(400)
    expect((await ask(`/Observation?subject=Patient/${other}`)).json.entry).toBeUndefined()
  })

  test('a conditional create makes one, and meets it the next time', async () => {
    const body = { ...ada, identifier: [{ system: 'urn:test:once', value: 'a' }] }
    const headers = { 'if-none-exist': 'identifier=urn:test:once|a' }
    const [first, second] = [
      await ask('/Patient', { method: 'POST', body, headers }),
      await ask('/Patient', { method: 'POST', body, headers }),
    ]
    expect([first.status, second.status, second.json.id]).toEqual([201, 200, first.json.id])
    const changed = await ask('/Patient?identifier=urn:test:once|a', { method: 'PUT', body: { ...body, active: true } })
    expect([changed.status, changed.json.id, changed.json.active]).toEqual([200, first.json.id, true])
  })
})

test('who speaks XML is understood, and answered in XML', async () => {
  const sent =
    '<Patient xmlns="http://hl7.org/fhir"><name><family value="Okafor"/></name><birthDate value="1958-05"/></Patient>'
  const xml = { 'content-type': 'application/fhir+xml', accept: 'application/fhir+xml' }
  const made = await ask('/Patient', { method: 'POST', body: sent, headers: xml })
  expect([made.status, made.headers['content-type']]).toEqual([201, 'application/fhir+xml; charset=utf-8'])
  const read = parseFhirXml(made.text)
  expect(read.ok && read.value).toMatchObject({
    resourceType: 'Patient',
    name: [{ family: 'Okafor' }],
    birthDate: '1958-05',
    meta: { versionId: '1' },
  })
  const missing = await ask('/Patient/nobody?_format=xml')
  expect([missing.status, missing.text.startsWith('<OperationOutcome')]).toEqual([404, true])
  const bomb = '<!DOCTYPE x [<!ENTITY a "b">]><Patient xmlns="http://hl7.org/fhir"/>'
  expect((await ask('/Patient', { method: 'POST', body: bomb, headers: xml })).status).toBe(400)
})

describe('searches', () => {
  test('a search finds by code and patient, by GET and by POST, and is itself valid FHIR', async () => {
    const id = await createAda()
    await ask('/Observation', { method: 'POST', body: weight(id) })
    const found = await ask(`/Observation?code=http://loinc.org|29463-7&subject=Patient/${id}`)
    expect(found.json.entry).toHaveLength(1)
    expect(found.text).toContain('"value":81.50')
    expect(validateResource(found.json, '')).toEqual([])
    const posted = await ask('/Observation/_search', {
      method: 'POST',
      body: `subject=Patient/${id}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(posted.json.entry).toHaveLength(1)
  })

  test('pages lead on, and each entry comes once', async () => {
    const id = await createAda()
    for (let n = 1; n <= 5; n++) await ask('/Observation', { method: 'POST', body: weight(id, `${80 + n}`) })
    const values: number[] = []
    let url: string | undefined = `/Observation?subject=Patient/${id}&_count=2`
    while (url !== undefined) {
      const page = await ask(url)
      values.push(
        ...page.json.entry.map(
          (entry: { resource: { valueQuantity: { value: number } } }) => entry.resource.valueQuantity.value,
        ),
      )
      url = page.json.link
        .find((link: { relation: string }) => link.relation === 'next')
        ?.url.replace('http://record.test/fhir', '')
    }
    expect(values.toSorted()).toEqual([81, 82, 83, 84, 85])
  })

  test('a parameter that is not supported is refused, or reported to those who ask for leniency', async () => {
    const strict = await ask('/Patient?favourite-colour=blue')
    expect([strict.status, strict.json.issue[0].expression]).toEqual([400, ['favourite-colour']])
    const lenient = await ask('/Patient?favourite-colour=blue&_count=1', { headers: { prefer: 'handling=lenient' } })
    expect(lenient.json.entry.at(-1)).toMatchObject({
      search: { mode: 'outcome' },
      resource: { resourceType: 'OperationOutcome' },
    })
    expect(lenient.json.link[0].url).not.toContain('favourite')
  })
})

describe('bundles', () => {
  const bundle = (type: string, ...entry: unknown[]) => ({ resourceType: 'Bundle', type, entry })

  test('a transaction is written whole, and answers entry by entry', async () => {
    const answer = await ask('', {
      method: 'POST',
      body: bundle(
        'transaction',
        {
          fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000001',
          resource: ada,
          request: { method: 'POST', url: 'Patient' },
        },
        {
          resource: {
            ...JSON.parse(weight('x')),
            subject: { reference: 'urn:uuid:00000000-0000-4000-8000-000000000001' },
          },
          request: { method: 'POST', url: 'Observation' },
        },
        { request: { method: 'GET', url: 'Patient?_count=1' } },
      ),
    })
    expect(answer.status).toBe(200)
    expect(validateResource(answer.json, '')).toEqual([])
    const [patient, observation, found] = answer.json.entry
    expect([patient.response.status, observation.response.status, found.response.status]).toEqual([
      '201 Created',
      '201 Created',
      '200 OK',
    ])
    const [, id] = patient.response.location.split('/')
    expect((await ask(`/${observation.response.location.split('/_history')[0]}`)).json.subject.reference).toBe(
      `Patient/${id}`,
    )
  })

  test('one bad entry, and nothing of a transaction is written; the place is told', async () => {
    const marked = { ...ada, identifier: [{ system: 'urn:test:whole', value: 'b' }] }
    const answer = await ask('/', {
      method: 'POST',
      body: bundle(
        'transaction',
        { resource: marked, request: { method: 'POST', url: 'Patient' } },
        { resource: { ...ada, gender: 'F' }, request: { method: 'POST', url: 'Patient' } },
      ),
    })
    expect([answer.status, answer.json.issue[0].expression]).toEqual([400, ['Bundle.entry[1].resource.gender']])
    expect((await ask('/Patient?identifier=urn:test:whole|b')).json.entry).toBeUndefined()
  })

  test('in a batch each entry stands or falls by itself', async () => {
    const answer = await ask('/', {
      method: 'POST',
      body: bundle(
        'batch',
        { request: { method: 'GET', url: 'Patient/nobody' } },
        { resource: { ...ada, gender: 'F' }, request: { method: 'POST', url: 'Patient' } },
        { resource: ada, request: { method: 'POST', url: 'Patient' } },
      ),
    })
    expect(
      answer.json.entry.map((entry: { response: { status: string } }) => entry.response.status.slice(0, 3)),
    ).toEqual(['404', '400', '201'])
    expect(answer.json.entry[1].response.outcome.issue[0].expression).toEqual(['Bundle.entry[1].resource.gender'])
    expect(validateResource(answer.json, '')).toEqual([])
  })

  test('a reference by search becomes the one that it finds', async () => {
    await ask('/Organization', {
      method: 'POST',
      body: { resourceType: 'Organization', identifier: [{ system: 'urn:test:org', value: 'o' }], name: 'O' },
    })
    const by = (value: string) =>
      ask('/', {
        method: 'POST',
        body: bundle('transaction', {
          resource: { ...ada, managingOrganization: { reference: `Organization?identifier=urn:test:org|${value}` } },
          request: { method: 'POST', url: 'Patient' },
        }),
      })
    const made = await by('o')
    expect(
      (await ask(`/${made.json.entry[0].response.location.split('/_history')[0]}`)).json.managingOrganization.reference,
    ).toMatch(/^Organization\/[a-z0-9]+$/)
    expect((await by('none')).status).toBe(412)
  })
})

describe('who may', () => {
  test('nobody without a token, or with one that has expired', async () => {
    const none = await ask('/Patient/x', { token: null })
    expect([none.status, none.json.resourceType]).toEqual([401, 'OperationOutcome'])
    expect(none.headers['www-authenticate']).toContain('Bearer')
    const { access_token: token } = await tokenFor('system/*.rs')
    const before = now
    now = new Date(before.getTime() + 301_000)
    expect((await ask('/Patient', { token })).status).toBe(401)
    now = before
  })

  test('a token does what its scopes say and no more, and the refusal is in the trail', async () => {
    const id = await createAda()
    const { access_token: token, scope } = await tokenFor('system/Patient.r launch openid')
    expect(scope).toBe('system/Patient.r')
    expect((await ask(`/Patient/${id}`, { token })).status).toBe(200)
    const refused = await Promise.all([
      ask('/Patient?name=okafor', { token }),
      ask('/Observation/x', { token }),
      ask('/Patient', { method: 'POST', body: ada, token }),
      ask(`/Patient/${id}`, { method: 'DELETE', token }),
    ])
    expect(refused.map((answer) => answer.status)).toEqual([403, 403, 403, 403])
    const [{ count } = { count: 0 }] = await sql<
      { count: number }[]
    >`select count(*)::int as count from audit_event where outcome = 4 and what like 'fhir-%'`
    expect(count).toBeGreaterThanOrEqual(4)
  })

  test('every read leaves a line that names whose record it was, also one that found nothing', async () => {
    const id = await createAda()
    await forgetTrail(sql)
    await ask(`/Patient/${id}`)
    await ask('/Patient/nobody')
    const lines = await sql<
      { what: string; person: string | null; detail: { id?: string } }[]
    >`select what, person, detail from audit_event order by id`
    expect(lines.map(({ what }) => what)).toEqual(['fhir-read', 'fhir-read'])
    expect(lines[1]?.person).toBeNull()
    expect(lines[0]?.person).toMatch(/^[a-z0-9]+$/)
  })

  test('an id with characters that no id has is not found, and is nobody’s fault', async () => {
    expect((await ask('/Patient/%00')).status).toBe(404)
    expect((await ask('/Patient/%00/_history')).status).toBe(404)
    expect((await ask('/Patient/%00/$everything')).status).toBe(404)
  })

  test('who guesses secrets is told to wait, the trail is not flooded, and who signs still gets a token', async () => {
    const guess = async (secret: string) =>
      await app.inject({
        method: 'POST',
        url: '/oauth/token',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${Buffer.from(`demo-system:${secret}`).toString('base64')}`,
        },
        payload: 'grant_type=client_credentials&scope=system/*.rs',
      })
    const before = now
    now = new Date(before.getTime() + 120_000)
    await forgetTrail(sql)
    const statuses: number[] = []
    for (let n = 0; n < 40; n += 1) statuses.push((await guess(`guess ${n}`)).statusCode)
    expect(statuses.filter((status) => status === 401)).toHaveLength(30)
    expect((await guess('demo-secret')).statusCode).toBe(429)
    const [{ count } = { count: 0 }] = await sql<{ count: number }[]>`select count(*)::int as count from audit_event`
    expect(count).toBe(30)
    expect((await exchange(await assertion())).statusCode).toBe(200)
    now = new Date(before.getTime() + 181_000)
    expect((await guess('demo-secret')).statusCode).toBe(200)
    now = before
  })

  const assertion = async (claims: { jti?: string; aud?: string; seconds?: number } = {}, key = keys.privateKey) =>
    await new SignJWT({ jti: claims.jti ?? crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES384', kid: 'k1' })
      .setIssuer('reporting')
      .setSubject('reporting')
      .setAudience(claims.aud ?? 'http://record.test/oauth/token')
      .setExpirationTime(Math.floor(now.getTime() / 1000) + (claims.seconds ?? 240))
      .sign(key)
  const exchange = async (jwt: string, scope = 'system/*.cruds') =>
    await app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({
        grant_type: 'client_credentials',
        scope,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: jwt,
      }).toString(),
    })

  test('a registered client signs for its token, and is given no more than it was registered for', async () => {
    const answer = await exchange(await assertion())
    expect(answer.json()).toMatchObject({
      token_type: 'bearer',
      expires_in: 300,
      scope: 'system/Patient.rs system/Observation.r',
    })
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  test.each([
    [
      'an assertion that was used before',
      async () => {
        const jwt = await assertion()
        await exchange(jwt)
        return jwt
      },
    ],
    ['an assertion for another address', () => assertion({ aud: 'http://elsewhere.test/token' })],
    ['an assertion that has expired', () => assertion({ seconds: -60 })],
    ['an assertion that holds for an hour', () => assertion({ seconds: 3600 })],
    ["an assertion signed with another's key", async () => assertion({}, (await generateKeyPair('ES384')).privateKey)],
    ['no assertion at all', async () => 'x.y.z'],
  ])('%s gives no token', async (_what, jwt) => {
    const answer = await exchange(await jwt())
    expect([answer.statusCode, answer.json().error]).toEqual([401, 'invalid_client'])
  })

  test('a wrong secret gives no token', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/oauth/token',
      payload: 'grant_type=client_credentials&scope=system/*.rs',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from('demo-system:wrong').toString('base64')}`,
      },
    })
    expect(answer.statusCode).toBe(401)
  })
})

describe('what the server says of itself', () => {
  test('the capability statement is valid, open, and offers what searches use', async () => {
    const { status, json } = await ask('/metadata', { token: null })
    expect(status).toBe(200)
    expect(validateResource(json, '')).toEqual([])
    const patient = json.rest[0].resource.find(({ type }: { type: string }) => type === 'Patient')
    const names = patient.searchParam.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['_id', 'birthdate', 'family', 'identifier']))
    for (const name of names) expect((await ask(`/Patient?${name}=2024&_count=1`)).status, name).toBe(200)
  })

  test('SMART clients find the token address', async () => {
    expect((await ask('/.well-known/smart-configuration', { token: null })).json).toMatchObject({
      token_endpoint: 'http://record.test/oauth/token',
    })
  })

  test.each([
    ['a form is asked for that we cannot write', '/Patient/x', { headers: { accept: 'text/turtle' } }, 406],
    [
      'the body is something else',
      '/Patient',
      { method: 'POST', body: 'a,b', headers: { 'content-type': 'text/csv' } },
      415,
    ],
    ['the body is not JSON', '/Patient', { method: 'POST', body: '{' }, 400],
    [
      'the body is another type',
      '/Patient',
      { method: 'POST', body: { resourceType: 'Organization', name: 'x' } },
      400,
    ],
    ['the type does not exist', '/Patiend/x', {}, 404],
    ['the operation does not exist', '/Patient/x/$fly', {}, 404],
    ['the method is not offered', '/Patient/x', { method: 'PATCH', body: {} }, 404],
    [
      'the bundle is no transaction',
      '/',
      { method: 'POST', body: { resourceType: 'Bundle', type: 'collection' } },
      400,
    ],
    ['the body is far too large', '/Patient', { method: 'POST', body: `"${'a'.repeat(33_000_000)}"` }, 413],
  ] as const)('when %s, an OperationOutcome says so', async (_what, url, sent, status) => {
    const answer = await ask(url, sent)
    expect([answer.status, answer.json.resourceType]).toEqual([status, 'OperationOutcome'])
    expect(validateResource(answer.json, '')).toEqual([])
  })
})

describe('$summary', () => {
  const trail = async () =>
    await sql<{ what: string; person: string | null; outcome: number; detail: { format?: string } }[]>`
      select what, person, outcome, detail from audit_event order by id`

  test('is a document about the person, and one line of an export in the trail names them', async () => {
    const { id } = (await ask('/Patient', { method: 'POST', body: { ...ada, birthDate: '1961-02-03' } })).json
    await forgetTrail(sql)
    const answer = await ask(`/Patient/${id}/$summary`)
    expect(answer.status).toBe(200)
    expect(validateResource(answer.json, '')).toEqual([])
    expect(answer.json.type).toBe('document')
    expect(answer.json.entry[0].resource.resourceType).toBe('Composition')
    expect(answer.json.entry[1].resource).toMatchObject({ resourceType: 'Patient', birthDate: '1961-02-03' })
    const exports = (await trail()).filter(({ what }) => what === 'summary-export')
    expect(exports).toMatchObject([{ outcome: 0, detail: { format: 'ips', by: 'fhir' } }])
    expect(exports[0]?.person).toBeTruthy()
    const xml = await ask(`/Patient/${id}/$summary`, { headers: { accept: 'application/fhir+xml' } })
    expect(parseFhirXml(xml.text).ok).toBe(true)
    const capability = (await ask('/metadata', { token: null })).json
    const patient = capability.rest[0].resource.find(({ type }: { type: string }) => type === 'Patient')
    expect(patient.operation.map(({ name }: { name: string }) => name)).toContain('summary')
  })

  test('a token that does not read Patients is refused, and one that reads them alone is told what is withheld', async () => {
    const { id } = (await ask('/Patient', { method: 'POST', body: { ...ada, birthDate: '1962-02-03' } })).json
    const allergy = {
      resourceType: 'AllergyIntolerance',
      patient: { reference: `Patient/${id}` },
      code: { text: 'Latex' },
    }
    expect((await ask('/AllergyIntolerance', { method: 'POST', body: allergy })).status).toBe(201)
    const blind = (await tokenFor('system/AllergyIntolerance.r')).access_token
    await forgetTrail(sql)
    expect((await ask(`/Patient/${id}/$summary`, { token: blind })).status).toBe(403)
    expect((await trail()).map(({ what, outcome }) => [what, outcome])).toEqual([['fhir-summary', 4]])
    const narrow = (await tokenFor('system/Patient.r')).access_token
    const answer = await ask(`/Patient/${id}/$summary`, { token: narrow })
    expect(answer.status).toBe(200)
    expect(answer.text).not.toContain('Latex')
    const sections = answer.json.entry[0].resource.section
    expect(sections[0].emptyReason.coding[0].code).toBe('withheld')
    expect((await ask(`/Patient/${id}/$summary`)).text).toContain('Latex')
  })

  test('whom we do not know has none, and parameters that it does not take are refused', async () => {
    expect((await ask('/Patient/nobody/$summary')).status).toBe(404)
    expect((await ask('/Patient/nobody/$summary?profile=x')).status).toBe(400)
    expect((await ask('/Patient/nobody/$summary', { token: null })).status).toBe(401)
  })
})

const bundles = sharedData('fhir-r4/bundles')
test.skipIf(bundles === undefined)('whole-patient bundles go in, and $everything gives back what went in', async () => {
  for (const name of readdirSync(bundles ?? '')
    .filter((each) => !each.includes('Information'))
    .slice(0, 6)) {
    const body = readFileSync(`${bundles}/${name}`, 'utf8')
    const answer = await ask('/', { method: 'POST', body })
    expect(answer.status, answer.text.slice(0, 300)).toBe(200)
    const sent = (JSON.parse(body) as { entry: { resource: { resourceType: string } }[] }).entry.map(
      ({ resource }) => resource.resourceType,
    )
    const at = sent.indexOf('Patient')
    const id = answer.json.entry[at].response.location.split('/')[1]
    const all = await ask(`/Patient/${id}/$everything`)
    const got = all.json.entry.map(({ resource }: { resource: { resourceType: string } }) => resource.resourceType)
    expect(got.toSorted()).toEqual(sent.toSorted())
    expect(got[0]).toBe('Patient')
  }
})

describe('the trail as AuditEvents', () => {
  type Events = readonly { readonly resource: AuditEvent }[]
  let token = ''
  let id = ''
  beforeAll(async () => {
    token = (await tokenFor('system/AuditEvent.rs')).access_token
    id = await createAda()
    await ask(`/Patient/${id}`)
    await ask(`/Patient/${id}/$everything`)
    await ask('/Patient?family=okafor')
    await ask('/Patient?no-such=1')
    await ask(`/Patient/${id}`, { method: 'DELETE' })
    await ask(`/Patient/${id}`)
  })
  const found = async (query: string): Promise<readonly AuditEvent[]> => {
    const answer = await ask(`/AuditEvent?${query}`, { token })
    expect(answer.status, answer.text).toBe(200)
    return ((answer.json.entry ?? []) as Events).map(({ resource }) => resource)
  }
  const kindOf = ({ entity = [] }: AuditEvent) => entity.find(({ role }) => role?.code === '4')?.what?.display

  test('is for those whose scopes name it: a scope for all types does not cover who looked at whom', async () => {
    expect((await tokenFor('system/*.rs')).scope).toBe('system/*.rs')
    for (const path of ['/AuditEvent', '/AuditEvent/7', '/AuditEvent?date=2026']) {
      expect([path, (await ask(path)).status]).toEqual([path, 403])
    }
    await forgetTrail(sql)
    expect((await ask('/AuditEvent', { token })).status).toBe(200)
    const records = await ask(`/Patient/${id}`, { token })
    expect(records.status).toBe(403)
  })

  test('is found by patient, agent, date, action and outcome, newest first', async () => {
    const again = await createAda()
    await ask(`/Patient/${again}`)
    await ask(`/Patient/${again}/$everything`)
    await ask('/Patient?no-such=1')
    await ask(`/Patient/${again}`, { method: 'DELETE' })
    const about = await found(`patient=Patient/${again}`)
    expect(about.map(kindOf).toReversed()).toEqual([
      'fhir-create-applied',
      'fhir-read',
      'fhir-read',
      'fhir-result',
      'fhir-delete-applied',
    ])
    expect((await found('patient=nobody')).length).toBe(0)
    expect((await found('action=D')).map(kindOf)).toEqual(['fhir-delete-applied', 'fhir-delete'])
    expect((await found('outcome=4,8')).every(({ outcome }) => outcome === '4')).toBe(true)
    const demo = await found('agent:identifier=urn:throughline:audit:system|demo-system&_count=500')
    expect(demo.length).toBeGreaterThan(5)
    // The search before is a line of the same system.
    expect((await found('agent=demo-system&_count=500')).slice(1)).toEqual(demo)
    expect(await found('agent=urn:throughline:audit:staff|demo-system')).toEqual([])
    expect(await found('date=lt2026-11-22')).toEqual([])
    expect((await found('date=ge2026-11-22&date=lt2026-11-23&_count=500')).length).toBeGreaterThan(demo.length)
  })

  test('comes page by page, each line once', async () => {
    const all = (await found('agent=demo-system&_count=500')).map((event) => event.id)
    const paged: (string | undefined)[] = []
    for (let path = '/AuditEvent?agent=demo-system&_count=3'; path !== ''; ) {
      const answer = await ask(path, { token })
      paged.push(...((answer.json.entry ?? []) as Events).map(({ resource }) => resource.id))
      const next = (answer.json.link as readonly { relation: string; url: string }[]).find(
        ({ relation }) => relation === 'next',
      )
      path = next?.url.replace('http://record.test/fhir', '') ?? ''
    }
    // The first page begins with the line of the search before it.
    expect(paged.slice(1)).toEqual(all)
  })

  test('is valid FHIR R4 in the shape of IHE BALP, line by line, and each is read by its number, as XML too', async () => {
    const events = await found('_count=500')
    expect(new Set(events.map(({ meta }) => meta?.profile?.[0])).size).toBeGreaterThan(4)
    for (const event of events) expect([...validateResource(event, ''), ...balpFaults(event)]).toEqual([])
    const [newest] = events
    expect((await ask(`/AuditEvent/${newest?.id}`, { token })).json).toEqual(newest)
    expect((await ask(`/AuditEvent/${newest?.id}?_format=xml`, { token })).text).toContain('<AuditEvent')
    expect((await ask('/AuditEvent/7', { token })).status).toBe(404)
    expect((await ask('/AuditEvent/none', { token })).status).toBe(404)
  })

  test('leaves its own lines: what was asked by, how many were shown, and about whom', async () => {
    const again = await createAda()
    await forgetTrail(sql)
    await ask(`/AuditEvent?patient=${again}&action=R`, { token })
    await ask('/AuditEvent/7', { token })
    await ask('/AuditEvent')
    const lines = await sql<{ what: string; action: string; outcome: number; person: string | null; detail: object }[]>`
      select what, action, outcome, person, detail from audit_event where what = 'fhir-audit' order by id`
    expect(lines).toMatchObject([
      { action: 'E', outcome: 0, person: expect.any(String), detail: { parameters: ['patient', 'action'], found: 0 } },
      { action: 'R', outcome: 0, person: null, detail: { line: '7', found: 0 } },
      { outcome: 4, person: null },
    ])
  })

  test('refuses what it cannot answer, and every write', async () => {
    for (const query of [
      'subtype=read',
      'date=yesterday',
      'action=X',
      'outcome=0',
      'patient=a&patient=b',
      '_sort=date',
    ])
      expect([query, (await ask(`/AuditEvent?${query}`, { token })).status]).toEqual([query, 400])
    const event = { resourceType: 'AuditEvent' }
    expect((await ask('/AuditEvent', { method: 'POST', body: event })).status).toBe(405)
    expect((await ask('/AuditEvent/7', { method: 'PUT', body: event })).status).toBe(405)
    expect((await ask('/AuditEvent/7', { method: 'DELETE', token })).status).not.toBe(200)
    const id = await createAda()
    const forged = {
      ...event,
      type: { code: 'rest' },
      recorded: '2026-11-22T10:00:00Z',
      agent: [{ requestor: true }],
      source: { observer: { display: 'Invented' } },
      entity: [{ what: { reference: `Patient/${id}` } }],
    }
    for (const type of ['transaction', 'batch']) {
      for (const request of [
        { method: 'POST', url: 'AuditEvent' },
        { method: 'PUT', url: 'AuditEvent/forged' },
      ]) {
        const refused = await ask('/', {
          method: 'POST',
          body: { resourceType: 'Bundle', type, entry: [{ request, resource: forged }] },
        })
        expect(JSON.stringify([refused.status, refused.json])).toMatch(
          type === 'batch' ? /"status":"405/ : /^\[405,.*The trail is written by what it tells of/,
        )
      }
    }
    expect(JSON.stringify((await ask(`/Patient/${id}/$everything`)).json)).not.toContain('AuditEvent')
    const bundle = { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: 'AuditEvent' } }] }
    expect((await ask('/', { method: 'POST', body: bundle })).json.entry[0].response.status).toMatch(/^403/)
  })
})

test('a policy that changes between two reads holds for the second, and each read has one line', async () => {
  const id = await createAda()
  const labelled = {
    resourceType: 'Condition',
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'SEX' }] },
    subject: { reference: `Patient/${id}` },
    code: { text: 'Invented' },
  }
  const made = await ask('/Condition', { method: 'POST', body: labelled })
  const path = `/Condition/${made.json.id}`
  await forgetTrail(sql)
  // Its own source is not hidden from it, whatever the policy says.
  expect((await ask(path)).status).toBe(200)
  await sql`
    insert into policy_version (id, policy, made_at, by_id, by_name, why)
    select id + 1, policy, now(), by_id, by_name, 'Another' from policy_version order by id desc limit 1`
  expect((await Promise.all([ask(path), ask(path), ask(path)])).map(({ status }) => status)).toEqual([200, 200, 200])
  const lines = await sql<{ what: string }[]>`select what from audit_event where outcome = 0`
  expect(lines.map(({ what }) => what)).toEqual(Array.from({ length: 4 }, () => 'fhir-read'))
})
