/** What each door writes in the trail, line by line: asked over HTTP, of a server with one person in it. Issue 4, "Shown by" 2. */

import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'parse5'
import { beforeAll, expect, test, vi } from 'vitest'
import { demoArea, demoPatients } from '../../demo/index.ts'
import { auditKinds } from '../../src/audit/index.ts'
import { formKey, noSession } from '../support/form-key.ts'
import { attribute, elementsOf, readPage, wordsOf } from '../support/page.ts'
import { type RunningTestServer, runningServer, type Staff } from '../support/server.ts'

/** Every route of the server, as the router knows it: `GET /staff/patients/:person`. */
const routes = new Set<string>()
let server: RunningTestServer
let gp: Staff
let nurse: Staff
let analyst: Staff
let officer: Staff
let privacy: Staff
let record = ''
let person = ''
let patient = ''
let fact = ''
let message = ''
let own: Person = { id: '', nhsNumber: '', birthDate: '' }

type Person = { readonly id: string; readonly nhsNumber: string; readonly birthDate: string }

/** A route as the paper writes it: without the slash at its end, and without what a part of it must look like. */
function plain(route: string): string {
  return route.replace(/(?<=.)\/$/, '').replace(/\(\^.*\$\)/, '')
}

beforeAll(async () => {
  server = await runningServer({
    env: { DEMO_PEOPLE: '2' },
    begun: (app) => {
      app.addHook('onRoute', ({ method, url }) => {
        for (const one of [method].flat()) if (one !== 'HEAD' && one !== 'OPTIONS') routes.add(`${one} ${plain(url)}`)
      })
    },
  })
  const { people, seed, now } = JSON.parse(readFileSync(join(server.folder, 'demo.json'), 'utf8')) as {
    people: number
    seed: number
    now: string
  }
  // One of those who may sign in to the patient app, so that she can open her own record.
  const [first] = demoPatients(demoArea({ people, seed: String(seed), now: new Date(now) }))
  own = { id: first?.id ?? '', nhsNumber: first?.nhsNumber ?? '', birthDate: first?.birthDate ?? '' }
  const sent = await fhir('/Patient', {
    resourceType: 'Patient',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: own.nhsNumber }],
    name: [{ family: 'Quibberton', given: ['Zelda'] }],
    birthDate: own.birthDate,
  })
  patient = ((await sent.json()) as { id: string }).id
  const subject = { reference: `Patient/${patient}` }
  const observation = await fhir('/Observation', {
    resourceType: 'Observation',
    status: 'final',
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] },
    ],
    code: { text: 'Potassium' },
    subject,
    effectiveDateTime: '2026-11-01',
    valueQuantity: { value: 4.1, unit: 'mmol/L' },
  })
  fact = ((await observation.json()) as { id: string }).id
  await fhir('/DiagnosticReport', {
    resourceType: 'DiagnosticReport',
    status: 'final',
    code: { text: 'Electrolytes' },
    subject,
    issued: '2026-11-01T09:00:00Z',
    result: [{ reference: `Observation/${fact}` }],
  })
  await fhir('/DocumentReference', {
    resourceType: 'DocumentReference',
    status: 'current',
    type: { text: 'Discharge letter' },
    subject,
    date: '2026-11-01T09:00:00Z',
    content: [{ attachment: { contentType: 'text/plain', data: Buffer.from('Invented.').toString('base64') } }],
  })
  ;[gp, nurse, analyst, officer, privacy] = (await Promise.all(
    ['gp-rao', 'nurse-adewale', 'analyst-pryce', 'identity-haddow', 'privacy-osman'].map((id) => server.staff(id)),
  )) as [Staff, Staff, Staff, Staff, Staff]
  ;[record = ''] = await gp.find(own.nhsNumber)
  person = record.split('/').at(-1) ?? ''
  const [newest] = await server.sql<{ id: string }[]>`select id from message order by id desc limit 1`
  message = newest?.id ?? ''
  kept = await server.token()
}, 60_000)

async function fhir(path: string, body?: object, token?: string, method?: string): Promise<Response> {
  return await fetch(`${server.url}/fhir${path}`, {
    method: method ?? (body ? 'POST' : 'GET'),
    headers: { authorization: `Bearer ${token ?? (await server.token())}`, 'content-type': 'application/fhir+json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
}

/** The lines that some work leaves: `what outcome`, and whether it names the person. */
async function linesOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const [last] = await server.sql<{ id: string }[]>`select coalesce(max(id), 0) as id from audit_event`
  await work()
  return await newLines(last?.id ?? '0')
}

async function newLines(after: string): Promise<readonly string[]> {
  const rows = await server.sql<{ what: string; outcome: number; person: string | null }[]>`
    select what, outcome, person from audit_event where id > ${after} and what <> 'worklist-taken-in' order by id`
  return rows.map(
    (row) => `${row.what} ${row.outcome}${row.person === null ? '' : row.person === person ? ' Zelda' : ' another'}`,
  )
}

const sections = [
  'timeline',
  'problems',
  'medicines',
  'allergies',
  'tests',
  'tests/news2',
  'tests/blood-pressure',
  'letters',
  'care-plans',
  'about',
  'contacts',
  'history',
  'social-care',
  'referrals',
  'sources',
  'access',
  'written',
  'search',
]
let kept = ''
const tokenFor = (secret: string, scope = 'system/*.cruds') =>
  fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`demo-system:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  })

/** A browser that keeps cookies by path, for patients and the apps that they let in. */
function browser() {
  const jar = new Map<string, { readonly value: string; readonly path: string }>()
  return async (address: string, form?: Readonly<Record<string, string>>) => {
    const url = new URL(address, server.url)
    const kept = [...jar]
      .filter(([, { path }]) => url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name.split(' ')[0]}=${value}`)
      .join('; ')
    const cookie = /throughline_(?:patient|staff)=/.test(kept) ? kept : [kept, noSession].filter(Boolean).join('; ')
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { method: 'POST', body: new URLSearchParams({ ...formKey(cookie), ...form }) } : {}),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/'
      const cut = pair.indexOf('=')
      jar.set(`${pair.slice(0, cut)} ${path}`, { value: pair.slice(cut + 1), path })
    }
    return { html: await answer.text(), location: answer.headers.get('location') ?? '' }
  }
}

