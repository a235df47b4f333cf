/** Hazard H-31: a score says who made it, from what and when, on each page that shows it. */
import { expect, test } from 'vitest'
import { now, quantity, type Resource, reading, recordFrom, sarah } from '../../../test/support/invented-record.ts'
import { readPage } from '../../../test/support/page.ts'
import { renderPage } from '../../design/index.ts'
import { summarise } from '../../record/index.ts'
import { news2View } from './news2.tsx'
import { summaryView } from './summary.tsx'
import { testsView } from './tests.tsx'

const shell = { assets: { css: '/staff.css', icon: '/icon.svg' }, demo: true }
const sct = (code: string) => ({ code: { coding: [{ system: 'http://snomed.info/sct', code }] } })
const value = (code: string) => ({ valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code }] } })

function round(when: string, respiration: number, score?: number, without?: string): readonly Resource[] {
  const one = (name: string, code: string, what: object, more: object = {}) =>
    reading(`${name}-${when.replaceAll(/\D/g, '')}`, code, name, what, when, more)
  return [
    one('rr', '9279-1', quantity(respiration, '/min')),
    one('spo2', '2708-6', quantity(96, '%')),
    one('air', '', value('722742002'), sct('9')),
    one('bp', '8480-6', quantity(120, 'mmHg')),
    one('pulse', '8867-4', quantity(80, '/min')),
    one('acvpu', '', value('248234008'), sct('1104441000000107')),
    one('temp', '8310-5', quantity(37, 'Cel')),
    ...(score === undefined ? [] : [one('news2', '', quantity(score, ''), sct('1104051000000101'))]),
  ].filter(({ id }) => !id.startsWith(`${without}-`))
}

const modelOf = (...given: readonly Resource[]) => ({
  shell,
  person: 'p',
  record: recordFrom({ pas: [sarah('p'), ...given] }),
  now,
})
const first = round('2026-11-20T06:00:00Z', 25, 4)
const second = round('2026-11-21T15:10:00Z', 16)

test('H-31 summary and tests name the recorded score and the computed one, each with its maker and time', () => {
  const model = modelOf(...first, ...second)
  for (const view of [summaryView(model), testsView(model, 1)]) {
    const { main } = readPage(renderPage(view))
    expect(main).toContain(
      'NEWS2 4 recorded by Riverton General Hospital, 20 November 2026 at 6am, 2 days ago. Low risk then: too old to say anything of now.',
    )
    expect(main).toContain(
      'NEWS2 0 Computed by Throughline Low risk. At least every 12 hours. Oxygen saturation scale 1, from the readings of Riverton General Hospital, 21 November 2026 3:10pm.',
    )
  }
})

test('H-31 an old score leaves the summary and stays with the tests', () => {
  const model = modelOf(...round('2026-10-20T06:00:00Z', 25, 4))
  expect(readPage(renderPage(summaryView(model))).main).not.toContain('Computed by Throughline')
  expect(readPage(renderPage(testsView(model, 1))).main).toContain('Computed by Throughline')
})

test('H-31 the page of scores shows each reading with what it scores, a difference, and both lines apart', () => {
  const page = readPage(renderPage(news2View(modelOf(...first, ...second, ...round('2026-11-21T10:00:00Z', 22, 2)), 1)))
  expect(page.rows.find((row) => row.startsWith('When 20 November'))).toBe(
    'When 20 November 2026 6am Riverton General Hospital Readings Respiration 25 /min scores 3 Oxygen saturation 96% scores 0 Air or oxygen Breathing air scores 0 Systolic blood pressure 120 mmHg scores 0 Pulse 80 /min scores 0 Consciousness Alert scores 0 Temperature 37 °C scores 0 Computed by Throughline 3, low to medium risk Differs from what was recorded Recorded 4 at 6am',
  )
  expect(page.main).toContain('NEWS2 as recorded, of 20 Fell from 4 to 2. 2 scores.')
  expect(page.main).toContain('NEWS2 computed by Throughline, of 20 Fell from 3 to 0. 3 scores.')
})

test('H-30 a set that is not whole shows no total and says what was not measured', () => {
  const page = readPage(renderPage(news2View(modelOf(...round('2026-11-21T10:00:00Z', 22, undefined, 'temp')), 1)))
  expect(page.main).toContain('No NEWS2 computed by Throughline (not measured: temperature)')
  expect(page.rows.find((row) => row.startsWith('When 21 November'))).toContain('No total: not measured: temperature')
  expect(page.main).not.toMatch(/NEWS2 \d/)
})

