/** Hazard H-05: medicines of several sources, side by side. */
import { expect, test } from 'vitest'
import { prescription, type Resource, recordFrom, sarah } from '../../test/support/invented-record.ts'

const person = sarah('p')
const dose = (text: string) => ({ dosageInstruction: [{ text }] })
const metformin = (id: string, more: object = {}) => prescription(id, '325278007', 'Metformin 500mg tablets', more)

test('one medicine of two sources by code is one row, dm+d whether sent as dm+d or as SNOMED CT', () => {
  const snomed = metformin('b', {
    medicationCodeableConcept: {
      coding: [{ system: 'http://snomed.info/sct', code: '325278007', display: 'Metformin 500 mg oral tablet' }],
    },
  })
  const rows = recordFrom({ gp: [person, metformin('a')], pas: [snomed] }).medicines
  expect(rows).toHaveLength(1)
  expect(rows[0]?.sayings.map(({ origins }) => origins[0]?.organisation)).toEqual([
    'Riverside Surgery',
    'Riverton General Hospital',
  ])
})

test('H-05 unlike doses are quoted side by side and none is chosen', () => {
  const [row] = recordFrom({
    gp: [person, metformin('a', dose('One tablet twice a day'))],
    pas: [metformin('b', dose('Two tablets twice a day'))],
  }).medicines
  expect(row?.differences).toMatchObject([
    { about: 'Dose', sayings: [{ text: 'One tablet twice a day' }, { text: 'Two tablets twice a day' }] },
  ])
})

test('the same dose in other words raises no alarm', () => {
  const [row] = recordFrom({
    gp: [person, metformin('a', dose('One tablet twice a day'))],
    pas: [metformin('b', dose('1 tablet, twice daily'))],
  }).medicines
  expect(row?.differences).toEqual([])
})

test('H-05 stopped in hospital and going on at the practice: the row stays current, and both are quoted', () => {
  const stopped = metformin('b', { status: 'stopped', statusReason: { text: 'Kidney function' } })
  const [row] = recordFrom({ gp: [person, metformin('a')], pas: [stopped] }).medicines
  expect(row?.status).toBe('current')
  expect(row?.differences).toMatchObject([{ about: 'Status', sayings: [{ text: 'Current' }, { text: 'Stopped' }] }])
  expect(row?.sayings[1]).toMatchObject({ status: 'stopped', statusReason: 'Kidney function' })
})

test('H-05 medicines of one name that the table does not know are never joined without a code', () => {
  const named = (id: string) => metformin(id, { medicationCodeableConcept: { text: 'Rivertonil 500mg tablets' } })
  expect(recordFrom({ gp: [person, named('a')], pas: [named('b')] }).medicines).toHaveLength(2)
})

test('H-05 a class code such as ATC joins nothing that has a better code', () => {
  const atc = { system: 'http://www.whocc.no/atc', code: 'A10BA02' }
  const tablets = (id: string, code: string) =>
    metformin(id, { medicationCodeableConcept: { coding: [atc, { system: 'https://dmd.nhs.uk', code }], text: code } })
  expect(recordFrom({ gp: [person, tablets('a', '325278007'), tablets('b', '325281002')] }).medicines).toHaveLength(2)
})

test("GP Connect's plan, orders and statement are one saying, with the last issue", () => {
  const medicationReference = { reference: 'Medication/m' }
  const triple = [
    metformin('plan', {
      intent: 'plan',
      medicationCodeableConcept: undefined,
      medicationReference,
      authoredOn: '2019-01-01',
      ...dose('One a day'),
    }),
    metformin('order', {
      medicationCodeableConcept: undefined,
      medicationReference,
      basedOn: [{ reference: 'MedicationRequest/plan' }],
      authoredOn: '2026-11-04',
      status: 'completed',
    }),
    {
      resourceType: 'MedicationStatement',
      id: 'statement',
      subject: { reference: 'Patient/p' },
      status: 'active',
      medicationReference,
      basedOn: [{ reference: 'MedicationRequest/plan' }],
      effectivePeriod: { start: '2019-01-01' },
    } as Resource,
  ]
  const about = [
    {
      resourceType: 'Medication',
      id: 'm',
      code: { coding: [{ system: 'https://dmd.nhs.uk', code: '325278007', display: 'Metformin 500mg tablets' }] },
    } as Resource,
  ]
  const rows = recordFrom({ gp: [person, ...triple] }, { about }).medicines
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ name: 'Metformin 500mg tablets', status: 'current', differences: [] })
  expect(rows[0]?.sayings).toMatchObject([{ dose: 'One a day', started: '2019-01-01', lastIssued: '2026-11-04' }])
  expect(rows[0]?.origins).toHaveLength(3)
})

