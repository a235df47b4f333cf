/** OWASP classes at the doors of a whole server: injection, guessed ids, headers of every route, header and log injection, smuggling, forged tokens, floods. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { collectRoutes } from '../support/all-routes.ts'
import { formKey, noSession } from '../support/form-key.ts'
import { hostile } from '../support/hostile.ts'
import { type RunningTestServer, runningServer, type Staff } from '../support/server.ts'
import { markHeader, statementsOfRequests } from '../support/statements-of-requests.ts'

const routes = collectRoutes()
const statements = statementsOfRequests()

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
  server = await runningServer({
    env: { CLIENTS_FILE: file, TRUSTED_PROXIES: '127.0.0.1', RATE_ADDRESS_MAX: '40' },
    onStatement: statements.onStatement,
  })
  token = await server.token()
  const made = await fhir('/Patient', {
    resourceType: 'Patient',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
    name: [{ family: 'Quibberton', given: ['Zelda'] }],
    birthDate: '1958-05-14',
  })
  patient = ((await made.json()) as { id: string }).id
  gp = await server.staff('gp-rao')
  ;[record = ''] = await gp.find('9990000018')
  expect(record).toMatch(/^\/staff\/patients\//)
})

const fhir = (path: string, body?: object, bearer = token) =>
  fetch(`${server.url}/fhir${path}`, {
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/fhir+json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  })

describe('Injection', () => {
  test('in every parameter of every FHIR search, in sort, include, chain and cursor: never a fault of ours', {
    timeout: 300_000,
  }, async () => {
    const capability = (await (await fhir('/metadata')).json()) as {
      rest: readonly { resource: readonly { type: string; searchParam?: readonly { name: string }[] }[] }[]
    }
    const types = capability.rest[0]?.resource ?? []
    expect(types.length).toBeGreaterThan(10)
    const attacks = ["x' or '1'='1", hostile, '\\', '%', '1)) or true--']
    const asked: string[] = []
    let turn = 0
    // A name means the same on every type, so each is asked of one, with two of the attacks in turn.
    const names = new Map(
      types.flatMap(({ type, searchParam = [] }) => searchParam.map(({ name }) => [name, type] as const)),
    )
    for (const [name, type] of names)
      for (let n = 0; n < 2; n += 1)
        asked.push(`/${type}?${name}=${encodeURIComponent(attacks[turn++ % attacks.length] ?? '')}`)
    expect(asked.length).toBeGreaterThan(200)
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
  /** All that an answer tells, and the work behind it: what two answers differ in could be measured from outside. */
  const told = async (path: string, bearer: string, id: string) => {
    const mark = `${Math.random()}`
    const answer = await fetch(server.url + path, {
      headers: { authorization: `Bearer ${bearer}`, [markHeader]: mark },
    })
    const headers = Object.fromEntries(answer.headers)
    for (const changing of ['date', 'x-request-id', 'content-length']) delete headers[changing]
    return {
      status: answer.status,
      body: (await answer.text()).replaceAll(id, 'ID'),
      headers,
      statements: statements.of(mark).map((text) => text.replaceAll(/\s+/g, ' ')),
    }
  }

  test('what is not yours and what never was are answered alike: status, bytes, headers and statements run', async () => {
    const bearer = ((await (await signed({})).json()) as { access_token: string }).access_token
    const never = '0'.repeat(patient.length)
    const asked = routes()
      .filter(({ method, url }) => method === 'GET' && /^\/fhir\/.*:id/.test(url))
      .map(({ url }) => url.replace(':type', 'Patient').replace(':version', '1'))
    expect(asked.length).toBeGreaterThan(4)
    for (const url of asked) {
      const theirs = await told(url.replace(':id', patient), bearer, patient)
      expect([url, theirs.status]).toEqual([url, 403])
      expect([url, theirs]).toEqual([url, await told(url.replace(':id', never), bearer, never)])
    }
    const [yes, no] = ['9990000018', '9999999999'] as const
    expect(await told(`/fhir/Patient?identifier=${yes}`, bearer, yes)).toEqual(
      await told(`/fhir/Patient?identifier=${no}`, bearer, no),
    )
  })

  test('a source, a client and a wrong secret that are, and that never were, are refused alike', async () => {
    const bearer = ((await (await signed({})).json()) as { access_token: string }).access_token
    await server.feed('somebody-elses', '{}')
    const feed = async (source: string) => {
      const mark = `${Math.random()}`
      const answer = await fetch(`${server.url}/feeds/${source}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, [markHeader]: mark },
        body: 'x',
      })
      return [answer.status, (await answer.text()).replaceAll(source, 'SOURCE'), statements.of(mark)] as const
    }
    const theirs = await feed('somebody-elses')
    expect(theirs[0]).toBe(403)
    expect(theirs).toEqual(await feed('never-was'))
    const basic = async (who: string) => {
      const answer = await fetch(`${server.url}/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(who)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'system/*.rs' }),
      })
      return [answer.status, await answer.text()]
    }
    expect(await basic('demo-system:wrong')).toEqual(await basic('never-was:wrong'))
  })
})

