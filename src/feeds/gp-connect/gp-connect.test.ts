/** GP Connect STU3 to R4: facts/legacy-formats.md §1, identity.md §4, record-standard.md §2 (an empty list is never "none"). */
import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { FhirResource } from 'fhir/r4.js'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../../../test/support/shared-data.ts'
import { printJson, validateResource } from '../../fhir/index.ts'
import { factId, type Source } from '../source.ts'
import type { Translation } from '../translation.ts'
import { gpConnect } from './index.ts'

const source: Source = {
  id: 'practice',
  name: 'Invented Practice',
  kind: 'gp',
  organisation: { code: 'A99999', name: 'Invented Practice' },
  formats: ['gp-connect'],
  namespace: 'a-namespace',
  settings: {},
}

const gpc = 'https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-'
const patient = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [
    {
      extension: [
        {
          url: `${gpc}NHSNumberVerificationStatus-1`,
          valueCodeableConcept: {
            coding: [
              { system: 'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1', code: '01' },
            ],
          },
        },
      ],
      system: 'https://fhir.nhs.uk/Id/nhs-number',
      value: '9990000018',
    },
  ],
  name: [{ use: 'official', family: 'Invented', given: ['Ada'] }],
  gender: 'female',
  birthDate: '1951-12-12',
  address: [{ use: 'home', postalCode: 'ZZ99 3WZ' }],
}

function bundle(...resources: readonly object[]): Uint8Array {
  return bytes({ resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) })
}

function bytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function read(message: Uint8Array): Translation {
  const translation = gpConnect.translate(message, source)
  if (!translation.ok) throw new Error(JSON.stringify(translation.issues))
  return translation.value
}

/** The one fact of a type, without its type in TypeScript's sense: tests look at any element. */
function only(translation: Translation, type: string): Record<string, unknown> {
  const found = translation.facts.filter(({ resource }) => resource.resourceType === type)
  expect(found).toHaveLength(1)
  return found[0]?.resource as unknown as Record<string, unknown>
}

function problemsOf(resources: readonly FhirResource[]) {
  return resources.flatMap((resource) => validateResource(JSON.parse(printJson(resource)), ''))
}

const subject = { reference: 'Patient/p1' }
const patientFact = `Patient/${factId(source, 'Patient', 'p1')}`

describe('who it is about', () => {
  test('the NHS number counts as verified when the practice says so', () => {
    const [person] = read(bundle(patient)).subjects
    expect(person?.traits).toEqual({
      nhsNumber: '9990000018',
      nhsNumberStatus: '01',
      family: 'Invented',
      given: ['Ada'],
      birthDate: '1951-12-12',
      gender: 'female',
      postcode: 'ZZ99 3WZ',
    })
  })

  test('a mistyped NHS number is no NHS number, and is noted', () => {
    const wrong = { ...patient, identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000019' }] }
    const { subjects, notes } = read(bundle(wrong))
    expect(subjects[0]?.traits.nhsNumber).toBeUndefined()
    expect(notes).toMatchObject([{ place: 'Bundle.entry[0].resource.identifier[0].value', severity: 'warning' }])
    expect(JSON.stringify(notes)).not.toContain('9990000019')
  })

  test('a statement about nobody in the message is not filed under the only patient of another', () => {
    const two = bundle(
      patient,
      { ...patient, id: 'p2' },
      { resourceType: 'Observation', status: 'final', code: { text: 'Weight' } },
    )
    const { facts, notes } = read(two)
    expect(facts).toHaveLength(2)
    expect(notes.map(({ place }) => place)).toContain('Bundle.entry[2].resource')
  })

  test('references follow the facts, whether the message writes Type/id, an address or a urn', () => {
    const message = bytes({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { fullUrl: 'urn:uuid:5f0e7d2a-1111-4222-8333-444455556666', resource: patient },
        ...[
          'Patient/p1',
          'https://practice.example/fhir/Patient/p1',
          'urn:uuid:5f0e7d2a-1111-4222-8333-444455556666',
        ].map((reference, index) => ({
          resource: { resourceType: 'Condition', id: `c${index}`, subject: { reference }, code: { text: 'Asthma' } },
        })),
      ],
    })
    const conditions = read(message).facts.filter(({ resource }) => resource.resourceType === 'Condition')
    expect(conditions.map(({ resource }) => (resource as { subject?: unknown }).subject)).toEqual(
      Array(3).fill({ reference: patientFact }),
    )
    expect(conditions.map((each) => each.subject)).toEqual([0, 0, 0])
  })
})