async function asPatient(...paths: readonly string[]): Promise<readonly string[]> {
  const ask = browser()
  await ask('/app/sign-in', { person: own.id })
  const pages: string[] = []
  for (const path of paths) pages.push((await ask(path)).html)
  return pages
}

/** An app's way to a token: what is asked, who lets it in. @returns the token */
async function letAppIn(answer: 'yes' | 'no', by: 'patient' | 'staff' = 'patient'): Promise<string> {
  const ask = browser()
  const verifier = randomBytes(32).toString('base64url')
  const redirect = 'http://127.0.0.1/back'
  const client = by === 'staff' ? 'demo-staff-app' : 'demo-app'
  const asking = new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: redirect,
    scope: 'openid launch/patient patient/*.rs',
    state: 's',
    aud: `${server.url}/fhir`,
    prompt: 'consent',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const { location: consent } = await ask(`/oauth/authorize?${asking}`)
  if (by === 'staff') await ask('/staff/sign-in', { person: 'gp-rao' })
  else await ask('/app/sign-in', { person: own.id, next: consent })
  await ask(consent)
  const { html } = await ask(consent, { answer, ...(answer === 'yes' ? { patient: person } : {}) })
  const on = readPage(html).links.find(({ words }) => words.startsWith('Go back to'))?.href ?? ''
  const code = new URL((await ask(on)).location).searchParams.get('code')
  if (code === null) return ''
  const given = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: client,
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirect,
      code_verifier: verifier,
    }),
  })
  return ((await given.json()) as { access_token?: string }).access_token ?? ''
}

