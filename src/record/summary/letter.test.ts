/** The summary as a letter: what every page of the file says, read back from its own bytes. */
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noKnownAllergy, penicillin, problem, recordFrom, sarah } from '../../../test/support/invented-record.ts'
import { letterPdf } from './letter.ts'
import { showText } from './letters-shown.ts'
import { summarise } from './summarise.ts'

const by = 'Dr Amina Khan, Clinician, Riverside Surgery'
const many = Array.from({ length: 60 }, (_, n) => problem(`c${n}`, `100${n}`, `Problem number ${n}`))

/** The pages' own streams, in order, as the words that they print. */
function pagesOf(pdf: Buffer): readonly string[] {
  const pages: string[] = []
  for (let at = pdf.indexOf('stream\n'); at >= 0; at = pdf.indexOf('stream\n', at + 7)) {
    if (pdf.subarray(at - 3, at).toString() === 'end') continue
    let text = ''
    try {
      text = inflateSync(pdf.subarray(at + 7, pdf.indexOf('endstream', at))).toString('latin1')
    } catch {
      continue
    }
    if (!text.includes('BT')) continue
    pages.push(
      [...text.matchAll(/\[(.*?)\] TJ|BDC/g)]
        .map(([, shown = '']) =>
          Buffer.from([...shown.matchAll(/<([0-9a-f]*)>/g)].map(([, hex]) => hex).join(''), 'hex').toString('latin1'),
        )
        .join('\n'),
    )
  }
  return pages
}

const letterOf = async (given: Parameters<typeof recordFrom>[0], demo = true) => {
  const pdf = await letterPdf(summarise(recordFrom(given)), { by, demo })
  return { pdf, raw: pdf.toString('latin1'), pages: pagesOf(pdf) }
}

test('H-44 every page says whose it is, by name and NHS number, and which page of how many', async () => {
  const { pages } = await letterOf({ gp: [sarah('p'), ...many] })
  expect(pages.length).toBeGreaterThan(2)
  pages.forEach((page, index) => {
    expect(page).toContain('Ward, Sarah (Mrs)')
    expect(page).toContain('999 000 0018')
    expect(page).toContain(`Page ${index + 1} of ${pages.length}`)
    expect(page).toContain('SYNTHETIC')
  })
  expect((await letterOf({ gp: [sarah('p')] }, false)).pages.join()).not.toMatch(/synthetic/i)
})

test('H-43 every page says as at when, and the letter who took it out', async () => {
  const { pages } = await letterOf({ gp: [sarah('p'), ...many] })
  for (const page of pages) expect(page).toContain('As at 22 November 2026 at 10am')
  expect(pages[0]).toContain('Dr Amina Khan')
})

test('it is a tagged file of real text with its title, language and structure', async () => {
  const { raw, pages } = await letterOf({ gp: [sarah('p'), penicillin('a')] })
  expect(raw).toMatch(/^%PDF-1\.7/)
  expect(raw).toMatch(/\/Marked true/)
  expect(raw).toMatch(/\/Lang \(en-GB\)/)
  expect(raw).toMatch(/\/DisplayDocTitle true/)
  for (const kind of ['Document', 'H1', 'H2', 'P', 'L', 'LI', 'LBody']) expect(raw).toContain(`/S /${kind}\n`)
  expect(pages.join('\n')).toContain('Known allergies: Allergy to penicillin: Anaphylaxis (severe)')
})

test('H-42 the letter says one of the four states of allergies, and never "none" for silence', async () => {
  expect((await letterOf({ gp: [sarah('p')] })).pages.join()).toContain('Allergies not recorded')
  expect((await letterOf({ gp: [sarah('p')] })).pages.join()).not.toMatch(/no known allerg/i)
  expect((await letterOf({ gp: [sarah('p'), noKnownAllergy('a')] })).pages.join()).toContain('No known allergies')
})

test('the same summary gives the same bytes', async () => {
  const given = { gp: [sarah('p'), penicillin('a'), ...many] }
  expect((await letterOf(given)).pdf.equals((await letterOf(given)).pdf)).toBe(true)
})

test('H-46 a name with letters that the fonts lack is printed in braces, explained, and kept whole in the file', async () => {
  const name = [{ use: 'official', family: 'Łęcka', given: ['Zoë', '明'] }]
  const { pages, raw } = await letterOf({ gp: [sarah('p', { name })] })
  expect(pages[0]).toContain('{L}{e}cka, Zoë {U+660E}')
  expect(pages.join()).toContain('{L} is U+0141')
  const exact = Buffer.from('\ufeffName: Łęcka, Zoë 明', 'utf16le').swap16()
  expect(raw).toContain('ActualText')
  expect(Buffer.from(raw, 'latin1').includes(exact.subarray(0, 40).subarray(2, 12))).toBe(true)
})

test('H-46 whatever is written, each character is printed as it is, as its usual plain sign, or in braces: none is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (written) => {
      const { text, replaced } = showText(written)
      expect(text).toMatch(/^[\n\u0020-\u007e\u00a0-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]*$/)
      const visible = [...written.toWellFormed().normalize('NFC')].filter((one) => !/[\p{Cf}]/u.test(one))
      expect([...text].length).toBeGreaterThanOrEqual(visible.length)
      for (const token of replaced.keys()) expect(text).toContain(token)
      if (!written.includes('?')) expect(text).not.toContain('?')
    }),
  )
  expect(showText('≥ 5 μg β‑blocker').text).toBe('>= 5 µg beta-blocker')
})
