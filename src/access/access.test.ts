import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { testSecrets } from '../../test/support/secrets.ts'
import { readAudit } from '../audit/index.ts'
import { type Pool, Problem } from '../base/index.ts'
import { nhsNumberCheckDigit } from '../nhs/index.ts'
import {
  type Actor,
  draftsOf,
  dropDraft,
  endedSession,
  forgetDrafts,
  forgetSessions,
  formToken,
  grantsScope,
  isFormToken,
  keepDraft,
  lookAtSession,
  mayStaff,
  openFeeds,
  openFind,
  openOwnRecord,
  openRecord,
  openSystem,
  type Patient,
  patientPersons,
  readSession,
  type Staff,
  sessionName,
  signIn,
  signOut,
  standInProvider,
  withTrail,
} from './index.ts'
import { nhsNumberKey } from './patient-person.ts'

let sql: Pool
beforeAll(async () => {
  ;({ sql } = await testDatabase())
})

const now = new Date('2026-11-22T10:00:00Z')
const organisation = { code: 'Z99999', name: 'Invented Practice' }
const drPatel: Staff = { kind: 'staff', id: 'patel', name: 'Dr Patel', role: 'clinician', organisation }
const analyst: Staff = { kind: 'staff', id: 'ann', name: 'Ann Alyst', role: 'integration-analyst', organisation }

let made = 0
/** A person as identity would have filed it, with one Patient for each source. */
async function person(
  sources: readonly string[] = ['gp', 'acute'],
  birthDate = '1960-05-04',
): Promise<{ id: string; patient: Patient }> {
  let stem = 999_200_000 + made * 20
  while (nhsNumberCheckDigit(String(stem)) === 10) stem += 1
  const nhsNumber = `${stem}${nhsNumberCheckDigit(String(stem))}`
  const id = `person-${++made}`
  await sql`insert into person (id, created_at) values (${id}, ${now})`
  for (const [n, source] of sources.entries()) {
    const pk = made * 100 + n
    await sql`insert into person_link (pk, seq, person, source, patient_id, since, reason, explanation)
              values (${pk}, 1, ${id}, ${source}, ${`${id}-${source}`}, ${now}, 'new', '{}')`
    await sql`insert into person_traits (pk, patient_id, source, birth_date, traits, updated_at)
              values (${pk}, ${`${id}-${source}`}, ${source}, ${birthDate}, ${sql.json({ nhsNumber, birthDate })}, ${now})`
    await sql`insert into person_identifier (k, pk, system, value, verified, first_seen_at)
              values (${nhsNumberKey(nhsNumber)}, ${pk}, 'https://fhir.nhs.uk/Id/nhs-number', ${nhsNumber}, true, ${now})`
  }
  return { id, patient: { kind: 'patient', id: `patient-of-${id}`, name: 'An Invented Patient', nhsNumber, birthDate } }
}

const ask = { what: 'record-page', now, requestId: 'r1' }
const open = (actor: Actor, id: string) => withTrail(sql, (tx) => openRecord(tx, actor, id, ask))
const trailOf = async (id: string) =>
  (await readAudit(sql, { persons: [id] })).lines.map(({ what, outcome, actor }) => `${actor.id} ${what} ${outcome}`)
const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'opened',
    (problem: Problem) => problem.kind,
  )

test('H-32 opening a record tells when this reader looked last, before this sitting; another’s look and a refusal count for nothing', async () => {
  const { id } = await person()
  const at = (time: string) => ({ ...ask, now: new Date(`2026-11-22T${time}:00Z`) })
  const look = (actor: Actor, time: string) => withTrail(sql, (tx) => openRecord(tx, actor, id, at(time)))
  const other: Staff = { ...drPatel, id: 'another' }
  expect((await look(drPatel, '08:00')).lookedBefore).toBeUndefined()
  expect((await look(drPatel, '08:29')).lookedBefore).toBeUndefined()
  await kindOf(look(analyst, '08:35'))
  expect((await look(other, '08:40')).lookedBefore).toBeUndefined()
  expect((await look(drPatel, '08:45')).lookedBefore).toEqual(new Date('2026-11-22T08:00:00Z'))
  expect((await look(drPatel, '11:00')).lookedBefore).toEqual(new Date('2026-11-22T08:45:00Z'))
})

