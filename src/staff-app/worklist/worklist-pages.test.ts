/** The worklist's pages: who may, what is written down, new kinds of work, restricted people, forms sent twice. */

import Fastify, { type FastifyInstance } from 'fastify'
import { HtmlValidate } from 'html-validate'
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../../test/support/database.ts'
import { formKey, noSession } from '../../../test/support/form-key.ts'
import { testSecrets } from '../../../test/support/secrets.ts'
import { demoSignIn } from '../../../test/support/sign-in.ts'
import type { StaffRole } from '../../access/index.ts'
import { readAudit } from '../../audit/index.ts'
import { type Pool, silentLog, timeOrderedIds } from '../../base/index.ts'
import { fileSubjects, personOf } from '../../identity/index.ts'
import { patientKey, type Write, writeResources } from '../../store/index.ts'
import { makeFollower, type WorkKind } from '../../worklist/index.ts'
import { resultRoles, staffApp, taskRoles } from '../index.ts'

const now = new Date('2026-11-22T10:20:00Z')
const staff = (id: string, role: StaffRole, code = 'RXX') => ({
  id,
  name: `Dr ${id}`,
  role,
  organisation: { code, name: `Hospital ${code}` },
})
/** By which sign-in, and the systems of an area, name one of the staff. */
const staffCode = 'https://fhir.nhs.uk/Id/sds-user-id'
const advice: WorkKind = {
  id: 'advice',
  one: 'question from a GP',
  many: 'questions from GPs',
  permission: 'do-tasks',
  fallback: 'clinician',
  count: async () => ({ open: 1, surfaced: 1 }),
  page: async () => [
    {
      kind: 'advice',
      id: 'q1',
      title: 'Should this be seen?',
      note: '',
      gravity: 'ordinary',
      owner: 'Cardiology',
      raisedAt: now,
      surfaced: 'no-owner',
      href: '/staff/help',
    },
  ],
}

let app: FastifyInstance
let sql: Pool
let person = ''
let hidden = ''

beforeAll(async () => {
  sql = (await testDatabase()).sql
  const follower = makeFollower({ pool: sql, clock: () => now, log: silentLog, resultRoles, taskRoles })
  const { standIn, doors } = await demoSignIn(sql, () => now, {
    staff: [
      staff('Ward', 'clinician'),
      staff('Nurse', 'nurse'),
      staff('Far', 'clinician', 'RYY'),
      staff('Clerk', 'booking-clerk'),
      staff('Pharm', 'pharmacist'),
      staff('Key', 'clinician'),
    ],
    patients: [],
  })
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
    sources: { get: () => undefined, refresh: async () => undefined, all: () => [] },
    format: () => undefined,
    pipeline: {
      replay: async (messageId) => ({ messageId, status: 'failed', issues: [], written: [] }),
      receive: async () => ({ messageId: '1', status: 'failed', issues: [], written: [] }),
    },
    wakeSender: () => undefined,
    follower,
    moreWork: [advice],
  })
  await sql`insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, created_at, updated_at)
            values ('lab', 'Lab', 'laboratory', 'RXX', 'Hospital RXX', array['hl7v2'], 'n', ${now}, ${now})`
  for (const [id, secret] of [
    ['a', false],
    ['b', true],
  ] as const) {
    await sql.begin((tx) =>
      fileSubjects(
        tx,
        [
          {
            patientId: id,
            source: 'lab',
            traits: { family: `Ward${id}`, given: ['Sarah'], birthDate: '1958-05-14', postcode: 'ZE1 0AA' },
          },
        ],
        { now },
      ),
    )
    const write = (resource: object): Write => ({
      pk: patientKey(id),
      resource: resource as Write['resource'],
      op: 'put',
      fresh: true,
      source: 'lab',
      messageId: '1',
    })
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }]
    const writes = [
      write({
        resourceType: 'Patient',
        id,
        ...(secret ? { meta: { security } } : {}),
        name: [{ family: `Ward${id}`, given: ['Sarah'] }],
        address: [{ line: ['1 High Street'], postalCode: 'ZE1 0AA' }],
      }),
      write({
        resourceType: 'Encounter',
        id: `e${id}`,
        status: 'in-progress',
        class: { code: 'IMP' },
        period: { start: '2026-11-20T10:00:00Z' },
        location: [{ location: { display: 'Ward 7' }, status: 'active' }],
      }),
      write({
        resourceType: 'AllergyIntolerance',
        id: `g${id}`,
        patient: { reference: `Patient/${id}` },
        code: { text: 'Penicillin' },
        criticality: 'high',
      }),
      ...(secret
        ? []
        : [
            write({
              resourceType: 'CareTeam',
              id: `team${id}`,
              status: 'active',
              participant: [{ member: { identifier: { system: staffCode, value: 'Key' } } }],
            }),
          ]),
      ...['1', '2'].flatMap((n) => [
        write({
          resourceType: 'Observation',
          id: `o${id}${n}`,
          status: 'final',
          category: [{ coding: [{ code: 'laboratory' }] }],
          code: { text: `Potassium ${n}` },
          valueQuantity: { value: 6.1, unit: 'mmol/L' },
          effectiveDateTime: '2026-11-22',
          interpretation: [{ coding: [{ code: 'H' }] }],
        }),
        write({
          resourceType: 'DiagnosticReport',
          id: `r${id}${n}`,
          status: 'final',
          code: { text: `Electrolytes ${n}` },
          issued: '2026-11-22T09:00:00Z',
          result: [{ reference: `Observation/o${id}${n}` }],
        }),
      ]),
    ]
    await sql.begin((tx) => writeResources(tx, writes, { now, nextId: timeOrderedIds(() => now) }))
  }
  person = (await personOf(sql, patientKey('a'))) ?? ''
  hidden = (await personOf(sql, patientKey('b'))) ?? ''
})

