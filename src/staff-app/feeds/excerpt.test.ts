import fc from 'fast-check'
import { expect, test } from 'vitest'
import { excerpt } from './excerpt.ts'

test('an excerpt of a long message holds the marked field, whole, at its new place', () => {
  fc.assert(
    fc.property(fc.nat(50_000), fc.integer({ min: 0, max: 400 }), (at, length) => {
      const text = Array.from({ length: 2_000 }, (_, line) => `OBX|${line}|NM|${'x'.repeat(line % 40)}`).join('\r')
      const start = Math.min(at, text.length)
      const end = Math.min(start + length, text.length)
      const part = excerpt(text, { start, end }, 6_000)
      expect(part.text.length).toBeLessThanOrEqual(6_000)
      expect(part.before + part.text.length + part.after).toBe(text.length)
      expect(part.text.slice(part.highlight?.start, part.highlight?.end)).toBe(text.slice(start, end))
    }),
  )
})

test('a short message is whole', () => {
  expect(excerpt('MSH|^~\\&', undefined, 6_000)).toEqual({ text: 'MSH|^~\\&', before: 0, after: 0 })
})
