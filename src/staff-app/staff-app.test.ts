import Fastify, { type FastifyInstance } from 'fastify'
import { HtmlValidate } from 'html-validate'
import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { formKey, noSession } from '../../test/support/form-key.ts'
import { testSecrets } from '../../test/support/secrets.ts'
import { demoSignIn } from '../../test/support/sign-in.ts'
import type { StandInPeople } from '../access/index.ts'
import { readAudit } from '../audit/index.ts'
import { type Pool, silentLog } from '../base/index.ts'
import { contentSecurityPolicy } from '../design/index.ts'
import type { Source } from '../feeds/index.ts'
import { fileSubjects, openReviews } from '../identity/index.ts'
import { staffApp } from './index.ts'

const people: StandInPeople = {
  staff: [
    { id: 'gp', name: 'Dr Amina Khan', role: 'clinician', organisation: { code: 'X26001', name: 'Riverside Surgery' } },
    {
      id: 'analyst',
      name: 'Ned Wire',
      role: 'integration-analyst',
      organisation: { code: 'RXX', name: 'Riverton General' },
    },
    {
      id: 'officer',
      name: 'Ida Match',
      role: 'identity-officer',
      organisation: { code: 'RXX', name: 'Riverton General' },
    },
  ],
  patients: [{ id: 'p1', name: 'Sarah Ward', nhsNumber: '9990000018', birthDate: '1958-05-14' }],
}
const now = new Date('2026-11-22T10:20:00Z')
const source: Source = {
  id: 'pas',
  name: 'Riverton PAS',
  kind: 'acute',
  organisation: { code: 'RXX', name: 'Riverton General' },
  formats: ['hl7v2'],
  namespace: 'n',
  settings: {},
}

let app: FastifyInstance
let sql: Pool

beforeAll(async () => {
  sql = (await testDatabase()).sql
  const { standIn, doors } = await demoSignIn(sql, () => now, people)
  app = Fastify({ routerOptions: { maxParamLength: 200 } })
  await staffApp(app, {
    sql,
    clock: () => now,
    log: silentLog,
    demo: true,
    assets: { css: '/assets/staff.css', icon: '/assets/icon.svg' },
    standIn,
    door: doors.staff,
    secrets: testSecrets,
    secureCookies: false,
    sources: { get: (id) => (id === 'pas' ? source : undefined), refresh: async () => {}, all: () => [source] },
    format: () => undefined,
    pipeline: {
      replay: async (messageId) => ({ messageId, status: 'failed', issues: [], written: [] }),
      receive: async () => ({ messageId: '1', status: 'failed', issues: [], written: [] }),
    },
    wakeSender: () => {},
  })
  await sql`insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, created_at, updated_at)
            values ('pas', 'Riverton PAS', 'acute', 'RXX', 'Riverton General', array['hl7v2'], 'n', ${now}, ${now})`
  await sql`insert into message (id, source, format, kind, control_id, order_key, digest, body, received_at, last_received_at, status, issues)
            values (1882587384329280973, 'pas', 'hl7v2', 'ADT^A01', 'C1', '', '\\x00', ${Buffer.from('MSH|^~\\&|PAS|RXX\rPID|1||123^^^RXX||WARD^SARAH<b>')}, ${now}, ${now}, 'failed',
                    ${sql.json([{ place: 'PID[1]-7[1]', message: 'The date of birth is missing', remedy: 'Ask the sender to fill PID-7.' }])})`
  await sql.begin((tx) =>
    fileSubjects(
      tx,
      [
        {
          patientId: 'a1',
          source: 'pas',
          traits: {
            nhsNumber: '9990000018',
            nhsNumberStatus: '01',
            family: 'Ward',
            given: ['Sarah'],
            birthDate: '1958-05-14',
            gender: 'female',
            postcode: 'ZE1 0AA',
          },
        },
        {
          patientId: 'a2',
          source: 'pas',
          traits: {
            nhsNumber: '9990000018',
            nhsNumberStatus: '01',
            family: 'Ward',
            given: ['Thomas'],
            birthDate: '1991-01-02',
            gender: 'male',
          },
        },
      ],
      { now },
    ),
  )
})

async function cookieOf(person: string): Promise<string> {
  const reply = await app.inject({
    method: 'POST',
    url: '/staff/sign-in',
    payload: new URLSearchParams({ person, ...formKey(noSession) }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: noSession },
  })
  expect(reply.statusCode).toBe(303)
  expect(reply.headers.location).toBe('/staff')
  return String(reply.headers['set-cookie']).split(';')[0] ?? ''
}

async function get(url: string, cookie: string) {
  const reply = await app.inject({ url, headers: { cookie } })
  if (reply.statusCode === 200) await expectSound(reply.body)
  return reply
}

