/** FHIR messages become facts. @see FHIR R4 bundle.html, http.html#transaction */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../../../test/support/shared-data.ts'
import { printJson } from '../../fhir/index.ts'
import { factId, type Source } from '../source.ts'
import { fhirFormat, readRest, translateRest } from './index.ts'

const source: Source = {
  id: 'gp-riverside',
  name: 'Riverside Surgery',
  kind: 'gp',
  organisation: { code: 'Y90001', name: 'Riverside Surgery' },
  formats: ['fhir'],
  namespace: 'namespace-a',
  settings: {},
}
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const translate = (value: unknown, from: Source = source) => fhirFormat.translate(bytes(value), from)
const translated = (value: unknown, from: Source = source) => {
  const result = translate(value, from)
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.value
}
const post = (fullUrl: string, resource: { readonly resourceType: string }) => ({
  fullUrl,
  resource,
  request: { method: 'POST', url: resource.resourceType },
})
const transaction = (...entry: unknown[]) => ({ resourceType: 'Bundle', type: 'transaction', entry })

const nhsNumber = {
  extension: [
    {
      url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
      valueCodeableConcept: {
        coding: [
          { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland', code: '01' },
        ],
      },
    },
  ],
  system: 'https://fhir.nhs.uk/Id/nhs-number',
  value: '9990000018',
}
const ada = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [nhsNumber],
  name: [{ use: 'official', family: 'Okafor', given: ['Ada'] }],
  gender: 'female',
  birthDate: '1958-05-01',
  address: [{ use: 'home', postalCode: 'ZZ9 9ZZ' }],
}
const dose = {
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  code: { text: 'Weight' },
  subject: { reference: 'urn:uuid:a' },
}

describe('people', () => {
  test('the Patient says who it is', () => {
    const { subjects, facts } = translated(transaction(post('urn:uuid:a', ada)))
    expect(subjects).toEqual([
      {
        patientId: factId(source, 'Patient', 'p1'),
        source: 'gp-riverside',
        traits: {
          nhsNumber: '9990000018',
          nhsNumberStatus: '01',
          family: 'Okafor',
          given: ['Ada'],
          birthDate: '1958-05-01',
          gender: 'female',
          postcode: 'ZZ9 9ZZ',
        },
      },
    ])
    expect(facts[0]?.subject).toBe(0)
  })

  test('an NHS number with a wrong check digit finds nobody, and is told', () => {
    const { subjects, notes } = translated({ ...ada, identifier: [{ ...nhsNumber, value: '9990000019' }] })
    expect(subjects[0]?.traits.nhsNumber).toBeUndefined()
    expect(subjects[0]?.traits.identifiers).toEqual([{ system: nhsNumber.system, value: '9990000019' }])
    expect(notes).toMatchObject([{ place: 'Patient.identifier[0].value', severity: 'warning' }])
  })

  test('a result whose Patient is not in the message is still about that Patient', () => {
    const { subjects, facts } = translated({ ...dose, subject: { reference: 'Patient/p1' } })
    expect(subjects).toEqual([{ patientId: factId(source, 'Patient', 'p1'), source: 'gp-riverside', traits: {} }])
    expect(facts[0]?.resource).toMatchObject({ subject: { reference: `Patient/${factId(source, 'Patient', 'p1')}` } })
  })

  test('a patient named only by NHS number is the Patient of the bundle who has it', () => {
    const byNumber = { ...dose, subject: { identifier: { system: nhsNumber.system, value: nhsNumber.value } } }
    const { subjects, facts } = translated(transaction(post('urn:uuid:a', ada), post('urn:uuid:b', byNumber)))
    expect(subjects).toHaveLength(1)
    expect(facts[1]).toMatchObject({
      subject: 0,
      resource: { subject: { reference: `Patient/${factId(source, 'Patient', 'p1')}` } },
    })
  })

  test.each([
    [
      'an appointment',
      {
        resourceType: 'Appointment',
        status: 'booked',
        participant: [
          { status: 'accepted', actor: { reference: 'Location/l' } },
          { status: 'accepted', actor: { reference: 'Patient/p1' } },
        ],
      },
    ],
    [
      'an answer to one',
      {
        resourceType: 'AppointmentResponse',
        appointment: { reference: 'Appointment/a' },
        participantStatus: 'accepted',
        actor: { reference: 'Patient/p1' },
      },
    ],
    ['a bill', { resourceType: 'Account', status: 'active', subject: [{ reference: 'Patient/p1' }] }],
    ['a task', { resourceType: 'Task', status: 'requested', intent: 'order', for: { reference: 'Patient/p1' } }],
  ])('%s is about its patient', (_what, resource) => {
    expect(translated(resource).subjects.map((subject) => subject.patientId)).toEqual([factId(source, 'Patient', 'p1')])
  })

  test('an organisation is about nobody', () => {
    expect(translated({ resourceType: 'Organization', id: 'x', name: 'Riverside' }).facts[0]?.subject).toBeNull()
  })

  test('a document is about whom the letter that shows it is about', () => {
    const letter = {
      resourceType: 'DocumentReference',
      status: 'current',
      subject: { reference: 'urn:uuid:a' },
      content: [{ attachment: { url: 'urn:uuid:c' } }],
    }
    const pdf = { resourceType: 'Binary', contentType: 'application/pdf', data: 'AAAA' }
    const { facts } = translated(
      transaction(post('urn:uuid:a', ada), post('urn:uuid:b', letter), post('urn:uuid:c', pdf)),
    )
    expect(facts.map((fact) => fact.subject)).toEqual([0, 0, 0])
    expect(facts[1]?.resource).toMatchObject({ content: [{ attachment: { url: `Binary/${facts[2]?.resource.id}` } }] })
  })
})

