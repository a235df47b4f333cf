/** The rules as a table: what is held, what comes, what follows. @see facts/identity.md §5 and §10 */
import { describe, expect, test } from 'vitest'
import { type Decision, decide } from './decide.ts'
import { emptyKnowledge } from './knowledge.ts'
import type { Subject, Traits } from './subject.ts'

const ada: Traits = {
  nhsNumber: '9990000018',
  nhsNumberStatus: '01',
  family: 'Fictitious',
  given: ['Ada'],
  birthDate: '1958-04-03',
  gender: 'female',
  postcode: 'ZE1 0AA',
  identifiers: [{ system: 'urn:hospital', value: 'H1' }],
}

/** Files subjects one after another, and tells what the last one led to. */
function fileAll(
  ...traits: readonly Traits[]
): Decision & { readonly sameAsFirst: boolean; readonly doubtful: readonly string[] } {
  const known = emptyKnowledge()
  let people = 0
  const decisions = traits.map((each, n) => {
    const subject: Subject = { patientId: `p${n}`, source: `source-${n}`, traits: each }
    return decide(subject, known, () => `person-${++people}`)
  })
  const last = decisions.at(-1)
  if (!last) throw new Error('nothing was filed')
  return { ...last, sameAsFirst: last.member.person === 'person-1', doubtful: last.doubts.map(({ kind }) => kind) }
}

const without = (traits: Traits, ...keys: readonly (keyof Traits)[]): Traits =>
  Object.fromEntries(Object.entries(traits).filter(([key]) => !keys.includes(key as keyof Traits)))

