/** What each door writes in the trail, line by line: asked over HTTP, of a server with one person in it. Issue 4, "Shown by" 2. */

import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test, vi } from 'vitest'
import { auditKinds } from '../../src/audit/index.ts'
import { formKey, noSession } from '../support/form-key.ts'
import { type RunningTestServer, runningServer, type Staff } from '../support/server.ts'

let server: RunningTestServer
let gp: Staff
let analyst: Staff
let officer: Staff
let privacy: Staff
let record = ''
let person = ''
let patient = ''
let message = ''

beforeAll(async () => {
  server = await runningServer()
  const sent = await fhir('/Patient', {
    resourceType: 'Patient',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
    name: [{ family: 'Quibberton', given: ['Zelda'] }],
    birthDate: '1958-05-14',
  })
  patient = ((await sent.json()) as { id: string }).id
  gp = await server.staff('gp-rao')
  ;[record = ''] = await gp.find('9990000018')
  person = record.split('/').at(-1) ?? ''
  analyst = await server.staff('analyst-pryce')
  officer = await server.staff('identity-haddow')
  privacy = await server.staff('privacy-osman')
  const [newest] = await server.sql<{ id: string }[]>`select id from message order by id desc limit 1`
  message = newest?.id ?? ''
}, 60_000)

async function fhir(path: string, body?: object, token?: string): Promise<Response> {
  return await fetch(`${server.url}/fhir${path}`, {
    headers: { authorization: `Bearer ${token ?? (await server.token())}`, 'content-type': 'application/fhir+json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
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

const signIn = (app: 'staff' | 'app', who: string) =>
  fetch(`${server.url}/${app}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: noSession },
    body: new URLSearchParams({ person: who, ...formKey(noSession) }),
  })

const table: Readonly<Record<string, readonly [() => Promise<unknown>, readonly string[]]>> = {
  'a member of staff signs in': [() => signIn('staff', 'gp-rao'), ['sign-in 0']],
  'somebody is refused at sign-in': [() => signIn('staff', 'nobody'), ['sign-in-refused 4']],
  'somebody is refused at the patients’ sign-in': [() => signIn('app', 'nobody'), ['sign-in-refused 4']],
  'a member of staff signs out': [
    async () => await (await server.staff('gp-okafor')).post('/staff/sign-out', {}),
    ['sign-in 0', 'sign-out 0'],
  ],
  'a GP searches, and one person is shown': [
    () => gp.find('9990000018'),
    ['patient-search 0', 'search-result 0 Zelda'],
  ],
  'a GP searches, and nobody is found': [() => gp.find('9990000026'), ['patient-search 0']],
  'a GP opens a record': [() => gp.get(record), ['record-page 0 Zelda']],
  'a GP opens a section': [() => gp.get(`${record}/medicines`), ['record-page 0 Zelda']],
  'a GP sees who has looked': [() => gp.get(`${record}/access`), ['record-page 0 Zelda']],
  'a GP opens a record that is not there': [() => gp.get('/staff/patients/nobody'), ['record-page 4 another']],
  'an analyst may not open a record': [() => analyst.get(record), ['record-page 4 Zelda']],
  'an analyst looks at the feeds': [() => analyst.get('/staff/feeds'), ['feeds 0']],
  'an analyst reads a message: it names whom it is about': [
    () => analyst.get(`/staff/messages/${message}`),
    ['message 0 Zelda'],
  ],
  'a message that is not there': [() => analyst.get('/staff/messages/7'), ['message 0']],
  'a GP may not look at the feeds': [() => gp.get('/staff/feeds'), ['feeds 4']],
  'an officer lists doubts': [() => officer.get('/staff/identity'), ['identity-reviews 0']],
  'an officer sees what makes up a record': [
    () => officer.get(`/staff/identity/people/${person}`),
    ['identity-links 0 Zelda'],
  ],
  'a privacy officer searches the trail': [() => privacy.get('/staff/assurance/trail'), ['trail 0']],
  'a privacy officer searches the trail about one person': [
    () => privacy.get(`/staff/assurance/trail?person=${person}`),
    ['trail 0 Zelda'],
  ],
  'a privacy officer takes out the trail': [
    () => privacy.get('/staff/assurance/trail/export?form=csv'),
    ['trail-export 0', 'trail-exported 0'],
  ],
  'a GP may not search the trail': [() => gp.get('/staff/assurance/trail'), ['trail 4']],
  'nobody is signed in': [() => fetch(server.url + record, { redirect: 'manual' }), []],
  'a system reads': [() => fhir(`/Patient/${patient}`), ['fhir-read 0 Zelda']],
  'a system reads what is not there': [() => fhir('/Patient/nobody'), ['fhir-read 0']],
  'a system searches, and it is told what it was given': [
    () => fhir('/Patient?family=quibberton'),
    ['fhir-result 0 Zelda', 'fhir-search 0'],
  ],
  'a system searches in vain': [() => fhir('/Patient?family=nobody'), ['fhir-search 0']],
  'a system searches by what is not supported': [() => fhir('/Patient?no-such=1'), ['fhir-search 4']],
  'a system reads a history': [() => fhir(`/Patient/${patient}/_history`), ['fhir-history 0', 'fhir-result 0 Zelda']],
  'a system reads a whole record': [
    () => fhir(`/Patient/${patient}/$everything`),
    ['fhir-everything 0', 'fhir-result 0 Zelda'],
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

test('a reader who hangs up at once has looked all the same', async () => {
  const [last] = await server.sql<{ id: string }[]>`select max(id) as id from audit_event`
  const token = await server.token()
  const { hostname, port } = new URL(server.url)
  for (const wait of [true, false]) {
    const socket = connect(Number(port), hostname)
    socket.write(
      `GET /fhir/Patient/${patient} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      () => {
        if (!wait) socket.destroy()
      },
    )
    if (wait) socket.once('data', () => socket.destroy())
  }
  await vi.waitFor(
    async () => expect(await newLines(last?.id ?? '0')).toEqual(['fhir-read 0 Zelda', 'fhir-read 0 Zelda']),
    { timeout: 10_000 },
  )
})

test('what breaks off half-way gives nothing away, and no line says that it did', async () => {
  await server.sql.unsafe('alter table resource_version rename to resource_version_away')
  try {
    expect(await linesOf(() => gp.get(record))).toEqual([])
    expect(await linesOf(() => fhir('/Patient?family=quibberton'))).toEqual(['fhir-search 8'])
    expect(await linesOf(() => fhir(`/Patient/${patient}`))).toEqual([])
  } finally {
    await server.sql.unsafe('alter table resource_version_away rename to resource_version')
  }
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
