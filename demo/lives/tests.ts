import type { PanelKind } from './conditions.ts'

/** One laboratory test: its codes are those of the record standard; `local` is what the laboratory's own system calls it. */
export type LaboratoryTest = {
  readonly name: string
  readonly snomed: string
  readonly loinc: string
  readonly local: string
  /** As printed in the United Kingdom, and in UCUM. */
  readonly unit: string
  readonly ucum: string
  readonly low?: number
  readonly high?: number
  readonly decimals: number
}

export const tests = {
  sodium: {
    name: 'Sodium',
    snomed: '1000661000000107',
    loinc: '2951-2',
    local: 'NA',
    unit: 'mmol/L',
    ucum: 'mmol/L',
    low: 133,
    high: 146,
    decimals: 0,
  },
  potassium: {
    name: 'Potassium',
    snomed: '1000651000000109',
    loinc: '2823-3',
    local: 'K',
    unit: 'mmol/L',
    ucum: 'mmol/L',
    low: 3.5,
    high: 5.3,
    decimals: 1,
  },
  urea: {
    name: 'Urea',
    snomed: '1000951000000103',
    loinc: '22664-7',
    local: 'UREA',
    unit: 'mmol/L',
    ucum: 'mmol/L',
    low: 2.5,
    high: 7.8,
    decimals: 1,
  },
  creatinine: {
    name: 'Creatinine',
    snomed: '1000731000000107',
    loinc: '14682-9',
    local: 'CREA',
    unit: 'umol/L',
    ucum: 'umol/L',
    low: 45,
    high: 104,
    decimals: 0,
  },
  egfr: {
    name: 'eGFR (CKD-EPI)',
    snomed: '1011481000000105',
    loinc: '62238-1',
    local: 'EGFR',
    unit: 'mL/min/1.73m2',
    ucum: 'mL/min/{1.73_m2}',
    low: 60,
    decimals: 0,
  },
  haemoglobin: {
    name: 'Haemoglobin',
    snomed: '1022431000000105',
    loinc: '718-7',
    local: 'HB',
    unit: 'g/L',
    ucum: 'g/L',
    low: 115,
    high: 180,
    decimals: 0,
  },
  whiteCells: {
    name: 'White cell count',
    snomed: '1022541000000102',
    loinc: '6690-2',
    local: 'WBC',
    unit: '10*9/L',
    ucum: '10*9/L',
    low: 4,
    high: 11,
    decimals: 1,
  },
  neutrophils: {
    name: 'Neutrophils',
    snomed: '1022551000000104',
    loinc: '751-8',
    local: 'NEUT',
    unit: '10*9/L',
    ucum: '10*9/L',
    low: 2,
    high: 7.5,
    decimals: 1,
  },
  platelets: {
    name: 'Platelets',
    snomed: '1022651000000100',
    loinc: '777-3',
    local: 'PLT',
    unit: '10*9/L',
    ucum: '10*9/L',
    low: 150,
    high: 400,
    decimals: 0,
  },
  crp: {
    name: 'C-reactive protein',
    snomed: '1001371000000100',
    loinc: '1988-5',
    local: 'CRP',
    unit: 'mg/L',
    ucum: 'mg/L',
    high: 5,
    decimals: 0,
  },
  alt: {
    name: 'Alanine aminotransferase',
    snomed: '1018251000000107',
    loinc: '1742-6',
    local: 'ALT',
    unit: 'U/L',
    ucum: 'U/L',
    high: 45,
    decimals: 0,
  },
  hba1c: {
    name: 'HbA1c (IFCC)',
    snomed: '999791000000106',
    loinc: '59261-8',
    local: 'HBA1C',
    unit: 'mmol/mol',
    ucum: 'mmol/mol',
    high: 47,
    decimals: 0,
  },
} as const satisfies Record<string, LaboratoryTest>

export type TestKey = keyof typeof tests

export const panels: Readonly<
  Record<
    PanelKind,
    {
      readonly name: string
      readonly local: string
      readonly section: string
      readonly specimen: string
      readonly tests: readonly TestKey[]
    }
  >
> = {
  kidney: {
    name: 'Urea and electrolytes',
    local: 'UE',
    section: 'CH',
    specimen: 'Serum',
    tests: ['sodium', 'potassium', 'urea', 'creatinine', 'egfr'],
  },
  'blood-count': {
    name: 'Full blood count',
    local: 'FBC',
    section: 'HM',
    specimen: 'Whole blood',
    tests: ['haemoglobin', 'whiteCells', 'neutrophils', 'platelets'],
  },
  diabetes: { name: 'Haemoglobin A1c', local: 'HBA1C', section: 'CH', specimen: 'Whole blood', tests: ['hba1c'] },
  liver: { name: 'Liver function tests', local: 'LFT', section: 'CH', specimen: 'Serum', tests: ['alt'] },
  inflammation: { name: 'C-reactive protein', local: 'CRP', section: 'CH', specimen: 'Serum', tests: ['crp'] },
}
