/** HL7 v2 and NHS code tables, as an analyst reads them. What a table does not hold is not guessed. @see facts: hl7v2-uk §6, ukcore §4 */

type Table<T extends string = string> = Readonly<Record<string, T>>

/** PID-8 and NK1-15: HL7 table 0001 and the NHS person gender codes, which meet without clashing. */
export const genders: Table<'male' | 'female' | 'other' | 'unknown'> = {
  M: 'male',
  F: 'female',
  O: 'other',
  A: 'other',
  N: 'other',
  U: 'unknown',
  '1': 'male',
  '2': 'female',
  '9': 'other',
  X: 'unknown',
  '0': 'unknown',
}

/** XPN-7. */
export const nameUses: Table<'official' | 'usual' | 'maiden' | 'nickname' | 'temp' | 'anonymous' | 'old'> = {
  L: 'official',
  LEGAL: 'official',
  CURRENT: 'official',
  D: 'usual',
  P: 'usual',
  U: 'usual',
  M: 'maiden',
  B: 'maiden',
  MAIDEN: 'maiden',
  N: 'nickname',
  A: 'nickname',
  ALIAS: 'nickname',
  T: 'temp',
  S: 'anonymous',
  O: 'old',
  PREVIOUS: 'old',
}

/** XAD-7: the use, and the type where it says one. BA (bad address) is one that no longer finds the person. */
export const addressUses: Table<'home' | 'work' | 'temp' | 'old' | 'billing'> = {
  H: 'home',
  HOME: 'home',
  P: 'home',
  L: 'home',
  C: 'temp',
  TMP: 'temp',
  TEMP: 'temp',
  O: 'work',
  B: 'work',
  W: 'work',
  WORK: 'work',
  BA: 'old',
  BI: 'billing',
}

/** XTN-2, or what senders before 2.3 put there. */
export const telecomUses: Table<'home' | 'work' | 'mobile' | 'temp'> = {
  PRN: 'home',
  HOME: 'home',
  P: 'home',
  H: 'home',
  ORN: 'home',
  VHN: 'temp',
  WPN: 'work',
  WORK: 'work',
  B: 'work',
  PRS: 'mobile',
  MOBILE: 'mobile',
  MOB: 'mobile',
  CELL: 'mobile',
}

/** XTN-3. */
export const telecomSystems: Table<'phone' | 'fax' | 'email' | 'pager'> = {
  PH: 'phone',
  CP: 'phone',
  FX: 'fax',
  FAX: 'fax',
  BP: 'pager',
  INTERNET: 'email',
  EMAIL: 'email',
  'X.400': 'email',
  SAT: 'phone',
}

export const ukEthnicity: { readonly system: string; readonly codes: Table } = {
  system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland',
  codes: {
    A: 'White - British',
    B: 'White - Irish',
    C: 'White - Any other White background',
    D: 'Mixed - White and Black Caribbean',
    E: 'Mixed - White and Black African',
    F: 'Mixed - White and Asian',
    G: 'Mixed - Any other mixed background',
    H: 'Asian or Asian British - Indian',
    J: 'Asian or Asian British - Pakistani',
    K: 'Asian or Asian British - Bangladeshi',
    L: 'Asian or Asian British - Any other Asian background',
    M: 'Black or Black British - Caribbean',
    N: 'Black or Black British - African',
    P: 'Black or Black British - Any other Black background',
    R: 'Other Ethnic Groups - Chinese',
    S: 'Other Ethnic Groups - Any other ethnic group',
    Z: 'Not stated',
    '99': 'Not known',
  },
}

export const ukMaritalStatus: { readonly system: string; readonly codes: Table } = {
  system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-PersonMaritalStatusEngland',
  codes: {
    S: 'Single',
    M: 'Married/Civil Partner',
    D: 'Divorced/Person whose Civil Partnership has been dissolved',
    W: 'Widowed/Surviving Civil Partner',
    P: 'Separated',
    N: 'Not disclosed',
    '8': 'Not applicable',
    '9': 'Not known',
  },
}

/** NK1-3, table 0063. */
export const relationships: Table = {
  SPO: 'Spouse',
  DOM: 'Life partner',
  CHD: 'Child',
  GCH: 'Grandchild',
  NCH: 'Natural child',
  SCH: 'Stepchild',
  FCH: 'Foster child',
  PAR: 'Parent',
  MTH: 'Mother',
  FTH: 'Father',
  GRP: 'Grandparent',
  SIB: 'Sibling',
  BRO: 'Brother',
  SIS: 'Sister',
  FND: 'Friend',
  GRD: 'Guardian',
  CGV: 'Care giver',
  EMC: 'Emergency contact',
  EXF: 'Extended family',
  EMR: 'Employer',
  EME: 'Employee',
  OTH: 'Other',
  OAD: 'Other adult',
  WRD: 'Ward of court',
  NON: 'None',
  UNK: 'Unknown',
  SEL: 'Self',
  MGR: 'Manager',
  DEP: 'Handicapped dependent',
  OWN: 'Owner',
  TRA: 'Trainer',
  ASC: 'Associate',
}