const signIn = (app: 'staff' | 'app', who: string) =>
  fetch(`${server.url}/${app}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: noSession },
    body: new URLSearchParams({ person: who, ...formKey(noSession) }),
  })

const hidden = (html: string, name: string) => new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? ''
const linked = (html: string, like: RegExp) => readPage(html).links.find(({ href }) => like.test(href))?.href ?? ''

async function write(path: string, form: Readonly<Record<string, string>>): Promise<void> {
  const draft = hidden((await gp.post(path, { ...form, step: 'check' })).html, 'draft')
  await gp.post(path, { draft, step: 'save' })
}

async function declaredOrganisation(): Promise<string> {
  const [source] = await server.sql<{ code: string }[]>`select organisation_code as code from source limit 1`
  return source?.code ?? ''
}

/** A form as a browser would send it back, unchanged. */
function filledIn(html: string): Readonly<Record<string, string>> {
  const fields = elementsOf(parse(html)).flatMap((element): (readonly [string, string])[] => {
    const name = attribute(element, 'name')
    const has = (attr: string) => element.attrs.some((one) => one.name === attr)
    if (name === '') return []
    if (element.tagName === 'textarea') return [[name, wordsOf(element)]]
    const chosen = elementsOf(element).find(
      (one) => one.tagName === 'option' && one.attrs.some((attr) => attr.name === 'selected'),
    )
    if (element.tagName === 'select') return [[name, chosen ? attribute(chosen, 'value') : '']]
    const unticked = /checkbox|radio/.test(attribute(element, 'type')) && !has('checked')
    return element.tagName === 'input' && !unticked ? [[name, attribute(element, 'value')]] : []
  })
  return Object.fromEntries(fields)
}

/** The result that waits, made the nurse's organisation's. */
async function waitingResult(): Promise<string> {
  await nurse.get('/staff/worklist')
  const [item] = await server.sql<{ item: string }[]>`update result_item set home = 'RXX' returning item`
  return `/staff/worklist/result-${item?.item}`
}

type Row = readonly [() => Promise<unknown>, readonly string[]]
const table: Readonly<Record<string, Row>> = {
  'a member of staff signs in': [() => signIn('staff', 'gp-rao'), ['sign-in 0']],
  'somebody is refused at sign-in': [() => signIn('staff', 'nobody'), ['sign-in-refused 4']],
  'somebody is refused at the patients’ sign-in': [() => signIn('app', 'nobody'), ['sign-in-refused 4']],
  'a member of staff signs out': [
    async () => await (await server.staff('gp-okafor')).post('/staff/sign-out', {}),
    ['sign-in 0', 'sign-out 0'],
  ],
  'the next member of staff signs in at the same browser': [
    async () => await (await server.staff('gp-okafor')).post('/staff/sign-in', { person: 'pharmacist-siddall' }),
    ['sign-in 0', 'switch-user 0', 'sign-in 0'],
  ],
  'a member of staff makes room for the next': [
    async () => await (await server.staff('gp-okafor')).post('/staff/switch-user', {}),
    ['sign-in 0', 'switch-user 0'],
  ],
  'a nurse finds again what they had written when their session ended': [
    async () => {
      const cookie = (await signIn('staff', 'nurse-brandreth')).headers.get('set-cookie')?.split(';')[0] ?? ''
      const kept = await fetch(`${server.url}/staff/drafts`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json' },
        body: JSON.stringify({ address: `${record}/add/note`, fields: { text: 'Half a note' } }),
      })
      const { next } = (await kept.json()) as { next: string }
      await fetch(server.url + next, { headers: { cookie } })
      await fetch(server.url + next, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie },
        body: new URLSearchParams({ ...formKey(cookie), act: 'delete' }),
      })
    },
    ['sign-in 0', 'draft-kept 0 Zelda', 'draft 0 Zelda', 'draft-dropped 0'],
  ],
  'a privacy officer confirms who they are': [
    async () => {
      const officer = await server.staff('privacy-osman')
      await officer.get('/staff/confirm')
      await officer.post('/staff/confirm', {})
      await officer.get('/staff/confirm/start')
    },
    ['sign-in 0', 'confirmed 0'],
  ],
  'pages that name nobody': [
    async () => {
      const pages = ['/', '/staff/sign-in', '/staff/sign-in/start', '/staff/signed-out', '/staff/help', '/app/help']
      pages.push('/staff/help/keyboard', '/staff/help/words', '/app/sign-in', '/app/sign-in/start', '/app/signed-out')
      pages.push('/staff/sign-out/at-provider', '/staff/session', '/staff/session/left')
      pages.push('/live', '/ready', '/metrics', '/.well-known/security.txt', '/demo/people.json')
      pages.push('/fhir/metadata', '/fhir/.well-known/smart-configuration', '/oauth/jwks', '/oauth/me')
      pages.push('/staff/estate/starts/aaaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbbbb')
      for (const path of pages) await fetch(server.url + path, { redirect: 'manual' })
      const { html } = await gp.get('/staff/find')
      await fetch(server.url + (/href="(\/assets\/[^"]+)"/.exec(html)?.[1] ?? ''))
      await fetch(`${server.url}/oauth/.well-known/openid-configuration`)
      for (const path of ['me', 'revoke']) await fetch(`${server.url}/oauth/${path}`, { method: 'POST' })
      await gp.post('/staff/session', {})
      for (const path of ['/staff/estate/starts', '/staff/estate/page-times', '/staff/session/stay'])
        await fetch(server.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    },
    [],
  ],
  'a GP searches, and one person is shown': [
    () => gp.find(own.nhsNumber),
    ['patient-search 0', 'search-result 0 Zelda'],
  ],
  'a GP searches, and nobody is found': [() => gp.find('9990000026'), ['patient-search 0']],
  'a GP opens a record': [() => gp.get(record), ['record-page 0 Zelda']],
  'a GP begins the day': [() => gp.get('/staff'), ['recent-patients 0', 'search-result 0 Zelda']],
  'a GP lists recent patients': [() => gp.get('/staff/recent'), ['recent-patients 0', 'search-result 0 Zelda']],
  'a GP opens each section': [
    async () => {
      for (const section of sections) await gp.get(`${record}/${section}`)
    },
    sections.map(() => 'record-page 0 Zelda'),
  ],
  'a GP looks for words in a record': [
    async () => await gp.get((await gp.post(`${record}/search`, { words: 'potassium' })).location),
    ['record-page 0 Zelda'],
  ],
  'a GP compares a record with itself': [
    () => gp.get(`${record}/compare`),
    ['record-page 0 Zelda', 'record-page 0 Zelda'],
  ],
  'a GP asks where a fact came from': [() => gp.get(`${record}/facts/Observation/${fact}`), ['fact-lineage 0 Zelda']],
  'a GP reads a letter and its file': [
    async () => {
      const letter = linked((await gp.get(`${record}/letters`)).html, /\/letters\/./)
      await gp.get(letter)
      await gp.get(`${letter}/0`)
      await gp.get(`${letter}/0/view`)
    },
    ['record-page 0 Zelda', 'record-page 0 Zelda', 'letter-file 0 Zelda', 'letter-file 0 Zelda'],
  ],
  'a GP prints the summary and takes it out': [
    async () => {
      for (const path of ['print', 'summary.pdf', 'summary.json']) await gp.get(`${record}/${path}`)
    },
    ['summary-print 0 Zelda', 'summary-export 0 Zelda', 'summary-export 0 Zelda'],
  ],
  'a GP opens a record that is not there': [() => gp.get('/staff/patients/nobody'), ['record-page 4 another']],
  'a GP asks for a letter that is not in the record': [
    () => gp.get(`${record}/letters/nothing/0`),
    ['letter-file 4 Zelda'],
  ],
  'a GP writes a note': [
    () => write(`${record}/add/note`, { title: 'Invented note', text: 'Invented.' }),
    ['entry-form 0 Zelda', 'entry-form 0 Zelda', 'entry-written 0 Zelda'],
  ],
  'a GP corrects the note, and withdraws it': [
    async () => {
      const written = (await gp.get(`${record}/written`)).html
      const [correct, withdraw] = [linked(written, /\/correct$/), linked(written, /\/withdraw$/)]
      await gp.get(correct)
      await write(correct, { title: 'Invented note', text: 'Invented again.' })
      const draft = hidden((await gp.get(withdraw)).html, 'draft')
      await gp.post(withdraw, { draft, reason: 'other', words: 'Invented' })
    },
    [
      'record-page 0 Zelda',
      ...Array.from({ length: 3 }, () => 'entry-form 0 Zelda'),
      'entry-corrected 0 Zelda',
      ...Array.from({ length: 2 }, () => 'entry-form 0 Zelda'),
      'entry-withdrawn 0 Zelda',
    ],
  ],
  'an analyst may not open a record': [() => analyst.get(record), ['record-page 4 Zelda']],
  'an analyst may not add to one': [() => analyst.get(`${record}/add/note`), ['entry-form 4 Zelda']],
  'an analyst looks at the feeds': [() => analyst.get('/staff/feeds'), ['feeds 0']],
  'an analyst looks at one feed': [() => analyst.get('/staff/feeds/demo-system'), ['feed 0']],
  'an analyst reads a message: it names whom it is about': [
    () => analyst.get(`/staff/messages/${message}`),
    ['message 0 Zelda'],
  ],
  'a message that is not there': [() => analyst.get('/staff/messages/7'), ['message 0']],
  'an analyst replays a message, and sets it aside': [
    async () => {
      await analyst.post(`/staff/messages/${message}`, { do: 'replay' })
      await analyst.post(`/staff/messages/${message}`, { do: 'set-aside' })
    },
    ['message-replay 0', 'message-set-aside 0'],
  ],
  'an analyst looks for deliveries that are not there': [
    async () => {
      await analyst.get('/staff/deliveries/7')
      await analyst.post('/staff/deliveries/7', { do: 'retry' })
      await analyst.post('/staff/deliveries/7', { do: 'cancel', reason: 'Invented' })
    },
    ['delivery 4', 'delivery-retry 4', 'delivery-cancel 4'],
  ],
  'an analyst looks at devices': [() => analyst.get('/staff/estate'), ['estate-page 0']],
  'a GP may not look at the feeds': [() => gp.get('/staff/feeds'), ['feeds 4']],
  'an officer lists doubts': [() => officer.get('/staff/identity'), ['identity-reviews 0']],
  'an officer looks for a doubt and a merge that are not there': [
    async () => {
      await officer.get('/staff/identity/none')
      await officer.post('/staff/identity/none', { decision: 'same' })
      await officer.post('/staff/identity/merges/none/undo', {})
    },
    ['identity-review 0', 'identity-decision 0', 'identity-undo-merge 4'],
  ],
  'an officer sees what makes up a record': [
    () => officer.get(`/staff/identity/people/${person}`),
    ['identity-links 0 Zelda'],
  ],
  'a nurse works through the worklist': [
    async () => {
      const item = await waitingResult()
      await nurse.get('/staff/worklist')
      const seen = hidden((await nurse.get(item)).html, 'seen')
      await nurse.post(item, { do: 'hand-over', to: '' })
      await nurse.post(item, { do: 'noted', seen })
      await nurse.post(item, { do: 'undo', reason: 'Invented' })
      const { html } = await nurse.get(`${record}/tasks/new`)
      const to = /<option value="(staff:[^"]+)"/.exec(html)?.[1] ?? ''
      await nurse.post(`${record}/tasks/new`, { title: 'Ring', to, seen })
    },
    [
      'task-form 0',
      'task-form 0 Zelda',
      'task-made 0',
      'task-made 0 Zelda',
      'result-acknowledged 0 Zelda',
      ...Array.from({ length: 2 }, () => 'worklist 0'),
      'worklist-item 0',
      'worklist-item 0 Zelda',
      ...['result-handed-over', 'result-acknowledged', 'acknowledgement-undone'].flatMap((what) => [
        `${what} 0`,
        `${what} 0 Zelda`,
      ]),
    ],
  ],
  'a nurse makes a task, and completes it': [
    async () => {
      const { html } = await nurse.get(`${record}/tasks/new`)
      const to = /<option value="(staff:[^"]+)"/.exec(html)?.[1] ?? ''
      const made = await nurse.post(`${record}/tasks/new`, { id: hidden(html, 'id'), title: 'Ring', to })
      const { html: task } = await nurse.get(made.location)
      await nurse.post(made.location, { do: 'done', version: hidden(task, 'version') })
    },
    [
      'task-form 0',
      'task-form 0 Zelda',
      'task-made 0',
      'task-made 0 Zelda',
      'worklist-item 0',
      'worklist-item 0 Zelda',
      'task-changed 0',
      'task-changed 0 Zelda',
    ],
  ],
  'a nurse keeps lists': [
    async () => {
      await nurse.get('/staff/lists')
      const list = (await nurse.post('/staff/lists', { name: 'Falls', roles: 'nurse' })).location
      await nurse.post(`${list}/people`, { person })
      await nurse.get(list)
      await nurse.post(`${list}/people`, { person, do: 'take-off' })
      await nurse.get('/staff/lists/practice')
      await nurse.get('/staff/lists/ward/Nowhere')
    },
    [
      ...Array.from({ length: 2 }, () => 'lists 0'),
      'list-begun 0',
      ...['list-put-on', 'list-taken-off'].flatMap((what) => [`${what} 0`, `${what} 0 Zelda`]),
      ...Array.from({ length: 3 }, () => 'list-look 0'),
    ],
  ],
  'a privacy officer searches the trail': [() => privacy.get('/staff/assurance/trail'), ['trail 0']],
  'a privacy officer searches the trail about one person': [
    () => privacy.get(`/staff/assurance/trail?person=${person}`),
    ['trail 0 Zelda'],
  ],
  'a privacy officer looks up whose lines to search for': [
    () => privacy.post('/staff/assurance/trail', { patient: own.nhsNumber, staff: 'rao' }),
    ['trail-lookup 0', 'patient-search 0', 'search-result 0 Zelda'],
  ],
  'a privacy officer reads a line and takes its proof': [
    async () => {
      const line = linked((await privacy.get('/staff/assurance/trail')).html, /\/lines\/\d+$/)
      await vi.waitFor(async () => expect((await fetch(`${server.url}/audit/checkpoint`)).status).toBe(200), 20_000)
      await privacy.get(line)
      await privacy.get('/staff/assurance/trail/lines/7/proof')
    },
    ['trail 0', 'trail-line 0', 'trail-proof 4'],
  ],
  'a privacy officer takes out the trail': [
    () => privacy.get('/staff/assurance/trail/export?form=csv'),
    ['trail-export 0', 'trail-exported 0'],
  ],
  'a GP may not search the trail': [() => gp.get('/staff/assurance/trail'), ['trail 4']],
  'a privacy officer reads, asks and changes who may see what': [
    async () => {
      await privacy.get('/staff/assurance/policy')
      await privacy.get('/staff/assurance/policy/question')
      await privacy.post('/staff/assurance/policy/question', {
        role: 'clinician',
        organisation: await declaredOrganisation(),
        purpose: 'care',
        patient: own.nhsNumber,
      })
      await privacy.post('/staff/assurance/policy', {})
      const filled = filledIn((await privacy.get('/staff/assurance/policy?edit=yes')).html)
      await privacy.post('/staff/assurance/policy', { ...filled, why: 'Invented', 'limits.emergencyMinutes': '45' })
    },
    [
      'policy-changed 0',
      'policy 0',
      'policy 0',
      'policy 0',
      'policy 0',
      'patient-search 0',
      'search-result 0 Zelda',
      'policy-question 0 Zelda',
      'policy 0',
    ],
  ],
  'a GP gives a reason for a record, and a privacy officer reviews it': [
    async () => {
      await server.sql`create table policy_of_tests as table policy_version`
      await server.sql`truncate policy_version`
      await gp.post(`${record}/emergency`, { reason: 'other', note: 'Invented', next: record })
      await server.sql`insert into policy_version select * from policy_of_tests`
      const { html } = await privacy.get('/staff/assurance/reviews')
      const use = linked(html, /\/reviews\/./)
      await privacy.get(use)
      await privacy.post(use, { decision: 'right' })
    },
    ['emergency-access 0 Zelda', 'emergency-reviews 0', 'emergency-review 0 Zelda', 'emergency-reviewed 0 Zelda'],
  ],
  'a patient opens her own record and reads who has looked': [
    () => asPatient('/app', '/app/health', '/app/access', '/app/apps'),
    ['sign-in 0', ...Array.from({ length: 3 }, () => 'patient-record 0 Zelda'), 'apps-listed 0'],
  ],
  'a patient chooses about sharing, takes it back, and sees whom she acts for': [
    async () => {
      const ask = browser()
      await ask('/app/sign-in', { person: own.id })
      await ask('/app/choices')
      await ask('/app/choices', { do: 'object' })
      await ask('/app/choices', { do: 'share' })
      await ask('/app/people')
      await ask('/app/people', { proxy: '' })
      await ask('/app/people', { proxy: 'none' })
    },
    [
      'sign-in 0',
      'patient-record 0 Zelda',
      ...Array.from({ length: 2 }, () => ['patient-record 0 Zelda', 'choice-changed 0 Zelda']).flat(),
      'proxies-listed 0',
      'proxy-stopped 0',
      'proxy-began 4',
    ],
  ],
  'a patient reads a letter and its file, and signs out': [
    async () => {
      const ask = browser()
      await ask('/app/sign-in', { person: own.id })
      const letter = linked((await ask('/app/health')).html, /\/letters\//)
      await ask(letter)
      await ask(`${letter}/0`)
      await ask('/app/sign-out', {})
    },
    ['sign-in 0', 'patient-record 0 Zelda', 'patient-record 0 Zelda', 'letter-file 0 Zelda', 'sign-out 0'],
  ],
  'a patient lets an app in, and it reads and searches': [
    async () => {
      const token = await letAppIn('yes')
      await fhir(`/Patient/${patient}`, undefined, token)
      await fhir('/Observation', undefined, token)
    },
    [
      'sign-in 0',
      'patient-record 0 Zelda',
      'app-allowed 0 Zelda',
      'app-token 0 Zelda',
      'app-read 0 Zelda',
      'app-search 0 Zelda',
    ],
  ],
  'an app reads what is not there': [
    async () => await fhir('/Observation/nothing', undefined, await letAppIn('yes')),
    ['sign-in 0', 'patient-record 0 Zelda', 'app-allowed 0 Zelda', 'app-token 0 Zelda', 'app-read 0 Zelda'],
  ],
  'a patient lets an app not in': [() => letAppIn('no'), ['sign-in 0', 'app-refused 0']],
  'a GP lets an app into a record, and another not': [
    async () => {
      await letAppIn('yes', 'staff')
      await letAppIn('no', 'staff')
    },
    [
      ...Array.from({ length: 2 }, () => ['sign-in 0', 'recent-patients 0', 'search-result 0 Zelda']).flat(),
      'record-page 0 Zelda',
      'app-allowed 0 Zelda',
      'app-token 0 Zelda',
      'app-refused 0',
    ],
  ],
  'a patient ends what an app may see': [
    async () => {
      const ask = browser()
      await ask('/app/sign-in', { person: own.id })
      await ask('/app/apps', { grant: hidden((await ask('/app/apps')).html, 'grant') })
    },
    ['sign-in 0', 'apps-listed 0', 'app-ended 0'],
  ],
  'an app’s code that is none': [
    () =>
      fetch(`${server.url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'demo-app', grant_type: 'authorization_code', code: 'none' }),
      }),
    ['app-token 4'],
  ],
  'consent pages that nobody asked for': [
    async () => {
      await gp.get('/staff/connect/none')
      await gp.post('/staff/connect/none', {})
    },
    [],
  ],
  'nobody is signed in': [() => fetch(server.url + record, { redirect: 'manual' }), []],
  'a system asks for a token, and another for one it may not have': [
    () => Promise.all([tokenFor('demo-secret'), tokenFor('guessed')]),
    ['system-token 0', 'system-token 4'],
  ],
  'a system reads': [() => fhir(`/Patient/${patient}`), ['fhir-read 0 Zelda']],
  'a system reads what is not there': [() => fhir('/Patient/nobody'), ['fhir-read 0']],
  'a system reads an earlier version': [
    () => fhir(`/Patient/${patient}/_history/1`),
    ['fhir-vread 0', 'fhir-result 0 Zelda'],
  ],
  'a system searches, and it is told what it was given': [
    () => fhir('/Patient?family=quibberton'),
    ['fhir-result 0 Zelda', 'fhir-search 0'],
  ],
  'a system searches by a form': [
    () =>
      fetch(`${server.url}/fhir/Patient/_search`, {
        method: 'POST',
        headers: { authorization: `Bearer ${kept}` },
        body: new URLSearchParams({ family: 'quibberton' }),
      }),
    ['fhir-result 0 Zelda', 'fhir-search 0'],
  ],
  'a system searches in vain': [() => fhir('/Patient?family=nobody'), ['fhir-search 0']],
  'a system searches by what is not supported': [() => fhir('/Patient?no-such=1'), ['fhir-search 4']],
  'a system reads a history': [() => fhir(`/Patient/${patient}/_history`), ['fhir-history 0', 'fhir-result 0 Zelda']],
  'a system reads a whole record': [
    () => fhir(`/Patient/${patient}/$everything`),
    ['fhir-everything 0', 'fhir-result 0 Zelda'],
  ],
  'a system reads a summary': [
    () => fhir(`/Patient/${patient}/$summary`),
    ['fhir-summary 0', 'summary-export 0 Zelda'],
  ],
  'a system writes': [
    async () => {
      const resource = {
        resourceType: 'Basic',
        code: { text: 'Invented' },
        subject: { reference: `Patient/${patient}` },
      }
      const made = (await (await fhir('/Basic', resource)).json()) as { id: string }
      const changed = { ...resource, id: made.id, code: { text: 'Invented again' } }
      await fhir(`/Basic/${made.id}`, changed, undefined, 'PUT')
      await fhir(`/Basic/${made.id}`, undefined, undefined, 'DELETE')
      await fhir('/', {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [{ resource, request: { method: 'POST', url: 'Basic' } }],
      })
    },
    [
      ...['fhir-create', 'fhir-update', 'fhir-delete', 'fhir-transaction'].flatMap((what) => [
        `${what} 0`,
        `${what}-applied 0 Zelda`,
      ]),
      ...Array.from({ length: 2 }, () => 'fhir-read 0 Zelda'),
    ],
  ],
  'a system writes to what it finds': [
    async () => {
      await fhir('/Basic?_id=none', { resourceType: 'Basic', code: { text: 'Invented' } }, undefined, 'PUT')
      await fhir('/Basic?_id=none', undefined, undefined, 'DELETE')
      const made = await fhir('/Basic', { resourceType: 'Basic', code: { text: 'Invented' } })
      await fhir(`/Basic?_id=${((await made.json()) as { id: string }).id}`, undefined, undefined, 'DELETE')
      const entry = [`Patient/${patient}`, 'Patient?family=nobody'].map((url) => ({ request: { method: 'GET', url } }))
      await fhir('/', { resourceType: 'Bundle', type: 'batch', entry })
    },
    [
      ...Array.from({ length: 4 }, () => 'fhir-search 0'),
      ...['fhir-create', 'fhir-update', 'fhir-delete'].flatMap((what) => [`${what} 0`, `${what}-applied 0`]),
      ...['fhir-read 0', 'fhir-read 0', 'fhir-read 0 Zelda'],
    ],
  ],
  'a source sends a message': [() => server.feed('sandbox', 'nothing', 'text/plain'), ['feed-message 0']],
  'a system reads the trail as AuditEvents, and one that may read everything else does not': [
    async () => {
      const answer = (await (await tokenFor('demo-secret', 'system/AuditEvent.rs')).json()) as { access_token: string }
      await fhir(`/AuditEvent?patient=${patient}`, undefined, answer.access_token)
      await fhir('/AuditEvent/7', undefined, answer.access_token)
      await fhir('/AuditEvent')
    },
    ['system-token 0', 'fhir-audit 0 Zelda', 'fhir-audit 0', 'fhir-audit 4'],
  ],
  'a token that is none': [() => fhir(`/Patient/${patient}`, undefined, 'nothing'), []],
  'checkpoints and keys name nobody': [
    async () => await Promise.all(['checkpoint', 'keys'].map((name) => fetch(`${server.url}/audit/${name}`))),
    [],
  ],
}

