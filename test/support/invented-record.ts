/** Invented people and organisations, for tests of the record. NHS numbers are of the 999 range, with a right check digit. */
import type { FhirResource } from 'fhir/r4.js'
import { buildRecord, type FactRow, type PersonRecord, type SourceFreshness } from '../../src/record/index.ts'

export type Resource = FhirResource & { readonly id: string }

export const now = new Date('2026-11-22T10:00:00Z')

const heard = { lastReceived: '2026-11-22T09:00:00.000Z', waiting: 0, state: 'answering' } as const

/** Four organisations that speak of the same person. */
export const sources: readonly SourceFreshness[] = [
  { source: 'gp', name: 'Riverside EPR', organisation: 'Riverside Surgery', kind: 'gp', ...heard },
  { source: 'pas', name: 'Riverton PAS', organisation: 'Riverton General Hospital', kind: 'acute', ...heard },
  { source: 'mh', name: 'Riverton MH', organisation: 'Riverton Mental Health Trust', kind: 'mental-health', ...heard },
  { source: 'council', name: 'Council care', organisation: 'Riverton Council', kind: 'social-care', ...heard },
]

export type Given = Readonly<Record<string, readonly Resource[]>>

/** Rows as the store hands them over. @param saved by resource id, when it was kept; else the day before `now` */
export function rowsOf(given: Given, saved: Readonly<Record<string, string>> = {}): readonly FactRow[] {
  return Object.entries(given).flatMap(([source, resources]) =>
    resources.map((resource) => ({
      type: resource.resourceType,
      id: resource.id,
      savedAt: saved[resource.id] ?? '2026-11-21T10:00:00.000Z',
      source,
      messageId: '1',
      body: JSON.stringify(resource),
    })),
  )
}

/** The record that these sources make together. @param failing ids of sources whose newest message could not be applied */
export function recordFrom(
  given: Given,
  {
    failing = [],
    saved = {},
    about = [],
  }: {
    readonly failing?: readonly string[]
    readonly saved?: Readonly<Record<string, string>>
    readonly about?: readonly Resource[]
  } = {},
): PersonRecord {
  return buildRecord({
    rows: rowsOf(given, saved),
    about: rowsOf({ gp: about }),
    sources: sources.map((source) =>
      failing.includes(source.source) ? { ...source, state: 'failing' as const } : source,
    ),
    now,
  })
}

const subject = { reference: 'Patient/p' }
const sct = (code: string, display: string) => ({ coding: [{ system: 'http://snomed.info/sct', code, display }] })
const status = (code: string) => ({ coding: [{ code }] })

export const sarah = (id: string, more: object = {}): Resource =>
  ({
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
    name: [{ use: 'official', family: 'Ward', given: ['Sarah'], prefix: ['Mrs'] }],
    gender: 'female',
    birthDate: '1958-05-14',
    address: [{ use: 'home', line: ['14 Mill Lane'], city: 'Riverton', postalCode: 'RV2 4QT' }],
    telecom: [{ system: 'phone', value: '01632 960083' }],
    generalPractitioner: [{ display: 'Riverside Surgery' }],
    ...more,
  }) as Resource

export const allergy = (id: string, code: string, display: string, more: object = {}): Resource =>
  ({
    resourceType: 'AllergyIntolerance',
    id,
    patient: subject,
    code: sct(code, display),
    clinicalStatus: status('active'),
    verificationStatus: status('confirmed'),
    ...more,
  }) as Resource

export const penicillin = (id: string, more: object = {}): Resource =>
  allergy(id, '91936005', 'Allergy to penicillin', {
    recordedDate: '2012-02-03',
    reaction: [{ manifestation: [{ text: 'Anaphylaxis' }], severity: 'severe' }],
    ...more,
  })

export const noKnownAllergy = (id: string): Resource =>
  allergy(id, '716186003', 'No known allergy', { recordedDate: '2020-01-01' })

export const problem = (id: string, code: string, display: string, more: object = {}): Resource =>
  ({
    resourceType: 'Condition',
    id,
    subject,
    code: sct(code, display),
    clinicalStatus: status('active'),
    verificationStatus: status('confirmed'),
    onsetDateTime: '2012-02-01',
    ...more,
  }) as Resource

export const prescription = (id: string, code: string, display: string, more: object = {}): Resource =>
  ({
    resourceType: 'MedicationRequest',
    id,
    subject,
    status: 'active',
    intent: 'order',
    authoredOn: '2026-11-04',
    medicationCodeableConcept: { coding: [{ system: 'https://dmd.nhs.uk', code, display }] },
    ...more,
  }) as Resource

export const reading = (
  id: string,
  code: string,
  display: string,
  value: object,
  when: string,
  more: object = {},
): Resource =>
  ({
    resourceType: 'Observation',
    id,
    subject,
    status: 'final',
    category: [status('laboratory')],
    code: { coding: [{ system: 'http://loinc.org', code, display }] },
    effectiveDateTime: when,
    ...value,
    ...more,
  }) as Resource

export const quantity = (value: number, unit: string, more: object = {}): object => ({
  valueQuantity: { value, unit, ...more },
})

export const emptyList = (id: string, reason: string, more: object = {}): Resource =>
  ({
    resourceType: 'List',
    id,
    status: 'current',
    mode: 'snapshot',
    title: 'Allergies and adverse reactions',
    subject,
    code: sct('886921000000105', 'Allergies and adverse reactions'),
    emptyReason: status(reason),
    ...more,
  }) as Resource
