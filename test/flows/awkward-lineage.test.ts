/** From every fact that the demo's people have, one press leads to the very place in the original message that says it. */
import { beforeAll, expect, test } from 'vitest'
import { type RunningDemo, runningDemo } from '../support/demo-area.ts'
import { readPage } from '../support/page.ts'
import type { Staff } from '../support/server.ts'

const sections = [
  '',
  'timeline',
  'problems',
  'medicines',
  'allergies',
  'tests',
  'letters',
  'care-plans',
  'about',
  'contacts',
  'history',
  'social-care',
  'referrals',
  'sources',
]

/** Places in the cast of people whom, between them, all eight systems know. The first has most facts. */
const several = [0, 23, 1, 2, 6, 7, 21]
/** So many of them are read to their last page. */
const wholly = 2

let demo: RunningDemo
let staff: Staff
/** The address of a record, and of every fact that its pages lead to. */
const records = new Map<string, ReadonlySet<string>>()
const whole: string[] = []

beforeAll(async () => {
  demo = await runningDemo()
  staff = await demo.server.staff('gp-rao')
  for (const place of several) {
    const { truth } = demo.area.life(place).person
    const found = await staff.find(
      `${truth.given.join(' ')} ${truth.family} ${truth.birthDate.split('-').toReversed().join('/')}`,
    )
    for (const path of found) {
      const all = whole.length < wholly
      records.set(path, await factsFrom(path, all))
      if (all) whole.push(path)
    }
  }
}, 180_000)

/** Follows the sections and, of whole records, their further pages, and the tests and letters within them. */
async function factsFrom(record: string, all: boolean): Promise<ReadonlySet<string>> {
  const facts = new Set<string>()
  const seen = new Set<string>()
  const queue = sections.map((section) => (section === '' ? record : `${record}/${section}`))
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const page = await staff.get(path)
    expect(page.status, path).toBe(200)
    for (const { href } of readPage(page.html).links) {
      if (href.startsWith(`${record}/facts/`)) facts.add(href)
      else if (all && href.startsWith(`${record}/`) && /[?&]page=|\/tests\/|\/letters\/[^/]+$/.test(href))
        queue.push(href)
    }
  }
  return facts
}

test('the pages of a record lead to all its facts', async () => {
  for (const record of whole) {
    const facts = records.get(record)
    const person = record.split('/').at(-1) ?? ''
    const [row] = await demo.server.sql<{ facts: number }[]>`
      select count(*)::int as facts from resource r
        join person_link l on l.pk = r.pk and l.until is null
       where l.person = ${person} and not r.deleted`
    expect(facts?.size, record).toBe(row?.facts)
  }
})

test('the page of a fact marks the place in the original, and what is marked is what the fact says', async () => {
  const [richest = new Set<string>(), ...others] = records.values()
  // Every fact of one person; of the others one of each type, since a page opens the whole record.
  const asked = [
    ...richest,
    ...others.flatMap((facts) => [...new Map([...facts].map((href) => [typeOf(href), href])).values()]),
  ]
  const wrong: string[] = []
  for (const href of asked) {
    const page = await staff.get(href)
    const { marked = '', main } = readPage(page.html)
    const rule = /Rule that read it (.*?) Original message/.exec(main)?.[1] ?? 'no rule'
    const body = /The fact as it is kept \(FHIR\) (.*)$/.exec(main)?.[1] ?? ''
    if (page.status !== 200 || !says(body, marked)) wrong.push(`${page.status} ${href}: ${rule} marks "${marked}"`)
  }
  expect(wrong).toEqual([])
  expect(asked.length).toBeGreaterThan(300)
  const read = await demo.server.sql<{ source: string }[]>`
    select distinct v.source from resource_version v where v.id = any (${asked.map((href) => href.split('/').at(-1) ?? '')}::text[])`
  expect(read).toHaveLength(8)
}, 120_000)

function typeOf(href: string): string {
  return href.split('/').at(-2) ?? ''
}

/** Whether the fact holds a word, number or code that is marked; a single letter is a code that the rule has translated. */
function says(body: string, marked: string): boolean {
  const flat = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9.]+/g, ' ')
      .trim()
  const held = ` ${flat(body)} `
  const words = flat(marked)
    .split(' ')
    .filter((word) => word !== '')
  return words.some((word) => held.includes(` ${word} `)) || /^\W*\w\W*$/.test(marked)
}