/** NK1-7, table 0131. */
export const contactRoles: Table = {
  N: 'Next-of-Kin',
  C: 'Emergency Contact',
  E: 'Employer',
  F: 'Federal Agency',
  I: 'Insurance Company',
  S: 'State Agency',
  BP: 'Billing contact person',
  CP: 'Contact person',
  EP: 'Emergency contact person',
  PR: 'Person preparing referral',
  O: 'Other',
  U: 'Unknown',
}

export type Coded = { readonly code: string; readonly display: string }

/** PV1-2 patient class. R and B are inpatients or attenders in local use; D is a day case. */
export const encounterClasses: Readonly<Record<string, Coded>> = {
  E: { code: 'EMER', display: 'emergency' },
  I: { code: 'IMP', display: 'inpatient encounter' },
  O: { code: 'AMB', display: 'ambulatory' },
  P: { code: 'PRENC', display: 'pre-admission' },
  R: { code: 'AMB', display: 'ambulatory' },
  B: { code: 'IMP', display: 'inpatient encounter' },
  D: { code: 'SS', display: 'short stay' },
  H: { code: 'HH', display: 'home health' },
  V: { code: 'VR', display: 'virtual' },
}

type CodeList = { readonly system: string; readonly codes: Table }

/** PV1-4 in the UK, never the HL7 A/E/L/R table. */
export const admissionMethods: CodeList = {
  system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-AdmissionMethodEngland',
  codes: {
    '11': 'Elective admission: waiting list',
    '12': 'Elective admission: booked',
    '13': 'Elective admission: planned',
    '21': 'Emergency admission: accident and emergency or dental casualty department',
    '22': 'Emergency admission: general practitioner',
    '23': 'Emergency admission: bed bureau',
    '24': 'Emergency admission: consultant clinic',
    '25': 'Emergency admission: mental health crisis resolution team',
    '2A': 'Emergency admission: emergency care department of another provider',
    '2B': 'Emergency admission: transfer of an admitted patient from another hospital provider',
    '2C': 'Emergency admission: baby born at home as intended',
    '2D': 'Emergency admission: other emergency admission',
    '28': 'Emergency admission: other means',
    '31': 'Maternity admission: ante partum',
    '32': 'Maternity admission: post partum',
    '81': 'Other admission: transfer from another hospital provider',
    '82': 'Other admission: birth in this provider',
    '83': 'Other admission: baby born outside this provider',
    '98': 'Not applicable',
    '99': 'Not known',
  },
}

const places: Table = {
  '19': 'Usual place of residence',
  '29': 'Temporary place of residence',
  '30': 'Repatriation from high security psychiatric hospital',
  '37': 'Court',
  '38': 'Penal establishment or police station',
  '39': 'Penal establishment, court or police station',
  '48': 'High security psychiatric hospital, Scotland',
  '49': 'High security psychiatric accommodation',
  '50': 'Medium secure unit',
  '51': 'NHS hospital: ward for general patients',
  '52': 'NHS hospital: ward for maternity patients or neonates',
  '53': 'NHS hospital: ward for patients who are mentally ill or have learning disabilities',
  '54': 'NHS run care home',
  '65': 'Local authority residential accommodation',
  '66': 'Local authority foster care',
  '84': 'Non-NHS medium secure unit',
  '85': 'Non-NHS run care home',
  '87': 'Non-NHS run hospital',
  '88': 'Non-NHS run hospice',
  '98': 'Not applicable',
  '99': 'Not known',
}

/** PV1-14. */
export const admissionSources: CodeList = {
  system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-SourceOfAdmissionEngland',
  codes: { ...places, '79': 'Baby born in or on the way to hospital' },
}

/** PV1-37. The same 79 means death here. */
export const dischargeDestinations: CodeList = {
  system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeDestinationEngland',
  codes: { ...places, '79': 'Not applicable: patient died or stillbirth' },
}

/** PV1-36. */
export const dischargeMethods: CodeList = {
  system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeMethodEngland',
  codes: {
    '1': 'Discharged on clinical advice or with clinical consent',
    '3': 'Discharged by mental health tribunal or similar',
    '4': 'Died',
    '5': 'Stillbirth',
    '6': 'Patient discharged themself',
    '7': 'Discharged by relative or advocate',
    '8': 'Not applicable: spell not finished',
    '9': 'Not known',
  },
}

