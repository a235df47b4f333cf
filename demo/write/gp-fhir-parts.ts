/** What the resources of FHIR R4 sources have in common. */
import type { BundleEntry, CodeableConcept, FhirResource, Patient } from 'fhir/r4.js'
import type { Life } from '../lives/life.ts'
import { formulary, type Medicine, type MedicineKey, medicines } from '../lives/medicines.ts'
import { asKnownTo } from '../people/person.ts'
import { localSystems, organisations, type SourceId } from '../sources.ts'

export const snomed = 'http://snomed.info/sct'

export const ukCore = (name: string) => [`https://fhir.hl7.org.uk/StructureDefinition/UKCore-${name}`]

/** HL7's own mark for test data. */
export const testLabel = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  code: 'HTEST',
  display: 'test health data',
}

/** The doctor of the second practice. */
export const requester = { reference: 'Practitioner/dr-amara', display: 'Dr Amara Okafor' }

export function putEntry(url: string): (resource: FhirResource) => BundleEntry {
  return (resource) => ({
    fullUrl: `${url}/${resource.resourceType}/${resource.id}`,
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  })
}

export function practice(source: SourceId): FhirResource {
  const { code, name } = organisations[source]
  return {
    resourceType: 'Organization',
    id: code,
    meta: { security: [testLabel] },
    identifier: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: code }],
    active: true,
    name,
  }
}

export function fhirPatient(life: Life, source: SourceId, id: string): Patient & { id: string } {
  const { person } = life
  const who = asKnownTo(person, source)
  const telecom = [
    ...(who.mobile === undefined ? [] : [{ system: 'phone' as const, value: who.mobile, use: 'mobile' as const }]),
    ...(who.home === undefined ? [] : [{ system: 'phone' as const, value: who.home, use: 'home' as const }]),
    ...(who.email === undefined ? [] : [{ system: 'email' as const, value: who.email }]),
  ]
  return {
    resourceType: 'Patient',
    id,
    meta: {
      profile: ukCore('Patient'),
      security: [
        testLabel,
        ...(person.restricted
          ? [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R', display: 'restricted' }]
          : []),
      ],
    },
    extension: [
      {
        url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory',
        valueCodeableConcept: {
          coding: [
            { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland', code: person.ethnicity },
          ],
        },
      },
    ],
    identifier: [
      ...(who.nhsNumber === undefined
        ? []
        : [
            {
              extension: [
                {
                  url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
                  valueCodeableConcept: {
                    coding: [
                      {
                        system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland',
                        code: who.nhsNumberStatus,
                      },
                    ],
                  },
                },
              ],
              system: 'https://fhir.nhs.uk/Id/nhs-number',
              value: who.nhsNumber,
            },
          ]),
      { system: localSystems[source], value: id },
    ],
    active: true,
    name: [{ use: 'official', family: who.family, given: [...who.given], prefix: [who.title] }],
    ...(telecom.length > 0 ? { telecom } : {}),
    gender: who.gender,
    birthDate: who.birthDate,
    ...(person.diedOn === undefined ? {} : { deceasedDateTime: person.diedOn }),
    address: [
      {
        use: 'home',
        type: 'physical',
        line: [...who.address.lines],
        city: who.address.town,
        postalCode: who.address.postcode,
      },
    ],
    ...(person.language === undefined
      ? {}
      : {
          communication: [
            {
              language: {
                coding: [{ system: 'urn:ietf:bcp:47', code: person.language.code, display: person.language.name }],
              },
              preferred: true,
            },
          ],
        }),
    generalPractitioner: [
      {
        identifier: {
          system: 'https://fhir.nhs.uk/Id/ods-organization-code',
          value: organisations[person.practice].code,
        },
        display: organisations[person.practice].name,
      },
    ],
  }
}

export function medicineConcept(key: MedicineKey): CodeableConcept {
  const { name, dmd }: Medicine = medicines[key]
  const known = dmd === undefined ? [] : [{ system: 'https://dmd.nhs.uk', code: dmd, display: name }]
  return { coding: [...known, { system: formulary, code: key, display: name }], text: name }
}