describe('ids and references', () => {
  test('two sources that both say Patient/p1 make two Patients; one source that says it twice makes one', () => {
    const [one, again, other] = [source, source, { ...source, namespace: 'namespace-b' }].map(
      (each) => translated(ada, each).facts[0]?.resource.id,
    )
    expect(one).toBe(again)
    expect(one).not.toBe(other)
    expect(one).not.toContain('p1')
  })

  test('the id that the source gave stays as an identifier', () => {
    expect(translated(ada).facts[0]?.resource).toMatchObject({
      identifier: [nhsNumber, { system: 'urn:throughline:source:gp-riverside:id', value: 'p1' }],
    })
  })

  test('urn:uuid, relative and absolute references to one entry lead to one resource', () => {
    const base = 'https://gp.example/fhir'
    const points = (reference: string, id: string) => ({ ...dose, id, subject: { reference } })
    const { facts } = translated({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { fullUrl: `${base}/Patient/p1`, resource: ada },
        { resource: points('Patient/p1', 'o1') },
        { resource: points(`${base}/Patient/p1/_history/3`, 'o2') },
      ],
    })
    const expected = `Patient/${factId(source, 'Patient', 'p1')}`
    expect(
      facts.slice(1).map((fact) => (fact.resource as { subject?: { reference?: string } }).subject?.reference),
    ).toEqual([expected, expected])
  })

  test("another server's Patient of the same id is another Patient", () => {
    const { subjects } = translated({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { fullUrl: 'https://a.example/Patient/p1', resource: ada },
        {
          fullUrl: 'https://a.example/Observation/o1',
          resource: { ...dose, subject: { reference: 'https://b.example/Patient/p1' } },
        },
      ],
    })
    expect(subjects).toHaveLength(2)
  })

  test('contained resources and their references stay as they are', () => {
    const held = {
      ...dose,
      contained: [{ resourceType: 'Practitioner', id: 'dr' }],
      performer: [{ reference: '#dr' }],
      subject: { reference: 'Patient/p1' },
    }
    expect(translated(held).facts[0]?.resource).toMatchObject({
      contained: [{ id: 'dr' }],
      performer: [{ reference: '#dr' }],
    })
  })

  test('a reference into nowhere is left, and told', () => {
    const { notes, facts } = translated({
      ...dose,
      subject: { reference: 'Patient/p1' },
      specimen: { reference: 'urn:uuid:unknown' },
    })
    expect(notes).toMatchObject([{ place: 'Observation.specimen.reference', severity: 'warning' }])
    expect(facts[0]?.resource).toMatchObject({ specimen: { reference: 'urn:uuid:unknown' } })
  })
})

