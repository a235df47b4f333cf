import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import type { Pool, Problem } from '../base/index.ts'
import {
  compartmentsOf,
  compartmentsOfAt,
  type Filed,
  fileSubjects,
  linksOf,
  mergePatients,
  mergesOf,
  openReviews,
  openReviewsOf,
  personOf,
  personsOfCompartments,
  readReview,
  settleReview,
  standsNow,
  type Traits,
  undoMerge,
} from './index.ts'
import { freshNhsNumber, freshTraits, subjectOf } from './test-people.ts'

let sql: Pool
beforeAll(async () => {
  ;({ sql } = await testDatabase())
})

let minute = 0
/** Each thing happens a minute after the one before. */
const tick = () => new Date(Date.UTC(2026, 10, 22, 10, ++minute))
const fileOne = async (source: string, traits: Traits, patientId?: string): Promise<Filed> => {
  const [filed] = await sql.begin((tx) => fileSubjects(tx, [subjectOf(source, traits, patientId)], { now: tick() }))
  if (!filed) throw new Error('nothing was filed')
  return filed
}
const merge = (survivor: Filed, retired: Filed) =>
  sql.begin((tx) => mergePatients(tx, { survivor, retired }, { messageId: '7', by: 'acute', now: tick() }))
const undo = (id: string) => sql.begin((tx) => undoMerge(tx, id, { by: 'officer', now: tick() }))
const settle = (id: string, decision: 'same' | 'different') =>
  sql.begin((tx) => settleReview(tx, id, decision, { by: 'officer', now: tick() }))
const pksOf = async (person: string) => (await compartmentsOf(sql, person)).map(({ pk }) => pk).sort()
const local = (over: Traits = {}): Traits => {
  const { nhsNumber: _, nhsNumberStatus: __, ...rest } = freshTraits(over)
  return rest
}
const mergeId = (merged: Awaited<ReturnType<typeof merge>>) => (merged.outcome === 'merged' ? merged.merge : '')

describe('a merge (A40)', () => {
  test('the retired person’s Patients, all of them, are the survivor’s; the old address leads there; history stays', async () => {
    const traits = freshTraits()
    const [gp, acute, loser] = [
      await fileOne('gp', traits),
      await fileOne('acute', traits),
      await fileOne('acute', local()),
    ]
    const before = tick().toISOString()
    expect(await merge(acute, loser)).toMatchObject({ outcome: 'merged', person: gp.person })
    expect(await pksOf(gp.person)).toEqual([gp.pk, acute.pk, loser.pk].sort())
    expect(await pksOf(loser.person)).toEqual([])
    expect(await standsNow(sql, loser.person)).toBe(gp.person)
    expect((await compartmentsOfAt(sql, loser.person, before)).map(({ pk }) => pk)).toEqual([loser.pk])
    expect((await compartmentsOfAt(sql, gp.person, before)).map(({ pk }) => pk).sort()).toEqual(
      [gp.pk, acute.pk].sort(),
    )
    expect((await linksOf(sql, loser.person)).map(({ reason, until }) => [reason, until !== null])).toEqual([
      ['new', true],
    ])
  })

  test('the same message again changes nothing', async () => {
    const [a, b] = [await fileOne('acute', local()), await fileOne('acute', local())]
    await merge(a, b)
    expect(await merge(a, b)).toEqual({ outcome: 'already', person: a.person })
    expect(await mergesOf(sql, a.person)).toHaveLength(1)
  })

  test('a late message for the loser goes to the survivor, and so does one from a source that knows only the loser’s number', async () => {
    const number = { system: 'urn:hospital', value: 'LOSER-1' }
    const loserTraits = local({ identifiers: [number] })
    const [kept, gone] = [
      await fileOne('acute', local(), 'late-kept'),
      await fileOne('acute', loserTraits, 'late-gone'),
    ]
    await merge(kept, gone)
    expect((await fileOne('acute', { ...loserTraits, postcode: 'ZE9 9ZZ' }, 'late-gone')).person).toBe(kept.person)
    expect((await fileOne('lab', loserTraits)).person).toBe(kept.person)
  })

  test('an unknown loser is kept as an alias: what comes for it later is the survivor’s', async () => {
    const kept = await fileOne('acute', freshTraits())
    const stub = await fileOne('acute', {}, 'never-heard-of')
    expect(stub.how).toBe('stub')
    await merge(kept, stub)
    expect((await fileOne('acute', { family: 'Fictitious' }, 'never-heard-of')).person).toBe(kept.person)
  })

  test('two different verified NHS numbers stop it, and a human is asked', async () => {
    const [a, b] = [await fileOne('acute', freshTraits()), await fileOne('acute', freshTraits())]
    const merged = await merge(a, b)
    expect(merged.outcome).toBe('review')
    expect(await personOf(sql, b.pk)).toBe(b.person)
    const review = await readReview(sql, merged.outcome === 'review' ? merged.review : '')
    expect(review.kind).toBe('merge-conflict')
    expect(review.explanation.fields.find(({ field }) => field === 'nhsNumber')).toMatchObject({ verdict: 'different' })
    await settle(review.id, 'same')
    expect(await personOf(sql, a.pk)).toBe(await personOf(sql, b.pk))
  })

  test('of Patients never filed says so', async () => {
    const a = await fileOne('acute', local())
    const problem = await merge(a, { ...a, pk: '12345' }).catch((thrown: Problem) => thrown.kind)
    expect(problem).toBe('not-found')
  })
})