const validate = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit', 'button'] }],
    // Without JavaScript a page gives way, before the session ends, to one where that can be put off.
    'meta-refresh': 'off',
    'no-redundant-role': 'off',
    'long-title': 'off',
    'no-implicit-button-type': 'off',
    'no-inline-style': 'error',
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    'require-sri': 'off',
    'prefer-native-element': 'off',
    'wcag/h63': 'off',
  },
})

async function as(id: string) {
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
  const signed = await app.inject({
    method: 'POST',
    url: '/staff/sign-in',
    payload: new URLSearchParams({ person: id, ...formKey(noSession) }).toString(),
    headers: { ...form, cookie: noSession },
  })
  const cookie = String(signed.headers['set-cookie']).split(';')[0] ?? ''
  return {
    get: async (url: string) => {
      const reply = await app.inject({ url, headers: { cookie } })
      if (reply.statusCode === 200 && /^\/staff($|\/worklist|\/lists)|\/tasks\/new/.test(url))
        expect(
          (await validate.validateString(reply.body)).results.flatMap(({ messages }) =>
            messages.map(({ ruleId, message }) => `${ruleId}: ${message}`),
          ),
        ).toEqual([])
      return reply
    },
    post: (url: string, fields: readonly (readonly [string, string])[]) =>
      app.inject({
        method: 'POST',
        url,
        payload: new URLSearchParams([
          ...fields.map(([name, value]): [string, string] => [name, value]),
          ...Object.entries(formKey(cookie)),
        ]).toString(),
        headers: { ...form, cookie },
      }),
  }
}

const links = (html: string, like: RegExp): readonly string[] =>
  [...html.matchAll(/href="([^"]+)"/g)].flatMap(([, href = '']) => (like.test(href) ? [href] : []))
const seenIn = (html: string, name: 'seen' | 'also'): readonly string[] =>
  [...html.matchAll(new RegExp(`name="${name}"[^>]*value="([^"]+)"`, 'g'))].flatMap(([, value = '']) => value)

test('a new kind of work stands on the list and the home page without a change of either, where its page is', async () => {
  const ward = await as('Ward')
  const list = (await ward.get('/staff/worklist')).body
  expect(list).toContain('Should this be seen?')
  expect(links(list, /^\/staff\/help$/).length).toBeGreaterThan(1)
  expect((await ward.get('/staff')).body).toContain('1 question from a GP, 1 overdue or without an owner')
})

test('who has no part in a kind of work does not see it, and is refused and written down', async () => {
  const ward = await as('Ward')
  const [item = ''] = links((await ward.get('/staff/worklist?kind=result')).body, /result-/)
  const pharmacist = await as('Pharm')
  expect((await pharmacist.get('/staff/worklist')).body).not.toMatch(/Electrolytes/)
  expect((await pharmacist.get(item)).statusCode).toBe(403)
  expect((await pharmacist.post(item, [['do', 'noted']])).statusCode).toBe(403)
  const clerk = await as('Clerk')
  for (const path of ['/staff/worklist', '/staff/lists', '/staff/lists/ward/Ward%207', '/staff/lists/caseload', item])
    expect([path, (await clerk.get(path)).statusCode]).toEqual([path, 403])
  const { lines } = await readAudit(sql, { actor: { kind: 'staff', id: 'Clerk' }, limit: 20 })
  expect(lines.filter(({ outcome }) => outcome === 4).length).toBeGreaterThanOrEqual(5)
  expect((await ward.get('/staff/worklist/result-nothere')).statusCode).toBe(404)
})