describe('opening a record', () => {
  test('a clinician opens it, sees all its compartments and nothing else, and the line is in the trail', async () => {
    const { id } = await person()
    await person()
    const opened = await open(drPatel, id)
    expect(opened.compartments.map(({ source }) => source)).toEqual(['gp', 'acute'])
    expect(opened.scope).toMatchObject({ kind: 'persons', pks: opened.compartments.map(({ pk }) => pk) })
    expect(await trailOf(id)).toEqual(['patel record-page 0'])
  })

  test('an integration analyst is refused, and the refusal is in the trail', async () => {
    const { id } = await person()
    expect(await kindOf(open(analyst, id))).toBe('forbidden')
    expect(await trailOf(id)).toEqual(['ann record-page 4'])
  })

  test('a patient opens their own, and another person’s answers as if it were not there', async () => {
    const own = await person()
    const other = await person()
    expect((await open(own.patient, own.id)).person).toBe(own.id)
    expect(await kindOf(open(own.patient, other.id))).toBe('not-found')
    expect(await kindOf(open(own.patient, 'nobody'))).toBe('not-found')
    expect(await trailOf(other.id)).toEqual([`${own.patient.id} record-page 4`])
  })

  test('a right NHS number with another birth date opens nothing', async () => {
    const { id, patient } = await person()
    expect(await kindOf(open({ ...patient, birthDate: '1961-05-04' }, id))).toBe('not-found')
    expect(await kindOf(withTrail(sql, (tx) => openOwnRecord(tx, { ...patient, birthDate: '1961-05-04' }, ask)))).toBe(
      'not-found',
    )
  })

  test('a patient who signs in finds their own record without knowing its address', async () => {
    const { id, patient } = await person()
    expect((await withTrail(sql, (tx) => openOwnRecord(tx, patient, ask))).person).toBe(id)
    expect(await patientPersons(sql, patient)).toEqual([id])
  })

  test('two people with one number and birth date: neither is shown to the patient', async () => {
    const { patient } = await person()
    const twin = await person()
    await sql`update person_identifier set k = ${nhsNumberKey(patient.nhsNumber)} where value = ${twin.patient.nhsNumber}`
    await sql`update person_traits set traits = ${sql.json({ nhsNumber: patient.nhsNumber, birthDate: patient.birthDate })}
               where pk in (select pk from person_link where person = ${twin.id})`
    expect(await kindOf(withTrail(sql, (tx) => openOwnRecord(tx, patient, ask)))).toBe('conflict')
  })

  test('the address of a person who was merged away opens the survivor, and both trails are one', async () => {
    const survivor = await person()
    const retired = await person(['mental-health'])
    await open(drPatel, retired.id)
    await sql`update person set merged_into = ${survivor.id} where id = ${retired.id}`
    await sql`update person_link set person = ${survivor.id} where person = ${retired.id}`
    const opened = await open(drPatel, retired.id)
    expect(opened.person).toBe(survivor.id)
    expect(opened.compartments).toHaveLength(3)
    expect([...opened.persons].sort()).toEqual([survivor.id, retired.id].sort())
    expect((await readAudit(sql, { persons: opened.persons })).lines).toHaveLength(2)
  })

  test('when the work fails after opening, no data stays, and the line says that it was tried and failed', async () => {
    const { id } = await person()
    const failed = withTrail(sql, async (tx) => {
      await openRecord(tx, drPatel, id, ask)
      throw new Error('the page could not be made')
    })
    await expect(failed).rejects.toThrow('the page could not be made')
    expect(await trailOf(id)).toEqual(['patel record-page 8'])
  })

  test('what is not there, asked for in a record that opened, is a line that says so', async () => {
    const { id } = await person()
    const failed = withTrail(sql, async (tx) => {
      await openRecord(tx, drPatel, id, ask)
      throw new Problem('not-found', 'No such letter', 'Choose another.')
    })
    await expect(failed).rejects.toThrow('No such letter')
    expect(await trailOf(id)).toEqual(['patel record-page 4'])
  })
})