describe('undo', () => {
  test('brings back exactly what was', async () => {
    const traits = freshTraits()
    const [gp, acute, loser] = [
      await fileOne('gp', traits),
      await fileOne('acute', traits),
      await fileOne('acute', local()),
    ]
    const merged = await merge(acute, loser)
    expect(await undo(mergeId(merged))).toMatchObject({ person: loser.person })
    expect(await pksOf(gp.person)).toEqual([gp.pk, acute.pk].sort())
    expect(await pksOf(loser.person)).toEqual([loser.pk])
    expect(await standsNow(sql, loser.person)).toBe(loser.person)
  })

  test('is done once', async () => {
    const merged = await merge(await fileOne('acute', local()), await fileOne('acute', local()))
    await undo(mergeId(merged))
    expect(await undo(mergeId(merged)).catch((thrown: Problem) => thrown.kind)).toBe('conflict')
    expect(await undo('no-such-merge').catch((thrown: Problem) => thrown.kind)).toBe('not-found')
  })

  test('holds against the message coming again: a human is asked instead', async () => {
    const [a, b] = [await fileOne('acute', local()), await fileOne('acute', local())]
    await undo(mergeId(await merge(a, b)))
    expect(await merge(a, b)).toMatchObject({ outcome: 'review' })
    expect(await personOf(sql, b.pk)).toBe(b.person)
  })

  test.each([
    ['first', 'second'],
    ['second', 'first'],
  ])('of a chain A to B to C, the %s merge undone before the other', async (first) => {
    const [a, b, c] = [
      await fileOne('acute', local()),
      await fileOne('acute', local()),
      await fileOne('acute', local()),
    ]
    const ab = mergeId(await merge(b, a))
    const bc = mergeId(await merge(c, b))
    expect(await pksOf(c.person)).toEqual([a.pk, b.pk, c.pk].sort())
    expect(await standsNow(sql, a.person)).toBe(c.person)
    if (first === 'first') {
      await undo(ab)
      expect([await pksOf(a.person), await pksOf(b.person), await pksOf(c.person)]).toEqual([
        [a.pk],
        [],
        [b.pk, c.pk].sort(),
      ])
      await undo(bc)
    } else {
      await undo(bc)
      expect([await pksOf(a.person), await pksOf(b.person), await pksOf(c.person)]).toEqual([
        [],
        [a.pk, b.pk].sort(),
        [c.pk],
      ])
      await undo(ab)
    }
    expect([await pksOf(a.person), await pksOf(b.person), await pksOf(c.person)]).toEqual([[a.pk], [b.pk], [c.pk]])
  })

  test('asks about those who joined the survivor because of the one who leaves', async () => {
    const number = { system: 'urn:hospital', value: 'UNDO-1' }
    const gone = local({ identifiers: [number] })
    const [kept, loser] = [await fileOne('acute', local()), await fileOne('acute', gone)]
    const merged = await merge(kept, loser)
    const lab = await fileOne('lab', gone)
    expect(lab.person).toBe(kept.person)
    await undo(mergeId(merged))
    const asked = (await openReviews(sql, { limit: 200 })).filter(({ pks }) => pks.includes(lab.pk))
    expect(asked.map(({ kind }) => kind)).toEqual(['identifier-conflict'])
  })
})

