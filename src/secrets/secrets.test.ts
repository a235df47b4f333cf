import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyOf, makeSecrets, parseSecretKeys, prunedKeys, type SecretKeys, withNewKey } from './index.ts'

const now = new Date('2026-11-22T10:00:00Z')
const read = (text: string): SecretKeys => {
  const parsed = parseSecretKeys(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}
const one = withNewKey('', now)
const two = withNewKey(one, now)
const three = withNewKey(two, now)
const ringOf = (text: string) => makeSecrets(() => read(text))

describe('what is sealed', () => {
  test('opens again in its own place, whatever it says, and never looks the same twice', () => {
    const ring = ringOf(two)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, about) => {
        const sealed = ring.seal(about, text)
        expect(ring.open(about, sealed)).toBe(Buffer.from(text).toString('utf8'))
        expect(ring.seal(about, text)).not.toBe(sealed)
      }),
    )
  })

  test('opens in no other place, with no other key, and not once a single bit of it was changed', () => {
    const ring = ringOf(two)
    const sealed = ring.seal('session a', 'an ID token')
    expect(ring.open('session b', sealed)).toBeUndefined()
    expect(ringOf(withNewKey('', now)).open('session a', sealed)).toBeUndefined()
    const [head = '', id = '', body = ''] = sealed.split('.')
    const bytes = Buffer.from(body, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(ring.open('session a', `${head}.${id}.${changed.toString('base64url')}`)).toBeUndefined()
    }
    const older = read(two)[1]?.id ?? ''
    expect(ring.open('session a', `${head}.${older}.${body}`)).toBeUndefined()
  })

  test('is nothing when it is anything else', () => {
    const ring = ringOf(one)
    fc.assert(fc.property(fc.string(), (text) => ring.open('here', text) === undefined))
    for (const cut of [0, 5, 14, 40])
      expect(ring.open('here', ring.seal('here', 'x'.repeat(40)).slice(0, cut))).toBeUndefined()
  })
})

describe('the ring', () => {
  test('seals with the newest key, and opens what earlier ones sealed', () => {
    const before = ringOf(one).seal('x', 'kept')
    expect(ringOf(two).open('x', before)).toBe('kept')
    expect(keyOf(ringOf(two).seal('x', 'kept'))).toBe(read(two)[0].id)
    expect(read(two)[1]?.id).toBe(read(one)[0].id)
  })

  test('changes while the program runs', () => {
    let text = one
    const ring = makeSecrets(() => read(text))
    const before = ring.seal('x', 'kept')
    text = two
    expect(ring.open('x', before)).toBe('kept')
    expect(keyOf(ring.seal('x', 'kept'))).not.toBe(keyOf(before))
  })

  test('lets go of keys, but never of the one that seals', () => {
    const [, , oldest] = read(three)
    const kept = read(prunedKeys(three, new Set([read(three)[0].id, oldest?.id ?? ''])))
    expect(kept.map(({ id }) => id)).toEqual(
      read(three)
        .slice(0, 2)
        .map(({ id }) => id),
    )
  })

  test('derives secrets that differ by use and by key', () => {
    const ring = ringOf(two)
    expect(new Set([...ring.derived('a'), ...ring.derived('b')]).size).toBe(4)
    expect(ringOf(one).derived('a')[0]).toBe(ring.derived('a')[1])
  })

  test.each([
    ['nothing', ''],
    ['only a comment', '# none yet\n'],
    ['a password', 'correct horse battery staple\n'],
    ['a key of zeroes', `k00000000 2026-11-22T10:00:00Z ${'A'.repeat(43)}\n`],
    ['a key that was mistyped', one.replace(/.(?=\n$)/, (letter) => (letter === 'E' ? 'I' : 'E'))],
    ['the same key twice', one + one],
    ['a line that was cut', one.slice(0, -9)],
  ])('of %s is refused, with the remedy and without what stood there', (_what, text) => {
    const parsed = parseSecretKeys(text)
    expect(parsed.ok).toBe(false)
    if (parsed.ok) return
    expect(parsed.issues[0]?.remedy).toContain('throughline keys new')
    for (const word of text.split(/\s+/).filter((part) => part.length > 20))
      expect(JSON.stringify(parsed.issues)).not.toContain(word)
  })
})
