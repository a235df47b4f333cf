/** Hazard H-05: a medicine that was stopped says since when and why. */
import { expect, test } from 'vitest'
import { now, prescription, type Resource, recordFrom, sarah } from '../../../test/support/invented-record.ts'
import { renderPage } from '../../design/index.ts'
import { medicinesView } from './medicines.tsx'

const shell = { assets: { css: '/staff.css', icon: '/icon.svg' }, demo: true }
const pageOf = (...given: readonly Resource[]) => {
  const record = recordFrom({ gp: [sarah('p'), ...given] })
  return renderPage(medicinesView({ shell, person: 'p', record, now }, 1))
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
}
const naproxen = (id: string, more: object = {}) =>
  prescription(id, '42211111000001101', 'Naproxen 500mg tablets', more)
const stopped = {
  status: 'stopped',
  statusReason: { text: 'Kidney function falling' },
  dispenseRequest: { validityPeriod: { start: '2025-09-28', end: '2026-11-16' } },
}

test('H-05 the day and the reason stand beside the word stopped, whether one entry says so or several', () => {
  expect(pageOf(naproxen('a', stopped))).toContain('Stopped on 16 November 2026 (Kidney function falling)')
  expect(pageOf(naproxen('a', stopped), naproxen('b', { ...stopped, authoredOn: '2026-01-02' }))).toContain(
    'stopped on 16 November 2026 (Kidney function falling)',
  )
})

test('H-05 a medicine stopped on no known day invents none', () => {
  const page = pageOf(naproxen('a', { status: 'stopped', statusReason: { text: 'Rash' } }))
  expect(page).toContain('Stopped (Rash)')
  expect(page).not.toContain('Stopped on')
})

test('H-05 a medicine that goes on until a planned day is not shown as ended', () => {
  const planned = { dispenseRequest: { validityPeriod: { start: '2026-11-04', end: '2027-11-04' } } }
  expect(pageOf(naproxen('a', planned))).not.toContain('2027')
})
