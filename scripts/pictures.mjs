/**
 * Takes a picture of every page of both apps, 1366 and 360 wide, into docs/pictures/, with a line for each in its README. Starts the demo by
 * itself on free ports, with a clock that begins at one fixed moment, so that pictures of two days differ by what was changed.
 *   node scripts/build.mjs && node scripts/pictures.mjs [only pictures whose name fits this regular expression]
 * Needs Chromium: named by CHROMIUM, or on the usual places.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { smallPng } from './small-png.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'docs/pictures')
const only = new RegExp(process.argv[2] ?? '')
const sizes = [
  { name: 'wide', width: 1366, height: 900 },
  { name: 'phone', width: 360, height: 1280 },
]

/**
 * Who opens what. `find` opens a record by what is typed; `at` is the page within it, or an address; `link` opens the first link of the page
 * whose address fits; `typed` is looked for on that page; `says` is the picture's line.
 */
const pages = [
  { name: 'sign-in', at: '/staff/sign-in', says: 'Staff: choose who you are' },
  { name: 'home', as: 'gp-rao', at: '/staff', says: 'Staff: my day' },
  { name: 'find', as: 'gp-rao', search: 'barker', says: 'Find: two people of one name and birth date' },
  { name: 'summary', as: 'gp-rao', find: '9992000015', at: '', says: 'A full record' },
  {
    name: 'summary-in-hospital',
    as: 'doctor-fenwick',
    find: '9992000309',
    at: '',
    says: 'In hospital now, plans to follow, NEWS2',
  },
  { name: 'summary-crisis', as: 'gp-okafor', find: '9992000325', at: '', says: 'Crisis plan, safeguarding, pregnancy' },
  { name: 'summary-allergy', as: 'gp-okafor', find: '9992000376', at: '', says: 'A medicine against an allergy' },
  { name: 'summary-disagree', as: 'gp-okafor', find: '9992000120', at: '', says: 'Sources disagree about an allergy' },
  { name: 'summary-died', as: 'gp-rao', find: '9992000228', at: '', says: 'Died' },
  { name: 'summary-restricted', as: 'gp-okafor', find: '9992000236', at: '', says: 'Restricted' },
  { name: 'summary-empty', as: 'gp-rao', find: '9992000384', at: '', says: 'Nothing recorded is not "none"' },
  ...[
    ['timeline', 'Timeline'],
    ['problems', 'Problems'],
    ['medicines', 'Medicines'],
    ['allergies', 'Allergies'],
    ['tests', 'Tests and readings'],
    ['tests/news2', 'NEWS2'],
    ['tests/blood-pressure', 'Blood pressure over time'],
    ['letters', 'Letters'],
    ['contacts', 'People and visits'],
    ['history', 'Procedures and history'],
    ['social-care', 'Social care'],
    ['referrals', 'Referrals and waits'],
    ['sources', 'Who says what'],
    ['access', 'Who has looked'],
    ['written', 'Written here'],
    ['add/allergy', 'Add an allergy'],
    ['tasks/new', 'Make a task'],
    ['print', 'Printed summary'],
  ].map(([at, says]) => ({ name: at.replaceAll('/', '-'), as: 'gp-rao', find: '9992000015', at, says })),
  {
    name: 'test-trend',
    as: 'gp-rao',
    find: '9992000015',
    at: 'tests',
    link: '/tests/potassium',
    says: 'One test over time',
  },
  { name: 'letter', as: 'gp-rao', find: '9992000015', at: 'letters', link: '/letters/', says: 'A letter' },
  {
    name: 'fact',
    as: 'gp-rao',
    find: '9992000015',
    at: 'problems',
    link: '/facts/Condition/',
    says: 'Where a fact came from',
  },
  { name: 'compare', as: 'gp-rao', find: '9992000015', at: 'compare', says: 'Two moments side by side' },
  {
    name: 'search-record',
    as: 'gp-rao',
    find: '9992000015',
    at: 'search',
    typed: 'potassium',
    says: 'Words looked for in one record',
  },
  {
    name: 'no-past',
    as: 'gp-rao',
    find: '9992000015',
    at: 'access?at=2026-11-22T10:20',
    says: 'A page that has no past',
  },
  { name: 'emergency', as: 'gp-okafor', find: '9992000015', at: '', says: 'Emergency access: a reason is asked for' },
  { name: 'care-plans', as: 'doctor-fenwick', find: '9992000309', at: 'care-plans', says: 'Plans and wishes' },
  { name: 'about', as: 'doctor-fenwick', find: '9992000309', at: 'about', says: 'About the person' },
  { name: 'recent', as: 'gp-rao', at: '/staff/recent', says: 'Recent patients' },
  { name: 'worklist', as: 'gp-rao', at: '/staff/worklist', says: 'Worklist' },
  {
    name: 'worklist-item',
    as: 'gp-rao',
    at: '/staff/worklist',
    link: '/worklist/result-',
    says: 'A result to acknowledge',
  },
  { name: 'lists', as: 'doctor-fenwick', at: '/staff/lists', says: 'Lists of people' },
  { name: 'list-ward', as: 'doctor-fenwick', at: '/staff/lists', link: '/lists/ward/', says: 'A ward list' },
  { name: 'list-caseload', as: 'gp-rao', at: '/staff/lists/caseload', says: 'My caseload' },
  { name: 'list-practice', as: 'gp-rao', at: '/staff/lists/practice', says: 'A practice list' },
  { name: 'help', as: 'gp-rao', at: '/staff/help', says: 'Help' },
  { name: 'keyboard', as: 'gp-rao', at: '/staff/help/keyboard', says: 'Keyboard' },
  { name: 'words', as: 'gp-rao', at: '/staff/help/words', says: 'What the words mean' },
  { name: 'feeds', as: 'analyst-pryce', at: '/staff/feeds', says: 'Feeds' },
  { name: 'feed', as: 'analyst-pryce', at: '/staff/feeds/riverton-pas', says: 'One feed' },
  {
    name: 'message',
    as: 'analyst-pryce',
    at: '/staff/feeds/riverton-pas?status=failed',
    link: '/staff/messages/',
    says: 'A message that waits',
  },
  { name: 'estate', as: 'analyst-pryce', at: '/staff/estate', says: 'How long devices take' },
  { name: 'identity', as: 'identity-haddow', at: '/staff/identity', says: 'Who is who: what waits' },
  {
    name: 'identity-review',
    as: 'identity-haddow',
    at: '/staff/identity',
    link: '/staff/identity/',
    says: 'Are these two one person?',
  },
  { name: 'trail', as: 'privacy-osman', at: '/staff/assurance/trail', says: 'The trail' },
  {
    name: 'trail-line',
    as: 'privacy-osman',
    at: '/staff/assurance/trail',
    link: '/trail/lines/',
    says: 'One line of the trail',
  },
  { name: 'policy', as: 'privacy-osman', at: '/staff/assurance/policy', says: 'Who may see what' },
  { name: 'reviews', as: 'privacy-osman', at: '/staff/assurance/reviews', says: 'Emergency access to review' },
  { name: 'not-found', as: 'gp-rao', at: '/staff/no-such-page', says: 'No such page' },
  { name: 'patient-sign-in', at: '/app/sign-in', says: 'Patient: choose who you are' },
  ...[
    ['patient-home', '/app', 'Patient: home'],
    ['patient-health', '/app/health', 'Patient: health record'],
    ['patient-apps', '/app/apps', 'Patient: apps'],
    ['patient-access', '/app/access', 'Patient: who has looked'],
    ['patient-help', '/app/help', 'Patient: help'],
  ].map(([name, at, says]) => ({ name, as: 'p0001', at, says })),
  { name: 'patient-letter', as: 'p0001', at: '/app/health', link: '/letters/', says: 'Patient: a letter' },
]

