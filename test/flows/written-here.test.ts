/**
 * A clinician writes in a record: form, check, save. The entry is a message of a source of our own, and goes back to the sources that accept
 * it: from the form to the bytes that a hospital receives, which is the only fake here.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { admission } from '../../bench/invented-hl7.ts'
import { type Hospital, openHospital } from '../../demo/receive/hospital.ts'
import { demoSources } from '../../demo/sources.ts'
import { saveSource } from '../../src/feeds/index.ts'
import { axeFindings, describeInBrowser, openBrowser, seen, signInAs } from '../support/browser.ts'
import { readPage } from '../support/page.ts'
import { type Page, type RunningTestServer, runningServer, type Staff } from '../support/server.ts'

let server: RunningTestServer
let hospital: Hospital
let gp: Staff
let record: string
/** The hospital refuses everything of this kind while it stands here. */
let refused = ''

const hidden = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
const day = { 'taken-day': '1', 'taken-month': '2', 'taken-year': '2026', 'taken-time': '9:05' }
const penicillin = {
  statement: 'allergy',
  listed: '91936005',
  type: 'allergy',
  reaction: 'Rash',
  severity: 'severe',
  certainty: 'confirmed',
}

async function checked(who: Staff, kind: string, answers: Readonly<Record<string, string>>): Promise<Page> {
  const page = await who.post(`${record}/add/${kind}`, { ...answers, step: 'check' })
  expect(page.status, readPage(page.html).main).toBe(200)
  return page
}

/** Fills in a form, checks it and saves it, as a browser would. */
async function add(who: Staff, kind: string, answers: Readonly<Record<string, string>>): Promise<Page> {
  const draft = hidden((await checked(who, kind, answers)).html, 'draft')
  return await who.post(`${record}/add/${kind}`, { draft, step: 'save' })
}

const main = (page: Page) => readPage(page.html).main
const facts = async () => (await server.sql<{ n: number }[]>`select count(*)::int as n from resource`)[0]?.n
/** Looks again until a page says so: the sender works beside us. */
async function until(who: Staff, path: string, says: RegExp): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    const words = main(await who.get(path))
    if (says.test(words) || tries === 80) {
      expect(words).toMatch(says)
      return words
    }
    await new Promise((done) => setTimeout(done, 100))
  }
}

beforeAll(async () => {
  server = await runningServer()
  hospital = await openHospital({
    judge: (message) =>
      refused !== '' && message.includes(refused) ? { code: 'AE', reason: 'Not coded' } : { code: 'AA' },
  })
  const pas = demoSources().find(({ id }) => id === 'riverton-pas')
  if (!pas) throw new Error('the area has no hospital')
  const accepts = {
    kinds: ['observation', 'allergy', 'problem', 'note'],
    as: 'hl7v2',
    to: `mllp://127.0.0.1:${hospital.port}`,
  } as const
  const hl7v2 = { sendingApplication: 'BENCH', sendingFacility: 'BENCH', defaultAuthority: 'BENCH' }
  await saveSource(server.sql, { ...pas, settings: { ...pas.settings, hl7v2, accepts } }, () => new Date())
  const body = admission(1, 1)
  expect((await server.feed('riverton-pas', body)).status).toBe('applied')
  gp = await server.staff('gp-rao')
  // A running server knows of changed settings within five seconds.
  await until(await server.staff('analyst-pryce'), '/staff/feeds/riverton-pas', /It takes readings/)
  const [row] = await server.sql<{ person: string }[]>`select person from person_link where until is null limit 1`
  record = `/staff/patients/${row?.person}`
  return async () => await hospital.close()
})

test('an allergy goes from the form to the banner, and to the hospital under its own number of the patient', async () => {
  expect(readPage((await gp.get(record)).html).banner).toContain('not recorded')
  const page = await checked(gp, 'allergy', penicillin)
  expect(main(page)).toMatch(/be sent to Riverton General.*For .*NHS number 999 000 \d{4}/)
  const saved = await gp.post(`${record}/add/allergy`, { draft: hidden(page.html, 'draft'), step: 'save' })
  expect(saved.status, saved.html).toBe(303)
  const after = readPage((await gp.get(saved.location)).html)
  expect(after.main).toContain('Saved: 1 entry stands in this record')
  expect(after.banner).toContain('Allergy to penicillin')
  const words = await until(gp, `${record}/allergies`, /Sent to Riverton General.*accepted \d+:\d\d[ap]m/)
  expect(words).toMatch(/Allergy to penicillin.*Rash.*Severe.*Riverside Surgery/)
  expect(hospital.received).toHaveLength(1)
  expect(hospital.received[0]).toMatch(
    /\|ADT\^A60\^ADT_A60\|.*\rPID\|1\|\|H1\^\^\^BENCH\^MR.*\rIAM\|1\|DA\|91936005\^Allergy to penicillin\^SCT\|SV\|Rash\|A\|/s,
  )
})