test.each(Object.entries(table))('%s', async (_name, [work, expected]) => {
  expect((await linesOf(work)).toSorted()).toEqual(expected.toSorted())
})

test('a search tells how many it found, of how many people, and not what was asked', async () => {
  await fhir('/Patient?family=quibberton')
  const [line] = await server.sql<
    { detail: object }[]
  >`select detail from audit_event where what = 'fhir-search' order by id desc limit 1`
  expect(line?.detail).toEqual({ parameters: ['family'], interaction: 'search', type: 'Patient', found: 1, people: 1 })
})

test('a token without the scope is refused, and its refusal is a line', async () => {
  const answer = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('demo-system:demo-secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'system/Observation.rs' }),
  })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  expect(await linesOf(() => fhir(`/Patient/${patient}`, undefined, token))).toEqual(['fhir-read 4'])
})

async function cookieOf(who: string): Promise<string> {
  return (await signIn('staff', who)).headers.get('set-cookie')?.split(';')[0] ?? ''
}

/** Asks, and hangs up: before anything was answered, or when the first bytes arrive. */
function hangUp(path: string, header: string, when: 'at once' | 'at the first byte'): Promise<void> {
  const { hostname, port } = new URL(server.url)
  return new Promise((done) => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined).on('close', () => done())
    socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n${header}\r\n\r\n`, () => {
      if (when === 'at once') socket.destroy()
    })
    if (when === 'at the first byte') socket.once('data', () => socket.destroy())
  })
}

test('a reader who hangs up at once, or at the first byte, has looked all the same', async () => {
  const cookie = await cookieOf('gp-rao')
  const doors = [
    [`/fhir/Patient/${patient}`, `Authorization: Bearer ${kept}`, 'fhir-read 0 Zelda'],
    [record, `Cookie: ${cookie}`, 'record-page 0 Zelda'],
    [`${record}/summary.pdf`, `Cookie: ${cookie}`, 'summary-export 0 Zelda'],
  ] as const
  for (const [path, header, line] of doors) {
    const [last] = await server.sql<{ id: string }[]>`select max(id) as id from audit_event`
    await Promise.all([hangUp(path, header, 'at once'), hangUp(path, header, 'at the first byte')])
    await vi.waitFor(async () => expect(await newLines(last?.id ?? '0')).toEqual([line, line]), { timeout: 20_000 })
  }
})

/** So many lines that no buffer between the database and a reader holds them all. */
async function longTrail(): Promise<void> {
  await server.sql`
    insert into audit_event (id, at, action, what, actor_kind, actor_id, actor_name, purpose, outcome, detail)
    select ((extract(epoch from now()) * 1000)::bigint << 20) + n, now(), 'R', 'feeds', 'system', 'many', repeat('x', 300), 'HOPERAT', 0, '{}'
      from generate_series(1, 30000) n`
}

test('whoever goes while the trail is taken out is told in it, with how much went', async () => {
  await longTrail()
  const cookie = await cookieOf('privacy-osman')
  const [last] = await server.sql<{ id: string }[]>`select max(id) as id from audit_event`
  await hangUp('/staff/assurance/trail/export?form=csv', `Cookie: ${cookie}`, 'at the first byte')
  await vi.waitFor(
    async () => expect(await newLines(last?.id ?? '0')).toEqual(['trail-export 0', 'trail-exported 4']),
    { timeout: 20_000 },
  )
  const [line] = await server.sql<{ detail: { lines: number; whole: boolean } }[]>`
    select detail from audit_event where what = 'trail-exported' order by id desc limit 1`
  expect(line?.detail.whole).toBe(false)
  expect(line?.detail.lines).toBeGreaterThan(0)
  expect(line?.detail.lines).toBeLessThan(30_000)
})

test('when the database fails while the trail is taken out, the file breaks off and the trail says that it failed', async () => {
  await longTrail()
  const cookie = await cookieOf('privacy-osman')
  const [last] = await server.sql<{ id: string }[]>`select max(id) as id from audit_event`
  const answer = await fetch(`${server.url}/staff/assurance/trail/export?form=csv`, { headers: { cookie } })
  let taken = Promise.resolve('')
  // The next piece waits for the trail, and its connection is lost.
  await server.sql.begin(async (tx) => {
    await tx`lock table audit_event in access exclusive mode`
    taken = answer.text().then(
      () => 'whole',
      () => 'broken off',
    )
    await vi.waitFor(
      async () => {
        const ended = await tx`
          select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock' and query like '%order by id desc limit%'`
        expect(ended.length).toBeGreaterThan(0)
      },
      { timeout: 20_000 },
    )
  })
  expect(await taken).toBe('broken off')
  await vi.waitFor(
    async () =>
      expect((await newLines(last?.id ?? '0')).filter((line) => line.startsWith('trail'))).toEqual([
        'trail-export 0',
        'trail-exported 8',
      ]),
    { timeout: 20_000 },
  )
})

