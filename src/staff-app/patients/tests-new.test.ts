/** Hazard H-32: what came since this reader last looked is marked, and a first look marks nothing. */
import { expect, test } from 'vitest'
import { now, quantity, type Resource, reading, recordFrom, sarah } from '../../../test/support/invented-record.ts'
import { readPage } from '../../../test/support/page.ts'
import { renderPage } from '../../design/index.ts'
import { summaryView } from './summary.tsx'
import { testsView, testView } from './tests.tsx'

const shell = { assets: { css: '/staff.css', icon: '/icon.svg' }, demo: true }
const saved = { old: '2026-11-19T10:00:00.000Z', new: '2026-11-21T10:00:00.000Z', fixed: '2026-11-21T11:00:00.000Z' }
const given = [
  sarah('p'),
  reading('old', '718-7', 'Haemoglobin', quantity(120, 'g/L'), '2026-11-18T08:00:00Z'),
  reading('new', '2823-3', 'Potassium', quantity(5.1, 'mmol/L'), '2026-11-20T08:00:00Z'),
  reading('fixed', '2951-2', 'Sodium', quantity(139, 'mmol/L'), '2026-10-20T08:00:00Z', { status: 'corrected' }),
  {
    resourceType: 'DiagnosticReport',
    id: 'report',
    status: 'final',
    code: { text: 'Urea and electrolytes' },
    subject: { reference: 'Patient/p' },
    result: [{ reference: 'Observation/new' }, { reference: 'Observation/fixed' }],
  } as Resource,
]
const modelOf = (lookedBefore?: Date) => ({
  shell,
  person: 'p',
  record: recordFrom({ gp: given }, { saved }),
  now,
  ...(lookedBefore ? { lookedBefore } : {}),
})
const looked = new Date('2026-11-20T18:00:00Z')
const rowOf = (rows: readonly string[], name: string) => rows.find((row) => row.startsWith(`Test ${name}`)) ?? ''

test('H-32 new to this reader is what was kept since they looked: also an old test that was corrected', () => {
  const { rows, main } = readPage(renderPage(testsView(modelOf(looked), 1)))
  expect(main).toContain('You last looked on 20 November 2026 at 6pm. Since then something new has come for 2 tests.')
  expect(rowOf(rows, 'Potassium')).toContain('5.1 mmol/L New')
  expect(rowOf(rows, 'Sodium')).toContain('139 mmol/L Corrected New')
  expect(rowOf(rows, 'Haemoglobin')).not.toContain('New')
})

test('H-32 a first look marks nothing, and says nothing of a look before', () => {
  const { main } = readPage(renderPage(testsView(modelOf(), 1)))
  expect(main).not.toContain('You last looked')
  expect(main).not.toMatch(/mmol\/L (?:Corrected )?New/)
})

test('H-32 nothing new is said as such', () => {
  expect(readPage(renderPage(testsView(modelOf(new Date('2026-11-22T08:00:00Z')), 1))).main).toContain(
    'Since then nothing new has come.',
  )
})

test('tests of one report stand together under its name, and the mark stands on the page of one test too', () => {
  const model = modelOf(looked)
  const { main } = readPage(renderPage(testsView(model, 1)))
  expect(main).toMatch(/Laboratory: Urea and electrolytes .*Potassium.*Sodium.* Laboratory tests .*Haemoglobin/)
  const potassium = model.record.tests.find(({ name }) => name === 'Potassium')
  expect(potassium && readPage(renderPage(testView(model, potassium, 1))).main).toContain('5.1 mmol/L New')
})

test('the summary leads with one press to what changed since this reader last looked; at a first look there is no such thing', () => {
  const to = (model: ReturnType<typeof modelOf>) =>
    readPage(renderPage(summaryView(model))).links.filter(({ href }) => href === '/staff/patients/p/compare')
  expect(to(modelOf(looked)).map(({ words }) => words)).toContain('What changed since you last looked')
  expect(to(modelOf()).map(({ words }) => words)).not.toContain('What changed since you last looked')
})
