/** How each search parameter is filed: which dates sort, which codes have rows of their own, which values are too common for the index. */

/** The date by which a type is sorted and searched: its search parameter. Types not named have none. */
const mainDates: Readonly<Record<string, string>> = {
  Account: 'period',
  AdverseEvent: 'date',
  AllergyIntolerance: 'date',
  Appointment: 'date',
  AuditEvent: 'date',
  CarePlan: 'date',
  CareTeam: 'date',
  ChargeItem: 'occurrence',
  Claim: 'created',
  ClinicalImpression: 'date',
  Communication: 'sent',
  CommunicationRequest: 'authored',
  Composition: 'date',
  Condition: 'onset-date',
  Consent: 'date',
  DetectedIssue: 'identified',
  DeviceRequest: 'event-date',
  DiagnosticReport: 'date',
  DocumentManifest: 'created',
  DocumentReference: 'date',
  Encounter: 'date',
  EpisodeOfCare: 'date',
  ExplanationOfBenefit: 'created',
  FamilyMemberHistory: 'date',
  Flag: 'date',
  Goal: 'start-date',
  ImagingStudy: 'started',
  Immunization: 'date',
  ImmunizationRecommendation: 'date',
  List: 'date',
  Media: 'created',
  MedicationAdministration: 'effective-time',
  MedicationDispense: 'whenhandedover',
  MedicationRequest: 'authoredon',
  MedicationStatement: 'effective',
  NutritionOrder: 'datetime',
  Observation: 'date',
  Patient: 'birthdate',
  Person: 'birthdate',
  Procedure: 'date',
  Provenance: 'recorded',
  QuestionnaireResponse: 'authored',
  RelatedPerson: 'birthdate',
  RequestGroup: 'authored',
  RiskAssessment: 'date',
  ServiceRequest: 'authored',
  Slot: 'start',
  Specimen: 'collected',
  Task: 'authored-on',
  VisionPrescription: 'datewritten',
}

/** The date parameter of a type that has its place in the tables; others cannot be searched by yet. */
export function mainDateOf(type: string): string | undefined {
  return mainDates[type]
}

/** Longer than this, a range is "long": a search for what lasts until after a day looks for long ones apart, and for others only this far back. */
export const longRangeSeconds = 35 * 86_400

/** The token parameter of a type whose codings get rows with the date, so that `code` and `date` are found together. */
const mainCodes: Readonly<Record<string, string>> = {
  AllergyIntolerance: 'code',
  Composition: 'type',
  Condition: 'code',
  DiagnosticReport: 'code',
  DocumentReference: 'type',
  Encounter: 'type',
  Immunization: 'vaccine-code',
  MedicationAdministration: 'code',
  MedicationDispense: 'code',
  MedicationRequest: 'code',
  MedicationStatement: 'code',
  Observation: 'code',
  Procedure: 'code',
  ServiceRequest: 'code',
}

export function mainCodeOf(type: string): string | undefined {
  return mainCodes[type]
}

/** Values of these stand on very many resources: they filter, and never lead a search. */
export const commonParameters: ReadonlySet<string> = new Set([
  '_profile',
  '_security',
  '_source',
  '_tag',
  'active',
  'category',
  'class',
  'clinical-status',
  'criticality',
  'deceased',
  'gender',
  'intent',
  'status',
  'type',
  'use',
  'verification-status',
  'address-use',
  'priority',
  'language',
])

/** Of the common parameters, values that are nevertheless rare at any moment: work that is still open. They lead a search. */
export const openStates: ReadonlySet<string> = new Set([
  'arrived',
  'booked',
  'cancelled',
  'draft',
  'entered-in-error',
  'in-progress',
  'on-hold',
  'onleave',
  'partial',
  'pending',
  'planned',
  'preliminary',
  'proposed',
  'received',
  'registered',
  'rejected',
  'requested',
  'ready',
  'triaged',
  'unconfirmed',
  'waitlist',
])

/** Said again by other parameters, or of no use: not filed. A search by one of them is refused, or answered by those others. */
export const unfiledParameters: ReadonlySet<string> = new Set([
  '_id',
  '_lastUpdated',
  'combo-code',
  'combo-data-absent-reason',
  'combo-value-concept',
  'combo-value-quantity',
  'component-data-absent-reason',
  'component-value-concept',
  'phonetic',
  'value-string',
])
