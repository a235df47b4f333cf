/** Sign-in by role and the end of a session, in a real browser: without JavaScript, and the dialog with it. */
import { beforeAll, expect, test } from 'vitest'
import { axeFindings, describeInBrowser, openBrowser, seen, signInAs, type Viewer } from '../support/browser.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'

describeInBrowser('a shared PC', () => {
  let server: RunningTestServer
  let viewer: Viewer
  let url = ''
  let aheadMinutes = 0

  beforeAll(async () => {
    ;[server, viewer] = await Promise.all([
      runningServer({ clock: () => new Date(Date.now() + aheadMinutes * 60_000) }),
      openBrowser(),
    ])
    url = server.url
    await fetch(`${url}/fhir/Patient`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await server.token()}`, 'content-type': 'application/fhir+json' },
      body: JSON.stringify({
        resourceType: 'Patient',
        identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
        name: [{ family: 'Quibberton', given: ['Zelda'] }],
        birthDate: '1958-05-14',
      }),
    })
  })

  test('without JavaScript: sign in by role, signed out by the clock, back to the page, switch user, sign out', async () => {
    const page = await viewer.visit()
    const heading = () => seen(page.getByRole('heading', { level: 1 }))
    await signInAs(page, { url, name: 'Dr Helen Lindqvist-Rao' })
    await page.getByRole('searchbox').fill('9990000018')
    await page.getByRole('searchbox').press('Enter')
    await page.getByRole('link', { name: /quibberton/i }).click()
    const record = page.url()
    aheadMinutes += 16
    await page.reload()
    expect(await heading()).toBe('You are signed out')
    expect(await seen(page.getByRole('main'))).toMatch(
      /Nothing was opened here for 15 minutes.*page you were on is kept/s,
    )
    expect(await page.content()).not.toMatch(/quibberton/i)
    await page.getByRole('link', { name: 'Sign in again' }).click()
    await page.getByRole('button', { name: 'Dr Helen Lindqvist-Rao', exact: true }).click()
    expect(page.url()).toBe(record)

    aheadMinutes += 14
    await page.goto(`${url}/staff/session?next=${encodeURIComponent(new URL(record).pathname)}`)
    expect(await heading()).toBe('You will be signed out in 2 minutes')
    await page.getByRole('button', { name: 'Stay signed in' }).click()
    expect(page.url()).toBe(record)

    await page.getByRole('button', { name: 'Switch user' }).click()
    expect(await seen(page.getByRole('main'))).toContain('The next one can sign in.')
    await page.goBack()
    expect(await page.content()).not.toMatch(/quibberton/i)
    await page.getByRole('button', { name: /Brandreth/ }).click()
    expect(await heading()).toBe('My day')
    expect(await page.content()).not.toMatch(/quibberton/i)
    await page.getByRole('button', { name: 'Sign out' }).click()
    expect(await heading()).toBe('You are signed out')
  })

  test('with JavaScript a dialog asks two minutes before, is reached by the keyboard, and stays by one press', async () => {
    const page = await viewer.visitWithScript()
    await page.clock.install()
    await signInAs(page, { url, name: 'Dr Helen Lindqvist-Rao' })
    aheadMinutes += 13
    await page.clock.fastForward('13:05')
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    expect(await seen(dialog)).toContain('You will be signed out in 2 minutes')
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Stay signed in')
    expect(await axeFindings(page)).toEqual([])
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    aheadMinutes += 13
    await page.reload()
    expect(await seen(page.getByRole('heading', { level: 1 }))).toBe('My day')
  })
})
