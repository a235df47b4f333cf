import { expect, test } from 'vitest'
import { demoStarts } from './starts.ts'

const now = new Date('2026-11-22T09:00:00Z')

test('the same seed gives the same starts, all of them past, each step after the one before, and each says that it is made up', () => {
  const starts = demoStarts({ seed: '2026', now })
  expect(starts).toEqual(demoStarts({ seed: '2026', now }))
  expect(demoStarts({ seed: '7', now })).not.toEqual(starts)
  expect(new Set(starts.map(({ device }) => device)).size).toBe(12)
  for (const { device, site, poweredOnAt, signedIn, scriptRan, browser, firstPage, page } of starts) {
    expect(device).toMatch(/^[a-z0-9]{16}$/)
    expect(site).toContain('synthetic')
    expect(poweredOnAt.getTime() + firstPage).toBeLessThan(now.getTime())
    const steps = [signedIn, scriptRan, browser, firstPage]
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
    expect(page.readable).toBeGreaterThan(page.firstByte)
  }
})
