/** Hazards H-06 and H-16: results, units and their state. */
import { expect, test } from 'vitest'
import { quantity, type Resource, reading, recordFrom, rowsOf, sarah } from '../../test/support/invented-record.ts'
import { buildRecord } from './build-record.ts'
import { readingWords } from './tests.ts'

const person = sarah('p')
const hba1c = (id: string, value: number, unit: string, when: string, more: object = {}) =>
  reading(id, '59261-8', 'HbA1c', quantity(value, unit), when, more)

test('H-06 unlike units never share an axis, and nothing is converted', () => {
  const [row] = recordFrom({
    gp: [
      person,
      hba1c('a', 52, 'mmol/mol', '2024-01-01'),
      hba1c('b', 6.9, '%', '2025-01-01'),
      hba1c('c', 48, 'mmol/mol', '2026-01-01'),
    ],
  }).tests
  expect(row?.readings).toHaveLength(3)
  expect(row?.trends.map(({ unit, points }) => [unit, points.map(({ value }) => value)])).toEqual([
    ['mmol/mol', [52, 48]],
    ['%', [6.9]],
  ])
  expect(row?.trends[0]?.conclusion).toBe('Fell from 52 in January 2024 to 48 in January 2026')
})

test('H-06 the words of a trend name a peak and a dip that its ends do not tell', () => {
  const values: readonly (readonly [number, string])[] = [
    [50, '2024-01-01'],
    [98, '2025-11-07'],
    [41, '2025-12-01'],
    [60, '2026-01-01'],
  ]
  const [row] = recordFrom({
    gp: [person, ...values.map(([value, when], n) => hba1c(`r${n}`, value, 'mmol/mol', when))],
  }).tests
  expect(row?.trends[0]?.conclusion).toBe(
    'Rose from 50 in January 2024 to 60 in January 2026, highest 98 in November 2025, lowest 41 in December 2025',
  )
})

test('two spellings of one unit share an axis; two units that look alike do not', () => {
  const platelets = (id: string, unit: string, when: string) =>
    reading(id, '777-3', 'Platelets', quantity(200, unit), when)
  const units = (...all: readonly string[]) =>
    recordFrom({ gp: [person, ...all.map((unit, n) => platelets(`r${n}`, unit, `2026-01-0${n + 1}`))] }).tests[0]
      ?.trends.length
  expect(units('10*9/L', '10^9/L', 'x10*9/l')).toBe(1)
  expect(units('umol/L', 'µmol/L', 'μmol/L')).toBe(1)
  expect(units('U/L', 'iu/L')).toBe(2)
  expect(units('g/L', 'g/dL')).toBe(2)
  expect(units('mmol/L', 'Mmol/L')).toBe(2)
})

test('H-06 a number keeps the digits its laboratory sent', () => {
  const [row] = rowsOf({ gp: [hba1c('a', 1.5, 'mg/L', '2026-01-01')] })
  if (!row) throw new Error('no row')
  const rows = [{ ...row, body: row.body.replace('1.5', '1.50') }]
  const [first] = buildRecord({ rows, about: [], sources: [], now: new Date() }).tests
  expect(first?.readings[0]?.values[0]?.value).toMatchObject({ text: '1.50 mg/L' })
  expect(first?.trends[0]?.points[0]?.text).toBe('1.50')
})

test('H-06 a limit is shown with its sign and left out of the line', () => {
  const [row] = recordFrom({
    gp: [
      person,
      reading('a', '1988-5', 'CRP', quantity(5, 'mg/L', { comparator: '<' }), '2026-01-01'),
      reading('b', '1988-5', 'CRP', quantity(7, 'mg/L'), '2026-02-01'),
    ],
  }).tests
  expect(row?.readings.map((one) => readingWords(one))).toEqual(['7 mg/L', '<5 mg/L'])
  expect(row?.trends).toMatchObject([{ leftOut: 1, points: [{ value: 7 }] }])
})

test('H-16 preliminary, amended, cancelled and mistaken results say so; the last two are in no line and never the latest', () => {
  const [row] = recordFrom({
    gp: [
      person,
      hba1c('a', 52, 'mmol/mol', '2024-01-01', { status: 'amended' }),
      hba1c('b', 60, 'mmol/mol', '2025-01-01', { status: 'preliminary' }),
      hba1c('c', 999, 'mmol/mol', '2026-01-01', { status: 'entered-in-error' }),
    ],
  }).tests
  expect(row?.readings.map(({ status }) => status)).toEqual(['preliminary', 'amended', 'entered-in-error'])
  expect(row?.trends[0]?.points.map(({ value }) => value)).toEqual([52, 60])
})

test('a practice that codes in SNOMED CT and a laboratory that codes in LOINC share a row', () => {
  const snomed = reading('b', '', '', quantity(47, 'mmol/mol'), '2026-02-01', {
    code: { coding: [{ system: 'http://snomed.info/sct', code: '999791000000106', display: 'Haemoglobin A1c level' }] },
  })
  const [row, ...others] = recordFrom({ gp: [person, snomed], pas: [hba1c('a', 52, 'mmol/mol', '2024-01-01')] }).tests
  expect(others).toEqual([])
  expect(row).toMatchObject({ key: 'hba1c', name: 'Haemoglobin A1c level' })
  expect(row?.readings[1]?.called).toBe('HbA1c')
})

