/** Hazard H-78: parts of a record are made when a page asks for them, and say what they would have said had all been made at once. */
import fc from 'fast-check'
import type { FhirResource } from 'fhir/r4.js'
import { expect, test } from 'vitest'
import {
  now,
  quantity,
  type Resource,
  reading,
  recordFrom,
  rowsOf,
  sarah,
  sources,
} from '../../test/support/invented-record.ts'
import { wildResources } from '../../test/support/wild-resources.ts'
import { recordFrom as recordOf } from './build-record.ts'
import { isToCome } from './coming.ts'
import { hold, readFact } from './held.ts'
import type { Entry, PersonRecord } from './index.ts'
import { lazily } from './lazily.ts'

const visit = (id: string, more: object = {}) =>
  ({
    resourceType: 'Encounter',
    id,
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/p' },
    period: { start: '2026-03-04T09:00:00Z' },
    ...more,
  }) as unknown as Resource

test('H-78 a part is made when it is read, once, and is listed like any other', () => {
  let made = 0
  const whole = lazily<{ readonly a: number }, { readonly b: number }>({ a: 1 }, { b: () => ++made })
  expect(made).toBe(0)
  expect([whole.b, whole.b, { ...whole }]).toEqual([1, 1, { a: 1, b: 1 }])
})

test('H-78 whatever the facts, a part says the same whether it is read first, last or alone', () => {
  fc.assert(
    fc.property(wildResources, fc.infiniteStream(fc.nat()), (given, numbers) => {
      const built = () => recordFrom({ gp: given.slice(0, 3), pas: given.slice(3) })
      const whole = built()
      // Where a fact cannot be read by some rule, a page that does not need that rule may show it.
      if (whole.unreadable.length > 0) return
      const names = Object.keys(whole) as (keyof PersonRecord)[]
      const mixed = built()
      for (const name of names.toSorted(() => (numbers.next().value % 3) - 1))
        expect(told(mixed[name]), name).toEqual(told(whole[name]))
    }),
    { numRuns: 300, seed: 78 },
  )
})

// An event's entry is made by calling it.
const told = (part: unknown): unknown =>
  JSON.parse(JSON.stringify(part, (_, value: unknown) => (typeof value === 'function' ? value() : value)))

test('H-78 whatever the facts, counts and first lines are those of the whole lists', () => {
  fc.assert(
    fc.property(wildResources, (given) => {
      const record = recordFrom({ gp: given.slice(0, 3), pas: given.slice(3) })
      if (record.unreadable.length > 0) return
      expect(record.visits).toBe(record.encounters.length)
      expect(record.visitsAhead).toEqual(record.encounters.filter((entry) => isToCome(entry, now)))
      expect(record.elsewhere).toBe(record.other.length)
      expect(record.events.map(({ entry }) => entry())).toEqual(record.timeline)
      for (const { kind, when, origins, entry } of record.events) expect(entry()).toMatchObject({ kind, when, origins })
      for (const { latest, readings } of [...record.tests, ...record.vitalSigns]) expect(readings[0]).toBe(latest)
    }),
    { numRuns: 300, seed: 78 },
  )
})

test('H-78 what stands elsewhere stands in no other list, but for the details of the person', () => {
  const given = [
    sarah('p'),
    visit('e'),
    reading('o', '2345-7', 'Glucose', quantity(5, 'mmol/L'), '2026-01-02'),
    { resourceType: 'Specimen', id: 's', subject: { reference: 'Patient/p' } } as unknown as Resource,
  ]
  const record = recordFrom({ gp: given })
  expect(record.other.flatMap(({ origins }) => origins.map(({ id }) => id))).toEqual(['p', 's'])
  expect(record.elsewhere).toBe(2)
})

/** Two contacts, one of which fails whoever asks who took part in it. */
function withMisshapen(): PersonRecord {
  const rows = rowsOf({ gp: [visit('bad'), visit('good')] })
    .map(readFact)
    .map((row) => (row.id === 'bad' ? { ...row, resource: failing(row.resource) } : row))
  return recordOf(hold({ rows, about: [], sources, safeguarding: 'shown' }), { sources, now })
}

function failing(resource: FhirResource | undefined): FhirResource {
  const fail = () => {
    throw new Error('it cannot be read')
  }
  return Object.defineProperty({ ...resource } as FhirResource, 'participant', { get: fail })
}

const idsOf = (entries: readonly Entry[]) => entries.flatMap(({ origins }) => origins.map(({ id }) => id)).toSorted()

test('H-78 a fact that a rule fails on is named among the unreadable though nothing else was asked for before', () => {
  const record = withMisshapen()
  expect(record.unreadable.map(({ id }) => id)).toEqual(['bad'])
  expect(idsOf(record.encounters)).toEqual(['good'])
  expect(record.facts).toBe(2)
  expect(idsOf(withMisshapen().encounters)).toEqual(['good'])
})

test('H-78 on a page that does not try every rule it stands in its place and hides no other', () => {
  const { events, headings, visits, facts } = withMisshapen()
  expect(events.map(({ entry }) => entry().title).toSorted()).toEqual([
    'An entry that cannot be read',
    'Outpatient or clinic visit',
  ])
  expect(idsOf(headings.encounters)).toEqual(['bad', 'good'])
  expect([visits, facts]).toEqual([2, 2])
})
