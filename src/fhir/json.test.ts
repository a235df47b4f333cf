/** JSON keeps what it says. @see RFC 8259; FHIR R4 datatypes.html#decimal; the public JSON parsing test suite */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../../test/support/shared-data.ts'
import { jsonNumber, locateInJson, numberOf, numberText, parseJson, printJson } from './index.ts'

const again = (text: string): string => {
  const parsed = parseJson(text)
  return parsed.ok ? printJson(parsed.value) : `refused: ${parsed.issues[0]?.message}`
}

describe('numbers', () => {
  test.each([
    '1.50',
    '1E3',
    '12345678901234567890',
    '-0',
    '0.0000001',
    '1e400',
    '-1.0',
    '100',
    '0.1',
    '3.141592653589793238',
  ])('%s is printed as it was sent', (text) => {
    expect(again(`{"value":${text}}`)).toBe(`{"value":${text}}`)
    expect(again(text)).toBe(text)
  })

  test('what looks like a number inside text does not slow or change anything', () => {
    const text = '{"at":"2024-01-01T10:00:00.000Z","note":"\\"a\\":1.50, [1.0]"}'
    expect(again(text)).toBe(text)
  })

  test('a number kept as text still counts', () => {
    const parsed = parseJson('[1.50,"1.50",1e400]')
    const [dose, text, huge] = parsed.ok ? (parsed.value as unknown[]) : []
    expect([numberOf(dose), numberOf(text), numberOf(huge)]).toEqual([1.5, undefined, undefined])
    expect([numberText(dose), numberText(7), numberText(text)]).toEqual(['1.50', '7', undefined])
    expect(printJson({ a: jsonNumber('2.10'), b: jsonNumber('2.1') })).toBe('{"a":2.10,"b":2.1}')
  })

  test('any JSON number survives, wherever it stands', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?$/)
    fc.assert(
      fc.property(digits, fc.string(), (number, key) => {
        // Keys that are whole numbers would be sorted to the front; behind a letter they stay where they are.
        const text = `{${JSON.stringify(`k${key}`)}:[${number},{"a":${number}}]}`
        return again(text) === text
      }),
      { numRuns: 300 },
    )
  })
})

describe('what is refused', () => {
  test('a key that stands twice, with its place, when FHIR is read', () => {
    const text = '{"name":[{"family":"A","family":"B"}]}'
    expect(parseJson(text).ok).toBe(true)
    expect(parseJson(text, { duplicateKeys: 'refuse' })).toMatchObject({
      ok: false,
      issues: [{ place: 'name[0].family' }],
    })
  })

  test('a text that nests too deep or is too long', () => {
    expect(parseJson('['.repeat(200) + ']'.repeat(200)).ok).toBe(false)
    expect(parseJson('['.repeat(1_000_000)).ok).toBe(false)
    expect(parseJson('"aaaa"', { lengthMax: 5 }).ok).toBe(false)
  })

  test('the reason gives line and column, and nothing of the content', () => {
    const parsed = parseJson('{\n  "family": "Secret" "Name"\n}')
    expect(parsed).toMatchObject({ ok: false })
    const message = parsed.ok ? '' : (parsed.issues[0]?.message ?? '')
    expect(message).toContain('line 2, column 22')
    expect(message).not.toContain('Secret')
  })

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'{}[]":,\\u0019eE+-.tfn \n') }),
        (text) => typeof parseJson(text).ok === 'boolean',
      ),
    )
  })
})

describe('places', () => {
  const text = '{"resourceType":"Bundle","entry":[{"resource":{"name":[{"given":["Ada","B\\"c"]}]}}]}'

  test('a place is found, by the names that issues and lineage use', () => {
    const span = locateInJson(text, 'Bundle.entry[0].resource.name[0].given[1]')
    expect(span && text.slice(span.start, span.end)).toBe('"B\\"c"')
  })

  test('a place that is not there is not found', () => {
    expect(locateInJson(text, 'Bundle.entry[7].resource')).toBeNull()
    expect(locateInJson('not json', 'a')).toBeNull()
  })

  test('what is found is what stands there', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), fc.nat(), (list, pick) => {
        const index = pick % list.length
        const written = JSON.stringify({ list }, null, 1)
        const span = locateInJson(written, `list[${index}]`)
        return (
          span !== null &&
          JSON.stringify(JSON.parse(written.slice(span.start, span.end))) === JSON.stringify(list[index])
        )
      }),
      { numRuns: 100 },
    )
  })
})

const suite = sharedData('bad-input/json-parsing')
describe.skipIf(suite === undefined)('the public JSON parsing suite', () => {
  for (const name of suite === undefined ? [] : readdirSync(suite)) {
    if (name.startsWith('i_')) continue
    test(name, () => {
      let text: string
      try {
        text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(`${suite}/${name}`))
      } catch {
        // Bytes that are no UTF-8 never become text, so they are refused before JSON is read.
        expect(name.startsWith('n_')).toBe(true)
        return
      }
      expect(parseJson(text).ok).toBe(name.startsWith('y_'))
    })
  }
})