describe('other doors', () => {
  test('a search writes what it looked for and whom it showed; without the permission it never runs', async () => {
    const { id } = await person()
    let ran = 0
    const search = async () => {
      ran += 1
      return [{ person: id }]
    }
    const find = (actor: Actor) =>
      withTrail(sql, (tx) => openFind(tx, actor, { what: 'patient-search', now, detail: { fields: ['name'] } }, search))
    expect(await find(drPatel)).toEqual([{ person: id, restricted: false }])
    expect(await kindOf(find(analyst))).toBe('forbidden')
    expect(ran).toBe(1)
    expect(await trailOf(id)).toEqual(['patel search-result 0'])
    const [line] = (await readAudit(sql, { what: ['patient-search'] })).lines.filter(({ outcome }) => outcome === 0)
    expect(line).toMatchObject({ action: 'E', detail: { fields: ['name'], found: 1 } })
  })

  test('feeds are for the analyst and not for the clinician', async () => {
    const feeds = (actor: Actor) => withTrail(sql, (tx) => openFeeds(tx, actor, { what: 'feeds', now }))
    expect(await kindOf(feeds(analyst))).toBe('opened')
    expect(await kindOf(feeds(drPatel))).toBe('forbidden')
    expect(mayStaff('clinician', 'mend-feeds')).toBe(false)
  })

  test('a system reads what its scopes name, and staff are no systems', async () => {
    const system: Actor = { kind: 'system', id: 'demo-system', name: 'Demo', scopes: ['system/Patient.rs'] }
    const read = (actor: Actor, type: string) =>
      withTrail(sql, (tx) => openSystem(tx, actor, { what: 'fhir', now, interaction: 'read', type }))
    expect(await read(system, 'Patient')).toMatchObject({ kind: 'everyone', pks: [] })
    expect(await kindOf(read(system, 'Observation'))).toBe('forbidden')
    expect(await kindOf(read(drPatel, 'Patient'))).toBe('forbidden')
  })

  test.each([
    ['system/*.cruds', 'delete', 'Patient', true],
    ['system/*.rs', 'create', 'Patient', false],
    ['system/*.read', 'search', 'Patient', true],
    ['system/Patient.*', 'update', 'Patient', true],
    ['system/Patient.cruds', 'read', '*', false],
    ['patient/*.cruds', 'read', 'Patient', false],
    ['system/Observation.rs?category=laboratory', 'read', 'Observation', false],
    ['system/*.', 'read', 'Patient', false],
  ] as const)('%s lets a system %s %s: %s', (scope, interaction, type, expected) => {
    expect(grantsScope([scope], { interaction, type })).toBe(expected)
  })
})

