import type { Allergy } from './life.ts'

/** SNOMED CT: the substance or product, and for "none" the statement itself. `v2` is AL1-2. */
export const allergens: Readonly<
  Record<
    Allergy['to'],
    {
      readonly snomed: string
      readonly name: string
      readonly v2: string
      readonly category: 'medication' | 'food' | 'environment'
    }
  >
> = {
  penicillin: { snomed: '91936005', name: 'Allergy to penicillin', v2: 'DA', category: 'medication' },
  aspirin: { snomed: '293586001', name: 'Allergy to aspirin', v2: 'DA', category: 'medication' },
  ibuprofen: { snomed: '293619005', name: 'Allergy to ibuprofen', v2: 'DA', category: 'medication' },
  latex: { snomed: '300916003', name: 'Allergy to latex', v2: 'EA', category: 'environment' },
  peanut: { snomed: '91935009', name: 'Allergy to peanut', v2: 'FA', category: 'food' },
  none: { snomed: '716186003', name: 'No known allergies', v2: 'MA', category: 'medication' },
}

export const reactions: Readonly<
  Record<NonNullable<Allergy['reaction']>, { readonly snomed: string; readonly name: string }>
> = {
  anaphylaxis: { snomed: '39579001', name: 'Anaphylaxis' },
  rash: { snomed: '271807003', name: 'Rash' },
  urticaria: { snomed: '126485001', name: 'Urticaria' },
  angioedema: { snomed: '41291007', name: 'Angioedema' },
  nausea: { snomed: '422587007', name: 'Nausea' },
}
