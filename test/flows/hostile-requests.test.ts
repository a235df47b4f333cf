import { connect } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { formKey, noSession } from '../support/form-key.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'

let demo: RunningTestServer
let production: RunningTestServer
beforeAll(async () => {
  demo = await runningServer()
  production = await runningServer({ env: { THROUGHLINE_MODE: 'production' } })
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
        headers: { cookie: noSession },
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
