import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode, encode } from './decode.ts'
import { escapeText, unescapeText } from './escape.ts'
import { standardDelimiters } from './message.ts'
import { parseMessage, printMessage, readSegments } from './parse.ts'
import { locateInMessage } from './place.ts'
import { part, repeats, subpart } from './reading.ts'

const hl7Text = fc
  .array(
    fc.tuple(
      fc.constantFrom('MSH|^~\\&|', 'PID|', 'OBX|', 'ZZ1', '', 'nonsense'),
      fc.string({ unit: fc.constantFrom('|', '^', '~', '\\', '&', 'a', 'é', '"', ' ') }),
      fc.constantFrom('\r', '\n', '\r\n', '\r\r', ''),
    ),
  )
  .map((lines) => lines.flat().join(''))

test('any text printed again is the same text', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.oneof(hl7Text, fc.string({ unit: 'binary' })), (text) => printMessage(readSegments(text)) === text),
  )
})

test('delimiters are read from the message', () => {
  const parsed = parseMessage('MSH*:;!%*A*B\rPID*1**77:x%y;88')
  expect(parsed.ok).toBe(true)
  if (!parsed.ok) return
  const [, pid] = parsed.value.segments
  if (pid === undefined) throw new Error('no PID')
  const [first, second] = repeats({ message: parsed.value }, pid, 3)
  expect(subpart(first, 2, 2)).toEqual({ text: 'y', place: 'PID[1]-3[1].2.2' })
  expect(part(second, 1)).toEqual({ text: '88', place: 'PID[1]-3[2]' })
})

test.each(['\r', '\n', '\r\n', '\r\n\r\n'])('segments end at %j', (end) => {
  const parsed = parseMessage(['MSH|^~\\&|A', 'PID|1', 'PV1|1'].join(end) + end)
  expect(parsed.ok && parsed.value.segments.map(({ name }) => name)).toEqual(['MSH', 'PID', 'PV1'])
})

test.each([
  ['', 'empty'],
  ['PID|1', 'begins with PID'],
  ['hello', 'begins with something else'],
  ['MSH', 'MSH-1 is missing'],
  ['MSH|^^\\&|A', 'two purposes'],
  ['MSHA^~\\&A', 'letter or digit'],
])('%j is refused with a reason', (text, reason) => {
  const parsed = parseMessage(text)
  expect(parsed.ok ? 'read' : parsed.issues[0]?.message).toContain(reason)
})

test.each([
  ['fish \\T\\ chips', 'fish & chips'],
  ['a\\F\\b\\S\\c\\R\\d\\E\\e', 'a|b^c~d\\e'],
  ['one\\.br\\two\\X0D0A\\three', 'one\ntwo\nthree'],
  ['\\H\\bold\\N\\', 'bold'],
  ['\\Zwhat\\ ever', '\\Zwhat\\ ever'],
  ['C:\\temp', 'C:\\temp'],
  ['\\XC2A3\\5', '£5'],
])('%j reads as %j', (raw, text) => {
  expect(unescapeText(raw, standardDelimiters)).toBe(text)
})

test('text escaped and read again is the same text', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !/[\r\n]/.test(text)),
      (text) => unescapeText(escapeText(text, standardDelimiters), standardDelimiters) === text,
    ),
  )
})

test.each([
  ['', [0xa3, 0x35], '£5'],
  ['', [0xc2, 0xa3, 0x35], '£5'],
  ['8859/1', [0x93, 0x68, 0x69, 0x94], '“hi”'],
  ['UNICODE UTF-8', [0xc3, 0xa9], 'é'],
  ['UTF-8', [0xe9], 'é'],
])('with MSH-18 %j the bytes %j are %j', (charset, raw, text) => {
  const head = new TextEncoder().encode(`MSH|^~\\&|||||||||||||||${'|'}${charset}\rNTE|1||`)
  const bytes = Uint8Array.from([...head, ...raw])
  const decoded = decode(bytes)
  expect(decoded.text.slice(decoded.text.lastIndexOf('|') + 1)).toBe(text)
  if (charset === '') expect([...encode(decoded.text, decoded.charset)]).toEqual([...bytes])
})

test('a place is found again in the text, down to the subcomponent', () => {
  const text = 'MSH|^~\\&|PAS\r\nPID|1||7~8^^^RXX&1.2&ISO\nPID|2||9'
  const at = (place: string) => {
    const span = locateInMessage(text, place)
    return span === null ? null : text.slice(span.start, span.end)
  }
  expect(at('PID[1]-3[2].4.2')).toBe('1.2')
  expect(at('PID[1]-3[2].4')).toBe('RXX&1.2&ISO')
  expect(at('PID[1]-3[1]')).toBe('7')
  expect(at('PID[2]-3')).toBe('9')
  expect(at('PID[2]')).toBe('PID|2||9')
  expect(at('MSH[1]-3[1]')).toBe('PAS')
  expect(at('MSH[1]-1')).toBe('|')
  expect(at('PID[3]-3')).toBeNull()
  expect(at('PID[1]-3[9]')).toBeNull()
  expect(at('no place')).toBeNull()
})
