import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ageText,
  clinicalDate,
  clinicalTime,
  foldName,
  foldPostcode,
  formatNhsNumber,
  isTestNhsNumber,
  londonInstant,
  londonLocal,
  londonOffset,
  nhsNumberCheckDigit,
  parseNhsNumber,
  parseOdsCode,
  patientDate,
  phoneticKey,
  placeholderOdsCode,
} from './index.ts'

const nhsNumber = () =>
  fc
    .integer({ min: 100_000_000, max: 999_999_999 })
    .map(String)
    .filter((stem) => nhsNumberCheckDigit(stem) < 10 && !/^(.)\1+$/.test(stem))
    .map((stem) => stem + nhsNumberCheckDigit(stem))

describe('NHS number (identity.md §1)', () => {
  test.each(['943 476 5919', '987-654-3210', '4010232137', '9912003888', '9000000009', '9990000018', '1234567881'])(
    '%s is right',
    (text) => {
      const parsed = parseNhsNumber(text, 'PID-3')
      expect(parsed).toEqual({ ok: true, value: text.replaceAll(/[ -]/g, '') })
    },
  )

  test.each([
    '4857773456',
    '1111111111',
    '9999999999',
    '0000000000',
    '999000000',
    '99900000180',
    '',
    '٩٩٩٠٠٠٠٠١٨',
    '999000001X',
  ])('"%s" is refused with its place', (text) => {
    const parsed = parseNhsNumber(text, 'PID-3')
    expect(parsed.ok).toBe(false)
    if (!parsed.ok) expect(parsed.issues[0]?.place).toBe('PID-3')
  })

  test.each(['999000000', '999000014', '999000028'])('no last digit makes %s a number', (stem) => {
    for (let last = 0; last < 10; last++) expect(parseNhsNumber(`${stem}${last}`, '').ok).toBe(false)
  })

  test('any one mistyped digit is caught', () => {
    fc.assert(
      fc.property(nhsNumber(), fc.nat(9), fc.integer({ min: 1, max: 9 }), (n, place, by) => {
        const typo = n.slice(0, place) + ((Number(n[place]) + by) % 10) + n.slice(place + 1)
        return parseNhsNumber(n, '').ok && !parseNhsNumber(typo, '').ok
      }),
    )
  })

  test('any two neighbouring digits that change places are caught', () => {
    fc.assert(
      fc.property(nhsNumber(), fc.nat(8), (n, place) => {
        fc.pre(n[place] !== n[place + 1])
        return !parseNhsNumber(`${n.slice(0, place)}${n[place + 1]}${n[place]}${n.slice(place + 2)}`, '').ok
      }),
    )
  })

  test('what is shown reads back, and no text makes the parser throw', () => {
    fc.assert(
      fc.property(
        nhsNumber(),
        (n) => JSON.stringify(parseNhsNumber(formatNhsNumber(n), '')) === JSON.stringify({ ok: true, value: n }),
      ),
    )
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof parseNhsNumber(text, '').ok === 'boolean'))
  })

  test('numbers beginning with 9 are test numbers', () => {
    expect(isTestNhsNumber('9990000018')).toBe(true)
    expect(isTestNhsNumber('4010232137')).toBe(false)
  })
})

test('ODS codes keep their shape, and default codes name nobody', () => {
  expect(parseOdsCode(' a12345 ', 'x')).toEqual({ ok: true, value: 'A12345' })
  expect(parseOdsCode('RR8', 'x').ok).toBe(true)
  expect(parseOdsCode('R-8', 'x').ok).toBe(false)
  expect(parseOdsCode('', 'x').ok).toBe(false)
  expect(placeholderOdsCode('V81999')).toBe('Practice not known')
  expect(placeholderOdsCode('A12345')).toBeUndefined()
})

