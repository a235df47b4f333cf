/**
 * STU3 code systems, profiles and extensions and their R4 names, each looked up whole: a URL that is not here stays as it came.
 * @see facts/legacy-formats.md §1; FHIR R4 "terminologies-systems.html" for the HL7 ones
 */

const hl7 = 'http://terminology.hl7.org/CodeSystem'
const ukCore = 'https://fhir.hl7.org.uk/CodeSystem'

const systems: Readonly<Record<string, string>> = {
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1': `${ukCore}/UKCore-NHSNumberVerificationStatusEngland`,
  'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1': `${ukCore}/UKCore-NHSNumberVerificationStatusEngland`,
  'https://fhir.nhs.uk/CareConnect-NHSNumberVerificationStatus-1': `${ukCore}/UKCore-NHSNumberVerificationStatusEngland`,
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-EthnicCategory-1': `${ukCore}/UKCore-EthnicCategoryEngland`,
  'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-EthnicCategory-1': `${ukCore}/UKCore-EthnicCategoryEngland`,
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-ResidentialStatus-1': `${ukCore}/UKCore-ResidentialStatus`,
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-HumanLanguage-1': `${ukCore}/UKCore-HumanLanguage`,
  'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-HumanLanguage-1': `${ukCore}/UKCore-HumanLanguage`,
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-LanguageAbilityMode-1': `${hl7}/v3-LanguageAbilityMode`,
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-LanguageAbilityProficiency-1': `${hl7}/v3-LanguageAbilityProficiency`,
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1': `${ukCore}/UKCore-SDSJobRoleName`,
  'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1': `${ukCore}/UKCore-SDSJobRoleName`,
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-ListEmptyReasonCode-1': `${ukCore}/UKCore-ListEmptyReasonCode`,
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-ListWarningCode-1': `${ukCore}/UKCore-ListWarningCode`,
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-PrescribingAgency-1': `${ukCore}/UKCore-MedicationPrescribingOrganizationType`,
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-ConditionEpisodicity-1': `${ukCore}/UKCore-ConditionEpisodicity`,
  'http://hl7.org/fhir/v3/NullFlavor': `${hl7}/v3-NullFlavor`,
  'http://hl7.org/fhir/v3/MaritalStatus': `${hl7}/v3-MaritalStatus`,
  'http://hl7.org/fhir/marital-status': `${hl7}/v3-MaritalStatus`,
  'http://hl7.org/fhir/v3/ActCode': `${hl7}/v3-ActCode`,
  'http://hl7.org/fhir/v3/ActReason': `${hl7}/v3-ActReason`,
  'http://hl7.org/fhir/v3/ParticipationType': `${hl7}/v3-ParticipationType`,
  'http://hl7.org/fhir/v3/RoleCode': `${hl7}/v3-RoleCode`,
  'http://hl7.org/fhir/v3/RouteOfAdministration': `${hl7}/v3-RouteOfAdministration`,
  'http://hl7.org/fhir/v3/ActSite': `${hl7}/v3-ActSite`,
  'http://hl7.org/fhir/v3/Confidentiality': `${hl7}/v3-Confidentiality`,
  'http://hl7.org/fhir/v3/LanguageAbilityMode': `${hl7}/v3-LanguageAbilityMode`,
  'http://hl7.org/fhir/v3/ObservationInterpretation': `${hl7}/v3-ObservationInterpretation`,
  'http://hl7.org/fhir/v2/0078': `${hl7}/v3-ObservationInterpretation`,
  'http://hl7.org/fhir/v2/0074': `${hl7}/v2-0074`,
  'http://hl7.org/fhir/v2/0092': `${hl7}/v2-0092`,
  'http://hl7.org/fhir/v2/0116': `${hl7}/v2-0116`,
  'http://hl7.org/fhir/v2/0131': `${hl7}/v2-0131`,
  'http://hl7.org/fhir/v2/0203': `${hl7}/v2-0203`,
  'http://hl7.org/fhir/v2/0276': `${hl7}/v2-0276`,
  'http://hl7.org/fhir/v2/0443': `${hl7}/v2-0443`,
  'http://hl7.org/fhir/identifier-type': `${hl7}/v2-0203`,
  'http://hl7.org/fhir/observation-category': `${hl7}/observation-category`,
  'http://hl7.org/fhir/condition-category': `${hl7}/condition-category`,
  'http://hl7.org/fhir/data-absent-reason': `${hl7}/data-absent-reason`,
  'http://hl7.org/fhir/list-order': `${hl7}/list-order`,
  'http://hl7.org/fhir/list-empty-reason': `${hl7}/list-empty-reason`,
  'http://hl7.org/fhir/organization-type': `${hl7}/organization-type`,
  'http://hl7.org/fhir/diagnosis-role': `${hl7}/diagnosis-role`,
  'http://hl7.org/fhir/practitioner-role': `${hl7}/practitioner-role`,
  'http://hl7.org/fhir/medication-statement-category': `${hl7}/medication-statement-category`,
  'http://hl7.org/fhir/medication-request-category': `${hl7}/medicationrequest-category`,
  'http://hl7.org/fhir/referencerange-meaning': `${hl7}/referencerange-meaning`,
  'http://hl7.org/fhir/reaction-event-certainty': `${hl7}/reaction-event-certainty`,
  'http://hl7.org/fhir/location-physical-type': `${hl7}/location-physical-type`,
}

