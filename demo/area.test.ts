import { expect, test } from 'vitest'
import { parseNhsNumber } from '../src/nhs/index.ts'
import { awkwardTruths, demoArea, demoPatients, demoSources, demoStaff } from './index.ts'

const now = new Date('2026-11-22T12:00:00Z')
const town = demoArea({ people: 80, seed: 'riverton', now })
const messages = [...town.messages()]

test('the same seed and day give the same bytes, another seed other people', () => {
  const again = [...demoArea({ people: 80, seed: 'riverton', now: new Date('2026-11-22T21:40:00Z') }).messages()]
  expect(again.map(({ name }) => name)).toEqual(messages.map(({ name }) => name))
  expect(again.every(({ bytes }, at) => Buffer.compare(bytes, messages[at]?.bytes ?? new Uint8Array()) === 0)).toBe(
    true,
  )

  const elsewhere = demoArea({ people: 80, seed: 'otherton', now })
  const crowd = (area: typeof town) =>
    Array.from({ length: 30 }, (_, at) => area.life(area.castSize + at).person.truth.birthDate)
  expect(crowd(elsewhere)).not.toEqual(crowd(town))
})

test('a larger area holds the smaller one: adding people changes nobody', () => {
  const larger = demoArea({ people: 200, seed: 'riverton', now })
  expect(larger.life(60)).toEqual(town.life(60))
})

test('every person has an NHS number of the range that no real person has, with a right check digit, and nobody shares it', () => {
  const numbers = Array.from({ length: 80 }, (_, at) => town.life(at).person.truth.nhsNumber ?? '')
  for (const number of numbers) {
    expect(number).toMatch(/^999/)
    expect(parseNhsNumber(number, '').ok).toBe(true)
  }
  expect(new Set(numbers).size).toBe(80)
})

test('eight sources speak, each by one door and in its own language', () => {
  const sources = demoSources()
  expect(sources).toHaveLength(8)
  expect(new Set(messages.map(({ source }) => source))).toEqual(new Set(sources.map(({ id }) => id)))
  for (const { id } of sources) {
    const own = messages.filter(({ source }) => source === id)
    expect(new Set(own.map(({ door }) => door)).size).toBe(1)
  }
})

test('every awkward truth is told by somebody, and what lies in one message lies in exactly one', () => {
  const people = demoPatients(town)
  for (const { name } of awkwardTruths) {
    expect(people.filter(({ cases }) => cases.includes(name)).length, name).toBe(
      ['twins', 'wrong-merge', 'same-name-same-birth-date'].includes(name) ? 2 : 1,
    )
  }
  const told = messages.map((message) => message.case).filter((name) => name !== undefined)
  expect(told.toSorted()).toEqual([
    'broken-bad-date',
    'broken-missing-pid',
    'broken-two-nhs-numbers',
    'control-id-reused',
    'duplicate-message',
    'late-message',
    'merge',
    'moved-house',
    'result-corrected',
    'wrong-merge',
  ])
})

test('the first people come whole before the next are begun, and each ends with a mark', () => {
  const order = messages.flatMap(({ person }) => (person === undefined ? [] : [person]))
  expect(order).toEqual(order.toSorted())
  expect(messages.filter(({ completes }) => completes)).toHaveLength(80)
})

test('no control id and no file name comes twice, but where that is the point', () => {
  const names = messages.map(({ source, name }) => `${source}/${name}`)
  expect(new Set(names).size).toBe(names.length)
  const controlIds = messages
    .filter(({ door }) => door === 'mllp')
    .map(({ bytes }) => Buffer.from(bytes).toString('latin1').split('|', 10)[9] ?? '')
  const twice = controlIds.filter((id, at) => controlIds.indexOf(id) !== at)
  expect(twice).toHaveLength(2)
})

test('every message says that it is synthetic', () => {
  for (const { door, bytes, name, contentType } of messages) {
    const text = Buffer.from(bytes).toString('utf8')
    if (door === 'mllp') expect(text.split('|')[10], name).toBe('T')
    else if (contentType.includes('fhir')) expect(text, name).toContain('HTEST')
    else expect(text, name).toMatch(/synthetic/i)
  }
})

test('something lies ahead: appointments, clinics and visits after today', () => {
  const lives = Array.from({ length: 80 }, (_, at) => town.life(at))
  expect(lives.some(({ bookings }) => bookings.some(({ at }) => at > now.getTime()))).toBe(true)
  expect(lives.some(({ stays }) => stays.some(({ kind, from }) => kind === 'booked' && from > now.getTime()))).toBe(
    true,
  )
  expect(lives.some(({ communityContacts }) => communityContacts.some(({ outcome }) => outcome === 'booked'))).toBe(
    true,
  )
})

test('nothing happens to the dead', () => {
  const dead = Array.from({ length: 80 }, (_, at) => town.life(at)).filter(({ person }) => person.diedOn !== undefined)
  expect(dead).toHaveLength(1)
  for (const { person, panels, checks, bookings, consultations } of dead) {
    const end = Date.parse(`${person.diedOn}T23:59:59Z`)
    const after = [
      ...panels.map(({ collectedAt }) => collectedAt),
      ...checks.map(({ at }) => at),
      ...bookings.map(({ at }) => at),
      ...consultations.map(({ at }) => at),
    ]
    expect(after.filter((at) => at > end)).toEqual([])
  }
})

test('staff of every role can sign in', () => {
  const staff = demoStaff()
  expect(new Set(staff.map(({ id }) => id)).size).toBe(staff.length)
  expect(new Set(staff.map(({ role }) => role)).size).toBe(12)
})

test('what the laboratory says of a corrected potassium stands beneath the potassium', () => {
  const right = messages.find(({ name }) => name.endsWith('-C.hl7'))
  const lines = Buffer.from(right?.bytes ?? [])
    .toString('latin1')
    .split('\r')
  const note = lines.findIndex((line) => line.startsWith('NTE'))
  expect(lines[note]).toContain('potassium repeated')
  expect(lines[note - 1]).toContain('Potassium')
})

test('wishes, decisions and dangers are told of at least two people each, by the systems that would hold them', () => {
  const told = (source: string, pattern: RegExp) =>
    new Set(
      messages.flatMap((message) =>
        message.source === source && pattern.test(Buffer.from(message.bytes).toString('utf8')) && message.person
          ? [message.person]
          : [],
      ),
    ).size
  const practices = (pattern: RegExp) => told('market-street-gp', pattern) + told('riverside-gp', pattern)
  expect(told('lowmoor-mental-health', /Crisis and contingency plan/)).toBeGreaterThanOrEqual(2)
  expect(told('market-street-gp', /end-of-life-care/)).toBeGreaterThanOrEqual(2)
  expect(told('market-street-gp', /"safeguarding"/)).toBeGreaterThanOrEqual(2)
  expect(told('market-street-gp', /about-me/)).toBeGreaterThanOrEqual(2)
  expect(told('market-street-gp', /image\/png/)).toBeGreaterThanOrEqual(2)
  for (const pattern of [/resuscitation/, /power of attorney/i, /interpreter/i, /[Aa]djustment/, /vaccin/i])
    expect(practices(pattern), String(pattern)).toBeGreaterThanOrEqual(2)
  const staying = Array.from({ length: town.castSize }, (_, place) => town.life(place)).filter(({ stays }) =>
    stays.some(({ kind, until }) => kind === 'inpatient' && until === undefined),
  )
  expect(staying.length).toBeGreaterThanOrEqual(2)
})
