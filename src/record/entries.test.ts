/** One line about anything that happened: read by people, so no codes twice and each sentence ended once. */
import { expect, test } from 'vitest'
import { type Resource, recordFrom, sarah } from '../../test/support/invented-record.ts'
import { sentences } from './words.ts'

const subject = { reference: 'Patient/p' }
const place = (id: string, name: string, code: string): Resource =>
  ({
    resourceType: 'Location',
    id,
    name,
    physicalType: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code }] },
  }) as Resource
const places = [
  place('bed', '9, Acute Medical Unit, RZ999', 'bd'),
  place('unit', 'Acute Medical Unit, RZ999', 'wa'),
  place('ward', '9, Ward 12, RZ999', 'bd'),
]
const trust = {
  resourceType: 'Organization',
  id: 'trust',
  name: 'Riverton General Hospital',
  identifier: [{ value: 'RZ999' }],
} as Resource
const stay = (more: object = {}): Resource =>
  ({
    resourceType: 'Encounter',
    id: 'e',
    status: 'finished',
    class: { code: 'IMP' },
    subject,
    period: { start: '2026-11-07T10:00:00Z' },
    location: ['bed', 'unit', 'ward'].map((id) => ({ location: { reference: `Location/${id}` } })),
    serviceProvider: { reference: 'Organization/trust' },
    ...more,
  }) as Resource
const detailOf = (given: Resource) =>
  recordFrom({ pas: [sarah('p'), given] }, { about: [...places, trust] }).encounters[0]?.detail

test('a stay tells its places once each, beds as beds, and the site by its name and not its code', () => {
  expect(detailOf(stay())).toBe('bed 9, Acute Medical Unit, bed 9, Ward 12, Riverton General Hospital')
})

test('a site whose name nobody sent keeps its code', () => {
  expect(detailOf(stay({ serviceProvider: undefined }))).toContain('Ward 12, RZ999')
})

test('what a source ended with a full stop is not ended twice, and a question stays one', () => {
  expect(sentences('Plan agreed.', '', undefined, 'Riverside Surgery', 'Better?', 'Yes.')).toBe(
    'Plan agreed. Riverside Surgery. Better? Yes.',
  )
})