test('readings, a problem and a note stand in their sections, each number as it was typed', async () => {
  const readings = { ...day, systolic: '148', diastolic: '92', pulse: '88', temperature: '37.0' }
  expect((await add(gp, 'observation', readings)).status).toBe(303)
  expect((await add(gp, 'problem', { title: 'Gout', certainty: 'confirmed', 'since-year': '2024' })).status).toBe(303)
  expect((await add(gp, 'note', { title: 'Telephone call', text: 'Pain is better.\nSeen next week.' })).status).toBe(
    303,
  )
  expect(main(await gp.get(`${record}/tests`))).toMatch(/148\/92.*37\.0|37\.0.*148\/92/)
  expect(main(await gp.get(`${record}/problems`))).toContain('Gout')
  expect(main(await gp.get(`${record}/letters`))).toContain('Telephone call')
  expect(await server.broken()).toEqual([])
})

test('H-30 a whole round of readings, air and consciousness with them, has a score; one without them has none', async () => {
  const round = {
    ...day,
    respiration: '22',
    oxygen: '96',
    systolic: '120',
    diastolic: '80',
    pulse: '80',
    temperature: '37.0',
  }
  expect((await add(gp, 'observation', { ...round, 'taken-time': '08:00' })).status).toBe(303)
  expect(main(await gp.get(`${record}/tests/news2`))).toContain('not measured: air or oxygen, consciousness')
  const whole = { ...round, 'taken-time': '09:00', breathing: '371825009', consciousness: '130987000' }
  expect((await add(gp, 'observation', whole)).status).toBe(303)
  // Respiration 2, oxygen 2, new confusion 3.
  expect(main(await gp.get(`${record}/tests/news2`))).toMatch(/NEWS2 7/)
  expect(main(await gp.get(`${record}/tests`))).toMatch(/On oxygen.*New confusion|New confusion.*On oxygen/)
  expect(await server.broken()).toEqual([])
})

test('H-74 an allergen without a confirmed code is sent in words, and is known again in its form', async () => {
  expect((await add(gp, 'allergy', { ...penicillin, listed: 'ibuprofen' })).status).toBe(303)
  expect(main(await gp.get(`${record}/allergies`))).toContain('Ibuprofen')
})

describe('H-53 what is wrong is not saved', () => {
  test.each([
    ['observation', { ...day, systolic: '90', diastolic: '120' }, 'must be higher than diastolic'],
    ['observation', { ...day, pulse: '8800' }, 'must be from 10 to 350'],
    ['observation', { ...day, 'taken-year': '2126', pulse: '80' }, 'must have been taken in the past'],
    ['observation', { ...day }, 'Enter at least one reading'],
    ['observation', { ...day, 'other-name': 'Peak flow', 'other-value': '400' }, 'Choose the unit'],
    ['allergy', { ...penicillin, statement: 'none' }, 'choose one of the two'],
    ['allergy', { ...penicillin, listed: '', substance: 'NKDA' }, 'choose “No known allergies”'],
    ['allergy', { statement: 'allergy', substance: 'Kiwi' }, 'Choose how severe'],
    ['problem', { title: 'Gout', certainty: 'confirmed', 'since-year': '2024', 'since-month': '13' }, 'Enter a year'],
    ['note', { title: 'Call', text: '' }, 'Enter the note'],
  ])('%s %#: the answers stay, with the mistake at the field and in the summary', async (kind, answers, words) => {
    const before = await facts()
    const page = await gp.post(`${record}/add/${kind}`, { ...(answers as Record<string, string>), step: 'check' })
    expect(page.status).toBe(422)
    expect(main(page)).toContain('There is a problem')
    expect(main(page).split(words).length, 'in the summary and at the field').toBe(3)
    for (const typed of Object.values(answers as Record<string, string>).filter(
      (text) => /^\d{3,}$/.test(text) && text !== '91936005',
    ))
      expect(page.html).toContain(`value="${typed}"`)
    expect(await facts()).toBe(before)
  })
})

