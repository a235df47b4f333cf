/** Hazard H-72: what leaves the screen warns of what the screen warns of. */
import { expect, test } from 'vitest'
import {
  penicillin,
  prescription,
  problem,
  type Resource,
  recordFrom,
  sarah,
} from '../../../test/support/invented-record.ts'
import { summarise } from './summarise.ts'

const subject = { reference: 'Patient/p' }
const fact = (resourceType: string, id: string, more: object): Resource =>
  ({ resourceType, id, subject, status: 'active', ...more }) as unknown as Resource
const sectionOf = (key: string, ...given: readonly Resource[]) =>
  summarise(recordFrom({ gp: [sarah('p'), ...given] })).sections.find((section) => section.key === key)
const wordsOf = (key: string, ...given: readonly Resource[]) =>
  (sectionOf(key, ...given)?.lines ?? []).map(({ title, details }) => [title, ...details].join(' | '))

test('H-72 a medicine beside a recorded allergy carries its warning onto paper, before its dose', () => {
  const [line] = wordsOf(
    'medicines',
    penicillin('a'),
    prescription('m', '0', 'Amoxicillin 500mg capsules', { dosageInstruction: [{ text: 'One three times a day' }] }),
  )
  expect(line).toMatch(
    /Look at this: Recorded allergy: Allergy to penicillin \(Anaphylaxis; severe\).*One three times a day/,
  )
})

test('H-72 what a plan says to do stands on paper, not only its name', () => {
  const [line] = wordsOf(
    'advance',
    fact('QuestionnaireResponse', 'q', {
      status: 'completed',
      questionnaire: 'https://x.example/crisis-plan',
      item: [{ linkId: '1', text: 'First call', answer: [{ valueString: 'Ring her sister before anybody else' }] }],
    }),
  )
  expect(line).toContain('First call: Ring her sister before anybody else')
})

test('H-72 what is cut from a long plan says so', () => {
  const items = Array.from({ length: 15 }, (_, place) => ({
    linkId: String(place),
    text: `Question ${place}`,
    answer: [{ valueString: place === 0 ? 'x'.repeat(900) : 'Yes' }],
  }))
  const [line] = wordsOf(
    'advance',
    fact('QuestionnaireResponse', 'q', {
      status: 'completed',
      questionnaire: 'https://x.example/crisis-plan',
      item: items,
    }),
  )
  expect(line).toContain('(cut short)')
  expect(line).toContain('3 more parts are in the record.')
})

test('H-72 opposite decisions about resuscitation come first, and the disagreement is said', () => {
  const section = sectionOf(
    'advance',
    fact('CarePlan', 'c', { title: 'End of life care plan' }),
    fact('Flag', 'f', { code: { text: 'For full resuscitation' } }),
    fact('Flag', 'g', { code: { text: 'Not for CPR' } }),
  )
  expect(section?.lines.map(({ title }) => title)).toEqual([
    'Not for CPR',
    'For full resuscitation',
    'End of life care plan',
  ])
  expect(section?.notes.join()).toMatch(/disagree about resuscitation/)
})

test('H-72 a status that is not recorded is said, of a problem and of a medicine', () => {
  expect(wordsOf('problems', problem('p', '1', 'Asthma', { clinicalStatus: undefined })).join()).toContain(
    'Status not recorded',
  )
})