const browserAt =
  process.env.CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path))
if (browserAt === undefined) throw new Error('No Chromium was found. Install it, or name it in CHROMIUM.')

const url = `http://127.0.0.1:${await freePort()}`
const data = mkdtempSync(join(tmpdir(), 'throughline-pictures-'))
const server = spawn(process.execPath, [join(root, 'dist/src/cli/main.js'), 'serve'], {
  cwd: root,
  env: {
    ...process.env,
    NODE_OPTIONS: `--import=${join(root, 'scripts/fixed-clock.mjs')}`,
    CLOCK_STARTS_AT: '2026-11-22T10:20:00Z',
    DEMO_SEED: '2026',
    DEMO_PEOPLE: '60',
    DATA_DIR: data,
    PORT: new URL(url).port,
    MLLP_PORT: String(await freePort()),
  },
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  await said(server, 'The invented area is loaded')
  await takeAll()
} finally {
  server.kill('SIGTERM')
  setTimeout(() => server.kill('SIGKILL'), 20_000).unref()
  await new Promise((done) => (server.exitCode === null ? server.once('exit', done) : done()))
  rmSync(data, { recursive: true, force: true })
}

async function takeAll() {
  mkdirSync(folder, { recursive: true })
  const browser = await chromium.launch({ executablePath: browserAt, args: ['--no-sandbox', '--disable-gpu'] })
  for (const size of sizes) {
    const signedIn = new Map()
    for (const page of pages) {
      if (!only.test(page.name)) continue
      const who = page.as ?? ''
      if (!signedIn.has(who)) signedIn.set(who, await signIn(browser, size, who))
      const tab = signedIn.get(who)
      await open(tab, page)
      const name = `${page.name}-${size.name}.png`
      writeFileSync(join(folder, name), smallPng(await pictureOf(tab)))
      console.log(
        name,
        tab
          .url()
          .replace(url, '')
          .replace(/patients\/[^/?]+/, 'patients/…'),
      )
    }
  }
  await browser.close()
  writeFileSync(join(folder, 'README.md'), index())
}

async function signIn(browser, { width, height }, who) {
  const context = await browser.newContext({
    viewport: { width, height },
    javaScriptEnabled: false,
    timezoneId: 'Europe/London',
  })
  context.setDefaultTimeout(120_000)
  const tab = await context.newPage()
  if (who !== '') {
    await tab.goto(`${url}/${/^p\d/.test(who) ? 'app' : 'staff'}/sign-in`)
    await tab.locator(`button[name=person][value="${who}"]`).click()
  }
  return tab
}

/** A busy machine sometimes has no picture ready: ask once more. */
async function pictureOf(tab) {
  return await tab.screenshot().catch(() => tab.screenshot())
}

async function open(tab, { find, search, at, link, typed }) {
  if (find !== undefined || search !== undefined) {
    await tab.goto(`${url}/staff/find`)
    await tab
      .locator('input[name=q]')
      .first()
      .fill(find ?? search)
    await tab.locator('main form button').first().click()
    if (search !== undefined) return
    if (!/\/patients\//.test(tab.url())) await tab.locator('main a[href*="/staff/patients/"]').first().click()
    if (at !== '') await tab.goto(`${tab.url().split('?')[0]}/${at}`)
  } else await tab.goto(url + at)
  if (typed !== undefined) {
    await tab.getByRole('searchbox').first().fill(typed)
    await tab.getByRole('searchbox').first().press('Enter')
    await tab.waitForURL(/\/search\/./)
  }
  if (link !== undefined) await tab.locator(`main a[href*="${link}"]`).first().click()
}

function index() {
  const files = new Set(readdirSync(folder))
  const bytes = [...files].reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0)
  if (bytes > 7 * 1024 * 1024) throw new Error(`The pictures take ${bytes} bytes: at most 7 MB.`)
  return [
    '# Pictures',
    '',
    'Every page, of invented people, on an old PC (1366 wide) and a phone (360 wide), without JavaScript. Taken by',
    '`node scripts/build.mjs && node scripts/pictures.mjs`; look at those that changed, and mend what is ugly or unclear, before they are committed.',
    '',
    ...pages
      .filter(({ name }) => sizes.every((size) => files.has(`${name}-${size.name}.png`)))
      .map(({ name, says }) => `- ${says}: [wide](${name}-wide.png), [phone](${name}-phone.png)`),
    '',
  ].join('\n')
}

function said(child, words) {
  return new Promise((done, failed) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes(words)) done()
    })
    child.once('exit', (code) => failed(new Error(`The demo ended (${code}) before it was loaded:\n${text}`)))
  })
}

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer().once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => done(port))
    })
  })
}
