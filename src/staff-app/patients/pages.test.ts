/** The record's pages as they are sent: what they show, what they cost, who may see them. @see docs/clinical-safety/hazard-log.md */
import { brotliCompressSync, constants } from 'node:zlib'
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import { HtmlValidate } from 'html-validate'
import { type DefaultTreeAdapterMap, parse } from 'parse5'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CountedPool, countQueries } from '../../../test/support/count-queries.ts'
import { testDatabase } from '../../../test/support/database.ts'
import {
  allergy,
  emptyList,
  noKnownAllergy,
  now,
  penicillin,
  prescription,
  problem,
  quantity,
  type Resource,
  reading,
  sarah,
} from '../../../test/support/invented-record.ts'
import type { Staff } from '../../access/index.ts'
import { readAudit } from '../../audit/index.ts'
import { type Int64, type Pool, timeOrderedIds } from '../../base/index.ts'
import type { Format, Source } from '../../feeds/index.ts'
import { fileSubjects } from '../../identity/index.ts'
import { patientKey, writeResources } from '../../store/index.ts'
import { answerProblems } from '../errors/answer.ts'
import { beginVisit } from '../visit.ts'
import { patientPages } from './index.ts'

const drKhan: Staff = {
  kind: 'staff',
  id: 'khan',
  name: 'Dr Amina Khan',
  role: 'clinician',
  organisation: { code: 'X26001', name: 'Riverside Surgery' },
}
const shell = {
  assets: { css: '/assets/staff.css', icon: '/assets/icon.svg' },
  demo: true,
  staff: { name: drKhan.name, role: 'Clinician', organisation: drKhan.organisation.name },
}
const original = 'MSH|^~\\&|PAS|RXX\rPID|1||1||WARD^SARAH||19580514\rDG1|1||44054006^Type 2 <diabetes>^SCT'

// Says only where DG1-3 stands: formats have tests of their own.
const format: Format = {
  id: 'hl7v2',
  envelope: () => ({ controlId: '', kind: '', orderKey: '' }),
  translate: () => ({ ok: false, issues: [] }),
  text: (bytes) => new TextDecoder().decode(bytes),
  locate: (text, place) => {
    const start = place === 'DG1[1]-3[1]' ? text.indexOf('44054006') : -1
    return start < 0 ? null : { start, end: text.indexOf('^SCT') + 4 }
  },
}
const source = (id: string, kind: Source['kind'], organisation: string): Source => ({
  id,
  name: organisation,
  kind,
  organisation: { code: id, name: organisation },
  formats: ['hl7v2'],
  namespace: id,
  settings: {},
})
const sources = [
  source('gp', 'gp', 'Riverside Surgery'),
  source('pas', 'acute', 'Riverton General Hospital'),
  source('mh', 'mental-health', 'Riverton Mental Health Trust'),
]

let app: FastifyInstance
let sql: Pool
let counted: CountedPool
let actor: Staff = drKhan
const faults: object[] = []
const nextId = timeOrderedIds(() => new Date())
const messages = new Map<string, Int64>()

beforeAll(async () => {
  const database = await testDatabase()
  sql = database.sql
  counted = countQueries(database)
  app = Fastify()
  const needs = {
    sql: counted.sql,
    sources: { get: (id: string) => sources.find((one) => one.id === id) },
    format: () => format,
  }
  const session = {
    actor,
    startedAt: now,
    idleUntil: new Date(now.getTime() + 900_000),
    lastsUntil: new Date(now.getTime() + 43_200_000),
  }
  const staffPages: FastifyPluginAsync = async (staff) => {
    answerProblems(staff, {
      assets: shell.assets,
      demo: true,
      log: { info() {}, warn() {}, error: (fields: object) => faults.push(fields) },
    } as never)
    staff.addHook('onRequest', async (request) =>
      beginVisit(request, { actor, shell, session, now, token: 't', address: '127.0.0.1', requestId: 'r' }),
    )
    patientPages(staff, needs)
  }
  await app.register(staffPages, { prefix: '/staff' })
  for (const { id, kind, organisation } of sources) {
    await sql`insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, created_at, updated_at)
              values (${id}, ${organisation.name}, ${kind}, ${id}, ${organisation.name}, '{hl7v2}', ${id}, ${now}, ${now})`
    const message = nextId()
    messages.set(id, message)
    await sql`insert into message (id, source, format, kind, control_id, order_key, digest, body, received_at, last_received_at, status, settled_at)
              values (${message}, ${id}, 'hl7v2', 'ADT^A01', 'C1', '', '\\x00', ${Buffer.from(original)}, ${now}, ${now}, 'applied', ${now})`
    await sql`insert into message_translation (message_id, content, mapped, leftovers, lineage, notes, translated_at)
              values (${message}, 3, 2, '["PID[1]-1[1]"]', ${JSON.stringify([
                {
                  type: 'Condition',
                  id: 'diabetes',
                  ver: 1,
                  entries: [
                    ['code', 'DG1[1]-3[1]', 'DG1-3 diagnosis'],
                    ['subject', 'PID[1]-3[1]', 'PID-3 identifier'],
                  ],
                },
              ])}, '[]', ${now})`
  }
})

