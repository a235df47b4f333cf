/**
 * The past of a record, in a real browser with JavaScript off: as known at a moment, back to now, and two moments side by side. Hazards
 * H-26 (a past view taken for now) and H-27 (a change that the comparison does not tell).
 */
import type { Page } from 'playwright-core'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { syntheticNhsNumber } from '../../bench/invented-hl7.ts'
import {
  axeFindings,
  describeInBrowser,
  goOnAs,
  hasBrowser,
  openBrowser,
  seen,
  type Viewer,
} from '../support/browser.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'

let viewer: Viewer
let server: RunningTestServer
let record = ''
/** After the first messages and before the later ones. */
let between = ''
const nhsNumber = syntheticNhsNumber(91_001)

const header = (type: string, id: string) => `MSH|^~\\&|PAS|RIV|TL|AREA|20260301100000||${type}|${id}|T|2.4`
const pid = (phone: string) =>
  `PID|1||PAST1^^^RIV^MR~${nhsNumber}^^^NHS^NH||FORMER^PAULA^^^Ms||19600203|F|||1 Invented Road^^Riverton^^ZZ9 9ZZ^GBR^H||${phone}^PRN|||||||||||||||||||NSTS01`
const details = (id: string, phone: string, allergy = '') =>
  [header('ADT^A08', id), 'EVN|A08|20260301100000', pid(phone), ...(allergy === '' ? [] : [allergy]), ''].join('\r')
const potassium = (id: string, value: string) =>
  [
    header('ORU^R01', id),
    pid('01632960001'),
    'ORC|RE|PK1|K1||CM',
    'OBR|1|PK1|K1|UE^Urea and electrolytes^LAB|||20260301090000|||||||||||||||20260301100000||CH|F',
    `OBX|1|NM|K^Potassium^LAB||${value}|mmol/L|3.5-5.3|N|||F|||20260301090000`,
    '',
  ].join('\r')

beforeAll(async () => {
  if (!hasBrowser) return
  const [running, opened] = await Promise.all([runningServer(), openBrowser()])
  server = running
  viewer = opened
  const mllp = await server.mllp()
  const send = async (text: string) => void (await mllp.send(Buffer.from(text)))
  await send(details('B1', '01632960001'))
  await send(potassium('B2', '4.1'))
  const [last] = await server.sql<{ at: Date }[]>`select max(lu) as at from resource_version`
  between = new Date((last?.at ?? new Date()).getTime() + 1).toISOString()
  // The later ones must be later: no message is kept in the millisecond that lies between.
  while (Date.now() <= Date.parse(between)) await new Promise((done) => setImmediate(done))
  await send(potassium('B3', '6.2'))
  await send(details('B4', '01632960999', 'AL1|1|DA|91936005^Penicillin^SCT|SV|Anaphylaxis'))
  ;[record = ''] = await (await server.staff('gp-rao')).find(nhsNumber)
})