test('eGFR by two methods gives two rows', () => {
  const egfr = (id: string, code: string) =>
    reading(id, '', '', quantity(44, 'mL/min/1.73m2'), '2026-01-01', {
      code: { coding: [{ system: 'http://snomed.info/sct', code }], text: 'eGFR' },
    })
  expect(recordFrom({ gp: [person, egfr('a', '1020291000000106'), egfr('b', '1011481000000105')] }).tests).toHaveLength(
    2,
  )
})

test('blood pressure is one reading with a line for each part', () => {
  const part = (code: string, name: string, value: number) => ({
    code: { coding: [{ system: 'http://loinc.org', code }], text: name },
    ...quantity(value, 'mmHg'),
  })
  const pressure = (id: string, systolic: number, diastolic: number, when: string) =>
    reading(id, '85354-9', 'Blood pressure', {}, when, {
      category: [{ coding: [{ code: 'vital-signs' }] }],
      component: [part('8480-6', 'Systolic', systolic), part('8462-4', 'Diastolic', diastolic)],
    })
  const [row] = recordFrom({
    gp: [person, pressure('a', 150, 90, '2025-01-01'), pressure('b', 132, 80, '2026-01-01')],
  }).vitalSigns
  expect(row?.readings.map((one) => readingWords(one))).toEqual(['132/80 mmHg', '150/90 mmHg'])
  expect(row?.trends.map(({ name, points }) => [name, points.length])).toEqual([
    ['Systolic', 2],
    ['Diastolic', 2],
  ])
})

test("a reading without a value says why, and the laboratory's own range and flag are kept", () => {
  const lost = reading('a', '2823-3', 'Potassium', { dataAbsentReason: { text: 'Sample haemolysed' } }, '2026-01-02')
  const high = reading('b', '2823-3', 'Potassium', quantity(6.1, 'mmol/L'), '2026-01-01', {
    referenceRange: [{ low: { value: 3.5, unit: 'mmol/L' }, high: { value: 5.3, unit: 'mmol/L' } }],
    interpretation: [{ coding: [{ code: 'HH' }] }],
  })
  const [row] = recordFrom({ gp: [person, lost, high] }).tests
  expect(row?.readings[0]).toMatchObject({ range: '' })
  expect(row && readingWords(row.readings[0] ?? { values: [] })).toBe('No result: Sample haemolysed')
  expect(row?.readings[1]).toMatchObject({ range: '3.5 to 5.3 mmol/L', flag: 'Critically high', low: 3.5, high: 5.3 })
})

test('H-06 a range in another unit is shown as words and not drawn', () => {
  const [row] = recordFrom({
    gp: [
      person,
      reading('a', '718-7', 'Haemoglobin', quantity(130, 'g/L'), '2026-01-01', {
        referenceRange: [{ low: { value: 11.5, unit: 'g/dL' } }],
      }),
    ],
  }).tests
  expect(row?.readings[0]).toMatchObject({ range: '11.5 g/dL or more' })
  expect(row?.readings[0]?.low).toBeUndefined()
})

test('units spelt out are printed as charts print them, and the term that clinicians read names the row', () => {
  const [row] = recordFrom({
    gp: [
      {
        resourceType: 'Observation',
        id: 'bp',
        status: 'final',
        subject: { reference: 'Patient/p' },
        category: [{ coding: [{ code: 'vital-signs' }] }],
        code: {
          coding: [
            { system: 'http://loinc.org', code: '85354-9', display: 'Blood pressure panel with all children optional' },
            { system: 'http://snomed.info/sct', code: '75367002', display: 'Blood pressure' },
          ],
        },
        effectiveDateTime: '2026-07-09',
        component: ['Systolic', 'Diastolic'].map((side, at) => ({
          code: { text: `${side} blood pressure` },
          valueQuantity: { value: at === 0 ? 144 : 82, unit: 'millimeter of mercury', code: 'mm[Hg]' },
        })),
      } as Resource,
    ],
  }).vitalSigns
  expect(row?.name).toBe('Blood pressure')
  expect(row?.readings.map(readingWords)).toEqual(['144/82 mmHg'])
})

test('a local name that its author put first stays, whatever SNOMED CT calls it', () => {
  const code = {
    coding: [
      { system: 'https://local.example', code: 'K', display: 'Potassium (venous)' },
      { system: 'http://snomed.info/sct', code: '1000651000000109', display: 'Serum potassium level' },
    ],
  }
  expect(
    recordFrom({ pas: [reading('k', 'x', 'x', quantity(4.4, 'mmol/L'), '2026-01-01', { code })] }).tests[0]?.name,
  ).toBe('Potassium (venous)')
})
