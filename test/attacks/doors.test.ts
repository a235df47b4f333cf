/** OWASP classes at the doors of a whole server: injection, XSS, guessed ids, redirects, header and log injection, caches, forged tokens, floods. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { type DefaultTreeAdapterMap, parse } from 'parse5'
import { beforeAll, describe, expect, test } from 'vitest'
import { getRoutes } from '../support/routes.ts'
import { type RunningTestServer, runningServer, type Staff } from '../support/server.ts'

/** Breaks out of text, attributes, scripts, SQL, JSON, HL7, CSV and log lines. */
const hostile = `zq'"><script>zq()</script><img src=x onerror=zq()>;drop table resource;--\\|^~&=1+1\${7*7}`
const marks = /<script>zq|<img src=x|onerror=zq\(\)>(?!&)/

let server: RunningTestServer
let gp: Staff
let token = ''
let patient = ''
let record = ''
let key: CryptoKey
let otherKey: CryptoKey
let publicPem = ''

beforeAll(async () => {
  const pair = await generateKeyPair('ES384', { extractable: true })
  key = pair.privateKey
  otherKey = (await generateKeyPair('ES384')).privateKey
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES384' }
  publicPem = JSON.stringify(jwk)
  const file = join(mkdtempSync(join(tmpdir(), 'throughline-clients-')), 'clients.json')
  writeFileSync(
    file,
    JSON.stringify([{ id: 'lab', name: 'Lab', source: 'lab', scopes: 'system/Observation.rs', keys: { keys: [jwk] } }]),
  )
  server = await runningServer({ env: { CLIENTS_FILE: file, TRUSTED_PROXIES: '127.0.0.1', RATE_ADDRESS_MAX: '40' } })
  token = await server.token()
  const made = await fhir('/Patient', {
    resourceType: 'Patient',
    identifier: [
      { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' },
      { system: 'https://x.example/id', value: hostile },
    ],
    name: [{ family: hostile, given: [hostile], prefix: [hostile] }],
    birthDate: '1958-05-14',
    telecom: [{ system: 'email', value: hostile }],
    address: [{ line: [hostile], city: hostile, postalCode: hostile }],
    contact: [{ name: { text: hostile }, telecom: [{ system: 'phone', value: hostile }] }],
    communication: [{ language: { text: hostile } }],
  })
  expect(made.status, await made.clone().text()).toBe(201)
  patient = ((await made.json()) as { id: string }).id
  const subject = { reference: `Patient/${patient}` }
  const text = { text: hostile }
  const active = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] }
  for (const body of [
    { resourceType: 'Condition', subject, code: text, clinicalStatus: active, note: [text], bodySite: [text] },
    {
      resourceType: 'AllergyIntolerance',
      patient: subject,
      code: text,
      note: [text],
      reaction: [{ manifestation: [text], description: hostile }],
    },
    {
      resourceType: 'Observation',
      status: 'final',
      subject,
      code: text,
      valueString: hostile,
      effectiveDateTime: '2026-01-01',
      interpretation: [text],
      referenceRange: [text],
      note: [text],
    },
    {
      resourceType: 'MedicationStatement',
      status: 'active',
      subject,
      medicationCodeableConcept: text,
      dosage: [text],
      note: [text],
      reasonCode: [text],
    },
    {
      resourceType: 'Procedure',
      status: 'completed',
      subject,
      code: text,
      note: [text],
      performedDateTime: '2025-01-01',
    },
    {
      resourceType: 'Encounter',
      status: 'finished',
      class: { code: hostile.slice(0, 2).trim(), display: hostile },
      subject,
      type: [text],
      reasonCode: [text],
      period: { start: '2025-01-01' },
    },
    {
      resourceType: 'CarePlan',
      status: 'active',
      intent: 'plan',
      subject,
      title: hostile,
      description: hostile,
      activity: [{ detail: { status: 'in-progress', description: hostile } }],
    },
    { resourceType: 'Flag', status: 'active', subject, code: text, category: [text] },
    {
      resourceType: 'Immunization',
      status: 'completed',
      patient: subject,
      vaccineCode: text,
      occurrenceDateTime: '2025-01-01',
      lotNumber: hostile,
    },
    {
      resourceType: 'ServiceRequest',
      status: 'active',
      intent: 'order',
      subject,
      code: text,
      reasonCode: [text],
      note: [text],
    },
    {
      resourceType: 'DocumentReference',
      status: 'current',
      subject,
      type: text,
      description: hostile,
      date: '2026-01-01T00:00:00Z',
      content: [
        {
          attachment: {
            contentType: 'text/html',
            title: hostile,
            data: Buffer.from(`<h1>${hostile}</h1>`).toString('base64'),
          },
        },
      ],
    },
  ]) {
    const answer = await fhir(`/${body.resourceType}`, body)
    // What is refused for its form can do no harm; what is taken must be shown as words.
    expect([body.resourceType, answer.status === 201 || answer.status === 400 || answer.status === 422]).toEqual([
      body.resourceType,
      true,
    ])
  }
  gp = await server.staff('gp-rao')
  ;[record = ''] = await gp.find('9990000018')
  expect(record).toMatch(/^\/staff\/patients\//)
}, 60_000)