test('without any score there is no page of scores', () => {
  expect(() => news2View(modelOf(), 1)).toThrow('no NEWS2')
})

test('H-73 the newest of two scores stands first, and only a fresh one says how soon to look again', () => {
  const { main } = readPage(renderPage(summaryView(modelOf(...first, ...second))))
  expect(main.indexOf('Computed by Throughline')).toBeLessThan(main.indexOf('NEWS2 4 recorded'))
  expect(main).toContain('At least every 12 hours')
  const old = readPage(renderPage(summaryView(modelOf(...round('2026-11-10T06:00:00Z', 25, 9))))).main
  expect(old).toContain(
    'NEWS2 9 recorded by Riverton General Hospital, 10 November 2026 at 6am, 12 days ago. High risk then',
  )
  expect(old).not.toMatch(/Continuous|At least|emergency assessment/)
})

test('H-73 a score dated after now says so', () => {
  const { main } = readPage(renderPage(summaryView(modelOf(...round('2026-11-23T06:00:00Z', 16, 0)))))
  expect(main).toContain('a time that is still to come')
})

const totalOnly = (when: string, total: number) =>
  reading(`total-${when}`, '', 'NEWS2 total score', quantity(total, ''), when, {
    code: { text: 'NEWS2 total score', coding: [{ system: 'http://snomed.info/sct', code: '1104051000000101' }] },
  })
const rowsOfPage = (page: Parameters<typeof renderPage>[0], like: RegExp) =>
  readPage(renderPage(page)).rows.filter((row) => like.test(row))

test('H-73 no row of the summary repeats a score without its age, and one of a stay long over is not there at all', () => {
  const recent = modelOf(totalOnly('2026-11-20T06:00:00Z', 0))
  expect(readPage(renderPage(summaryView(recent))).main).toContain('NEWS2 0 recorded by Riverton General Hospital')
  expect(rowsOfPage(summaryView(recent), /NEWS2/)).toEqual([])
  const old = modelOf(
    totalOnly('2026-10-25T06:00:00Z', 0),
    reading('crp', '1988-5', 'CRP', quantity(75, 'mg/L'), '2026-10-25'),
  )
  const page = readPage(renderPage(summaryView(old)))
  // What happened on that day stays among the events, under its day.
  expect(page.main.split('Latest events')[0]).not.toContain('NEWS2')
  expect(rowsOfPage(testsView(old, 1), /NEWS2/)).toEqual([
    expect.stringContaining('25 October 2026 28 days ago: says nothing of now'),
  ])
  expect(readPage(renderPage(summaryView(modelOf(totalOnly('2026-10-25T06:00:00Z', 0))))).main).toContain(
    'Nothing but early warning scores',
  )
})

test('H-73 a newer score that is not final yet stands beside the one that is', () => {
  const model = modelOf(totalOnly('2026-11-21T06:00:00Z', 3), {
    ...totalOnly('2026-11-22T06:00:00Z', 9),
    id: 'not-final',
    status: 'preliminary',
  } as Resource)
  const { main } = readPage(renderPage(summaryView(model)))
  expect(main).toContain('NEWS2 3 recorded by')
  expect(rowsOfPage(summaryView(model), /NEWS2/)).toEqual([
    expect.stringContaining('NEWS2 total score Latest 9 Preliminary'),
  ])
})

test('H-73 scores that only their name tells are of their own hour too', () => {
  const named = (when: string) => modelOf(reading('mews', 'L-9', 'Modified early warning score', quantity(6, ''), when))
  expect(rowsOfPage(summaryView(named('2026-11-20T06:00:00Z')), /early warning/)).toEqual([
    expect.stringContaining('2 days ago: says nothing of now'),
  ])
  expect(rowsOfPage(summaryView(named('2026-10-20T06:00:00Z')), /early warning/)).toEqual([])
  const [fresh] = rowsOfPage(summaryView(named('2026-11-22T06:00:00Z')), /early warning/)
  expect(fresh).not.toContain('says nothing')
})

test('H-73 what leaves the screen says how old a score is, and keeps the score', () => {
  const lines = (when: string) =>
    summarise(modelOf(totalOnly(when, 7)).record).sections.find(({ key }) => key === 'vital-signs')?.lines[0]?.details
  expect(lines('2026-10-25T06:00:00Z')?.[0]).toContain('28 days before this summary: too old to say anything of now')
  expect(lines('2026-11-22T06:00:00Z')?.[0]).not.toContain('too old')
})
