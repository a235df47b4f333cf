/** What a FHIR Patient says about who it is. @see FHIR R4 patient.html, UK Core Patient */
import type { Issue } from '../../base/index.ts'
import type { Traits } from '../../identity/index.ts'
import { parseNhsNumber } from '../../nhs/index.ts'
import { asObject, asText, type JsonObject, objectsOf } from './json-object.ts'

export const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number'

/** The retired words of UK Core and STU3 for today's codes. @see facts: UKCore-NHSNumberVerificationStatus */
const statusWords: Readonly<Record<string, string>> = {
  'number-present-and-verified': '01',
  'number-present-but-not-traced': '02',
  'trace-required': '03',
  'trace-attempted-no-match-or-multiple-match-found': '04',
  'trace-needs-to-be-resolved': '05',
  'trace-in-progress': '06',
  'number-not-present-and-trace-not-required': '07',
  'trace-postponed': '08',
}

export type ReadTraits = { readonly traits: Traits; readonly notes: readonly Issue[] }

/**
 * @param at where the Patient stands, for the notes
 * @param traced NHS numbers without a status count as traced (SourceSettings.nhsNumbersTraced)
 */
export function traitsOfPatient(patient: JsonObject, at: string, traced: boolean): ReadTraits {
  const notes: Issue[] = []
  const identifiers: { system: string; value: string }[] = []
  let nhs: { number: string; status: string | undefined } | undefined
  for (const [index, identifier] of objectsOf(patient.identifier).entries()) {
    const system = asText(identifier.system)
    const value = asText(identifier.value)
    if (system === undefined || value === undefined) continue
    const current = identifier.use !== 'old'
    if (system === nhsNumberSystem && current) {
      const place = `${at}.identifier[${index}].value`
      const number = parseNhsNumber(value, place)
      if (!number.ok) notes.push(...number.issues.map((issue) => ({ ...issue, severity: 'warning' as const })))
      else if (nhs === undefined) {
        nhs = { number: number.value, status: verificationStatus(identifier) ?? (traced ? '01' : undefined) }
        continue
      } else if (nhs.number !== number.value) {
        notes.push({
          place,
          severity: 'warning',
          message: 'A second NHS number; the first is used',
          remedy: 'Ask the source which one holds.',
        })
      }
    }
    identifiers.push({ system, value })
  }
  const names = objectsOf(patient.name).map(readName)
  const order = objectsOf(patient.name).map((name) => rankOfUse(asText(name.use)))
  const first = order.length === 0 ? -1 : order.indexOf(Math.min(...order))
  const main = names[first] ?? {}
  const others = names.filter(
    (name, index) => index !== first && (name.family !== undefined || name.given !== undefined),
  )
  const gender = asText(patient.gender)
  const birthDate = asText(patient.birthDate)
  const postcode = currentPostcode(patient)
  const phones = objectsOf(patient.telecom)
    .filter((telecom) => (telecom.system === 'phone' || telecom.system === 'sms') && telecom.use !== 'old')
    .map((telecom) => asText(telecom.value))
    .filter((value) => value !== undefined)
  const deceased =
    typeof patient.deceasedBoolean === 'boolean'
      ? patient.deceasedBoolean
      : patient.deceasedDateTime === undefined
        ? undefined
        : true
  const traits: Traits = {
    ...(nhs === undefined ? {} : { nhsNumber: nhs.number }),
    ...(nhs?.status === undefined ? {} : { nhsNumberStatus: nhs.status }),
    ...(identifiers.length === 0 ? {} : { identifiers }),
    ...main,
    ...(others.length === 0 ? {} : { otherNames: others }),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(gender === 'male' || gender === 'female' || gender === 'other' || gender === 'unknown' ? { gender } : {}),
    ...(postcode === undefined ? {} : { postcode }),
    ...(phones.length === 0 ? {} : { phones }),
    ...(deceased === undefined ? {} : { deceased }),
  }
  return { traits, notes }
}

function verificationStatus(identifier: JsonObject): string | undefined {
  for (const extension of objectsOf(identifier.extension)) {
    if (!/NHSNumberVerificationStatus/i.test(asText(extension.url) ?? '')) continue
    for (const coding of objectsOf(asObject(extension.valueCodeableConcept)?.coding)) {
      const code = asText(coding.code) ?? ''
      if (/^0[1-8]$/.test(code)) return code
      const word = statusWords[code]
      if (word !== undefined) return word
    }
  }
  return undefined
}

function readName(name: JsonObject): { readonly family?: string; readonly given?: readonly string[] } {
  const family = asText(name.family)
  const given = Array.isArray(name.given) ? name.given.filter((each) => typeof each === 'string') : []
  return { ...(family === undefined ? {} : { family }), ...(given.length === 0 ? {} : { given }) }
}

function rankOfUse(use: string | undefined): number {
  return use === 'official'
    ? 0
    : use === 'usual'
      ? 1
      : use === undefined
        ? 2
        : use === 'temp' || use === 'nickname'
          ? 3
          : 4
}

function currentPostcode(patient: JsonObject): string | undefined {
  const addresses = objectsOf(patient.address).filter(
    (address) => address.use !== 'old' && asText(address.postalCode) !== undefined,
  )
  const home = addresses.find((address) => address.use === 'home') ?? addresses[0]
  return home && asText(home.postalCode)
}
