/** What differs between two moments, in words (hazard H-27): nothing that changed is left out, and nothing that did not is told. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  penicillin,
  problem,
  quantity,
  type Resource,
  reading,
  recordFrom,
  sarah,
} from '../../test/support/invented-record.ts'
import { wildResources } from '../../test/support/wild-resources.ts'
import { compareRecords } from './compare-records.ts'

const medicine = (id: string, dose: string, more: object = {}): Resource =>
  ({
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    subject: { reference: 'Patient/p' },
    medicationCodeableConcept: {
      coding: [{ system: 'http://snomed.info/sct', code: '386864001', display: 'Amlodipine' }],
    },
    dosageInstruction: [{ text: dose }],
    ...more,
  }) as Resource

/** The record before and after; facts that are given again were kept anew. */
const between = (
  before: readonly Resource[],
  after: readonly Resource[],
  ended: readonly { type: string; id: string; moved: boolean }[] = [],
) => compareRecords(recordFrom({ gp: before }), recordFrom({ gp: after }), ended)

test('H-27 the same record has no difference', () => {
  fc.assert(
    fc.property(wildResources, (given) => {
      expect(compareRecords(recordFrom({ gp: given }), recordFrom({ gp: given }), [])).toEqual([])
    }),
    { numRuns: 200, seed: 27 },
  )
})

test('H-27 a fact that came is new in some section, and one that went is gone from some section, whatever it is', () => {
  fc.assert(
    fc.property(wildResources, (given) => {
      const [first, ...rest] = given.filter(({ resourceType }) => resourceType !== 'Patient')
      if (!first) return
      const whole = recordFrom({ gp: [first, ...rest] })
      const without = recordFrom({ gp: rest })
      const readable = (record: typeof whole) => !record.unreadable.some(({ id }) => id === first.id)
      if (!readable(whole)) return
      expect(compareRecords(without, whole, []).flatMap(({ changes }) => changes).length).toBeGreaterThan(0)
      expect(compareRecords(whole, without, []).flatMap(({ changes }) => changes).length).toBeGreaterThan(0)
    }),
    { numRuns: 300, seed: 27 },
  )
})

test('H-27 a dose that changed names the old and the new one', () => {
  expect(between([medicine('m', '5 mg daily')], [medicine('m', '10 mg daily')])).toMatchObject([
    {
      name: 'Medicines',
      changes: [{ kind: 'changed', elements: [{ label: 'Dose', from: '5 mg daily', to: '10 mg daily' }] }],
    },
  ])
})

test('H-27 new, stopped, entered in error, deleted, moved and parted are told apart', () => {
  const inError = { verificationStatus: { coding: [{ code: 'entered-in-error' }] } }
  const changes = (sections: ReturnType<typeof between>) =>
    sections.flatMap((section) => section.changes.map(({ kind, why }) => [section.name, kind, why]))
  expect(changes(between([], [penicillin('a')]))).toEqual([['Allergies', 'new', '']])
  expect(changes(between([penicillin('a')], [penicillin('a', inError)]))).toEqual([
    ['Allergies', 'gone', 'Marked by its source as wrong or withdrawn'],
  ])
  expect(between([medicine('m', 'x')], [medicine('m', 'x', { status: 'stopped' })])).toMatchObject([
    { changes: [{ kind: 'changed', elements: [{ label: 'Status', from: 'Current', to: 'Stopped' }] }] },
  ])
  const had = [problem('b', '38341003', 'Hypertension')]
  const gone = { type: 'Condition', id: 'b' }
  expect(changes(between(had, [], [{ ...gone, moved: false }]))).toEqual([
    ['Problems', 'gone', 'Deleted by its source'],
  ])
  expect(changes(between(had, [], [{ ...gone, moved: true }]))).toEqual([
    ['Problems', 'gone', 'Moved by its source to another person’s record'],
  ])
  expect(changes(between(had, []))).toEqual([['Problems', 'gone', 'Its source’s Patient was parted from this person']])
})

