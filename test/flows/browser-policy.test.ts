/** With JavaScript off: a refusal that explains itself, a record opened in an emergency, its review, and a question about the policy. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import {
  axeFindings,
  beyondTheEdge,
  describeInBrowser,
  hasBrowser,
  narrow,
  openBrowser,
  seen,
  signInAs,
  type Viewer,
} from '../support/browser.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'

let server: RunningTestServer
let viewer: Viewer
let record = ''

beforeAll(async () => {
  if (!hasBrowser) return // As the program ships: who looks after nobody here opens nobody's record by itself.
  ;[server, viewer] = await Promise.all([runningServer({ policy: 'default' }), openBrowser()])
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
  ;[record = ''] = await gp.find('9990000018')
  expect(record).not.toBe('')
})

describeInBrowser('with JavaScript off', () => {
  const main = (page: Page) => page.getByRole('main')
  const heading = (page: Page) => page.getByRole('heading', { level: 1 })
  const lines = async (what: string) =>
    await server.sql<{ actor: string; outcome: number; purpose: string }[]>`
      select actor_id as actor, outcome, purpose from audit_event where what = ${what} order by id`

  test('a record that does not open says why and what can be done; a reason opens it for an hour; the officer reviews it', async () => {
    const page = await viewer.visit()
    await signInAs(page, { url: server.url, name: 'Dr Helen Lindqvist-Rao' })
    await page.getByRole('link', { name: 'Find', exact: false }).first().click()
    await page.getByRole('searchbox').or(page.getByRole('textbox')).first().fill('quibberton 14/5/1958')
    await page.getByRole('main').getByRole('button').first().click()
    await main(page)
      .getByRole('link', { name: /quibberton/i })
      .first()
      .click()

    // The refusal explains itself: who, why, what follows; and nothing of the record.
    expect(await seen(heading(page))).toMatch(/You can see this record in an emergency|You need a reason/)
    const told = await seen(main(page))
    expect(told).toMatch(/Quibberton/i)
    expect(told).toMatch(/Nothing in this record shows that you or your organisation looks after this person/)
    expect(told).toMatch(/Your name, your reason and all that you look at are recorded/)
    expect(told).toMatch(/The patient can see that you looked/)
    expect(told).not.toMatch(/999 000 0018|Problems|Medicines/)
    expect(await beyondTheEdge(page)).toEqual([])

    // Without a reason nothing opens, and it says what is missing.
    await page.getByRole('button', { name: 'View the record' }).click()
    expect(await page.title()).toMatch(/^Error: /)
    expect(await seen(page.getByRole('alert'))).toMatch(/\w{3}/)
    expect((await lines('emergency-access')).filter(({ outcome }) => outcome === 0)).toEqual([])

    await page.getByLabel('I am caring for the person now, and the record does not show it yet').check()
    await page.getByLabel('More about your reason').fill('Invented: seen at the door of the practice.')
    await page.getByRole('button', { name: 'View the record' }).click()
    expect(page.url()).toContain('/staff/patients/')
    expect(await seen(page.locator('body'))).toMatch(/Emergency access until \d/)
    expect(await seen(page.locator('body'))).toMatch(/you gave a reason, until .* It will be reviewed/)
    expect(await lines('emergency-access')).toContainEqual({ actor: 'gp-rao', outcome: 0, purpose: 'ETREAT' })
    // Other staff are no nearer to it.
    const nurse = await server.staff('nurse-adewale')
    expect((await nurse.get(record)).html).toMatch(/You can see this record in an emergency|You need a reason/)
    await page.context().close()

    const officer = await viewer.visit()
    await signInAs(officer, { url: server.url, name: 'Layla Osman' })
    await officer.getByRole('link', { name: 'Emergency access: every use' }).first().click()
    expect(await seen(heading(officer))).toBe('Emergency access')
    expect(await seen(main(officer))).toMatch(/1 to review[\s\S]*Dr Helen Lindqvist-Rao/)
    await main(officer).getByRole('link', { name: 'Dr Helen Lindqvist-Rao' }).click()
    expect(await seen(main(officer))).toMatch(/Riverside Surgery[\s\S]*Invented: seen at the door of the practice\./)
    await officer.getByRole('link', { name: 'Lines of the trail' }).click()
    expect(await seen(main(officer))).toMatch(/Dr Helen Lindqvist-Rao/)
    await officer.goBack()

    await officer.getByRole('button', { name: 'Save the review' }).click()
    expect(await officer.title()).toMatch(/^Error: /)
    await officer.getByLabel('Yes, it was justified').check()
    await officer.getByLabel('What you found').fill('Invented: the practice confirms it.')
    await officer.getByRole('button', { name: 'Save the review' }).click()
    await officer.goto(`${server.url}/staff/assurance/reviews`)
    expect(await seen(main(officer))).toMatch(/Nothing waits[\s\S]*Justified[\s\S]*Layla Osman/)
    expect((await lines('emergency-reviewed')).map(({ actor }) => actor)).toEqual(['privacy-osman'])
    await officer.context().close()
  })

  test('a privacy officer asks “would this person see that?”, and is told the answer with its reason', async () => {
    const page = await viewer.visit()
    await signInAs(page, { url: server.url, name: 'Layla Osman' })
    await page.getByRole('link', { name: 'Who may see what' }).first().click()
    expect(await seen(heading(page))).toBe('Who may see what')
    await page.getByRole('link', { name: 'Ask whether somebody would see a record' }).click()
    await page.getByRole('button', { name: 'Ask' }).click()
    expect(await page.title()).toMatch(/^Error: /)
    await page.getByLabel('Patient').fill('9990000018')
    for (const role of await page.getByLabel('Role').locator('option').all()) {
      if (/clinician/i.test(await seen(role))) await page.getByLabel('Role').selectOption({ label: await seen(role) })
    }
    await page.getByRole('button', { name: 'Ask' }).click()
    expect(await seen(main(page).getByRole('heading', { level: 2 }).first())).toMatch(
      /^(?:Only in an emergency|Only with a reason|No)/,
    )
    expect(decodeURIComponent(page.url())).not.toMatch(/9990000018/)
    const asked = await lines('policy-question')
    expect(asked.map(({ actor, outcome }) => `${actor} ${outcome}`)).toContain('privacy-osman 0')
    await page.context().close()
    // Nobody else asks it, reviews, or reads the policy.
    const gp = await server.staff('gp-rao')
    for (const path of ['policy', 'policy/question', 'reviews'])
      expect([path, (await gp.get(`/staff/assurance/${path}`)).status]).toEqual([path, 403])
  })

  test('these pages are accessible, and fit a narrow screen', async () => {
    const page = await viewer.visitWithScript(narrow)
    await signInAs(page, { url: server.url, name: 'Charge Nurse Femi Adewale' })
    await page.goto(server.url + record)
    expect(await axeFindings(page)).toEqual([])
    expect(await beyondTheEdge(page)).toEqual([])
    await page.context().close()
    const officer = await viewer.visitWithScript(narrow)
    await signInAs(officer, { url: server.url, name: 'Layla Osman' })
    for (const path of ['reviews', 'policy', 'policy/question']) {
      await officer.goto(`${server.url}/staff/assurance/${path}`)
      expect([path, await axeFindings(officer)]).toEqual([path, []])
    }
    await officer.context().close()
  })
})
