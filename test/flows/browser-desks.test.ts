/** The desks behind the record, in a real browser with JavaScript off: the integration analyst's, the identity officer's, and who is refused. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { describeInBrowser, goOnAs, openBrowser, seen, type Viewer } from '../support/browser.ts'
import { type RunningDemo, runningDemo } from '../support/demo-area.ts'

describeInBrowser('with JavaScript off', () => {
  let demo: RunningDemo
  let viewer: Viewer
  let url: string

  beforeAll(async () => {
    ;[demo, viewer] = await Promise.all([runningDemo(), openBrowser()])
    url = demo.server.url
  })

  const signedIn = async (name: string): Promise<Page> => {
    const page = await viewer.visit()
    await goOnAs(page, { url, name })
    return page
  }
  const heading = (page: Page) => seen(page.getByRole('heading', { level: 1 }))
  const main = (page: Page) => page.getByRole('main')
  const margaret = async (): Promise<string> => {
    const gp = await signedIn('Dr Amara Okafor')
    await gp.getByRole('searchbox').fill('9992000015')
    await gp.getByRole('searchbox').press('Enter')
    await gp.getByRole('link', { name: /ashworth/i }).click()
    const { pathname } = new URL(gp.url())
    await gp.context().close()
    return pathname
  }

  test('an analyst goes from the feeds to a message that waits, sees why and what to do, and tries it again', async () => {
    const page = await signedIn('Gwen Pryce')
    await page.getByRole('link', { name: 'Feeds' }).first().click()
    await main(page).getByRole('link', { name: 'Riverton General: patient administration' }).click()
    await page.getByRole('link', { name: 'Could not be applied' }).click()
    const row = page.getByRole('row').filter({ hasText: 'NHS numbers' })
    expect(await seen(row)).toMatch(/ADT\^A08.*Waits.*Found 2 different NHS numbers for one person/s)
    await row.getByRole('link').click()
    expect(await seen(main(page))).toMatch(
      /Why it waits, and what to do.*correct it at the source and send the message again/s,
    )
    await main(page).getByRole('link', { name: 'PID[1]-3', exact: true }).click()
    expect(await seen(page.locator('mark'))).toMatch(/\^\^\^NHS\^NH~\d{10}\^\^\^NHS/)
    await page.getByRole('button', { name: 'Try again' }).click()
    expect(await seen(main(page))).toContain('It was read again, and still waits for the reason below')
    await page.getByRole('button', { name: 'Set aside unapplied' }).click()
    expect(await seen(main(page))).toContain('It is set aside. It stays here, and nothing of it was applied')
  })

  test('an analyst who opens a record is told why not, and the refusal stands in the trail that the patient reads', async () => {
    const path = await margaret()
    const page = await signedIn('Gwen Pryce')
    const answer = await page.goto(url + path)
    expect(answer?.status()).toBe(403)
    expect(await heading(page)).toBe('You cannot see this')
    expect(await seen(main(page))).toMatch(/Integration analyst.*What may be seen depends on the role.*written down/s)
    expect(await page.content()).not.toContain('Margaret')

    const own = await viewer.visit()
    await goOnAs(own, { url, app: 'app', name: 'Margaret Ashworth' })
    await own.getByRole('link', { name: 'Who has looked' }).first().click()
    expect(await seen(main(own))).toMatch(/Gwen Pryce, integration analyst[^\n]*\s+Was not allowed/)
  })

  test('nobody sees a page without signing in: every one leads there', async () => {
    const path = await margaret()
    const page = await viewer.visit()
    for (const asked of [
      '/staff',
      '/staff/find',
      '/staff/recent',
      '/staff/feeds',
      '/staff/identity',
      path,
      `${path}/access`,
      '/app',
      '/app/health',
      '/app/access',
    ]) {
      await page.goto(url + asked)
      expect([asked, await heading(page)]).toEqual([asked, 'Sign in'])
    }
  })

  test('a patient’s session opens no staff page, and a member of staff’s no patient’s', async () => {
    const page = await viewer.visit()
    await goOnAs(page, { url, app: 'app', name: 'Margaret Ashworth' })
    await page.goto(`${url}${await margaret()}`)
    expect(await heading(page)).toBe('Sign in')
    const staff = await signedIn('Gwen Pryce')
    await staff.goto(`${url}/app/health`)
    expect(await heading(staff)).toBe('Sign in')
  })

  test('a booking clerk finds a person and is given no way to the record', async () => {
    const path = await margaret()
    const page = await signedIn('Sheila Tranter')
    await page.getByRole('searchbox').fill('margaret ashworth')
    await page.getByRole('searchbox').press('Enter')
    expect(await seen(page.getByRole('row').nth(1))).toMatch(/ashworth/i)
    expect(await main(page).locator('table a').count()).toBe(0)
    expect((await page.goto(`${url}${path}/medicines`))?.status()).toBe(403)
  })

  test('an identity officer settles a doubt by what each side says, sees two records become one, and parts them again', async () => {
    const page = await signedIn('Martin Haddow')
    await page.getByRole('link', { name: 'Identity' }).first().click()
    const open = await page.getByRole('row').count()
    const doubts = page.getByRole('link', { name: 'One person may have two records' })
    await doubts.first().click()
    expect(await seen(main(page))).toMatch(
      /What each side says.*NHS number.*Not recorded.*999\s\d{3}\s\d{4}.*Date of birth.*The same/s,
    )
    const records = () => page.getByRole('link', { name: 'what makes up its record' })
    const two = await Promise.all((await records().all()).map((link) => link.getAttribute('href')))
    expect(new Set(two).size).toBe(2)

    await page.getByRole('button', { name: 'Decide' }).click()
    expect(await page.title()).toMatch(/^Error: /)
    expect(await seen(page.getByRole('alert'))).toContain('Choose whether these are one person or two')
    await page.getByLabel('They are one person').check()
    await page.getByRole('button', { name: 'Decide' }).click()
    expect(await seen(main(page))).toMatch(/Martin Haddow/)
    const one = await Promise.all((await records().all()).map((link) => link.getAttribute('href')))
    expect(new Set(one).size).toBe(1)

    await records().first().click()
    expect(await heading(page)).toBe('What makes up this record')
    await page.getByRole('button', { name: 'Undo this merge' }).click()
    expect(await seen(main(page))).toMatch(/Undone on .* by Martin Haddow/)
    await page.getByRole('link', { name: 'Identity' }).first().click()
    expect(await page.getByRole('row').count()).toBe(open - 1)
    expect(await demo.server.broken()).toEqual([])
  })

  test('a person without an NHS number, joined by hand, is one record with what both sources said', async () => {
    const officer = await signedIn('Martin Haddow')
    await officer.goto(`${url}/staff/identity`)
    const doubt = officer.getByRole('link', { name: 'One person may have two records' }).first()
    await doubt.click()
    const born = await seen(
      officer
        .getByRole('row', { name: /Date of birth/ })
        .getByRole('cell')
        .first(),
    )
    const family = await seen(
      officer
        .getByRole('row', { name: /Family name/ })
        .getByRole('cell')
        .first(),
    )
    await officer.getByLabel('They are one person').check()
    await officer.getByRole('button', { name: 'Decide' }).click()
    const gp = await signedIn('Dr Amara Okafor')
    await gp.getByRole('searchbox').fill(`${family} ${born}`)
    await gp.getByRole('searchbox').press('Enter')
    expect(await seen(gp.getByRole('heading', { level: 1 }))).toBe('1 person found')
  })
})
