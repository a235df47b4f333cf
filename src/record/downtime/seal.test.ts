/** A sealed list: it opens with its passphrase and with nothing else, and whatever is done to it is noticed. */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { penicillin, recordFrom, sarah } from '../../../test/support/invented-record.ts'
import { summarise } from '../summary/summarise.ts'
import { indexPage, personPage, plainPage } from './pages.tsx'
import { openPack, pressed, readHeader, sealPack } from './seal.ts'

const passphrase = 'a long passphrase of ours'
const madeAt = new Date('2026-11-22T02:00:00Z')
const sheet = (given: Parameters<typeof recordFrom>[0]) => {
  const summary = summarise(recordFrom(given))
  return { summary, html: personPage({ demo: true }, summary, 'Bed 4') }
}

let file = ''
const one = sheet({ gp: [sarah('p'), penicillin('a')] })
beforeAll(async () => {
  const index = indexPage(
    { title: 'Ward 7', madeAt, demo: true },
    [{ number: 1, place: 'Bed 4', summary: one.summary }],
    0,
  )
  file = await sealPack(await Promise.all([index, one.html, one.html].map(pressed)), {
    title: 'Ward 7',
    madeAt,
    demo: true,
    passphrase,
  })
})
const opening = async (text: string, with_ = passphrase) => {
  const { header, index, page } = await openPack(text, with_)
  return [index, ...(await Promise.all(Array.from({ length: header.boxes - 1 }, (_, n) => page(n + 1))))]
}
const changed = (from: string, to: string) => {
  expect(file).toContain(from)
  return file.replace(from, to)
}
const boxes = () => [...file.matchAll(/class="box">([^<]*)</g)].map(([, box = '']) => box)

test('it opens with its passphrase, and gives back the very pages', async () => {
  expect((await opening(file))[1]).toBe(one.html)
  expect(readHeader(file)).toMatchObject({ title: 'Ward 7', boxes: 3, madeAt: madeAt.toISOString() })
})

test('H-45 the file tells nothing of anybody on it', () => {
  expect(file).not.toMatch(/Ward, Sarah|9990000018|999 000 0018|penicillin|Bed 4/i)
  expect(file).not.toContain(passphrase)
  expect(file).toContain('As at 22 November 2026 at 2am')
})

test('H-45 a wrong passphrase opens nothing, and the error tells nothing of what is within', async () => {
  for (const wrong of ['a long passphrase of OURS', '', ' ']) {
    const fault = await opening(file, wrong).catch((thrown: unknown) => thrown)
    expect(String(fault)).toMatch(/passphrase is wrong, or the file has been altered/)
    expect(String(fault)).not.toMatch(/Sarah|penicillin/)
  }
})

test('H-45 a page that is changed, swapped, left out, doubled or brought from another file is noticed', async () => {
  const [index = '', first = '', second = ''] = boxes()
  await expect(opening(changed(first, '(first)').replace(second, first).replace('(first)', second))).rejects.toThrow(
    'altered',
  )
  await expect(opening(changed(`<script type="text/plain" class="box">${second}</script>`, ''))).rejects.toThrow(
    'not whole',
  )
  await expect(opening(changed(first, second))).rejects.toThrow('altered')
  const other = await sealPack(await Promise.all(['x', one.html, one.html].map(pressed)), {
    title: 'Ward 7',
    madeAt,
    demo: true,
    passphrase,
  })
  const theirs = [...other.matchAll(/class="box">([^<]*)</g)][1]?.[1] ?? ''
  await expect(opening(changed(first, theirs))).rejects.toThrow('altered')
  await expect(opening(changed('"title":"Ward 7"', '"title":"Ward 8"'))).rejects.toThrow('altered')
  await expect(opening(changed('2026-11-22T02:00:00.000Z', '2026-11-23T02:00:00.000Z'))).rejects.toThrow('altered')
  await expect(opening(changed(index, first))).rejects.toThrow('altered')
})

test('H-45 any one byte of a sealed page that is altered is noticed', async () => {
  const { page } = await openPack(file, passphrase)
  expect(await page(1)).toBe(one.html)
  const [, first = ''] = boxes()
  const bytes = Buffer.from(first, 'base64')
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const other = Buffer.from(bytes)
      other[at] = (other[at] ?? 0) ^ by
      const opened = await openPack(file.replace(first, other.toString('base64')), passphrase)
      await expect(opened.page(1)).rejects.toThrow('altered')
    }),
    { numRuns: 4 },
  )
})

test('what is no pack is refused before any work is done, whatever it asks for', async () => {
  await expect(openPack('<html></html>', passphrase)).rejects.toThrow('no downtime pack')
  await expect(openPack(changed('"N":32768', '"N":1073741824'), passphrase)).rejects.toThrow('no downtime pack')
  fc.assert(
    fc.property(
      fc.string(),
      (text) => readHeader(`<script type="application/json" id="pack">${text}</script>`) === undefined,
    ),
  )
})

test('H-43 as at when stands on the index and at both ends of each page, with the name', () => {
  expect(one.html.match(/As at 22 November 2026 at 10am/g)).toHaveLength(2)
  expect(one.html.match(/NHS number 999 000 0018/g)?.length).toBeGreaterThanOrEqual(2)
  expect(one.html).toContain('Known allergies: Allergy to penicillin: Anaphylaxis (severe)')
  expect(one.html).toContain('Synthetic')
})

test('H-42 a page of somebody without recorded allergies says that they are not recorded', () => {
  const { html } = sheet({ gp: [sarah('p')] })
  expect(html).toContain('Allergies not recorded')
  expect(html).not.toMatch(/no known allerg/i)
})

test('H-21 a restricted person’s page tells no address, telephone, practice or relative’s telephone', () => {
  const hidden = sarah('p', {
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
    contact: [{ name: { text: 'Tom Ward' }, telecom: [{ system: 'phone', value: '01632 960999' }] }],
  })
  const { html } = sheet({ gp: [hidden], pas: [sarah('p2')] })
  expect(html).toContain('Restricted record')
  expect(html).not.toMatch(/Mill Lane|RV2|01632/)
})

test('H-10 a page holds no markup of a sender’s, and a plain page needs no other file', () => {
  const { html } = sheet({
    gp: [sarah('p', { name: [{ family: '<img src=x onerror=alert(1)>', given: ['</script>'] }] })],
  })
  expect(html).not.toMatch(/<(?:img|\/script)/)
  const plain = plainPage('Ward 7 <b>', html)
  expect(plain).not.toMatch(/<(?:script|link|img|b)\b|https?:|url\(/)
  expect(plain).toContain("default-src 'none'")
})