describe('sessions', () => {
  const minutes = (n: number) => new Date(now.getTime() + n * 60_000)
  const start = () => sql.begin((tx) => signIn(tx, drPatel, { now }))

  test('a session lives while it is used, and ends after 15 idle minutes', async () => {
    const token = await start()
    expect(await readSession(sql, token, minutes(14))).toEqual(drPatel)
    expect(await readSession(sql, token, minutes(28))).toEqual(drPatel)
    expect(await readSession(sql, token, minutes(44))).toBeUndefined()
  })

  test('no session outlives a working day, however busy', async () => {
    const token = await start()
    for (let at = 10; at < 12 * 60; at += 10) expect(await readSession(sql, token, minutes(at))).toEqual(drPatel)
    expect(await readSession(sql, token, minutes(12 * 60))).toBeUndefined()
  })

  test('after signing out the cookie is worth nothing, and the table holds no cookie', async () => {
    const token = await start()
    await sql.begin((tx) => signOut(tx, token, { now: minutes(1) }))
    expect(await readSession(sql, token, minutes(2))).toBeUndefined()
    const [{ text } = { text: '' }] = await sql<
      { text: string }[]
    >`select string_agg(session::text, ' ') as text from session`
    expect(text).not.toContain(token)
  })

  test('sessions that can never be used again are deleted, others are not', async () => {
    const [old, ended] = [await start(), await start()]
    await sql.begin((tx) => signOut(tx, ended, { now: minutes(1) }))
    const [fresh] = [await sql.begin((tx) => signIn(tx, drPatel, { now: minutes(24 * 60 - 5) }))]
    expect(await forgetSessions(sql, minutes(24 * 60))).toBeGreaterThanOrEqual(2)
    expect(await endedSession(sql, { token: old }, minutes(24 * 60))).toBeUndefined()
    expect(await readSession(sql, fresh, minutes(24 * 60))).toEqual(drPatel)
  })

  test('a page says when its session ends, and looking at the time alone never puts that off', async () => {
    const token = await start()
    const at = async (n: number, look?: 'page' | 'stay' | 'quiet') => {
      const live = await lookAtSession(sql, token, minutes(n), look)
      return live && (live.idleUntil.getTime() - now.getTime()) / 60_000
    }
    expect(await at(13, 'quiet')).toBe(15)
    expect(await at(14, 'quiet')).toBe(15)
    expect(await at(14, 'stay')).toBe(29)
    // Written at most once a minute: what is said is what holds.
    expect(await at(14.5)).toBe(29)
    expect(await at(20)).toBe(35)
    for (let n = 30; n < 720; n += 10) await at(n)
    expect(await at(719)).toBe(720)
    expect(await at(720)).toBeUndefined()
  })

  test('a session that is over says why, and never while somebody is in it', async () => {
    const why = async (token: string, n: number) => (await endedSession(sql, { token }, minutes(n)))?.why
    const idle = await start()
    expect(await why(idle, 14)).toBeUndefined()
    expect(await why(idle, 15)).toBe('idle')
    const long = await start()
    for (let n = 10; n < 720; n += 10) await readSession(sql, long, minutes(n))
    expect([await why(long, 719), await why(long, 720)]).toEqual([undefined, 'too-long'])
    const [out, switched] = [await start(), await start()]
    await sql.begin((tx) => signOut(tx, out, { now: minutes(1) }))
    await sql.begin((tx) => signOut(tx, switched, { now: minutes(1) }, 'switch-user'))
    expect([await why(out, 2), await why(switched, 2)]).toEqual(['sign-out', 'switch-user'])
    // The name that a browser is given in the cookie's place tells whose it was, and opens nothing.
    expect((await endedSession(sql, { name: sessionName(out) }, minutes(2)))?.actor).toEqual(drPatel)
    expect(await readSession(sql, sessionName(idle), minutes(1))).toBeUndefined()
  })

  test('the provider’s token is kept sealed, for as long as it can be needed', async () => {
    const proof = {
      issuer: 'https://idp.example',
      subject: 'patel',
      assurance: 'AAL3_ANY',
      idToken: 'header.claims.signature',
    }
    const token = await sql.begin((tx) => signIn(tx, drPatel, { now }, { proof, secrets: testSecrets }))
    const [row] = await sql<{ kept: string }[]>`select kept from session where kept is not null`
    expect(row?.kept).not.toContain('claims')
    await sql.begin((tx) => signOut(tx, token, { now: minutes(1) }))
    expect((await endedSession(sql, { token }, minutes(2), testSecrets))?.idToken).toBe('header.claims.signature')
    await forgetSessions(sql, minutes(40))
    expect((await endedSession(sql, { token }, minutes(40), testSecrets))?.idToken).toBeUndefined()
  })

  test('what was written stays sealed, for its writer alone, for a day', async () => {
    const ask = { what: 'draft-kept', now }
    const draft = { address: '/staff/patients/x/add/note', fields: { text: 'Coughed all night' } }
    const id = await sql.begin((tx) => keepDraft(tx, drPatel, draft, { secrets: testSecrets, ask, person: 'x' }))
    const nurse = { ...drPatel, id: 'adeyemi' }
    expect(await draftsOf(sql, drPatel, testSecrets, minutes(5))).toMatchObject([{ id, ...draft }])
    expect(await draftsOf(sql, nurse, testSecrets, minutes(5))).toEqual([])
    expect(JSON.stringify(await sql`select * from draft`)).not.toContain('Coughed')
    expect(await sql.begin((tx) => dropDraft(tx, nurse, id, ask))).toBe(false)
    expect(await draftsOf(sql, drPatel, testSecrets, minutes(24 * 60))).toEqual([])
    expect(await forgetDrafts(sql, minutes(24 * 60))).toBe(1)
    for (let n = 0; n < 7; n += 1)
      await sql.begin((tx) =>
        keepDraft(
          tx,
          drPatel,
          { ...draft, fields: { n: `${n}` } },
          { secrets: testSecrets, ask: { ...ask, now: minutes(n) } },
        ),
      )
    expect((await draftsOf(sql, drPatel, testSecrets, minutes(8))).map(({ fields }) => fields.n)).toEqual([
      '6',
      '5',
      '4',
      '3',
      '2',
    ])
    const [newest] = await draftsOf(sql, drPatel, testSecrets, minutes(8))
    expect(await sql.begin((tx) => dropDraft(tx, drPatel, newest?.id ?? '', ask))).toBe(true)
  })

  test('a made-up cookie opens nothing', async () => {
    for (const token of ['', 'x', 'a'.repeat(43), "'; drop table session; --"])
      expect(await readSession(sql, token, now)).toBeUndefined()
  })

  test('a form is taken only with the token of its own session', async () => {
    const token = await start()
    expect(isFormToken(token, formToken(token))).toBe(true)
    expect(isFormToken(token, formToken('other'))).toBe(false)
    expect(isFormToken(token, '')).toBe(false)
  })

  test('the stand-in signs in those on its list, and there is none in production', () => {
    const people = () => ({
      staff: [{ id: 'patel', name: 'Dr Patel', role: 'clinician' as const, organisation }],
      patients: [],
    })
    expect(standInProvider('demo', people)?.actorFor('patel')).toEqual(drPatel)
    expect(standInProvider('demo', people)?.actorFor('mallory')).toBeUndefined()
    expect(standInProvider('production', people)).toBeUndefined()
  })
})
