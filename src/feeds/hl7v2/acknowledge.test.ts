import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf, message, pid } from './example.test-support.ts'
import { type Answer, acknowledgement } from './index.ts'

const now = new Date('2024-07-04T09:20:00Z')
const answer = (bytes: Uint8Array, given: Partial<Answer> = {}): readonly string[] =>
  new TextDecoder()
    .decode(acknowledgement(bytes, { code: 'AA', issues: [], now, controlId: 'A1', ...given }))
    .split('\r')

const trouble = [{ place: 'PID[1]-3[2].1', message: 'No patient identifier', remedy: 'Send PID-3.' }]

test('who sent is answered, in local time with its offset', () => {
  expect(answer(message('ADT^A01', pid))).toEqual([
    'MSH|^~\\&|TL|TL|PAS|RXX|20240704102000+0100||ACK^A01^ACK|A1|P|2.4',
    'MSA|AA|MSG1',
    '',
  ])
})

test.each([
  ['2.3', 'ACK^A01', ['MSA|AE|MSG1|No patient identifier', '']],
  ['2.4', 'ACK^A01^ACK', ['MSA|AE|MSG1|No patient identifier', 'ERR|PID^1^3^101&Required field missing&HL70357', '']],
  [
    '2.5.1',
    'ACK^A01^ACK',
    [
      'MSA|AE|MSG1|No patient identifier',
      'ERR||PID^1^3^2^1|101^Required field missing^HL70357|E||||No patient identifier. Send PID-3.',
      '',
    ],
  ],
])('version %s is told of an error in its own way', (version, type, lines) => {
  const bytes = bytesOf(new TextDecoder().decode(message('ADT^A01', pid)).replace('|2.4', `|${version}`))
  const [header, ...rest] = answer(bytes, { code: 'AE', issues: trouble })
  expect(header?.split('|')[8]).toBe(type)
  expect(rest).toEqual(lines)
})

test('a sender that nobody declared is told that it is we who do not know it, and not that its segments are in disorder', () => {
  const bytes = message('ADT^A01', pid)
  const [, , err] = answer(bytes, { code: 'AR', issues: [{ place: 'MSH-3', message: 'Nobody declared this sender' }] })
  expect(err).toBe('ERR|MSH^^3^207&Application internal error&HL70357')
})

test('other delimiters and charsets are answered in kind', () => {
  const bytes = Uint8Array.from([
    ...bytesOf('MSH*:;!%*L'),
    0xe9,
    ...bytesOf('*B*C*D***ORU:R01*7*P*2.3******8859/1\rPID*1'),
  ])
  const text = new TextDecoder('windows-1252').decode(
    acknowledgement(bytes, { code: 'AA', issues: [], now, controlId: 'A1' }),
  )
  expect(text).toBe('MSH*:;!%*C*D*Lé*B*20240704102000+0100**ACK:R01*A1*P*2.3******8859/1\rMSA*AA*7\r')
})

test('what is no message is refused without a control id', () => {
  expect(
    answer(bytesOf('GET / HTTP/1.1'), {
      code: 'AR',
      issues: [{ place: '', message: 'The message begins with something else' }],
    }),
  ).toEqual([
    'MSH|^~\\&|||||20240704102000+0100||ACK|A1|P|2.4',
    'MSA|AR||The message begins with something else',
    'ERR|^^^100&Segment sequence error&HL70357',
    '',
  ])
})

test('MSH-10 comes back letter for letter, and no bytes make the answer fail', () => {
  const id = fc.string({ unit: fc.constantFrom('a', '0', '-', '^', '&', ' ', '\\', 'é') })
  fc.assert(
    fc.property(id, (sent) => answer(bytesOf(`MSH|^~\\&|||||||ADT^A01|${sent}x|P|2.4\rPID`))[1] === `MSA|AA|${sent}x`),
  )
  fc.assert(
    fc.property(
      fc.uint8Array(),
      (noise) => acknowledgement(noise, { code: 'AR', issues: trouble, now, controlId: 'A' }).length > 0,
    ),
  )
})