/** One list in STU3, two in R4: the codes that HL7 has moved to its own system. */
const conditionCategories: Readonly<Record<string, string>> = {
  'problem-list-item': `${hl7}/condition-category`,
  'encounter-diagnosis': `${hl7}/condition-category`,
  'presenting-complaint': `${ukCore}/UKCore-ConditionCategory`,
  'co-morbidity': `${ukCore}/UKCore-ConditionCategory`,
}

const conditionCategorySystems = new Set([
  'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-ConditionCategory-1',
  'https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-ConditionCategory-1',
])

/** The words that older STU3 senders and PDS use for the two-figure codes of NHS number verification. */
const verificationWords: Readonly<Record<string, string>> = {
  'number-present-and-verified': '01',
  'number-present-but-not-traced': '02',
  'trace-required': '03',
  'trace-attempted': '04',
  'trace-needs-to-be-resolved': '05',
  'trace-in-progress': '06',
  'number-not-present-and-trace-not-required': '07',
  'trace-postponed': '08',
}

/** The R4 system of a coding, and its code when that changed too. The same object shape serves identifiers, whose systems stay. */
export function systemInR4(system: string, code: unknown): { readonly system: string; readonly code?: string } {
  if (conditionCategorySystems.has(system)) {
    return { system: (typeof code === 'string' ? conditionCategories[code] : undefined) ?? system }
  }
  const renamed = systems[system] ?? system
  const number =
    typeof code === 'string' && renamed.endsWith('VerificationStatusEngland') ? verificationWords[code] : undefined
  return number === undefined ? { system: renamed } : { system: renamed, code: number }
}

/** NHS number verification status as '01' to '08', from either way of writing it. */
export function verificationCode(code: string): string | undefined {
  return /^0[1-8]$/.test(code) ? code : verificationWords[code]
}

const gpc = 'https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-'
const careConnect = 'https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-'

/** Profile of a resource as its sender names it → the UK Core profile of the resource that it becomes. */
const profiles: Readonly<Record<string, string>> = {
  ...profilesOf(gpc, [
    'Patient',
    'Practitioner',
    'PractitionerRole',
    'Organization',
    'Location',
    'AllergyIntolerance',
    'Encounter',
    'Observation',
    'Immunization',
    'List',
    'Medication',
    'MedicationRequest',
    'MedicationStatement',
    'DiagnosticReport',
    'Specimen',
    'DocumentReference',
    'HealthcareService',
  ]),
  ...profilesOf(careConnect, [
    'Patient',
    'Practitioner',
    'PractitionerRole',
    'Organization',
    'Location',
    'AllergyIntolerance',
    'Condition',
    'Encounter',
    'Observation',
    'Immunization',
    'List',
    'Medication',
    'MedicationRequest',
    'MedicationStatement',
    'Procedure',
    'RelatedPerson',
    'DiagnosticReport',
    'Specimen',
    'EpisodeOfCare',
    'Flag',
    'HealthcareService',
    'DocumentReference',
  ]),
  [`${gpc}ProblemHeader-Condition-1`]: ukCoreProfile('Condition'),
  [`${gpc}ProcedureRequest-1`]: ukCoreProfile('ServiceRequest'),
  [`${gpc}ReferralRequest-1`]: ukCoreProfile('ServiceRequest'),
  [`${careConnect}ProcedureRequest-1`]: ukCoreProfile('ServiceRequest'),
  [`${careConnect}ReferralRequest-1`]: ukCoreProfile('ServiceRequest'),
  [`${careConnect}ProblemHeader-Condition-1`]: ukCoreProfile('Condition'),
  'https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Appointment-1': ukCoreProfile('Appointment'),
  'https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Slot-1': ukCoreProfile('Slot'),
  'https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Schedule-1': ukCoreProfile('Schedule'),
}

/**
 * UK Core requires more than GP Connect sends of these, so the fact does not claim their profile.
 * MedicationRequest.substitution is 1..1 in UK Core and never sent.
 */
const notClaimed = new Set([ukCoreProfile('MedicationRequest')])

/** The profile that the fact may claim; undefined when R4 has none or asks more than was sent. */
export function profileInR4(profile: string): string | undefined {
  const known = profiles[profile]
  return known === undefined || notClaimed.has(known) ? undefined : known
}

function ukCoreProfile(type: string): string {
  return `https://fhir.hl7.org.uk/StructureDefinition/UKCore-${type}`
}

function profilesOf(prefix: string, types: readonly string[]): Record<string, string> {
  return Object.fromEntries(types.map((type) => [`${prefix}${type}-1`, ukCoreProfile(type)]))
}
