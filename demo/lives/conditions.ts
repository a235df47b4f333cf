import type { MedicineKey } from './medicines.ts'

/** A long-term condition: how often it comes, what it brings. */
export type ConditionKind = {
  readonly name: string
  readonly snomed: string
  /** As the hospital writes it. */
  readonly icd10: string
  /** Share of people who have it at 30, 55 and 80: enough to look like a town, not to study one. */
  readonly share: readonly [number, number, number]
  readonly medicines: readonly MedicineKey[]
  readonly panels: readonly PanelKind[]
  /** Nobody lives with it longer than this. */
  readonly yearsMax?: number
}

export type PanelKind = 'kidney' | 'blood-count' | 'diabetes' | 'liver' | 'inflammation'

export const conditions = {
  diabetes: {
    name: 'Type 2 diabetes mellitus',
    snomed: '44054006',
    icd10: 'E11.9',
    share: [0.02, 0.12, 0.22],
    medicines: ['metformin', 'atorvastatin'],
    panels: ['diabetes', 'kidney'],
  },
  hypertension: {
    name: 'Hypertensive disorder',
    snomed: '38341003',
    icd10: 'I10.X',
    share: [0.03, 0.25, 0.55],
    medicines: ['ramipril', 'amlodipine'],
    panels: ['kidney'],
  },
  ckd3: {
    name: 'Chronic kidney disease stage 3',
    snomed: '433144002',
    icd10: 'N18.3',
    share: [0.002, 0.04, 0.24],
    medicines: ['ramipril'],
    panels: ['kidney', 'blood-count'],
  },
  copd: {
    name: 'Chronic obstructive lung disease',
    snomed: '13645005',
    icd10: 'J44.9',
    share: [0.001, 0.04, 0.11],
    medicines: ['salbutamol', 'tiotropium'],
    panels: ['blood-count'],
  },
  asthma: {
    name: 'Asthma',
    snomed: '195967001',
    icd10: 'J45.9',
    share: [0.12, 0.09, 0.07],
    medicines: ['salbutamol', 'beclometasone'],
    panels: [],
  },
  atrialFibrillation: {
    name: 'Atrial fibrillation',
    snomed: '49436004',
    icd10: 'I48.9',
    share: [0.001, 0.02, 0.17],
    medicines: ['apixaban', 'bisoprolol'],
    panels: ['kidney', 'blood-count'],
  },
  heartFailure: {
    name: 'Heart failure',
    snomed: '84114007',
    icd10: 'I50.9',
    share: [0.001, 0.01, 0.1],
    medicines: ['bisoprolol', 'furosemide'],
    panels: ['kidney'],
    yearsMax: 8,
  },
  depression: {
    name: 'Depressive disorder',
    snomed: '35489007',
    icd10: 'F32.9',
    share: [0.14, 0.15, 0.09],
    medicines: ['sertraline'],
    panels: [],
  },
  schizophrenia: {
    name: 'Schizophrenia',
    snomed: '58214004',
    icd10: 'F20.9',
    share: [0.008, 0.008, 0.004],
    medicines: ['olanzapine'],
    panels: ['diabetes', 'liver'],
  },
  dementia: {
    name: "Alzheimer's disease",
    snomed: '26929004',
    icd10: 'G30.9',
    share: [0, 0.004, 0.14],
    medicines: ['donepezil'],
    panels: ['blood-count'],
    yearsMax: 6,
  },
  frailty: {
    name: 'Frailty',
    snomed: '248279007',
    icd10: 'R54.X',
    share: [0, 0.01, 0.22],
    medicines: [],
    panels: ['blood-count', 'kidney'],
    yearsMax: 4,
  },
  hypothyroidism: {
    name: 'Hypothyroidism',
    snomed: '40930008',
    icd10: 'E03.9',
    share: [0.015, 0.05, 0.09],
    medicines: ['levothyroxine'],
    panels: [],
  },
  osteoarthritis: {
    name: 'Osteoarthritis',
    snomed: '396275006',
    icd10: 'M19.9',
    share: [0.005, 0.12, 0.36],
    medicines: ['paracetamol'],
    panels: [],
  },
  osteoporosis: {
    name: 'Osteoporosis',
    snomed: '64859006',
    icd10: 'M81.9',
    share: [0, 0.02, 0.12],
    medicines: ['alendronic'],
    panels: [],
  },
  obesity: {
    name: 'Obesity',
    snomed: '414916001',
    icd10: 'E66.9',
    share: [0.1, 0.14, 0.08],
    medicines: [],
    panels: [],
  },
  epilepsy: {
    name: 'Epilepsy',
    snomed: '84757009',
    icd10: 'G40.9',
    share: [0.009, 0.009, 0.01],
    medicines: [],
    panels: ['liver'],
  },
} as const satisfies Record<string, ConditionKind>

export type ConditionKey = keyof typeof conditions

/** What brings somebody to hospital. */
export type AcuteIllness = {
  readonly name: string
  readonly snomed: string
  readonly icd10: string
  readonly specialty: string
  readonly ward: string
}

export const acuteIllnesses = {
  pneumonia: { name: 'Pneumonia', snomed: '233604007', icd10: 'J18.9', specialty: '340', ward: 'Ward 12' },
  urinaryInfection: {
    name: 'Urinary tract infection',
    snomed: '68566005',
    icd10: 'N39.0',
    specialty: '430',
    ward: 'Ward 7',
  },
  hipFracture: {
    name: 'Fracture of neck of femur',
    snomed: '5913000',
    icd10: 'S72.0',
    specialty: '110',
    ward: 'Ward 3',
  },
  copdFlare: {
    name: 'Acute exacerbation of chronic obstructive airways disease',
    snomed: '195951007',
    icd10: 'J44.1',
    specialty: '340',
    ward: 'Ward 12',
  },
  heartFailure: { name: 'Heart failure', snomed: '84114007', icd10: 'I50.9', specialty: '320', ward: 'Ward 9' },
  atrialFibrillation: {
    name: 'Atrial fibrillation',
    snomed: '49436004',
    icd10: 'I48.9',
    specialty: '320',
    ward: 'Ward 9',
  },
  asthma: { name: 'Asthma', snomed: '195967001', icd10: 'J45.9', specialty: '340', ward: 'Ward 12' },
  headInjury: {
    name: 'Injury of head',
    snomed: '82271004',
    icd10: 'S09.9',
    specialty: '180',
    ward: 'Emergency Department',
  },
} as const satisfies Record<string, AcuteIllness>

export type IllnessKey = keyof typeof acuteIllnesses

/** NHS treatment function codes. */
export const specialties: Readonly<Record<string, string>> = {
  '110': 'Trauma and Orthopaedics',
  '180': 'Emergency Medicine',
  '300': 'General Internal Medicine',
  '302': 'Endocrinology and Diabetes',
  '320': 'Cardiology',
  '340': 'Respiratory Medicine',
  '361': 'Renal Medicine',
  '430': 'Geriatric Medicine',
}
