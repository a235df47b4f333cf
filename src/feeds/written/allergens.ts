/** Common substances of allergies, coded, so that what is written here meets what other sources say. Anything else is written in words. @see SNOMED CT */
import type { AllergyEntry, Coded } from './entry.ts'

export type Allergen = {
  readonly substance: string
  readonly coding: Coded
  readonly category: NonNullable<AllergyEntry['category']>
}

export const allergens: readonly Allergen[] = [
  one('medication', '91936005', 'penicillin'),
  one('medication', '294505008', 'amoxicillin'),
  one('medication', '294532003', 'cephalosporins'),
  one('medication', '91939003', 'sulfonamides'),
  one('medication', '293586001', 'aspirin'),
  one('medication', '293619005', 'ibuprofen'),
  one('medication', '293584003', 'paracetamol'),
  one('food', '91935009', 'peanut'),
  one('food', '91934008', 'nuts'),
  one('food', '91930004', 'egg'),
  one('food', '417532002', 'fish'),
  one('food', '300913006', 'shellfish'),
  one('environment', '300916003', 'latex'),
  one('environment', '232350006', 'house dust mite'),
  one('environment', '418689008', 'grass pollen'),
  one('environment', '424213003', 'bee venom'),
  one('environment', '423058007', 'wasp venom'),
]

function one(category: Allergen['category'], code: string, name: string): Allergen {
  const substance = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
  return { substance, category, coding: { system: 'http://snomed.info/sct', code, display: `Allergy to ${name}` } }
}

/** The statement that there are none, which nobody makes by leaving a list empty (hazard H-01). */
export const noneKnown: Readonly<Record<NonNullable<AllergyEntry['none']>, Coded>> = {
  any: { system: 'http://snomed.info/sct', code: '716186003', display: 'No known allergy' },
  medicines: { system: 'http://snomed.info/sct', code: '409137002', display: 'No known drug allergy' },
}