test('H-53 the same page sent twice at once saves once; a changed or borrowed draft saves nothing', async () => {
  const page = await checked(gp, 'problem', { title: 'Twice pressed', certainty: 'confirmed' })
  const draft = hidden(page.html, 'draft')
  const save = () => gp.post(`${record}/add/problem`, { draft, step: 'save' })
  expect((await Promise.all([save(), save(), save()])).map(({ status }) => status)).toEqual([303, 303, 303])
  expect((await save()).status).toBe(303)
  const [held] = await server.sql<
    { n: number }[]
  >`select count(*)::int as n from resource_version where body like '%Twice pressed%'`
  expect(held?.n).toBe(1)
  const other = await server.staff('gp-okafor')
  expect((await other.post(`${record}/add/problem`, { draft, step: 'save' })).status).toBe(409)
  expect((await gp.post(`${record}/add/problem`, { draft: `${draft.slice(0, -4)}AAAA`, step: 'save' })).status).toBe(
    409,
  )
  expect((await gp.post(`${record}/add/note`, { draft, step: 'save' })).status).toBe(409)
})

test('H-58 who may not write is refused, the refusal stands in the trail, and other sites cannot send the form', async () => {
  const before = await facts()
  for (const id of ['social-worker-mokoena', 'analyst-pryce', 'booking-tranter', 'identity-haddow']) {
    const who = await server.staff(id)
    expect((await who.get(`${record}/add/note`)).status, id).toBe(403)
    expect((await who.post(`${record}/add/note`, { title: 'x', text: 'y', step: 'check' })).status, id).toBe(403)
  }
  const [lines] = await server.sql<
    { n: number }[]
  >`select count(*)::int as n from audit_event where what = 'entry-form' and outcome = 4`
  expect(lines?.n).toBe(8)
  const foreign = await fetch(`${server.url}${record}/add/note`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' },
    body: new URLSearchParams({ title: 'x', text: 'y' }),
  })
  expect(foreign.status).toBe(403)
  expect(await facts()).toBe(before)
})

test('H-58 only its author corrects or withdraws an entry: a new version says so, the old one stays, and the hospital hears of it', async () => {
  expect((await add(gp, 'problem', { title: 'Asthma', certainty: 'confirmed' })).status).toBe(303)
  const written = (await gp.get(`${record}/written`)).html
  const link =
    readPage(written).links.find(({ words, href }) => words === 'Withdraw Asthma' && href.endsWith('/withdraw'))
      ?.href ?? ''
  const other = await server.staff('nurse-brandreth')
  expect((await other.get(link)).status).toBe(403)
  expect((await other.post(link, { reason: 'twice' })).status).toBe(403)
  const correct = link.replace('/withdraw', '/correct')
  const form = await gp.post(correct, { title: 'Asthma, childhood', certainty: 'confirmed', step: 'check' })
  expect((await gp.post(correct, { draft: hidden(form.html, 'draft'), step: 'save' })).status).toBe(303)
  expect(main(await gp.get(`${record}/problems`))).toContain('Asthma, childhood')
  const page = await gp.get(link)
  expect((await gp.post(link, { draft: hidden(page.html, 'draft') })).status).toBe(422)
  const gone = await gp.post(link, { draft: hidden(page.html, 'draft'), reason: 'wrong-value' })
  expect(gone.status).toBe(303)
  await until(gp, `${record}/written`, /Asthma.*entered in error.*Withdrawal sent to Riverton General.*accepted/)
  const versions = await server.sql<
    { body: string }[]
  >`select body from resource_version where body like '%Asthma%' order by ver`
  expect(versions.map(({ body }) => /entered-in-error/.test(body))).toEqual([false, false, true])
  expect(
    hospital.received
      .filter((message) => message.includes('Asthma'))
      .map((message) => /PPR\^(PC\d)/.exec(message)?.[1]),
  ).toEqual(['PC1', 'PC2', 'PC3'])
  expect((await gp.get(link)).status).toBe(409)
})

