/** Common substances of allergies, coded, so that what is written here meets what other sources say. Anything else is written in words. @see SNOMED CT */
import type { AllergyEntry, Coded } from './entry.ts'

export type Allergen = {
  /** Fit for a form; stays the same. */
  readonly key: string
  readonly substance: string
  /** Absent: no published record that we hold confirms a code, so it is sent in words. A wrong code is worse than none (hazard H-74). */
  readonly coding?: Coded
  readonly category: NonNullable<AllergyEntry['category']>
}

export const allergens: readonly Allergen[] = [
  one('medication', 'penicillin', '91936005'),
  one('medication', 'amoxicillin'),
  one('medication', 'cephalosporins'),
  one('medication', 'sulfonamides'),
  one('medication', 'aspirin', '293586001'),
  one('medication', 'ibuprofen'),
  one('medication', 'paracetamol'),
  one('food', 'peanut', '91935009'),
  one('food', 'nuts'),
  one('food', 'egg', '91930004'),
  one('food', 'fish'),
  one('food', 'shellfish', '300913006'),
  one('environment', 'latex', '300916003'),
  one('environment', 'house dust mite', '232350006'),
  one('environment', 'grass pollen', '418689008'),
  one('environment', 'bee venom', '424213003'),
  one('environment', 'wasp venom'),
]

function one(category: Allergen['category'], name: string, code?: string): Allergen {
  const substance = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
  return {
    key: code ?? name,
    substance,
    category,
    ...(code === undefined
      ? {}
      : { coding: { system: 'http://snomed.info/sct', code, display: `Allergy to ${name}` } }),
  }
}

/** The statement that there are none, which nobody makes by leaving a list empty (hazard H-01). */
export const noneKnown: Readonly<Record<NonNullable<AllergyEntry['none']>, Coded>> = {
  any: { system: 'http://snomed.info/sct', code: '716186003', display: 'No known allergy' },
  medicines: { system: 'http://snomed.info/sct', code: '409137002', display: 'No known drug allergy' },
}
