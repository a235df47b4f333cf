import { connect, type Socket } from 'node:net'
import cookies from '@fastify/cookie'
import fastify from 'fastify'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { guardForms } from '../../src/access/index.ts'
import { patience } from '../../src/door-limits.ts'
import * as patientCookies from '../../src/patient-app/visit.ts'
import * as staffCookies from '../../src/staff-app/session.ts'
import { formKey, noSession } from '../support/form-key.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'

let demo: RunningTestServer
let production: RunningTestServer
beforeAll(async () => {
  demo = await runningServer({
    env: { SECURITY_CONTACT: 'mailto:security@throughline.example', ANSWER_MAX: '300000' },
    patience: { headMs: 1_500, requestMs: 3_000, idleMs: 60_000, answerMs: 300, slowestBytesPerMs: 1e6, checkMs: 50 },
  })
  production = await runningServer({
    env: { THROUGHLINE_MODE: 'production', PUBLIC_URL: 'https://record.example' },
  })
})

const statusOf = async (url: string, init: RequestInit = {}) =>
  (await fetch(url, { redirect: 'manual', ...init })).status

/** What the server says to a request of which only the head was sent. */
function answerToHead(url: string, head: string): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.setTimeout(5_000, () => {
      socket.destroy()
      failed(new Error('it waits for the body'))
    })
    socket.once('data', (bytes) => {
      socket.destroy()
      done(bytes.toString())
    })
    socket.write(head)
  })
}

describe('in production', () => {
  test('nobody signs in by choosing a name, no client of the demo is known, and nobody is listed', async () => {
    expect(await statusOf(`${production.url}/demo/people.json`)).toBe(404)
    for (const app of ['staff', 'app']) {
      const sent = await fetch(`${production.url}/${app}/sign-in`, {
        method: 'POST',
        headers: { cookie: `__Host-${noSession}` },
        body: new URLSearchParams({ person: 'gp-rao', ...formKey(noSession) }),
        redirect: 'manual',
      })
      expect([sent.status, sent.headers.get('set-cookie')]).toEqual([422, null])
    }
    const token = await fetch(`${production.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('demo-system:demo-secret')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'system/*.rs' }),
    })
    expect(token.status).toBe(401)
  })

  test('figures are for this machine, not for those whom a proxy on it passes on', async () => {
    expect(await statusOf(`${production.url}/metrics`)).toBe(200)
    expect(await statusOf(`${production.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } })).toBe(403)
  })
})

describe('over TLS', () => {
  test('browsers are told to come by TLS only, for a year and more, every name beneath too; in the clear nobody is told so', async () => {
    for (const path of [
      '/staff/sign-in',
      '/app/sign-in',
      '/fhir/metadata',
      '/live',
      '/none',
      '/assets/none',
      '/oauth/jwks',
    ])
      for (const [server, said] of [
        [production, /^max-age=(\d{8,}); includeSubDomains/],
        [demo, undefined],
      ] as const) {
        const { headers } = await fetch(server.url + path)
        const told = headers.get('strict-transport-security')
        if (said === undefined) expect([path, told]).toEqual([path, null])
        else expect([path, Number(said.exec(told ?? '')?.[1]) >= 31_536_000]).toEqual([path, true])
      }
  })

  test('every cookie is for this host and for TLS, and none is for scripts or other sites', async () => {
    const [form = ''] = (await fetch(`${demo.url}/staff/sign-in`)).headers.getSetCookie()
    expect(form).toMatch(/^throughline_form=[\w-]{43}; Path=\/staff; HttpOnly; SameSite=Lax$/)
    for (const secureCookies of [true, false]) {
      const app = fastify()
      await app.register(cookies)
      guardForms(app, { sessionCookie: 'none', path: '/staff', secure: secureCookies })
      app.get('/', async (_request, reply) => {
        for (const { giveAttempt, giveCookie } of [staffCookies, patientCookies]) {
          giveCookie(reply, 'token', { secureCookies })
          giveAttempt(reply, 'secret', { secureCookies })
        }
        return await reply.type('text/html').send('<form method="post"></form>')
      })
      const given = [(await app.inject('/')).headers['set-cookie']].flat()
      expect(given.length).toBe(5)
      for (const cookie of given)
        expect(cookie).toMatch(
          secureCookies
            ? /^__Host-throughline_\w+=[\w-]*;(?=.* Path=\/;)(?!.*Domain)(?=.* Secure)/
            : /^throughline_\w+=[\w-]*;(?=.* Path=\/(?:staff|app);)(?!.*Domain)/,
        )
      for (const cookie of given) expect(cookie).toMatch(/; HttpOnly;.* SameSite=Lax$/)
    }
  })
})

