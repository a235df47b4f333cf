/** Hazard H-30: NEWS2, each band at both of its ends. @see Royal College of Physicians, NEWS2, 2017, chart 1 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type News2Readings, news2Parameters, riskOfTotal, scoreNews2 } from './index.ts'

const well: News2Readings = {
  respiration: 16,
  saturation: 97,
  oxygen: 'air',
  systolic: 120,
  pulse: 70,
  consciousness: 'A',
  temperature: 37,
}

const scored = (readings: News2Readings, scale: 1 | 2 = 1) => {
  const result = scoreNews2(readings, scale)
  if (result.kind !== 'scored') throw new Error(result.kind)
  return result.score
}

describe('H-30 every band, at both of its ends', () => {
  test.each([
    [
      'respiration',
      [
        [0, 3],
        [8, 3],
        [9, 1],
        [11, 1],
        [12, 0],
        [20, 0],
        [21, 2],
        [24, 2],
        [25, 3],
        [60, 3],
      ],
    ],
    [
      'saturation',
      [
        [50, 3],
        [91, 3],
        [92, 2],
        [93, 2],
        [94, 1],
        [95, 1],
        [96, 0],
        [100, 0],
      ],
    ],
    [
      'systolic',
      [
        [50, 3],
        [90, 3],
        [91, 2],
        [100, 2],
        [101, 1],
        [110, 1],
        [111, 0],
        [219, 0],
        [220, 3],
        [300, 3],
      ],
    ],
    [
      'pulse',
      [
        [20, 3],
        [40, 3],
        [41, 1],
        [50, 1],
        [51, 0],
        [90, 0],
        [91, 1],
        [110, 1],
        [111, 2],
        [130, 2],
        [131, 3],
      ],
    ],
    [
      'temperature',
      [
        [30, 3],
        [35, 3],
        [35.1, 1],
        [36, 1],
        [36.1, 0],
        [38, 0],
        [38.1, 1],
        [39, 1],
        [39.1, 2],
        [42, 2],
      ],
    ],
  ] as const)('H-30 %s', (parameter, bands) => {
    for (const [value, band] of bands)
      expect(scored({ ...well, [parameter]: value }).parts[parameter], `${parameter} ${value}`).toBe(band)
  })

  test.each([
    [83, 'air', 3],
    [83, 'oxygen', 3],
    [84, 'oxygen', 2],
    [85, 'air', 2],
    [86, 'air', 1],
    [87, 'oxygen', 1],
    [88, 'air', 0],
    [88, 'oxygen', 0],
    [92, 'air', 0],
    [92, 'oxygen', 0],
    [93, 'air', 0],
    [97, 'air', 0],
    [100, 'air', 0],
    [93, 'oxygen', 1],
    [94, 'oxygen', 1],
    [95, 'oxygen', 2],
    [96, 'oxygen', 2],
    [97, 'oxygen', 3],
    [100, 'oxygen', 3],
  ] as const)('H-30 scale 2: %i %% on %s scores %i', (saturation, oxygen, band) =>
    expect(scored({ ...well, saturation, oxygen }, 2).parts.saturation).toBe(band),
  )

  test('H-30 oxygen scores 2; new confusion, voice, pain and unresponsive score 3', () => {
    expect(scored({ ...well, oxygen: 'oxygen' }).parts.oxygen).toBe(2)
    expect(scored(well).parts.consciousness).toBe(0)
    for (const consciousness of ['C', 'V', 'P', 'U'] as const)
      expect(scored({ ...well, consciousness }).parts.consciousness).toBe(3)
  })

  test.each([
    [35.04, 3],
    [35.05, 1],
    [36.04, 1],
    [36.05, 0],
    [38.04, 0],
    [38.05, 1],
    [39.04, 1],
    [39.05, 2],
  ])('H-30 a temperature is rounded to one decimal before it is scored: %f', (temperature, band) =>
    expect(scored({ ...well, temperature }).parts.temperature).toBe(band),
  )
})

describe('H-30 what the total means', () => {
  test.each([
    [{}, 0, 'low', 'At least every 12 hours'],
    [{ pulse: 95 }, 1, 'low', 'Every 4 to 6 hours'],
    [{ pulse: 95, temperature: 38.5, oxygen: 'oxygen' }, 4, 'low', 'Every 4 to 6 hours'],
    [{ respiration: 26 }, 3, 'low-medium', 'ward doctor'],
    [{ consciousness: 'C', pulse: 95 }, 4, 'low-medium', 'ward doctor'],
    [{ oxygen: 'oxygen', respiration: 22, pulse: 95 }, 5, 'medium', 'acute illness'],
    [{ consciousness: 'V', oxygen: 'oxygen' }, 5, 'medium', 'acute illness'],
    [{ oxygen: 'oxygen', respiration: 22, pulse: 115 }, 6, 'medium', 'acute illness'],
    [{ oxygen: 'oxygen', respiration: 22, pulse: 115, temperature: 38.5 }, 7, 'high', 'critical care'],
  ] as const)('H-30 %j totals %i: %s risk', (more, total, risk, response) => {
    const score = scored({ ...well, ...more })
    expect(score).toMatchObject({ total, risk })
    expect(score.response).toContain(response)
  })

  test('H-30 the worst of everything is 20', () => {
    const worst: News2Readings = {
      respiration: 30,
      saturation: 80,
      oxygen: 'oxygen',
      systolic: 80,
      pulse: 140,
      consciousness: 'U',
      temperature: 34,
    }
    expect(scored(worst).total).toBe(20)
    expect(scored(worst, 2).total).toBe(20)
  })

  test('H-30 a total that came without its parts tells no more than a total can', () => {
    expect([0, 4, 5, 7].map((total) => riskOfTotal(total).risk)).toEqual(['low', 'low', 'medium', 'high'])
  })
})

describe('H-30 never a total of what was not measured', () => {
  test('H-30 any set of missing readings gives no total, and names what is missing', () => {
    fc.assert(
      fc.property(fc.subarray([...news2Parameters], { minLength: 1 }), (missing) => {
        const rest = Object.fromEntries(Object.entries(well).filter(([key]) => !missing.some((one) => one === key)))
        expect(scoreNews2(rest, 1)).toEqual({ kind: 'partial', missing })
      }),
    )
  })

  test.each([
    [{ temperature: 368 }, 'temperature'],
    [{ temperature: 98.6 }, 'temperature'],
    [{ saturation: 0 }, 'saturation'],
    [{ saturation: 101 }, 'saturation'],
    [{ saturation: 95.5 }, 'saturation'],
    [{ respiration: 16.5 }, 'respiration'],
    [{ systolic: 12 }, 'systolic'],
    [{ pulse: Number.NaN }, 'pulse'],
    [{ pulse: -1 }, 'pulse'],
  ] as const)('H-30 %j is not believed, and scores nothing', (more, parameter) =>
    expect(scoreNews2({ ...well, ...more }, 1)).toEqual({ kind: 'unusable', parameters: [parameter] }),
  )

  test('H-30 whatever is measured, the total is the sum of its parts, from 0 to 20', () => {
    const reading = fc.record({
      respiration: fc.integer({ min: 0, max: 60 }),
      saturation: fc.integer({ min: 50, max: 100 }),
      oxygen: fc.constantFrom('air' as const, 'oxygen' as const),
      systolic: fc.integer({ min: 40, max: 260 }),
      pulse: fc.integer({ min: 20, max: 200 }),
      consciousness: fc.constantFrom(...(['A', 'C', 'V', 'P', 'U'] as const)),
      temperature: fc.double({ min: 32, max: 42, noNaN: true }),
    })
    fc.assert(
      fc.property(reading, fc.constantFrom(1 as const, 2 as const), (readings, scale) => {
        const { total, parts, risk } = scored(readings, scale)
        const bands = Object.values(parts)
        expect(total).toBe(bands.reduce((sum: number, one) => sum + one, 0))
        expect(total).toBeLessThanOrEqual(20)
        if (total < 5) expect(risk === 'low-medium').toBe(bands.includes(3))
      }),
    )
  })
})
