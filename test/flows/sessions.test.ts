/** The rules of sessions on shared PCs, asked over HTTP with a clock of our own: ui.md §4, issue 4. */
import { beforeAll, describe, expect, test } from 'vitest'
import { aJar, type Jar } from '../support/browser-without-scripts.ts'
import { readPage } from '../support/page.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'

// Stands still but for `wait`: however slow the machine is, the times are exact.
const began = Date.now()
let aheadMinutes = 0
let server: RunningTestServer
let record = ''
let person = ''
beforeAll(async () => {
  server = await runningServer({ clock: () => new Date(began + aheadMinutes * 60_000) })
  await fetch(`${server.url}/fhir/Patient`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await server.token()}`, 'content-type': 'application/fhir+json' },
    body: JSON.stringify({
      resourceType: 'Patient',
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
      name: [{ family: 'Quibberton', given: ['Zelda'] }],
      birthDate: '1958-05-14',
    }),
  })
  ;[record = ''] = await (await server.staff('gp-rao')).find('9990000018')
  person = record.split('/').at(-1) ?? ''
})

async function signedIn(
  who: string,
  jar: Jar = aJar(() => server.url),
  next?: string,
): Promise<Jar & { readonly to: string }> {
  const answer = await jar.post('/staff/sign-in', { person: who, ...(next === undefined ? {} : { next }) })
  expect(answer.status).toBe(303)
  return { ...jar, to: answer.location }
}
const wait = (minutes: number): void => {
  aheadMinutes += minutes
}
const textOf = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
const lastLines = async (most: number) =>
  (
    await server.sql<
      { what: string; person: string | null }[]
    >`select what, person from audit_event order by id desc limit ${most}`
  ).map(({ what, person: about }) => `${what}${about === person ? ' Zelda' : ''}`)

describe('before a session ends', () => {
  test('the page says when, and without JavaScript gives way two minutes before to one that does not put the end off', async () => {
    const gp = await signedIn('gp-rao')
    const page = await gp.get(record)
    expect(textOf(page.html)).toMatch(
      /You will be signed out at \d+:\d\d[ap]m if you open nothing until then, and at \d+:\d\d[ap]m at the latest/,
    )
    const [, seconds, there = ''] =
      /<noscript><meta http-equiv="refresh" content="(\d+);url=([^"]+)"><\/noscript>/.exec(page.html) ?? []
    expect([Number(seconds), there]).toEqual([780, `/staff/session?next=${encodeURIComponent(record)}`])
    for (let asked = 0; asked < 3; asked += 1) {
      wait(asked === 0 ? 13 : 0.5)
      const warning = await gp.get(there)
      expect(textOf(warning.html)).toContain('You will be signed out in 2 minutes')
      expect(warning.html).not.toContain('Quibberton')
      expect(warning.headers.get('refresh')).toMatch(/^(12[01]|9[01]|6[01]);url=\/staff\/signed-out\?next=/)
    }
    wait(1.1)
    expect((await gp.get(there)).location).toBe(`/staff/signed-out?next=${encodeURIComponent(record)}`)
  })

  test('whoever is there stays signed in with one press, on the page they were on', async () => {
    const gp = await signedIn('gp-rao')
    wait(14)
    const stayed = await gp.post('/staff/session', { next: record })
    expect(stayed.location).toBe(record)
    wait(14)
    expect((await gp.get(record)).status).toBe(200)
    expect((await gp.post('/staff/session', { next: 'https://evil.example' })).location).toBe('/staff')
  })

  test('a page that somebody writes in is never taken away', async () => {
    const gp = await signedIn('gp-rao')
    expect((await gp.get(`${record}/add/note`)).html).not.toContain('http-equiv="refresh"')
    const checked = await gp.post(`${record}/add/note`, { title: 'Visit', text: 'Seen at home.', step: 'check' })
    expect(checked.html).not.toContain('http-equiv="refresh"')
  })

  test('our module asks how long is left without putting the end off, and stays by JSON only', async () => {
    const gp = await signedIn('gp-rao')
    wait(10)
    for (let asked = 0; asked < 2; asked += 1)
      expect(JSON.parse((await gp.get('/staff/session/left')).html)).toEqual({ seconds: expect.closeTo(300, -1) })
    expect((await gp.post('/staff/session/stay')).status).toBe(403)
    wait(6)
    expect(JSON.parse((await gp.get('/staff/session/left')).html)).toEqual({ seconds: 0 })
  })
})

describe('after a session ended by the clock', () => {
  test('it is said why, and the same person is led back to the page', async () => {
    const gp = await signedIn('gp-rao')
    wait(16)
    const late = await gp.get(record)
    expect(late.location).toBe(`/staff/signed-out?next=${encodeURIComponent(record)}`)
    const out = await gp.get(late.location)
    expect(textOf(out.html)).toContain('Nothing was opened here for 15 minutes.')
    expect(textOf(out.html)).toContain('The page you were on is kept for you.')
    const [again] = readPage(out.html).links.filter(({ words }) => words === 'Sign in again')
    expect(again?.href).toBe(`/staff/sign-in?next=${encodeURIComponent(record)}`)
    expect((await signedIn('gp-rao', gp, record)).to).toBe(record)
  })

  test('H-96 whoever sits down next is led to their own day, and to no page, draft or name of the one before', async () => {
    const gp = await signedIn('gp-rao')
    await gp.get(record)
    wait(16)
    await gp.post(`${record}/add/note`, { title: 'Visit', text: 'Seen at home, coughing.', step: 'check' })
    const nurse = await signedIn('nurse-brandreth', gp, record)
    expect(nurse.to).toBe('/staff')
    const home = await nurse.get('/staff')
    expect(home.html).not.toContain('Quibberton')
    expect(home.html).not.toContain('You were looking at')
    expect(home.html).not.toContain('is kept, and not saved')
  })

  test('H-97 what was written and sent too late is done by nobody, and kept for its writer', async () => {
    const gp = await signedIn('gp-rao')
    const before = (await server.sql`select 1 from resource_version`).length
    wait(16)
    const late = await gp.post(
      `${record}/add/note`,
      { title: 'Visit', text: 'Seen at home, coughing.', step: 'check' },
      `${record}/add/note`,
    )
    expect(late.location).toMatch(/^\/staff\/signed-out\?next=%2Fstaff%2Fdrafts%2F/)
    expect(await lastLines(1)).toEqual(['draft-kept Zelda'])
    expect(textOf((await gp.get(late.location)).html)).toContain('what you had written are kept for you')
    const next = new URL(late.location, server.url).searchParams.get('next') ?? ''
    // At another PC: home leads to it too.
    const elsewhere = await signedIn('gp-rao')
    expect(textOf((await elsewhere.get('/staff')).html)).toMatch(/What you had written at .* is kept, and not saved/)
    const back = await signedIn('gp-rao', gp, next)
    expect(back.to).toBe(next)
    const kept = await gp.get(next)
    expect(textOf(kept.html)).toContain('Seen at home, coughing.')
    expect(textOf(kept.html)).toContain('Nothing was saved or sent.')
    const fields = Object.fromEntries(
      [...kept.html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    )
    delete fields['form-key']
    const on = await gp.post(next, { ...fields, act: 'go-on' })
    expect([on.status, on.location]).toEqual([307, `${record}/add/note`])
    const checked = await gp.post(on.location, { ...fields, act: 'go-on' })
    // The page that repeats whose record it is, beside the button.
    expect(textOf(checked.html)).toContain('Check your answers')
    expect(textOf(checked.html)).toContain('999 000 0018')
    expect((await server.sql`select 1 from resource_version`).length).toBe(before)
    expect((await gp.get(next)).status).toBe(404)
  })

  test('answers that were checked, and saved too late, are kept and checked again', async () => {
    const gp = await signedIn('gp-rao')
    const checked = await gp.post(`${record}/add/note`, {
      title: 'Visit',
      text: 'Second note of the day.',
      step: 'check',
    })
    const [, draft = ''] = /name="draft" value="([^"]+)"/.exec(checked.html) ?? []
    wait(16)
    const late = await gp.post(`${record}/add/note`, { draft, step: 'save' })
    await signedIn('gp-rao', gp)
    const kept = await gp.get(new URL(late.location, server.url).searchParams.get('next') ?? '')
    expect(textOf(kept.html)).toContain('Second note of the day.')
  })

  test('nobody sees another’s draft, and one without the key of its form is not kept', async () => {
    const gp = await signedIn('gp-rao')
    wait(16)
    const late = await gp.post(`${record}/add/note`, { title: 'Visit', text: 'For myself alone.' })
    const next = new URL(late.location, server.url).searchParams.get('next') ?? ''
    const nurse = await signedIn('nurse-brandreth')
    expect((await nurse.get(next)).status).toBe(404)
    const gone = await gp.post(`${record}/add/note`, { text: 'Put there by another site.', 'form-key': 'x' })
    expect(gone.status).toBe(403)
    expect((await nurse.post('/staff/drafts', {})).status).toBe(403)
  })

  test('a session that lasted a working day says so', async () => {
    const gp = await signedIn('gp-rao')
    for (let looks = 0; looks < 60; looks += 1) {
      wait(12)
      await gp.post('/staff/session')
    }
    const late = await gp.get('/staff')
    expect(textOf((await gp.get(late.location)).html)).toContain('A sign-in lasts 12 hours at most.')
  })
})

describe('shared PCs', () => {
  test('H-96 one press makes room for the next user: the session is over, and its pages open for nobody', async () => {
    const gp = await signedIn('gp-rao')
    await gp.get(record)
    const token = gp.cookie('throughline_staff') ?? ''
    const switched = await gp.post('/staff/switch-user')
    expect(switched.location).toBe('/staff/sign-in?switched=yes')
    expect((await lastLines(1))[0]).toBe('switch-user')
    expect(gp.cookie('throughline_staff')).toBeUndefined()
    expect(textOf((await gp.get(switched.location)).html)).toContain('The next one can sign in.')
    const stolen = aJar(() => server.url)
    stolen.cookies.set('throughline_staff', token)
    expect((await stolen.get(record)).status).toBe(303)
    // The browser's Back button asks for the page again: the address goes along, and is dropped for another person.
    const back = await gp.get(record)
    expect(back.location).toContain('/staff/sign-in?next=')
    expect((await signedIn('nurse-brandreth', gp, record)).to).toBe('/staff')
  })

  test('after a sign-out the provider asks the next one who they are', async () => {
    const gp = await signedIn('gp-rao')
    const first = await aJar(() => server.url).get('/staff/sign-in/start')
    expect(new URL(first.location).searchParams.get('prompt')).toBeNull()
    await gp.post('/staff/sign-out')
    expect(new URL((await gp.get('/staff/sign-in/start')).location).searchParams.get('prompt')).toBe('login')
    const idle = await signedIn('gp-rao')
    wait(16)
    expect(new URL((await idle.get('/staff/sign-in/start')).location).searchParams.get('prompt')).toBe('login')
  })

  test('at another PC one goes on where one was, and once something else was opened no more', async () => {
    const gp = await signedIn('gp-rao')
    await gp.get(`${record}/medicines`)
    wait(1)
    const elsewhere = await signedIn('gp-rao')
    const home = await elsewhere.get('/staff')
    expect(textOf(home.html)).toMatch(/You were looking at QUIBBERTON, Zelda, medicines, at \d+:\d\d[ap]m\. Continue/)
    expect(await lastLines(2)).toContain('recent-patients')
    const [there] = readPage(home.html).links.filter(({ words }) => words === 'Continue')
    expect(there?.href).toBe(`${record}/medicines`)
    expect((await elsewhere.get(there?.href ?? '')).status).toBe(200)
    expect((await elsewhere.get('/staff')).html).not.toContain('You were looking at')
  })
})

describe('what is risky', () => {
  // The provider's clock is the machine's: here ours is too, and what was proven is put back instead.
  beforeAll(() => {
    aheadMinutes = 0
  })
  const provenHalfAnHourAgo = () => server.sql`update session set proven_at = proven_at - interval '30 minutes'`

  test('H-98 asks who was signed in for half an hour to prove again that it is they; what was filled in is kept, and nothing done', async () => {
    const officer = await signedIn('privacy-osman')
    expect((await officer.get('/staff/assurance/trail/export?form=csv')).status).toBe(200)
    await provenHalfAnHourAgo()
    const policies = async () => (await server.sql`select 1 from policy_version`).length
    const before = await policies()
    const asked = await officer.post('/staff/assurance/policy', { why: 'A change of the whole policy', after: '1' })
    expect(asked.location).toMatch(/^\/staff\/confirm\?next=%2Fstaff%2Fdrafts%2F/)
    const page = await officer.get(asked.location)
    expect(textOf(page.html)).toContain('Confirm that it is you')
    const exported = await officer.get('/staff/assurance/trail/export?form=csv')
    expect(exported.location).toBe('/staff/confirm?next=%2Fstaff%2Fassurance%2Ftrail%2Fexport%3Fform%3Dcsv')
    const next = new URL(asked.location, server.url).searchParams.get('next') ?? ''
    expect((await officer.post('/staff/confirm', { next })).location).toBe(next)
    expect((await lastLines(1))[0]).toBe('confirmed')
    expect(textOf((await officer.get(next)).html)).toContain('A change of the whole policy')
    const on = await officer.post(next, { act: 'go-on' })
    expect([on.status, on.location]).toEqual([307, '/staff/assurance/policy'])
    // An unfinished policy is still refused by its own page: being asked opens no side road.
    expect((await officer.post(on.location, { why: 'A change of the whole policy', after: '1' })).status).toBe(422)
    expect(await policies()).toBe(before)
    expect((await officer.get('/staff/assurance/trail/export?form=csv')).status).toBe(200)
  })

  test('H-98 goes to the provider for a strong level, asked now and not remembered', async () => {
    const officer = await signedIn('privacy-osman')
    const there = new URL((await officer.get('/staff/confirm/start?next=/staff/assurance/policy')).location)
    expect(there.pathname).toBe('/demo/cis2/auth')
    expect(there.searchParams.get('acr_values')).toMatch(/^AAL3_ANY /)
    expect([there.searchParams.get('max_age'), there.searchParams.get('prompt')]).toEqual(['0', 'login'])
  })

  test('H-98 reviews of emergency access ask too, and emergency access itself never does', async () => {
    const officer = await signedIn('privacy-osman')
    await provenHalfAnHourAgo()
    expect((await officer.post('/staff/assurance/reviews/x', { decision: 'right' })).location).toMatch(
      /^\/staff\/confirm/,
    )
    const gp = await signedIn('gp-rao')
    await provenHalfAnHourAgo()
    const given = await gp.post(`${record}/emergency`, { reason: 'life', note: '' })
    expect([given.status, given.location]).not.toEqual([303, expect.stringContaining('/staff/confirm')])
  })
})
