import type { Patient } from 'fhir/r4.js'
import type { Traits } from '../../identity/index.ts'
import type { Source } from '../source.ts'
import { nhsNumberSystem } from './values.ts'

/** What a Patient made from a row tells about who it is. */
export function traitsOf(patient: Patient, source: Source): Traits {
  const nhs = patient.identifier?.find(({ system }) => system === nhsNumberSystem)
  const status =
    nhs?.extension?.[0]?.valueCodeableConcept?.coding?.[0]?.code ??
    (nhs !== undefined && source.settings.nhsNumbersTraced === true ? '01' : undefined)
  const others = (patient.identifier ?? []).flatMap(({ system, value, use }) =>
    system !== undefined && value !== undefined && system !== nhsNumberSystem && use !== 'temp'
      ? [{ system, value }]
      : [],
  )
  const [first, ...rest] = patient.name ?? []
  const postcode = patient.address?.find(({ postalCode }) => postalCode !== undefined)?.postalCode
  const phones = (patient.telecom ?? []).flatMap(({ system, value }) =>
    value !== undefined && (system === undefined || system === 'phone' || system === 'sms') ? [value] : [],
  )
  const deceased = patient.deceasedDateTime !== undefined ? true : patient.deceasedBoolean
  return {
    ...(nhs?.value === undefined ? {} : { nhsNumber: nhs.value }),
    ...(status === undefined ? {} : { nhsNumberStatus: status }),
    ...(others.length === 0 ? {} : { identifiers: others }),
    ...(first?.family === undefined ? {} : { family: first.family }),
    ...(first?.given === undefined ? {} : { given: first.given }),
    ...(rest.length === 0
      ? {}
      : {
          otherNames: rest.map(({ family, given }) => ({
            ...(family === undefined ? {} : { family }),
            ...(given === undefined ? {} : { given }),
          })),
        }),
    ...(patient.birthDate === undefined ? {} : { birthDate: patient.birthDate }),
    ...(patient.gender === undefined ? {} : { gender: patient.gender }),
    ...(postcode === undefined ? {} : { postcode }),
    ...(phones.length === 0 ? {} : { phones }),
    ...(deceased === undefined ? {} : { deceased }),
  }
}
