/** A clinician writes in a record: form, check, save; the entry is a message of our own source, and goes back to the sources that accept it. */
import { beforeAll, describe, expect, test } from 'vitest'
import { admission } from '../../bench/invented-hl7.ts'
import { readPage } from '../support/page.ts'
import { type Page, type RunningTestServer, runningServer, type Staff } from '../support/server.ts'

let server: RunningTestServer
let gp: Staff
let record: string

const hidden = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
const day = { 'taken-day': '1', 'taken-month': '2', 'taken-year': '2026', 'taken-time': '9:05' }

/** Fills in a form, checks it and saves it, as a browser would. */
async function add(who: Staff, kind: string, answers: Readonly<Record<string, string>>): Promise<Page> {
  const checked = await who.post(`${record}/add/${kind}`, { ...answers, step: 'check' })
  expect(checked.status, readPage(checked.html).main).toBe(200)
  return await who.post(`${record}/add/${kind}`, { draft: hidden(checked.html, 'draft'), step: 'save' })
}

beforeAll(async () => {
  server = await runningServer()
  const pas = await server.mllp()
  expect(await pas.send(admission(1, 1))).toContain('MSA|AA')
  gp = await server.staff('gp-rao')
  const [row] = await server.sql<{ person: string }[]>`select person from person_link where until is null limit 1`
  record = `/staff/patients/${row?.person}`
})

describe('an allergy', () => {
  const penicillin = {
    statement: 'allergy',
    listed: '91936005',
    type: 'allergy',
    reaction: 'Rash',
    severity: 'severe',
    certainty: 'confirmed',
  }

  test('is asked for, checked, saved, and stands in the banner with its author’s organisation', async () => {
    expect(readPage((await gp.get(record)).html).banner).toContain('not recorded')
    const saved = await add(gp, 'allergy', penicillin)
    expect(saved.status, saved.html).toBe(303)
    const page = readPage((await gp.get(saved.location)).html)
    expect(page.main).toContain('Saved: 1 entry stands in this record')
    expect(page.banner).toContain('Allergy to penicillin')
    const allergies = readPage((await gp.get(`${record}/allergies`)).html)
    expect(allergies.rows.join('\n')).toMatch(/Allergy to penicillin.*Rash.*Severe.*Riverside Surgery/)
  })
})

test('readings, a problem and a note stand in their sections', async () => {
  expect(
    (await add(gp, 'observation', { ...day, systolic: '148', diastolic: '92', pulse: '88', temperature: '37.0' }))
      .status,
  ).toBe(303)
  expect((await add(gp, 'problem', { title: 'Gout', certainty: 'confirmed', 'since-year': '2024' })).status).toBe(303)
  expect(
    (await add(gp, 'note', { title: 'Telephone call', text: 'Pain is better.\nTo be seen next week.' })).status,
  ).toBe(303)
  expect(readPage((await gp.get(`${record}/tests`)).html).main).toMatch(/148\/92.*37\.0|37\.0.*148\/92/)
  expect(readPage((await gp.get(`${record}/problems`)).html).main).toContain('Gout')
  expect(readPage((await gp.get(`${record}/letters`)).html).main).toContain('Telephone call')
  expect(await server.broken()).toEqual([])
})