/** AL1-2, table 0127 and what UK senders add to it. */
export const allergyKinds: Readonly<
  Record<
    string,
    { readonly category?: 'food' | 'medication' | 'environment'; readonly type?: 'allergy' | 'intolerance' }
  >
> = {
  DA: { category: 'medication', type: 'allergy' },
  FA: { category: 'food', type: 'allergy' },
  MA: { type: 'allergy' },
  MC: { type: 'allergy' },
  EA: { category: 'environment', type: 'allergy' },
  AA: { category: 'environment', type: 'allergy' },
  PA: { category: 'environment', type: 'allergy' },
  LA: { category: 'environment', type: 'allergy' },
  DRUG: { category: 'medication' },
  FOOD: { category: 'food' },
}

/** AL1-4, table 0128. It speaks of the reaction. Criticality is another thing, and is not read from it. */
export const severities: Table<'mild' | 'moderate' | 'severe'> = {
  MI: 'mild',
  MO: 'moderate',
  SV: 'severe',
  MILD: 'mild',
  MODERATE: 'moderate',
  SEVERE: 'severe',
}

/** OBX-11, table 0085. */
export const observationStatuses: Table<
  'registered' | 'preliminary' | 'final' | 'amended' | 'corrected' | 'cancelled' | 'entered-in-error' | 'unknown'
> = {
  F: 'final',
  P: 'preliminary',
  C: 'corrected',
  A: 'amended',
  D: 'entered-in-error',
  W: 'entered-in-error',
  X: 'cancelled',
  I: 'registered',
  O: 'registered',
  S: 'preliminary',
  R: 'preliminary',
  U: 'final',
  B: 'registered',
  N: 'cancelled',
  V: 'final',
}

/** OBR-25, table 0123. */
export const reportStatuses: Table<
  'registered' | 'partial' | 'preliminary' | 'final' | 'amended' | 'corrected' | 'cancelled' | 'unknown'
> = {
  O: 'registered',
  I: 'registered',
  S: 'registered',
  A: 'partial',
  R: 'partial',
  P: 'preliminary',
  F: 'final',
  C: 'corrected',
  X: 'cancelled',
  M: 'amended',
  Y: 'unknown',
  Z: 'unknown',
}

/** OBX-8, table 0078, as far as FHIR has the same code. */
export const interpretations: Table = {
  L: 'Low',
  H: 'High',
  LL: 'Critical low',
  HH: 'Critical high',
  N: 'Normal',
  A: 'Abnormal',
  AA: 'Critical abnormal',
  '<': 'Off scale low',
  '>': 'Off scale high',
  S: 'Susceptible',
  R: 'Resistant',
  I: 'Intermediate',
  B: 'Better',
  W: 'Worse',
  U: 'Significant change up',
  D: 'Significant change down',
  POS: 'Positive',
  NEG: 'Negative',
}

/** OBR-24, table 0074. */
export const sections: Table = {
  LAB: 'Laboratory',
  RAD: 'Radiology',
  MB: 'Microbiology',
  HM: 'Hematology',
  CH: 'Chemistry',
  BLB: 'Blood Bank',
  CT: 'CAT Scan',
  CTH: 'Cardiac Catheterization',
  CUS: 'Cardiac Ultrasound',
  EC: 'Electrocardiac',
  EN: 'Electroneuro',
  GE: 'Genetics',
  ICU: 'Bedside ICU Monitoring',
  IMM: 'Immunology',
  MCB: 'Mycobacteriology',
  MYC: 'Mycology',
  NMR: 'Nuclear Magnetic Resonance',
  NMS: 'Nuclear Medicine Scan',
  NRS: 'Nursing Service Measures',
  OSL: 'Outside Lab',
  OT: 'Occupational Therapy',
  OUS: 'OB Ultrasound',
  OTH: 'Other',
  PF: 'Pulmonary Function',
  PHR: 'Pharmacy',
  PHY: 'Physician',
  PT: 'Physical Therapy',
  RC: 'Respiratory Care',
  RT: 'Radiation Therapy',
  RUS: 'Radiology Ultrasound',
  RX: 'Radiograph',
  SP: 'Surgical Pathology',
  SR: 'Serology',
  TX: 'Toxicology',
  URN: 'Urinalysis',
  VR: 'Virology',
  VUS: 'Vascular Ultrasound',
  XRC: 'Cineradiograph',
  AU: 'Audiology',
  BG: 'Blood Gases',
  CP: 'Cytopathology',
  HLA: 'HLA Typing',
}