describe('nothing is lost', () => {
  test('numbers keep their text', () => {
    const { facts } = translated(
      '{"resourceType":"Observation","status":"final","code":{"text":"Hb"},"subject":{"reference":"Patient/p1"},"valueQuantity":{"value":1.50}}',
    )
    expect(printJson(facts[0]?.resource)).toContain('"value":1.50')
  })

  test('what no rule used is left over, with its place', () => {
    const { coverage } = translated({
      resourceType: 'Bundle',
      type: 'searchset',
      total: 1,
      link: [{ relation: 'self', url: 'x' }],
      entry: [
        {
          fullUrl: 'https://a.example/Patient/p1',
          search: { mode: 'match' },
          resource: { ...ada, meta: { versionId: '3', lastUpdated: '2024-01-01T00:00:00Z' } },
        },
      ],
    })
    expect(coverage.leftovers).toEqual([
      'Bundle.total',
      'Bundle.link[0].relation',
      'Bundle.link[0].url',
      'Bundle.entry[0].search.mode',
      'Bundle.entry[0].resource.meta.versionId',
    ])
    expect(coverage.content).toBe(coverage.mapped + coverage.leftovers.length)
  })

  test('when the source last changed it, is when it was so', () => {
    const { facts } = translated({ ...ada, meta: { lastUpdated: '2024-01-01T00:00:00Z' } })
    expect(facts[0]).toMatchObject({ asOf: '2024-01-01T00:00:00Z' })
    expect(facts[0]?.resource.meta).toBeUndefined()
  })

  test('lineage leads from each fact to its place in the text', () => {
    const message = transaction(post('urn:uuid:a', ada), post('urn:uuid:b', dose))
    const text = fhirFormat.text(bytes(message), source)
    const { facts } = translated(message)
    expect(facts[1]?.lineage.map(({ to, from }) => [to, from])).toEqual([
      ['', 'Bundle.entry[1].resource'],
      ['identifier[0]', 'Bundle.entry[1].resource.id'],
      ['subject.reference', 'Bundle.entry[1].resource.subject.reference'],
    ])
    const span = fhirFormat.locate(text, 'Bundle.entry[1].resource.subject.reference')
    expect(span && text.slice(span.start, span.end)).toBe('"urn:uuid:a"')
  })
})

test('XML says the same as JSON, and its places are found', () => {
  const xml = '<Patient xmlns="http://hl7.org/fhir"><id value="p1"/><name><family value="Okafor"/></name></Patient>'
  const json = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Okafor' }] }
  expect(translated(xml)).toEqual(translated(json))
  const span = fhirFormat.locate(xml, 'Patient.name[0].family')
  expect(span && xml.slice(span.start, span.end)).toBe('<family value="Okafor"/>')
})

test('warnings beside an answer stay in the original, and are counted', () => {
  const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'informational' }] }
  const { facts, coverage } = translated({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ resource: ada }, { resource: outcome }],
  })
  expect(facts).toHaveLength(1)
  expect(coverage.leftovers).toContain('Bundle.entry[1].resource.issue[0].severity')
})

describe('refused, with the place', () => {
  test.each([
    [
      'a modifier extension that we do not know',
      { ...ada, modifierExtension: [{ url: 'http://example.org/not', valueBoolean: true }] },
      'Patient.modifierExtension',
    ],
    ['rules that we do not know', { ...ada, implicitRules: 'http://example.org/rules' }, 'Patient.implicitRules'],
    ['an answer in place of a message', { resourceType: 'Bundle', type: 'transaction-response' }, 'Bundle.type'],
    ['one resource twice', transaction(post('urn:uuid:a', ada), post('urn:uuid:b', ada)), 'Bundle.entry[1].resource'],
    ['one fullUrl twice', transaction(post('urn:uuid:a', ada), post('urn:uuid:a', dose)), 'Bundle.entry[1].fullUrl'],
    ['an entry without a request', transaction({ resource: ada }), 'Bundle.entry[0].request'],
    [
      'a PATCH',
      transaction({ resource: ada, request: { method: 'PATCH', url: 'Patient/p1' } }),
      'Bundle.entry[0].request.method',
    ],
    [
      'a PUT to another id',
      transaction({ resource: ada, request: { method: 'PUT', url: 'Patient/p2' } }),
      'Bundle.entry[0].resource.id',
    ],
    [
      'a broken element deep inside',
      transaction(post('urn:uuid:a', { ...ada, gender: 'F' } as typeof ada)),
      'Bundle.entry[0].resource.gender',
    ],
    [
      'a DELETE that does not say of whom',
      transaction({ request: { method: 'DELETE', url: 'Observation/o1' } }),
      'Bundle.entry[0].request',
    ],
    [
      'a bundle inside a bundle',
      transaction(post('urn:uuid:a', { resourceType: 'Bundle', type: 'collection' } as { resourceType: string })),
      'Bundle.entry[0].resource',
    ],
  ])('%s', (_what, message, place) => {
    const result = translate(message)
    expect(result.ok ? [] : result.issues.map((issue) => issue.place)).toContain(place)
  })
})

