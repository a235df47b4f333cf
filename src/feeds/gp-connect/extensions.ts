/**
 * STU3 extensions and the UK Core R4 ones that took their place, by whole URL.
 * Retired UK Core extensions are never written: those, and extensions that are not known, stay under the URL they came with.
 * @see facts/ukcore.md §3
 */
import type { Place } from '../translation.ts'
import { copy, isObject, type Json, type Reading, use } from './reading.ts'

const ukCore = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-'
/** The STU3 addresses under which one CareConnect extension is met in the field. */
export function stu3Extension(name: string): readonly string[] {
  return [
    `https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-${name}-1`,
    `https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-${name}-1`,
    `https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-${name}-1`,
    `https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-${name}-1`,
  ]
}

/** A table with each rule under all addresses of its extension. */
export function byAddress<T>(rules: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(rules).flatMap(([name, rule]) => stu3Extension(name).map((url) => [url, rule])),
  )
}

const gpConnect = 'https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-'

type ReadExtension = (extension: Json, place: Place, reading: Reading) => readonly Json[]

/** The same content under another URL. */
function renamed(url: string): ReadExtension {
  return (extension, place, reading) => [{ ...asItCame(extension, place, reading)[0], url }]
}

/** A code in STU3, a CodeableConcept in R4. */
function coded(url: string, system: string): ReadExtension {
  return (extension, place, reading) => {
    if (typeof extension.valueCode !== 'string') return renamed(url)(extension, place, reading)
    use(extension, place, reading)
    return [{ url, valueCodeableConcept: { coding: [{ system, code: extension.valueCode }] } }]
  }
}

/** SNOMED description id and the words that the author saw: two extensions in R4. */
const descriptionOfCoding: ReadExtension = (extension, place, reading) => {
  const made: Json[] = []
  for (const [part, at] of partsOf(extension, place)) {
    if (part.url === 'descriptionId' && typeof part.valueId === 'string') {
      made.push({ url: 'http://hl7.org/fhir/StructureDefinition/coding-sctdescid', valueId: part.valueId })
    } else if (part.url === 'descriptionDisplay' && typeof part.valueString === 'string') {
      made.push({ url: `${ukCore}CodingSCTDescDisplay`, valueString: part.valueString })
    } else continue
    use(part, at, reading)
  }
  if (made.length > 0) reading.used.add(`${place}.url`)
  return made
}

const table: Readonly<Record<string, ReadExtension>> = {
  'https://fhir.nhs.uk/STU3/StructureDefinition/Extension-coding-sctdescid': descriptionOfCoding,
  'https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-coding-sctdescid': descriptionOfCoding,
  ...byAddress({
    NHSNumberVerificationStatus: renamed(`${ukCore}NHSNumberVerificationStatus`),
    EthnicCategory: renamed(`${ukCore}EthnicCategory`),
    ResidentialStatus: renamed(`${ukCore}ResidentialStatus`),
    DeathNotificationStatus: renamed(`${ukCore}DeathNotificationStatus`),
    MainLocation: renamed(`${ukCore}MainLocation`),
    ListWarningCode: coded(`${ukCore}ListWarningCode`, 'https://fhir.hl7.org.uk/CodeSystem/UKCore-ListWarningCode'),
    ClinicalSetting: renamed(`${ukCore}CareSettingType`),
    MedicationStatementLastIssueDate: renamed(`${ukCore}MedicationStatementLastIssueDate`),
    PrescribingAgency: renamed(`${ukCore}MedicationPrescribingOrganizationType`),
    Evidence: renamed(`${ukCore}Evidence`),
    VaccinationProcedure: renamed(`${ukCore}VaccinationProcedure`),
    ParentPresent: renamed(`${ukCore}ParentPresent`),
    ConditionEpisode: renamed(`${ukCore}ConditionEpisode`),
    ConditionEpisodicity: renamed(`${ukCore}ConditionEpisode`),
  }),
  [`${gpConnect}BookingOrganisation-1`]: renamed(`${ukCore}BookingOrganization`),
  [`${gpConnect}DeliveryChannel-2`]: coded(
    `${ukCore}DeliveryChannel`,
    'https://fhir.hl7.org.uk/CodeSystem/UKCore-DeliveryChannel',
  ),
}

/** The R4 extensions that say what a STU3 one said. */
export const readExtension: ReadExtension = (extension, place, reading) => {
  const rule =
    typeof extension.url === 'string' && Object.hasOwn(table, extension.url) ? table[extension.url] : undefined
  return (rule ?? asItCame)(extension, place, reading)
}

/** An extension without a URL says nothing that anyone could read. */
const asItCame: ReadExtension = (extension, place, reading) => {
  if (typeof extension.url !== 'string' || extension.url === '') return []
  const made = copy(extension, place, reading)
  return isObject(made) && Object.keys(made).length > 1 ? [made] : []
}

/** The extensions inside an extension, each with its place. */
export function partsOf(extension: Json, place: Place): readonly (readonly [Json, Place])[] {
  if (!Array.isArray(extension.extension)) return []
  return extension.extension.flatMap((part, index) =>
    isObject(part) ? [[part, `${place}.extension[${index}]`] as const] : [],
  )
}
