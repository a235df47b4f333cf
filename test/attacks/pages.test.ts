/** OWASP classes at the pages of both apps: XSS through every stored field, injection in every parameter that a page reads, files that attack. */
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { demoArea, demoPatients } from '../../demo/index.ts'
import { patientCompartment, resourceTypes } from '../../src/fhir/index.ts'
import { collectRoutes } from '../support/all-routes.ts'
import { formKey, noSession } from '../support/form-key.ts'
import { hostile, hostileResource, marks, runs } from '../support/hostile.ts'
import { parametersRead } from '../support/parameters.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'
import { sharedData } from '../support/shared-data.ts'
import { markHeader, statementsOfRequests } from '../support/statements-of-requests.ts'

/** Who asks these is signed in no more. */
const ends = /\/(?:sign-out|switch-user)\b/
const routes = collectRoutes()
const parameters = parametersRead()
const statements = statementsOfRequests()
const bad = sharedData('bad-input')
const badFiles =
  bad === undefined
    ? []
    : globSync(`${bad}/**/*`)
        .filter((path) => statSync(path).isFile())
        .sort()

let server: RunningTestServer
let record = ''
let patient = ''
let taken: readonly string[] = []
const readers = new Map<string, Reader>()

beforeAll(async () => {
  server = await runningServer({ env: { DEMO_PEOPLE: '1' }, onStatement: statements.onStatement })
  const { people, seed, now } = JSON.parse(readFileSync(join(server.folder, 'demo.json'), 'utf8')) as {
    people: number
    seed: number
    now: string
  }
  // The hostile record is of somebody who reads it as a patient too.
  const [self] = demoPatients(demoArea({ people, seed: String(seed), now: new Date(now) }))
  const made = await fhir('/Patient', {
    ...hostileResource('Patient', ''),
    identifier: [
      { system: 'https://fhir.nhs.uk/Id/nhs-number', value: self?.nhsNumber },
      { system: 'https://x.example/id', value: hostile },
    ],
    birthDate: self?.birthDate,
    link: undefined,
    deceasedBoolean: undefined,
  })
  expect(made.status, await made.clone().text()).toBe(201)
  patient = ((await made.json()) as { id: string }).id
  const types = resourceTypes.filter((type) => Object.hasOwn(patientCompartment, type) && type !== 'Patient')
  const entry = [0, 1].flatMap((variant) =>
    types.map((type) => ({
      resource: hostileResource(type, patient, variant),
      request: { method: 'POST', url: type },
    })),
  )
  const answer = await fhir('', { resourceType: 'Bundle', type: 'batch', entry })
  const { entry: answers } = (await answer.json()) as { entry: readonly { response: { status: string } }[] }
  // What is refused for its form can do no harm; what is taken must be shown as words.
  taken = types.filter((_, at) => [at, at + types.length].some((n) => answers[n]?.response.status.startsWith('201')))
  for (const [app, id] of [
    ['staff', 'gp-rao'],
    ['staff', 'analyst-pryce'],
    ['staff', 'identity-haddow'],
    ['staff', 'privacy-osman'],
    ['app', self?.id ?? ''],
  ] as const)
    readers.set(app === 'app' ? 'patient' : id, await signedIn(app, id))
  ;[record = ''] = await (await server.staff('gp-rao')).find(self?.nhsNumber ?? '')
  expect(record).toMatch(/^\/staff\/patients\//)
})

async function fhir(path: string, body: object): Promise<Response> {
  return await fetch(`${server.url}/fhir${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await server.token()}`, 'content-type': 'application/fhir+json' },
    body: JSON.stringify(body),
  })
}

type Shown = { readonly status: number; readonly html: string; readonly type: string; readonly headers: Headers }
type Reader = {
  readonly cookie: string
  readonly get: (path: string) => Promise<Shown>
  readonly post: (path: string, fields: Readonly<Record<string, string>>) => Promise<Shown>
}