describeInBrowser('with JavaScript off, a GP', () => {
  let page: Page
  beforeEach(async () => {
    page = await viewer.visit()
    await goOnAs(page, { url: server.url, name: 'Dr Helen Lindqvist-Rao' })
    return () => page.context().close()
  })
  const main = () => page.getByRole('main')
  const words = () => seen(main())

  test('H-26 opens a record as known at a moment, stays there from page to page, and returns to now', async () => {
    await page.goto(server.url + record)
    await page.getByText('This record at another moment').click()
    await page.getByLabel('As known at').fill(between)
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    expect(await words()).toMatch(/As known at .*\d:\d\d(:\d\d)?[ap]m\. What came later is not here/)
    await page
      .getByRole('navigation', { name: 'Record' })
      .getByRole('link', { name: /^Tests and readings/ })
      .click()
    expect(await words()).toContain('As known at')
    expect(await words()).toContain('4.1')
    expect(await words()).not.toContain('6.2')
    expect(await seen(page.locator('body'))).not.toMatch(/anaphylaxis/i)
    expect(await main().locator('form[method="post"]').count()).toBe(0)
    await page.getByRole('link', { name: 'Return to now' }).click()
    expect(await words()).not.toContain('As known at 1')
    expect(await words()).toContain('6.2')
    await page
      .getByRole('navigation', { name: 'Record' })
      .getByRole('link', { name: /^Allergies/ })
      .click()
    expect(await words()).toMatch(/penicillin/i)
  })

  test('H-26 a fact’s origin in a past view is that of the version of then', async () => {
    await page.goto(`${server.url}${record}/tests?at=${encodeURIComponent(between)}`)
    await main().locator('a[href*="/facts/Observation/"]').first().click()
    expect(await words()).toContain('As known at')
    expect(await words()).toContain('4.1')
    expect(await words()).not.toContain('6.2')
  })

  test('H-26 a moment to come, one before the first message and one that is none say so, and are no empty records', async () => {
    const at = (moment: string) => page.goto(`${server.url}${record}?at=${encodeURIComponent(moment)}`)
    await at('2999-01-01')
    expect(await words()).toContain('That moment is still to come')
    await at('2001-02-03T04:05')
    expect(await words()).toMatch(/Nothing was known yet.*3 February 2001, 4:05am.*The first message was kept at/s)
    expect(await words()).not.toMatch(/no known allergies|none recorded/i)
    expect((await at('the other day'))?.status()).toBe(400)
    expect(await words()).toContain('The moment could not be read')
  })

  test('H-81 pages without a past say why, and lead to themselves as they are now and to the record of then', async () => {
    for (const [section, why] of [
      ['access', 'Who has looked is one list'],
      ['written', 'What became of entries is known only as it is now'],
      ['print', 'A summary that leaves the screen is always of now'],
      ['summary.pdf', 'A summary that leaves the screen is always of now'],
      ['add/allergy', 'Nothing can be written into the past'],
      ['tasks/new', 'Nothing can be written into the past'],
    ] as const) {
      const address = `${server.url}${record}/${section}`
      expect((await page.goto(`${address}?at=${encodeURIComponent(between)}`))?.status(), section).toBe(409)
      expect(await words()).toContain(why)
      expect(await seen(page.locator('body'))).not.toMatch(/former|anaphylaxis/i)
      const now = main().getByRole('link', { name: 'This page as it is now' })
      expect(await now.getAttribute('href')).toBe(new URL(address).pathname)
      await main()
        .getByRole('link', { name: /^The record as known at/ })
        .click()
      expect(await words()).toMatch(/As known at .*What came later is not here/)
      await page.goto(`${address}?at=the+other+day`)
      expect(await main().getByRole('link', { name: 'The record as it is now' }).count(), section).toBe(1)
      expect(await words()).not.toContain('As known at')
    }
  })

  test('H-81 a past view is searched as it was known then, from page to page', async () => {
    await page.goto(`${server.url}${record}?at=${encodeURIComponent(between)}`)
    const search = async (typed: string) => {
      await page.getByRole('searchbox', { name: 'Search this record' }).fill(typed)
      await page.getByRole('searchbox', { name: 'Search this record' }).press('Enter')
    }
    await search('potassium')
    expect(await words()).toMatch(/As known at.*1 entry for “potassium”/s)
    await search('')
    expect(await words()).toMatch(/As known at.*Type a word to look for/s)
    await search('potassium')
    await main().getByRole('link', { name: 'Potassium', exact: true }).click()
    expect(await words()).toMatch(/As known at.*4\.1/s)
    expect(await words()).not.toContain('6.2')
    await page.goto(`${server.url}${record}/search?at=${encodeURIComponent(between)}`)
    await search('penicillin')
    expect(await words()).toContain('Nothing in this record has all these words')
    await page.goto(`${server.url}${record}`)
    await search('penicillin')
    expect(await words()).toMatch(/1 entry|entries for/)
    expect(await words()).not.toContain('Nothing in this record has all these words')
  })

  test('H-27 a comparison that is asked for from a past view begins there', async () => {
    await page.goto(`${server.url}${record}/compare?at=${encodeURIComponent(between)}`)
    expect(await words()).toMatch(/4\.1 mmol\/L.*, now 6\.2 mmol\/L/)
  })

  test('H-27 compares two moments: what is new and what changed, old and new words, with who says so', async () => {
    await page.goto(`${server.url}${record}/compare?from=${encodeURIComponent(between)}`)
    expect(await words()).toMatch(/new, \d+ changed, 0 gone/)
    expect(await words()).toMatch(/New Penicillin/i)
    expect(await words()).toMatch(/4\.1 mmol\/L.*, now 6\.2 mmol\/L/)
    expect(await words()).toMatch(/Phone: 01632 ?960001, now 01632 ?960999/)
    expect(await main().locator('a[href*="/facts/"]').count()).toBeGreaterThan(2)
    await page.getByLabel('From').fill('2999-01-01')
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    expect(await words()).toContain('This moment is still to come')
  })

  test('each look at the past stands in the trail with its moment', async () => {
    await page.goto(`${server.url}${record}/medicines?at=${encodeURIComponent(between)}`)
    const [line] = await server.sql<{ detail: { at?: string; section?: string } }[]>`
      select detail from audit_event where what = 'record-page' order by id desc limit 1`
    expect(line?.detail).toMatchObject({ at: between, section: 'medicines' })
    await page.goto(`${server.url}${record}/access`)
    expect(await words()).toMatch(/medicines, as known at/i)
  })
})

describeInBrowser('axe finds nothing wrong', () => {
  test.each([
    ['a past view', (at: string) => `?at=${at}`],
    ['a moment to come', () => '?at=2999-01-01'],
    ['a comparison', (at: string) => `/compare?from=${at}`],
    ['a comparison of what cannot be', () => '/compare?from=2999-01-01&to=x'],
  ])('with %s', async (_name, rest) => {
    const page = await viewer.visitWithScript()
    await goOnAs(page, { url: server.url, name: 'Dr Helen Lindqvist-Rao' })
    await page.goto(server.url + record + rest(encodeURIComponent(between)))
    expect(await axeFindings(page)).toEqual([])
    await page.context().close()
  })
})
