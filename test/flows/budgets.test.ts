/** The budgets of ui.md §6 and the policy of §1, on the whole server, on every page of the demo's richest person and fullest lists. */

import { brotliCompressSync, constants } from 'node:zlib'
import { parse } from 'parse5'
import { beforeAll, describe, expect, test } from 'vitest'
import { contentSecurityPolicy } from '../../src/design/index.ts'
import { runningDemo } from '../support/demo-area.ts'
import { cookieOf, type DemoPage, demoPages, notPages, type Reader } from '../support/demo-pages.ts'
import { formKey } from '../support/form-key.ts'
import { attribute, elementsOf } from '../support/page.ts'
import { getRoutes, isOf } from '../support/routes.ts'
import type { RunningTestServer } from '../support/server.ts'

const htmlMax = 14 * 1_024
const cssMax = 12 * 1_024
const scriptMax = 10 * 1_024
const firstLoadMax = 50 * 1_024
const repeatViewMax = 15 * 1_024
const elementsMax = 1_500
const statementsMax = 6

type Opened = DemoPage & {
  readonly status: number
  readonly headers: Headers
  readonly html: string
  readonly statements: readonly string[]
}

let server: RunningTestServer
let record = ''
let opened: readonly Opened[] = []
const sent: string[] = []

const compressed = (bytes: string | Uint8Array): number =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length
const elements = ({ html }: Opened) => elementsOf(parse(html))
const searchedFor = async (typed: string, cookie: string): Promise<string> => {
  const body = new URLSearchParams({ q: typed, ...formKey(cookie) })
  const answer = await fetch(`${server.url}/staff/find`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body,
  })
  return answer.headers.get('location') ?? '/staff/find'
}
const name = ({ reader, path }: DemoPage) => `${reader} ${path}`

beforeAll(async () => {
  server = (await runningDemo({ people: 60, onStatement: (text) => sent.push(text) })).server
  const demo = await demoPages(server)
  record = demo.record
  const cookies = new Map<Reader, string>()
  const all: Opened[] = []
  for (const page of demo.pages) {
    const cookie = cookies.get(page.reader) ?? (await cookieOf(server, page.reader))
    cookies.set(page.reader, cookie)
    const path = page.typed === undefined ? page.path : await searchedFor(page.typed, cookie)
    sent.length = 0
    const answer = await fetch(server.url + path, {
      headers: { cookie, 'accept-encoding': 'identity' },
      redirect: 'manual',
    })
    const statements = sent.filter((text) => !/^\s*(begin|commit|rollback)\b/i.test(text))
    all.push({ ...page, status: answer.status, headers: answer.headers, html: await answer.text(), statements })
  }
  opened = all
}, 300_000)

describe('every page', () => {
  test('is opened here: no GET route is without a page, or a word why it has none', async () => {
    const routes = await getRoutes()
    const addresses = opened.map(({ path, typed }) => (typed === undefined ? path : '/staff/find/result'))
    const forgotten = routes.filter(
      (route) => notPages[route] === undefined && !addresses.some((address) => isOf(route, address)),
    )
    expect(forgotten).toEqual([])
    expect(Object.keys(notPages).filter((route) => !routes.includes(route))).toEqual([])
  })

  test('is there, and is what its reader may see', () => {
    expect(opened.length).toBeGreaterThan(40)
    const others = opened.filter(({ status }) => status !== 200)
    expect(others.map(({ reader, path, status }) => [reader, path, status])).toEqual([
      ['GP', '/staff/no-such-page', 404],
      ['analyst', record, 403],
      ['patient', '/app/no-such-page', 404],
    ])
  })

  test('is at most 14 kB over the wire, and has at most 1,500 elements', () => {
    const tooLarge = opened
      .map((page) => ({ page: name(page), bytes: compressed(page.html), elements: elements(page).length }))
      .filter(({ bytes, elements: many }) => bytes > htmlMax || many > elementsMax)
    expect(tooLarge).toEqual([])
  })

  test('is compressed as it is sent, as small as we count it', async () => {
    const cookie = await cookieOf(server, 'GP')
    const answer = await fetch(server.url + record, { headers: { cookie, 'accept-encoding': 'br' } })
    expect(answer.headers.get('content-encoding')).toBe('br')
    const page = await answer.text()
    expect(compressed(page)).toBeLessThanOrEqual(htmlMax)
  })

  test('has at most our one module as its script, no inline style and no handler, so that the policy blocks nothing of ours', () => {
    const foreign = opened.flatMap((page) =>
      elements(page)
        .filter(
          (element) =>
            (element.tagName === 'script' &&
              !(
                attribute(element, 'type') === 'module' &&
                /^\/assets\/staff\.[0-9a-f]{12}\.js$/.test(attribute(element, 'src')) &&
                element.childNodes.length === 0
              )) ||
            element.tagName === 'style' ||
            element.attrs.some(
              ({ name: attr, value }) => attr === 'style' || attr.startsWith('on') || /^\s*javascript:/i.test(value),
            ),
        )
        .map(({ tagName }) => [name(page), tagName]),
    )
    expect(foreign).toEqual([])
  })

  test('loads nothing but our stylesheet, our icon and our module', () => {
    const loaded = opened.flatMap((page) =>
      elements(page).flatMap((element) =>
        (element.tagName === 'a'
          ? []
          : [attribute(element, 'src'), element.tagName === 'link' ? attribute(element, 'href') : '']
        ).filter(Boolean),
      ),
    )
    expect(
      [...new Set(loaded)].filter(
        (address) => !/^\/assets\/(staff|patient|icon)\.[0-9a-f]{12}\.(css|svg|js)$/.test(address),
      ),
    ).toEqual([])
  })

  test('carries exactly our policy, and is kept by no store', () => {
    for (const page of opened) {
      const policy = page.headers.get('content-security-policy')?.split(/;\s*/).join('; ')
      expect([name(page), policy]).toEqual([name(page), contentSecurityPolicy])
      expect([name(page), page.headers.get('cache-control')]).toEqual([name(page), 'no-store'])
      expect(page.headers.get('x-content-type-options')).toBe('nosniff')
      expect(page.headers.get('referrer-policy')).toBe('same-origin')
    }
  })

  test('has a title of its own with the service in it, one h1, a language, one main, and ids that are unlike', () => {
    for (const page of opened) {
      const all = elements(page)
      const many = (tag: string) => all.filter(({ tagName }) => tagName === tag).length
      expect([name(page), many('h1'), many('main'), many('title')]).toEqual([name(page), 1, 1, 1])
      const ids = all.map((element) => attribute(element, 'id')).filter(Boolean)
      expect([name(page), ids.filter((id, place) => ids.indexOf(id) !== place)]).toEqual([name(page), []])
      expect(page.html).toMatch(/<html lang="en-GB"/)
    }
    const titles = opened
      .filter(({ reader, path }) => reader === 'GP' && path.startsWith(record) && !path.includes('?'))
      .map(({ html }) => /<title>([^<]*)/.exec(html)?.[1])
    // Two facts are two pages of one name: where this came from.
    expect(titles.length - new Set(titles).size).toBeLessThanOrEqual(1)
  })

  test('says that its people are made up', () => {
    for (const page of opened) expect([name(page), page.html.includes('Synthetic data')]).toEqual([name(page), true])
  })

  test('tells no NHS number, name or birth date in its address', () => {
    for (const { path } of opened) expect(decodeURIComponent(path)).not.toMatch(/9992000|ashworth|margaret|1947/i)
  })
})

