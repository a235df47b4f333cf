import { expect, test } from 'vitest'
import { glossary, termIn } from './glossary.ts'

test('each term stands once, in the order of its name, and no word belongs to two', () => {
  const ids = glossary.map(({ id }) => id)
  expect(ids).toEqual([...new Set(ids)])
  for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]*$/)
  const words = glossary.flatMap(({ name, also = [] }) => [name, ...also]).map((word) => word.toLowerCase())
  expect(words.filter((word, place) => words.indexOf(word) !== place)).toEqual([])
  expect(glossary.length).toBeGreaterThanOrEqual(60)
})

test('meanings are short, whole sentences, and tell nobody what to do about a result', () => {
  for (const { name, meaning } of glossary) {
    expect(meaning, name).toMatch(/^[A-Z“].*\.$/)
    expect(meaning.length, name).toBeLessThanOrEqual(200)
    expect(meaning, name).not.toMatch(/\byou should\b|\bsee your\b|\bdo not worry\b|\bnormal\b|\be\.g\.|\bi\.e\./i)
  }
})

test.each([
  ['Serum creatinine level', 'creatinine'],
  ['eGFR (CKD-EPI)', 'egfr'],
  ['HbA1c', 'hba1c'],
  ['Haemoglobin A1c level (IFCC)', 'hba1c'],
  ['Haemoglobin', 'haemoglobin'],
  ['NEWS2 score', 'news2'],
  ['Do not attempt cardiopulmonary resuscitation', 'dnacpr'],
  ['Blood pressure', 'blood-pressure'],
  ['No known allergies', 'no-known-allergies'],
])('"%s" speaks of %s', (text, id) => expect(termIn(text)?.id).toBe(id))

test.each(['Shoe size', '', 'Saltiness', 'Hbx', 'InReach'])('"%s" speaks of nothing that is explained', (text) =>
  expect(termIn(text)).toBeUndefined(),
)

test('H-61 an intolerance, an allergy, severity and criticality are told apart', () => {
  expect(
    ['intolerance', 'allergy', 'severity', 'criticality', 'no-known-allergies'].map(
      (word) => termIn(word.replaceAll('-', ' '))?.id,
    ),
  ).toEqual(['intolerance', 'allergy', 'severity', 'criticality', 'no-known-allergies'])
  expect(termIn('dnacpr')?.meaning).toContain('nothing of any other treatment')
})