describe('Every route', () => {
  /** Files that are true for everybody, and the stand-in that no production has. */
  const own = /^\/(?:assets|demo\/(?:cis2|nhs-login))\//

  test('answers under the policy, unsniffed, with its own kind, opened to no other site, and kept by nobody', async () => {
    const entered = await fetch(`${server.url}/staff/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: noSession },
      body: new URLSearchParams({ person: 'gp-rao', ...formKey(noSession) }),
    })
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
    const person = record.split('/').at(-1) ?? ''
    const all = routes().filter(({ method }) => ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'].includes(method))
    expect(all.length).toBeGreaterThan(120)
    let pages = 0
    for (const { method, url } of all) {
      const path = url
        .replaceAll(':type', 'Patient')
        .replaceAll(':person', person)
        .replaceAll(/(?<=fhir.*):id/g, patient)
        .replaceAll(/:\w+|\*/g, 'x1')
      const known = /^\/(?:fhir|feeds|oauth)/.test(url) ? { authorization: `Bearer ${token}` } : { cookie }
      // What would end the session, or the patient, is asked by nobody.
      const ends = method === 'DELETE' || /sign-out/.test(url)
      for (const headers of [{}, ...(ends ? [] : [known])]) {
        const answer = await fetch(server.url + path, {
          method,
          redirect: 'manual',
          headers: { ...headers, origin: 'https://evil.example' },
        })
        const text = await answer.text()
        const what = `${method} ${url} ${'cookie' in headers || 'authorization' in headers ? 'known' : 'nobody'}`
        const policy = answer.headers.get('content-security-policy') ?? ''
        for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", 'form-action '])
          expect([what, policy]).toEqual([what, expect.stringContaining(directive)])
        expect([what, policy]).toEqual([what, expect.not.stringMatching(/unsafe-|https?:|\*/)])
        expect([what, answer.headers.get('x-content-type-options')]).toEqual([what, 'nosniff'])
        expect([what, answer.headers.get('referrer-policy')]).toEqual([
          what,
          expect.stringMatching(/^(?:same-origin|no-referrer)$/),
        ])
        expect([what, answer.headers.get('cross-origin-opener-policy')]).toEqual([what, 'same-origin'])
        expect([what, answer.headers.get('x-powered-by') ?? answer.headers.get('server')]).toEqual([what, null])
        expect([what, answer.headers.get('access-control-allow-credentials')]).toEqual([what, null])
        if (!/^\/oauth\//.test(url))
          expect([what, answer.headers.get('access-control-allow-origin')]).toEqual([what, null])
        if (!own.test(url))
          expect([what, answer.headers.get('cache-control')]).toEqual([what, expect.stringContaining('no-store')])
        if (text !== '')
          expect([what, answer.headers.get('content-type')]).toEqual([
            what,
            expect.stringMatching(/; charset=utf-8$|^application\/(?:pdf|octet-stream)$/),
          ])
        expect([what, answer.status < 500]).toEqual([what, true])
        if (answer.status === 200 && 'cookie' in headers) pages += 1
      }
    }
    expect(pages, 'pages that were shown').toBeGreaterThan(30)
  })

  test('our own files alone are kept, by names that change with them', async () => {
    const { html } = await gp.get('/staff')
    const files = [...new Set([...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, file = '']) => file))]
    expect(files.length).toBeGreaterThan(2)
    for (const file of files) {
      expect(file).toMatch(/\.[0-9a-f]{8,}\.\w+$/)
      const { headers } = await fetch(server.url + file)
      expect(headers.get('cache-control')).toMatch(/immutable/)
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/)
    }
  })

  test('no method but those that a route has; and TRACE, which repeats what it is sent, nowhere', async () => {
    for (const path of [
      '/staff',
      '/app',
      '/fhir/Patient',
      '/oauth/authorize',
      '/feeds/x/messages',
      '/live',
      '/demo/cis2/x',
    ]) {
      const said = await bare(`TRACE ${path} HTTP/1.1\r\nHost: x\r\nCookie: zq=repeated\r\nConnection: close\r\n\r\n`)
      expect([path, said.split('\r\n')[0]]).toEqual([
        path,
        expect.stringMatching(/^HTTP\/1\.1 (?:40[0-9]|501|303|302)/),
      ])
      expect(said).not.toContain('repeated')
    }
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      for (const path of ['/staff', '/app', '/oauth/authorize', '/oauth/jwks', '/audit/keys'])
        expect([method, path, (await fetch(server.url + path, { method, redirect: 'manual' })).status]).toEqual([
          method,
          path,
          expect.toSatisfy((status: number) => status >= 300 && status < 500),
        ])
  })

  test('request smuggling: whoever says two lengths, or a length that is none, is not listened to', async () => {
    const head = 'POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n'
    for (const lengths of [
      'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
      'Content-Length: 4\r\nContent-Length: 5\r\n',
      'Transfer-Encoding: chunked, identity\r\n',
      'Transfer-Encoding : chunked\r\n',
      'Content-Length: +4\r\n',
      'Content-Length: 0x4\r\n',
    ])
      expect([
        lengths,
        (await bare(`${head}${lengths}\r\n0\r\n\r\nGET /audit/keys HTTP/1.1\r\nHost: x\r\n\r\n`)).slice(0, 12),
      ]).toEqual([lengths, 'HTTP/1.1 400'])
  })
})

/** What a server says to these very bytes, until it or we hang up. */
function bare(bytes: string): Promise<string> {
  return new Promise((done) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    let said = ''
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1')
      if (said.includes('\r\n\r\n')) socket.end()
    })
    socket.on('error', () => {})
    socket.once('close', () => done(said))
    socket.write(bytes)
  })
}

type Forged = {
  readonly alg?: string
  readonly kid?: string
  readonly aud?: string
  readonly iss?: string
  readonly jti?: string
  readonly exp?: number
  readonly sub?: string
  readonly nbf?: number
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
  sub = iss,
  nbf = 0,
  with: by = key,
  header = {},
}: Forged): Promise<Response> {
  const assertion = await new SignJWT({ jti })
    .setProtectedHeader({ alg, kid, typ: 'JWT', ...header })
    .setIssuer(iss)
    .setSubject(sub)
    .setNotBefore(nbf)
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
      'keys to be fetched elsewhere, as a certificate': () =>
        signed({ with: otherKey, header: { x5u: 'https://evil.example/chain', x5t: 'x' } }),
      'a certificate brought along': () => signed({ with: otherKey, header: { x5c: ['MIIB'] } }),
      'another algorithm of the same key': () => signed({ alg: 'ES256', with: otherKey }).catch(() => present('a.b.c')),
      'about another than its issuer': () => signed({ sub: 'demo-system' }),
      'not valid yet': () => signed({ nbf: Math.floor(Date.now() / 1000) + 600 }),
      'without a name of its own (jti)': () => signed({ jti: '' }),
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