describe('London time', () => {
  test.each([
    ['2024-01-04T10:20', '+00:00'],
    ['2024-07-04T10:20', '+01:00'],
    ['2024-03-31T00:59', '+00:00'],
    ['2024-03-31T02:00', '+01:00'],
    ['2024-10-27T01:30', '+01:00'],
    ['2024-10-27T02:00', '+00:00'],
    ['2024-07-04', '+01:00'],
    ['1969-01-15T10:00', '+01:00'],
    ['1943-07-01T10:00', '+02:00'],
    ['1985-07-01T10:00', '+01:00'],
    ['1985-12-01T10:00', '+00:00'],
    ['rubbish', '+00:00'],
  ])('%s is at %s', (local, offset) => expect(londonOffset(local)).toBe(offset))

  test('the clocks of London show what the zone tables say, to the second of every change', () => {
    const tables = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/London',
      dateStyle: 'short',
      timeStyle: 'medium',
    })
    const agrees = (ms: number) => {
      expect(londonLocal(new Date(ms)).replace('T', ' ')).toBe(tables.format(new Date(ms)))
    }
    fc.assert(fc.property(fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2100, 0) }), agrees), { numRuns: 200 })
    for (let year = 1995; year <= 2040; year += 1)
      for (const month of [2, 9])
        for (let day = 20; day <= 31; day += 1)
          for (const second of [-1, 0, 1]) agrees(Date.UTC(year, month, day, 1) + second * 1_000)
  })

  test('the rule since 1996 agrees with the zone tables, and a local time comes back from its instant', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1950-01-01'), max: new Date('2037-12-31'), noInvalidDate: true }),
        (instant) => {
          const local = londonLocal(instant)
          const back = londonInstant(local)
          // In the hour that comes twice in autumn a local time cannot tell which; everywhere else it comes back.
          const lost = Math.floor(instant.getTime() / 1000) * 1000 - (back?.getTime() ?? 0)
          return lost === 0 || (lost === 3_600_000 && londonLocal(back ?? instant) === local)
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('dates read as clinicians and as patients read them', () => {
    expect(clinicalDate('2024-07-04')).toBe('04-Jul-2024')
    expect(clinicalDate('2024-07')).toBe('Jul-2024')
    expect(clinicalDate('2024')).toBe('2024')
    expect(clinicalDate('2024-07-03T23:30:00Z')).toBe('04-Jul-2024')
    expect(clinicalTime('2024-07-04T12:05:00Z')).toBe('04-Jul-2024 13:05')
    expect(clinicalTime('2024-07-04')).toBe('04-Jul-2024')
    expect(patientDate('2024-07-04')).toBe('4 July 2024')
    expect(patientDate('2024-07')).toBe('July 2024')
    expect(clinicalDate('not known')).toBe('not known')
  })
})

describe('age (record-standard.md §3)', () => {
  const at = new Date('2026-11-22T10:00:00Z')
  test.each([
    ['2026-11-22T08:30:00Z', '90min'],
    ['2026-11-21T08:00:00Z', '26hr'],
    ['2026-11-22', '0d'],
    ['2026-10-26', '27d'],
    ['2026-10-25', '4w'],
    ['2026-10-24', '4w 1d'],
    ['2025-10-14', '13m 8d'],
    ['2024-11-23', '23m 30d'],
    ['2022-10-22', '4y 1m'],
    ['2008-11-23', '17y 11m'],
    ['2008-11-22', '18y'],
    ['1990-11-22', '36y'],
    ['1990-11-23', '35y'],
    ['1958', 'about 68y'],
    ['1958-05', '68y'],
    ['1958-11', 'about 68y'],
    ['2027-01-01', ''],
    ['1958-13-45', ''],
    ['', ''],
  ])('born %s is %s', (born, text) => expect(ageText(born, at)).toBe(text))

  test('someone born on 29 February has a birthday on the 28th in other years', () => {
    expect(ageText('2004-02-29', new Date('2026-02-28T12:00:00Z'))).toBe('22y')
    expect(ageText('2004-02-29', new Date('2026-02-27T12:00:00Z'))).toBe('21y')
  })
})

describe('names folded for comparing', () => {
  test.each([
    ["O'Neill-Smyth", 'oneillsmyth'],
    ['ZOË', 'zoe'],
    ['Łukasz Straße', 'lukaszstrasse'],
    ['  ', ''],
    ['李', '李'],
    ['Ǽlfric', 'aelfric'],
  ])('%s folds to %s', (name, folded) => expect(foldName(name)).toBe(folded))

  test('folding twice changes nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => foldName(foldName(name)) === foldName(name)))
  })

  test.each([
    ['Catherine', 'Kathryn'],
    ['Stephen', 'Steven'],
    ['Smith', 'Smyth'],
    ['Philip', 'Phillip'],
    ['Thompson', 'Thomson'],
    ['Mohammed', 'Muhammad'],
    ['Clarke', 'Clark'],
    ['Wright', 'Right'],
    ['Geoffrey', 'Jeffrey'],
    ['McDonald', 'MacDonald'],
    ['Ian', 'Iain'],
    ['Nicholson', 'Nicolson'],
    ['Ann', 'Anne'],
  ])('%s sounds like %s', (a, b) => expect(phoneticKey(a)).toBe(phoneticKey(b)))

  test.each([
    ['Smith', 'Jones'],
    ['Patel', 'Khan'],
    ['Mary', 'John'],
  ])('%s does not sound like %s', (a, b) => expect(phoneticKey(a)).not.toBe(phoneticKey(b)))

  test('a postcode is capitals and digits', () => expect(foldPostcode(' sw1a-1aa ')).toBe('SW1A1AA'))
})