describe('security.txt (RFC 9116)', () => {
  const told = async (server: RunningTestServer) => {
    const answer = await fetch(`${server.url}/.well-known/security.txt`)
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }

  test('says whom to tell, from a setting, and has not expired nor will for longer than a year', async () => {
    const { status, type, text } = await told(demo)
    expect([status, type]).toEqual([200, 'text/plain; charset=utf-8'])
    const fields = new Map(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(': ') as [string, string]),
    )
    expect(fields.get('Contact')).toBe('mailto:security@throughline.example')
    const days = (new Date(fields.get('Expires') ?? '').getTime() - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(300)
    expect(days).toBeLessThan(367)
    expect(fields.has('Canonical')).toBe(false)
  })

  test('without the setting nobody is named, and the operator reads what to do', async () => {
    const { status, text } = await told(production)
    expect(status).toBe(404)
    expect(text).toContain('SECURITY_CONTACT')
  })
})

describe('whoever is slow', () => {
  const closed = (socket: Socket) => new Promise<void>((done) => socket.once('close', () => done()))
  const open = (server: RunningTestServer) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.on('error', () => {})
    return socket
  }

  test('with the head of a request, byte by byte, is let go, while others are served', async () => {
    const socket = open(demo)
    socket.write('GET /staff/sign-in HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    const drip = setInterval(() => socket.write('x'), 20)
    await closed(socket)
    clearInterval(drip)
    expect(await statusOf(`${demo.url}/live`)).toBe(200)
  })

  test('with the body of a request is let go, and nothing of it is kept', async () => {
    const socket = open(demo)
    const token = await demo.token()
    socket.write(
      `POST /feeds/slow/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 100000\r\n\r\nMSH|`,
    )
    const drip = setInterval(() => socket.write('x'), 20)
    await closed(socket)
    clearInterval(drip)
    const [row] = await demo.sql<{ n: number }[]>`select count(*)::int as n from message where source = 'slow'`
    expect(row?.n).toBe(0)
  })

  test('with reading a long answer is let go: it is held in memory for nobody for ever', async () => {
    // Impatient with whoever reads, and with nobody else: the document itself takes its time to be sent.
    const reading = await runningServer({ patience: { ...patience, answerMs: 3_000, slowestBytesPerMs: 1e6 } })
    const sent = await fetch(`${reading.url}/fhir/DocumentReference`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await reading.token()}`,
        'content-type': 'application/fhir+json',
      },
      body: JSON.stringify({
        resourceType: 'DocumentReference',
        status: 'current',
        content: [{ attachment: { contentType: 'text/plain', data: 'YWJj'.repeat(4_000_000) } }],
      }),
    })
    expect(sent.status, reading.logged().slice(-2_000)).toBe(201)
    const id = /DocumentReference\/([^/]+)/.exec(sent.headers.get('location') ?? '')?.[1]
    const socket = open(reading)
    socket.pause()
    socket.write(
      `GET /fhir/DocumentReference/${id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await reading.token()}\r\n\r\n`,
    )
    await vi.waitFor(() => expect(reading.logged()).toContain('its answer was not taken in time'), { timeout: 60_000 })
    socket.destroy()
    expect(await statusOf(`${reading.url}/live`)).toBe(200)
  }, 70_000)
})

test('an answer longer than the limit is not sent: the caller is told to ask for less; what was written is told all the same', async () => {
  const headers = { authorization: `Bearer ${await demo.token()}`, 'content-type': 'application/fhir+json' }
  const post = async (path: string, body: object) =>
    await fetch(`${demo.url}/fhir${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const long = { resourceType: 'Basic', code: { text: 'x'.repeat(90_000) } }
  const ids: string[] = []
  for (let n = 0; n < 4; n += 1) ids.push(((await (await post('/Basic', long)).json()) as { id: string }).id)
  const search = await fetch(`${demo.url}/fhir/Basic`, { headers })
  expect(search.status).toBe(400)
  expect(await search.text()).toMatch(/too-costly.*smaller _count/)
  expect((await fetch(`${demo.url}/fhir/Basic?_count=2`, { headers })).status).toBe(200)
  expect((await fetch(`${demo.url}/fhir/Basic/${ids[0]}`, { headers })).status).toBe(200)
  const batch = await post('', {
    resourceType: 'Bundle',
    type: 'batch',
    entry: [
      ...ids.map((id) => ({ request: { method: 'GET', url: `Basic/${id}` } })),
      { request: { method: 'POST', url: 'Basic' }, resource: { resourceType: 'Basic', code: { text: 'short' } } },
    ],
  })
  const { entry } = (await batch.json()) as { entry: readonly { response: { status: string } }[] }
  expect(entry.map(({ response }) => response.status.slice(0, 3))).toEqual(['200', '200', '200', '400', '201'])
})

test('whoever is not known is refused before the body is read', async () => {
  const head =
    'POST /feeds/any/messages HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 30000000\r\n\r\n'
  expect(await answerToHead(demo.url, head)).toContain('401 Unauthorized')
})

test('an address with NUL is nobody’s fault, at any door', async () => {
  const staff = await demo.staff('gp-rao')
  expect((await staff.get('/staff/patients/%00')).status).toBe(404)
  expect(await statusOf(`${demo.url}/fhir/Patient/%00`)).toBe(404)
  const headers = { authorization: `Bearer ${await demo.token()}`, 'content-type': 'text/csv' }
  expect(await statusOf(`${demo.url}/feeds/a%00/messages`, { method: 'POST', headers, body: 'a,b' })).toBe(404)
  expect(demo.logged()).not.toContain('a staff page failed')
})

/** What must never stand in a log: names, numbers, secrets, and what was typed. */
const planted = {
  family: 'Quibberton',
  given: 'Zeldaplanted',
  number: '9990000018',
  day: '1958-05-14',
  typed: 'plantedwords',
  file: 'plantedfile',
}

describe('the log', () => {
  const doors = async () => {
    const token = await demo.token()
    const staff = await demo.staff('gp-rao')
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' }
    const patient = {
      resourceType: 'Patient',
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: planted.number }],
      name: [{ family: planted.family, given: [planted.given] }],
      birthDate: planted.day,
    }
    const ask = async (path: string, init: RequestInit = {}) =>
      await (await fetch(demo.url + path, { headers, redirect: 'manual', ...init })).text()
    const told = async () => [
      await ask('/fhir/Patient', { method: 'POST', body: JSON.stringify(patient) }),
      await ask('/fhir/Patient', { method: 'POST', body: `{"resourceType":"Patient","name":${planted.family}` }),
      await ask(`/fhir/Patient?family=${planted.family}&identifier=${planted.number}`),
      await ask(`/fhir/Patient?birthdate=${planted.typed}&_sort=${planted.typed}`),
      await ask(`/fhir/Patient/${planted.family}`),
      await ask(`/feeds/log/messages`, { method: 'POST', body: JSON.stringify(patient) }),
      await ask(`/feeds/log/messages`, {
        method: 'POST',
        body: `MSH|^~\\&|X|Y|||2026||ADT^A01|1|T|2.4\rPID|1||${planted.number}||${planted.family}^${planted.given}`,
      }),
      (await staff.post('/staff/find', { q: `${planted.family} ${planted.typed}` })).html,
      (await staff.get(`/staff/patients/${planted.family}`)).html,
      (await staff.get(`/staff/find?q=${planted.typed}`)).html,
      (await staff.post('/staff/lists', { name: planted.typed })).html,
      await ask(`/oauth/token`, {
        method: 'POST',
        headers: {},
        body: new URLSearchParams({ grant_type: 'client_credentials', client_assertion: planted.typed }),
      }),
      await ask(`/oauth/authorize?client_id=${planted.typed}`),
      await ask(`/${planted.file}/../${planted.family}?token=${planted.typed}`),
    ]
    const socket = connect(demo.mllpPort, '127.0.0.1')
    socket.write(
      `\x0bMSH|^~\\&|LOG|LOG|||20261122||ADT^A01|L9|T|2.4\rPID|1||${planted.number}||${planted.family}^${planted.given}\r\x1c\r`,
    )
    await new Promise((done) => socket.once('data', done))
    socket.destroy()
    return { token, told }
  }
  const holdsNone = (token: string) => {
    const logged = demo.logged()
    for (const secret of [...Object.values(planted), token, 'demo-secret', 'postgres://'])
      expect([secret, logged.includes(secret)]).toEqual([secret, false])
    for (const line of logged.split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow()
  }

  test('tells nobody’s name, number, secret or typed word, whatever goes well or is refused', async () => {
    const { token, told } = await doors()
    expect((await told()).length).toBeGreaterThan(10)
    holdsNone(token)
  })

  test('nor when everything fails; and whoever asked is told nothing of the inside', async () => {
    const { token, told } = await doors()
    const before = demo.logged().length
    // The database as somebody left it half-way: every statement that needs these fails, and says why in words of its own.
    await demo.sql`alter table audit_event rename to audit_event_gone`
    await demo.sql`alter table message rename to message_gone`
    try {
      for (const text of await told())
        expect(text).not.toMatch(
          /audit_event|message_gone|relation|does not exist|node_modules|\.ts:|at async|SELECT|insert into/i,
        )
    } finally {
      await demo.sql`alter table audit_event_gone rename to audit_event`
      await demo.sql`alter table message_gone rename to message`
    }
    const logged = demo.logged().slice(before)
    expect(logged.match(/"level":"error"/g)?.length ?? 0).toBeGreaterThan(3)
    // Enough for an operator: the database's own code for it, and where.
    expect(logged).toMatch(/42P01.*\.ts:\d+/)
    holdsNone(token)
  })
})