/** ORC-1 and ORC-5: what became of the order. The later word wins. */
export const orderStatuses: Table<'active' | 'completed' | 'revoked' | 'on-hold' | 'unknown'> = {
  NW: 'active',
  OK: 'active',
  XO: 'active',
  RP: 'active',
  RU: 'active',
  SC: 'active',
  IP: 'active',
  A: 'active',
  RE: 'completed',
  CM: 'completed',
  CA: 'revoked',
  OC: 'revoked',
  DC: 'revoked',
  CR: 'revoked',
  HD: 'on-hold',
  ER: 'unknown',
}

/** OBR-5, ORC-7.6, OBR-27.6. */
export const priorities: Table<'routine' | 'urgent' | 'asap' | 'stat'> = {
  S: 'stat',
  A: 'asap',
  R: 'routine',
  U: 'urgent',
  T: 'urgent',
  P: 'urgent',
}

/** TXA-17 and TXA-19. */
export const documentCompletions: Table<'preliminary' | 'final' | 'amended' | 'entered-in-error'> = {
  DI: 'preliminary',
  DO: 'preliminary',
  IN: 'preliminary',
  IP: 'preliminary',
  PA: 'preliminary',
  AU: 'final',
  LA: 'final',
}
export const documentAvailability: Table<'current' | 'superseded' | 'entered-in-error'> = {
  AV: 'current',
  CA: 'entered-in-error',
  OB: 'superseded',
  UN: 'current',
}

/** TXA-2, table 0270. */
export const documentTypes: Table = {
  AR: 'Autopsy report',
  CD: 'Cardiodiagnostics',
  CN: 'Consultation',
  DI: 'Diagnostic imaging',
  DS: 'Discharge summary',
  ED: 'Emergency department report',
  HP: 'History and physical examination',
  OP: 'Operative report',
  PC: 'Psychiatric consultation',
  PH: 'Psychiatric history and physical examination',
  PN: 'Procedure note',
  PR: 'Progress note',
  SP: 'Surgical pathology',
  TS: 'Transfer summary',
}

/** Coding systems by the names that table 0396 and UK senders give them. Settings of the source come first. */
export const codeSystems: Table = {
  LN: 'http://loinc.org',
  LOINC: 'http://loinc.org',
  SCT: 'http://snomed.info/sct',
  SNM: 'http://snomed.info/sct',
  SNM3: 'http://snomed.info/sct',
  SNOMED: 'http://snomed.info/sct',
  'SNOMED-CT': 'http://snomed.info/sct',
  'SNOMED CT': 'http://snomed.info/sct',
  SNOMEDCT: 'http://snomed.info/sct',
  I10: 'http://hl7.org/fhir/sid/icd-10',
  ICD10: 'http://hl7.org/fhir/sid/icd-10',
  'ICD-10': 'http://hl7.org/fhir/sid/icd-10',
  OPCS4: 'https://fhir.nhs.uk/Id/opcs-4',
  'OPCS-4': 'https://fhir.nhs.uk/Id/opcs-4',
  OPCS: 'https://fhir.nhs.uk/Id/opcs-4',
  DMD: 'https://dmd.nhs.uk',
  'DM+D': 'https://dmd.nhs.uk',
  READ2: 'http://read.info/readv2',
  RC: 'http://read.info/readv2',
  CTV3: 'http://read.info/ctv3',
  UCUM: 'http://unitsofmeasure.org',
  MDC: 'urn:iso:std:iso:11073:10101',
}

/** CX-5 types that FHIR's identifier type list holds. */
export const identifierTypes: Table = {
  MR: 'Medical record number',
  PI: 'Patient internal identifier',
  PT: 'Patient external identifier',
  NH: 'National Health Plan Identifier',
  AN: 'Account number',
  VN: 'Visit number',
  SS: 'Social Security number',
  PPN: 'Passport number',
  DL: "Driver's license number",
  PN: 'Person number',
}

/** What a table says of a code; undefined when it does not hold it. Never what JavaScript objects hold of themselves. */
export function lookup<T>(table: Readonly<Record<string, T>>, code: string): T | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined
}

/** DG1-6, table 0052: how sure it is, and what part it plays in the visit. */
export const diagnosisKinds: Readonly<
  Record<
    string,
    { readonly status: string; readonly statusDisplay: string; readonly role: string; readonly roleDisplay: string }
  >
> = {
  A: { status: 'provisional', statusDisplay: 'Provisional', role: 'AD', roleDisplay: 'Admission diagnosis' },
  W: { status: 'provisional', statusDisplay: 'Provisional', role: 'CM', roleDisplay: 'Comorbidity diagnosis' },
  F: { status: 'confirmed', statusDisplay: 'Confirmed', role: 'DD', roleDisplay: 'Discharge diagnosis' },
}

/** TXA-18, table 0272. */
export const confidentialities: Readonly<Record<string, Coded>> = {
  U: { code: 'N', display: 'normal' },
  R: { code: 'R', display: 'restricted' },
  V: { code: 'V', display: 'very restricted' },
}
