/** Proves: HL7 v2.4 §2.10 empty and null; facts hl7v2-uk §5 (A02, A12, A13), §9 "blank field on update". */
import type { Encounter, Patient } from 'fhir/r4.js'
import { expect, test } from 'vitest'
import { mergeUpdate } from './merge-update.ts'
import type { Fact } from './translation.ts'

const fact = (resource: Fact['resource'], clears: string[] = []): Fact => ({
  resource,
  subject: 0,
  write: 'update',
  clears,
  lineage: [],
})
const stay = (ward: string, more: object = {}) => ({
  location: { reference: `Location/${ward}` },
  status: 'active' as const,
  ...more,
})
const encounter = (more: Partial<Encounter>) =>
  ({ resourceType: 'Encounter', id: 'e', status: 'in-progress', class: { code: 'IMP' }, ...more }) as Encounter & {
    id: string
  }
const patient = (more: Partial<Patient>) => ({ resourceType: 'Patient', id: 'p', ...more }) as Patient & { id: string }

test('an element that the message leaves blank keeps its value; one it empties goes', () => {
  const held = patient({ birthDate: '1958-05-14', telecom: [{ value: '01632 960083' }] })
  expect(mergeUpdate(held, fact(patient({ gender: 'female' })))).toMatchObject({
    birthDate: '1958-05-14',
    telecom: [{ value: '01632 960083' }],
    gender: 'female',
  })
  expect(mergeUpdate(held, fact(patient({ gender: 'female' }), ['telecom']))).not.toHaveProperty('telecom')
})

test('an identifier that is no longer sent stays, marked old', () => {
  const held = patient({
    identifier: [
      { system: 'a', value: '1' },
      { system: 'b', value: '2' },
    ],
  })
  expect(
    (mergeUpdate(held, fact(patient({ identifier: [{ system: 'a', value: '1' }] }))) as Patient).identifier,
  ).toEqual([
    { system: 'a', value: '1' },
    { system: 'b', value: '2', use: 'old' },
  ])
})

test('a transfer completes the former ward and adds the new one, also back to a ward of before', () => {
  const onA = encounter({ location: [stay('A', { period: { start: '2026-01-01T10:00:00Z' } })] })
  const onB = mergeUpdate(
    onA,
    fact(encounter({ location: [stay('B', { period: { start: '2026-01-02T10:00:00Z' } })] })),
  ) as Encounter & { id: string }
  expect(onB.location).toEqual([
    {
      location: { reference: 'Location/A' },
      status: 'completed',
      period: { start: '2026-01-01T10:00:00Z', end: '2026-01-02T10:00:00Z' },
    },
    stay('B', { period: { start: '2026-01-02T10:00:00Z' } }),
  ])
  const backOnA = mergeUpdate(
    onB,
    fact(encounter({ location: [stay('A', { period: { start: '2026-01-03T10:00:00Z' } })] })),
  ) as Encounter
  expect(backOnA.location?.map((one) => [one.location.reference, one.status])).toEqual([
    ['Location/A', 'completed'],
    ['Location/B', 'completed'],
    ['Location/A', 'active'],
  ])
})

test('a cancelled transfer goes back to the former ward as if it had never been left', () => {
  const moved = encounter({
    location: [
      { ...stay('A', { period: { start: '2026-01-01T10:00:00Z', end: '2026-01-02T10:00:00Z' } }), status: 'completed' },
      stay('B'),
    ],
  })
  const restored = mergeUpdate(moved, fact(encounter({ location: [stay('A')] }), ['location'])) as Encounter
  expect(restored.location).toEqual([
    { location: { reference: 'Location/A' }, status: 'active', period: { start: '2026-01-01T10:00:00Z' } },
  ])
})

test('a cancelled discharge opens the stay again', () => {
  const left = encounter({ status: 'finished', period: { start: '2026-01-01T10:00:00Z', end: '2026-01-05T10:00:00Z' } })
  const back = mergeUpdate(left, fact(encounter({ status: 'in-progress' }), ['period.end'])) as Encounter
  expect(back).toMatchObject({ status: 'in-progress', period: { start: '2026-01-01T10:00:00Z' } })
  expect(back.period).not.toHaveProperty('end')
})

test('a message about the same ward changes nothing of its beginning', () => {
  const onA = encounter({ location: [stay('A', { period: { start: '2026-01-01T10:00:00Z' } })] })
  const same = mergeUpdate(
    onA,
    fact(encounter({ location: [stay('A', { period: { start: '2026-01-02T10:00:00Z' } })] })),
  ) as Encounter
  expect(same.location).toEqual([stay('A', { period: { start: '2026-01-01T10:00:00Z' } })])
})

test('a best reading of a result does not open a finished visit again, and counts when there is no visit yet', () => {
  const left = encounter({ status: 'finished', period: { end: '2026-01-05T10:00:00Z' } })
  const guess: Fact = {
    ...fact(encounter({ status: 'in-progress', serviceType: { text: 'Renal' } })),
    keeps: ['status'],
  }
  expect(mergeUpdate(left, guess)).toMatchObject({
    status: 'finished',
    serviceType: { text: 'Renal' },
    period: { end: '2026-01-05T10:00:00Z' },
  })
  expect(mergeUpdate(undefined, guess)).toMatchObject({ status: 'in-progress' })
})

test('a sensitive Patient stays sensitive until the source lifts it', () => {
  const label = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }
  const held = patient({ meta: { security: [label], versionId: '4' } })
  expect(mergeUpdate(held, fact(patient({ gender: 'female' }))).meta).toEqual({ security: [label] })
  expect(mergeUpdate(held, fact(patient({ gender: 'female' }), ['meta'])).meta).toBeUndefined()
})

test('a Patient into whom two were merged replaces both', () => {
  const link = (id: string) => ({ other: { reference: `Patient/${id}` }, type: 'replaces' as const })
  const merged = mergeUpdate(patient({ link: [link('a')] }), fact(patient({ link: [link('b')] }))) as Patient
  expect(merged.link).toEqual([link('b'), link('a')])
})
