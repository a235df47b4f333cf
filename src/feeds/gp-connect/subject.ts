/** Who a GP Connect message is about: the Patient as an identity to be matched. */
import type { Issue } from '../../base/index.ts'
import type { Subject, Traits } from '../../identity/index.ts'
import { parseNhsNumber } from '../../nhs/index.ts'
import type { Source } from '../source.ts'
import type { Place } from '../translation.ts'
import { isObject, type Json } from './reading.ts'
import { verificationCode } from './systems.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number'

/** Traits of a Patient as it came (STU3). A wrong NHS number is noted and left among the identifiers. */
export function readSubject(source: Source, patientId: string, patient: Json, place: Place, notes: Issue[]): Subject {
  const traits: Writable<Traits> = {}
  const identifiers: { system: string; value: string }[] = []
  for (const [index, identifier] of objects(patient.identifier).entries()) {
    const { system, value } = identifier
    if (typeof value !== 'string' || value === '') continue
    if (system === nhsNumberSystem && traits.nhsNumber === undefined && identifier.use !== 'old') {
      const at = `${place}.identifier[${index}].value`
      const number = parseNhsNumber(value, at)
      if (number.ok) {
        traits.nhsNumber = number.value
        const status = verificationOf(identifier) ?? (source.settings.nhsNumbersTraced === true ? '01' : undefined)
        if (status !== undefined) traits.nhsNumberStatus = status
        continue
      }
      notes.push(...number.issues.map((issue) => ({ ...issue, severity: 'warning' as const })))
    }
    if (typeof system === 'string') identifiers.push({ system, value })
  }
  if (identifiers.length > 0) traits.identifiers = identifiers
  readNames(patient, traits)
  readRest(patient, traits)
  return { patientId, source: source.id, traits }
}

function verificationOf(identifier: Json): string | undefined {
  for (const extension of objects(identifier.extension)) {
    if (!String(extension.url).includes('NHSNumberVerificationStatus')) continue
    const concept = isObject(extension.valueCodeableConcept) ? extension.valueCodeableConcept : {}
    for (const { code } of objects(concept.coding)) if (typeof code === 'string') return verificationCode(code)
  }
  return undefined
}

function readNames(patient: Json, traits: Writable<Traits>): void {
  const names = objects(patient.name)
  const main = names.find((name) => name.use === 'official') ?? names.find((name) => name.use !== 'old') ?? names[0]
  for (const name of names) {
    const family = typeof name.family === 'string' && name.family !== '' ? { family: name.family } : {}
    const given = strings(name.given)
    const read = { ...family, ...(given.length > 0 ? { given } : {}) }
    if (name === main) Object.assign(traits, read)
    else if (Object.keys(read).length > 0) traits.otherNames = [...(traits.otherNames ?? []), read]
  }
}

function readRest(patient: Json, traits: Writable<Traits>): void {
  if (typeof patient.birthDate === 'string' && /^\d{4}(-\d\d(-\d\d)?)?$/.test(patient.birthDate)) {
    traits.birthDate = patient.birthDate
  }
  const { gender } = patient
  if (gender === 'male' || gender === 'female' || gender === 'other' || gender === 'unknown') traits.gender = gender
  const addresses = objects(patient.address)
  const home = addresses.find(({ use }) => use === 'home') ?? addresses.find(({ use }) => use !== 'old')
  if (typeof home?.postalCode === 'string' && home.postalCode !== '') traits.postcode = home.postalCode
  const phones = objects(patient.telecom).flatMap(({ system, value }) =>
    (system === 'phone' || system === 'sms') && typeof value === 'string' && value !== '' ? [value] : [],
  )
  if (phones.length > 0) traits.phones = phones
  if (patient.deceasedBoolean === true || typeof patient.deceasedDateTime === 'string') traits.deceased = true
  else if (patient.deceasedBoolean === false) traits.deceased = false
}

function objects(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string' && each !== '') : []
}
