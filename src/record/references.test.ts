/** Hazard H-80: references that lead round in a ring end where they repeat, and hide nothing of what else is said. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Resource, recordFrom, sarah } from '../../test/support/invented-record.ts'

const subject = { reference: 'Patient/p' }
const made = (resourceType: string, id: string, more: object): Resource =>
  ({ resourceType, id, ...more }) as unknown as Resource
const role = (id: string, more: object): Resource => made('PractitionerRole', id, more)
const visit = (reference: string, more: object = {}): Resource =>
  made('Encounter', 'e', {
    status: 'finished',
    class: { code: 'AMB' },
    subject,
    period: { start: '2026-11-07T10:00:00Z' },
    serviceProvider: { reference },
    ...more,
  })
const placeOf = (reference: string, about: readonly Resource[], more: object = {}) =>
  recordFrom({ pas: [sarah('p'), visit(reference, more)] }, { about }).encounters[0]?.detail

test('H-80 a role that is its own person and organisation keeps what it says of itself', () => {
  const own = { reference: 'PractitionerRole/r' }
  expect(placeOf('PractitionerRole/r', [role('r', { practitioner: own, organization: own })])).toBe('')
  expect(
    placeOf('PractitionerRole/r', [role('r', { practitioner: own, organization: own, code: [{ text: 'Surgeon' }] })]),
  ).toBe('Surgeon')
})

test('H-80 a ring of roles ends, and what stands beside the ring is told', () => {
  const ring = [
    role('a', { practitioner: { reference: 'PractitionerRole/b' }, code: [{ text: 'Registrar' }] }),
    role('b', {
      practitioner: { reference: 'PractitionerRole/a', identifier: { value: 'GMC 9990001' } },
      organization: { reference: 'Organization/o' },
    }),
    made('Organization', 'o', { name: 'Riverton General Hospital' }),
  ]
  expect(placeOf('PractitionerRole/b', ring)).toContain('Registrar')
  expect(placeOf('PractitionerRole/a', ring)).toContain('GMC 9990001')
})

test('H-80 a very long chain of roles has an end too, and a name at the second step is found', () => {
  const chain = Array.from({ length: 20_000 }, (_, n) =>
    role(`r${n}`, { practitioner: { reference: `PractitionerRole/r${n + 1}` } }),
  )
  expect(placeOf('PractitionerRole/r0', chain)).toBe('')
  const near = [
    role('r0', { practitioner: { reference: 'PractitionerRole/r1' } }),
    role('r1', { practitioner: { reference: 'Practitioner/x' } }),
    made('Practitioner', 'x', { name: [{ text: 'Dr Amina Khan' }] }),
  ]
  expect(placeOf('PractitionerRole/r0', near)).toBe('Dr Amina Khan')
})

test('H-80 what is contained may name its neighbours', () => {
  const contained = [
    { resourceType: 'PractitionerRole', id: 'r', practitioner: { reference: '#x' }, code: [{ text: 'Midwife' }] },
    { resourceType: 'Practitioner', id: 'x', name: [{ text: 'Sister Jo Grey' }] },
  ]
  expect(placeOf('#r', [], { contained })).toBe('Sister Jo Grey (Midwife)')
})

test('H-80 panels that hold themselves, each other, or a very long row of panels are all shown', () => {
  const panel = (id: string, members: readonly string[]) =>
    made('Observation', id, {
      status: 'final',
      code: { text: `Panel ${id}` },
      subject,
      effectiveDateTime: '2026-11-07',
      hasMember: members.map((member) => ({ reference: `Observation/${member}` })),
    })
  const long = Array.from({ length: 5_000 }, (_, n) => panel(`n${n}`, [`n${n + 1}`]))
  const record = recordFrom({
    pas: [sarah('p'), panel('self', ['self']), panel('a', ['b']), panel('b', ['a']), ...long],
  })
  const [self] = record.timeline.filter(({ title }) => title === 'Panel self')
  expect(self?.origins.map(({ id }) => id)).toEqual(['self'])
  const told = new Set(record.timeline.flatMap(({ origins }) => origins.map(({ id }) => id)))
  for (const { id } of [panel('a', []), panel('b', []), ...long]) expect(told.has(id), id).toBe(true)
})

const types = [
  ...['Encounter', 'MedicationRequest', 'MedicationStatement', 'MedicationDispense', 'Observation', 'DiagnosticReport'],
  ...['DocumentReference', 'Composition', 'CarePlan', 'CareTeam', 'Goal', 'Condition', 'Procedure', 'ServiceRequest'],
  ...['Task', 'DeviceUseStatement', 'Patient', 'RelatedPerson', 'PractitionerRole', 'Organization', 'Location'],
  ...['Medication', 'Binary', 'Provenance'],
]
const one = ['medicationReference', 'serviceProvider', 'practitioner', 'organization', 'encounter', 'request', 'device']
const many = [
  ...['basedOn', 'derivedFrom', 'hasMember', 'result', 'author', 'performer', 'goal', 'addresses', 'partOf'],
  ...['generalPractitioner', 'authorizingPrescription', 'specimen', 'replaces', 'target'],
]
const graph = fc
  .array(fc.record({ type: fc.constantFrom(...types), to: fc.array(fc.nat(11), { maxLength: 4 }) }), { maxLength: 12 })
  .map((nodes) =>
    nodes.map(({ type, to }, n) => {
      const references = to.map((at) => ({ reference: `${nodes[at % nodes.length]?.type}/g${at % nodes.length}` }))
      return made(type, `g${n}`, {
        subject,
        status: 'active',
        ...Object.fromEntries(one.map((field) => [field, references[0]])),
        ...Object.fromEntries(many.map((field) => [field, references])),
      })
    }),
  )

test('H-80 whatever refers to whatever, the record is built and counts each fact', () => {
  fc.assert(
    fc.property(graph, (given) => {
      expect(recordFrom({ gp: given }, { about: given }).facts).toBe(given.length)
    }),
    { numRuns: 300 },
  )
})
