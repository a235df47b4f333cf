import fc from 'fast-check'
import { expect, test } from 'vitest'
import { indentJson } from './indent-json.ts'

test('indented JSON says exactly what was kept', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(JSON.stringify(JSON.parse(indentJson(text)))).toBe(text)
    }),
  )
})

test('a number keeps its text: 1.50 is not 1.5', () => {
  expect(indentJson('{"value":1.50,"list":[],"more":{"a":"x, {y}"}}')).toBe(
    '{\n  "value": 1.50,\n  "list": [],\n  "more": {\n    "a": "x, {y}"\n  }\n}',
  )
})

test('a long body is laid out whole', () => {
  const text = JSON.stringify(Array.from({ length: 20_000 }, (_, n) => ({ a: n, b: [1] })))
  expect(JSON.parse(indentJson(text))).toEqual(JSON.parse(text))
})