async function post(url: string, cookie: string, form: Record<string, string>) {
  return app.inject({
    method: 'POST',
    url,
    headers: { cookie: cookie || noSession, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ ...formKey(cookie || noSession), ...form }).toString(),
  })
}

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // Without JavaScript a page gives way, before the session ends, to one where that can be put off.
    'meta-refresh': 'off',
    'no-redundant-role': 'off',
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    'prefer-native-element': 'off',
    'no-inline-style': 'error',
  },
})

async function expectSound(html: string): Promise<void> {
  const report = await validator.validateString(html)
  expect(
    report.results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message, selector }) => `${ruleId}: ${message} ${selector}`),
    ),
  ).toEqual([])
  expect(html.match(/<h1/g)).toHaveLength(1)
}

describe('the door', () => {
  test('nobody sees a page before signing in, and comes back to it after', async () => {
    const reply = await app.inject('/staff/feeds?x=1')
    expect(reply.statusCode).toBe(303)
    expect(reply.headers.location).toBe('/staff/sign-in?next=%2Fstaff%2Ffeeds%3Fx%3D1')
    const signIn = await get(String(reply.headers.location), '')
    expect(signIn.body).toContain('Dr Amina Khan')
    const back = await app.inject({
      method: 'POST',
      url: '/staff/sign-in',
      payload: new URLSearchParams({ person: 'gp', next: '/staff/feeds', ...formKey(noSession) }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: noSession },
    })
    expect(back.headers.location).toBe('/staff/feeds')
  })

  test('sign-in leads to no other site', async () => {
    for (const next of ['https://evil.example', '//evil.example', '/staff/../app', '/staffx', 'javascript:1']) {
      const reply = await post('/staff/sign-in', '', { person: 'gp', next })
      expect([next, reply.headers.location]).toEqual([next, '/staff'])
    }
  })

  test('the cookie is kept from scripts and other sites, and every page carries the policy', async () => {
    const reply = await post('/staff/sign-in', '', { person: 'gp' })
    expect(reply.headers['set-cookie']).toMatch(/HttpOnly.*SameSite=Lax/)
    const page = await get('/staff', await cookieOf('gp'))
    expect(page.headers['content-security-policy']).toBe(contentSecurityPolicy)
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.body).not.toMatch(/<script|style=| on[a-z]+=/)
  })

  test('a form from another site is refused', async () => {
    const reply = await app.inject({
      method: 'POST',
      url: '/staff/sign-in',
      payload: 'person=gp',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' },
    })
    expect(reply.statusCode).toBe(403)
    expect(reply.body).toContain('another site')
    expect(reply.headers['set-cookie']).toBeUndefined()
  })

  test('a patient, or nobody, cannot sign in as staff', async () => {
    for (const person of ['p1', 'none', '']) expect((await post('/staff/sign-in', '', { person })).statusCode).toBe(422)
  })

  test('after signing out the cookie opens nothing', async () => {
    const cookie = await cookieOf('gp')
    expect((await post('/staff/sign-out', cookie, {})).headers.location).toBe('/staff/signed-out')
    expect((await get('/staff', cookie)).statusCode).toBe(303)
    expect((await get('/staff/signed-out', '')).body).toContain('You are signed out')
  })

  test('help is there for everybody, and an address that is none says what to do', async () => {
    expect((await get('/staff/help', '')).statusCode).toBe(200)
    const reply = await app.inject({ url: '/staff/nowhere', headers: { cookie: await cookieOf('gp') } })
    expect(reply.statusCode).toBe(404)
    expect(reply.body).toContain('Go to the start page')
  })
})

describe('finding somebody', () => {
  test('what is typed never stands in an address; the people found are shown and written down', async () => {
    const cookie = await cookieOf('gp')
    const sent = await post('/staff/find', cookie, { q: 'sara ward 14/5/1958' })
    expect(sent.statusCode).toBe(303)
    expect(String(sent.headers.location)).not.toMatch(/ward|1958/i)
    const found = await get(String(sent.headers.location), cookie)
    expect(found.body).toContain('WARD, Sarah')
    expect(found.body).toContain('999\u00a0000\u00a00018')
    const { lines } = await readAudit(sql, {
      actor: { kind: 'staff', id: 'gp' },
      what: ['search-result', 'patient-search'],
    })
    expect(lines.map(({ what }) => what).sort()).toEqual(['patient-search', 'search-result'])
    expect(JSON.stringify(lines)).not.toMatch(/sara/i)
  })

  test('the longest search that is taken can be shown', async () => {
    const cookie = await cookieOf('gp')
    const sent = await post('/staff/find', cookie, { q: `ward ${'w'.repeat(115)}` })
    expect((await get(String(sent.headers.location), cookie)).statusCode).toBe(200)
  })

  test('another session opens no results of mine', async () => {
    const sent = await post('/staff/find', await cookieOf('gp'), { q: 'ward' })
    const reply = await get(String(sent.headers.location), await cookieOf('officer'))
    expect(reply.statusCode).toBe(404)
  })

  test.each(['', 'x', '999 000 0019', '1958', 'w'.repeat(121)])(
    'typing %j is answered beside the field, and kept',
    async (q) => {
      const reply = await post('/staff/find', await cookieOf('gp'), { q })
      expect(reply.statusCode).toBe(422)
      await expectSound(reply.body)
      expect(reply.body).toContain('<title>Error: ')
      expect(reply.body).toContain('href="#q"')
      expect(reply.body).toContain(`value="${q}"`)
    },
  )

  test('an integration analyst has no business finding people, and the refusal is written down', async () => {
    const cookie = await cookieOf('analyst')
    const sent = await post('/staff/find', cookie, { q: 'ward' })
    expect((await get(String(sent.headers.location), cookie)).statusCode).toBe(403)
    const { lines } = await readAudit(sql, { actor: { kind: 'staff', id: 'analyst' }, what: ['patient-search'] })
    expect(lines[0]?.outcome).toBe(4)
    expect((await get('/staff', cookie)).body).not.toContain('Find a patient')
  })
})