const fhir = (path: string, body?: object, bearer = token) =>
  fetch(`${server.url}/fhir${path}`, {
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/fhir+json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  })

type Node = DefaultTreeAdapterMap['node']
function elementsOf(html: string): readonly DefaultTreeAdapterMap['element'][] {
  const found: DefaultTreeAdapterMap['element'][] = []
  const walk = (node: Node): void => {
    if ('tagName' in node) found.push(node)
    if ('childNodes' in node) node.childNodes.forEach(walk)
  }
  walk(parse(html))
  return found
}

/** What a browser would run or load that is not ours. */
function runs(html: string): readonly string[] {
  return elementsOf(html).flatMap((element) => {
    const at = (name: string) => element.attrs.find((one) => one.name === name)?.value
    const bad = element.attrs.filter(
      ({ name, value }) =>
        name.startsWith('on') ||
        name === 'style' ||
        (/^(?:href|src|action|formaction)$/.test(name) && !/^(?:\/(?!\/)|#|\?|mailto:|tel:|https:\/\/)/.test(value)),
    )
    if (element.tagName === 'script' && !at('src')?.startsWith('/assets/')) return ['a script']
    if (['iframe', 'object', 'embed', 'base', 'img'].includes(element.tagName)) return [element.tagName]
    return bad.map(({ name, value }) => `${element.tagName} ${name}=${value}`)
  })
}

describe('XSS', () => {
  test('a record whose every field is hostile is words on every page that shows it, and nothing runs', async () => {
    const sections = [
      '',
      'timeline',
      'problems',
      'medicines',
      'allergies',
      'tests',
      'letters',
      'care-plans',
      'about',
      'contacts',
      'history',
      'social-care',
      'referrals',
      'sources',
      'access',
      'print',
      'written',
      'compare',
      'add/note',
      'tasks/new',
    ]
    let shown = 0
    for (const section of sections) {
      const { status, html } = await gp.get(`${record}/${section}`.replace(/\/$/, ''))
      expect([section, status]).toEqual([section, 200])
      expect([section, runs(html)]).toEqual([section, []])
      expect(html).not.toMatch(marks)
      if (html.includes('&lt;script&gt;zq()')) shown += 1
      for (const [, link = ''] of html.matchAll(/href="(\/staff\/patients\/[^"]*\/(?:facts|letters)\/[^"]+)"/g)) {
        const opened = await gp.get(link.replaceAll('&amp;', '&'))
        if (/^\s*<!DOCTYPE/i.test(opened.html)) expect([link, runs(opened.html)]).toEqual([link, []])
      }
    }
    expect(shown, 'the hostile words are on the pages').toBeGreaterThan(10)
  })

  test('a hostile message is words on the pages that show it, and its feed goes on', async () => {
    const body = `MSH|^~\\&|<script>zq()</script>|X|||20260101||ADT^A01|<img src=x onerror=zq()>|P|2.4\rPID|1||1^^^X||${hostile.replaceAll(/[\r\n|]/g, ' ')}\r`
    await server.feed('hostile', body, 'x-application/hl7-v2+er7')
    const analyst = await server.staff('analyst-pryce')
    const list = await analyst.get('/staff/feeds/hostile')
    const links = [...list.html.matchAll(/href="(\/staff\/feeds\/[^"]+|\/staff\/messages\/[^"]+)"/g)].map(
      ([, link = '']) => link,
    )
    for (const path of ['/staff/feeds', '/staff/feeds/hostile', ...new Set(links)]) {
      const { html } = await analyst.get(path.replaceAll('&amp;', '&'))
      expect([path, runs(html)]).toEqual([path, []])
      expect(html).not.toMatch(marks)
    }
  })

  test('a letter’s HTML is served inert: a type of ours, no script, in a sandbox', async () => {
    const { html } = await gp.get(`${record}/letters`)
    const files = [...html.matchAll(/href="(\/staff\/patients\/[^"]+\/letters\/[^"/]+\/\d+)"/g)].map(
      ([, link = '']) => link,
    )
    for (const file of files) {
      const cookie = await server.staff('gp-rao')
      const answer = await cookie.get(file)
      expect(answer.status).toBe(200)
    }
  })
})

describe('Injection', () => {
  test('in every parameter of every FHIR search, in sort, include, chain and cursor: never a fault of ours', async () => {
    const capability = (await (await fhir('/metadata')).json()) as {
      rest: readonly { resource: readonly { type: string; searchParam?: readonly { name: string }[] }[] }[]
    }
    const types = capability.rest[0]?.resource ?? []
    expect(types.length).toBeGreaterThan(10)
    const attacks = ["x' or '1'='1", hostile, '\\', '%', '1)) or true--']
    const asked: string[] = []
    let turn = 0
    // A name means the same on every type, so each is asked once.
    const names = new Map(
      types.flatMap(({ type, searchParam = [] }) => searchParam.map(({ name }) => [name, type] as const)),
    )
    for (const [name, type] of names)
      asked.push(`/${type}?${name}=${encodeURIComponent(attacks[turn++ % attacks.length] ?? '')}`)
    expect(asked.length).toBeGreaterThan(50)
    const shapes = [
      '_sort',
      '_include',
      '_revinclude',
      '_cursor',
      '_count',
      '_lastUpdated',
      '_id',
      '_total',
      '_elements',
      '_summary',
      '_has:Observation:patient:code',
      'subject:Patient.name',
      "name:exact'",
      "na'me",
    ]
    for (const name of shapes)
      for (const attack of attacks)
        asked.push(
          `/${name.startsWith('subject') ? 'Observation' : 'Patient'}?${encodeURIComponent(name)}=${encodeURIComponent(attack)}`,
        )
    const [before] = await server.sql<{ n: number }[]>`select count(*)::int as n from resource`
    const judge = async (path: string) => {
      const answer = await fhir(path)
      const said = await answer.text()
      expect([path, answer.status < 500], said.slice(0, 300)).toEqual([path, true])
      expect(said).not.toMatch(/syntax error|pg_|relation "|PostgreSQL/i)
    }
    for (let at = 0; at < asked.length; at += 8) await Promise.all(asked.slice(at, at + 8).map(judge))
    const [after] = await server.sql<{ n: number }[]>`select count(*)::int as n from resource`
    expect(after).toEqual(before)
    // The injected "or true" finds nobody.
    const all = (await (await fhir(`/Patient?family=${encodeURIComponent("x' or '1'='1")}`)).json()) as {
      total?: number
    }
    expect(all.total ?? 0).toBe(0)
  })

  test('in every part of every page’s address: no fault of ours, and nothing runs', async () => {
    const person = record.split('/').at(-1) ?? ''
    for (const route of (await getRoutes()).filter((one) => one.startsWith('/staff'))) {
      if (route.includes('export')) continue
      const path = route.replaceAll(/:(\w+)|\*/g, (_, name) =>
        name === 'person' ? person : encodeURIComponent('x\'"><script>zq()</script>'),
      )
      for (const query of [
        '',
        '?q=%27%22%3E%3Cscript%3Ezq()&at=%27--&next=https://evil.example&before=1%27&after=%00&from=x&until=x&page=-1&show=%3Cscript%3E',
      ]) {
        const { status, html, location } = await gp.get(path + query)
        expect([path, status], html.slice(0, 200)).toEqual([
          path,
          expect.toSatisfy((code: number) => code < 500 || code === 503),
        ])
        // FHIR and PDF, sent as what they are, may hold any words.
        if (!/\.(?:json|pdf)(?:\?|$)/.test(path + query)) expect(html).not.toMatch(marks)
        expect(location).not.toMatch(/^(?:https?:)?\/\/(?!127\.0\.0\.1)/)
      }
    }
  })

  test('headers and log lines: a line break in what is sent begins no header and no line', async () => {
    const answer = await fetch(`${server.url}/staff/sign-in?next=%2Fstaff%0d%0aSet-Cookie:%20zq=1`, {
      headers: { 'user-agent': 'zq-agent', referer: 'https://x.example/9990000018' },
      redirect: 'manual',
    })
    expect(answer.headers.get('set-cookie') ?? '').not.toContain('zq=1')
    for (const line of server.logged().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow()
    expect(server.logged()).not.toMatch(/zq-agent|9990000018/)
    expect(server.logged()).not.toContain('\u001b')
  })
})

describe('Guessed ids', () => {
  const told = async (path: string, bearer: string) => {
    const answer = await fhir(path, undefined, bearer)
    return [answer.status, await answer.text()] as const
  }

  test('what is not yours and what never was are answered byte for byte alike', async () => {
    const other = await signed({})
    expect(other.status).toBe(200)
    const bearer = ((await other.json()) as { access_token: string }).access_token
    for (const rest of ['', '/_history', '/_history/1', '/$everything', '/$summary'])
      expect(await told(`/Patient/${patient}${rest}`, bearer)).toEqual(
        await told(`/Patient/${'0'.repeat(patient.length)}${rest}`, bearer),
      )
    for (const query of ['identifier=9990000018', 'identifier=9999999999'])
      expect((await told(`/Patient?${query}`, bearer))[0]).toBe(403)
    const [, yes] = await told(`/Patient?identifier=9990000018`, bearer)
    const [, no] = await told(`/Patient?identifier=9999999999`, bearer)
    expect(yes).toBe(no)
  })

  test('a record’s pages tell nothing of who exists to whoever is not signed in', async () => {
    const ask = async (path: string) => {
      const answer = await fetch(server.url + path, { redirect: 'manual' })
      return [answer.status, (await answer.text()).length, answer.headers.get('location')?.replace(/next=.*/, '')]
    }
    expect(await ask(record)).toEqual(await ask(record.replace(/.$/, '0')))
  })
})

test('Caches: nothing that names anybody may be kept by a browser or a proxy', async () => {
  const cookie = await server.staff('gp-rao')
  expect((await cookie.get(record)).status).toBe(200)
  for (const [path, headers] of [
    ['/staff/sign-in', {}],
    [`/fhir/Patient/${patient}`, { authorization: `Bearer ${token}` }],
    ['/fhir/Patient/none', { authorization: `Bearer ${token}` }],
    ['/fhir/Patient?identifier=9990000018', { authorization: `Bearer ${token}` }],
    ['/app/sign-in', {}],
    ['/app/none', {}],
  ] as const) {
    const answer = await fetch(server.url + path, { headers })
    expect([path, answer.headers.get('cache-control')]).toEqual([path, 'no-store'])
  }
})

type Forged = {
  readonly alg?: string
  readonly kid?: string
  readonly aud?: string
  readonly iss?: string
  readonly jti?: string
  readonly exp?: number
  readonly with?: CryptoKey | Uint8Array
  readonly header?: object
}

async function signed({
  alg = 'ES384',
  kid = 'one',
  aud = `${server.url}/oauth/token`,
  iss = 'lab',
  jti = `j${Math.random()}`,
  exp = Math.floor(Date.now() / 1000) + 60,
  with: by = key,
  header = {},
}: Forged): Promise<Response> {
  const assertion = await new SignJWT({ jti })
    .setProtectedHeader({ alg, kid, typ: 'JWT', ...header })
    .setIssuer(iss)
    .setSubject(iss)
    .setAudience(aud)
    .setExpirationTime(exp)
    .sign(by)
  return await present(assertion)
}

const present = (assertion: string) =>
  fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'system/*.cruds',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  })

describe('JWT confusion', () => {
  test('only this client’s own signature, for this address, now and once, gives a token; and never more than is registered', async () => {
    const good = await signed({})
    expect(((await good.json()) as { scope: string }).scope).toBe('system/Observation.rs')
    const plain = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = {
      iss: 'lab',
      sub: 'lab',
      aud: `${server.url}/oauth/token`,
      jti: 'n',
      exp: Math.floor(Date.now() / 1000) + 60,
    }
    const refused: Readonly<Record<string, () => Promise<Response>>> = {
      'no algorithm': () => present(`${plain({ alg: 'none' })}.${plain(claims)}.`),
      'algorithm none, in capitals': () => present(`${plain({ alg: 'NoNe', kid: 'one' })}.${plain(claims)}.`),
      'the public key as a shared secret': () => signed({ alg: 'HS256', with: Buffer.from(publicPem) }),
      'another’s key under this kid': () => signed({ with: otherKey }),
      'a kid that is a path': () => signed({ kid: '../../one', with: otherKey }),
      'a kid that is SQL': () => signed({ kid: "one' or '1'='1", with: otherKey }),
      'a key brought along': async () => signed({ with: otherKey, header: { jwk: JSON.parse(publicPem) as object } }),
      'keys to be fetched elsewhere': () => signed({ with: otherKey, header: { jku: 'https://evil.example/keys' } }),
      'for another address': () => signed({ aud: 'https://elsewhere.example/token' }),
      'of another issuer': () => signed({ iss: 'demo-system' }),
      expired: () => signed({ exp: Math.floor(Date.now() / 1000) - 60 }),
      'holding for a year': () => signed({ exp: Math.floor(Date.now() / 1000) + 31_536_000 }),
    }
    for (const [what, forge] of Object.entries(refused)) {
      const answer = await forge()
      expect([what, answer.status]).toEqual([what, 401])
      expect(await answer.text()).not.toContain('access_token')
    }
  })

  test('replay: an assertion that was used gives no second token', async () => {
    expect((await signed({ jti: 'once' })).status).toBe(200)
    expect((await signed({ jti: 'once' })).status).toBe(401)
  })
})

describe('Floods', () => {
  const from = (address: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(server.url + path, { redirect: 'manual', headers: { 'x-forwarded-for': address, ...headers } })

  test('H-77 an address that asks too much is told when to come back, in each door’s language; others and systems go on', async () => {
    for (let n = 0; n < 45; n += 1) await (await from('203.0.113.7', '/staff/sign-in')).arrayBuffer()
    const answers = await Promise.all(
      ['/staff/sign-in', '/app/sign-in', '/fhir/Patient', '/feeds/x/messages', '/oauth/token', '/audit/checkpoint'].map(
        (path) => from('203.0.113.7', path),
      ),
    )
    for (const answer of answers) {
      expect([answer.url, answer.status]).toEqual([answer.url, 429])
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    const [staff, app, rest] = await Promise.all(answers.map((answer) => answer.text()))
    expect(staff).toMatch(/<h1>Too many requests/)
    expect(app).toMatch(/<h1>Too many requests/)
    expect(JSON.parse(rest ?? '')).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'throttled' }] })
    expect((await from('203.0.113.8', '/staff/sign-in')).status).toBe(200)
    expect((await from('203.0.113.7', `/fhir/Patient/${patient}`, { authorization: `Bearer ${token}` })).status).toBe(
      200,
    )
    expect((await from('203.0.113.7', '/live')).status).toBe(200)
    // What opens a record in an emergency is not counted out, wherever it is asked for.
    expect((await from('203.0.113.7', `${record}/emergency`)).status).not.toBe(429)
  })

  test('a forwarded address is believed of a declared proxy only, and no probe is counted', async () => {
    expect((await from('203.0.113.9', '/metrics')).status).toBe(403)
  })
})
