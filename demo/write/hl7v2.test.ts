import { expect, test } from 'vitest'
import { csvText } from './csv.ts'
import { escaped, segment } from './hl7v2.ts'

test('fields stand where the book counts them', () => {
  expect(segment('PV1', { 2: 'I', 5: 'x' })).toBe('PV1||I|||x')
})

test('separators inside a text are escaped, the escape itself first', () => {
  expect(escaped('a|b^c&d~e\\f\ng')).toBe('a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\.br\\g')
})

test('a CSV cell is quoted only when it must be', () => {
  expect(csvText(['A', 'B'], [['plain', 'with, comma and "quotes"']])).toBe(
    'A,B\r\nplain,"with, comma and ""quotes"""\r\n',
  )
})
