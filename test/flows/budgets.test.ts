/** The budgets of ui.md §6 and the policy of §1, on the whole server, on every page of the demo's richest person and fullest lists. */

import { existsSync } from 'node:fs'
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
import { type StaffTask, staffTasks } from '../support/staff-tasks.ts'
import { markHeader, type StatementsOfRequests, statementsOfRequests } from '../support/statements-of-requests.ts'

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
let counted: StatementsOfRequests

const compressed = (bytes: string | Uint8Array): number =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length
const elements = ({ html }: Opened) => elementsOf(parse(html))
/** @returns the address that shows what was found, which the server chose */
const searchedFor = async ({ path, typed = '' }: DemoPage, cookie: string): Promise<string> => {
  const body = new URLSearchParams({ [path.endsWith('/find') ? 'q' : 'words']: typed, ...formKey(cookie) })
  const answer = await fetch(server.url + path, { method: 'POST', redirect: 'manual', headers: { cookie }, body })
  const found = answer.headers.get('location')
  if (found === null) throw new Error(`a search at ${path} answered ${answer.status}`)
  return found
}
const name = ({ reader, path }: DemoPage) => `${reader} ${path}`

beforeAll(async () => {
  counted = statementsOfRequests()
  server = (await runningDemo({ people: 60, onStatement: counted.onStatement })).server
  const demo = await demoPages(server)
  record = demo.record
  const cookies = new Map<Reader, string>()
  const all: Opened[] = []
  for (const [place, page] of demo.pages.entries()) {
    const cookie = cookies.get(page.reader) ?? (await cookieOf(server, page.reader))
    cookies.set(page.reader, cookie)
    const path = page.typed === undefined ? page.path : await searchedFor(page, cookie)
    const mark = String(place)
    const answer = await fetch(server.url + path, {
      headers: { cookie, 'accept-encoding': 'identity', [markHeader]: mark },
      redirect: 'manual',
    })
    const html = await answer.text()
    all.push({ ...page, path, status: answer.status, headers: answer.headers, html, statements: counted.of(mark) })
  }
  opened = all
}, 300_000)

describe('every page', () => {
  test('is opened here: no GET route is without a page, or a word why it has none', async () => {
    const routes = await getRoutes()
    const addresses = opened.map(({ path }) => path)
    const forgotten = routes.filter(
      (route) => notPages[route] === undefined && !addresses.some((address) => isOf(route, address)),
    )
    expect(forgotten).toEqual([])
    expect(Object.keys(notPages).filter((route) => !routes.includes(route))).toEqual([])
    // A reason that leads to a test leads to one that is there.
    const told = Object.values(notPages).flatMap((why) => why.match(/\b(?:src|test)\/\S+\.test\.tsx?/g) ?? [])
    expect(told.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([])
  })

  test('is there, and is what its reader may see', () => {
    expect(opened.length).toBeGreaterThan(40)
    const others = opened.filter(({ status }) => status !== 200)
    expect(others.map(({ reader, path, status }) => [reader, path, status])).toEqual([
      ['GP', '/staff/no-such-page', 404],
      ['GP', expect.stringContaining(`${record}/print?at=`), 409],
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
  // The statements for the session and the trail are among the six. Some pages read something of their own besides; a comparison
  // opens the record at two moments and the form of a task asks twice, for the record and for the work: each has two lines of the trail.
  const beyond: readonly (readonly [RegExp, number])[] = [
    [/\/compare$/, 8],
    // The facts, references and feeds of then are read apart, and whether the person is protected now.
    [/\?at=/, 2],
    [/\/tasks\/new$/, 3],
    [/\/facts\//, 2],
    [/\/access$|\/tests(?:\/|$)|\/patients\/\w+$/, 1],
  ]
  const most = (path: string) => statementsMax + (beyond.find(([of]) => of.test(path))?.[1] ?? 0)

  test('sends at most six statements, those for the session and the trail among them', () => {
    const pages = opened.filter(
      ({ reader, path, status }) => reader === 'GP' && path.startsWith(record) && status === 200,
    )
    expect(pages.length).toBeGreaterThanOrEqual(16)
    const wrong = pages.flatMap(({ path, statements }) => {
      const many = (like: RegExp) => statements.filter((text) => like.test(text)).length
      const found = {
        statements: statements.length,
        session: many(/from session|update session/),
        lines: many(/insert into audit_event/),
      }
      const right =
        found.statements <= most(path) &&
        found.session === 1 &&
        found.lines === (/\/(?:compare|tasks\/new)$/.test(path) ? 2 : 1)
      return right ? [] : [[path, most(path), found, statements]]
    })
    expect(wrong).toEqual([])
  })

  test('of the patient app does as well', () => {
    // Which apps somebody has let in is no part of their record: nothing of it is opened, and no line is written.
    const pages = opened.filter(
      ({ reader, path, status }) => reader === 'patient' && status === 200 && path !== '/app/apps',
    )
    for (const page of pages) {
      expect(page.statements.filter((text) => /insert into audit_event/.test(text))).toHaveLength(1)
      expect([name(page), page.statements.length]).toEqual([
        name(page),
        Math.min(page.statements.length, statementsMax + 1),
      ])
    }
  })
})

describe('the ten staff tasks of the UI guide', () => {
  const measured: readonly StaffTask[] = staffTasks.filter((task) => 'passes' in task)

  test('are ten, and each is measured here, by its journey, or is still to come', () => {
    expect(staffTasks).toHaveLength(10)
    expect(staffTasks.filter((task) => !('passes' in task)).map(({ words }) => words)).toEqual([
      'Ask a specialist for advice',
      'Refer',
      'Emergency access',
    ])
  })

  test.each(measured)('$words: pages of 14 kB and 1,500 nodes, and $statements statements at most', (task) => {
    const pages = (task.passes ?? []).map((ends) => {
      const page = opened.find(({ reader, path }) => reader === 'GP' && ends.test(path))
      if (!page) throw new Error(`${task.words}: nobody opened a page like ${ends}`)
      return page
    })
    for (const page of pages) {
      expect([name(page), page.status]).toEqual([name(page), 200])
      expect(compressed(page.html), name(page)).toBeLessThanOrEqual(htmlMax)
      expect(elements(page).length, name(page)).toBeLessThanOrEqual(elementsMax)
    }
    const statements = pages.flatMap((page) => page.statements)
    expect(statements.length, statements.join('\n')).toBeLessThanOrEqual(task.statements ?? 0)
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
