import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import type { Pool } from '../base/index.ts'
import { openPool } from '../store/index.ts'
import { fileSubjects, findPeople, type PeopleQuery, parsePeopleQuery, type Traits } from './index.ts'

let sql: Pool
let options: TestDatabase['options']
const now = new Date('2026-11-22T10:00:00Z')

/** Invented people; each name stands for what makes them hard to find. */
const people: Readonly<Record<string, Traits>> = {
  ada: {
    nhsNumber: '9990000018',
    nhsNumberStatus: '01',
    family: 'Fictitious',
    given: ['Ada', 'May'],
    birthDate: '1958-04-03',
    postcode: 'ZE1 0AA',
  },
  catherine: { family: "O'Neill-Smyth", given: ['Catherine'], birthDate: '1971-12-30', postcode: 'ZE2 9ZZ' },
  robert: { family: 'Invented', given: ['Robert'], birthDate: '1944-01-02', postcode: 'ZE1 0AB' },
  zoe: { family: 'Żółć', given: ['Zoë'], birthDate: '1999', postcode: 'ZE3 0AA' },
  married: { family: 'Newname', given: ['Mary'], otherNames: [{ family: 'Oldname' }], birthDate: '1980-06-07' },
  mohammed: { family: 'Imaginary', given: ['Mohammed'], birthDate: '2001-02-03', postcode: 'ZE1 0AA' },
}
const personOf: Record<string, string> = {}

beforeAll(async () => {
  ;({ sql, options } = await testDatabase())
  const names = Object.keys(people)
  const filed = await sql.begin((tx) =>
    fileSubjects(
      tx,
      names.map((name) => ({ patientId: `p-${name}`, source: 'gp', traits: people[name] ?? {} })),
      { now },
    ),
  )
  for (const [n, name] of names.entries()) personOf[name] = filed[n]?.person ?? ''
})

const find = async (text: string): Promise<string[]> => {
  const query = parsePeopleQuery(text)
  if (!query.ok) throw new Error(query.issues[0]?.message)
  const { people: found } = await findPeople(sql, query.value)
  return found.map(({ person }) => Object.keys(personOf).find((name) => personOf[name] === person) ?? '?')
}