describe('what is said', () => {
  test('an empty list of allergies is an empty list, never "no known allergies"', () => {
    const empty = {
      resourceType: 'List',
      status: 'current',
      mode: 'snapshot',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '886921000000105' }] },
      subject,
      extension: [{ url: `${gpc}ListWarningCode-1`, valueCode: 'confidential-items' }],
      note: [{ text: 'Information not available' }],
      emptyReason: {
        coding: [
          {
            system: 'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-ListEmptyReasonCode-1',
            code: 'no-content-recorded',
          },
        ],
      },
    }
    const translation = read(bundle(patient, empty))
    expect(translation.facts.map(({ resource }) => resource.resourceType)).toEqual(['Patient', 'List'])
    const list = only(translation, 'List')
    expect(list.emptyReason).toEqual({
      coding: [
        { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-ListEmptyReasonCode', code: 'no-content-recorded' },
      ],
    })
    expect(JSON.stringify(list.extension)).toContain('confidential-items')
  })

  test('an allergy has a clinical status, except one entered in error', () => {
    const allergy = {
      resourceType: 'AllergyIntolerance',
      patient: subject,
      code: { text: 'Penicillin' },
      assertedDate: '2019-01-28',
    }
    const active = { ...allergy, id: 'a1', clinicalStatus: 'active', verificationStatus: 'confirmed' }
    const unsaid = { ...allergy, id: 'a2', verificationStatus: 'unconfirmed' }
    const mistake = { ...allergy, id: 'a3', clinicalStatus: 'active', verificationStatus: 'entered-in-error' }
    const translation = read(bundle(patient, active, unsaid, mistake))
    const found = translation.facts.slice(1).map(({ resource }) => resource as unknown as Record<string, unknown>)
    expect(found[0]).toMatchObject({
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
      },
      recordedDate: '2019-01-28',
    })
    expect(JSON.stringify(found[1]?.clinicalStatus)).toContain('data-absent-reason')
    expect(found[2]).not.toHaveProperty('clinicalStatus')
    expect(problemsOf(translation.facts.map(({ resource }) => resource))).toEqual([])
  })

  test('a vaccination that was not given, and a procedure not done, never read as done', () => {
    const translation = read(
      bundle(
        patient,
        {
          resourceType: 'Immunization',
          id: 'i1',
          status: 'completed',
          notGiven: true,
          patient: subject,
          vaccineCode: { text: 'Influenza' },
          primarySource: true,
          explanation: { reasonNotGiven: [{ text: 'Declined' }] },
        },
        {
          resourceType: 'Procedure',
          id: 'r1',
          status: 'completed',
          notDone: true,
          subject,
          code: { text: 'Spirometry' },
        },
      ),
    )
    expect(only(translation, 'Immunization')).toMatchObject({ status: 'not-done', statusReason: { text: 'Declined' } })
    expect(only(translation, 'Procedure')).toMatchObject({ status: 'not-done' })
    expect(problemsOf(translation.facts.map(({ resource }) => resource))).toEqual([])
    expect(translation.coverage.leftovers).toEqual([])
  })

  test('the three parts of a GP medicine stay three and still point at each other', () => {
    const medicationReference = { reference: 'Medication/m' }
    const plan = {
      resourceType: 'MedicationRequest',
      id: 'plan',
      intent: 'plan',
      status: 'active',
      subject,
      medicationReference,
    }
    const issue = { ...plan, id: 'issue', intent: 'order', basedOn: [{ reference: 'MedicationRequest/plan' }] }
    const statement = {
      resourceType: 'MedicationStatement',
      id: 'ms',
      status: 'active',
      taken: 'unk',
      subject,
      medicationReference,
      basedOn: [{ reference: 'MedicationRequest/plan' }],
      dosage: [{ text: 'One twice a day', doseQuantity: { value: 1, unit: 'tablet' } }],
    }
    const translation = read(
      bundle(patient, { resourceType: 'Medication', id: 'm', code: { text: 'Ciprofloxacin' } }, plan, issue, statement),
    )
    const planFact = `MedicationRequest/${factId(source, 'MedicationRequest', 'plan')}`
    const made = only(translation, 'MedicationStatement')
    expect(made).toMatchObject({
      status: 'active',
      basedOn: [{ reference: planFact }],
      dosage: [{ text: 'One twice a day', doseAndRate: [{ doseQuantity: { value: 1, unit: 'tablet' } }] }],
    })
    expect(translation.facts.map((fact) => fact.subject)).toEqual([0, null, 0, 0, 0])
    expect(problemsOf(translation.facts.map(({ resource }) => resource))).toEqual([])
  })

  test('a number keeps the text it came with', () => {
    const text = `{"resourceType":"Bundle","type":"collection","entry":[{"resource":${JSON.stringify(patient)}},{"resource":
      {"resourceType":"Observation","id":"o","status":"final","code":{"text":"Potassium"},"subject":{"reference":"Patient/p1"},
       "valueQuantity":{"value":4.10,"unit":"mmol/L"},"comment":"Haemolysed"}}]}`
    const made = only(read(new TextEncoder().encode(text)), 'Observation')
    expect(printJson(made)).toContain('"value":4.10,')
    expect(made.note).toEqual([{ text: 'Haemolysed' }])
  })

  test('a resource with a modifier that we do not know is not filed, and says so', () => {
    const turned = {
      resourceType: 'Condition',
      id: 'c',
      subject,
      code: { text: 'Diabetes' },
      modifierExtension: [{ url: 'https://practice.example/not-really', valueBoolean: true }],
    }
    const { facts, notes, coverage } = read(bundle(patient, turned))
    expect(facts).toHaveLength(1)
    expect(notes).toMatchObject([{ place: 'Bundle.entry[1].resource' }])
    expect(coverage.leftovers).toContain('Bundle.entry[1].resource.code.text')
  })
})

