import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openSearch, sealSearch, searchBytesMax } from './sealed-search.ts'

test('the session that searched opens its result, whatever was typed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: searchBytesMax / 4 }), fc.string(), (typed, token) => {
      expect(openSearch(token, sealSearch(token, typed))).toBe(typed)
    }),
  )
})

test('another session opens nothing, and nor does a changed id', () => {
  const result = sealSearch('mine', 'ward 14/5/1958')
  expect(openSearch('yours', result)).toBeUndefined()
  for (let place = 0; place < result.length; place += 7) {
    const changed = `${result.slice(0, place)}${result[place] === 'A' ? 'B' : 'A'}${result.slice(place + 1)}`
    expect(openSearch('mine', changed)).toBeUndefined()
  }
})

test('what was typed does not stand in the address, and the same search makes another address', () => {
  const result = sealSearch('mine', 'ward')
  expect(Buffer.from(result, 'base64url').toString('latin1')).not.toContain('ward')
  expect(sealSearch('mine', 'ward')).not.toBe(result)
})

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string(), (text) => openSearch('mine', text) === undefined))
})

test('the longest search fits a part of an address', () => {
  expect(sealSearch('mine', 'x'.repeat(searchBytesMax)).length).toBeLessThanOrEqual(200)
})
