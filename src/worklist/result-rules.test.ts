import type { Observation } from 'fhir/r4.js'
import { expect, test } from 'vitest'
import { gravityOf } from './result-rules.ts'

const result = (value: object, range: object): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Ferritin' },
  valueQuantity: { unit: 'ug/L', ...value },
  referenceRange: [range],
})

test.each([
  [{ value: 100, comparator: '>' }, { high: { value: 50 } }, 1],
  [{ value: 100, comparator: '>' }, { high: { value: 200 } }, 0],
  [{ value: 5, comparator: '<' }, { low: { value: 10 } }, 1],
  [{ value: 5, comparator: '<' }, { high: { value: 1 } }, 0],
  [{ value: 51 }, { high: { value: 50 } }, 1],
] as const)('H-75 a limit beyond the range counts as abnormal: %j of %j', (value, range, gravity) => {
  expect(gravityOf([result(value, range)])).toBe(gravity)
})