let persons = 0
/** A person with one Patient in each source that says something of them, linked by NHS number. */
async function person(given: Readonly<Record<string, readonly Resource[]>>): Promise<string> {
  const n = ++persons
  const traits = { nhsNumber: '9990000018', family: `Ward${n}`, given: ['Sarah'], birthDate: `19${50 + n}-05-14` }
  const patients = Object.keys(given).map((id) => ({ patientId: `p${n}-${id}`, source: id, traits }))
  await sql.begin((tx) => fileSubjects(tx, patients, { now }))
  const links = await sql<
    { person: string }[]
  >`select distinct person from person_link where until is null and patient_id = any(${patients.map(({ patientId }) => patientId)})`
  expect(links).toHaveLength(1)
  await sql.begin((tx) =>
    writeResources(
      tx,
      Object.entries(given).flatMap(([id, resources]) =>
        resources.map((resource) => ({
          pk: patientKey(`p${n}-${id}`),
          resource: resource.resourceType === 'Patient' ? { ...resource, id: `p${n}-${id}` } : resource,
          op: 'put' as const,
          source: id,
          messageId: messages.get(id) ?? '0',
        })),
      ),
      { now, nextId },
    ),
  )
  return links[0]?.person ?? ''
}

type Page = {
  readonly status: number
  readonly html: string
  readonly text: string
  readonly nodes: number
  readonly bytes: number
  readonly statements: number
  readonly title: string
}

