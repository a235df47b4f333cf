import { expect, test } from 'vitest'
import { comingUp, isToCome } from './coming.ts'
import type { Entry } from './model.ts'

const now = new Date('2026-07-14T13:30:00Z')
const entry = (title: string, when: string | undefined, status = ''): Entry => ({
  kind: 'Appointment',
  title,
  detail: '',
  status,
  people: [],
  origins: [],
  ...(when === undefined ? {} : { when }),
})

test.each([
  ['2026-07-14T14:29:00+01:00', false],
  ['2026-07-14T14:31:00+01:00', true],
  ['2026-07-14', true],
  ['2026-07-13', false],
  ['2027', true],
  ['2026', false],
  [undefined, false],
])('what is dated %s lies ahead: %s', (when, ahead) => {
  expect(isToCome(entry('Clinic', when), now)).toBe(ahead)
})

test('just after midnight in summer, today is the day in London and not in Greenwich', () => {
  expect(isToCome(entry('Clinic', '2026-07-14'), new Date('2026-07-14T23:30:00Z'))).toBe(false)
})

test('appointments and planned visits are told soonest first, and none that was called off', () => {
  const record = {
    appointments: [
      entry('Later', '2026-09-01T09:00:00Z'),
      entry('Off', '2026-07-20', 'Cancelled'),
      entry('Past', '2026-01-01'),
    ],
    encounters: [entry('Clinic', '2026-08-02T10:00:00Z', 'Planned'), entry('Stay', '2026-07-01')],
  }
  expect(comingUp(record, now).map(({ title }) => title)).toEqual(['Clinic', 'Later'])
})