describe('what R4 would refuse', () => {
  test('one wrong element stays in the original, and the rest is filed', () => {
    const wrong = { ...patient, telecom: [{ system: 'carrier-pigeon', value: '1' }], gender: 'F' }
    const { facts, notes, coverage } = read(bundle(wrong))
    expect(facts).toHaveLength(1)
    expect(facts[0]?.resource).not.toHaveProperty('telecom')
    expect(facts[0]?.resource).toHaveProperty('name')
    expect(notes.map(({ place }) => place)).toEqual([
      'Bundle.entry[0].resource.gender',
      'Bundle.entry[0].resource.telecom',
    ])
    expect(coverage.leftovers).toEqual([
      'Bundle.entry[0].resource.gender',
      'Bundle.entry[0].resource.telecom[0].system',
      'Bundle.entry[0].resource.telecom[0].value',
    ])
  })

  test('a statement without what R4 cannot do without is not filed, and says why', () => {
    const { facts, notes } = read(
      bundle(patient, { resourceType: 'MedicationRequest', id: 'r', status: 'active', subject }),
    )
    expect(facts).toHaveLength(1)
    expect(notes).toMatchObject([
      { place: 'Bundle.entry[1].resource', message: expect.stringContaining('Kept in the original only') },
    ])
  })
})

describe('where it came from', () => {
  test('every change has its place, and the place can be shown in the message', () => {
    const message = bundle(patient, {
      resourceType: 'Condition',
      id: 'c',
      clinicalStatus: 'active',
      subject,
      code: { text: 'Asthma' },
      assertedDate: '2010-01-14',
    })
    const text = gpConnect.text(message, source)
    const fact = read(message).facts[1]
    const shown = fact?.lineage.map(({ to, from }) => {
      const span = gpConnect.locate(text, from)
      return [to, span && text.slice(span.start, span.end).slice(0, 26)]
    })
    expect(shown).toEqual([
      ['', '{"resourceType":"Condition'],
      ['clinicalStatus', '"active"'],
      ['recordedDate', '"2010-01-14"'],
    ])
  })

  test('every leaf is mapped or left over', () => {
    const { coverage } = read(
      bundle(patient, {
        resourceType: 'Observation',
        id: 'o',
        status: 'final',
        subject,
        code: { text: 'Weight' },
        invented: 1,
      }),
    )
    expect(coverage.leftovers).toEqual(['Bundle.entry[1].resource.invented'])
    expect(coverage.content).toBe(coverage.mapped + 1)
  })
})

