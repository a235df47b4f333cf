/** The patient of a document: as a Patient, and as an identity to be matched. */
import type { Subject, Traits } from '../../identity/index.ts'
import { parseNhsNumber } from '../../nhs/index.ts'
import { factId } from '../source.ts'
import { type Desk, organisation } from './actors.ts'
import { type Drawing, draw, put, type Reference } from './drawing.ts'
import { address, all, humanName, telecom } from './people-values.ts'
import { attribute, child, children, type Reading } from './reading.ts'
import { nhsNumberRoots } from './systems.ts'
import { concept, type Identifier, identifier, isSaid, timestamp } from './values.ts'
import type { Xml } from './xml.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

const verification = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus'
const verificationSystem = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland'

/** HL7 v3 letters, and the NHS figures of ITK documents. */
const genders: Readonly<Record<string, 'male' | 'female' | 'other' | 'unknown'>> = {
  M: 'male',
  F: 'female',
  UN: 'other',
  '1': 'male',
  '2': 'female',
  '9': 'other',
  '0': 'unknown',
  X: 'unknown',
}

/**
 * The name by which this source knows the patient: its own number before the NHS number, which may come later or change.
 * @param fallback when the document gives no number at all
 */
export function patientKey(reading: Reading, role: Xml, fallback: string): string {
  const ids = children(reading, role, 'id').flatMap((node) => {
    const read = identifier(reading, node)
    return read ? [{ read, nhs: Object.hasOwn(nhsNumberRoots, node.attributes.root ?? '') }] : []
  })
  const chosen = ids.find(({ nhs }) => !nhs) ?? ids[0]
  return chosen ? `${chosen.read.system ?? ''}|${chosen.read.value}` : fallback
}

export type ReadPatient = { readonly drawing: Drawing; readonly subject: Subject }

export function readPatient(desk: Desk, role: Xml, key: string): ReadPatient {
  const { reading } = desk
  const drawing = draw('Patient', role, 'CDA patient')
  const traits: Writable<Traits> = {}
  const person = child(reading, role, 'patient')
  readIdentifiers(reading, role, drawing, traits)
  readNames(reading, person, drawing, traits)
  readDemographics(reading, role, person, drawing, traits)
  readLanguages(reading, person, drawing)
  readGuardian(reading, person, drawing)
  const provider = organisation(desk, child(reading, role, 'providerOrganization'))
  if (provider) put(drawing, 'managingOrganization', provider, child(reading, role, 'providerOrganization'))
  const patientId = factId(reading.source, 'Patient', key)
  return { drawing, subject: { patientId, source: reading.source.id, traits } }
}

function readIdentifiers(reading: Reading, role: Xml, drawing: Drawing, traits: Writable<Traits>): void {
  const read: (Identifier & { readonly extension?: unknown })[] = []
  const others: { system: string; value: string }[] = []
  for (const node of children(reading, role, 'id')) {
    const each = identifier(reading, node)
    if (each === undefined) continue
    const byRoot = nhsNumberRoots[node.attributes.root?.trim() ?? '']
    const status = byRoot === '02' && reading.source.settings.nhsNumbersTraced === true ? '01' : byRoot
    const number = status === undefined ? undefined : parseNhsNumber(each.value, `${node.place}/@extension`)
    if (status !== undefined && number?.ok) {
      if (traits.nhsNumber === undefined || status === '01')
        Object.assign(traits, { nhsNumber: number.value, nhsNumberStatus: status })
      const valueCodeableConcept = { coding: [{ system: verificationSystem, code: status }] }
      read.push({ extension: [{ url: verification, valueCodeableConcept }], ...each, value: number.value })
      continue
    }
    if (number && !number.ok)
      reading.notes.push(...number.issues.map((issue) => ({ ...issue, severity: 'warning' as const })))
    read.push(each)
    if (each.system !== undefined) others.push({ system: each.system, value: each.value })
  }
  put(drawing, 'identifier', read, children(reading, role, 'id')[0])
  if (others.length > 0) traits.identifiers = others
}

function readNames(reading: Reading, person: Xml | undefined, drawing: Drawing, traits: Writable<Traits>): void {
  const names = all(reading, person, 'name', humanName)
  put(drawing, 'name', names, child(reading, person, 'name'))
  const main = names.find(({ use }) => use === 'official') ?? names.find(({ use }) => use !== 'old') ?? names[0]
  for (const name of names) {
    const { family, given } = name
    const read = { ...(family === undefined ? {} : { family }), ...(given === undefined ? {} : { given }) }
    if (name === main) Object.assign(traits, read)
    else if (Object.keys(read).length > 0) traits.otherNames = [...(traits.otherNames ?? []), read]
  }
}

