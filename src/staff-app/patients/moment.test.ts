/** A past moment as people type it, and a page that stays there. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { atMoment, momentOf, momentText, momentWords } from './moment.ts'

const now = new Date('2026-11-22T10:20:00Z')
const past = (typed: string) => {
  const moment = momentOf(typed, now)
  return moment.kind === 'past' ? moment.at.toISOString() : moment.kind
}

test.each([
  ['2026-05-14T10:20', '2026-05-14T09:20:00.000Z'],
  ['2026-05-14 10:20', '2026-05-14T09:20:00.000Z'],
  ['14 May 2026, 10:20am', '2026-05-14T09:20:00.000Z'],
  ['14 may 2026 at 10.20 pm', '2026-05-14T21:20:00.000Z'],
  ['14/5/2026 10:20', '2026-05-14T09:20:00.000Z'],
  ['14 January 2026 12am', '2026-01-14T00:00:00.000Z'],
  ['2026-05-14T09:20:31.250Z', '2026-05-14T09:20:31.250Z'],
  ['14 May 2026', '2026-05-14T22:59:59.999Z'],
  ['', 'now'],
  ['now', 'now'],
  ['2026-11-22', 'now'],
  ['2026-11-22T10:21', 'future'],
  ['2027-01-01', 'future'],
  ['31 February 2026', 'unreadable'],
  ['14 May 2026 25:00', 'unreadable'],
  ['14 May 2026 13pm', 'unreadable'],
  ['yesterday', 'unreadable'],
])('"%s" is %s', (typed, means) => {
  expect(past(typed)).toBe(means)
})

test('no text makes it fail, and what it writes is read again as the same moment', () => {
  fc.assert(fc.property(fc.string(), (typed) => momentOf(typed, now).kind.length > 0))
  fc.assert(
    fc.property(fc.date({ min: new Date('1990-01-01'), max: now, noInvalidDate: true }), (at) => {
      expect(momentOf(momentText(at), now)).toEqual({ kind: 'past', at })
    }),
  )
})

test('words give the minute in London, and seconds only where they matter', () => {
  expect(momentWords(new Date('2026-05-14T09:20:00Z'))).toBe('14 May 2026, 10:20am')
  expect(momentWords(new Date('2026-01-14T12:05:07Z'))).toBe('14 January 2026, 12:05:07pm')
})

test('H-26 every link and search form within the record keeps the moment; others do not; nothing can be sent from the page', () => {
  const page =
    '<nav><a href="/staff/find">Find</a><form method="post" action="/staff/sign-out">Out</form></nav><main>' +
    '<a href="/staff/patients/p">Summary</a><a href="/staff/patients/p/tests?page=2#x">Tests</a><a href="/staff/patients/p/tests?at=now">Now</a>' +
    '<a href="/staff/patients/p/compare?from=x">Compare</a><a href="/staff/patients/pq">Another</a>' +
    '<form action="/staff/patients/p/timeline" method="get"><input name="kind"></form>' +
    '<form action="/staff/patients/p/search" method="post"><input name="words"></form><img src="/staff/patients/p/letters/k/0/view">' +
    '<form action="/staff/patients/p/add" method="post"><button>Add</button></form></main>'
  const moment = 'at=2026-05-14T10%3A20'
  expect(atMoment(page, { path: '/staff/patients/p', at: new Date('2026-05-14T09:20:00Z') })).toBe(
    '<nav><a href="/staff/find">Find</a><form method="post" action="/staff/sign-out">Out</form></nav><main>' +
      `<a href="/staff/patients/p?${moment}">Summary</a><a href="/staff/patients/p/tests?page=2&amp;${moment}#x">Tests</a><a href="/staff/patients/p/tests?at=now">Now</a>` +
      '<a href="/staff/patients/p/compare?from=x">Compare</a><a href="/staff/patients/pq">Another</a>' +
      '<form action="/staff/patients/p/timeline" method="get"><input type="hidden" name="at" value="2026-05-14T10:20"><input name="kind"></form>' +
      '<form action="/staff/patients/p/search" method="post"><input type="hidden" name="at" value="2026-05-14T10:20"><input name="words"></form>' +
      `<img src="/staff/patients/p/letters/k/0/view?${moment}"></main>`,
  )
})