test('H-56 an analyst sees what was refused and why, sends it again, and the record says so', async () => {
  refused = 'Ringworm'
  expect((await add(gp, 'problem', { title: 'Ringworm', certainty: 'provisional' })).status).toBe(303)
  await until(gp, `${record}/problems`, /Refused by Riverton General.*Not coded \(AE\)/)
  const analyst = await server.staff('analyst-pryce')
  expect(main(await analyst.get('/staff/feeds'))).toContain('1 refused')
  const feed = readPage((await analyst.get('/staff/feeds/riverton-pas')).html)
  expect(feed.main).toMatch(/Somebody must look\. 1 entry was refused/)
  const row = feed.links.find(({ href }) => href.startsWith('/staff/deliveries/'))?.href ?? ''
  expect(main(await analyst.get(row))).toMatch(/Refused.*Not coded \(AE\)/)
  expect((await gp.post(row, { do: 'retry' })).status).toBe(403)
  expect((await analyst.post(row, { do: 'cancel', reason: '' })).status).toBe(422)
  refused = ''
  expect((await analyst.post(row, { do: 'retry' })).status).toBe(303)
  await until(analyst, row, /To be sent again.*Gwen Pryce.*Accepted/)
  await until(gp, `${record}/problems`, /Sent to Riverton General.*accepted/)
})

test.each([
  ['allergy', { ...penicillin, listed: '', substance: '<script>x</script>', reaction: '"><img src=x>' }],
  ['problem', { title: "'; drop table delivery; --<b>", certainty: 'confirmed', comment: '{{7*7}}\u202e<i>' }],
  ['note', { title: '<svg onload=x>', text: '\u0000\u000bMSH|^~\\&|X\u001c\rPID|9<script>' }],
  ['observation', { ...day, 'other-name': '<script>|^~\\&', 'other-value': '1', 'other-unit': '1' }],
])('hostile words in a form of %s are words on every page, and in what is sent', async (kind, answers) => {
  const count = hospital.received.length
  expect((await add(gp, kind, answers as Record<string, string>)).status).toBe(303)
  for (const section of ['written', 'allergies', 'problems', 'letters', 'tests', 'timeline']) {
    const { status, html } = await gp.get(`${record}/${section}`)
    expect(status).toBe(200)
    const others = html.replace(/<script type="module" src="\/assets\/staff\.[0-9a-f]+\.js"><\/script>/, '')
    expect(others).not.toMatch(/<script|<img src=x|<svg onload|<i>|<b>/)
  }
  await until(gp, `${record}/written`, /, accepted/)
  for (let tries = 0; hospital.received.length === count && tries < 80; tries += 1)
    await new Promise((done) => setTimeout(done, 100))
  const message = hospital.received.at(-1) ?? ''
  expect(message.split('\r').filter((line) => /^(MSH|PID)\|/.test(line))).toHaveLength(2)
})

describeInBrowser('in a browser with JavaScript off', () => {
  test('a nurse adds an allergy by mouse and keyboard, sees the banner change, and then that the hospital has it', {
    timeout: 60_000,
  }, async () => {
    const viewer = await openBrowser()
    const page = await viewer.visit()
    await signInAs(page, { url: server.url, name: 'Charge Nurse Femi Adewale' })
    await page.goto(`${server.url}${record}/allergies`)
    await page.getByRole('link', { name: 'Add an allergy' }).click()
    await page.getByLabel('An allergy or intolerance').check()
    await page.getByLabel('Substance', { exact: true }).selectOption('Latex')
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await seen(page.getByRole('alert'))).toContain('Choose how severe it was')
    await page.getByLabel('Allergy', { exact: true }).check()
    await page.getByLabel('Moderate').check()
    await page.getByLabel('Confirmed', { exact: true }).check()
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await seen(page.getByRole('main'))).toMatch(/Check your answers.*Latex.*NHS number 999/s)
    await page.getByRole('button', { name: 'Save to this record' }).click()
    expect(await seen(page.getByLabel('Patient'))).toContain('Allergy to latex')
    const sent = page.getByRole('row').filter({ hasText: 'Allergy to latex' })
    for (let tries = 0; tries < 40 && !/, accepted/.test(await seen(sent)); tries += 1) await page.reload()
    expect(await seen(sent)).toMatch(/Sent to Riverton General.*accepted \d+:\d\d[ap]m/)
    const scripted = await viewer.visitWithScript()
    await signInAs(scripted, { url: server.url, name: 'Charge Nurse Femi Adewale' })
    for (const path of ['add/observation', 'add/allergy', 'add/problem', 'add/note', 'written']) {
      await scripted.goto(`${server.url}${record}/${path}`)
      expect(await axeFindings(scripted), path).toEqual([])
    }
  })
})