function readDemographics(
  reading: Reading,
  role: Xml,
  person: Xml | undefined,
  drawing: Drawing,
  traits: Writable<Traits>,
): void {
  const genderNode = child(reading, person, 'administrativeGenderCode')
  const gender = genders[genderNode?.attributes.code?.trim() ?? '']
  if (gender !== undefined) {
    concept(reading, genderNode)
    put(drawing, 'gender', gender, genderNode)
    traits.gender = gender
  }
  const birthNode = child(reading, person, 'birthTime')
  const born = timestamp(reading, birthNode)
  if (born !== undefined) {
    put(drawing, 'birthDate', born.slice(0, 10), birthNode)
    if (born.length > 10)
      drawing.made._birthDate = {
        extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime', valueDateTime: born }],
      }
    traits.birthDate = born.slice(0, 10)
  }
  const addresses = all(reading, role, 'addr', address)
  put(drawing, 'address', addresses, child(reading, role, 'addr'))
  const postcode = (addresses.find(({ use }) => use === 'home') ?? addresses.find(({ use }) => use !== 'old'))
    ?.postalCode
  if (postcode !== undefined) traits.postcode = postcode
  const telecoms = all(reading, role, 'telecom', telecom)
  put(drawing, 'telecom', telecoms, child(reading, role, 'telecom'))
  const phones = telecoms.filter(({ system, use }) => system === 'phone' && use !== 'work').map(({ value }) => value)
  if (phones.length > 0) traits.phones = phones
  const marital = concept(reading, child(reading, person, 'maritalStatusCode'))
  if (isSaid(marital)) put(drawing, 'maritalStatus', marital, child(reading, person, 'maritalStatusCode'))
  readDeath(reading, person, drawing, traits)
}

function readDeath(reading: Reading, person: Xml | undefined, drawing: Drawing, traits: Writable<Traits>): void {
  const flag = child(reading, person, 'sdtc:deceasedInd')
  const when = timestamp(reading, child(reading, person, 'sdtc:deceasedTime'))
  const said = attribute(reading, flag, 'value')
  if (when !== undefined) put(drawing, 'deceasedDateTime', when, child(reading, person, 'sdtc:deceasedTime'))
  else if (said === 'true' || said === 'false') put(drawing, 'deceasedBoolean', said === 'true', flag)
  if (when !== undefined || said === 'true') traits.deceased = true
  else if (said === 'false') traits.deceased = false
}

function readLanguages(reading: Reading, person: Xml | undefined, drawing: Drawing): void {
  const languages = children(reading, person, 'languageCommunication').flatMap((node) => {
    const code = attribute(reading, child(reading, node, 'languageCode'), 'code')
    if (code === undefined) return []
    const preferred = attribute(reading, child(reading, node, 'preferenceInd'), 'value')
    const language = { coding: [{ system: 'urn:ietf:bcp:47', code }] }
    return [
      preferred === 'true' || preferred === 'false' ? { language, preferred: preferred === 'true' } : { language },
    ]
  })
  put(drawing, 'communication', languages, child(reading, person, 'languageCommunication'))
}

function readGuardian(reading: Reading, person: Xml | undefined, drawing: Drawing): void {
  const contacts = children(reading, person, 'guardian').flatMap((node) => {
    const [name] = all(reading, child(reading, node, 'guardianPerson'), 'name', humanName)
    const telecoms = all(reading, node, 'telecom', telecom)
    const [home] = all(reading, node, 'addr', address)
    const relationship = concept(reading, child(reading, node, 'code'))
    const made = {
      ...(isSaid(relationship) ? { relationship: [relationship] } : {}),
      ...(name ? { name } : {}),
      ...(telecoms.length > 0 ? { telecom: telecoms } : {}),
      ...(home ? { address: home } : {}),
    }
    return Object.keys(made).length > 0 ? [made] : []
  })
  put(drawing, 'contact', contacts, child(reading, person, 'guardian'))
}

/** A reference to the patient with the name that people read. */
export function patientReference(subject: Subject): Reference {
  return { reference: `Patient/${subject.patientId}` }
}
