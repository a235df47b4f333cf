import type { Coding } from 'fhir/r4.js'

/**
 * Codes that mean the same in another system for certain, so that results of several laboratories can stand in one line. A mapped code
 * stands beside the one that was sent and never replaces it. Words are never matched. @see facts: record-standard §8
 */
type Meaning = {
  readonly name: string
  readonly loinc?: string
  readonly snomed?: readonly string[]
  readonly mdc?: readonly string[]
}

const meanings: readonly Meaning[] = [
  {
    name: 'Systolic blood pressure',
    loinc: '8480-6',
    snomed: ['271649006', '72313002'],
    mdc: ['MDC_PRESS_BLD_NONINV_SYS', '150021'],
  },
  {
    name: 'Diastolic blood pressure',
    loinc: '8462-4',
    snomed: ['271650006', '1091811000000102'],
    mdc: ['MDC_PRESS_BLD_NONINV_DIA', '150022'],
  },
  { name: 'Blood pressure', loinc: '85354-9', snomed: ['75367002'] },
  {
    name: 'Heart rate',
    loinc: '8867-4',
    snomed: ['364075005', '78564009'],
    mdc: ['MDC_PULS_RATE_NON_INV', 'MDC_ECG_HEART_RATE', '149546'],
  },
  { name: 'Respiratory rate', loinc: '9279-1', snomed: ['86290005'], mdc: ['MDC_RESP_RATE', '151562'] },
  { name: 'Oxygen saturation', loinc: '2708-6', snomed: ['103228002'], mdc: ['MDC_PULS_OXIM_SAT_O2', '150456'] },
  { name: 'Body temperature', loinc: '8310-5', snomed: ['386725007', '276885007'], mdc: ['MDC_TEMP', '150344'] },
  { name: 'Body weight', loinc: '29463-7', snomed: ['27113001'] },
  { name: 'Body height', loinc: '8302-2', snomed: ['50373000'] },
  { name: 'Body mass index', loinc: '39156-5', snomed: ['60621009'] },
  { name: 'Sodium', loinc: '2951-2', snomed: ['1000661000000107', '1017381000000106'] },
  { name: 'Potassium', loinc: '2823-3', snomed: ['1000651000000109', '1017401000000106'] },
  { name: 'Creatinine', loinc: '14682-9', snomed: ['1000731000000107'] },
  { name: 'Urea', loinc: '22664-7', snomed: ['1000951000000103'] },
  { name: 'eGFR (MDRD)', loinc: '33914-3', snomed: ['1020291000000106'] },
  { name: 'eGFR (CKD-EPI 2009)', loinc: '62238-1', snomed: ['1011481000000105'] },
  { name: 'Haemoglobin', loinc: '718-7', snomed: ['1022431000000105'] },
  { name: 'White cell count', loinc: '6690-2', snomed: ['1022541000000102'] },
  { name: 'Neutrophil count', loinc: '751-8', snomed: ['1022551000000104'] },
  { name: 'Platelet count', loinc: '777-3', snomed: ['1022651000000100'] },
  { name: 'C-reactive protein', loinc: '1988-5', snomed: ['1001371000000100', '999651000000107'] },
  { name: 'Alanine aminotransferase', loinc: '1742-6', snomed: ['1018251000000107'] },
  { name: 'HbA1c (IFCC)', loinc: '59261-8', snomed: ['999791000000106', '1049301000000100', '1049321000000109'] },
  { name: 'Glucose, plasma', loinc: '14749-6', snomed: ['1010671000000102'] },
]

const loinc = 'http://loinc.org'
const snomed = 'http://snomed.info/sct'
const mdc = 'urn:iso:std:iso:11073:10101'

const byCode = new Map<string, Meaning>(
  meanings.flatMap((meaning) => [
    ...(meaning.loinc === undefined ? [] : [[`${loinc}|${meaning.loinc}`, meaning] as const]),
    ...(meaning.snomed ?? []).map((code) => [`${snomed}|${code}`, meaning] as const),
    ...(meaning.mdc ?? []).map((code) => [`${mdc}|${code}`, meaning] as const),
  ]),
)

/** The codings as sent, and after them the LOINC and SNOMED CT ones that are known to mean the same. */
export function withKnownCodes(codings: readonly Coding[]): readonly Coding[] {
  const found = codings
    .map(({ system, code }) => byCode.get(`${system}|${code}`))
    .find((meaning) => meaning !== undefined)
  if (found === undefined) return codings
  const also: Coding[] = [
    ...(found.loinc === undefined ? [] : [{ system: loinc, code: found.loinc, display: found.name }]),
    ...(found.snomed?.[0] === undefined ? [] : [{ system: snomed, code: found.snomed[0], display: found.name }]),
  ]
  return [...codings, ...also.filter((one) => !codings.some((held) => held.system === one.system))]
}

/** Codes of bedside measures: their category is vital signs. */
const vitalSigns: ReadonlySet<string> = new Set([
  '8480-6',
  '8462-4',
  '85354-9',
  '8867-4',
  '9279-1',
  '2708-6',
  '8310-5',
  '29463-7',
  '8302-2',
  '39156-5',
])

export function isVitalSign(codings: readonly Coding[]): boolean {
  return codings.some(({ system, code }) => system === loinc && code !== undefined && vitalSigns.has(code))
}
