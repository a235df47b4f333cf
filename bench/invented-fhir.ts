/** Invented FHIR R4 transaction bundles of one person each, with 999 NHS numbers, registered where `gp-rao` of the demo works: what benchmarks post. */
import { syntheticNhsNumber } from './invented-hl7.ts'

const tests = [
  ['2951-2', 'Sodium', 'mmol/L', 133, 146],
  ['2823-3', 'Potassium', 'mmol/L', 3, 6],
  ['14682-9', 'Creatinine', 'umol/L', 45, 140],
  ['22664-7', 'Urea', 'mmol/L', 2, 9],
  ['718-7', 'Haemoglobin', 'g/L', 105, 170],
  ['59261-8', 'HbA1c', 'mmol/mol', 35, 90],
] as const

export const nhsNumberOf = (person: number) => syntheticNhsNumber(400_000 + person * 3)

/** Wednesdays, one a week, backwards from the last of 2025. */
const dayOf = (n: number) => new Date(Date.UTC(2025, 11, 31) - n * 7 * 86_400_000).toISOString().slice(0, 10)

/**
 * One person: a Patient, an Organization, and for each visit an Encounter, a DiagnosticReport and `perVisit` Observations; now and then a
 * Condition and a MedicationRequest. `encounters` beyond the visits have nothing else.
 */
export function personBundle(
  person: number,
  {
    visits,
    perVisit,
    encounters = visits,
  }: { readonly visits: number; readonly perVisit: number; readonly encounters?: number },
): object {
  const patient = `urn:uuid:p-${person}`
  const organisation = `urn:uuid:o-${person}`
  const entry = (fullUrl: string, resource: { readonly resourceType: string }) => ({
    fullUrl,
    resource,
    request: { method: 'POST', url: resource.resourceType },
  })
  const subject = { reference: patient }
  const entries = [
    entry(organisation, {
      resourceType: 'Organization',
      name: 'Invented Practice (synthetic)',
      identifier: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'Y99901' }],
    } as never),
    entry(patient, {
      resourceType: 'Patient',
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumberOf(person) }],
      name: [{ use: 'official', family: `Benchmark${person}`, given: ['Ada'], prefix: ['Ms'] }],
      gender: 'female',
      birthDate: `19${30 + (person % 60)}-0${1 + (person % 9)}-1${person % 10}`,
      address: [{ line: [`${person} Invented Road`], city: 'Riverton', postalCode: 'ZZ9 9ZZ' }],
      generalPractitioner: [{ reference: organisation }],
    } as never),
  ]
  for (let visit = 0; visit < Math.max(visits, encounters); visit += 1) {
    const day = dayOf(visit)
    const encounter = `urn:uuid:e-${person}-${visit}`
    entries.push(
      entry(encounter, {
        resourceType: 'Encounter',
        status: 'finished',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
        subject,
        type: [{ text: 'Consultation' }],
        period: { start: `${day}T09:00:00Z`, end: `${day}T09:15:00Z` },
        serviceProvider: { reference: organisation },
      } as never),
    )
    if (visit >= visits) continue
    const observations = Array.from({ length: perVisit }, (_, n) => {
      const [code, display, unit, low, high] = tests[n % tests.length] ?? tests[0]
      const url = `urn:uuid:x-${person}-${visit}-${n}`
      entries.push(
        entry(url, {
          resourceType: 'Observation',
          status: 'final',
          category: [
            { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] },
          ],
          code: { coding: [{ system: 'http://loinc.org', code, display }], text: display },
          subject,
          encounter: { reference: encounter },
          effectiveDateTime: `${day}T09:05:00Z`,
          issued: `${day}T15:00:00Z`,
          valueQuantity: {
            value: low + ((visit * 7 + n + person) % (high - low)),
            unit,
            system: 'http://unitsofmeasure.org',
            code: unit,
          },
          referenceRange: [{ low: { value: low, unit }, high: { value: high, unit } }],
        } as never),
      )
      return { reference: url }
    })
    entries.push(
      entry(`urn:uuid:r-${person}-${visit}`, {
        resourceType: 'DiagnosticReport',
        status: 'final',
        code: { text: 'Blood tests' },
        subject,
        encounter: { reference: encounter },
        effectiveDateTime: `${day}T09:05:00Z`,
        issued: `${day}T15:00:00Z`,
        result: observations,
      } as never),
    )
    if (visit % 10 === 0) {
      entries.push(
        entry(`urn:uuid:c-${person}-${visit}`, {
          resourceType: 'Condition',
          clinicalStatus: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
          },
          subject,
          code: {
            coding: [{ system: 'http://snomed.info/sct', code: '38341003', display: 'Hypertensive disorder' }],
            text: 'Hypertensive disorder',
          },
          onsetDateTime: day,
          recordedDate: day,
        } as never),
      )
      entries.push(
        entry(`urn:uuid:m-${person}-${visit}`, {
          resourceType: 'MedicationRequest',
          status: 'active',
          intent: 'order',
          medicationCodeableConcept: { text: `Invented medicine ${visit} 5 mg tablets` },
          subject,
          authoredOn: day,
          dosageInstruction: [{ text: 'One tablet each morning' }],
        } as never),
      )
    }
  }
  return { resourceType: 'Bundle', type: 'transaction', entry: entries }
}
