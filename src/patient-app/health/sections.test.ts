/** What a patient reads of what is not certain: hazards H-01, H-05 and H-06 in plain words. */
import { expect, test } from 'vitest'
import {
  prescription,
  problem,
  quantity,
  type Resource,
  reading,
  recordFrom,
  sarah,
} from '../../../test/support/invented-record.ts'
import { healthSections } from './sections.ts'

const sectionOf = (id: string, ...given: readonly Resource[]) =>
  healthSections(recordFrom({ gp: [sarah('p'), ...given] })).find((section) => section.id === id) ?? expect.fail()
const wordsOf = (id: string, ...given: readonly Resource[]) =>
  sectionOf(id, ...given).items.flatMap(({ words }) => words)
const medicine = (more: object) => prescription('m', '42206511000001102', 'Doxycycline 100mg capsules', more)
const crp = (more: object) => reading('o', '1988-5', 'C-reactive protein', quantity(36, 'mg/L'), '2026-11-10', more)

test('H-05 a medicine that nobody says is current is not told as one to take', () => {
  expect(wordsOf('medicines', medicine({ status: 'unknown' })).join(' ')).toContain(
    'We do not know if you should still take this',
  )
  expect(wordsOf('medicines', medicine({})).join(' ')).not.toContain('We do not know')
})

test('a condition that nobody says is current is told as recorded, not as had since', () => {
  const unknown = wordsOf('conditions', problem('c', '233604007', 'Pneumonia', { clinicalStatus: undefined }))
  expect(unknown).toEqual(['Recorded on 1 February 2012', 'Nobody has told us if you still have this.'])
  expect(wordsOf('conditions', problem('c', '73211009', 'Diabetes'))).toEqual(['Since 1 February 2012'])
})

test('H-01 medicines that ended are never "none recorded"', () => {
  expect(sectionOf('medicines', medicine({ status: 'stopped' })).empty).toContain('None now. 1 in the past')
  expect(sectionOf('medicines').empty).toContain('None recorded')
})

test('H-06 a result that is no result, or may change, says so before its number', () => {
  expect(wordsOf('tests', crp({ status: 'entered-in-error' }))[0]).toBe('This was a mistake. It is not your result.')
  expect(wordsOf('tests', crp({ status: 'preliminary' }))[0]).toBe('This result is not final. It may change.')
  expect(wordsOf('tests', crp({ status: 'corrected' }))[0]).toBe(
    'The laboratory has changed this result. This is the new one.',
  )
  expect(wordsOf('tests', crp({}))[0]).toBe('36 mg/L')
})

test('a usual range is told in words, and one that we cannot read stays as it was sent', () => {
  const range = (text: string) => wordsOf('tests', crp({ referenceRange: [{ text }] }))[1]
  expect(['<5', '>60', '45-104', '3.5–5.3', '≥60', 'see note'].map(range)).toEqual([
    'Usual range: below 5',
    'Usual range: above 60',
    'Usual range: 45 to 104',
    'Usual range: 3.5 to 5.3',
    'Usual range: 60 or more',
    'Usual range: see note',
  ])
})

test('the newest result comes first, whatever clock its laboratory writes', () => {
  const results = sectionOf(
    'tests',
    reading('a', '1988-5', 'C-reactive protein', quantity(36, 'mg/L'), '2026-10-25T01:10:00+01:00'),
    reading('b', '2823-3', 'Potassium', quantity(5, 'mmol/L'), '2026-10-25T00:50:00Z'),
  )
  expect(results.items.map(({ title }) => title)).toEqual(['Potassium', 'C-reactive protein'])
})

test('how to meet the person is told under care and support, never as a test result', () => {
  const need: Resource = {
    resourceType: 'Observation',
    id: 'n',
    status: 'final',
    subject: { reference: 'Patient/p' },
    code: { text: 'Reasonable adjustment' },
    valueString: 'Large print letters',
    effectiveDateTime: '2024-01-15',
  } as Resource
  expect(sectionOf('tests', need).items).toEqual([])
  expect(sectionOf('care', need).items[0]).toMatchObject({ title: 'Large print letters' })
})
