import { expect, test } from 'vitest'
import { addDays, ageOn, cdaStamp, hl7Stamp, isoStamp, momentOf, slashStamp } from './time.ts'

test('one moment, told as each language tells it, in summer and in winter', () => {
  const summer = momentOf('2026-07-04', 9, 5)
  expect(isoStamp(summer)).toBe('2026-07-04T09:05:00+01:00')
  expect(hl7Stamp(summer)).toBe('20260704090500')
  expect(cdaStamp(summer)).toBe('20260704090500+0100')
  expect(slashStamp(summer)).toBe('04/07/2026 09:05')
  expect(cdaStamp(momentOf('2026-12-04', 9, 5))).toBe('20261204090500+0000')
})

test('days are counted over the end of a month and a leap year', () => {
  expect(addDays('2024-02-28', 2)).toBe('2024-03-01')
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
})

test('nobody is older before the birthday', () => {
  expect(ageOn('1947-03-18', '2026-03-17')).toBe(78)
  expect(ageOn('1947-03-18', '2026-03-18')).toBe(79)
})
