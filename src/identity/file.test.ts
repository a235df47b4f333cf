import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import type { Pool } from '../base/index.ts'
import { patientKey } from '../store/index.ts'
import { compartmentsOf, type FiledSubject, fileSubjects, personOf, type Traits } from './index.ts'
import { freshNhsNumber, freshTraits, subjectOf } from './test-people.ts'

let sql: Pool
beforeAll(async () => {
  ;({ sql } = await testDatabase())
})

const now = new Date('2026-11-22T10:00:00Z')
const file = (...subjects: FiledSubject[]) => sql.begin((tx) => fileSubjects(tx, subjects, { now }))
const countRows = async () =>
  (
    await sql`select (select count(*) from person_link) as links, (select count(*) from person_traits) as traits,
  (select count(*) from identity_review) as reviews, (select sum(xmin::text::bigint) from person_traits) as touched`
  )[0]

describe('filing subjects', () => {
  test('two sources with one verified NHS number, birth date and name are one person', async () => {
    const traits = freshTraits()
    const [gp] = await file(subjectOf('gp', traits))
    const [acute] = await file(subjectOf('acute', { ...traits, given: ['Ada', 'May'] }))
    expect(gp?.how).toBe('new')
    expect(acute).toMatchObject({ how: 'nhs-number', person: gp?.person })
    expect((await compartmentsOf(sql, gp?.person ?? '')).map(({ source }) => source).sort()).toEqual(['acute', 'gp'])
  })

  test('the same again writes nothing at all', async () => {
    const gp = subjectOf('gp', freshTraits())
    await file(gp)
    const before = await countRows()
    expect((await file(gp, gp))[1]).toMatchObject({ how: 'known' })
    expect(await countRows()).toEqual(before)
  })

  test('the key is that of the store, so facts lie where the link points', async () => {
    const gp = subjectOf('gp', freshTraits())
    const [filed] = await file(gp)
    expect(filed?.pk).toBe(patientKey(gp.patientId))
    expect(await personOf(sql, patientKey(gp.patientId))).toBe(filed?.person)
  })

  test('a later subject of a batch sees an earlier one, also when one Patient comes twice', async () => {
    const traits = freshTraits()
    const stub = subjectOf('lab', {})
    const filed = await file(stub, subjectOf('gp', traits), { ...stub, traits }, subjectOf('acute', traits))
    expect(new Set(filed.slice(1).map(({ person }) => person)).size).toBe(1)
    expect(await personOf(sql, filed[0]?.pk ?? '')).toBe(filed[1]?.person)
  })

  test('one batch or many: the same people come out', async () => {
    const traits = fc.record(
      {
        nhsNumber: fc.constantFrom('9990000018', '9990000026', '9990000034'),
        nhsNumberStatus: fc.constantFrom('01', '02'),
        family: fc.constantFrom('Fictitious', 'Fictitous', 'Invented'),
        given: fc.constantFrom(['Ada'], ['Beatrice'], ['A']),
        birthDate: fc.constantFrom('1958-04-03', '1958-03-04', '1958', '1990-01-01'),
        postcode: fc.constantFrom('ZE1 0AA', 'ZE2 0AA'),
        identifiers: fc.constantFrom([{ system: 'urn:a', value: '1' }], [{ system: 'urn:a', value: '2' }]),
      },
      { requiredKeys: [] },
    )
    const subjects = fc.array(fc.record({ patient: fc.nat(4), traits }), { minLength: 1, maxLength: 8 })
    let run = 0
    const partition = (people: readonly (string | undefined)[]) => people.map((person) => people.indexOf(person))
    await fc.assert(
      fc.asyncProperty(subjects, async (list) => {
        // Each run has its own numbers and Patients, so runs do not meet.
        const world = (side: string): FiledSubject[] => {
          const mark = `${++run}-${side}`
          const numbers = new Map<string, string>()
          const own = (n: string) => numbers.get(n) ?? numbers.set(n, freshNhsNumber()).get(n) ?? n
          return list.map(({ patient, traits: each }) => ({
            patientId: `w${mark}-${patient}`,
            source: 'gp',
            traits: {
              ...each,
              ...(each.nhsNumber ? { nhsNumber: own(each.nhsNumber) } : {}),
              ...(each.family
                ? { family: `${each.family}${mark.replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')}` }
                : {}),
              ...(each.postcode ? { postcode: `${each.postcode}${run}` } : {}),
              ...(each.identifiers
                ? { identifiers: each.identifiers.map(({ system, value }) => ({ system: system + mark, value })) }
                : {}),
            } as Traits,
          }))
        }
        const [together, singly] = [world('x'), world('y')]
        await file(...together)
        for (const subject of singly) await file(subject)
        const people = async (side: readonly FiledSubject[]) =>
          partition(await Promise.all(side.map(({ patientId }) => personOf(sql, patientKey(patientId)))))
        expect(await people(together)).toEqual(await people(singly))
      }),
      { numRuns: 40 },
    )
  })

  test('noise in a field does not stop the batch', async () => {
    const [noisy, good] = await file(
      subjectOf('acute', {
        family: 'a\u0000b\ud800',
        given: ['\u{1f600}', ''],
        birthDate: '1958-02-31',
        postcode: 'x'.repeat(5000),
        identifiers: [{ system: '', value: 'y'.repeat(9000) }],
      }),
      subjectOf('gp', freshTraits()),
    )
    expect(noisy?.how).toBe('new')
    expect(good?.how).toBe('new')
  })
})

describe('at the same time', () => {
  test('two transactions that file one NHS number end with one person', async () => {
    for (let round = 0; round < 15; round++) {
      const traits = freshTraits()
      const filed = await Promise.all(
        ['gp', 'acute', 'lab', 'community'].map((source) => file(subjectOf(source, traits))),
      )
      expect(new Set(filed.map(([one]) => one?.person)).size).toBe(1)
    }
  })

  test('two transactions that file one unknown Patient make one link', async () => {
    for (let round = 0; round < 10; round++) {
      const gp = subjectOf('gp', freshTraits())
      const filed = await Promise.all([file(gp), file(gp), file({ ...gp, traits: {} })])
      expect(new Set(filed.map(([one]) => one?.person)).size).toBe(1)
    }
  })

  test('batches with the same people in opposite order do not block each other', async () => {
    for (let round = 0; round < 5; round++) {
      const people = Array.from({ length: 20 }, () => freshTraits())
      const gp = people.map((traits) => subjectOf('gp', traits))
      const acute = people.toReversed().map((traits) => subjectOf('acute', traits))
      const [a, b] = await Promise.all([file(...gp), file(...acute)])
      expect(a.map(({ person }) => person)).toEqual(b.toReversed().map(({ person }) => person))
    }
  })

  test('likely duplicates that arrive together are still noticed', async () => {
    const { nhsNumber: _, nhsNumberStatus: __, ...traits } = freshTraits()
    const filed = await Promise.all([file(subjectOf('gp', traits)), file(subjectOf('acute', traits))])
    expect(filed.flatMap(([one]) => one?.review ?? [])).toHaveLength(1)
  })
})
