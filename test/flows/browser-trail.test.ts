/** A privacy officer's journey with JavaScript off: the trail searched and taken out, and the proof of a line checked by a stranger's script. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test, vi } from 'vitest'
import {
  axeFindings,
  describeInBrowser,
  hasBrowser,
  openBrowser,
  seen,
  signInAs,
  type Viewer,
} from '../support/browser.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'

const script = fileURLToPath(new URL('../../scripts/check-proof.mjs', import.meta.url))
let server: RunningTestServer
let viewer: Viewer

beforeAll(async () => {
  if (!hasBrowser) return
  ;[server, viewer] = await Promise.all([runningServer(), openBrowser()])
  const sent = await fetch(`${server.url}/fhir/Patient`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await server.token()}`, 'content-type': 'application/fhir+json' },
    body: JSON.stringify({
      resourceType: 'Patient',
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
      name: [{ family: 'Quibberton', given: ['Zelda'] }],
      birthDate: '1958-05-14',
    }),
  })
  expect(sent.status).toBe(201)
  const gp = await server.staff('gp-rao')
  const [record = ''] = await gp.find('9990000018')
  await gp.get(record)
  await (await server.staff('booking-tranter')).get(record)
  // Sealed within a second, however slow the machine is: the journey waits for the seal and not for the time.
  await vi.waitFor(async () => expect((await fetch(`${server.url}/audit/checkpoint`)).status).toBe(200), {
    timeout: 20_000,
  })
})

describeInBrowser('with JavaScript off, a privacy officer', () => {
  const main = (page: Page) => page.getByRole('main')

  test('searches the trail, takes it out, and downloads a proof that holds', { timeout: 60_000 }, async () => {
    const page = await viewer.visit()
    await signInAs(page, { url: server.url, name: 'Layla Osman' })
    await page.getByRole('link', { name: 'Trail', exact: true }).click()
    expect(await seen(main(page))).toMatch(/lines are sealed.*Dr Helen Lindqvist-Rao/s)

    await page.getByText('Search the trail').first().click()
    await page.getByLabel('Patient').fill('quibberton 14/5/1958')
    await page.getByLabel('Who did it').fill('lindqvist')
    await page.getByLabel('What was done').selectOption({ label: 'Opened a record' })
    await page.getByRole('button', { name: 'Search the trail' }).click()
    expect(decodeURIComponent(page.url())).not.toMatch(/quibberton|lindqvist|1958/i)
    expect(await page.getByRole('row').count()).toBe(2)
    expect(await seen(page.getByRole('row').nth(1))).toMatch(
      /Dr Helen Lindqvist-Rao, Riverside Surgery.*Opened a record/s,
    )

    const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()])
    const rows = readFileSync(await csv.path(), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(rows).toHaveLength(2)
    expect(rows[1]).toMatch(/,record-page,R,0,staff,gp-rao,/)

    await page.getByRole('row').nth(1).getByRole('link').first().click()
    expect(await seen(main(page))).toMatch(/Opened a record.*Dr Helen Lindqvist-Rao, clinician/s)
    const proofLink = page.getByRole('button', { name: 'Download the proof of this line' })
    // Sealing may be a moment behind the page.
    const proofUrl = new URL((await proofLink.getAttribute('href')) ?? '', server.url).href
    await vi.waitFor(async () => expect((await page.request.get(proofUrl)).status()).toBe(200), { timeout: 20_000 })
    const [proof] = await Promise.all([page.waitForEvent('download'), proofLink.click()])
    const [file, keys] = [join(server.folder, 'proof.json'), join(server.folder, 'keys.json')]
    await proof.saveAs(file)
    writeFileSync(keys, await (await fetch(`${server.url}/audit/keys`)).text())
    const said = execFileSync(process.execPath, [script, '--key', keys, file], { encoding: 'utf8' })
    expect(said).toMatch(/^what +record-page$/m)
    expect(said).toMatch(/^PROVEN: place \d+ of \d+ sealed lines/m)
    await page.context().close()
  })

  test('sees what was refused, and is told what a search lacks', async () => {
    const page = await viewer.visit()
    await signInAs(page, { url: server.url, name: 'Layla Osman' })
    await page.goto(`${server.url}/staff/assurance/trail?refused=yes`)
    expect(await seen(main(page))).toMatch(/Sheila Tranter.*Refused or failed: Opened a record/s)
    await page.getByText('Search the trail').first().click()
    await page.getByLabel('Who did it').fill('nobody of this name')
    await page.getByLabel('Month').first().fill('13')
    await page.getByRole('button', { name: 'Search the trail' }).click()
    expect(await page.title()).toMatch(/^Error: /)
    expect(await seen(page.getByRole('alert'))).toMatch(/Write a day that there is.*Nobody of this name/s)
    await page.context().close()
  })

  test('has pages that are accessible, and nobody else has them', async () => {
    const page = await viewer.visitWithScript()
    await signInAs(page, { url: server.url, name: 'Layla Osman' })
    await page.goto(`${server.url}/staff/assurance/trail`)
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('row').nth(1).getByRole('link').first().click()
    expect(await axeFindings(page)).toEqual([])
    await page.context().close()
    const gp = await server.staff('gp-rao')
    for (const path of ['', '/export?form=csv', '/lines/7', '/lines/7/proof'])
      expect((await gp.get(`/staff/assurance/trail${path}`)).status).toBe(403)
    expect((await gp.post('/staff/assurance/trail', { staff: 'osman' })).status).toBe(403)
  })
})