describe('finding people', () => {
  test.each([
    ['Fictitious', 'ada'],
    ['ada fictitious', 'ada'],
    ['FICTITIOUS, Ada', 'ada'],
    ['fict', 'ada'],
    ['may fictitious', 'ada'],
    ['Fictitous', 'ada'],
    ['Ficttitious', 'ada'],
    ['Fictitious Ada Jane', 'ada'],
    ['Ada F', 'ada'],
    ['999 000 0018', 'ada'],
    ['9990000018', 'ada'],
    ['ada 3/4/1958', 'ada'],
    ['ada 4/3/1958', 'ada'],
    ['3 April 1958', 'ada'],
    ['03-Apr-1958', 'ada'],
    ['fictitious 1958', 'ada'],
    ['fictitious apr 1958', 'ada'],
    ['ada ZE1', 'ada'],
    ['1958-04-03', 'ada'],
    ['oneill', 'catherine'],
    ["O'Neill", 'catherine'],
    ['smyth', 'catherine'],
    ['smith catherine', 'catherine'],
    ['kathryn oneill', 'catherine'],
    ['kate smyth', 'catherine'],
    ['O’Neill-Smyth Catherine', 'catherine'],
    ['bob invented', 'robert'],
    ['invented rob', 'robert'],
    ['robret invented', 'robert'],
    ['zolc', 'zoe'],
    ['ZOE', 'zoe'],
    ['oldname', 'married'],
    ['newname mary', 'married'],
    ['muhammad imaginary', 'mohammed'],
    ['ZE2 9ZZ', 'catherine'],
    ['fictitious 4/1958', 'ada'],
    ['fictitious 3/4/58', 'ada'],
    ['03.04.58', 'ada'],
    ['imaginary 3/2/01', 'mohammed'],
    ['zoe 1999', 'zoe'],
    ['zoe 3/4/1999', 'zoe'],
    ['ada ze1 0aa', 'ada'],
    ['ada may fictitious ZE1 0AA 3/4/1958', 'ada'],
    ['married oldname mary', 'married'],
  ])('"%s" finds %s first', async (text, name) => expect((await find(text))[0]).toBe(name))

  test.each([
    'fictitious 1959',
    'ada smyth',
    'xyzzy',
    'ada ZE2',
    '9990000026',
    'fictitious 5/1958',
    'zoe 1998',
    'ada fictitious ZE1 0AB',
    'ada adah',
  ])('"%s" finds nobody', async (text) => expect(await find(text)).toEqual([]))

  test('everybody at a postcode is found, and the best fit comes first', async () => {
    expect((await find('ZE1 0AA')).sort()).toEqual(['ada', 'mohammed'])
  })

  test('too little to search by is refused with what to do', () => {
    for (const text of ['', '  ', '1958', 'ZE1', 'a', '4 1958']) expect(parsePeopleQuery(text).ok).toBe(false)
    expect(parsePeopleQuery('9990000019')).toMatchObject({ ok: false, issues: [{ place: 'NHS number' }] })
    expect(parsePeopleQuery('ada 31/2/1958')).toMatchObject({ ok: false, issues: [{ place: 'date of birth' }] })
  })

  test('a name before a year is a name', () => {
    expect(parsePeopleQuery('Lee 1958')).toEqual({ ok: true, value: { name: 'Lee', birthDate: '1958' } })
    expect(parsePeopleQuery('June 1958 Lee')).toEqual({ ok: true, value: { name: 'Lee', birthDate: '1958-06' } })
  })

  test('no typed text makes the search throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 30 }), async (text) => {
        const query = parsePeopleQuery(text)
        return !query.ok || Array.isArray((await findPeople(sql, query.value)).people)
      }),
      { numRuns: 150 },
    )
  })

  const differ = async (text: string) => {
    const query = parsePeopleQuery(text)
    return query.ok ? (await findPeople(sql, query.value)).people[0]?.differences : undefined
  }

  test.each<[string, readonly object[]]>([
    ['ada fictitious 3/4/1958 ZE1', []],
    ['bob invented', [{ kind: 'name', typed: 'bob', held: 'Robert', by: 'familiar' }]],
    ['fictitous ada', [{ kind: 'name', typed: 'fictitous', held: 'Fictitious', by: 'spelling' }]],
    ['kathryn oneill', [{ kind: 'name', typed: 'kathryn', held: 'Catherine', by: 'sound' }]],
    ['fict ada', [{ kind: 'name', typed: 'fict', held: 'Fictitious', by: 'begins' }]],
    ['fictitious ada jane', [{ kind: 'name-absent', typed: 'jane' }]],
    ['ada 4/3/1958', [{ kind: 'birth-date-exchanged' }]],
    ['zoe 3/4/1999', [{ kind: 'birth-date-unknown' }]],
    ['999 000 0018 invented', [{ kind: 'name-absent', typed: 'invented' }]],
    ['9990000018 5/5/1960', [{ kind: 'birth-date-other' }]],
  ])('H-59 "%s": what differs from what was typed is told', async (text, differences) =>
    expect(await differ(text)).toEqual(differences),
  )

  test('of equals the order is by name and birth date, whatever the order they came in', async () => {
    const { sql: other } = await testDatabase()
    const twins = ['1990-01-02', '1980-01-02', '1985-01-02'].map((birthDate, n) => ({
      patientId: `t-${n}`,
      source: 'gp',
      traits: { family: 'Sameson', given: ['Sam'], birthDate },
    }))
    await other.begin((tx) => fileSubjects(tx, twins, { now }))
    const born = async () =>
      (await findPeople(other, { name: 'sam sameson' })).people.map(({ members }) => members[0]?.traits.birthDate)
    expect(await born()).toEqual(['1980-01-02', '1985-01-02', '1990-01-02'])
    expect(await born()).toEqual(await born())
  })

  test('H-60 more people than are shown is said, and one whose birth date fits is among those shown', async () => {
    const { sql: other } = await testDatabase()
    const many = Array.from({ length: 120 }, (_, n) => ({
      patientId: `m-${n}`,
      source: 'gp',
      traits: { family: 'Manyson', given: ['Mona'], birthDate: `19${String(10 + (n % 80))}-03-0${1 + (n % 9)}` },
    }))
    await other.begin((tx) => fileSubjects(tx, many, { now }))
    const all = await findPeople(other, { name: 'mona manyson' })
    expect([all.people.length, all.more]).toEqual([50, true])
    const [last] = (await findPeople(other, { name: 'mona manyson', birthDate: '1988-03-07' })).people
    expect(last?.members[0]?.traits.birthDate).toBe('1988-03-07')
    const one = await findPeople(other, { name: 'mona manyson', birthDate: '1988' })
    expect([one.people.length, one.more]).toEqual([1, false])
  })

  test('the pairs of words that the migration makes for people already held are those that filing writes', async () => {
    const filed = await sql<{ k: string }[]>`select k, pk, d::text from person_pair order by k, pk`
    const migration = readFileSync(join(import.meta.dirname, '../../migrations/0010_find.sql'), 'utf8')
    const made = await sql
      .begin(async (tx) => {
        await tx`delete from person_pair`
        await tx.unsafe(migration.slice(migration.indexOf('insert into person_pair')))
        const rows = await tx<{ k: string }[]>`select k, pk, d::text from person_pair order by k, pk`
        expect(rows).toEqual(filed)
        throw new Error('taken back')
      })
      .catch((thrown: unknown) => String(thrown))
    expect(made).toBe('Error: taken back')
    expect(filed.length).toBeGreaterThan(10)
  })

  test('a Patient whose name, birth date or home changes is found by the new and no more by the old', async () => {
    const { sql: other } = await testDatabase()
    const say = (traits: Traits) =>
      other.begin((tx) => fileSubjects(tx, [{ patientId: 'c', source: 'gp', traits }], { now }))
    const found = async (text: string) => {
      const query = parsePeopleQuery(text)
      return query.ok ? (await findPeople(other, query.value)).people.length : -1
    }
    await say({ family: 'Oldhouse', given: ['Nora'], birthDate: '1950-01-20', postcode: 'ZE1 0AA' })
    await say({ family: 'Oldhouse', given: ['Nora'], birthDate: '1951-01-20', postcode: 'ZE2 0AA' })
    expect(await Promise.all(['nora oldhouse 1951', 'oldhouse ZE2', 'nora ZE2 0AA'].map(found))).toEqual([1, 1, 1])
    expect(await Promise.all(['nora oldhouse 1950', 'oldhouse ZE1', 'nora ZE1 0AA'].map(found))).toEqual([0, 0, 0])
  })

  test('every look goes through an index', async () => {
    const queries: PeopleQuery[] = [
      { name: 'ada fictitious' },
      { name: 'ada', birthDate: '1958-04-03', postcode: 'ZE1' },
      { birthDate: '1958-04-03' },
      { postcode: 'ZE10AA' },
      { nhsNumber: '9990000018' },
      { name: 'fictitious', birthDate: '1958' },
      { name: 'fictitious', birthDate: '1958-04-03', orBirthDate: '2058-04-03' },
      { name: 'ada may fictitious', postcode: 'ZE10AA' },
      { name: 'fictitious', postcode: 'ZE1' },
    ]
    // The tables are tiny here, so a scan would be the right plan; forbidden, only a statement that no index serves still scans.
    // A connection of its own: counts of another's scans do not mix in.
    const alone = openPool({ ...options, max: 1 })
    const scanned = await alone.begin(async (tx) => {
      await tx`set local enable_seqscan = off`
      for (const query of queries) await findPeople(tx, query)
      return [
        ...(await tx<{ relname: string }[]>`
          select relname from pg_stat_xact_user_tables where seq_scan > 0 and relname like any(array['person%', 'name%'])`),
      ]
    })
    await alone.end()
    expect(scanned.map(({ relname }) => relname)).toEqual([])
  })

  test('of many words held only those near the typed ones are read', async () => {
    const { sql: other, options: where } = await testDatabase()
    await other`
      insert into name_word (n, sound, near)
      select 'word' || translate(i::text, '0123456789', 'bcdfghjklm'), translate(i::text, '0123456789', 'bcdfghjklm'), array[i::bigint]
        from generate_series(1, 20000) i`
    await other`analyze name_word`
    const alone = openPool({ ...where, max: 1 })
    const read = await alone.begin(async (tx) => {
      // So small a table may well be scanned; the trap is an index read from end to end for the sake of its order.
      await tx`set local enable_seqscan = off`
      await findPeople(tx, { name: 'jhon smiht wordbc' })
      const [row] = await tx<{ many: number }[]>`
        select (seq_tup_read + idx_tup_fetch)::int as many from pg_stat_xact_user_tables where relname = 'name_word'`
      return row?.many
    })
    await alone.end()
    // The words that begin with wordbc at most are 500.
    expect(read).toBeLessThanOrEqual(600)
  })
})
