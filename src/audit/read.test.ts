/** How the trail is searched: each shape by an index of the months it needs, never by reading a month whole. */
import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import type { Pool, Sql } from '../base/index.ts'
import { exportTrail } from './export.ts'
import { parseSealKeys, rotateKeys } from './keys.ts'
import type { AuditLine } from './line.ts'
import { makeMonths } from './months.ts'
import { type AuditQuery, auditOrganisations, findActors, readAudit } from './read.ts'
import { recordAudit } from './record.ts'
import { sealOnce } from './seal.ts'

let sql: Pool
const actors = [
  { kind: 'staff', id: 'patel', name: 'Dr Patel', role: 'clinician', organisation: 'Invented Practice' },
  { kind: 'staff', id: 'rao', name: 'Dr Rao', role: 'clinician', organisation: 'Riverton General' },
  { kind: 'system', id: 'lab', name: '=cmd()|"lab"' },
] as const

const line = (month: number, n: number): AuditLine => ({
  at: new Date(Date.UTC(2026, month, 1 + (n % 28), 9, n % 60, 0, n % 1_000)),
  action: n % 70 === 0 ? 'D' : 'R',
  what: n % 50 === 0 ? 'letter-file' : 'record-page',
  actor: actors[n % 3] ?? actors[0],
  purpose: 'TREAT',
  outcome: n % 40 === 0 ? (n % 80 === 0 ? 8 : 4) : 0,
  person: `person-${n % 30}`,
  detail: { section: 'medicines', n },
})

beforeAll(async () => {
  sql = (await testDatabase()).sql
  await makeMonths(sql, new Date('2026-08-01T00:00:00Z'))
  for (const month of [7, 8, 9, 10])
    await sql.begin((tx) =>
      recordAudit(
        tx,
        Array.from({ length: 1_500 }, (_, n) => line(month, n)).toSorted((a, b) => a.at.getTime() - b.at.getTime()),
      ),
    )
  const keys = parseSealKeys(rotateKeys(''), 'trail.example')
  if (keys.ok) await sealOnce(sql, { keys: keys.value, clock: () => new Date('2026-11-30T00:00:00Z') })
  await sql`analyze audit_event`
})

const ids = async (query: AuditQuery): Promise<readonly string[]> =>
  (await readAudit(sql, { limit: 2_000, ...query })).lines.map(({ id }) => id)

