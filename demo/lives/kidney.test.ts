import { expect, test } from 'vitest'
import { demoArea } from '../index.ts'
import { ageOn } from '../time.ts'
import { creatinineFor, egfrOf } from './kidney.ts'

test('an eGFR is the one that CKD-EPI 2009 gives for the creatinine, and back', () => {
  // Worked by the published formula: a woman of 60 with 80 umol/L, a man of 82 with 136 umol/L.
  expect(Math.round(egfrOf(80, { age: 60, man: false }))).toBe(69)
  expect(Math.round(egfrOf(136, { age: 82, man: true }))).toBe(41)
  for (const egfr of [20, 54, 90, 110])
    expect(egfrOf(creatinineFor(egfr, { age: 47, man: true }), { age: 47, man: true })).toBeCloseTo(egfr, 6)
})

test('every kidney panel of the area has an eGFR that its creatinine gives, and none for a child', () => {
  const now = new Date('2026-11-22T12:00:00Z')
  const area = demoArea({ people: 40, seed: 'riverton', now })
  let seen = 0
  for (let at = 0; at < 40; at += 1) {
    const { person, panels } = area.life(at)
    const { birthDate, gender } = person.truth
    for (const { results, collectedAt } of panels) {
      const creatinine = results.find((one) => one.test === 'creatinine')?.value
      const egfr = results.find((one) => one.test === 'egfr')?.value
      if (creatinine === undefined) continue
      const age = ageOn(birthDate, new Date(collectedAt).toISOString().slice(0, 10))
      if (age < 18) expect(egfr).toBeUndefined()
      else {
        seen += 1
        expect(Math.abs((egfr ?? 0) - egfrOf(creatinine, { age, man: gender === 'male' }))).toBeLessThan(1.1)
      }
    }
  }
  expect(seen).toBeGreaterThan(50)
})