describe('feeds', () => {
  test('an analyst sees what waits, why, and what to do; the original is text, whatever it holds', async () => {
    const cookie = await cookieOf('analyst')
    expect((await get('/staff/feeds', cookie)).body).toContain('Riverton PAS')
    expect((await get('/staff/feeds/pas?status=failed', cookie)).body).toContain('/staff/messages/1882587384329280973')
    const message = await get('/staff/messages/1882587384329280973?place=PID%5B1%5D-7%5B1%5D', cookie)
    expect(message.body).toContain('The date of birth is missing')
    expect(message.body).toContain('Ask the sender to fill PID-7.')
    expect(message.body).toContain('SARAH&lt;b&gt;')
  })

  test('a message is tried again, and the page says truly what came of it', async () => {
    const cookie = await cookieOf('analyst')
    const sent = await post('/staff/messages/1882587384329280973', cookie, { do: 'replay' })
    expect((await get(String(sent.headers.location), cookie)).body).toContain('still waits')
    expect((await post('/staff/messages/1882587384329280973', cookie, { do: 'burn' })).statusCode).toBe(400)
  })

  test('a clinician opens no feeds; a message that is none is not found', async () => {
    expect((await get('/staff/feeds', await cookieOf('gp'))).statusCode).toBe(403)
    for (const id of ['5', 'x', '9999999999999999999', '99999999999999999999'])
      expect((await get(`/staff/messages/${id}`, await cookieOf('analyst'))).statusCode).toBe(404)
  })

  test('a message is set aside once', async () => {
    const cookie = await cookieOf('analyst')
    const sent = await post('/staff/messages/1882587384329280973', cookie, { do: 'set-aside' })
    expect((await get(String(sent.headers.location), cookie)).body).toContain('It is set aside')
  })
})

describe('identity', () => {
  test('an officer compares field by field and decides; nothing is chosen beforehand; the decision stands with a name', async () => {
    const cookie = await cookieOf('officer')
    const [review] = await openReviews(sql)
    const url = `/staff/identity/${review?.id}`
    expect((await get('/staff/identity', cookie)).body).toContain(url)
    const page = await get(url, cookie)
    expect(page.body).toContain('14 May 1958')
    expect(page.body).toContain('2 January 1991')
    expect(page.body).not.toContain(' checked')
    const without = await post(url, cookie, {})
    expect(without.statusCode).toBe(422)
    await expectSound(without.body)
    expect((await post(url, cookie, { decision: 'different' })).statusCode).toBe(303)
    expect((await get(url, cookie)).body).toMatch(/Decided by Ida Match on 22 November 2026 at 10:20am: two people/)
    expect((await post(url, cookie, { decision: 'same' })).statusCode).toBe(409)
  })

  test('what makes up a record is told with the rule of each link', async () => {
    const cookie = await cookieOf('officer')
    const [row] = await sql<{ person: string }[]>`select person from person_link limit 1`
    expect((await get(`/staff/identity/people/${row?.person}`, cookie)).body).toContain('Riverton General')
    expect((await post('/staff/identity/merges/none/undo', cookie, {})).statusCode).toBe(404)
    expect((await get('/staff/identity', await cookieOf('gp'))).statusCode).toBe(403)
    // Who may not see reviews is not told which there are, and the attempt stays.
    const [review] = await sql<{ id: string }[]>`select id from identity_review limit 1`
    expect(review).toBeDefined()
    for (const guess of [review?.id, 'never-was'])
      expect((await get(`/staff/identity/${guess}`, await cookieOf('gp'))).statusCode).toBe(403)
    expect((await get('/staff/identity/never-was', cookie)).statusCode).toBe(404)
  })
})
