/** What a source tells back of an entry written here confirms it, and is no second fact; what differs is shown. */
import { expect, test } from 'vitest'
import { buildRecord } from './build-record.ts'
import type { SourceFreshness } from './model.ts'

const source = (id: string, organisation: string): SourceFreshness => ({
  source: id,
  name: organisation,
  organisation,
  kind: 'other',
  waiting: 0,
  state: 'answering',
})
const sources = [source('throughline-y99901', 'Riverside Surgery'), source('pas', 'Riverton General')]
const row = (from: string, resource: { readonly resourceType: string; readonly id: string }) => ({
  type: resource.resourceType,
  id: resource.id,
  savedAt: '2026-11-22T10:20:00Z',
  source: from,
  messageId: '1',
  version: 1,
  body: JSON.stringify(resource),
})
const record = (...rows: ReturnType<typeof row>[]) =>
  buildRecord({ rows, about: [], sources, now: new Date('2026-11-22T11:00:00Z') })
const ours = [{ system: 'urn:throughline:entry', value: 'n1' }]
const loinc = (code: string, text: string) => ({ coding: [{ system: 'http://loinc.org', code }], text })
const pulse = (from: string, id: string, value: number, identifier: unknown) =>
  row(from, {
    resourceType: 'Observation',
    id,
    identifier,
    status: 'final',
    code: loinc('8867-4', 'Heart rate'),
    effectiveDateTime: '2026-11-22T09:05:00Z',
    valueQuantity: { value, unit: 'beats/min', code: '/min' },
  } as never)
const echoed = [{ system: 'urn:throughline:source:pas:THROUGHLINE:result', value: 'n1|8867-4' }]
const own = pulse('throughline-y99901', 'a', 88, ours)

test('H-57 a reading told back under our number confirms ours: one reading, one organisation that wrote it, one that has it', () => {
  const report = row('pas', {
    resourceType: 'DiagnosticReport',
    id: 'r',
    status: 'final',
    code: { text: 'Heart rate' },
    result: [{ reference: 'Observation/b' }],
  } as never)
  const found = record(own, pulse('pas', 'b', 88, echoed), report)
  const readings = [...found.vitalSigns, ...found.tests].flatMap((one) => one.readings)
  expect(readings).toHaveLength(1)
  expect(readings[0]?.origins).toMatchObject([{ organisation: 'Riverside Surgery', confirmedBy: ['Riverton General'] }])
  expect(found.facts).toBe(3)
  expect(found.other.flatMap(({ origins }) => origins.map(({ id }) => id)).sort()).toEqual(['b', 'r'])
})

test.each([
  ['another value under our number', pulse('pas', 'b', 98, echoed)],
  [
    'the same value under a number of its own',
    pulse('pas', 'b', 88, [{ system: 'urn:throughline:source:pas:PAS:result', value: 'n1|8867-4' }]),
  ],
  [
    'a number that nobody here gave',
    pulse('pas', 'b', 88, [{ system: 'urn:throughline:source:pas:THROUGHLINE:result', value: 'n9|8867-4' }]),
  ],
])('H-57 %s is a fact of its own', (_what, other) => {
  const found = record(own, other)
  expect(
    [...found.vitalSigns, ...found.tests].flatMap((one) => one.readings).flatMap(({ origins }) => origins),
  ).toHaveLength(2)
})

test('H-57 a source cannot hide another source’s fact by our name: only entries written here are confirmed', () => {
  const found = record(pulse('gp', 'a', 88, ours), pulse('pas', 'b', 88, echoed))
  expect(
    [...found.vitalSigns, ...found.tests].flatMap((one) => one.readings).flatMap(({ origins }) => origins),
  ).toHaveLength(2)
})

test('H-57 what was withdrawn here, and still stands there, is shown as standing there', () => {
  const error = row('throughline-y99901', {
    ...(JSON.parse(own.body) as { resourceType: string; id: string }),
    status: 'entered-in-error',
  } as never)
  const found = record(error, pulse('pas', 'b', 88, echoed))
  const origins = [...found.vitalSigns, ...found.tests]
    .flatMap((one) => one.readings)
    .flatMap((reading) => reading.origins)
  expect(origins.map(({ id }) => id).sort()).toEqual(['a', 'b'])
})