describe('people whom the rules joined', () => {
  const join = async () => {
    const traits = freshTraits()
    const id = `stub-${minute}`
    const stub = await fileOne('lab', {}, id)
    const gp = await fileOne('gp', traits)
    const told = await fileOne('lab', traits, id)
    return { traits, id, stub, gp, told }
  }

  test('a stub that tells who it is joins them, and its old address leads there', async () => {
    const { stub, gp, told } = await join()
    expect(told).toMatchObject({ how: 'nhs-number', person: gp.person })
    expect(await standsNow(sql, stub.person)).toBe(gp.person)
    expect((await linksOf(sql, gp.person)).find(({ pk }) => pk === stub.pk)).toMatchObject({
      reason: 'nhs-number',
      until: null,
    })
  })

  test('can be parted by a human, and then no rule joins them again', async () => {
    const { traits, id, stub, gp } = await join()
    const [merged] = await mergesOf(sql, gp.person)
    expect(merged?.doneBy).toBe('rules')
    await undo(merged?.id ?? '')
    expect((await fileOne('lab', { ...traits, postcode: 'ZE9 9ZZ' }, id)).person).toBe(stub.person)
  })

  test('a number that means "unknown" joins nobody', async () => {
    const unknown = { identifiers: [{ system: 'urn:hospital', value: 'UNKNOWN' }] }
    expect((await fileOne('acute', unknown)).person).not.toBe((await fileOne('acute', unknown)).person)
  })
})

describe('the human list', () => {
  test('a doubt that a merge answers needs no human any more', async () => {
    const traits = local()
    const [a, b] = [await fileOne('acute', traits), await fileOne('acute', traits)]
    expect((await openReviewsOf(sql, [b.pk])).map(({ kind }) => kind)).toEqual(['possible-duplicate'])
    await merge(a, b)
    expect(await openReviewsOf(sql, [b.pk])).toEqual([])
    expect((await personsOfCompartments(sql, [a.pk, b.pk, '1'])).size).toBe(2)
  })

  test('a possible duplicate that is the same becomes one person, and can be undone', async () => {
    const traits = local()
    const [gp, acute] = [await fileOne('gp', traits), await fileOne('acute', traits)]
    expect(acute.person).not.toBe(gp.person)
    const review = await readReview(sql, acute.review ?? '')
    expect(review.kind).toBe('possible-duplicate')
    expect(review.members.map(({ source }) => source).sort()).toEqual(['acute', 'gp'])
    await settle(review.id, 'same')
    expect(await personOf(sql, acute.pk)).toBe(await personOf(sql, gp.pk))
    expect(await settle(review.id, 'different').catch((thrown: Problem) => thrown.kind)).toBe('conflict')
    const [merged] = await mergesOf(sql, gp.person)
    await undo(merged?.id ?? '')
    expect(await personOf(sql, acute.pk)).toBe(acute.person)
  })

  test('told apart, they are not asked about again, nor joined by a number that one gains', async () => {
    const traits = local()
    const number = { nhsNumber: freshNhsNumber(), nhsNumberStatus: '01' }
    const [gp, acute] = [await fileOne('gp', traits, 'apart-gp'), await fileOne('acute', traits, 'apart-acute')]
    await settle(acute.review ?? '', 'different')
    await fileOne('gp', { ...traits, ...number }, 'apart-gp')
    const again = await fileOne('acute', { ...traits, ...number, postcode: 'ZE9 9ZZ' }, 'apart-acute')
    expect(again).toMatchObject({ person: acute.person })
    expect(again.review).toBeUndefined()
    expect(gp.person).not.toBe(acute.person)
  })

  test('a Patient whose NHS number changed and who is somebody else becomes a person of its own', async () => {
    const traits = freshTraits()
    const [gp, acute] = [await fileOne('gp', traits), await fileOne('acute', traits, 'changed')]
    const changed = await fileOne('acute', { ...traits, nhsNumber: freshNhsNumber() }, 'changed')
    expect(changed).toMatchObject({ person: gp.person, how: 'known' })
    await settle(changed.review ?? '', 'different')
    expect(await pksOf(gp.person)).toEqual([gp.pk])
    expect(await personOf(sql, acute.pk)).not.toBe(gp.person)
  })

  test('the same doubt twice is one review', async () => {
    const traits = freshTraits()
    await fileOne('gp', traits)
    const wrong = { ...traits, birthDate: '1901-02-03' }
    const first = await fileOne('acute', wrong, 'twice')
    const second = await fileOne('acute', { ...wrong, phones: ['07700900000'] }, 'twice')
    expect(first.review).toBeDefined()
    expect(second.review).toBe(first.review)
    expect((await openReviews(sql, { limit: 200 })).filter(({ pks }) => pks.includes(first.pk))).toHaveLength(1)
  })

  test('the list is read page by page, oldest first', async () => {
    const all = await openReviews(sql, { limit: 200 })
    const first = await openReviews(sql, { limit: 2 })
    const last = first.at(-1)
    const next = await openReviews(sql, { limit: 2, ...(last ? { after: last } : {}) })
    expect([...first, ...next].map(({ id }) => id)).toEqual(all.slice(0, 4).map(({ id }) => id))
  })
})