test('who may not open a record answers nothing about it, hands nothing over and makes no task, whatever form they send', async () => {
  const ward = await as('Ward')
  const items = links((await ward.get('/staff/worklist?kind=result')).body, /result-/)
  const pages = await Promise.all(items.map((item) => ward.get(item)))
  const at = pages.findIndex(({ body }) => body.includes(`/patients/${person}/`))
  const item = items[at] ?? ''
  const seen = seenIn(pages[at]?.body ?? '', 'seen')[0] ?? ''
  // Tests run under a policy that opens to all; here the usual one is in force.
  await sql`create table policy_of_tests as table policy_version`
  await sql`truncate policy_version`
  const far = await as('Far')
  expect((await far.get(item)).statusCode).toBe(403)
  const forms: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      item,
      [
        ['do', 'noted'],
        ['seen', seen],
      ],
    ],
    [
      item,
      [
        ['do', 'hand-over'],
        ['to', ''],
      ],
    ],
    [
      `/staff/patients/${person}/tasks/new`,
      [
        ['title', 'Ring them'],
        ['to', 'staff:Far'],
      ],
    ],
    [
      `/staff/patients/${person}/tasks/new`,
      [
        ['title', 'Ring them'],
        ['to', 'staff:Far'],
        ['seen', seen],
      ],
    ],
  ]
  for (const [path, form] of forms) expect([form, (await far.post(path, form)).statusCode]).toEqual([form, 403])
  await sql`insert into policy_version select * from policy_of_tests`
  expect(seenIn((await ward.get(item)).body, 'seen')).toEqual([seen])
  expect(await sql`select from task`).toHaveLength(0)
  const { lines } = await readAudit(sql, { actor: { kind: 'staff', id: 'Far' }, persons: [person], limit: 50 })
  expect(lines.filter(({ outcome }) => outcome === 0)).toEqual([])
  expect(lines.filter(({ outcome }) => outcome !== 0).length).toBeGreaterThanOrEqual(5)
})

test('a sign that no text can hold is neither an error nor a way past the trail', async () => {
  const clerk = await as('Clerk')
  const refusedLines = async () =>
    (await readAudit(sql, { actor: { kind: 'staff', id: 'Clerk' }, limit: 100 })).lines.filter(
      ({ outcome }) => outcome === 4,
    ).length
  const before = await refusedLines()
  for (const path of ['/staff/assurance/trail?organisation=a%00b', '/staff/assurance/trail/export?organisation=%00'])
    expect([path, (await clerk.get(path)).statusCode]).toEqual([path, 403])
  expect(await refusedLines()).toBe(before + 2)
  const ward = await as('Ward')
  expect((await ward.post('/staff/lists', [['name', 'Falls\0 clinic']])).statusCode).toBe(303)
  expect((await ward.get('/staff/lists')).body).toContain('Falls clinic')
})