describe('the REST interface', () => {
  let next = 0
  const rest = (value: unknown, held: ReadonlyMap<number, unknown> = new Map(), putId?: string) => {
    const content = readRest(value, putId)
    if (!content.ok) throw new Error(JSON.stringify(content.issues))
    const result = translateRest(content.value, source, { newId: () => `new-${++next}`, held })
    if (!result.ok) throw new Error(JSON.stringify(result.issues))
    return result.value
  }

  test('a POST makes a new id each time, a PUT keeps its own, and references within follow', () => {
    const message = transaction(post('urn:uuid:a', ada), {
      resource: { ...dose, id: 'mine' },
      request: { method: 'PUT', url: 'Observation/mine' },
    })
    const [first, second] = [rest(message), rest(message)]
    const [one, two] = [first, second].map(({ translation }) => translation.facts.map((fact) => fact.resource.id))
    expect(one?.[0]).not.toBe(two?.[0])
    expect([one?.[1], two?.[1]]).toEqual(['mine', 'mine'])
    expect(first.translation.facts[1]?.resource).toMatchObject({ subject: { reference: `Patient/${one?.[0]}` } })
    expect(first.translation.subjects[0]?.patientId).toBe(one?.[0])
  })

  test('what is deleted is deleted in the record that holds it', () => {
    const { translation } = rest(
      transaction({ request: { method: 'DELETE', url: 'Observation/o1' } }),
      new Map([[0, { ...dose, subject: { reference: 'Patient/known' } }]]),
    )
    expect(translation.subjects[0]?.patientId).toBe('known')
    expect(translation.facts[0]).toMatchObject({ subject: 0, write: 'delete', resource: { id: 'o1' } })
  })

  test('an update never moves a result into another record', () => {
    const held = new Map([[0, { ...dose, subject: { reference: 'Patient/known' } }]])
    expect(() => rest({ ...dose, subject: { reference: 'Patient/other' } }, held, 'o1')).toThrow('another record')
    expect(
      rest({ ...dose, subject: { reference: 'Patient/known' } }, held, 'o1').translation.facts[0]?.resource.id,
    ).toBe('o1')
  })

  test('references to what is already here stay', () => {
    const { translation } = rest({ ...dose, subject: { reference: 'Patient/known' } })
    expect(translation.facts[0]?.resource).toMatchObject({ subject: { reference: 'Patient/known' } })
    expect(translation.subjects[0]?.patientId).toBe('known')
  })
})

test('no bytes make any part of the format throw', () => {
  const some = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map(bytes),
    fc.jsonValue().map((value) => bytes({ resourceType: 'Bundle', type: 'collection', entry: value })),
  )
  fc.assert(
    fc.property(some, fc.string(), (input, place) => {
      fhirFormat.envelope(input, source)
      fhirFormat.translate(input, source)
      fhirFormat.locate(fhirFormat.text(input, source), place)
      return true
    }),
    { numRuns: 400 },
  )
})

test('any one value of a good bundle may be anything: it is translated or refused, never half of it', () => {
  const good = transaction(post('urn:uuid:a', ada), post('urn:uuid:b', dose))
  const text = JSON.stringify(good)
  const starts = [...text.matchAll(/"(?:[^"\\]|\\.)*"(?=[,}\]])/g)]
  fc.assert(
    fc.property(fc.nat(starts.length - 1), fc.json(), (pick, json) => {
      const at = starts[pick]
      const broken = at === undefined ? text : text.slice(0, at.index) + json + text.slice(at.index + at[0].length)
      const result = translate(broken)
      return !result.ok
        ? result.issues.length > 0
        : result.value.facts.length === 2 &&
            result.value.coverage.content === result.value.coverage.mapped + result.value.coverage.leftovers.length
    }),
    { numRuns: 300 },
  )
})

const bundles = sharedData('fhir-r4/bundles')
describe.skipIf(bundles === undefined)('published whole-patient bundles', () => {
  type Sent = { readonly entry: readonly { readonly resource: { readonly resourceType: string } }[] }
  const count = (types: readonly string[]) => types.toSorted().join(' ')

  for (const name of bundles === undefined ? [] : readdirSync(bundles)) {
    test(name.split('_')[0] ?? name, () => {
      const body = readFileSync(`${bundles}/${name}`)
      const result = fhirFormat.translate(body, source)
      if (!result.ok) throw new Error(JSON.stringify(result.issues.slice(0, 3)))
      const { facts, coverage, subjects } = result.value
      const sent = JSON.parse(body.toString()) as Sent
      expect(count(facts.map((fact) => fact.resource.resourceType))).toEqual(
        count(sent.entry.map((entry) => entry.resource.resourceType)),
      )
      expect(coverage.content).toBe(leaves(sent))
      const held = new Set(facts.map((fact) => `${fact.resource.resourceType}/${fact.resource.id}`))
      const references = [...printJson(facts.map((fact) => fact.resource)).matchAll(/"reference":"([^"#]+)"/g)].map(
        (found) => found[1],
      )
      expect(references.filter((reference) => !held.has(reference ?? ''))).toEqual([])
      expect(subjects).toHaveLength(name.includes('Information') ? 0 : 1)
    })
  }

  function leaves(value: unknown): number {
    if (typeof value !== 'object' || value === null) return 1
    return Object.values(value).reduce<number>((sum, each) => sum + leaves(each), 0)
  }
})
