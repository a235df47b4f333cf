/** Golden records: what a careful reader expects of people of the demo, written by hand in `test/golden`, held against the pages as served. */
import { beforeAll, describe, expect, test } from 'vitest'
import { runningDemo } from '../support/demo-area.ts'
import { type Golden, goldenRecords, type Reading, unlike } from '../support/golden.ts'
import { readPage } from '../support/page.ts'
import type { RunningTestServer, Staff } from '../support/server.ts'

/** The day of which the golden records speak: the area, and the server's clock, begin there. */
const startsAt = Date.parse('2026-11-22T10:20:00Z')
const records = goldenRecords()

let server: RunningTestServer
/** Every page that was opened, by its address. */
const opened = new Map<string, string>()
const staff = new Map<string, Promise<Staff>>()

beforeAll(async () => {
  const began = performance.now()
  const clock = () => new Date(startsAt + performance.now() - began)
  server = (await runningDemo({ people: 34, now: new Date(startsAt), clock })).server
}, 300_000)

async function signedIn(reader: string): Promise<Staff> {
  const known = staff.get(reader) ?? server.staff(reader)
  staff.set(reader, known)
  return await known
}

/** The address of the one record that is meant. */
async function addressOf({ find, whose }: Golden, reader: Staff): Promise<string> {
  const found = await reader.find(find)
  if (whose === undefined) {
    expect(found, find).toHaveLength(1)
    return found[0] ?? ''
  }
  for (const path of found) if (readPage((await reader.get(path)).html).banner.includes(whose)) return path
  throw new Error(`${find}: no record's banner says ${whose}`)
}

async function differences(golden: Golden, { reader, expected }: Reading): Promise<readonly string[]> {
  const who = await signedIn(reader)
  const address = await addressOf(golden, who)
  const pages = new Map<string, string>()
  const found: string[] = []
  for (const one of expected) {
    const html =
      pages.get(one.page) ?? (await who.get(one.page === 'summary' ? address : `${address}/${one.page}`)).html
    pages.set(one.page, html)
    opened.set(`${golden.file}/${one.page}`, html)
    const wrong = unlike(one, html)
    if (wrong !== undefined) found.push(`${one.page}, ${one.where}: ${wrong}`)
  }
  return found
}

test('H-70 at least 25 people are told of, each in a file that says whom it means', () => {
  expect(new Set(records.map(({ find }) => find)).size).toBeGreaterThanOrEqual(25)
  expect(new Set(records.map(({ name }) => name)).size).toBe(records.length)
})

describe.each(records)('H-70 $name', (golden) => {
  test.each(golden.readings)('as $reader expects it', async (reading) => {
    expect(await differences(golden, reading)).toEqual([])
  })
})

test('no page of theirs has a block within a paragraph: a browser would end the paragraph there', () => {
  const broken = [...opened].filter(([, html]) =>
    /<p[ >](?:(?!<\/p>).)*<(?:p|div|details|ul|ol|dl|table|section)[ >]/s.test(html),
  )
  expect(opened.size).toBeGreaterThan(100)
  expect(broken.map(([page]) => page)).toEqual([])
})
