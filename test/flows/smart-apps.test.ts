/** A SMART app from the first link to the last token: as its maker would write it, against the whole server. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { demoArea, demoPatients } from '../../demo/index.ts'
import { keys } from '../../src/cli/keys.ts'
import { readConfig } from '../../src/config.ts'
import { forgetArtifacts } from '../../src/smart-apps/index.ts'
import { formKey, noSession } from '../support/form-key.ts'
import { readPage } from '../support/page.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'

let aheadMs = 0
let server: RunningTestServer
let own = ''
let other = ''
beforeAll(async () => {
  server = await runningServer({ env: { DEMO_PEOPLE: '2' }, clock: () => new Date(Date.now() + aheadMs) })
  const { people, seed, now } = JSON.parse(readFileSync(join(server.folder, 'demo.json'), 'utf8')) as {
    people: number
    seed: number
    now: string
  }
  const [first] = demoPatients(demoArea({ people, seed: String(seed), now: new Date(now) }))
  own = await patient(first?.nhsNumber ?? '', first?.birthDate ?? '')
  other = await patient('9990000018', '1950-01-01')
})

async function fhir(path: string, token: string, body?: unknown) {
  const answer = await fetch(`${server.url}/fhir${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  return {
    status: answer.status,
    json: (await answer.json()) as { id?: string; entry?: readonly { resource: { id: string } }[] },
  }
}

async function patient(nhsNumber: string, birthDate: string): Promise<string> {
  const token = await server.token()
  const { json } = await fhir('/Patient', token, {
    resourceType: 'Patient',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber }],
    name: [{ family: 'Invented', given: ['Person'] }],
    birthDate,
  })
  const subject = { reference: `Patient/${json.id}` }
  const observation = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'Weight' },
    subject,
    effectiveDateTime: '2026-01-01',
    valueQuantity: { value: 70, unit: 'kg' },
  }
  await fhir('/Observation', token, observation)
  await fhir('/Condition', token, {
    resourceType: 'Condition',
    code: { text: 'Safeguarding concern' },
    subject,
    recordedDate: '2026-01-01',
  })
  return json.id ?? ''
}

/** A browser that keeps cookies by path, as an app opens it. */
function browser() {
  const jar = new Map<string, { readonly value: string; readonly path: string }>()
  const ask = async (
    address: string,
    form?: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const url = new URL(address, server.url)
    const kept = [...jar]
      .filter(([, { path }]) => url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name.split(' ')[0]}=${value}`)
      .join('; ')
    const cookie = /throughline_patient=/.test(kept) ? kept : `${kept === '' ? '' : `${kept}; `}${noSession}`
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie, ...headers },
      ...(form ? { method: 'POST', body: new URLSearchParams({ ...formKey(cookie), ...form }) } : {}),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/'
      const cut = pair.indexOf('=')
      jar.set(`${pair.slice(0, cut)} ${path}`, { value: pair.slice(cut + 1), path })
    }
    return {
      status: answer.status,
      html: await answer.text(),
      location: answer.headers.get('location') ?? '',
      policy: answer.headers.get('content-security-policy') ?? '',
    }
  }
  return { ask }
}

const redirectUri = 'http://127.0.0.1/back'
const verifier = randomBytes(32).toString('base64url')
const asking = (more: Readonly<Record<string, string>> = {}) =>
  `/oauth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: 'demo-app',
    redirect_uri: redirectUri,
    scope: 'openid launch/patient patient/*.rs offline_access',
    state: 's',
    aud: `${server.url}/fhir`,
    prompt: 'consent',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  })}`

/** From the app's link, over sign-in and consent, back to the app. @returns the address that the app is called at */
async function authorised(more: Readonly<Record<string, string>> = {}, answer = 'yes'): Promise<URL> {
  const { ask } = browser()
  const consent = await ask(asking(more))
  const toSignIn = await ask(consent.location)
  expect(toSignIn.location).toContain('/app/sign-in?next=%2Fapp%2Fconnect%2F')
  const next = new URL(toSignIn.location, server.url).searchParams.get('next') ?? ''
  const signedIn = await ask('/app/sign-in', { person: 'p0001', next })
  expect(signedIn.location).toBe(next)
  const page = await ask(next)
  expect(page.html).toContain('Let Demo health diary see your record?')
  const decided = await ask(next, { answer })
  const on = readPage(decided.html).links.find(({ words }) => words.startsWith('Go back to'))?.href ?? ''
  return new URL((await ask(on)).location)
}

type TokenAnswer = {
  status: number
  access_token?: string
  refresh_token?: string
  id_token?: string
  patient?: string
  scope?: string
  error?: string
}
async function token(form: Readonly<Record<string, string>>): Promise<TokenAnswer> {
  const answer = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'demo-app', ...form }),
  })
  return { status: answer.status, ...((await answer.json()) as object) }
}
const redeem = (code: string, more: Readonly<Record<string, string>> = {}) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier, ...more })
const given = async (more: Readonly<Record<string, string>> = {}) =>
  await redeem((await authorised(more)).searchParams.get('code') ?? '')

describe('an app that somebody lets in', () => {
  test('reads and searches their record, and nobody else’s', async () => {
    const answer = await given()
    expect(answer).toMatchObject({ status: 200, patient: own })
    const access = answer.access_token ?? ''
    expect((await fhir(`/Patient/${own}`, access)).status).toBe(200)
    expect((await fhir('/Observation', access)).json.entry).toHaveLength(1)
    expect((await fhir(`/Patient/${other}`, access)).status).toBe(404)
    expect((await fhir(`/Observation?patient=${other}`, access)).json.entry ?? []).toHaveLength(0)
    expect((await fhir('/Patient', access)).json.entry?.map(({ resource }) => resource.id)).toEqual([own])
  })

  test('H-64 is told nothing of safeguarding, as the person is not', async () => {
    const access = (await given()).access_token ?? ''
    expect((await fhir('/Condition', access)).json.entry ?? []).toHaveLength(0)
    const [held] = await server.sql<
      { id: string }[]
    >`select id from resource where id in (select id from resource_version where body like '%Safeguarding concern%') limit 1`
    expect((await fhir(`/Condition/${held?.id}`, access)).status).toBe(404)
  })

  test.each(['/Patient/OWN/_history', '/Patient/OWN/$everything', '/Patient/OWN/$summary', '/Patient/OWN/_history/1'])(
    'goes by no side road: %s',
    async (path) => {
      const access = (await given()).access_token ?? ''
      expect((await fhir(path.replace('OWN', own), access)).status).toBe(403)
    },
  )

  test('H-64 is told nothing of what is hidden by how many pages there are', async () => {
    const concern = { resourceType: 'Condition', subject: { reference: `Patient/${own}` }, recordedDate: '2026-01-02' }
    for (const text of ['Safeguarding concern', 'Safeguarding concern', 'Hay fever', 'Eczema'])
      await fhir('/Condition', await server.token(), { ...concern, code: { text } })
    const access = (await given()).access_token ?? ''
    type Page = {
      entry?: readonly { resource: { code: { text: string } } }[]
      link: readonly { relation: string; url: string }[]
    }
    const shown: (readonly string[])[] = []
    let next: string | undefined = '/Condition?_count=1'
    while (next !== undefined && shown.length < 9) {
      const page = (await fhir(next, access)).json as unknown as Page
      shown.push((page.entry ?? []).map(({ resource }) => resource.code.text))
      next = page.link.find(({ relation }) => relation === 'next')?.url.split('/fhir')[1]
    }
    expect(shown.map((page) => page.length)).toEqual([1, 1])
    expect(shown.flat().toSorted()).toEqual(['Eczema', 'Hay fever'])
  })

  test.each([
    '/Observation?patient.identifier=x',
    '/Patient?_has:Observation:patient:code=x',
    '/Observation?_include=Observation:patient',
    '/Observation?_total=accurate',
  ])('searches by its own parameters only: %s', async (path) => {
    const access = (await given()).access_token ?? ''
    expect((await fhir(path, access)).status).toBe(400)
  })

  test('writes nothing', async () => {
    const access = (await given()).access_token ?? ''
    expect(
      (await fhir('/Observation', access, { resourceType: 'Observation', status: 'final', code: { text: 'x' } }))
        .status,
    ).toBe(403)
    expect((await fhir('/', access, { resourceType: 'Bundle', type: 'transaction', entry: [] })).status).toBe(403)
  })

  test('has only the types that it asked for', async () => {
    const access = (await given({ scope: 'launch/patient patient/Observation.rs' })).access_token ?? ''
    expect((await fhir('/Observation', access)).status).toBe(200)
    expect((await fhir(`/Patient/${own}`, access)).status).toBe(403)
  })

  test('leaves a line for the yes, each token and each look', async () => {
    const access = (await given()).access_token ?? ''
    await fhir(`/Patient/${own}`, access)
    const lines = await server.sql<{ what: string; actor: string; outcome: number }[]>`
      select what, actor_id as actor, outcome from audit_event where what like 'app-%' order by id desc limit 3`
    expect(lines.map(({ what, actor, outcome }) => `${actor} ${what} ${outcome}`)).toEqual([
      'p0001 app-read 0',
      'p0001 app-token 0',
      'p0001 app-allowed 0',
    ])
  })
})

describe('attacks on the authorization server', () => {
  test('a code counts once, for its own verifier, and a second use ends what the first gave', async () => {
    const code = (await authorised()).searchParams.get('code') ?? ''
    expect((await redeem(code, { code_verifier: randomBytes(32).toString('base64url') })).status).toBe(400)
    const fresh = (await authorised()).searchParams.get('code') ?? ''
    const first = await redeem(fresh)
    expect(first.status).toBe(200)
    expect((await redeem(fresh)).status).toBe(400)
    expect((await fhir(`/Patient/${own}`, first.access_token ?? '')).status).toBe(401)
  })

  test('a refresh token turns over; the old one, used again, ends them all', async () => {
    const first = await given()
    const second = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' })
    expect(second).toMatchObject({ status: 200, patient: own })
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect((await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' })).status).toBe(400)
    expect((await fhir(`/Patient/${own}`, second.access_token ?? '')).status).toBe(401)
  })

  test('what is revoked is worth nothing', async () => {
    const { access_token: access = '' } = await given()
    await fetch(`${server.url}/oauth/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'demo-app', token: access }),
    })
    expect((await fhir(`/Patient/${own}`, access)).status).toBe(401)
  })

  test('somebody who says no gives nothing, and a person who stops an app stops it at once', async () => {
    expect((await authorised({}, 'no')).searchParams.get('error')).toBe('access_denied')
    const { access_token: access = '' } = await given()
    const { ask } = browser()
    await ask('/app/sign-in', { person: 'p0001' })
    const list = await ask('/app/apps')
    for (const [, grant = ''] of list.html.matchAll(/name="grant" value="([0-9a-f]{64})"/g))
      await ask('/app/apps', { grant })
    expect((await fhir(`/Patient/${own}`, access)).status).toBe(401)
    expect((await ask('/app/apps')).html).toContain('You have let no app see your record.')
  })

  test.each([
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['PKCE in the clear', { code_challenge_method: 'plain' }],
    ['an address that is not registered', { redirect_uri: 'https://evil.example/back' }],
    ['a client that is not registered', { client_id: 'evil' }],
    ['another server’s address (aud)', { aud: 'https://evil.example/fhir' }],
    ['a token straight away', { response_type: 'token' }],
    ['a token beside the code', { response_type: 'code token' }],
    ['no address of a server (aud)', { aud: '' }],
    ['another path', { redirect_uri: 'http://127.0.0.1/back/../evil' }],
    ['a path that begins alike', { redirect_uri: 'http://127.0.0.1/backdoor' }],
    ['a query more', { redirect_uri: 'http://127.0.0.1/back?to=https://evil.example' }],
    ['a fragment more', { redirect_uri: 'http://127.0.0.1/back#x' }],
    ['a name that begins alike', { redirect_uri: 'http://127.0.0.1.evil.example/back' }],
    ['a user name that looks like the host', { redirect_uri: 'http://127.0.0.1@evil.example/back' }],
    ['another case', { redirect_uri: 'http://127.0.0.1/BACK' }],
    ['another scheme', { redirect_uri: 'https://127.0.0.1/back' }],
    ['a script for an address', { redirect_uri: 'javascript:alert(1)//127.0.0.1/back' }],
    ['a request object from elsewhere', { request_uri: 'https://evil.example/request' }],
    ['a request object that nobody signed', { request: 'eyJhbGciOiJub25lIn0.eyJzY29wZSI6InBhdGllbnQvKi5ycyJ9.' }],
    ['a client that is an address to be fetched', { client_id: 'https://evil.example/client' }],
    ['nobody asked (prompt=none)', { prompt: 'none' }],
    ['an answer by script', { response_mode: 'web_message' }],
    ['an id token that nobody signed', { id_token_hint: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwMDAwMSJ9.' }],
  ])('%s leads to no consent page', async (_name, more) => {
    const { location } = await browser().ask(asking(more))
    expect(location).not.toContain('/connect/')
    expect(location).not.toMatch(/[?#&](code|access_token)=/)
  })

  test('the address of the token endpoint is exactly one: by no other spelling is a code redeemed, past the trail', async () => {
    const [before] = await server.sql<
      { n: number }[]
    >`select count(*)::int as n from audit_event where what = 'app-token'`
    const code = (await authorised()).searchParams.get('code') ?? ''
    const body = {
      grant_type: 'authorization_code',
      client_id: 'demo-app',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }
    for (const path of [
      'token/',
      'TOKEN',
      'Token',
      '/token',
      'token;x',
      'token%2f',
      '%2ftoken',
      'authorize',
      'reg',
      'introspect',
      'par',
    ]) {
      const answer = await fetch(`${server.url}/oauth/${path}`, { method: 'POST', body: new URLSearchParams(body) })
      expect([path, answer.status, (await answer.text()).includes('access_token')]).toEqual([path, 404, false])
    }
    for (const path of ['authorize/', 'AUTHORIZE'])
      expect((await browser().ask(asking().replace('authorize', path))).status).toBe(404)
    expect((await redeem(code)).status).toBe(200)
    const [after] = await server.sql<
      { n: number }[]
    >`select count(*)::int as n from audit_event where what = 'app-token'`
    expect(after?.n).toBe((before?.n ?? 0) + 1)
  })

  test('a code is its own client’s, for its own address, with its own verifier; each wrong try is in the trail', async () => {
    const [before] = await server.sql<
      { n: number }[]
    >`select count(*)::int as n from audit_event where what = 'app-token' and outcome = 4`
    const wrong: readonly Readonly<Record<string, string>>[] = [
      { client_id: 'demo-staff-app' },
      { client_id: 'evil' },
      { redirect_uri: 'http://127.0.0.1/other' },
      { code_verifier: '' },
      { code_verifier: createHash('sha256').update(verifier).digest('base64url') },
    ]
    for (const more of wrong) {
      const code = (await authorised()).searchParams.get('code') ?? ''
      const answer = await redeem(code, more)
      expect([more, answer.access_token, answer.status >= 400]).toEqual([more, undefined, true])
    }
    const [after] = await server.sql<
      { n: number }[]
    >`select count(*)::int as n from audit_event where what = 'app-token' and outcome = 4`
    expect(after?.n).toBe((before?.n ?? 0) + wrong.length)
  })

  test('the answer names who gave it (mix-up), brings the state back as it was sent, and its id token the nonce', async () => {
    const state = 'st/+&=\'"<ate'
    const back = await authorised({ state, nonce: 'n-0nce' })
    expect(back.searchParams.get('iss')).toBe(`${server.url}/oauth`)
    expect(back.searchParams.get('state')).toBe(state)
    expect([...back.searchParams.keys()].toSorted()).toEqual(['code', 'iss', 'state'])
    const { id_token: idToken = '' } = (await redeem(back.searchParams.get('code') ?? '')) as { id_token?: string }
    const [header, claims] = idToken
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>)
    expect(header).toMatchObject({ alg: 'RS256' })
    expect(claims).toMatchObject({ iss: `${server.url}/oauth`, aud: 'demo-app', nonce: 'n-0nce' })
  })

  test('a refresh token is worth nothing to another client, and never widens', async () => {
    const { refresh_token: refresh = '' } = await given({
      scope: 'launch/patient patient/Observation.rs offline_access',
    })
    expect(
      (await token({ grant_type: 'refresh_token', refresh_token: refresh, client_id: 'demo-staff-app' })).access_token,
    ).toBeUndefined()
    const wider = await token({ grant_type: 'refresh_token', refresh_token: refresh, scope: 'patient/*.rs' })
    expect([wider.status, wider.access_token]).toEqual([400, undefined])
    const again = await token({ grant_type: 'refresh_token', refresh_token: refresh })
    expect((await fhir('/Observation', again.access_token ?? '')).status).toBe(200)
    expect((await fhir('/Condition', again.access_token ?? '')).status).toBe(403)
  })

  test('a token is for the FHIR door alone: no feed, no page, and no other kind of token opens it', async () => {
    const {
      access_token: access = '',
      refresh_token: refresh = '',
      id_token: id = '',
    } = (await given()) as TokenAnswer & { id_token?: string }
    const feed = await fetch(`${server.url}/feeds/x/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access}` },
      body: 'x',
    })
    expect(feed.status).toBe(401)
    for (const cookie of [`throughline_patient=${access}`, `throughline_staff=${access}`])
      for (const path of ['/app', '/staff'])
        expect((await fetch(server.url + path, { headers: { cookie }, redirect: 'manual' })).status).toBe(303)
    for (const wrong of [refresh, id]) expect((await fhir(`/Patient/${own}`, wrong)).status).toBe(401)
    expect((await fetch(`${server.url}/fhir/Patient/${own}?access_token=${access}`)).status).toBe(401)
  })

  test('consent cannot be framed, sent from elsewhere, or sent without the key of its page', async () => {
    const { ask } = browser()
    const { location } = await ask(asking())
    const { location: toSignIn } = await ask(location)
    const next = new URL(toSignIn, server.url).searchParams.get('next') ?? ''
    await ask('/app/sign-in', { person: 'p0001', next })
    const page = await ask(next)
    expect(page.status).toBe(200)
    expect(page.policy).toMatch(/frame-ancestors 'none'/)
    expect((await ask(next, { answer: 'yes', 'form-key': 'x'.repeat(43) })).status).toBe(403)
    expect((await ask(next, { answer: 'yes' }, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await ask(next, { answer: 'yes' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    // GET decides nothing.
    expect((await ask(`${next}?answer=yes`)).html).toContain('Let Demo health diary see your record?')
  })

  test('the consent page is for the browser that began, and for the kind of people the app is for', async () => {
    const { location } = await browser().ask(asking())
    const elsewhere = browser()
    await elsewhere.ask('/app/sign-in', { person: 'p0001' })
    expect((await elsewhere.ask(location)).status).toBe(404)
  })

  test('the database holds no token and no name of anybody in the clear', async () => {
    const { access_token: access = '', refresh_token: refresh = '' } = await given()
    const rows = await server.sql<
      { all: string }[]
    >`select string_agg(sealed || encode(id_digest, 'escape'), '') as all from app_artifact`
    for (const secret of [access, refresh, 'p0001', 'demo-app']) expect(rows[0]?.all).not.toContain(secret)
  })
})

test('the configuration that apps read is true: every address in it answers', async () => {
  const said = (await (await fetch(`${server.url}/fhir/.well-known/smart-configuration`)).json()) as Readonly<
    Record<string, string>
  >
  expect(said.issuer).toBe(`${server.url}/oauth`)
  const keys = (await (await fetch(said.jwks_uri ?? '')).json()) as { keys: readonly Record<string, unknown>[] }
  expect(keys.keys.length).toBeGreaterThan(0)
  for (const key of keys.keys) expect(key).not.toHaveProperty('d')
  for (const name of ['authorization_endpoint', 'token_endpoint', 'revocation_endpoint'])
    expect(
      (
        await fetch(said[name] ?? '', {
          method: name === 'authorization_endpoint' ? 'GET' : 'POST',
          redirect: 'manual',
        })
      ).status,
    ).not.toBe(404)
})

test('every key is changed while an app is at work: it refreshes, reads and checks its ID token as before', async () => {
  const before = await given({ scope: 'openid fhirUser launch/patient patient/*.rs offline_access' })
  const signedBy = (token = '') =>
    (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid
  const told = async () => {
    const { keys: all } = (await (await fetch(`${server.url}/oauth/jwks`)).json()) as {
      keys: readonly { kid: string }[]
    }
    return all.map(({ kid }) => kid)
  }
  const first = signedBy(before.id_token)
  expect(await told()).toEqual([first])
  const config = readConfig({
    DATABASE_URL: server.databaseUrl,
    DATA_DIR: server.folder,
    SECRETS_KEY_FILE: join(server.folder, 'secrets.keys'),
    LOG_LEVEL: 'silent',
  })
  if (!config.ok) throw new Error('settings')
  const call = { config: config.value, json: true, clock: () => new Date(Date.now() + aheadMs) }
  const said = vi.spyOn(console, 'log').mockImplementation(() => {})
  for (const act of ['rotate', 'rotate-signing']) expect(await keys.run({ ...call, args: [act] })).toBe(0)
  said.mockRestore()

  // Told to others at once; the one before signs until they know it.
  aheadMs = 10_000
  const [signs, ...others] = await told()
  expect([signs, others.length]).toEqual([first, 1])
  expect((await fhir(`/Patient/${own}`, before.access_token ?? '')).status).toBe(200)
  aheadMs = 11 * 60_000
  const refreshed = await token({ grant_type: 'refresh_token', refresh_token: before.refresh_token ?? '' })
  expect([refreshed.status, signedBy(refreshed.id_token)]).toEqual([200, others[0]])
  expect((await fhir(`/Patient/${own}`, refreshed.access_token ?? '')).status).toBe(200)
  expect(await told()).toEqual([others[0], first])

  // A day later nothing that the first one signed is of use, and it is gone for good.
  aheadMs = 25 * 3_600_000
  expect(await told()).toEqual(others)
  await forgetArtifacts(server.sql, call.clock())
  expect((await server.sql`select 1 from signing_key`).length).toBe(1)
})