test('H-27 a new result stands under its test, with its value; an amended one with both', () => {
  const potassium = (id: string, value: number, day: string) =>
    reading(id, '2823-3', 'Potassium', quantity(value, 'mmol/L'), day)
  expect(
    between(
      [potassium('a', 4.1, '2026-05-01')],
      [potassium('a', 4.4, '2026-05-01'), potassium('b', 5.9, '2026-05-14')],
    ),
  ).toMatchObject([
    {
      name: 'Tests and readings',
      changes: [
        {
          kind: 'changed',
          what: 'Potassium',
          elements: [
            { label: '14 May 2026', to: '5.9 mmol/L' },
            { label: '1 May 2026', from: '4.1 mmol/L', to: '4.4 mmol/L' },
          ],
        },
      ],
    },
  ])
})

test('H-27 who somebody is said to be: each word with the old one', () => {
  expect(between([sarah('p')], [sarah('p', { telecom: [{ system: 'phone', value: '01632 960999' }] })])).toMatchObject([
    {
      name: 'Who this is',
      changes: [{ kind: 'changed', elements: [{ label: 'Phone', from: '01632 960083', to: '01632 960999' }] }],
    },
  ])
})

const elementsOf = (before: readonly Resource[], after: readonly Resource[]) =>
  between(before, after).flatMap(({ changes }) => changes.flatMap(({ elements }) => elements))

test('H-27 a plan or form that says something else names the answer, old and new', () => {
  const form = (answer: string) =>
    ({
      resourceType: 'QuestionnaireResponse',
      id: 'q',
      status: 'completed',
      subject: { reference: 'Patient/p' },
      questionnaire: 'https://x.example/crisis-plan',
      item: [{ linkId: '1', text: 'First call', answer: [{ valueString: answer }] }],
    }) as unknown as Resource
  expect(elementsOf([form('Her sister')], [form('The crisis team')])).toContainEqual({
    label: 'First call',
    from: 'Her sister',
    to: 'The crisis team',
  })
})

test('H-27 a letter whose words changed shows them from where they differ', () => {
  const letter = (end: string) =>
    ({
      resourceType: 'DocumentReference',
      id: 'd',
      status: 'current',
      subject: { reference: 'Patient/p' },
      description: 'Clinic letter',
      content: [
        {
          attachment: {
            contentType: 'text/plain',
            data: Buffer.from(`${'Seen today. '.repeat(60)}${end}`).toString('base64'),
          },
        },
      ],
    }) as unknown as Resource
  const found = elementsOf([letter('Stop warfarin.')], [letter('Start warfarin.')])
  expect(found.find(({ from }) => from?.includes('Stop warfarin'))?.to).toContain('Start warfarin')
})

test('H-27 a range, one source’s severity, and one source’s strength are changes', () => {
  const potassium = (high: number) =>
    reading(
      'a',
      '2823-3',
      'Potassium',
      { ...quantity(5.1, 'mmol/L'), referenceRange: [{ high: { value: high } }] },
      '2026-05-01',
    )
  expect(elementsOf([potassium(5.3)], [potassium(5.0)])).toMatchObject([
    { from: expect.stringMatching(/5\.3/) as string, to: expect.stringMatching(/range up to 5\b/) as string },
  ])
  const mild = penicillin('b', { reaction: [{ manifestation: [{ text: 'Anaphylaxis' }], severity: 'mild' }] })
  const moderate = penicillin('b', { reaction: [{ manifestation: [{ text: 'Anaphylaxis' }], severity: 'moderate' }] })
  const found = compareRecords(
    recordFrom({ gp: [penicillin('a')], pas: [mild] }),
    recordFrom({ gp: [penicillin('a')], pas: [moderate] }),
    [],
  ).flatMap(({ changes }) => changes.flatMap(({ elements }) => elements))
  expect(found).toContainEqual({
    label: 'Severity, sources disagree',
    from: expect.stringContaining('Mild (Riverton General Hospital)') as string,
    to: expect.stringContaining('Moderate (Riverton General Hospital)') as string,
  })
})

test('H-27 what was sent again is never said to be the same all through', () => {
  const row = (savedAt: string) => recordFrom({ gp: [penicillin('a')] }, { saved: { a: savedAt } })
  const [section] = compareRecords(row('2026-11-20T10:00:00.000Z'), row('2026-11-21T10:00:00.000Z'), [])
  expect(section?.changes[0]?.elements).toEqual([
    { label: 'Sent again', to: 'with nothing different that this comparison reads. Open it to be sure' },
  ])
})