test('what breaks off half-way gives nothing away, and a line with outcome 8 says that it was tried', async () => {
  await server.sql.unsafe('alter table resource_version rename to resource_version_away')
  try {
    expect(await linesOf(() => gp.get(record))).toEqual(['record-page 8 Zelda'])
    expect(await linesOf(() => gp.get(`${record}/summary.pdf`))).toEqual(['summary-export 8 Zelda'])
    expect(await linesOf(() => fhir('/Patient?family=quibberton'))).toEqual(['fhir-search 8'])
    expect(await linesOf(() => fhir(`/Patient/${patient}`))).toEqual(['fhir-read 8'])
    expect(await linesOf(() => fhir(`/Patient/${patient}/$everything`))).toEqual(['fhir-everything 8'])
    expect(await linesOf(() => asPatient('/app/health'))).toEqual(['sign-in 0', 'patient-record 8 Zelda'])
  } finally {
    await server.sql.unsafe('alter table resource_version_away rename to resource_version')
  }
})

const paper = readFileSync(fileURLToPath(new URL('../../docs/security/audit-lines.md', import.meta.url)), 'utf8')

/** The paper's table of doors: of each route, the kinds of lines that it says the route leaves. */
function doors(): ReadonlyMap<string, ReadonlySet<string>> {
  const rows = paper.split('## Doors')[1]?.split('\n## ')[0]?.split('\n') ?? []
  return new Map(
    rows.flatMap((row) => {
      const [, routes = '', kinds = ''] = row.split(/(?<!\\)\|/)
      const left = new Set([...kinds.matchAll(/`([a-z-]+)`/g)].map(([, kind = '']) => kind))
      return [...routes.matchAll(/`([^`]+)`/g)].flatMap(([, route = '']) =>
        expanded(route).map((one) => [one, left] as const),
      )
    }),
  )
}

/** `{GET,POST} /staff/lists` → both. */
function expanded(text: string): readonly string[] {
  const [, before = '', inner, after = ''] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(text) ?? []
  return inner === undefined ? [text] : inner.split(',').flatMap((one) => expanded(before + one + after))
}

/** Of these another test holds the lines: they need a real provider, or a message that nobody sent here. */
const heldElsewhere: Readonly<Record<string, string>> = {
  'GET /staff/sign-in/back': 'src/sign-in/sign-in.test.ts',
  'GET /app/sign-in/back': 'src/sign-in/sign-in.test.ts',
  'POST /staff/sign-in/role': 'src/sign-in/sign-in.test.ts',
  'POST /staff/sign-out/by-provider': 'src/sign-in/sign-in.test.ts',
  'POST /app/sign-out/by-provider': 'src/sign-in/sign-in.test.ts',
}

test('every route of the server stands in the paper, and the paper names no other', () => {
  expect([...doors().keys()].toSorted()).toEqual(
    [...routes].filter((route) => !/ \/demo\/(?!people)/.test(route)).toSorted(),
  )
})

test('each route has left here exactly the kinds of lines that the paper says', async () => {
  const routeOf = new Map(
    server
      .logged()
      .split('\n')
      .map((text) => JSON.parse(text) as { requestId?: string; route?: string; method?: string })
      .map(({ requestId, method, route = '' }) => [requestId, `${method} ${plain(route)}`]),
  )
  const left = new Map<string, Set<string>>([...new Set(routeOf.values())].map((route) => [route, new Set()]))
  const rows = await server.sql<{ what: string; request: string }[]>`
    select distinct what, request_id as request from audit_event where request_id is not null`
  for (const { what, request } of rows) left.get(routeOf.get(request) ?? '')?.add(what)
  const wrong = [...doors()].flatMap(([route, said]) => {
    if (Object.hasOwn(heldElsewhere, route)) return []
    const seen = left.get(route)
    if (seen === undefined) return [`${route} was not asked`]
    const more = [...seen].filter((what) => !said.has(what))
    const less = [...said].filter((what) => !seen.has(what))
    return more.length + less.length === 0 ? [] : [`${route} left also ${more.join()}, and not ${less.join()}`]
  })
  expect(wrong).toEqual([])
})

test('every kind of line has words, and stands in the paper', async () => {
  const told = new Set([...paper.matchAll(/`([a-z-]+)`/g)].map(([, kind]) => kind))
  expect(Object.keys(auditKinds).filter((kind) => !told.has(kind))).toEqual([])
  const rows = await server.sql<{ what: string }[]>`select distinct what from audit_event`
  expect(rows.map(({ what }) => what).filter((what) => !Object.hasOwn(auditKinds, what))).toEqual([])
})

test('every kind of line that the program writes is in the table, with words', () => {
  const src = fileURLToPath(new URL('../../src', import.meta.url))
  const texts = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.test)\.tsx?$/.test(name))
    .map((name) => readFileSync(join(src, name), 'utf8'))
  const written = texts.flatMap((text) =>
    [...text.matchAll(/(?:askFor\(\s*\w+,\s*|recordCommand\(\s*call,\s*[\w.]+,\s*)'([a-z-]+)'/g)].map(
      ([, kind = '']) => kind,
    ),
  )
  expect(written.length).toBeGreaterThan(10)
  expect([...new Set(written)].filter((kind) => !Object.hasOwn(auditKinds, kind))).toEqual([])
})
