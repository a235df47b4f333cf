/** Every page there is, of the demo's richest person and of the fullest lists: what budgets and accessibility are held on. */
import { admitSomebody } from './admit.ts'
import { formKey, noSession } from './form-key.ts'
import { readPage } from './page.ts'
import type { RunningTestServer, Staff } from './server.ts'

export type Reader = 'GP' | 'nurse' | 'analyst' | 'officer' | 'privacy officer' | 'patient' | 'nobody'

export type DemoPage = {
  readonly reader: Reader
  readonly path: string
  /** The page is what a search for this, typed at `path`, shows: only the session that searched may open it. */
  readonly typed?: string
}

/** Who opens the pages of each reader, by the name on the sign-in page; nobody signs in for the last. */
export const readers = {
  GP: { app: 'staff', id: 'gp-rao', name: 'Dr Helen Lindqvist-Rao' },
  nurse: { app: 'staff', id: 'nurse-adewale', name: 'Charge Nurse Femi Adewale' },
  analyst: { app: 'staff', id: 'analyst-pryce', name: 'Gwen Pryce' },
  officer: { app: 'staff', id: 'identity-haddow', name: 'Martin Haddow' },
  'privacy officer': { app: 'staff', id: 'privacy-osman', name: 'Layla Osman' },
  patient: { app: 'app', id: 'p0001', name: 'Margaret Ashworth' },
} as const

const sections = [
  'timeline',
  'problems',
  'medicines',
  'allergies',
  'tests',
  'letters',
  'care-plans',
  'about',
  'contacts',
  'history',
  'social-care',
  'referrals',
  'sources',
  'access',
  'print',
] as const

/**
 * GET routes that show no page of their own here, with the reason. A new route without a page below and without a line here fails
 * `test/flows/budgets.test.ts`: add its page, so that budgets and accessibility hold for it, or say here why it has none.
 */
export const notPages: Readonly<Record<string, string>> = {
  '/staff/sign-in/start': 'a redirect to the identity provider, told by src/sign-in/sign-in.test.ts',
  '/staff/sign-in/back': 'the answer of the identity provider, told by src/sign-in/sign-in.test.ts',
  '/app/sign-in/start': 'a redirect to the identity provider, told by src/sign-in/sign-in.test.ts',
  '/app/sign-in/back': 'the answer of the identity provider, told by src/sign-in/sign-in.test.ts',
  '/staff/connect/:uid': 'shown when an app asks, told by test/flows/smart-apps.test.ts',
  '/app/connect/:uid': 'shown when an app asks, told by test/flows/smart-apps.test.ts',
  '/staff/estate/starts/:device/:start': 'a one-time redirect, told by src/staff-app/estate/estate.test.ts',
  '/staff/patients/:person/letters/:key/:index': 'the file itself, not a page',
  '/staff/patients/:person/letters/:key/:index/view': 'the file itself, not a page',
  '/app/health/letters/:letter/:index': 'the file itself, not a page',
  '/staff/patients/:person/summary.json': 'FHIR, not a page',
  '/staff/patients/:person/summary.pdf': 'PDF, not a page',
  '/staff/assurance/policy/question': 'there is none until somebody asks: told by test/flows/audit-lines.test.ts',
  '/staff/assurance/reviews/:use': 'nobody was in an emergency here: told by test/flows/audit-lines.test.ts',
  '/staff/confirm/start': 'a redirect to the identity provider, told by test/flows/sessions.test.ts',
  '/staff/session/left': 'JSON for our module, told by test/flows/sessions.test.ts',
  '/staff/sign-out/at-provider': 'a redirect to the identity provider, told by test/flows/audit-lines.test.ts',
  '/staff/drafts/:draft': 'there is none until a session ended amid writing: told by test/flows/sessions.test.ts',
  '/staff/assurance/trail/export': 'a file, not a page',
  '/staff/assurance/trail/lines/:line/proof': 'a file, not a page',
}

/** A GP writes a note in the record, which begins its way to the hospital and the practice. */
async function writeNote(gp: Staff, record: string): Promise<void> {
  const form = { title: 'Synthetic note', text: 'Invented, so that there is something that was written here.' }
  const checked = await gp.post(`${record}/add/note`, { ...form, step: 'check' })
  const draft = /name="draft" value="([^"]*)"/.exec(checked.html)?.[1] ?? ''
  const saved = await gp.post(`${record}/add/note`, { draft, step: 'save' })
  if (saved.status !== 303) throw new Error(`a note could not be written: ${saved.status}`)
}