test('many boxes of one source are one saying with the last of them, and take no stand on whether the medicine goes on', () => {
  const box = (id: string, whenHandedOver: string) =>
    ({
      resourceType: 'MedicationDispense',
      id,
      status: 'completed',
      subject: { reference: 'Patient/p' },
      whenHandedOver,
      medicationCodeableConcept: {
        coding: [{ system: 'https://dmd.nhs.uk', code: '325278007', display: 'Metformin 500mg tablets' }],
      },
    }) as Resource
  const [row] = recordFrom({
    gp: [person, metformin('a', { status: 'stopped' })],
    council: [box('b', '2026-10-01'), box('c', '2026-11-01')],
  }).medicines
  expect(row?.sayings.map(({ role, status, lastIssued }) => [role, status, lastIssued])).toEqual([
    ['dispensed', 'not-recorded', '2026-11-01'],
    ['prescribed', 'stopped', '2026-11-04'],
  ])
  expect(row?.differences).toEqual([])
})

test('H-05 a dose is put together from its structure only when it has no words, and never loses the number as it was sent', () => {
  const built = {
    dosageInstruction: [
      {
        timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } },
        doseAndRate: [{ doseQuantity: { value: 0.5, unit: 'mg' } }],
        asNeededBoolean: true,
      },
    ],
  }
  expect(recordFrom({ gp: [person, metformin('a', built)] }).medicines[0]?.sayings[0]?.dose).toBe(
    '0.5 mg, twice a day, as needed',
  )
})

test('a medicine whose name was not sent is still a row', () => {
  expect(
    recordFrom({ gp: [person, metformin('a', { medicationCodeableConcept: undefined })] }).medicines[0]?.name,
  ).toBe('Medicine with no name recorded')
})

const box = (id: string, whenHandedOver: string) =>
  ({
    resourceType: 'MedicationDispense',
    id,
    status: 'completed',
    subject: { reference: 'Patient/p' },
    whenHandedOver,
    medicationCodeableConcept: {
      coding: [{ system: 'https://dmd.nhs.uk', code: '325278007', display: 'Metformin 500mg tablets' }],
    },
  }) as Resource
const stoppedOn = (end: string) =>
  metformin('a', { status: 'stopped', dispenseRequest: { validityPeriod: { start: '2024-01-01', end } } })

test('H-05 a box handed over before a medicine was stopped does not keep it current', () => {
  const [row] = recordFrom({ gp: [person, stoppedOn('2026-10-18')], council: [box('b', '2026-10-15')] }).medicines
  expect(row).toMatchObject({ status: 'stopped', differences: [] })
})

test('H-05 a box handed over after a medicine was stopped is named as a disagreement, and the row is not past', () => {
  const [row] = recordFrom({ gp: [person, stoppedOn('2026-10-18')], council: [box('b', '2026-11-02')] }).medicines
  expect(row?.status).toBe('not-recorded')
  expect(row?.differences).toMatchObject([
    { about: 'Status', sayings: [{ text: 'Stopped' }, { text: 'Dispensed 2 November 2026' }] },
  ])
})

test('H-05 another strength of a medicine is another row, and each names the other', () => {
  const weak = prescription('a', '1', 'Bisoprolol 2.5mg tablets')
  const strong = prescription('b', '2', 'Bisoprolol 5mg tablets')
  const over = prescription('c', '3', 'Bisoprolol 10mg tablets', { status: 'stopped' })
  const rows = recordFrom({ gp: [person, weak, metformin('d')], pas: [strong, over] }).medicines
  expect(rows.map(({ name, alike }) => [name, alike])).toEqual([
    [
      'Bisoprolol 2.5mg tablets',
      [{ name: 'bisoprolol — 5 mg tablets', organisations: ['Riverton General Hospital'], how: 'another-strength' }],
    ],
    [
      'Bisoprolol 5mg tablets',
      [{ name: 'bisoprolol — 2.5 mg tablets', organisations: ['Riverside Surgery'], how: 'another-strength' }],
    ],
    ['Metformin 500mg tablets', []],
    ['Bisoprolol 10mg tablets', []],
  ])
})
