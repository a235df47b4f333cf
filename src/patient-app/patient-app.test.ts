import { brotliCompressSync, constants } from 'node:zlib'
import Fastify, { type FastifyInstance } from 'fastify'
import type { FhirResource } from 'fhir/r4.js'
import { HtmlValidate } from 'html-validate'
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { formKey, noSession } from '../../test/support/form-key.ts'
import { testSecrets } from '../../test/support/secrets.ts'
import { demoSignIn } from '../../test/support/sign-in.ts'
import { openRecord, type StandInPeople, withTrail } from '../access/index.ts'
import { readAudit } from '../audit/index.ts'
import { type Pool, silentLog, timeOrderedIds } from '../base/index.ts'
import { contentSecurityPolicy } from '../design/index.ts'
import { fileSubjects } from '../identity/index.ts'
import { patientKey, writeResources } from '../store/index.ts'
import { patientApp } from './index.ts'

const people: StandInPeople = {
  staff: [
    { id: 'gp', name: 'Dr Amina Khan', role: 'clinician', organisation: { code: 'X26001', name: 'Riverside Surgery' } },
  ],
  patients: [
    { id: 'sarah', name: 'Sarah Ward', nhsNumber: '9990000018', birthDate: '1958-05-14' },
    { id: 'tom', name: 'Tom Ward', nhsNumber: '9990000026', birthDate: '1991-01-02' },
    { id: 'stranger', name: 'Una Known', nhsNumber: '9990000034', birthDate: '1970-01-01' },
  ],
}
const now = new Date('2026-11-22T10:20:00Z')
const reference = 'Patient/a1'
const facts = [
  { resourceType: 'Patient', id: 'a1', name: [{ family: 'Ward', given: ['Sarah'] }], birthDate: '1958-05-14' },
  {
    resourceType: 'AllergyIntolerance',
    id: 'al1',
    patient: { reference },
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
    },
    code: { text: 'Penicillin <script>alert(1)</script>' },
    reaction: [{ manifestation: [{ text: 'Anaphylaxis' }], severity: 'severe' }],
  },
  {
    resourceType: 'MedicationRequest',
    id: 'm1',
    status: 'active',
    intent: 'order',
    subject: { reference },
    medicationCodeableConcept: { text: 'Metformin 500 mg tablets' },
    dosageInstruction: [{ text: 'One twice a day with food' }],
  },
  {
    resourceType: 'Condition',
    id: 'c1',
    subject: { reference },
    code: { text: 'Type 2 diabetes' },
    onsetDateTime: '2012-02',
    clinicalStatus: { coding: [{ code: 'active' }] },
  },
  {
    resourceType: 'Observation',
    id: 'o1',
    status: 'final',
    subject: { reference },
    code: { text: 'eGFR' },
    effectiveDateTime: '2026-11-18',
    valueQuantity: { value: 44, unit: 'mL/min/1.73m2' },
  },
  {
    resourceType: 'Appointment',
    id: 'ap0',
    status: 'cancelled',
    description: 'Eye clinic',
    start: '2026-11-23T09:00:00Z',
    participant: [{ actor: { reference }, status: 'accepted' }],
  },
  {
    resourceType: 'Appointment',
    id: 'ap1',
    status: 'booked',
    description: 'Blood pressure check',
    start: '2026-11-26T10:20:00Z',
    participant: [{ actor: { reference }, status: 'accepted' }],
  },
] as unknown as readonly (FhirResource & { readonly id: string })[]

let app: FastifyInstance
let sql: Pool
let sarah: string

beforeAll(async () => {
  sql = (await testDatabase()).sql
  const { standIn, doors } = await demoSignIn(sql, () => now, people)
  app = Fastify()
  await patientApp(app, {
    sql,
    clock: () => now,
    log: silentLog,
    demo: true,
    assets: { css: '/assets/patient.css', icon: '/assets/icon.svg' },
    standIn,
    door: doors.patient,
    secrets: testSecrets,
    secureCookies: false,
  })
  await sql`insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, created_at, updated_at)
            values ('gp', 'Riverside GP system', 'gp', 'X26001', 'Riverside Surgery', array['fhir'], 'n', ${now}, ${now})`
  await sql`insert into message (id, source, format, kind, control_id, order_key, digest, body, received_at, last_received_at, status)
            values (1, 'gp', 'fhir', 'transaction', '1', '', '\\x00', '\\x00', ${now}, ${now}, 'applied')`
  await sql.begin(async (tx) => {
    const [first] = await fileSubjects(
      tx,
      [
        {
          patientId: 'a1',
          source: 'gp',
          traits: {
            nhsNumber: '9990000018',
            nhsNumberStatus: '01',
            family: 'Ward',
            given: ['Sarah'],
            birthDate: '1958-05-14',
          },
        },
        {
          patientId: 'a2',
          source: 'gp',
          traits: {
            nhsNumber: '9990000026',
            nhsNumberStatus: '01',
            family: 'Ward',
            given: ['Tom'],
            birthDate: '1991-01-02',
          },
        },
      ],
      { now },
    )
    sarah = first?.person ?? ''
    const writes = facts.map((resource) => ({
      pk: patientKey('a1'),
      resource,
      op: 'put' as const,
      source: 'gp',
      messageId: '1',
    }))
    const tom = { resourceType: 'Patient', id: 'a2', birthDate: '1991-01-02' } as const
    await writeResources(
      tx,
      [...writes, { pk: patientKey('a2'), resource: tom, op: 'put', source: 'gp', messageId: '1' }],
      { now, nextId: timeOrderedIds(() => now) },
    )
  })
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }

async function cookieOf(person: string): Promise<string> {
  const reply = await app.inject({
    method: 'POST',
    url: '/app/sign-in',
    payload: new URLSearchParams({ person, ...formKey(noSession) }).toString(),
    headers: { ...form, cookie: noSession },
  })
  expect(reply.statusCode).toBe(303)
  return String(reply.headers['set-cookie']).split(';')[0] ?? ''
}

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // Without JavaScript a page gives way, before the session ends, to one where that can be put off.
    'meta-refresh': 'off',
    'no-redundant-role': 'off',
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    'no-inline-style': 'error',
  },
})

