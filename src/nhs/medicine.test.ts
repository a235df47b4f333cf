/** Hazards H-28 and H-29: what the names of medicines mean, and what an allergy touches. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  commonMedicines,
  matchAllergy,
  medicineLine,
  medicineTable,
  plainAmounts,
  readAllergen,
  readMedicineName,
} from './index.ts'

const product = (name: string) => readMedicineName(name)?.product

describe('H-28 two names are one product only when every word of both was understood', () => {
  test.each([
    ['Istin 5mg tablets', 'Amlodipine 5 mg tablet'],
    ['Bisoprolol fumarate 2.5mg tablets', 'Bisoprolol 2.5mg tablets'],
    ['Lanoxin 125microgram tablets', 'Digoxin 0.125 mg tablets'],
    ['Ventolin 100micrograms/dose Evohaler (GlaxoSmithKline UK Ltd)', 'Salbutamol 100mcg/dose inhaler CFC free'],
    ['Brufen (ibuprofen) 400mg tablets', 'Ibuprofen 400mg tablets'],
    ['Frusemide 40mg tablets', 'Furosemide 40mg tablets'],
    ['Amoxicillin 1g powder for solution for injection', 'Amoxicillin 1,000mg injection vials'],
  ])('H-28 %s is %s', (one, other) => {
    expect(product(one)).toBeDefined()
    expect(product(one)).toBe(product(other))
  })

  test.each([
    ['Morphine 10mg tablets', 'MST Continus 10mg tablets'],
    ['Omeprazole 20mg gastro-resistant capsules', 'Omeprazole 20mg capsules'],
    ['Metformin 500mg tablets', 'Metformin 500mg modified-release tablets'],
    ['Prograf 1mg capsules', 'Adoport 1mg capsules'],
    ['Lithium carbonate 400mg modified-release tablets', 'Priadel 400mg modified-release tablets'],
    ['Enoxaparin 40mg/0.4ml injection', 'Enoxaparin 60mg/0.6ml injection'],
    ['Hydrocortisone 1% cream', 'Hydrocortisone 1% ointment'],
    ['Co-codamol 8mg/500mg tablets', 'Co-codamol 30mg/500mg tablets'],
    ['Fluticasone furoate 27.5micrograms/dose nasal spray', 'Fluticasone propionate 27.5micrograms/dose nasal spray'],
  ])('H-28 %s is not %s', (one, other) => {
    expect(product(one)).toBeDefined()
    expect(product(other)).toBeDefined()
    expect(product(one)).not.toBe(product(other))
  })

  test.each([
    'Metformin',
    'Metformin 500mg',
    'Metformin tablets',
    'Metformin 500mg tablets trial arm B',
    'Amoxicillinum 5mg',
  ])('H-28 %s is no product that could join another', (name) => expect(product(name)).toBeUndefined())

  test('H-28 a number changed or a word added never leaves the product the same', () => {
    const names = [...commonMedicines.keys()].filter((name) => !/\d/.test(name))
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 900 }),
        fc.stringMatching(/^[a-z]{5,9}qz$/),
        (name, one, other, word) => {
          const of = (strength: number) => product(`${name} ${strength}mg tablets`)
          expect(of(one) === of(other)).toBe(one === other)
          expect(product(`${name} ${one}mg tablets ${word}`)).toBeUndefined()
        },
      ),
    )
  })

  test('whatever is sent as a name, it is read and shown without an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((tail) => `Metformin ${tail}`),
        ),
        (name) => {
          readMedicineName(name)
          readAllergen(name)
          medicineLine(name)
        },
      ),
    )
  })
})

describe('H-29 what an allergy touches', () => {
  const how = (allergy: string, medicine: string) => {
    const [allergen, read] = [readAllergen(allergy), readMedicineName(medicine)]
    return allergen && read ? matchAllergy(allergen, read)?.how : 'not compared'
  }
  test.each([
    ['Allergy to penicillin', 'Flucloxacillin 500mg capsules', 'class'],
    ['Allergy to penicillin (disorder)', 'Tazocin 4g/500mg infusion', 'class'],
    ['Amoxicillin', 'Flucloxacillin 500mg capsules', 'class'],
    ['Co-amoxiclav', 'Amoxicillin 500mg capsules', 'same'],
    ['Penicillins', 'Cefalexin 500mg capsules', 'cross'],
    ['Cefalexin', 'Ceftriaxone 1g injection', 'class'],
    ['Sulphonamides', 'Septrin 480mg tablets', 'class'],
    ['Aspirin', 'Naproxen 500mg tablets', 'class'],
    ['Ramipril', 'Lisinopril 10mg tablets', 'class'],
    ['Simvastatin', 'Atorvastatin 20mg tablets', undefined],
    ['Codeine', 'Morphine 10mg tablets', undefined],
    ['Penicillin', 'Doxycycline 100mg capsules', undefined],
    ['Latex', 'Amoxicillin 500mg capsules', 'not compared'],
    ['Penicillin', 'Rivertonil 5mg tablets', 'not compared'],
  ])('H-29 allergy to %s, taking %s: %s', (allergy, medicine, expected) =>
    expect(how(allergy, medicine)).toBe(expected),
  )
})

describe('the table', () => {
  test('every part of a medicine that is made of several has a line or is only ever a part', () => {
    for (const { ingredients } of commonMedicines.values()) expect(ingredients.length).toBeGreaterThan(0)
    expect(readMedicineName('Co-amoxiclav 250mg/125mg tablets')).toMatchObject({
      ingredients: ['amoxicillin', 'clavulanic acid'],
      classes: ['pen'],
    })
  })

  test('an area adds its own names, and a line that cannot be read is refused', () => {
    const own = medicineTable('riverton mixture: Rivermix | opioid', commonMedicines)
    expect(readMedicineName('Rivermix 5mg tablets', own)).toMatchObject({
      generic: 'riverton mixture',
      brand: 'Rivermix',
    })
    expect(readMedicineName('Rivermix 5mg tablets')).toBeUndefined()
    expect(readMedicineName('Istin 5mg tablets', own)?.generic).toBe('amlodipine')
    expect(() => medicineTable('a | no-such-class')).toThrow('unknown class: no-such-class')
    expect(() => medicineTable(': = |')).toThrow('cannot be read')
  })
})

test('amounts as the guidance writes them', () => {
  expect(plainAmounts('2.50mg')).toBe('2.5 mg')
  expect(plainAmounts('.5ml')).toBe('0.5 ml')
  expect(plainAmounts('1000 mcg')).toBe('1,000 micrograms')
  expect(plainAmounts('5000iu')).toBe('5,000 units')
  expect(plainAmounts('250mg/5ml')).toBe('250 mg in 5 ml')
  expect(plainAmounts('100micrograms/dose')).toBe('100 micrograms per dose')
  expect(plainAmounts('Vitamin B12')).toBe('Vitamin B12')
  expect(plainAmounts('10.0')).toBe('10.0')
})