describe('ada is held, and another source tells of', () => {
  const own = { identifiers: [{ system: 'urn:elsewhere', value: 'E1' }] }
  test.each<[string, Traits, boolean, readonly string[]]>([
    ['the same', { ...ada, ...own }, true, []],
    ['her under her married name', { ...ada, ...own, family: 'Married' }, true, []],
    ['her with an initial', { ...ada, ...own, given: ['A'] }, true, []],
    ['her by her middle name', { ...ada, ...own, given: ['May', 'Ada'] }, true, []],
    ['her, moved house', { ...ada, ...own, postcode: 'ZE9 9ZZ' }, true, []],
    ['her with a misspelled family name', { ...ada, ...own, family: 'Fictitous' }, true, []],
    ['her, only the year of birth known', { ...ada, ...own, birthDate: '1958' }, true, []],
    [
      'her number with day and month exchanged',
      { ...ada, ...own, birthDate: '1958-03-04' },
      false,
      ['birth-date-conflict'],
    ],
    [
      'her number with one digit of the birth date mistyped',
      { ...ada, ...own, birthDate: '1958-04-08' },
      false,
      ['birth-date-conflict'],
    ],
    [
      'her number with quite another birth date',
      { ...ada, ...own, birthDate: '1990-01-01' },
      false,
      ['birth-date-conflict'],
    ],
    ['her number with no birth date', without({ ...ada, ...own }, 'birthDate'), false, ['nhs-number-unconfirmed']],
    [
      'her number with the placeholder 1900-01-01',
      { ...ada, ...own, birthDate: '1900-01-01' },
      false,
      ['nhs-number-unconfirmed'],
    ],
    ['her twin, given her number by mistake', { ...ada, ...own, given: ['Beatrice'] }, false, ['name-conflict']],
    ['her rhyming twin, given her number by mistake', { ...ada, ...own, given: ['Ida'] }, false, ['name-conflict']],
    [
      'her number and birth date under another name',
      { ...ada, ...own, family: 'Other', given: ['Zoe'] },
      false,
      ['name-conflict'],
    ],
    [
      'her number and birth date, and no name',
      without({ ...ada, ...own }, 'family', 'given'),
      false,
      ['name-conflict'],
    ],
    ['her number, not traced, with birth date and family name', { ...ada, ...own, nhsNumberStatus: '02' }, true, []],
    [
      'her number, not traced, with another family name',
      { ...ada, ...own, nhsNumberStatus: '02', family: 'Married' },
      false,
      ['nhs-number-unconfirmed'],
    ],
    ['her number without a status', without({ ...ada, ...own }, 'nhsNumberStatus'), true, []],
    ['her hospital number and birth date, no NHS number', without(ada, 'nhsNumber', 'nhsNumberStatus'), true, []],
    [
      'her hospital number and name, no birth date',
      without(ada, 'nhsNumber', 'nhsNumberStatus', 'birthDate'),
      true,
      [],
    ],
    [
      'her hospital number with another birth date',
      { ...without(ada, 'nhsNumber'), birthDate: '1990-01-01' },
      false,
      ['birth-date-conflict'],
    ],
    [
      'her hospital number with another NHS number',
      { ...ada, nhsNumber: '9990000026' },
      false,
      ['nhs-number-conflict'],
    ],
    [
      'her hospital number with another given name',
      { ...without(ada, 'nhsNumber'), given: ['Beatrice'] },
      false,
      ['name-conflict'],
    ],
    [
      'an equal number of another hospital',
      { ...without(ada, 'nhsNumber'), family: 'Other', identifiers: [{ system: 'urn:other', value: 'H1' }] },
      false,
      ['possible-duplicate'],
    ],
    [
      'someone with her name and birth date, no NHS number',
      { ...without(ada, 'nhsNumber', 'nhsNumberStatus'), ...own },
      false,
      ['possible-duplicate'],
    ],
    [
      'the same, moved house',
      { ...without(ada, 'nhsNumber'), ...own, postcode: 'ZE9 9ZZ' },
      false,
      ['possible-duplicate'],
    ],
    [
      'the same, spelled as it sounds',
      { ...without(ada, 'nhsNumber'), ...own, family: 'Fiktitious' },
      false,
      ['possible-duplicate'],
    ],
    [
      'the same, birth date mistyped, same postcode',
      { ...without(ada, 'nhsNumber'), ...own, birthDate: '1958-03-04' },
      false,
      ['possible-duplicate'],
    ],
    [
      'the same, married, same postcode',
      { ...without(ada, 'nhsNumber'), ...own, family: 'Married' },
      false,
      ['possible-duplicate'],
    ],
    ['her namesake with another verified number', { ...ada, ...own, nhsNumber: '9990000026' }, false, []],
    ['her twin at home, no numbers', { ...without(ada, 'nhsNumber'), ...own, given: ['Beatrice'] }, false, []],
    ['her twin at home, her own number', { ...ada, ...own, nhsNumber: '9990000026', given: ['Beatrice'] }, false, []],
    [
      'her daughter of the same name, same postcode',
      { ...without(ada, 'nhsNumber'), ...own, birthDate: '1985-11-30' },
      false,
      [],
    ],
    ['a stranger', { family: 'Stranger', given: ['Sam'], birthDate: '2001-01-01' }, false, []],
    ['nobody by any trait', {}, false, []],
  ])('%s', (_, traits, same, doubts) => {
    const { sameAsFirst, doubtful } = fileAll(ada, traits)
    expect({ same: sameAsFirst, doubts: doubtful }).toEqual({ same, doubts })
  })

  test('nothing at all but an id is a stub', () => expect(fileAll(ada, {}).how).toBe('stub'))

  test('every link and every doubt is explained field by field', () => {
    const { link } = fileAll(ada, { ...ada, family: 'Fictitous' })
    expect(link?.explanation.fields).toContainEqual({
      field: 'family',
      verdict: 'close',
      left: 'Fictitous',
      right: 'Fictitious',
      note: 'spelled or sounds alike',
    })
    const { doubts } = fileAll(ada, { ...ada, birthDate: '1958-03-04' })
    expect(doubts[0]?.explanation.fields).toContainEqual({
      field: 'birthDate',
      verdict: 'close',
      left: '1958-03-04',
      right: '1958-04-03',
      note: 'day and month change places',
    })
  })
})