async function open(path: string): Promise<Page> {
  counted.forget()
  const reply = await app.inject({ url: `/staff/patients/${path}` })
  const html = reply.body
  let nodes = 0
  let text = ''
  let title = ''
  const walk = (node: DefaultTreeAdapterMap['node']) => {
    if ('tagName' in node) nodes += 1
    if (node.nodeName === '#text' && 'value' in node) text += ` ${node.value}`
    if (node.nodeName === 'title' && 'childNodes' in node)
      title = node.childNodes.map((child) => ('value' in child ? child.value : '')).join('')
    if ('childNodes' in node) node.childNodes.forEach(walk)
  }
  walk(parse(html))
  return {
    status: reply.statusCode,
    html,
    text: text.replaceAll(/\s+/g, ' '),
    nodes,
    bytes: brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length,
    statements: counted.statements().length,
    title,
  }
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

async function searchFor(id: string, words: string): Promise<{ readonly location: string; readonly text: string }> {
  const posted = await app.inject({ method: 'POST', url: `/staff/patients/${id}/search`, payload: { words } })
  const location = String(posted.headers.location)
  return { location, text: (await open(location.slice('/staff/patients/'.length))).text }
}

const sections = [
  '',
  '/timeline',
  '/problems',
  '/medicines',
  '/allergies',
  '/tests',
  '/letters',
  '/care-plans',
  '/about',
  '/contacts',
  '/history',
  '/social-care',
  '/referrals',
  '/sources',
  '/access',
]

describe('a record that two sources make together', () => {
  let id: string
  beforeAll(async () => {
    id = await person({
      gp: [
        sarah('x'),
        problem('diabetes-gp', '44054006', 'Type 2 diabetes'),
        penicillin('pen'),
        prescription('met-gp', '325278007', 'Metformin 500mg tablets', { dosageInstruction: [{ text: 'One a day' }] }),
        reading('hb1', '59261-8', 'HbA1c', quantity(52, 'mmol/mol'), '2025-08-01'),
        reading('hb2', '59261-8', 'HbA1c', quantity(44, 'mmol/mol'), '2026-11-01'),
      ],
      pas: [
        sarah('x', { birthDate: '1985-05-14' }),
        problem('diabetes', '44054006', 'Type 2 <diabetes>', { clinicalStatus: { coding: [{ code: 'resolved' }] } }),
        noKnownAllergy('nka'),
        prescription('met-pas', '325278007', 'Metformin 500mg tablets', { dosageInstruction: [{ text: 'Two a day' }] }),
        {
          resourceType: 'DocumentReference',
          id: 'letter',
          status: 'current',
          type: { text: 'Outpatient letter' },
          date: '2026-11-11T09:00:00Z',
          content: [
            {
              attachment: {
                contentType: 'text/plain',
                data: Buffer.from('Dear <script>alert(1)</script> doctor').toString('base64'),
              },
            },
            { attachment: { contentType: 'application/pdf', data: Buffer.from('%PDF-1').toString('base64') } },
          ],
        } as Resource,
      ],
    })
  })

  test('every section opens with the banner, a title of its own and no more than six statements', async () => {
    const titles = new Set<string>()
    for (const section of sections) {
      const page = await open(`${id}${section}`)
      expect(page.status, `${section} ${JSON.stringify(faults)}`).toBe(200)
      expect(page.text, section).toContain('NHS number 999 000 0018')
      expect(page.text, section).toContain('Known allergies')
      expect(page.statements, `${section}: ${counted.statements().join('\n')}`).toBeLessThanOrEqual(6)
      expect(page.html).not.toContain('<script')
      expect(page.html).not.toMatch(/ style=|\[object|undefined|NaN/)
      titles.add(page.title)
    }
    expect(titles.size).toBe(sections.length)
  })

  test('every page is sound HTML', async () => {
    for (const section of [
      ...sections,
      '/tests/hba1c',
      '/letters/DocumentReference-letter',
      '/facts/Condition/diabetes',
    ]) {
      const { html } = await open(`${id}${section}`)
      const { results } = await validator.validateString(html)
      expect(
        results.flatMap(({ messages: found }) =>
          found.map(({ ruleId, message, line }) => `${section} ${line} ${ruleId}: ${message}`),
        ),
      ).toEqual([])
    }
  })

  test('H-02 a "no known allergies" beside an allergy shows both and asks for a review, on the summary too', async () => {
    for (const section of ['', '/allergies'])
      expect((await open(`${id}${section}`)).text).toContain('Sources disagree about allergies')
    const { text } = await open(`${id}/allergies`)
    expect(text).toContain('Allergy to penicillin')
    expect(text).toContain('No known allergy')
  })

  test('H-03 the same problem is one row with both sources, and their disagreement beside it', async () => {
    const { text, html } = await open(`${id}/problems`)
    expect(text).toContain('Current: 1 problem')
    expect(text).toContain('Sources disagree Status')
    expect(html).toContain(`/staff/patients/${id}/facts/Condition/diabetes"`)
    expect(html).toContain(`/staff/patients/${id}/facts/Condition/diabetes-gp"`)
  })

  test('H-04 a disagreement about the birth date stands in the banner of every page', async () => {
    for (const section of ['', '/medicines'])
      expect((await open(`${id}${section}`)).text).toContain('Sources disagree: date of birth')
    expect((await open(`${id}/sources`)).text).toMatch(/Date of birth 14 May 1958.*14 May 1985/)
  })

  test('H-05 unlike doses stand side by side, each with its source', async () => {
    const { text } = await open(`${id}/medicines`)
    expect(text).toContain('Sources disagree Dose')
    expect(text).toMatch(/Riverside Surgery : prescribed since 4 November 2026 — DOSE One a day/)
    expect(text).toMatch(/Riverton General Hospital : prescribed since 4 November 2026 — DOSE Two a day/)
  })

  test('a test opens into its trend in words, a drawing and every reading with its source', async () => {
    const { html, text } = await open(`${id}/tests`)
    expect(html).toContain(`/staff/patients/${id}/tests/hba1c"`)
    expect(text).toContain('44 mmol/mol')
    const page = await open(`${id}/tests/hba1c`)
    expect(page.text).toContain('Fell from 52 in August 2025 to 44 in November 2026')
    expect(page.html).toContain('<svg')
    expect(page.html).toContain(`/facts/Observation/hb1"`)
  })

  test('H-10 a letter is shown as text; its file is an inert download, and a PDF may be opened', async () => {
    const page = await open(`${id}/letters/DocumentReference-letter`)
    expect(page.text).toContain('Dear <script>alert(1)</script> doctor')
    expect(page.html).not.toContain('<script>')
    expect(page.html).toContain(`/letters/DocumentReference-letter/1"`)
    const file = await app.inject({ url: `/staff/patients/${id}/letters/DocumentReference-letter/1` })
    expect(file.body).toBe('%PDF-1')
    expect(file.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none';.*; sandbox$/),
    })
    const opened = await app.inject({ url: `/staff/patients/${id}/letters/DocumentReference-letter/1/view` })
    expect(opened.headers).toMatchObject({
      'content-type': 'application/pdf',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none'/),
      'content-disposition': 'inline; filename="letter-2.pdf"',
    })
    expect(file.headers['content-disposition']).toContain('attachment')
    expect((await app.inject({ url: `/staff/patients/${id}/letters/DocumentReference-letter/7` })).statusCode).toBe(404)
  })

  test('H-81 a letter’s file in a past view is that of then, and each page of the past costs at most six statements', async () => {
    const [before, between, after] = ['2026-11-01T10:00:00Z', '2026-11-05T10:00:00Z', '2026-11-10T10:00:00Z'].map(
      (at) => new Date(at),
    )
    const letter = (text: string) =>
      ({
        resourceType: 'DocumentReference',
        id: 'then',
        status: 'current',
        type: { text: 'Letter' },
        content: [{ attachment: { contentType: 'application/pdf', data: Buffer.from(text).toString('base64') } }],
      }) as Resource
    const patient = { patientId: 'then-pas', source: 'pas', traits: { family: 'Then', birthDate: '1931-05-14' } }
    await sql.begin((tx) => fileSubjects(tx, [patient], { now: before ?? now }))
    const [link] = await sql<{ person: string }[]>`select person from person_link where patient_id = 'then-pas'`
    const held = [
      sarah('then-pas'),
      letter('%PDF-old'),
      prescription('then-met', '325278007', 'Metformin 500mg tablets'),
    ]
    for (const [resources, at] of [
      [held, before],
      [[letter('%PDF-new')], after],
    ] as const) {
      const entries = resources.map((resource) => ({
        pk: patientKey('then-pas'),
        resource,
        op: 'put' as const,
        source: 'pas',
        messageId: messages.get('pas') ?? '0',
      }))
      await sql.begin((tx) => writeResources(tx, entries, { now: at ?? now, nextId }))
    }
    const file = async (query: string) =>
      await app.inject({ url: `/staff/patients/${link?.person}/letters/DocumentReference-then/0${query}` })
    const at = `?at=${between?.toISOString()}`
    expect((await file('')).body).toBe('%PDF-new')
    expect((await file(at)).body).toBe('%PDF-old')
    expect((await file('?at=2026-10-01T10:00')).statusCode).toBe(404)
    expect((await file('?at=2027-10-01')).statusCode).toBe(400)
    expect((await open(`${link?.person}/letters/DocumentReference-then${at}`)).html).toContain(
      `/letters/DocumentReference-then/0/view?at=`,
    )
    for (const section of [...sections.filter((one) => !/access|written/.test(one)), '/search']) {
      const page = await open(`${link?.person}${section}${at}`)
      expect(page.status, section).toBe(200)
      expect(page.text, section).toContain('As known at 5 November 2026')
      expect(page.statements, `${section}: ${counted.statements().join('\n')}`).toBeLessThanOrEqual(6)
    }
  })

  test('H-36 a picture is known by its own bytes: nothing that could act is shown, whatever it calls itself', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    )
    const script = '<script>alert(1)</script>'
    const files: readonly (readonly [contentType: string, bytes: Buffer, shownAs: string | undefined])[] = [
      ['image/png', png, 'image/png'],
      ['text/html', png, 'image/png'],
      ['application/octet-stream', Buffer.from(`GIF89a/*${script}*/=1`), 'image/gif'],
      ['image/jpeg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(script)]), 'image/jpeg'],
      ['image/svg+xml', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), undefined],
      ['image/png', Buffer.from(`<html>${script}`), undefined],
      ['image/png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), undefined],
      ['application/pdf', Buffer.from(`${script}%PDF-1.7`), undefined],
      ['application/x-msdownload', Buffer.from('MZ'), undefined],
    ]
    const pictured = await person({
      gp: [
        sarah('pic'),
        {
          resourceType: 'DocumentReference',
          id: 'pic-doc',
          status: 'current',
          description: 'Pictures',
          content: files.map(([contentType, bytes]) => ({
            attachment: { contentType, data: bytes.toString('base64') },
          })),
        } as Resource,
      ],
    })
    const page = await open(`${pictured}/letters/DocumentReference-pic-doc`)
    expect(page.html.match(/<img /g)).toHaveLength(4)
    expect(page.html).not.toMatch(/<script|onload=/)
    for (const [index, [, bytes, shownAs]] of files.entries()) {
      const view = await app.inject({
        url: `/staff/patients/${pictured}/letters/DocumentReference-pic-doc/${index}/view`,
      })
      expect(view.statusCode).toBe(200)
      expect(view.rawPayload.equals(bytes)).toBe(true)
      expect(view.headers, String(index)).toMatchObject({
        'content-type': shownAs ?? 'application/octet-stream',
        'content-disposition': expect.stringMatching(shownAs === undefined ? /^attachment/ : /^inline/),
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringMatching(/^default-src 'none';.*; sandbox$/),
      })
    }
  })

  test('from a fact one press leads to its source, time, rule and the very field in the original', async () => {
    const page = await open(`${id}/facts/Condition/diabetes`)
    expect(page.statements).toBeLessThanOrEqual(7)
    expect(page.text).toContain('Riverton General Hospital')
    expect(page.text).toContain('DG1-3 diagnosis')
    expect(page.html).toContain(
      '<mark id="field" class="app-original__field">44054006^Type 2 &lt;diabetes&gt;^SCT</mark>',
    )
    expect(page.text).toContain('kept only in the original')
    expect((await open(`${id}/facts/Condition/diabetes?place=PID%5B1%5D-3%5B1%5D`)).text).toContain('PID-3 identifier')
  })

  test('a fact that another person’s record holds is not found from here', async () => {
    const other = await person({ gp: [sarah('y'), problem('asthma', '195967001', 'Asthma')] })
    expect((await open(`${other}/facts/Condition/asthma`)).status).toBe(200)
    expect((await open(`${id}/facts/Condition/asthma`)).status).toBe(404)
    expect((await open(`${id}/letters/Condition-asthma/0`)).status).toBe(404)
  })

  test('H-15 each look has its line in the trail, and the page that shows the trail shows its own', async () => {
    const before = (await readAudit(sql, { persons: [id], limit: 200 })).lines.length
    await open(`${id}/medicines`)
    const page = await open(`${id}/access`)
    const { lines } = await readAudit(sql, { persons: [id], limit: 200 })
    expect(lines.length - before).toBe(2)
    expect(lines[0]).toMatchObject({
      what: 'record-page',
      actor: { name: 'Dr Amina Khan' },
      detail: { section: 'access' },
    })
    expect(page.text).toContain('Record: access')
    expect(page.text).toContain('Record: medicines')
    expect(JSON.stringify(lines)).not.toMatch(/Ward|9990000018|penicillin|Type 2/i)
  })

  test('H-43 the printed page says when it was printed and by whom, and each way out is in the trail as what it is', async () => {
    const printed = await open(`${id}/print`)
    expect(printed.text).toContain('Printed 22 November 2026 at 10am by Dr Amina Khan, Clinician, Riverside Surgery')
    expect(printed.text).toContain('Ward, Sarah')
    for (const [ending, begins] of [
      ['pdf', '%PDF-1.7'],
      ['json', '{"resourceType":"Bundle"'],
    ]) {
      const answer = await app.inject({ url: `/staff/patients/${id}/summary.${ending}` })
      expect(answer.statusCode).toBe(200)
      expect(answer.body.startsWith(begins ?? '')).toBe(true)
      expect(answer.headers['content-disposition']).toBe(`attachment; filename="health-record-summary.${ending}"`)
      expect(answer.headers['cache-control']).toBe('no-store')
    }
    const { lines } = await readAudit(sql, { persons: [id], limit: 3 })
    expect(lines.map(({ what, detail, purpose }) => [what, detail?.format, purpose])).toEqual([
      ['summary-export', 'ips', 'TREAT'],
      ['summary-export', 'pdf', 'TREAT'],
      ['summary-print', undefined, 'TREAT'],
    ])
    expect((await open(`${id}/access`)).text).toContain('Summary taken out (letter, PDF)')
  })

  test('H-15 a role that opens no records is refused, shown nothing, and the refusal is in the trail', async () => {
    actor = { ...drKhan, id: 'ned', role: 'integration-analyst' }
    try {
      for (const section of [
        ...sections,
        '/print',
        '/summary.pdf',
        '/summary.json',
        '/facts/Condition/diabetes',
        '/letters/DocumentReference-letter/1',
      ]) {
        const page = await open(`${id}${section}`)
        expect(page.status, section).toBe(403)
        expect(page.text).not.toMatch(/Ward|penicillin|diabetes/i)
      }
    } finally {
      actor = drKhan
    }
    expect((await readAudit(sql, { persons: [id], limit: 1 })).lines[0]).toMatchObject({
      outcome: 4,
      actor: { id: 'ned' },
    })
  })

  test('H-34 a pharmacist sees that there is a safeguarding entry and on no page, search, fact or file what it says', async () => {
    const guarded = await person({
      gp: [
        sarah('sg'),
        {
          resourceType: 'Flag',
          id: 'sg-flag',
          status: 'active',
          code: { text: 'Domestic abuse: Quenby' },
          period: { start: '2026-01-02' },
        } as Resource,
        {
          resourceType: 'DocumentReference',
          id: 'sg-doc',
          status: 'current',
          description: 'Safeguarding report on Quenby',
          content: [
            {
              attachment: { contentType: 'application/octet-stream', data: Buffer.from('Quenby').toString('base64') },
            },
          ],
        } as Resource,
        problem('sg-asthma', '195967001', 'Asthma'),
      ],
    })
    expect((await open(`${guarded}/about`)).text).toContain('Domestic abuse: Quenby')
    const file = `/staff/patients/${guarded}/letters/DocumentReference-sg-doc/0`
    expect((await app.inject({ url: file })).statusCode).toBe(200)
    actor = { ...drKhan, id: 'pia', role: 'pharmacist' }
    try {
      for (const section of [...sections, '/letters/DocumentReference-sg-doc']) {
        const page = await open(`${guarded}${section}`)
        expect(page.status, section).toBe(200)
        expect(page.text, section).not.toMatch(/Quenby|abuse/i)
      }
      expect((await open(`${guarded}/about`)).text).toMatch(/Safeguarding: 2.*Hidden/)
      expect((await app.inject({ url: file })).statusCode).toBe(404)
      for (const fact of ['Flag/sg-flag', 'DocumentReference/sg-doc', 'Condition/sg-asthma']) {
        const page = await open(`${guarded}/facts/${fact}?whole=yes`)
        expect(page.status, fact).toBe(403)
        expect(page.text).not.toMatch(/Quenby/)
      }
      const found = await searchFor(guarded, 'quenby')
      expect(found.text).toContain('0 entries')
    } finally {
      actor = drKhan
    }
    expect((await searchFor(guarded, 'quenby')).text).toContain('2 entries')
  })

  test('H-37 a search is typed by POST and leaves its words in no address and no line of the trail', async () => {
    const { location, text } = await searchFor(id, 'dear doctor')
    expect(location).toMatch(new RegExp(`^/staff/patients/${id}/search/[\\w-]+$`))
    expect(text).toContain('1 entry for “dear doctor”')
    expect(text).toContain('1 file (PDF, pictures and others) cannot be searched')
    // What only the PDF may say is never told as not there.
    expect((await searchFor(id, 'quibberton')).text).toMatch(
      /1 file .* cannot be searched.*Nothing in this record has all these words ?, outside the files that cannot be searched/,
    )
    const { lines } = await readAudit(sql, { persons: [id], limit: 3 })
    expect(lines[0]).toMatchObject({ what: 'record-page', detail: { section: 'search' } })
    expect(JSON.stringify(lines)).not.toMatch(/dear/i)
    // What was sealed for one record opens for no other.
    const other = await person({ gp: [sarah('so')] })
    expect((await app.inject({ url: location.replace(id, other) })).statusCode).toBe(404)
    expect(
      (await app.inject({ method: 'POST', url: `/staff/patients/${id}/search`, payload: { words: ' . ' } })).statusCode,
    ).toBe(422)
  })

  test('an address that is nobody’s is not found', async () => {
    expect((await open('nobody-at-all')).status).toBe(404)
    expect((await open(`${id}/tests/no-such-test`)).status).toBe(404)
    expect((await open(`${id}/letters/no-such-letter`)).status).toBe(404)
  })
})

