/**
 * Issue 2, "Shown by" 3: whole GP records of GP Connect STU3 and every published CDA document, sent over HTTP. What is whole is accepted
 * and translated, nothing is lost, and every place that a fact comes from stands in the original text; what is a fragment or broken is
 * kept and explained.
 */
import { globSync, readFileSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { formatNamed, readSources, type Source } from '../../src/feeds/index.ts'
import { type FeedAnswer, type RunningTestServer, runningServer, type Staff } from '../support/server.ts'
import { sharedData } from '../support/shared-data.ts'

const gpRecords = sharedData('stu3-gpconnect/gp2gp-send')
const documents = sharedData('cda')

let server: RunningTestServer
let gp: Staff
beforeAll(async () => {
  server = await runningServer()
  gp = await server.staff('gp-rao')
})

type GpBundle = {
  readonly entry: readonly { readonly resource: { readonly resourceType: string; readonly id?: string } }[]
}

type Translated = {
  readonly source: string
  readonly format: string
  readonly body: Uint8Array
  readonly content: number
  readonly mapped: number
  readonly leftovers: readonly string[]
  readonly lineage: readonly { readonly type: string; readonly id: string; readonly entries: readonly string[][] }[]
}

async function translated(messageId: string | undefined): Promise<Translated> {
  const [row] = await server.sql<
    (Omit<Translated, 'leftovers' | 'lineage'> & { leftovers: string; lineage: string })[]
  >`
    select m.source, m.format, m.body, t.content, t.mapped, t.leftovers, t.lineage
      from message m join message_translation t on t.message_id = m.id where m.id = ${messageId ?? '0'}`
  if (!row) throw new Error(`message ${messageId} was not translated`)
  return { ...row, leftovers: JSON.parse(row.leftovers), lineage: JSON.parse(row.lineage) }
}

/** Nothing is lost, and whatever is said of where something came from can be shown. */
async function expectNothingLost(answer: FeedAnswer, what: string, sources: readonly Source[]): Promise<Translated> {
  const made = await translated(answer.messageId)
  expect(made.content, what).toBe(made.mapped + made.leftovers.length)
  expect(made.mapped, what).toBeGreaterThan(made.leftovers.length / 4)
  expect(made.lineage.length, what).toBe(answer.facts)
  expect(made.lineage.length, what).toBeGreaterThan(0)
  const format = formatNamed(made.format)
  const source = sources.find(({ id }) => id === made.source)
  if (!format || !source) throw new Error(`nobody reads ${made.format} of ${made.source}`)
  const text = format.text(made.body, source)
  const places = [
    ...new Set([...made.lineage.flatMap(({ entries }) => entries.map(([, from]) => from ?? '')), ...made.leftovers]),
  ]
  // Each look reads the document anew: some places of all parts of a large one stand for the rest.
  const step = Math.ceil(places.length / 30)
  const unseen = places.filter((place, n) => {
    if (n % step !== 0) return false
    const span = format.locate(text, place)
    return span === null || span.end <= span.start || span.end > text.length
  })
  expect(unseen, what).toEqual([])
  for (const { type, id, entries } of made.lineage) expect(entries.length, `${what} ${type}/${id}`).toBeGreaterThan(0)
  return made
}

describe.skipIf(gpRecords === undefined)('GP records, two versions of the same two people', () => {
  const paths = gpRecords === undefined ? [] : globSync(`${gpRecords}/*/input.stu3.json`).sort()

  test('each is accepted, each of its resources is a fact, and nothing is lost', async () => {
    expect(paths).toHaveLength(4)
    for (const path of paths) {
      const body = readFileSync(path)
      const answer = await server.feed('gp-of-both', body, 'application/fhir+json')
      expect([answer.http, answer.status], path).toEqual([200, 'applied'])
      const entries = (JSON.parse(body.toString()) as GpBundle).entry.length
      expect(answer.facts).toBe(entries)
      await expectNothingLost(answer, path, await readSources(server.sql))
    }
    expect(await server.broken()).toEqual([])
  })

  test('two versions make two people and no doubles', async () => {
    const persons =
      await server.sql`select distinct person from person_link where until is null and source = 'gp-of-both'`
    expect(persons).toHaveLength(2)
    // Lists come without ids there, and are known by what they hold.
    const named = paths.flatMap((path) =>
      (JSON.parse(readFileSync(path, 'utf8')) as GpBundle).entry.flatMap(({ resource: { resourceType, id } }) =>
        id === undefined ? [] : [`${resourceType}/${id}`],
      ),
    )
    const [held] = await server.sql<{ count: number }[]>`
      select count(*)::int as count from resource r join resource_version v using (rid, pk)
       where v.source = 'gp-of-both' and not r.deleted and v.body not like '{"resourceType":"List"%'`
    const ids = new Set(named.filter((name) => !name.startsWith('List/')))
    expect(ids.size).toBeGreaterThan(130)
    expect(held?.count).toBe(ids.size)
  })

  test('each is found; allergies are shown, and "none known" is not trusted while the record is in transit', async () => {
    const [first = ''] = await gp.find('Shelena Gainsford 12/12/1951')
    const gainsford = await gp.get(first)
    expect(gainsford.status).toBe(200)
    expect(gainsford.html).toMatch(/Gainsford[\s\S]*Known allergies/)
    expect((await gp.get(`${first}/allergies`)).html).toMatch(/pivampicillin/i)
    // His practice says "no known allergy" and, of the same list, that the record of the practice before has not come yet.
    const [second = ''] = await gp.find('Sukhmeet Birdi 20/12/2000')
    const birdi = await gp.get(second)
    expect(birdi.status).toBe(200)
    expect(birdi.html).toMatch(/Birdi[\s\S]*Allergies unavailable/)
    expect(birdi.html).not.toContain('No known allergies')
  })
})

/** Documents that are whole: the rest are fragments, or broken on purpose. */
const wholeFolders =
  /^(vendor-samples|fhir-converter|itk-111|itk-111-other|hl7-examples\/Documents|hl7-examples\/General\/Parent_[^/]*)\//

describe.skipIf(documents === undefined)('CDA documents', () => {
  const paths =
    documents === undefined
      ? []
      : globSync(`${documents}/**/*`)
          .filter((path) => statSync(path).isFile() && path.endsWith('.xml'))
          .sort()
  const nameOf = (path: string) => relative(documents ?? '', path)
  const answers = new Map<string, FeedAnswer>()

  test('every file is answered, and none with a fault of ours', { timeout: 60_000 }, async () => {
    expect(paths.length).toBeGreaterThan(150)
    for (const path of paths) {
      const name = nameOf(path)
      const answer = await server.feed(`cda-${name.split('/')[0]}`, readFileSync(path), 'application/xml')
      expect([200, 409, 422], `${name}: ${JSON.stringify(answer)}`).toContain(answer.http)
      answers.set(name, answer)
    }
    expect(await server.broken()).toEqual([])
  })

  test('what is whole is translated and nothing of it is lost', { timeout: 60_000 }, async () => {
    const sources = await readSources(server.sql)
    const whole = [...answers].filter(([name]) => wholeFolders.test(name))
    expect(whole.length).toBeGreaterThanOrEqual(43)
    for (const [name, answer] of whole) {
      expect([answer.http, name, answer.issues.slice(0, 1)]).toEqual([200, name, expect.anything()])
      if (answer.status === 'applied') await expectNothingLost(answer, name, sources)
    }
  })

  test('what is a fragment or broken is kept byte for byte, with place, reason and remedy', async () => {
    const refused = [...answers].filter(([, { http }]) => http === 422)
    expect(refused.length).toBeGreaterThan(80)
    for (const [name, answer] of refused) {
      expect(wholeFolders.test(name), name).toBe(false)
      expect(answer.issues.length, name).toBeGreaterThan(0)
      const [row] = await server.sql<{ status: string; body: Uint8Array; issues: FeedAnswer['issues'] }[]>`
        select status, body, issues from message where id = ${answer.messageId ?? '0'}`
      expect(row?.status).toBe('failed')
      expect(Buffer.from(row?.body ?? []).equals(readFileSync(`${documents}/${name}`)), name).toBe(true)
      expect(row?.issues.length, name).toBeGreaterThan(0)
      for (const issue of row?.issues ?? []) {
        expect(issue.message, name).toMatch(/\w{3}/)
        expect(issue.remedy ?? '', name).toMatch(/\w{3}/)
      }
      const facts = await server.sql`select 1 from resource_version where message_id = ${answer.messageId ?? '0'}`
      expect(facts, name).toHaveLength(0)
    }
  })
})