async function signedIn(app: 'staff' | 'app', person: string): Promise<Reader> {
  const entered = await fetch(`${server.url}/${app}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: noSession },
    body: new URLSearchParams({ person, ...formKey(noSession) }),
  })
  expect([person, entered.status]).toEqual([person, 303])
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
  const ask = async (path: string, init: RequestInit = {}): Promise<Shown> => {
    const answer = await fetch(server.url + path, { redirect: 'manual', headers: { cookie }, ...init })
    const { status, headers } = answer
    return { status, html: await answer.text(), type: headers.get('content-type') ?? '', headers }
  }
  return {
    cookie,
    get: (path) => ask(path),
    post: (path, fields) => ask(path, { method: 'POST', body: new URLSearchParams({ ...fields, ...formKey(cookie) }) }),
  }
}

/** Whose pages these are: who may open them gets furthest into them. */
function readerOf(url: string): Reader {
  const id = url.startsWith('/app')
    ? 'patient'
    : /^\/staff\/(?:feeds|messages|deliveries|estate)/.test(url)
      ? 'analyst-pryce'
      : url.startsWith('/staff/identity')
        ? 'identity-haddow'
        : url.startsWith('/staff/assurance')
          ? 'privacy-osman'
          : 'gp-rao'
  const reader = readers.get(id)
  if (!reader) throw new Error(`nobody signed in as ${id}`)
  return reader
}

/** Nothing runs, nothing leads elsewhere, and no fault of ours is told. */
function isHarmless(what: string, { status, html, type, headers }: Shown): void {
  expect([what, status], html.slice(0, 300)).toEqual([
    what,
    expect.toSatisfy((code: number) => code < 500 || code === 503),
  ])
  if (/^text\/html/.test(type)) {
    expect([what, runs(html)]).toEqual([what, []])
    expect([what, marks.exec(html)?.[0]]).toEqual([what, undefined])
  }
  // Who signs in is sent to the identity provider, which here is ours too.
  const to = (headers.get('location') ?? '/').replace(`${server.url}/demo/`, '/demo/')
  expect([what, to]).toEqual([what, expect.stringMatching(/^\/(?!\/)/)])
  expect(html).not.toMatch(/syntax error|pg_catalog|relation "|PostgresError|node_modules/)
}

describe('XSS', () => {
  test('a record of every type, hostile in every text that FHIR has a place for, is words on every page of both apps', {
    timeout: 300_000,
  }, async () => {
    expect(taken.length).toBeGreaterThan(50)
    const person = record.split('/').at(-1) ?? ''
    const waiting = routes()
      .filter(
        ({ method, url }) => method === 'GET' && /^\/staff\/patients\/:person(?:\/[\w-]+)*$|^\/app(?:\/|$)/.test(url),
      )
      .map(({ url }) => url.replace(':person', person))
      .filter((url) => !url.includes(':'))
    const seen = new Set(waiting)
    let shown = 0
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const page = await readerOf(path).get(path)
      isHarmless(path, page)
      if (page.html.includes('&lt;script&gt;zq()')) shown += 1
      for (const [, link = ''] of page.html.matchAll(/href="(\/(?:staff\/patients|app)\/[^"#]+)/g)) {
        const to = link.replaceAll('&amp;', '&')
        if (seen.has(to) || !to.includes(path.startsWith('/app') ? '/app/' : person)) continue
        seen.add(to)
        // Two facts of each type are enough; each shows its own texts.
        const kind = to.replace(/\/facts\/(\w+)\/.*/, '/facts/$1').replace(/\/letters\/.*/, '/letters/x')
        if (kind !== to && [...seen].filter((one) => one.startsWith(kind.replace(/x$/, ''))).length > 2) continue
        waiting.push(to)
      }
    }
    expect(shown, 'the hostile words are on the pages').toBeGreaterThan(40)
  })

  test('a hostile message is words on the pages that show it, and its feed goes on', async () => {
    const sender = '<script>zq()</script>'
    const body = `MSH|^~\\&|${sender}|X|||20260101||ADT^A01|<img src=x onerror=zq()>|P|2.4\rPID|1||1^^^X||${hostile.replaceAll(/[\r\n|]/g, ' ')}\r`
    await server.feed('hostile', body, 'x-application/hl7-v2+er7')
    const waiting = ['/staff/feeds', '/staff/feeds/hostile']
    const seen = new Set(waiting)
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const page = await readerOf(path).get(path)
      isHarmless(path, page)
      for (const [, link = ''] of page.html.matchAll(/href="(\/staff\/(?:feeds\/hostile|messages)[^"#]*)/g)) {
        const to = link.replaceAll('&amp;', '&')
        if (!seen.has(to)) waiting.push(to)
        seen.add(to)
      }
    }
    expect([...seen].some((path) => path.startsWith('/staff/messages/'))).toBe(true)
  })
})

describe('Injection', () => {
  const person = () => record.split('/').at(-1) ?? ''
  const attacks = [
    hostile,
    "x' or '1'='1",
    '\u0000%00',
    '../../../etc/passwd',
    '__proto__',
    '-1',
    '9'.repeat(40),
    'https://evil.example/',
    '',
  ]
  const pages = () =>
    routes().filter(({ method, url }) => ['GET', 'POST'].includes(method) && /^\/(?:staff|app)(?:\/|$)/.test(url))

  test('in every part of every address and every parameter that a page reads, by GET and by form', async () => {
    const asked = new Map<string, Set<string>>()
    // What a handler reads only after another value stood is met in a later round.
    for (let round = 0; round < attacks.length; round += 1) {
      const attack = attacks[round] ?? ''
      for (const { method, url } of pages()) {
        // Who signs out reads nothing more.
        if (ends.test(url)) continue
        const name = `${method} ${url}`
        const path = url.replaceAll(/:(\w+)|\*/g, (_, part) =>
          part === 'person' && round % 3 !== 2
            ? person()
            : encodeURIComponent(attack.replaceAll('\u0000', '') || 'x').slice(0, 150),
        )
        const fields = Object.fromEntries(parameters(name).map((field) => [field, attack]))
        const reader = readerOf(url)
        const page =
          method === 'GET'
            ? await reader.get(`${path}?${new URLSearchParams({ ...fields, zq: attack })}`)
            : await reader.post(path, fields)
        isHarmless(`${name} ${JSON.stringify(fields)}`, page)
        asked.set(name, new Set(parameters(name)))
      }
    }
    const found = [...asked.values()].reduce((sum, names) => sum + names.size, 0)
    expect(found, 'parameters found').toBeGreaterThan(60)
    expect([...(asked.get('POST /staff/find') ?? [])]).toContain('q')
    expect(server.logged()).not.toMatch(/"a (?:staff|patient) page failed"/)
  }, 120_000)

  test('a parameter sent twice, as a list or as an object is no fault of ours', async () => {
    for (const { method, url } of pages()) {
      const names = parameters(`${method} ${url}`)
      if (names.length === 0 || ends.test(url)) continue
      const path = url.replaceAll(/:(\w+)|\*/g, (_, part) => (part === 'person' ? person() : 'x1'))
      const twice = names.map((name) => `${name}=1&${name}=2&${name}[]=3&${name}[a]=4`).join('&')
      if (method === 'GET') isHarmless(`GET ${url}`, await readerOf(url).get(`${path}?${twice}`))
    }
  })
})

describe('Guessed ids (IDOR)', () => {
  /** All that an answer tells, and the work behind it: what two answers differ in could be measured from outside. */
  async function told(cookie: string, path: string, id: string) {
    const mark = `${Math.random()}`
    const answer = await fetch(server.url + path, { redirect: 'manual', headers: { cookie, [markHeader]: mark } })
    const plain = /[a-z0-9]{12,}$/.exec(id)?.[0] ?? id
    const own = (text: string) => text.replaceAll(plain, 'ID')
    const headers = Object.fromEntries(answer.headers)
    for (const changing of ['date', 'x-request-id', 'set-cookie', 'content-length']) delete headers[changing]
    return {
      status: answer.status,
      body: own(await answer.text()).replaceAll(/value="[\w-]{43}"|number \w{20}/g, ''),
      headers: own(JSON.stringify(headers)),
      // Some travel side by side, in either order.
      statements: statements
        .of(mark)
        .map((text) => text.replaceAll(/\s+/g, ' '))
        .toSorted(),
    }
  }

  test('what stands in another’s record and what never was are answered alike: status, bytes, headers and statements run', async () => {
    const others = await otherPerson()
    const person = record.split('/').at(-1) ?? ''
    const never = (id: string) => id.replace(/[a-z0-9]{12,}$/, (own) => own.replaceAll(/./g, 'q'))
    const staff = routes()
      .filter(({ method, url }) => method === 'GET' && /^\/staff\/patients\/:person\/.*:(?:id|key)/.test(url))
      .flatMap(({ url }) => {
        if (url.includes('/letters/:key')) return [[url, others.letter] as const]
        if (url.includes('/:type/:id')) return [[url.replace(':type', 'Observation'), others.observation] as const]
        return []
      })
    expect(staff.length).toBeGreaterThan(4)
    const app = routes()
      .filter(({ method, url }) => method === 'GET' && /^\/app\/.*:letter/.test(url))
      .map(({ url }) => [url, others.letter] as const)
    expect(app.length).toBeGreaterThan(1)
    for (const [url, id] of [...staff, ...app]) {
      const at = (one: string) =>
        url
          .replace(':person', person)
          .replace(/:(?:id|key|letter)/, encodeURIComponent(one))
          .replace(':index', '0')
      const { cookie } = readerOf(url)
      // The first request of a session also notes that it is in use.
      await told(cookie, at(never(id)), never(id))
      const [theirs, nobodys] = [await told(cookie, at(id), id), await told(cookie, at(never(id)), never(id))]
      expect([url, theirs.status]).toEqual([url, 404])
      expect([url, theirs]).toEqual([url, nobodys])
    }
  })

  test('a record’s pages tell nothing of who exists to whoever is not signed in', async () => {
    const others = await otherPerson()
    for (const { url } of routes().filter(
      ({ method, url: one }) => method === 'GET' && one.startsWith('/staff/patients/'),
    )) {
      const at = (one: string) => url.replace(':person', one).replaceAll(/:\w+/g, 'x1')
      const id = others.person
      expect([url, await told('', at(id), id)]).toEqual([
        url,
        await told('', at('0'.repeat(id.length)), '0'.repeat(id.length)),
      ])
    }
  })
})

/** Somebody whom the patient who is signed in is not. */
let other: Promise<{ readonly person: string; readonly letter: string; readonly observation: string }> | undefined
function otherPerson() {
  other ??= makeOther()
  return other
}
async function makeOther() {
  const made = async (path: string, body: object) => ((await (await fhir(path, body)).json()) as { id: string }).id
  const id = await made('/Patient', {
    resourceType: 'Patient',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
    name: [{ family: 'Quibberton', given: ['Zelda'] }],
    birthDate: '1958-05-14',
  })
  const subject = { reference: `Patient/${id}` }
  const code = { text: 'Weight' }
  const observation = await made('/Observation', {
    resourceType: 'Observation',
    status: 'final',
    subject,
    code,
    effectiveDateTime: '2026-01-01',
    valueString: '70 kg',
  })
  await made('/DocumentReference', {
    resourceType: 'DocumentReference',
    status: 'current',
    subject,
    type: code,
    date: '2026-01-01T00:00:00Z',
    content: [{ attachment: { contentType: 'text/plain', data: 'YWJj' } }],
  })
  const [found = ''] = await (await server.staff('gp-rao')).find('9990000018')
  const { html } = await readerOf('/staff').get(`${found}/letters`)
  const letter = /\/letters\/([^"/?#]+)/.exec(html)?.[1] ?? ''
  expect(letter).toMatch(/[a-z0-9]{12,}$/)
  return { person: found.split('/').at(-1) ?? '', letter: decodeURIComponent(letter), observation }
}

describe('data/bad-input', () => {
  test.skipIf(bad === undefined)(
    'every file through a form: what is typed in it is refused or kept as text',
    async () => {
      const forms = routes().filter(
        ({ method, url }) =>
          method === 'POST' &&
          url.startsWith('/staff/') &&
          parameters(`POST ${url}`).length > 0 &&
          !/sign-out|sign-in|switch-user/.test(url),
      )
      expect(forms.length).toBeGreaterThan(10)
      for (const [at, file] of badFiles.entries()) {
        const url = forms[at % forms.length]?.url ?? ''
        const text = readFileSync(file).toString('latin1').slice(0, 12_000)
        const fields = Object.fromEntries(parameters(`POST ${url}`).map((name) => [name, text.slice(0, 60_000 / 30)]))
        const path = url.replaceAll(/:(\w+)/g, (_, part) =>
          part === 'person' ? (record.split('/').at(-1) ?? '') : 'x1',
        )
        isHarmless(`${url} ${file}`, await readerOf(url).post(path, fields))
      }
    },
    120_000,
  )

  test.skipIf(bad === undefined)(
    'every file as an attachment: a download that nothing opens by itself, under no name and type of its own',
    async () => {
      const types = ['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/xml', 'application/pdf', 'image/png']
      const content = badFiles.flatMap((file, at) => {
        const data = readFileSync(file).toString('base64')
        const title = `${hostile} ../../x.html`
        return data === '' ? [] : [{ attachment: { contentType: types[at % types.length], title, data } }]
      })
      const entry = Array.from({ length: Math.ceil(content.length / 20) }, (_, n) => ({
        request: { method: 'POST', url: 'DocumentReference' },
        resource: {
          resourceType: 'DocumentReference',
          status: 'current',
          subject: { reference: `Patient/${patient}` },
          type: { text: `Files ${n}` },
          date: '2026-11-01T00:00:00Z',
          content: content.slice(n * 20, n * 20 + 20),
        },
      }))
      const sent = await fhir('', { resourceType: 'Bundle', type: 'batch', entry })
      const { entry: answers } = (await sent.json()) as {
        entry: readonly { response: { status: string; location: string } }[]
      }
      expect(answers.map(({ response }) => response.status.slice(0, 3))).toEqual(entry.map(() => '201'))
      const reader = readerOf('/staff')
      const { letter: like } = await otherPerson()
      const files = answers.map(({ response }) => {
        const id = response.location.split('/')[1] ?? ''
        return `${record}/letters/${like.replace(/[a-z0-9]{12,}$/, id)}`
      })
      let downloaded = 0
      for (const letter of files) {
        // What is text is shown as words on the letter's own page.
        isHarmless(letter, await reader.get(letter))
        for (const file of Array.from({ length: 21 }, (_, n) => `${letter}/${n}`)) {
          const { status, headers } = await reader.get(file)
          if (status === 404) continue
          expect([file, status]).toEqual([file, 200])
          downloaded += 1
          const type = headers.get('content-type') ?? ''
          expect([file, type]).toEqual([
            file,
            expect.stringMatching(/^(?:application\/(?:octet-stream|pdf)|text\/plain|image\/(?:png|jpeg|gif|webp))\b/),
          ])
          expect(headers.get('x-content-type-options')).toBe('nosniff')
          expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/)
          expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\w .()-]+"/)
        }
      }
      expect(downloaded).toBeGreaterThan(content.length / 2)
    },
    120_000,
  )
})