test('several results of one person are read and acknowledged together; it stands beside each, with who and when, and in the trail', async () => {
  const ward = await as('Ward')
  const items = links((await ward.get('/staff/worklist?kind=result')).body, /result-/)
  const pages = await Promise.all(items.map((item) => ward.get(item)))
  const at = pages.findIndex(({ body }) => body.includes(`/patients/${person}/`))
  const { body: html } = pages[at] ?? { body: '' }
  const path = items[at] ?? ''
  expect(seenIn(html, 'also')).toHaveLength(1)
  expect(html).not.toMatch(/checked/)
  const form = [
    ['do', 'other'],
    ['note', 'Repeat on Monday'],
    ['seen', seenIn(html, 'seen')[0] ?? ''],
    ['also', seenIn(html, 'also')[0] ?? ''],
  ] as const
  expect((await ward.post(path, [form[0], ['note', ''], form[2]])).statusCode).toBe(422)
  expect((await ward.post(path, form)).headers.location).toBe(`/staff/worklist?done=${path.split('/').at(-1)}`)
  // Sent twice, and by somebody else at once.
  expect((await ward.post(path, form)).statusCode).toBe(303)
  const nurse = await as('Nurse')
  const second = await nurse.post(path, form)
  expect(second.statusCode).toBe(409)
  expect(second.body).toContain('Dr Ward has acknowledged this result already')
  const key = links((await ward.get(`/staff/patients/${person}/tests`)).body, /\/tests\/./)[0] ?? ''
  expect((await ward.get(key)).body).toMatch(
    /Acknowledged by Dr Ward, Hospital RXX, 22 November 2026 at 10:20am: Other action. Repeat on Monday/,
  )
  expect((await ward.get(`/staff/patients/${person}/access`)).body).toContain('Acknowledged a result')
  expect(
    (
      await ward.post(path, [
        ['do', 'undo'],
        ['reason', ''],
      ])
    ).statusCode,
  ).toBe(422)
  expect(
    (
      await ward.post(path, [
        ['do', 'undo'],
        ['reason', 'Pressed by mistake'],
      ])
    ).statusCode,
  ).toBe(303)
  expect((await ward.get(path)).body).toMatch(/Taken back by Dr Ward.*Pressed by mistake/)
})

test('a result is answered by a task in one step; the task stands on the record, is handed over and completed', async () => {
  const ward = await as('Ward')
  const items = links((await ward.get('/staff/worklist?kind=result')).body, /result-/)
  const pages = await Promise.all(items.map((item) => ward.get(item)))
  const { body } = pages.find((page) => page.body.includes(`/patients/${person}/`)) ?? { body: '' }
  const [form = ''] = links(body, /tasks\/new/)
  const blank = (await ward.get(form)).body
  const field = (name: string) => new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(blank)?.[1] ?? ''
  const answers = [
    ['id', field('id')],
    ['seen', field('seen')],
    ['title', 'Repeat potassium'],
    ['to', 'role:nurse'],
    ['due-day', '30'],
    ['due-month', '11'],
    ['due-year', '2026'],
  ] as const
  expect(
    (
      await ward.post(
        form,
        answers.map(([name, value]) => [name, name === 'due-day' ? '31' : value] as const),
      )
    ).statusCode,
  ).toBe(422)
  const made = await ward.post(form, answers)
  expect(made.statusCode).toBe(303)
  // Sent twice: the result is acknowledged by the same person already, and there is one task.
  expect((await ward.post(form, answers)).statusCode).toBe(303)
  expect((await ward.get(`/staff/patients/${person}`)).body.match(/Repeat potassium/g)).toHaveLength(1)
  const task = String(made.headers.location)
  const nurse = await as('Nurse')
  expect((await nurse.get('/staff/worklist?kind=task')).body).toContain('Repeat potassium')
  expect((await nurse.get(task)).body).toContain('Every nurse at Hospital RXX')
  expect(
    (
      await nurse.post(task, [
        ['do', 'done'],
        ['version', '1'],
        ['note', '4.4'],
      ])
    ).statusCode,
  ).toBe(303)
  expect(
    (
      await ward.post(task, [
        ['do', 'handed-over'],
        ['version', '1'],
        ['to', 'staff:Nurse'],
      ])
    ).statusCode,
  ).toBe(409)
  expect((await ward.get(task)).body).toMatch(/Completed by Dr Nurse.*4\.4/)
})

test('a ward’s list shows bed, allergies in their words and what waits; other organisations have no such ward; whom it showed is written down', async () => {
  const ward = await as('Ward')
  expect(links((await ward.get('/staff/lists')).body, /ward/)).toEqual(['/staff/lists/ward/Ward%207'])
  const { body } = await ward.get('/staff/lists/ward/Ward%207')
  expect(body).toMatch(/Warda.*Penicillin \(severe\)/is)
  const far = await as('Far')
  expect((await far.get('/staff/lists/ward/Ward%207')).body).toContain('No source says that anybody lies here now')
  const { lines } = await readAudit(sql, { actor: { kind: 'staff', id: 'Ward' }, what: ['list-look'], limit: 1 })
  expect(lines[0]?.detail).toMatchObject({
    list: 'ward|RXX|Ward 7',
    shown: 2,
    persons: expect.arrayContaining([person, hidden]),
  })
})