describe('the order in which sources speak does not matter', () => {
  test('a stub that later tells who it is joins the person it is', () => {
    const known = emptyKnowledge()
    let people = 0
    const newPerson = () => `person-${++people}`
    decide({ patientId: 'gp', source: 'gp', traits: ada }, known, newPerson)
    const stub = decide({ patientId: 'lab', source: 'lab', traits: {} }, known, newPerson)
    expect(stub.member.person).toBe('person-2')
    const later = decide({ patientId: 'lab', source: 'lab', traits: ada }, known, newPerson)
    expect(later.member.person).toBe('person-1')
    expect(later.joined).toMatchObject({ survivor: 'person-1', retired: 'person-2' })
  })

  test('two Patients joined by a hospital number come along together when one of them gains the NHS number', () => {
    const known = emptyKnowledge()
    let people = 0
    const newPerson = () => `person-${++people}`
    const local = without(ada, 'nhsNumber', 'nhsNumberStatus', 'postcode')
    decide({ patientId: 'pas', source: 'acute', traits: local }, known, newPerson)
    decide({ patientId: 'lab', source: 'lab', traits: local }, known, newPerson)
    decide({ patientId: 'gp', source: 'gp', traits: without(ada, 'identifiers') }, known, newPerson)
    const later = decide({ patientId: 'pas', source: 'acute', traits: ada }, known, newPerson)
    expect(later.joined?.moved.map(({ patientId }) => patientId)).toEqual(['pas', 'lab'])
    expect([...known.members.values()].map(({ person }) => person)).toEqual(['person-2', 'person-2', 'person-2'])
  })

  test('they stay where they are when one of them does not fit', () => {
    const known = emptyKnowledge()
    let people = 0
    const newPerson = () => `person-${++people}`
    const local = without(ada, 'nhsNumber', 'nhsNumberStatus', 'birthDate')
    decide({ patientId: 'pas', source: 'acute', traits: local }, known, newPerson)
    decide({ patientId: 'lab', source: 'lab', traits: { ...local, birthDate: '1958-04-08' } }, known, newPerson)
    decide({ patientId: 'gp', source: 'gp', traits: without(ada, 'identifiers') }, known, newPerson)
    const later = decide({ patientId: 'pas', source: 'acute', traits: ada }, known, newPerson)
    expect(later.joined).toBeUndefined()
    expect(later.doubts.map(({ kind }) => kind)).toEqual(['birth-date-conflict'])
  })
})

describe('a Patient that is linked already', () => {
  const again = (before: Traits, now: Traits) => {
    const known = emptyKnowledge()
    let people = 0
    const newPerson = () => `person-${++people}`
    decide({ patientId: 'gp', source: 'gp', traits: ada }, known, newPerson)
    decide({ patientId: 'pas', source: 'acute', traits: before }, known, newPerson)
    return decide({ patientId: 'pas', source: 'acute', traits: now }, known, newPerson)
  }

  test('who says nothing new changes nothing', () => {
    const { before, member, doubts } = again(ada, { given: ['Ada'], nhsNumber: '9990000018' })
    expect(member.traits).toBe(before)
    expect(doubts).toEqual([])
  })

  test('whose NHS number changes stays linked, and a human is asked (identity.md §10.4)', () => {
    const { member, doubts } = again(ada, { ...ada, nhsNumber: '9990000026' })
    expect(member.person).toBe('person-1')
    expect(doubts.map(({ kind }) => kind)).toEqual(['nhs-number-conflict', 'nhs-number-changed'])
  })

  test('whose birth date moves against the others stays linked, and a human is asked', () => {
    const { member, doubts } = again(ada, { ...ada, birthDate: '1958-04-08' })
    expect(member.person).toBe('person-1')
    expect(doubts.map(({ kind }) => kind)).toEqual(['birth-date-conflict'])
  })

  test('who marries keeps the former name, to be found by', () => {
    const { member } = again(ada, { family: 'Married' })
    expect(member.traits).toMatchObject({ family: 'Married', otherNames: [{ family: 'Fictitious', given: ['Ada'] }] })
  })

  test('a new number without a status is not verified by the old one’s', () => {
    expect(again(ada, { nhsNumber: '9990000026' }).member.traits.nhsNumberStatus).toBeUndefined()
  })
})