describe('a record page', () => {
  // The statement for the session is among the six; two pages read something of their own besides.
  const most = (path: string): number =>
    statementsMax +
    (path.includes('/facts/')
      ? 2
      : path.endsWith('/access') || /\/tests(?:\/|$)/.test(path) || /\/patients\/\w+$/.test(path)
        ? 1
        : 0)

  test('sends at most six statements, those for the session and the trail among them', () => {
    const pages = opened.filter(
      // The form of a task is a page of the worklist: what it may do is decided, and written down, apart.
      ({ reader, path, status }) =>
        reader === 'GP' && path.startsWith(record) && !path.includes('/tasks/') && status === 200,
    )
    expect(pages.length).toBeGreaterThanOrEqual(16)
    for (const page of pages) {
      expect(page.statements.filter((text) => /from session|update session/.test(text))).toHaveLength(1)
      expect(page.statements.filter((text) => /insert into audit_event/.test(text))).toHaveLength(1)
      expect([name(page), page.statements.length]).toEqual([
        name(page),
        Math.min(page.statements.length, most(page.path)),
      ])
    }
  })

  test('of the patient app does as well', () => {
    const pages = opened.filter(({ reader, status }) => reader === 'patient' && status === 200)
    for (const page of pages) {
      expect(page.statements.filter((text) => /insert into audit_event/.test(text))).toHaveLength(1)
      expect([name(page), page.statements.length]).toEqual([
        name(page),
        Math.min(page.statements.length, statementsMax + 1),
      ])
    }
  })
})

describe('each app', () => {
  test.each([
    ['staff', '/staff/sign-in'],
    ['patient', '/app/sign-in'],
  ])(
    '%s: a stylesheet of at most 12 kB, a module of at most 10 kB, 50 kB at first and 15 kB again',
    async (_app, path) => {
      const page = opened.find((one) => one.path === path)
      if (!page) throw new Error(`${path} was not opened`)
      const links = elements(page).filter(({ tagName }) => tagName === 'link' || tagName === 'script')
      const assets = await Promise.all(
        links.map(async (link) => {
          const answer = await fetch(server.url + (attribute(link, 'href') || attribute(link, 'src')))
          expect(answer.status).toBe(200)
          expect(answer.headers.get('cache-control')).toMatch(/max-age=31536000.*immutable|immutable.*max-age=31536000/)
          return {
            rel: attribute(link, 'rel') || link.tagName,
            bytes: compressed(new Uint8Array(await answer.arrayBuffer())),
          }
        }),
      )
      const css = assets.filter(({ rel }) => rel === 'stylesheet')
      expect(css).toHaveLength(1)
      expect(css[0]?.bytes).toBeLessThanOrEqual(cssMax)
      const scripts = assets.filter(({ rel }) => rel === 'script')
      expect(scripts).toHaveLength(path.startsWith('/app') ? 0 : 1)
      for (const { bytes } of scripts) expect(bytes).toBeLessThanOrEqual(scriptMax)
      const look = path.startsWith('/app') ? 'patient' : 'GP'
      const largest = Math.max(...opened.filter(({ reader }) => reader === look).map(({ html }) => compressed(html)))
      expect(largest).toBeLessThanOrEqual(repeatViewMax)
      expect(largest + assets.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(firstLoadMax)
    },
  )
})