describe('H-01 the four allergy states in the banner', () => {
  test('H-01 each state has its own words, and only a recorded "none" says so', async () => {
    const banner = async (resources: readonly Resource[]) =>
      (await open(`${await person({ gp: [sarah('z'), ...resources] })}/allergies`)).text
    expect(await banner([penicillin('s1')])).toContain('Known allergies Allergy to penicillin')
    const none = await banner([noKnownAllergy('s2')])
    expect(none).toContain('No known allergies')
    const unsaid = await banner([emptyList('s3', 'notasked')])
    expect(unsaid).toContain('Allergies not recorded')
    expect(unsaid).not.toMatch(/No known/i)
    const withheld = await banner([emptyList('s4', 'withheld')])
    expect(withheld).toContain('Allergies unavailable')
    expect(withheld).not.toMatch(/No known/i)
    const drugsOnly = await banner([allergy('s5', '409137002', 'No known drug allergy')])
    expect(drugsOnly).toContain('Allergies not recorded')
    expect(drugsOnly).toContain('no known medicine allergies')
  })

  test('H-01 a very long list names the gravest in the banner and counts the others; the page names all', async () => {
    const many = Array.from({ length: 20 }, (_, n) =>
      allergy(`many-${n}`, `90${n}`, `Substance ${n}`, n === 19 ? { criticality: 'high' } : {}),
    )
    const { text } = await open(`${await person({ gp: [sarah('z'), ...many] })}/allergies`)
    expect(text).toContain('Known allergies Substance 19')
    expect(text).toContain('and 9 more allergies')
    for (let n = 0; n < 20; n += 1) expect(text).toContain(`Substance ${n} `)
  })

  test('H-20 while nobody has decided, each of two records that may be one leads to the other', async () => {
    const one = await person({ gp: [sarah('d1')] })
    const other = await person({ pas: [sarah('d2')] })
    const keys = await sql<{ pk: string }[]>`
      select pk::text from person_link where person in (${one}, ${other}) and until is null`
    const raise = (kind: string) =>
      sql`insert into identity_review (id, kind, pks, persons, explanation, raised_at)
          values (${kind}, ${kind}, ${keys.map(({ pk }) => pk)}::bigint[], '{}', '{}', ${now})`
    await sql`delete from identity_review`
    expect((await open(one)).text).not.toContain('whole record')
    await raise('possible-duplicate')
    for (const [here, there] of [
      [one, other],
      [other, one],
    ] as const) {
      const page = await open(`${here}/medicines`)
      expect(page.text).toContain('This may not be the whole record.')
      expect(page.html).toContain(`href="/staff/patients/${there}"`)
    }
    await sql`update identity_review set settled_at = ${now}, settled_by = 'x', decision = 'different'`
    expect((await open(one)).text).not.toContain('whole record')
    await raise('merge-conflict')
    expect((await open(one)).text).toContain('A source joined this person with somebody who does not fit.')
    await sql`delete from identity_review`
  })

  test('H-07 a feed whose newest messages failed is named above the content, and empty lists do not say "none"', async () => {
    const id = await person({ mh: [sarah('z')] })
    for (const controlId of ['C2', 'C3', 'C4'])
      await sql`insert into message (id, source, format, kind, control_id, order_key, digest, body, received_at, last_received_at, status)
                values (${nextId()}, 'mh', 'hl7v2', 'ADT^A01', ${controlId}, '', ${Buffer.from(controlId)}, ${Buffer.from('x')}, ${now}, ${now}, 'failed')`
    const { text } = await open(`${id}/problems`)
    expect(text).toContain('1 of 3 organisations did not answer.')
    expect(text).toContain('Riverton Mental Health Trust may be missing')
    expect(text).toContain('Allergies unavailable')
    expect(text).toContain('Not available now')
    expect(text).not.toContain('None recorded')
    await sql`delete from message where status = 'failed'`
    expect((await open(`${id}/problems`)).text).toContain('None recorded by the one organisation that answered')
  })
})

