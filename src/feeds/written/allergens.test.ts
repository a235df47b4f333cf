/** Hazard H-74: what is picked from a list is sent as what it is. */
import { expect, test } from 'vitest'
import { allergens } from './allergens.ts'
import { codedSigns } from './vital-signs.ts'

// As published records that we hold print them: GP Connect mapper, HL7 v2 converter, Synthea.
const confirmed = {
  '91936005': 'Penicillin',
  '293586001': 'Aspirin',
  '91935009': 'Peanut',
  '91930004': 'Egg',
  '300913006': 'Shellfish',
  '300916003': 'Latex',
  '232350006': 'House dust mite',
  '418689008': 'Grass pollen',
  '424213003': 'Bee venom',
}

test('H-74 a substance has a code only where a published record confirms it', () => {
  const coded = allergens.flatMap(({ substance, coding }) => (coding ? [[coding.code, substance]] : []))
  expect(Object.fromEntries(coded)).toEqual(confirmed)
})

test('H-74 no two choices of a list are the same', () => {
  for (const keys of [
    allergens.map(({ key }) => key),
    codedSigns.flatMap(({ answers }) => answers.map(({ coding }) => coding.code)),
  ])
    expect(new Set(keys).size).toBe(keys.length)
})
