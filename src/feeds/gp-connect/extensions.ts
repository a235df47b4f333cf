/**
 * STU3 extensions and the UK Core R4 ones that took their place, by whole URL.
 * Retired UK Core extensions are never written: those, and extensions that are not known, stay under the URL they came with.
 * @see facts/ukcore.md §3
 */
import type { Place } from '../translation.ts'
import { copy, isObject, type Json, type Reading, use } from './reading.ts'

const ukCore = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-'
const gpc = 'https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-'
const careConnect = 'https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-'
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
  [`${gpc}NHSNumberVerificationStatus-1`]: renamed(`${ukCore}NHSNumberVerificationStatus`),
  [`${careConnect}NHSNumberVerificationStatus-1`]: renamed(`${ukCore}NHSNumberVerificationStatus`),
  [`${gpc}EthnicCategory-1`]: renamed(`${ukCore}EthnicCategory`),
  [`${careConnect}EthnicCategory-1`]: renamed(`${ukCore}EthnicCategory`),
  [`${gpc}ResidentialStatus-1`]: renamed(`${ukCore}ResidentialStatus`),
  [`${careConnect}ResidentialStatus-1`]: renamed(`${ukCore}ResidentialStatus`),
  [`${gpc}DeathNotificationStatus-1`]: renamed(`${ukCore}DeathNotificationStatus`),
  [`${careConnect}DeathNotificationStatus-1`]: renamed(`${ukCore}DeathNotificationStatus`),
  [`${gpc}MainLocation-1`]: renamed(`${ukCore}MainLocation`),
  [`${careConnect}MainLocation-1`]: renamed(`${ukCore}MainLocation`),
  [`${gpc}ListWarningCode-1`]: coded(
    `${ukCore}ListWarningCode`,
    'https://fhir.hl7.org.uk/CodeSystem/UKCore-ListWarningCode',
  ),
  [`${careConnect}ListWarningCode-1`]: coded(
    `${ukCore}ListWarningCode`,
    'https://fhir.hl7.org.uk/CodeSystem/UKCore-ListWarningCode',
  ),
  [`${gpc}ClinicalSetting-1`]: renamed(`${ukCore}CareSettingType`),
  [`${careConnect}ClinicalSetting-1`]: renamed(`${ukCore}CareSettingType`),
  [`${gpc}MedicationStatementLastIssueDate-1`]: renamed(`${ukCore}MedicationStatementLastIssueDate`),
  [`${careConnect}MedicationStatementLastIssueDate-1`]: renamed(`${ukCore}MedicationStatementLastIssueDate`),
  [`${gpc}PrescribingAgency-1`]: renamed(`${ukCore}MedicationPrescribingOrganizationType`),
  [`${careConnect}PrescribingAgency-1`]: renamed(`${ukCore}MedicationPrescribingOrganizationType`),
  [`${careConnect}Evidence-1`]: renamed(`${ukCore}Evidence`),
  [`${careConnect}VaccinationProcedure-1`]: renamed(`${ukCore}VaccinationProcedure`),
  [`${careConnect}ParentPresent-1`]: renamed(`${ukCore}ParentPresent`),
  [`${careConnect}ConditionEpisode-1`]: renamed(`${ukCore}ConditionEpisode`),
  [`${careConnect}ConditionEpisodicity-1`]: renamed(`${ukCore}ConditionEpisode`),
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