describe('a very long record keeps its pages small', () => {
  let id: string
  beforeAll(async () => {
    const many = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n))
    const day = (n: number) => new Date(now.getTime() - n * 86_400_000).toISOString().slice(0, 10)
    const gp: Resource[] = [
      sarah('long'),
      ...many(100, (n) =>
        reading(
          `l-${n}`,
          '59261-8',
          'HbA1c (haemoglobin A1c level, IFCC standardised)',
          quantity(40 + (n % 30), 'mmol/mol'),
          day(n * 3),
          {
            referenceRange: [{ high: { value: 41, unit: 'mmol/mol' } }],
            interpretation: [{ coding: [{ code: 'H' }] }],
          },
        ),
      ),
      ...many(70, (n) => reading(`t-${n}`, `T${n}`, `Some laboratory test number ${n}`, quantity(n, 'mmol/L'), day(n))),
      ...many(110, (n) =>
        problem(`c-${n}`, `${1000 + n}`, `A condition with a rather long name, number ${n}`, {
          onsetDateTime: day(n * 10),
        }),
      ),
      ...many(70, (n) =>
        prescription(`m-${n}`, `${5000 + n}`, `Medicine number ${n} 500mg tablets`, {
          dosageInstruction: [{ text: `One tablet ${n} times a day with food` }],
        }),
      ),
      ...many(
        60,
        (n) =>
          ({
            resourceType: 'Encounter',
            id: `e-${n}`,
            status: 'finished',
            class: { code: 'AMB' },
            period: { start: day(n) },
            reasonCode: [{ text: 'Review' }],
          }) as Resource,
      ),
      ...many(
        70,
        (n) =>
          ({
            resourceType: 'Claim',
            id: `x-${n}`,
            status: 'active',
            use: 'claim',
            created: day(n),
          }) as unknown as Resource,
      ),
      {
        resourceType: 'Composition',
        id: 'doc',
        status: 'final',
        type: { text: 'Long letter' },
        title: 'A very long letter',
        date: day(1),
        section: many(70, (n) => ({
          title: `Section ${n}`,
          text: { status: 'generated', div: `<div><p>Words of section ${n}, and more of them.</p></div>` },
        })),
      } as unknown as Resource,
    ]
    const pas: Resource[] = [
      sarah('long'),
      ...many(60, (n) =>
        prescription(`mp-${n}`, `${5000 + n}`, `Medicine number ${n} 500mg tablets`, {
          dosageInstruction: [{ text: `Two tablets ${n} times a day` }],
        }),
      ),
    ]
    id = await person({ gp, pas })
  })

  test('every page fits its budget: 14 kB compressed and 1,500 elements, first page and later ones', async () => {
    const pages = [
      ...sections,
      '/tests/hba1c',
      '/tests/hba1c?page=2',
      '/timeline?page=3',
      '/problems?page=2',
      '/medicines?page=2',
      '/letters/Composition-doc',
      '/sources?page=2',
      '/facts/Condition/c-1',
    ]
    for (const path of pages) {
      const page = await open(`${id}${path}`)
      expect(page.status, path).toBe(200)
      expect(page.bytes, `${path} bytes`).toBeLessThanOrEqual(14_336)
      expect(page.nodes, `${path} nodes`).toBeLessThanOrEqual(1_500)
    }
  })

  test('the timeline is filtered by a GET form that keeps its choice, and paged by 50', async () => {
    const page = await open(`${id}/timeline?kind=Problem&from=gp`)
    expect(page.text).toContain('Timeline: 110 entries')
    expect(page.text).toContain('Page 1 of 3')
    expect(page.html).toContain('kind=Problem&amp;from=gp&amp;page=2')
    expect(page.html).toMatch(/<option value="Problem" selected>/)
    expect((await open(`${id}/timeline?kind=Problem&page=99`)).text).toContain('Page 3 of 3')
  })

  test('H-08 every fact of the record can be reached from its pages', async () => {
    const seen = new Set<string>()
    const queue = sections.map((section) => `${id}${section}`)
    const done = new Set<string>()
    while (queue.length > 0) {
      const path = queue.shift() ?? ''
      if (done.has(path)) continue
      done.add(path)
      const { html } = await open(path)
      for (const [, type, fact] of html.matchAll(/\/facts\/([A-Za-z]+)\/([A-Za-z0-9.-]+)/g)) seen.add(`${type}/${fact}`)
      for (const [, next] of html.matchAll(/href="\/staff\/patients\/([^"#]+)"/g)) {
        const address = (next ?? '').replaceAll('&amp;', '&')
        if (
          !/\/facts\/|\/access|\/timeline\?.*(kind|from)=|\/tests\/t-/.test(address) &&
          !/letters\/.*\/\d+$/.test(address)
        )
          queue.push(address)
      }
    }
    const rows = await sql<
      { id: string; type: string }[]
    >`select split_part(v.body, '"', 4) as type, v.id from resource_version v join person_link l on l.pk = v.pk where l.person = ${id} and l.until is null`
    expect(rows.length).toBeGreaterThan(500)
    const unreached = rows.map(({ type, id: fact }) => `${type}/${fact}`).filter((fact) => !seen.has(fact))
    expect(unreached.slice(0, 5), `${unreached.length} of ${rows.length}`).toEqual([])
  }, 120_000)
})