async function get(url: string, cookie: string) {
  const reply = await app.inject({ url, headers: { cookie } })
  if (reply.statusCode === 303) return reply
  const report = await validator.validateString(reply.body)
  expect(
    report.results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message, selector }) => `${ruleId}: ${message} ${selector}`),
    ),
  ).toEqual([])
  expect(reply.body.match(/<h1/g)).toHaveLength(1)
  expect(reply.headers['content-security-policy']).toBe(contentSecurityPolicy)
  // Budgets of ui.md §6.
  expect(brotliCompressSync(reply.body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length).toBeLessThan(
    14_000,
  )
  return reply
}

test('home says what is next: the soonest appointment that stands, and what is new', async () => {
  const page = await get('/app', await cookieOf('sarah'))
  expect(page.body).toContain('Thursday 26 November 2026, 10:20am')
  expect(page.body).toContain('Blood pressure check')
  expect(page.body).not.toContain('Eye clinic')
  expect(page.body).toContain('Latest: eGFR, 18 November 2026')
  expect(page.body).toContain('Synthetic data')
})

test('without an appointment it says who answered, and never that there is none', async () => {
  const page = await get('/app', await cookieOf('tom'))
  expect(page.body).toContain('None is recorded by the one organisation that answered.')
})

test('my record is in plain words from the same facts, and what a source sent stays text', async () => {
  const page = await get('/app/health', await cookieOf('sarah'))
  for (const words of [
    'Known allergies',
    'Penicillin &lt;script&gt;',
    'What happened: Anaphylaxis',
    'Metformin 500 mg tablets',
    'How to take it: One twice a day with food',
    'Type 2 diabetes',
    'Since February 2012',
    'eGFR',
    'From: Riverside Surgery',
  ]) {
    expect(page.body).toContain(words)
  }
})

test('an empty list of allergies is never "no known allergies" (hazard H-01)', async () => {
  const page = await get('/app/health', await cookieOf('tom'))
  expect(page.body).toContain('Allergies not recorded')
  expect(page.body).not.toContain('No known allergies')
})

test('I see who has looked, when and why: staff by name and role, and myself', async () => {
  await withTrail(sql, (tx) =>
    openRecord(tx, { kind: 'staff', ...(people.staff[0] ?? expect.fail()) }, sarah, { what: 'record-page', now }),
  )
  const page = await get('/app/access', await cookieOf('sarah'))
  expect(page.body).toContain('Dr Amina Khan, clinician, Riverside Surgery')
  expect(page.body).toContain('Opened your record. To care for you.')
  expect(page.body).toContain('You')
  expect((await get('/app/access', await cookieOf('tom'))).body).not.toContain('Amina')
})

test('every look of a patient is in the trail, as their own request', async () => {
  const { lines } = await readAudit(sql, { persons: [sarah], what: ['patient-record'] })
  expect(lines.length).toBeGreaterThanOrEqual(3)
  expect(new Set(lines.map(({ purpose }) => purpose))).toEqual(new Set(['PATRQT']))
})

test('somebody whom no organisation told us of is told what to do', async () => {
  const cookie = await cookieOf('stranger')
  const page = await get('/app', cookie)
  expect(page.statusCode).toBe(404)
  expect(page.body).toContain('was not found')
})

test('nobody sees anything before signing in or after signing out, and staff do not sign in here', async () => {
  expect((await get('/app/health', '')).headers.location).toBe('/app/sign-in')
  expect((await get('/app/sign-in', '')).body).toContain('Sarah Ward')
  const cookie = await cookieOf('sarah')
  await app.inject({
    method: 'POST',
    url: '/app/sign-out',
    headers: { ...form, cookie },
    payload: new URLSearchParams(formKey(cookie)).toString(),
  })
  expect((await get('/app', cookie)).statusCode).toBe(303)
  expect(
    (
      await app.inject({
        method: 'POST',
        url: '/app/sign-in',
        payload: new URLSearchParams({ person: 'gp', ...formKey(noSession) }).toString(),
        headers: { ...form, cookie: noSession },
      })
    ).statusCode,
  ).toBe(422)
  const foreign = await app.inject({
    method: 'POST',
    url: '/app/sign-in',
    payload: 'person=sarah',
    headers: { ...form, 'sec-fetch-site': 'cross-site' },
  })
  expect(foreign.statusCode).toBe(403)
})

test('every page says whose record it is: families share a phone', async () => {
  const cookie = await cookieOf('sarah')
  for (const page of ['/app', '/app/health', '/app/access', '/app/help'])
    expect((await get(page, cookie)).body).toContain('Sarah Ward')
})

test('help is there for everybody, and a wrong address says what to do', async () => {
  expect((await get('/app/help', '')).statusCode).toBe(200)
  expect((await get('/app/health/letters/none', await cookieOf('sarah'))).statusCode).toBe(404)
  expect((await get('/app/nowhere', await cookieOf('sarah'))).body).toContain('Go to your home page')
})
