import { expect, test } from 'vitest'
import { faultPlaces } from './fault-places.ts'
import { Problem } from './problem.ts'

test('a fault is told by its kind and place, never in the words of a parser or the database', () => {
  const thrown = (work: () => unknown): unknown => {
    try {
      return work()
    } catch (fault) {
      return fault
    }
  }
  const parsed = thrown(() => JSON.parse('{"family":Quibberton}'))
  expect(String(parsed)).toContain('Quib')
  const stored = Object.assign(new Error('invalid input syntax for type date: "Quibberton"'), { code: '22007' })
  for (const fault of [parsed, stored, new Problem('fault', 'It failed', 'Try again.', stored)]) {
    expect(faultPlaces(fault)).not.toContain('Quib')
    expect(faultPlaces(fault)).toMatch(/^\w*Error.*\n +at /)
  }
  expect(faultPlaces(stored)).toContain('22007')
  expect(faultPlaces(thrown(() => (undefined as unknown as { a: number }).a))).toMatch(/^TypeError: .*reading 'a'/)
  expect(faultPlaces(new Problem('busy', 'Too much is asked', 'Wait.'))).toContain('Too much is asked')
  expect(faultPlaces('Quibberton')).toBe('unknown')
  // A message of several lines brings none of them as a place.
  expect(faultPlaces(new Error('x\n    Quibberton\n at home'))).not.toMatch(/Quib|home/)
})
