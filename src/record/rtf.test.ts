import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRtf, readRtf } from './rtf.ts'

const rtf = (text: string) => readRtf(Buffer.from(text, 'latin1'))

test('words, lines, accents and signs are read; fonts, pictures, links and objects are not', () => {
  const text = String.raw`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\*\generator Riched20;}{\info{\author Secret}}\pard\b Dear Dr O\'92Neill\b0\par
Temp 38\'b0C, na\u239\'efve \u8805? 5 \{sic\}\line{\pict\pngblip 89504e47}{\field{\*\fldinst HYPERLINK "javascript:alert(1)"}{\fldrslt the site}}{\object\objdata 0105}\par\trowd a\cell b\cell\row}`
  expect(rtf(text)).toBe('Dear Dr O’Neill\nTemp 38°C, naïve ≥ 5 {sic}\nthe site\na\tb')
})

test('words that were deleted from the document are not read as if they stood', () => {
  expect(rtf(String.raw`{\rtf1 Give {\deleted 500mg} 50mg\par}`)).toBe('Give  50mg')
})

test('binary data is stepped over', () => {
  expect(rtf(String.raw`{\rtf1 a\bin4 }}}}b}`)).toBe('ab')
})

test('whatever the bytes, some text comes and nothing is thrown', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.constantFrom('{', '}', '\\', '\\par', "\\'9", '\\u-3 ', '\\bin99', '\\*', 'a', '\\uc9'), {
        maxLength: 60,
      }),
      (bytes, parts) => {
        expect(typeof readRtf(bytes)).toBe('string')
        expect(rtf(`{\\rtf1 ${parts.join('')}`).isWellFormed()).toBe(true)
      },
    ),
  )
  expect(rtf('{'.repeat(200_000))).toBe('')
})

test('only what begins so is such a document', () => {
  expect(isRtf(Buffer.from('{\\rtf1 a}'))).toBe(true)
  expect(isRtf(Buffer.from('<html>'))).toBe(false)
})
