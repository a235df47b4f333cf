/** Hazard H-75: a marked result is never lost behind ordinary ones. */
import { expect, test } from 'vitest'
import { now, quantity, type Resource, reading, recordFrom, sarah } from '../../../test/support/invented-record.ts'
import { readPage } from '../../../test/support/page.ts'
import { renderPage } from '../../design/index.ts'
import { properTests, rangeMark } from '../../record/index.ts'
import { countsOf } from './counts.ts'
import { summaryView } from './summary.tsx'
import { testsView } from './tests.tsx'

const shell = { assets: { css: '/staff.css', icon: '/icon.svg' }, demo: true }
const modelOf = (...given: readonly Resource[]) => ({
  shell,
  person: 'p',
  record: recordFrom({ pas: [sarah('p'), ...given] }),
  now,
})
const flag = (code: string) => ({ interpretation: [{ coding: [{ code }] }] })
const one = (name: string, when: string, more: object = {}) =>
  reading(name, `x-${name}`, name, quantity(5, 'mmol/L'), when, more)
const ordinary = (many: number, when: string) => Array.from({ length: many }, (_, n) => one(`Alpha ${n}`, when))
const summaryOf = (...given: readonly Resource[]) => readPage(renderPage(summaryView(modelOf(...given))))

test('H-75 of one day what is marked stands before what is not, whatever its name', () => {
  const { rows } = summaryOf(...ordinary(9, '2026-11-10'), one('Urea', '2026-11-10', flag('H')))
  expect(rows.find((row) => /^Test (Alpha|Urea)/.test(row))).toMatch(/^Test Urea/)
})

test('H-75 a critical result of this month stands before newer ordinary ones', () => {
  const { rows } = summaryOf(...ordinary(9, '2026-11-21'), one('Potassium', '2026-11-10', flag('HH')))
  expect(rows.find((row) => /^Test (Alpha|Potassium)/.test(row))).toMatch(/^Test Potassium.*Critically high/)
})

test('H-75 a marked result for which there is no room is named beneath', () => {
  const { main } = summaryOf(...ordinary(9, '2026-11-21'), one('Urea', '2026-11-10', flag('H')))
  expect(main).toMatch(/Also marked in the last 30 days: Urea 5 mmol\/L ▲ High/)
  expect(summaryOf(...ordinary(12, '2026-11-21')).main).not.toContain('Also marked')
  expect(summaryOf(...ordinary(9, '2026-11-21'), one('Urea', '2026-08-10', flag('H'))).main).not.toContain(
    'Also marked',
  )
})

test.each([
  [quantity(5.1, 'mmol/L'), { high: { value: 5.0 } }, 'Above its range'],
  [quantity(5.0, 'mmol/L'), { high: { value: 5.0 } }, ''],
  [quantity(3.1, 'mmol/L'), { low: { value: 3.5 } }, 'Below its range'],
  [quantity(5.1, 'mmol/L'), { high: { value: 5.0, unit: 'mg/dL' } }, ''],
  [{ valueQuantity: { value: 100, comparator: '>', unit: 'ug/L' } }, { high: { value: 50 } }, 'Above its range'],
  [{ valueQuantity: { value: 100, comparator: '>', unit: 'ug/L' } }, { high: { value: 200 } }, ''],
  [{ valueQuantity: { value: 5, comparator: '<', unit: 'ug/L' } }, { low: { value: 10 } }, 'Below its range'],
  [{ valueQuantity: { value: 5, comparator: '<', unit: 'ug/L' } }, { low: { value: 1 } }, ''],
])('H-75 %j in a range of %j is: %s', (value, range, mark) => {
  const model = modelOf(reading('a', 'k', 'Ferritin', value, '2026-11-10', { referenceRange: [range] }))
  const latest = model.record.tests[0]?.readings[0]
  expect(latest && rangeMark(latest)).toBe(mark)
  if (mark) expect(readPage(renderPage(testsView(model, 1))).main).toContain(mark)
})

test('H-75 a withdrawn result is not marked', () => {
  const model = modelOf(
    one('a', '2026-11-10', { status: 'entered-in-error', referenceRange: [{ high: { value: 1 } }] }),
  )
  const latest = model.record.tests[0]?.readings[0]
  expect(latest && rangeMark(latest)).toBe('')
})

test('a decision, a need and a pregnancy that come as observations are no tests; a number keeps its trend', () => {
  const said = (id: string, text: string, more: object = {}) =>
    ({ ...reading(id, `y-${id}`, text, more, '2026-11-10', { category: [] }), code: { text } }) as Resource
  const model = modelOf(
    said('a', 'Not for attempted cardiopulmonary resuscitation'),
    said('b', 'Pregnancy status', { valueString: 'Pregnant' }),
    said('c', 'Gestation in weeks', quantity(20, 'wk')),
  )
  expect(properTests(model.record).map(({ name }) => name)).toEqual(['Gestation in weeks'])
  expect(countsOf(model.record).tests).toBe(1)
  expect(readPage(renderPage(testsView(model, 1))).rows.join()).not.toContain('resuscitation')
})
