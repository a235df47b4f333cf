/** Every page there is, of the demo's richest person and of the fullest lists: what budgets and accessibility are held on. */
import { formKey, noSession } from './form-key.ts'
import { readPage } from './page.ts'
import type { RunningTestServer, Staff } from './server.ts'

export type Reader = 'GP' | 'analyst' | 'officer' | 'patient' | 'nobody'

export type DemoPage = {
  readonly reader: Reader
  readonly path: string
  /** The page is what a search for this shows: only the session that searched may open it. */
  readonly typed?: string
}

/** Who opens the pages of each reader, by the name on the sign-in page; nobody signs in for the last. */
export const readers = {
  GP: { app: 'staff', id: 'gp-rao', name: 'Dr Helen Lindqvist-Rao' },
  analyst: { app: 'staff', id: 'analyst-pryce', name: 'Gwen Pryce' },
  officer: { app: 'staff', id: 'identity-haddow', name: 'Martin Haddow' },
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
  '/staff/deliveries/:delivery': 'nothing has been written here yet: told by test/flows/written-here.test.ts',
  '/staff/patients/:person/entries/:type/:id/correct':
    'nothing has been written here yet: told by test/flows/written-here.test.ts',
  '/staff/patients/:person/entries/:type/:id/withdraw':
    'nothing has been written here yet: told by test/flows/written-here.test.ts',
  '/staff/patients/:person/search/:result':
    'shown by a search in the record, which only the session that searched may open',
  '/staff/lists/ward/:ward': 'the same page as a practice list, with a ward of those who are in',
  '/staff/assurance/policy': 'held by test/flows/policy-pages.test.ts: no reader here may open it',
  '/staff/assurance/policy/question': 'held by test/flows/policy-pages.test.ts: no reader here may open it',
  '/staff/assurance/reviews': 'held by test/flows/policy-pages.test.ts: no reader here may open it',
  '/staff/assurance/reviews/:use': 'held by test/flows/policy-pages.test.ts: no reader here may open it',
  '/staff/assurance/trail': 'held by test/flows/browser-trail.test.ts: no reader here may open it',
  '/staff/assurance/trail/lines/:line': 'held by test/flows/browser-trail.test.ts: no reader here may open it',
  '/staff/assurance/trail/export': 'a file, not a page',
  '/staff/assurance/trail/lines/:line/proof': 'a file, not a page',
}

/** The addresses of every page, and the record of the person whom all eight systems know. */
export async function demoPages(
  server: RunningTestServer,
): Promise<{ readonly record: string; readonly pages: readonly DemoPage[] }> {
  const gp = await server.staff(readers.GP.id)
  const [record = ''] = await gp.find('9992000015')
  const linked = async (staff: Staff, path: string, like: RegExp): Promise<string> => {
    const { html } = await staff.get(path)
    const found = readPage(html).links.find(({ href }) => like.test(href))
    if (!found) throw new Error(`${path} has no link like ${like}`)
    return found.href
  }
  const analyst = await server.staff(readers.analyst.id)
  const officer = await server.staff(readers.officer.id)
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
        `${record}/tests/blood-pressure`,
        `${record}/tests/news2`,
        `${record}/add/allergy`,
        `${record}/search`,
        `${record}/written`,
        await linked(gp, `${record}/tests`, /\/tests\/potassium/),
        await linked(gp, `${record}/letters`, /\/letters\/./),
        await linked(gp, `${record}/tests`, /\/facts\/Observation\//),
        await linked(gp, `${record}/problems`, /\/facts\/Condition\//),
      ].map(page('GP')),
      { reader: 'GP', path: '/staff/find', typed: 'barker' },
      ...[
        '/staff',
        '/staff/estate',
        '/staff/feeds',
        feed,
        `${feed}?status=failed`,
        await linked(analyst, feed, /^\/staff\/messages\//),
        await linked(analyst, `${feed}?status=failed`, /^\/staff\/messages\//),
        record,
      ].map(page('analyst')),
      ...['/staff', '/staff/identity', review, await linked(officer, review, /\/identity\/people\//)].map(
        page('officer'),
      ),
      ...['/app', '/app/health', await linkedAsPatient(server), '/app/access', '/app/apps', '/app/no-such-page'].map(
        page('patient'),
      ),
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