/** The addresses of every page, and the record of the person whom all eight systems know. */
export async function demoPages(
  server: RunningTestServer,
): Promise<{ readonly record: string; readonly pages: readonly DemoPage[] }> {
  const gp = await server.staff(readers.GP.id)
  const [record = ''] = await gp.find('9992000015')
  const linked = async (staff: Staff, path: string, like: RegExp): Promise<string> => {
    const { html, status } = await staff.get(path)
    const { links, main } = readPage(html)
    const found = links.find(({ href, words }) => like.test(href) || like.test(words))
    if (!found) throw new Error(`${path} (${status}) has no link like ${like}: ${main.slice(0, 300)}`)
    return found.href
  }
  const analyst = await server.staff(readers.analyst.id)
  const officer = await server.staff(readers.officer.id)
  const nurse = await server.staff(readers.nurse.id)
  const privacy = await server.staff(readers['privacy officer'].id)
  await admitSomebody(server, new Date(), 'PAGES1')
  // In another's record: what was written here is one statement more of every page that shows it.
  const [known] = await server.sql<{ person: string }[]>`
    select person from person_link
     where source = 'riverton-pas' and until is null and person <> ${record.split('/').at(-1) ?? ''} order by since, person limit 1`
  const written = `/staff/patients/${known?.person}`
  await writeNote(gp, written)
  // All that was sent is known by now, and nothing is known later.
  const moment = new Date().toISOString()
  const feed = '/staff/feeds/riverton-pas'
  const review = await linked(officer, '/staff/identity', /^\/staff\/identity\/[a-z0-9]/)
  const page = (reader: Reader) => (path: string) => ({ reader, path })
  return {
    record,
    pages: [
      ...[
        '/staff/sign-in',
        '/staff/signed-out',
        '/staff/help',
        '/staff/help/keyboard',
        '/staff/help/words',
        '/app/sign-in',
        '/app/signed-out',
        '/app/help',
      ].map(page('nobody')),
      ...[
        '/staff',
        '/staff/find',
        '/staff/recent',
        '/staff/session',
        '/staff/confirm?next=%2Fstaff%2Frecent',
        '/staff/worklist',
        await linked(gp, '/staff/worklist', /\/worklist\/result-/),
        '/staff/lists',
        '/staff/lists/practice',
        '/staff/lists/caseload',
        `${record}/tasks/new`,
        '/staff/no-such-page',
        record,
        ...sections.map((section) => `${record}/${section}`),
        `${record}/timeline?page=2`,
        `${record}/compare`,
        `${record}/tests/blood-pressure`,
        `${record}/tests/news2`,
        `${record}/add/allergy`,
        `${record}/search`,
        `${record}/written`,
        `${written}/written`,
        await linked(gp, record, /^Potassium$/),
        await linked(gp, `${record}/letters`, /\/letters\/./),
        await linked(gp, `${record}/tests`, /\/facts\/Observation\//),
        await linked(gp, `${record}/problems`, /\/facts\/Condition\//),
        await linked(gp, `${written}/written`, /\/correct$/),
        await linked(gp, `${written}/written`, /\/withdraw$/),
      ].map(page('GP')),
      { reader: 'GP', path: `${record}/search`, typed: 'potassium' },
      ...['', '/medicines', '/tests/news2', '/search'].map((section) =>
        page('GP')(`${record}${section}?at=${encodeURIComponent(moment)}`),
      ),
      page('GP')(`${record}/print?at=${encodeURIComponent(moment)}`),
      ...['/staff', '/staff/lists', await linked(nurse, '/staff/lists', /\/lists\/ward\//)].map(page('nurse')),
      { reader: 'GP', path: '/staff/find', typed: 'barker' },
      ...[
        '/staff',
        '/staff/estate',
        '/staff/feeds',
        feed,
        `${feed}?status=failed`,
        await linked(analyst, feed, /^\/staff\/messages\//),
        await linked(analyst, `${feed}?status=failed`, /^\/staff\/messages\//),
        await linked(analyst, feed, /^\/staff\/deliveries\//),
        record,
      ].map(page('analyst')),
      ...['/staff', '/staff/identity', review, await linked(officer, review, /\/identity\/people\//)].map(
        page('officer'),
      ),
      ...[
        '/staff',
        '/staff/assurance/policy',
        '/staff/assurance/reviews',
        '/staff/assurance/trail',
        '/staff/assurance/trail?refused=yes',
        await linked(privacy, '/staff/assurance/trail', /\/trail\/lines\/\d+$/),
      ].map(page('privacy officer')),
      ...[
        '/app',
        '/app/health',
        await linkedAsPatient(server),
        '/app/access',
        '/app/choices',
        '/app/people',
        '/app/apps',
        '/app/no-such-page',
      ].map(page('patient')),
    ],
  }
}

/** A reader's cookie, as a program would keep it. */
export async function cookieOf(server: RunningTestServer, reader: Reader): Promise<string> {
  if (reader === 'nobody') return ''
  const { app, id } = readers[reader]
  const answer = await fetch(`${server.url}/${app}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: noSession },
    body: new URLSearchParams({ person: id, ...formKey(noSession) }),
  })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0]
  if (answer.status !== 303 || cookie === undefined) throw new Error(`${reader} could not sign in: ${answer.status}`)
  return cookie
}

async function linkedAsPatient(server: RunningTestServer): Promise<string> {
  const cookie = await cookieOf(server, 'patient')
  const answer = await fetch(`${server.url}/app/health`, { headers: { cookie } })
  return readPage(await answer.text()).links.find(({ href }) => href.includes('/letters/'))?.href ?? ''
}