describe('refused', () => {
  test.each([
    ['', 'The text is not JSON'],
    ['[]', 'expected a FHIR resource'],
    [
      '{"resourceType":"OperationOutcome","issue":[{"details":{"coding":[{"code":"PATIENT_NOT_FOUND"}]}}]}',
      'PATIENT_NOT_FOUND',
    ],
    ['{"resourceType":"Bundle","entry":[]}', 'no resource that belongs in a record'],
    [`{"resourceType":"Bundle","${'x'.repeat(70_000)}":[${'1,'.repeat(1000)}1]}`, 'too long or nested too deep'],
    ['{"resourceType":"Parameters","parameter":[{"name":"patientNHSNumber"}]}', 'no resource that belongs'],
  ])('%.60s', (text, expected) => {
    const answer = gpConnect.translate(new TextEncoder().encode(text), source)
    expect(answer).toMatchObject({ ok: false, issues: [{ message: expect.stringContaining(expected) }] })
  })

  test('odd values anywhere in a record make it neither throw nor file what R4 would refuse', () => {
    const record = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        patient,
        {
          resourceType: 'Observation',
          id: 'o',
          status: 'final',
          subject,
          code: { text: 'BP' },
          component: [{ code: { text: 'Systolic' }, valueQuantity: { value: 120 } }],
          related: [{ type: 'has-member', target: { reference: 'Observation/o2' } }],
          comment: 'x',
        },
        {
          resourceType: 'MedicationRequest',
          id: 'm',
          status: 'active',
          intent: 'plan',
          subject,
          medicationCodeableConcept: { text: 'X' },
          requester: { agent: { reference: 'Practitioner/1' } },
          dosageInstruction: [{ text: 'x', doseQuantity: { value: 1 } }],
          extension: [
            {
              url: `${gpc}MedicationRepeatInformation-1`,
              extension: [{ url: 'numberOfRepeatPrescriptionsAllowed', valuePositiveInt: 6 }],
            },
          ],
        },
        {
          resourceType: 'Immunization',
          id: 'i',
          status: 'completed',
          notGiven: false,
          patient: subject,
          vaccineCode: { text: 'X' },
          date: '2020-01-01',
          practitioner: [{ actor: { reference: 'Practitioner/1' } }],
          vaccinationProtocol: [{ doseSequence: 1, targetDisease: [{ text: 'x' }] }],
        },
        {
          resourceType: 'DocumentReference',
          id: 'd',
          status: 'current',
          type: { text: 'x' },
          subject,
          created: '2020-01-01',
          indexed: '2020-01-01T00:00:00Z',
          content: [{ attachment: { contentType: 'text/plain' } }],
          context: { encounter: { reference: 'Encounter/1' } },
        },
      ].map((resource) => ({ resource })),
    }
    const places: (readonly [Record<string, unknown>, string])[] = []
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      for (const key of Object.keys(value)) {
        places.push([value as Record<string, unknown>, key])
        visit((value as Record<string, unknown>)[key])
      }
    }
    const odd = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        '',
        [],
        {},
        [[]],
        [null],
        0,
        -1.5,
        true,
        ' ',
        '2020-13-45',
        'Patient/',
        '#x',
        { reference: 5 },
        [{ url: 1 }],
      ),
      fc.jsonValue({ maxDepth: 2 }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 4 }), (edits) => {
        const mutated: unknown = JSON.parse(JSON.stringify(record))
        places.length = 0
        visit(mutated)
        for (const [nth, value] of edits) {
          const [holder, key] = places[nth % places.length] ?? [{}, '']
          holder[key] = value
        }
        const answer = gpConnect.translate(bytes(mutated), source)
        if (!answer.ok) return
        const { coverage, facts } = answer.value
        expect(problemsOf(facts.map(({ resource }) => resource))).toEqual([])
        expect(coverage.content).toBe(coverage.mapped + coverage.leftovers.length)
      }),
      { numRuns: 500 },
    )
  })

  test('no bytes make it throw, and what is accepted adds up', () => {
    const whole = bundle(patient, {
      resourceType: 'Immunization',
      id: 'i',
      notGiven: true,
      patient: subject,
      explanation: { reason: [] },
    })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(whole.length),
        (edits, end) => {
          const mutated = whole.slice(0, edits.length === 0 ? end : whole.length)
          for (const [at, byte] of edits) mutated[at] = byte
          gpConnect.envelope(mutated, source)
          const answer = gpConnect.translate(mutated, source)
          if (!answer.ok) return
          const { coverage, facts } = answer.value
          expect(problemsOf(facts.map(({ resource }) => resource))).toEqual([])
          expect(coverage.content).toBe(coverage.mapped + coverage.leftovers.length)
          expect(new Set(facts.map(({ resource }) => `${resource.resourceType}/${resource.id}`)).size).toBe(
            facts.length,
          )
        },
      ),
      { numRuns: 300 },
    )
  })
})

const records = sharedData('stu3-gpconnect/gp2gp-send')

test.skipIf(!records)('whole GP records: each resource becomes one fact of valid R4, and nothing is lost', () => {
  for (const path of globSync(`${records}/*/input.stu3.json`)) {
    const message = readFileSync(path)
    const translation = read(message)
    const sent = JSON.parse(message.toString()).entry.length
    expect(translation.facts).toHaveLength(sent)
    expect(translation.subjects).toHaveLength(1)
    expect(new Set(translation.facts.map(({ resource }) => `${resource.resourceType}/${resource.id}`)).size).toBe(sent)
    expect(problemsOf(translation.facts.map(({ resource }) => resource))).toEqual([])
    const lost = translation.coverage.leftovers.filter(
      (place) => !/^Bundle\.(id|meta)|meta\.(versionId|profile)/.test(place),
    )
    expect(lost).toEqual([])
    expect(translation.coverage.content).toBe(translation.coverage.mapped + translation.coverage.leftovers.length)
  }
})
