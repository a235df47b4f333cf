import { expect, test } from 'vitest'
import { isOwnForm } from './policy.ts'

test.each([
  ['our own page', { origin: 'http://127.0.0.1:8420', host: '127.0.0.1:8420', 'sec-fetch-site': 'same-origin' }, true],
  ['a program that is no browser', { host: '127.0.0.1:8420' }, true],
  ['an older browser on our page', { origin: 'https://record.example', host: 'record.example' }, true],
  ['another site', { origin: 'https://evil.example', host: 'record.example' }, false],
  ['another site in a modern browser', { host: 'record.example', 'sec-fetch-site': 'cross-site' }, false],
  ['a sister site', { origin: 'https://other.example', host: 'record.example', 'sec-fetch-site': 'same-site' }, false],
  ['a page that hides its origin', { origin: 'null', host: 'record.example' }, false],
])('a form from %s', (_who, headers, believed) => {
  expect(isOwnForm(headers)).toBe(believed)
})