describe('a search of the trail', () => {
  const shapes: Readonly<Record<string, { readonly query: AuditQuery; readonly sameAs: string }>> = {
    everything: { query: {}, sameAs: 'true' },
    'one person': { query: { persons: ['person-3'] }, sameAs: `person = 'person-3'` },
    'one person, by one actor': {
      query: { persons: ['person-3'], actors: [{ kind: 'staff', id: 'patel' }] },
      sameAs: `person = 'person-3' and actor_id = 'patel'`,
    },
    'two people who are one': {
      query: { persons: ['person-3', 'person-4'] },
      sameAs: `person in ('person-3', 'person-4')`,
    },
    'one actor': { query: { actor: { kind: 'staff', id: 'rao' } }, sameAs: `actor_id = 'rao'` },
    'several actors, one kind': {
      query: {
        actors: [
          { kind: 'staff', id: 'rao' },
          { kind: 'system', id: 'lab' },
        ],
        what: ['letter-file'],
      },
      sameAs: `actor_id in ('rao', 'lab') and what = 'letter-file'`,
    },
    'one kind': { query: { what: ['letter-file'] }, sameAs: `what = 'letter-file'` },
    'one organisation': { query: { organisation: 'Riverton General' }, sameAs: `organisation = 'Riverton General'` },
    'what was refused': { query: { refused: true }, sameAs: 'outcome <> 0' },
    'what failed here': { query: { refused: true, outcomes: [8] }, sameAs: 'outcome = 8' },
    'what was deleted': { query: { action: 'D' }, sameAs: `action = 'D'` },
    'two days': {
      query: { from: new Date('2026-09-30T00:00:00Z'), until: new Date('2026-10-02T00:00:00Z') },
      sameAs: `at >= '2026-09-30Z' and at < '2026-10-02Z'`,
    },
    nobody: { query: { actors: [] }, sameAs: 'false' },
  }

  test.each(Object.entries(shapes))(
    'for %s finds exactly those lines, newest first, page by page',
    async (_name, { query, sameAs }) => {
      const expected = (
        await sql.unsafe<{ id: string }[]>(`select id from audit_event where ${sameAs} order by id desc limit 2000`)
      ).map(({ id }) => id)
      expect(await ids(query)).toEqual(expected)
      const paged: string[] = []
      for (let before: string | undefined; paged.length < Math.min(expected.length, 200); ) {
        const page = await readAudit(sql, { ...query, limit: 37, ...(before ? { before } : {}) })
        paged.push(...page.lines.map(({ id }) => id))
        before = page.next
        if (before === undefined) break
      }
      expect(paged).toEqual(expected.slice(0, paged.length))
    },
  )

  /** What the database would do, as it would with a trail too large to read. */
  async function plan(query: AuditQuery): Promise<string> {
    let told = ''
    await sql.begin(async (tx) => {
      await tx`set local enable_seqscan = off`
      await tx`set local enable_bitmapscan = off`
      const explaining = Object.assign(
        (strings: TemplateStringsArray, ...values: readonly unknown[]) => {
          if (!/^\s*select/.test(strings[0] ?? '') || /^\s*select \* from unnest/.test(strings[0] ?? ''))
            return tx(strings, ...values)
          const explained = Object.assign([`explain (costs off) ${strings[0]}`, ...strings.slice(1)], {
            raw: strings.raw,
          })
          return tx<{ 'QUERY PLAN': string }[]>(explained, ...values).then((rows) => {
            told = rows.map((row) => row['QUERY PLAN']).join('\n')
            return []
          })
        },
        { json: tx.json, unsafe: tx.unsafe },
      ) as unknown as Sql
      await readAudit(explaining, query)
    })
    return told
  }

  test.each(Object.entries(shapes).filter(([name]) => name !== 'nobody'))(
    'for %s reads an index from its end',
    async (_name, { query }) => {
      const told = await plan(query)
      expect(told).toContain('Index Scan')
      expect(told).not.toContain('Seq Scan on audit_event')
      // A sort is of pages only: of what each person's, actor's or month's index gave up to the limit.
      const [outer = ''] = told.split(/Nested Loop|Append/)
      expect(outer.match(/Sort/g) ?? []).toHaveLength(
        query.persons || query.actor || query.actors ? 2 : outer.includes('Sort') ? 2 : 0,
      )
    },
  )

  test('of two days touches their months only', async () => {
    const told = await plan(shapes['two days']?.query ?? {})
    expect(told).toMatch(/audit_event_2026_09/)
    expect(told).toMatch(/audit_event_2026_10/)
    expect(told).not.toMatch(/audit_event_2026_(08|11)/)
  })
})

test('who stands in the trail is found by part of a name or by number, and a pattern is only text', async () => {
  expect((await findActors(sql, 'PAT')).map(({ id }) => id)).toEqual(['patel'])
  expect((await findActors(sql, 'rao')).map(({ name }) => name)).toEqual(['Dr Rao'])
  expect(await findActors(sql, '%')).toEqual([])
  expect(await auditOrganisations(sql)).toEqual(['Invented Practice', 'Riverton General'])
})

test('an export holds every line of the search once, in either form, and no cell that a spreadsheet would run', async () => {
  const counts: number[] = []
  const all = async (form: 'csv' | 'ndjson', query: AuditQuery) => {
    let text = ''
    for await (const piece of exportTrail(sql, query, { form, observer: 'Here', counted: (n) => counts.push(n) }))
      text += piece
    return text
  }
  const csv = await all('csv', {})
  expect(csv.trimEnd().split('\r\n')).toHaveLength(6_001)
  expect(counts).toEqual([2_000, 2_000, 2_000])
  expect(csv).toContain(`"'=cmd()|""lab"""`)
  expect(csv).not.toMatch(/,"?=cmd/)
  const events = (await all('ndjson', { refused: true }))
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as { readonly id: string; readonly outcome: string })
  expect(events.map(({ id }) => id)).toEqual(await ids({ refused: true }))
  expect(new Set(events.map(({ outcome }) => outcome))).toEqual(new Set(['4', '8']))
})
