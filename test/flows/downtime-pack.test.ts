/** When the server is gone: packs of the demo area, made by the real command's own parts, opened from disk in a browser in both ways. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAudit } from '../../src/audit/index.ts'
import { makePacks, type PackNeeds } from '../../src/cli/downtime-make.ts'
import { startNightly } from '../../src/cli/downtime-nightly.ts'
import { downtimePack } from '../../src/cli/downtime-pack.ts'
import { readConfig } from '../../src/config.ts'
import { openPack } from '../../src/record/index.ts'
import { admitSomebody } from '../support/admit.ts'
import { describeInBrowser, openBrowser, seen, signInAs, type Viewer } from '../support/browser.ts'
import { type RunningDemo, runningDemo } from '../support/demo-area.ts'

const passphrase = 'correct horse battery staple'
const folder = mkdtempSync(join(tmpdir(), 'throughline-downtime-'))
const packs = join(folder, 'packs')
let demo: RunningDemo
let needs: PackNeeds
let now = new Date()
const logged: string[] = []
const note = (fields: object, message: string) => void logged.push(JSON.stringify({ ...fields, message }))

beforeAll(async () => {
  demo = await runningDemo()
  needs = {
    pool: demo.server.sql,
    clock: () => now,
    log: { info: note, warn: note, error: note },
    folder: packs,
    passphrase,
    keepHours: 72,
    demo: true,
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const packOf = (start: string) => readdirSync(packs).find((name) => name.startsWith(start)) ?? ''

test('every list becomes one file; each person on it has one line in the trail, and the run tells nobody’s name', async () => {
  const gp = await demo.server.staff('gp-rao')
  const [record = ''] = await gp.find('9992000015')
  const person = record.split('/').at(-1) ?? ''
  const number = await admitSomebody(demo.server, new Date(now.getTime() - 60_000), 'DOWNTIME1')
  const run = await makePacks(needs)
  const ward = run.made.find(({ file }) => file.startsWith('downtime-ward-'))
  expect(ward?.people).toBeGreaterThan(0)
  const { index } = await openPack(readFileSync(join(packs, ward?.file ?? ''), 'utf8'), passphrase)
  expect(index).toContain(number)
  expect(index).toContain('Place')
  expect(run.made.length).toBeGreaterThanOrEqual(2)
  expect(run.made.every(({ people, missed }) => people > 0 && missed === 0)).toBe(true)
  expect(readdirSync(packs).toSorted()).toEqual(run.made.map(({ file }) => file).toSorted())
  const { lines } = await readAudit(demo.server.sql, { persons: [person], what: ['downtime-pack'] })
  const on = lines.map(({ actor, purpose, outcome, detail }) => [actor.id, purpose, outcome, detail?.list])
  expect(on).toContainEqual(['downtime-pack', 'TREAT', 0, 'practice'])
  expect(logged.join()).not.toMatch(/Ashworth|9992000015|horse/)
  expect((await gp.get(`${record}/access`)).html).toContain('Summary put in a downtime pack')
})

test('a run that was stopped goes on: what is done is kept, what is half done is made, and old packs go', async () => {
  const files = readdirSync(packs)
  const [first = '', second = ''] = files
  rmSync(join(packs, second))
  writeFileSync(join(packs, `${second}.tmp`), 'half')
  writeFileSync(join(packs, 'a note of somebody.html'), 'not ours')
  const before = readFileSync(join(packs, first))
  const again = await makePacks(needs)
  expect(again.made.map(({ file }) => file)).toEqual([second])
  expect(again.kept).toBe(files.length - 1)
  expect(readFileSync(join(packs, first)).equals(before)).toBe(true)
  const old = new Date(now.getTime() - 73 * 3_600_000)
  const past = first.replace(/\d{4}-\d\d-\d\dT\d\d/, '2020-01-01T02')
  writeFileSync(join(packs, past), 'old')
  utimesSync(join(packs, past), old, old)
  expect((await makePacks(needs)).removed).toBe(1)
  expect(readdirSync(packs)).toContain('a note of somebody.html')
  expect(readdirSync(packs)).not.toContain(past)
  expect(readdirSync(packs).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('each night at its hour of London’s clock, once', async () => {
  const made: string[] = []
  const make = async () => {
    made.push('made')
    return { made: [], kept: 0, removed: 0 }
  }
  const real = now
  now = new Date('2026-07-01T01:30:00Z')
  await startNightly(needs, 2, make).stop()
  now = new Date('2026-07-01T02:30:00Z')
  await startNightly(needs, 2, make).stop()
  now = real
  expect(made).toEqual(['made'])
})

test('a passphrase is never short, never missing where a night is set, and never an argument', async () => {
  expect(readConfig({ DOWNTIME_HOUR: '2' }).ok).toBe(false)
  expect(readConfig({ DOWNTIME_PASSPHRASE: 'short' }).ok).toBe(false)
  const config = readConfig({})
  if (!config.ok) throw new Error('no configuration')
  const call = { config: config.value, json: true, clock: () => now }
  await expect(downtimePack.run({ ...call, args: ['make', '--passphrase', passphrase] })).rejects.toThrow('passphrase')
  await expect(downtimePack.run({ ...call, args: ['make'] })).rejects.toThrow('no passphrase')
})

describeInBrowser('opened from disk', () => {
  let viewer: Viewer
  beforeAll(async () => {
    viewer = await openBrowser()
  })

  test('the file opens itself: a wrong passphrase says so, the right one leads to a person and their allergies', async () => {
    const page = await viewer.visitWithScript()
    page.setDefaultTimeout(30_000)
    await page.goto(pathToFileURL(join(packs, packOf('downtime-practice-riverside'))).href)
    await page.getByLabel('Passphrase').fill('not the passphrase')
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByText('The passphrase is wrong, or the file has been altered.').waitFor()
    expect(await seen(page.locator('body'))).not.toContain('Ashworth')
    await page.getByLabel('Passphrase').fill(passphrase)
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByRole('link', { name: 'Ashworth, Margaret' }).click()
    await page.getByRole('heading', { name: 'Ashworth, Margaret (Mrs), NHS number 999 200 0015' }).waitFor()
    const words = await seen(page.locator('#shown'))
    expect(words).toContain('Known allergies: Allergy to penicillin: Rash')
    expect(words).toMatch(/As at \d+ \w+ \d{4} at /)
    expect(words).toContain('Synthetic')
    await page.getByRole('link', { name: 'Lock' }).click()
    await page.getByLabel('Passphrase').waitFor()
    expect(await seen(page.locator('body'))).not.toContain('penicillin')
    await page.context().close()
  })

  test('from the record, without JavaScript: the letter, the International Patient Summary and the page to print', async () => {
    const page = await viewer.visit()
    page.setDefaultTimeout(20_000)
    await signInAs(page, { url: demo.server.url, name: 'Dr Helen Lindqvist-Rao' })
    await page.getByRole('searchbox').fill('9992000015')
    await page.getByRole('searchbox').press('Enter')
    await page
      .getByRole('link', { name: /ASHWORTH/i })
      .first()
      .click()
    const taken = async (link: string) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: link }).click(),
      ])
      return readFileSync(await download.path(), 'latin1')
    }
    expect(await taken('Download as a letter (PDF)')).toMatch(/^%PDF-1\.7/)
    const bundle = await taken('Download as an International Patient Summary (FHIR)')
    expect(JSON.parse(bundle).entry[0].resource.type.coding[0].code).toBe('60591-5')
    await page.getByRole('link', { name: 'Print this summary' }).click()
    expect(await seen(page.locator('main'))).toMatch(/Printed \d+ \w+ \d{4} at .+ by Dr Helen Lindqvist-Rao/)
    await page.context().close()
  })

  test('a file of which one letter was altered does not open', async () => {
    const file = readFileSync(join(packs, packOf('downtime-practice-riverside')), 'utf8')
    const altered = join(folder, 'altered.html')
    writeFileSync(
      altered,
      file.replace(/(class="box">[^<]{40})(.)/, (_whole, head, letter) => head + (letter === 'A' ? 'B' : 'A')),
    )
    const page = await viewer.visitWithScript()
    page.setDefaultTimeout(30_000)
    await page.goto(pathToFileURL(altered).href)
    await page.getByLabel('Passphrase').fill(passphrase)
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByText('The passphrase is wrong, or the file has been altered.').waitFor()
    await page.context().close()
  })

  test('without JavaScript the file says what it needs; the command writes plain pages that need none', async () => {
    const page = await viewer.visit()
    const file = join(packs, packOf('downtime-practice-riverside'))
    await page.goto(pathToFileURL(file).href)
    expect(await seen(page.locator('body'))).toContain('This file needs JavaScript to open.')
    const config = readConfig({ DOWNTIME_PASSPHRASE: passphrase })
    if (!config.ok) throw new Error('no configuration')
    const to = join(folder, 'plain')
    const call = { config: config.value, json: true, clock: () => now, args: ['open', file, '--to', to] }
    expect(await downtimePack.run(call)).toBe(0)
    await expect(downtimePack.run(call)).rejects.toThrow('not empty')
    await page.goto(pathToFileURL(join(to, 'index.html')).href)
    await page.getByRole('link', { name: 'Ashworth, Margaret' }).click()
    expect(await seen(page.locator('main'))).toContain('Known allergies: Allergy to penicillin: Rash')
    await page.goto(pathToFileURL(join(to, 'all.html')).href)
    expect(await seen(page.locator('main'))).toContain('Ashworth, Margaret')
    await page.context().close()
  })
})
