/** The person as one Patient, from what the record shows of them: no source's Patient stands for the whole (hazard H-04). */
import type { Patient } from 'fhir/r4.js'
import type { Absence, Attribute, PersonRecord } from '../model.ts'

const unknown = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' as const }],
}

/** @param patients ids of the sources' Patients that are this person */
export function personPatient(
  { identity }: PersonRecord,
  { id, base, patients }: { readonly id: string; readonly base: string; readonly patients: readonly string[] },
): Patient & { readonly id: string } {
  const { name, bornOn, sex, nhsNumber, address, phone, gpPractice, died, contacts, restricted } = identity
  const called = 'value' in name ? name.value : undefined
  const family = called?.family ?? ''
  const given = called?.given ?? ''
  const day = shownOf(bornOn)
  const gender = genderOf(shownOf(sex))
  const number = shownOf(nhsNumber)
  return {
    resourceType: 'Patient',
    id,
    meta: { profile: ['http://hl7.org/fhir/uv/ips/StructureDefinition/Patient-uv-ips'] },
    ...(number === undefined ? {} : { identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: number }] }),
    name: [
      {
        text: called?.text || 'Name not known',
        ...(family === '' ? {} : { family }),
        ...(given === '' ? {} : { given: [given] }),
        ...(called?.title ? { prefix: [called.title] } : {}),
      },
    ],
    ...(gender === undefined ? {} : { gender }),
    ...(day !== undefined && /^\d{4}(-\d\d(-\d\d)?)?$/.test(day) ? { birthDate: day } : { _birthDate: unknown }),
    ...(died === undefined
      ? {}
      : died.day !== undefined && /^\d{4}-\d\d-\d\d$/.test(died.day)
        ? { deceasedDateTime: died.day }
        : { deceasedBoolean: true }),
    // Absent where a source protects the person's whereabouts (hazard H-21).
    ...('value' in address ? { address: [{ text: address.text }] } : {}),
    ...('value' in phone ? { telecom: [{ system: 'phone' as const, value: phone.text }] } : {}),
    ...('value' in gpPractice ? { generalPractitioner: [{ display: gpPractice.text }] } : {}),
    ...(contacts.length === 0 || restricted
      ? {}
      : {
          contact: contacts.slice(0, 20).map(({ name: contact, relation, phone: number }) => ({
            name: { text: contact || 'Name not recorded' },
            ...(relation === '' ? {} : { relationship: [{ text: relation }] }),
            ...(number === '' ? {} : { telecom: [{ system: 'phone' as const, value: number }] }),
          })),
        }),
    ...(patients.length === 0
      ? {}
      : {
          link: patients.map((patient) => ({
            other: { reference: `${base}/Patient/${patient}` },
            type: 'seealso' as const,
          })),
        }),
  }
}

function shownOf(attribute: Attribute<string> | Absence): string | undefined {
  return 'value' in attribute ? attribute.value : undefined
}

function genderOf(sex: string | undefined): 'male' | 'female' | 'other' | 'unknown' | undefined {
  return sex === 'male' || sex === 'female' || sex === 'other' || sex === 'unknown' ? sex : undefined
}