test('a caseload holds those whom sources name somebody for, by their staff code, and nobody else’s', async () => {
  const answeredFor = async (id: string) => {
    const { body } = await (await as(id)).get('/staff/lists/caseload')
    return body.split('Those you answer for, as sources tell it').at(-1) ?? ''
  }
  const own = await answeredFor('Key')
  expect(own).toMatch(/warda/i)
  expect(own).not.toMatch(/wardb/i)
  for (const other of ['Ward', 'Nurse', 'Far'])
    expect(await answeredFor(other)).toContain('No source names you in a care team')
})

test('H-82 a list tells what has come since its reader last opened each record, and never takes unopened for nothing new', async () => {
  const nurse = await as('Nurse')
  const row = async () =>
    /<tr(?:(?!<tr).)*Warda.*?<\/tr>/is.exec((await nurse.get('/staff/lists/ward/Ward%207')).body)?.[0] ?? ''
  expect(await row()).toContain('Not opened by you yet')
  await nurse.get(`/staff/patients/${person}`)
  expect(await row()).toMatch(/Nothing new.*since 22 November 2026/s)
  const hour = 3_600_000
  const later = new Date(now.getTime() + hour)
  const result = (id: string): Write => ({
    pk: patientKey('a'),
    resource: { resourceType: 'Observation', id, status: 'final', code: { text: 'Sodium' } } as Write['resource'],
    op: 'put',
    source: 'lab',
    messageId: '1',
  })
  await sql.begin((tx) =>
    writeResources(tx, [result('n1'), result('n2')], { now: later, nextId: timeOrderedIds(() => later) }),
  )
  expect(await row()).toMatch(/2<span[^>]*> results and readings/)
  await sql.begin((tx) =>
    writeResources(
      tx,
      [
        { ...result('n1'), op: 'delete' },
        { ...result('n2'), op: 'delete' },
      ],
      {
        now: new Date(later.getTime() + hour),
        nextId: timeOrderedIds(() => new Date(later.getTime() + hour)),
      },
    ),
  )
  expect(await row()).toContain('Nothing new')
})

test('H-21 of somebody whose whereabouts are protected, lists and acknowledgements tell no address and no organisation', async () => {
  const ward = await as('Ward')
  const { body } = await ward.get('/staff/lists/ward/Ward%207')
  expect(body).toContain('Restricted record')
  expect(body).not.toContain('ZE1')
  const items = links((await ward.get('/staff/worklist?kind=result')).body, /result-/)
  const pages = await Promise.all(items.map(async (item) => ({ item, ...(await ward.get(item)) })))
  const { item = '', body: html = '' } = pages.find((page) => page.body.includes(`/patients/${hidden}/`)) ?? {}
  await ward.post(item, [
    ['do', 'noted'],
    ['seen', seenIn(html, 'seen')[0] ?? ''],
  ])
  const far = await as('Far')
  const key = links((await far.get(`/staff/patients/${hidden}/tests`)).body, /\/tests\/./)
  const shown = (await Promise.all(key.map((path) => far.get(path)))).map((page) => page.body).join('')
  expect(shown).toContain('Acknowledged by Dr Ward')
  expect(shown).not.toMatch(/Acknowledged by Dr Ward, Hospital/)
})

test('a person is put on one’s caseload and taken off; a team’s list is shared with its roles of its organisation alone', async () => {
  const ward = await as('Ward')
  expect(
    (
      await ward.post('/staff/lists/caseload/people', [
        ['person', person],
        ['back', 'record'],
      ])
    ).headers.location,
  ).toBe(`/staff/patients/${person}`)
  await ward.post('/staff/lists/caseload/people', [['person', person]])
  expect((await ward.get('/staff/lists/caseload')).body.match(/warda/gi)?.length).toBeGreaterThan(0)
  expect((await ward.get('/staff/lists')).body).toContain('1 person you put there')
  await ward.post('/staff/lists/caseload/people', [
    ['person', person],
    ['do', 'take-off'],
  ])
  expect((await ward.get('/staff/lists/caseload')).body).not.toMatch(/warda/i)
  const made = String(
    (
      await ward.post('/staff/lists', [
        ['name', 'Falls round'],
        ['roles', 'nurse'],
      ])
    ).headers.location,
  )
  await ward.post(`${made}/people`, [['person', person]])
  expect((await (await as('Nurse')).get(made)).body).toContain('Falls round')
  expect((await (await as('Far')).get(made)).statusCode).toBe(404)
  expect((await (await as('Pharm')).get(made)).statusCode).toBe(404)
  expect((await sql`select from kept_list_member where removed_at is not null`).length).toBe(1)
})
