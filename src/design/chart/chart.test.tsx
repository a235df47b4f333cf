import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Chart, type ChartReading } from './chart.tsx'
import { linear, niceTicks } from './scale.ts'

const reading = (day: string, value: number | null): ChartReading => ({
  at: new Date(`${day}T09:00:00Z`),
  value,
  text: value === null ? 'Haemolysed' : String(value),
})
const readings = [
  reading('2025-08-04', 52),
  reading('2026-01-10', 47),
  reading('2026-06-11', null),
  reading('2026-11-18', 44),
]

test('the conclusion stands in words, and the drawing has the same for those who do not see it', () => {
  const { html } = <Chart id="egfr" name="eGFR" unit="mL/min" readings={readings} expected={{ low: 60 }} />
  const words = 'Fell from 52 on 4 Aug 2025 to 44 on 18 Nov 2026. 4 readings.'
  expect(html.split(words)).toHaveLength(3)
  expect(html).toContain('60 or more is expected')
  expect(html).toContain('>44</text>')
})

test('a gap stays a gap: the line ends at a reading without a number, and the table still holds it', () => {
  const { html } = <Chart id="egfr" name="eGFR" unit="mL/min" readings={readings} />
  expect(html.match(/<polyline/g)).toHaveLength(2)
  expect(html).toContain('Haemolysed')
})

test.each([
  [[reading('2026-01-01', 5)], '5 mmol/L on 1 Jan 2026. 1 reading.'],
  [[reading('2026-01-01', null)], 'No reading has a number. 1 reading.'],
  [[reading('2026-01-01', 5), reading('2026-01-02', 5)], 'The same: 5 on 1 Jan 2026 to 5 on 2 Jan 2026. 2 readings.'],
])('few readings are told as they are', (few, words) => {
  expect((<Chart id="x" name="X" unit="mmol/L" readings={few} />).html).toContain(words)
})

test('whatever the readings, every point lies within the drawing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.float({ min: -1000, max: 100_000, noNaN: true })), {
        minLength: 1,
        maxLength: 30,
      }),
      (points) => {
        const some = points
          .toSorted(([a], [b]) => a - b)
          .map(([day, value]) => ({ at: new Date(Date.UTC(2016, 0, 1 + day)), value, text: String(value) }))
        const { html } = <Chart id="x" name="X" unit="u" readings={some} />
        for (const [, x, y] of html.matchAll(/<circle[^>]*cx="([^"]*)" cy="([^"]*)"/g)) {
          expect(Number(x)).toBeGreaterThanOrEqual(0)
          expect(Number(x)).toBeLessThanOrEqual(800)
          expect(Number(y)).toBeGreaterThanOrEqual(0)
          expect(Number(y)).toBeLessThanOrEqual(300)
        }
      },
    ),
    { numRuns: 50 },
  )
})

test('a scale with round steps holds every value, in at most ten steps', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: -10_000, max: 10_000, noNaN: true }), { minLength: 1 }), (values) => {
      const ticks = niceTicks(values)
      expect(ticks[0]).toBeLessThanOrEqual(Math.min(...values) + 1e-6)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(...values) - 1e-6)
      expect(ticks.length).toBeLessThanOrEqual(10)
    }),
  )
})

test('a range of no width maps to the middle', () => {
  expect(linear([5, 5], [0, 100])(5)).toBe(50)
})

test('a score has no steps between two whole numbers, and what was measured has', () => {
  expect(niceTicks([10, 12], true)).toEqual([10, 11, 12])
  expect(niceTicks([10, 12])).toContain(10.5)
  expect(niceTicks([3, 3], true)).toEqual(niceTicks([3, 3]))
})
