/** What is over among what goes on, and the other way round. @see docs/clinical-safety/hazard-log.md#H-70 */
import { expect, test } from 'vitest'
import { prescription, problem, type Resource, recordFrom, sarah } from '../../test/support/invented-record.ts'
import { wasHandedOverBefore } from './index.ts'

const at = new Date('2026-11-22T10:20:00Z')
const name = 'Amoxicillin 250mg capsules'
const box = (on: string, days?: number): Resource => ({
  resourceType: 'MedicationDispense',
  id: `box-${on}`,
  status: 'completed',
  subject: { reference: 'Patient/p' },
  medicationCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '27658006' }], text: name },
  whenHandedOver: on,
  ...(days === undefined ? {} : { daysSupply: { value: days, unit: 'day' } }),
})
const before = (...given: readonly Resource[]) =>
  recordFrom({ gp: [sarah('p'), ...given] }).medicines.map((medicine) => wasHandedOverBefore(medicine, at))

test('H-70 a box that lasted seven days is taken for current until a fortnight after its last day', () => {
  expect(before(box('2026-11-02', 7))).toEqual([false])
  expect(before(box('2026-10-30', 7))).toEqual([true])
})

test('H-70 a box of which nobody says how long it lasts stays for sixteen weeks', () => {
  expect(before(box('2026-08-05'))).toEqual([false])
  expect(before(box('2026-07-30'))).toEqual([true])
})

test('H-70 what is handed over again and again stays, by its newest box', () => {
  expect(before(box('2026-05-01', 7), box('2026-11-19', 7))).toEqual([false])
})

test('H-70 what somebody prescribes stays, however old its last box', () => {
  expect(before(prescription('m', '27658006', name), box('2025-05-01', 7))).not.toContain(true)
})

test('H-70 an old box of what the person is allergic to stays', () => {
  const allergic: Resource = {
    resourceType: 'AllergyIntolerance',
    id: 'a',
    patient: { reference: 'Patient/p' },
    code: { text: 'Penicillin' },
  }
  expect(before(allergic, box('2025-05-01', 7))).toEqual([false])
})

const visit = (status: 'in-progress' | 'finished'): Resource => ({
  resourceType: 'Encounter',
  id: 'v',
  status,
  class: { code: 'IMP' },
  subject: { reference: 'Patient/p' },
})
const found = (more: object = {}): Resource =>
  problem('c', '233604007', 'Pneumonia', {
    clinicalStatus: undefined,
    category: [{ coding: [{ code: 'encounter-diagnosis' }] }],
    encounter: { reference: 'Encounter/v' },
    ...more,
  })
const past = (...given: readonly Resource[]) =>
  recordFrom({ gp: [sarah('p'), ...given] }).problems.map(({ ofPastVisit }) => ofPastVisit === true)

test('H-70 the diagnosis of a stay stands among the problems of today until the stay is over', () => {
  expect(past(visit('in-progress'), found())).toEqual([false])
  expect(past(visit('finished'), found())).toEqual([true])
})

test('H-70 a diagnosis of a visit that nobody sent, one said to be active, and one on a list of problems stay', () => {
  expect(past(found())).toEqual([false])
  expect(past(visit('finished'), found({ clinicalStatus: { coding: [{ code: 'active' }] } }))).toEqual([false])
  expect(past(visit('finished'), found({ category: [{ coding: [{ code: 'problem-list-item' }] }] }))).toEqual([false])
})
