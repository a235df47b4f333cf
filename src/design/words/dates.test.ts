import { expect, test } from 'vitest'
import { ago, dateAndTime, longDate, shortDate, timeOfDay, weekdayDate } from './dates.ts'

test.each([
  ['1958-05-14', '14 May 1958'],
  ['1958-05', 'May 1958'],
  ['1958', '1958'],
  ['2026-07-01T23:30:00Z', '2 July 2026'],
  ['unreadable', 'unreadable'],
  ['1958-13-01', '1958'],
])('the day %s reads %s: a partial date stays partial, an instant is the day in England', (day, words) => {
  expect(longDate(day)).toBe(words)
})

test('tables shorten the month', () => {
  expect(shortDate('2026-11-04')).toBe('4 Nov 2026')
})

test.each([
  ['2026-11-22T10:20:00Z', '10:20am'],
  ['2026-07-22T10:00:00Z', '11am'],
  ['2026-11-22T12:00:00Z', 'midday'],
  ['2026-11-22T00:00:00Z', 'midnight'],
  ['2026-11-22T00:05:00Z', '12:05am'],
])('%s is %s on a clock in England', (at, words) => {
  expect(timeOfDay(new Date(at))).toBe(words)
})

const now = new Date('2026-11-22T10:20:00Z')
test.each([
  ['2026-11-22T10:19:40Z', 'just now'],
  ['2026-11-22T10:19:00Z', '1 minute ago'],
  ['2026-11-22T08:00:00Z', '2 hours ago'],
  ['2026-11-20T10:00:00Z', '2 days ago'],
  ['2026-10-15T10:00:00Z', '5 weeks ago'],
  ['2026-10-11T10:20:00Z', '6 weeks ago'],
  ['2026-10-10T10:00:00Z', '10 October 2026'],
  ['2027-01-01T10:00:00Z', '1 January 2027'],
])('%s was %s', (at, words) => {
  expect(ago(new Date(at), now)).toBe(words)
})

test('full date and time stand in the detail', () => {
  expect(dateAndTime(now)).toBe('22 November 2026 at 10:20am')
})

test('something to come is told with its weekday, when the day is known', () => {
  expect(weekdayDate('2026-11-26')).toBe('Thursday 26 November 2026')
  expect(weekdayDate(new Date('2026-07-01T23:30:00Z'))).toBe('Thursday 2 July 2026')
  expect(weekdayDate('2026-11')).toBe('November 2026')
})
