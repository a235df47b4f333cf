/** Every look at work and at lists is led by an index: none reads a table from end to end, however many people there are. */
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import type { Staff } from '../access/index.ts'
import type { Pool, Sql } from '../base/index.ts'
import { acksOf } from './acknowledge.ts'
import { addToList, caseloadOf, listsOf, listsWith, readKeptList } from './kept-lists.ts'
import { practiceList, readList, resultsWaiting, wardList, wardsOf } from './lists.ts'
import { newSinceLook } from './new-since-look.ts'
import { recordWork } from './record-work.ts'
import { readResultItems, resultWork } from './result-work.ts'
import { taskWork } from './tasks.ts'

let sql: Pool
const now = new Date('2026-11-22T10:00:00Z')
const reader: Staff = {
  kind: 'staff',
  id: 'd1',
  name: 'Dr One',
  role: 'clinician',
  organisation: { code: 'ORG1', name: 'One' },
}
const people = 20_000

beforeAll(async () => {
  sql = (await testDatabase()).sql
  await sql`insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, created_at, updated_at)
            values ('lab', 'Lab', 'laboratory', 'ORG1', 'One', '{hl7v2}', 'n', ${now}, ${now})`
  await sql`insert into person (id, created_at) select 'p' || n, ${now} from generate_series(1, ${people}) n`
  await sql`insert into person_link (pk, seq, person, source, patient_id, since, reason, explanation)
            select n, 1, 'p' || n, 'lab', 'a' || n, ${now}, 'new', '{}' from generate_series(1, ${people}) n`
  await sql`insert into person_traits (pk, patient_id, source, traits, updated_at)
            select n, 'a' || n, 'lab', '{"family":"Family"}', ${now} from generate_series(1, ${people}) n`
  await sql`insert into result_item (pk, id, item, rid, content, results, title, status, gravity, source, sender, home, owner, requester, unowned, raised_at, due_at, ack)
            select n, 'r' || n, 'i' || n, n, 'c', '{}', 'Urea', 'final', n % 3, 'lab', 'ORG1', 'ORG' || n % 40, case when n % 50 = 0 then 'd1' end, '', false, ${now},
                   ${now}::timestamptz + (n % 90 - 45) * interval '1 hour', case when n % 4 = 0 then 'k' || n end from generate_series(1, ${people}) n`
  await sql`insert into result_ack (id, pk, report, item, rid, content, results, by_id, by_name, by_role, by_organisation, at, action, note)
            select ack, pk, id, item, rid, content, results, 'd2', 'Dr Two', 'clinician', 'One', ${now}, 'noted', '' from result_item where ack is not null`
  await sql`insert into task (id, person, title, detail, home, owner_kind, owner, owner_name, due_at, made_by, made_by_name, made_at)
            select 't' || n, 'p' || n, 'Ring', '', 'ORG' || n % 40, 'staff', 'd' || n % 200, 'Dr', ${now}::timestamptz + (n % 90 - 45) * interval '1 hour', 'd2', 'Dr Two', ${now}
              from generate_series(1, ${people}) n`
  await sql`insert into list_member (pk, ty, id, list, sort, place)
            select n, 1, 'a' || n, 'practice|ORG' || n % 20, lpad(n::text, 6, '0'), '' from generate_series(1, ${people}) n`
  await sql`insert into list_member (pk, ty, id, list, sort, place)
            select n, 2, 'e' || n, 'ward|ORG' || n % 40 || '|W' || n % 7, lpad(n::text, 6, '0'), 'Bed' from generate_series(1, ${people}) n where n % 10 = 0`
  for (let n = 0; n < 60; n += 1)
    await sql.begin((tx) => addToList(tx, { list: caseloadOf(reader), person: `p${n + 1}` }, { by: reader, now }))
  await sql`insert into kept_list_member (list, person, seq, sort, added_at, added_by, note)
            select 'team' || n % 400, 'p' || n, 1, 'x' || n, ${now}, 'x', '' from generate_series(1, ${people}) n`
  for (const table of [
    'person',
    'person_link',
    'person_traits',
    'result_item',
    'result_ack',
    'task',
    'list_member',
    'kept_list_member',
    'kept_list',
  ])
    await sql.unsafe(`vacuum analyze ${table}`)
})

const looks: readonly (readonly [string, (from: Sql) => Promise<unknown>])[] = [
  ['how many results wait', (from) => resultWork.count(from, reader, now)],
  ['a page of results', (from) => resultWork.page(from, reader, { now, limit: 51, offset: 100 })],
  ['one result and its person’s others', (from) => readResultItems(from, reader, 'i77', now)],
  ['how many tasks wait', (from) => taskWork.count(from, reader, now)],
  ['a page of tasks', (from) => taskWork.page(from, reader, { now, limit: 51, offset: 0 })],
  ['the wards of an organisation', (from) => wardsOf(from, 'ORG10')],
  ['a ward', (from) => readList(from, [wardList('ORG10', 'W3')])],
  ['a practice', (from) => readList(from, [practiceList('ORG7')])],
  [
    'a practice, a later page',
    async (from) => readList(from, [practiceList('ORG7')], (await readList(sql, [practiceList('ORG7')])).next),
  ],
  [
    'results waiting about those of a page',
    (from) =>
      resultsWaiting(from, [
        { person: 'p7', pks: ['7'] },
        { person: 'p8', pks: ['8'] },
      ]),
  ],
  [
    'what is new about those of a page',
    (from) =>
      newSinceLook(from, reader, [
        { person: 'p7', pks: ['7'] },
        { person: 'p8', pks: ['8'] },
      ]),
  ],
  ['a caseload', (from) => readKeptList(from, caseloadOf(reader), 2)],
  ['whose list somebody is on', (from) => listsWith(from, reader, ['p7'])],
  ['the lists of somebody', (from) => listsOf(from, reader)],
  ['the work of a record', (from) => recordWork(from, reader, { pks: ['7'], persons: ['p7'] })],
  ['the acknowledgements of a record', (from) => acksOf(from, ['7'])],
]

test.each(looks)('%s: led by an index', async (_name, look) => {
  await sql.begin(async (tx) => {
    // What the look itself scans, as the database counts it for this transaction: rows read by walking a table from end to end.
    const scanned = async () =>
      (
        await tx<{ name: string; rows: number }[]>`
          select relname as name, seq_tup_read::int as rows from pg_stat_xact_user_tables
           where relname in ('person', 'person_link', 'result_item', 'result_ack', 'task', 'list_member', 'kept_list_member')`
      ).reduce((sum, { rows }) => sum + rows, 0)
    const before = await scanned()
    await look(tx)
    expect((await scanned()) - before).toBe(0)
  })
})

test('pages of a long list neither repeat nor leave out, and a person whom many sources name stands once', async () => {
  await sql`insert into list_member (pk, ty, id, list, sort, place) select n, 3, 'd' || n, 'practice|ORG7', lpad(n::text, 6, '0'), '' from generate_series(7, 600, 20) n`
  const seen: string[] = []
  let after: string | undefined
  for (let page = 0; page < 40; page += 1) {
    const { people: some, next } = await readList(sql, [practiceList('ORG7')], after)
    seen.push(...some.map(({ person }) => person))
    after = next
    if (next === undefined) break
  }
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen).toHaveLength(people / 20)
})
