/** CSRF (OWASP A01): no form of another site, and no form that was not opened here, does anything. */
import fastify from 'fastify'
import { beforeAll, describe, expect, test } from 'vitest'
import { formToken, withFormKeys } from '../../src/access/index.ts'
import { patientApp } from '../../src/patient-app/index.ts'
import { staffApp } from '../../src/staff-app/index.ts'
import { formKey, noSession } from '../support/form-key.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'

/** POST routes without a form, each with its reason: they take JSON only, which needs a permission from us that no other site gets. */
const withoutForm: Readonly<Record<string, string>> = {
  '/staff/estate/starts': 'start-up scripts, by a key of their own',
  '/staff/sign-out/by-provider': 'a statement of sign-out that the provider signed; no cookie counts',
  '/app/sign-out/by-provider': 'the same, of the other provider',
  '/staff/session/stay': 'staying signed in, sent by our script as JSON; shows and changes nothing else',
  '/staff/drafts': 'what is being written, kept by our script as JSON for its writer alone',
  '/staff/estate/page-times': 'times of a page, sent by our script as JSON; names nobody',
}

type Route = { readonly method: string; readonly url: string }

async function changingRoutes(): Promise<readonly Route[]> {
  const found: Route[] = []
  const app = fastify()
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (!['GET', 'HEAD', 'OPTIONS'].includes(one)) found.push({ method: one, url })
  })
  const nothing = new Proxy({}, { get: (_, name) => (name === 'prefix' ? undefined : () => undefined) }) as never
  // biome-ignore lint/nursery/noMisusedPromises: Fastify waits for a plugin that answers with a promise.
  await app.register(staffApp, nothing)
  // biome-ignore lint/nursery/noMisusedPromises: Fastify waits for a plugin that answers with a promise.
  await app.register(patientApp, nothing)
  await app.ready()
  await app.close()
  return found
}

let server: RunningTestServer
let routes: readonly Route[]
let session = ''
beforeAll(async () => {
  server = await runningServer()
  routes = await changingRoutes()
  const answer = await fetch(`${server.url}/staff/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: noSession },
    body: new URLSearchParams({ person: 'gp-rao', ...formKey(noSession) }),
  })
  session = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  expect(session).toMatch(/^throughline_staff=/)
})

const filled = (url: string) => url.replaceAll(/:\w+|\*/g, 'x1')
const send = (
  route: Route,
  { cookie: sent = session, body = '', type = 'application/x-www-form-urlencoded', origin = '' },
) =>
  fetch(server.url + filled(route.url), {
    method: route.method,
    redirect: 'manual',
    headers: { cookie: sent, 'content-type': type, ...(origin === '' ? {} : { origin }) },
    body,
  })

describe('CSRF', () => {
  test('every route that changes something refuses a form without the key of this session', async () => {
    expect(routes.length).toBeGreaterThan(15)
    const other = new URLSearchParams({ 'form-key': formToken('z'.repeat(43)) }).toString()
    for (const route of routes.filter(({ url }) => withoutForm[url] === undefined && url.startsWith('/staff'))) {
      for (const body of ['', other, 'form-key=&form-key=']) {
        const answer = await send(route, { body })
        expect([route.url, body, answer.status]).toEqual([route.url, body, 403])
        expect(await answer.text()).toContain('This form was not opened here')
      }
    }
  })

  test('routes without a form take JSON only, whatever a form pretends', async () => {
    expect(routes.map(({ url }) => url)).toEqual(expect.arrayContaining(Object.keys(withoutForm)))
    for (const url of Object.keys(withoutForm).filter((one) => !one.endsWith('/by-provider')))
      for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
        const answer = await send({ method: 'POST', url }, { type, body: '{}' })
        expect([url, type, answer.status]).toEqual([url, type, 403])
      }
  })

  test('a statement of sign-out that no provider signed ends nothing', async () => {
    for (const app of ['staff', 'app']) {
      const answer = await send({ method: 'POST', url: `/${app}/sign-out/by-provider` }, { body: 'logout_token=a.b.c' })
      expect([app, answer.status]).toEqual([app, 400])
    }
    expect((await fetch(`${server.url}/staff`, { headers: { cookie: session }, redirect: 'manual' })).status).toBe(200)
  })

  test('a right key from another site is refused all the same', async () => {
    for (const route of routes.filter(({ url }) => url.startsWith('/staff'))) {
      const answer = await send(route, {
        body: new URLSearchParams(formKey(session)).toString(),
        origin: 'https://elsewhere.example',
      })
      expect([route.url, answer.status]).toEqual([route.url, 403])
    }
  })

  test('nobody is signed in by a form that this browser did not open, in either app', async () => {
    for (const app of ['staff', 'app']) {
      const answer = await send({ method: 'POST', url: `/${app}/sign-in` }, { cookie: '', body: 'person=gp-rao' })
      expect([app, answer.status, answer.headers.get('set-cookie')?.includes('throughline_staff=') ?? false]).toEqual([
        app,
        403,
        false,
      ])
    }
  })

  test('the page a browser gets carries its key in every POST form, and what it sends is taken', async () => {
    const page = await fetch(`${server.url}/staff/sign-in`)
    const html = await page.text()
    const given = page.headers.get('set-cookie') ?? ''
    expect(given).toMatch(/^throughline_form=[\w-]{43}; .*HttpOnly; SameSite=Lax/)
    const forms = [
      ...html.matchAll(/<form\b[^>]*method="post"[^>]*>(<input type="hidden" name="form-key" value="([\w-]{43})">)?/g),
    ]
    expect(forms.length).toBeGreaterThan(0)
    expect(new Set(forms.map(([, , key]) => key))).toEqual(new Set([formToken(/=([\w-]{43})/.exec(given)?.[1] ?? '')]))
  })
})

test('withFormKeys keys forms that post, and no other', () => {
  expect(
    withFormKeys('<form action="/a" method="get"></form><form action="/b" method="post" novalidate></form>', 'K'),
  ).toBe(
    '<form action="/a" method="get"></form><form action="/b" method="post" novalidate><input type="hidden" name="form-key" value="K"></form>',
  )
})
