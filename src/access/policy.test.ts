import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { auditKinds, readAudit } from '../audit/index.ts'
import { hash64, type Pool, Problem } from '../base/index.ts'
import { readRecord, readRecordAt } from '../record/index.ts'
import {
  codeKey,
  readCompartments,
  readHistory,
  readResource,
  readVersion,
  type Scope,
  searchResources,
  typeNumber,
} from '../store/index.ts'
import {
  answerOtherQuestion,
  answerPolicyQuestion,
  beginActing,
  changePolicy,
  choicesOf,
  chooseSharing,
  decide,
  defaultPolicy,
  emergenciesWaiting,
  endProxy,
  hiddenFrom,
  type ListKind,
  limitedBy,
  listColumns,
  openInEmergency,
  openOwnRecord,
  openRecord,
  openRecordAt,
  openReviews,
  openSystem,
  openSystemSearch,
  optOutsOf,
  type Patient,
  type Policy,
  type ProxyAccess,
  parseList,
  parsePolicy,
  proxiesOf,
  readingRoles,
  readSession,
  roleNames,
  type Staff,
  type StaffRole,
  settleReview,
  signIn,
  situations,
  stopActing,
  takeInList,
  takeInOptOuts,
  withoutOptedOut,
  withTrail,
} from './index.ts'
import { nhsNumberKey } from './patient-person.ts'

let sql: Pool
beforeAll(async () => {
  ;({ sql } = await testDatabase({ policy: 'default' }))
})

const now = new Date('2026-11-22T10:00:00Z')
const practice = { code: 'Y99901', name: 'Riverside Surgery' }
const hospital = { code: 'RZ999', name: 'Riverton General' }
const someone = (role: StaffRole, organisation = practice, id = `${role}-${organisation.code}`): Staff => ({
  kind: 'staff',
  id,
  name: `Test ${role}`,
  role,
  organisation,
})
const gp = someone('clinician')
const officer = someone('privacy-officer', hospital)

let made = 0
type Body = Readonly<Record<string, unknown>> & { readonly resourceType: string }

/** A person with one Patient in a source, and facts beside it. */
async function person(
  facts: readonly Body[] = [],
  { patient = {}, traits = {} }: { readonly patient?: object; readonly traits?: object } = {},
): Promise<string> {
  made += 1
  const id = `p${made}`
  const pk = hash64(`Patient/${id}`)
  const said = {
    nhsNumber: `99900000${String(made).padStart(2, '0')}`,
    birthDate: '1960-05-04',
    family: `Family${made}`,
    given: ['Ada'],
    ...traits,
  }
  await sql`insert into person (id, created_at) values (${id}, ${now})`
  await sql`insert into person_link (pk, seq, person, source, patient_id, since, reason, explanation)
            values (${pk}, 1, ${id}, 'gp', ${id}, ${now}, 'new', '{}')`
  await sql`insert into person_traits (pk, patient_id, source, birth_date, postcode, traits, updated_at)
            values (${pk}, ${id}, 'gp', ${said.birthDate}, ${'postcode' in said ? String(said.postcode) : null}, ${sql.json(said)}, ${now})`
  await sql`insert into person_identifier (k, pk, system, value, verified, first_seen_at)
            values (${nhsNumberKey(said.nhsNumber)}, ${pk}, 'https://fhir.nhs.uk/Id/nhs-number', ${said.nhsNumber}, true, ${now})`
  await keep(pk, { resourceType: 'Patient', id, ...patient })
  for (const [n, fact] of facts.entries()) await keep(pk, { id: `${id}-${n}`, ...fact })
  return id
}

async function keep(pk: string, body: Body & { readonly id?: unknown }): Promise<void> {
  const ty = typeNumber(body.resourceType)
  made += 1
  const rid = String(1_000_000 + made)
  await sql`insert into resource (pk, ty, id, rid, ver, lu, d, d_hi) values (${pk}, ${ty}, ${String(body.id)}, ${rid}, 1, ${now}, '2026-11-01', 'infinity')`
  await sql`insert into resource_version (pk, rid, ty, id, ver, lu, op, source, message_id, body)
            values (${pk}, ${rid}, ${ty}, ${String(body.id)}, 1, ${now}, 'c', 'gp', 1, ${JSON.stringify(body)})`
}

const ods = (value: string) => ({ identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value } })
const ask = { what: 'record-page', now }
const open = (actor: Staff, id: string, at = now) =>
  withTrail(sql, (tx) => openRecord(tx, actor, id, { ...ask, now: at }))
const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'opened',
    (thrown: unknown) => {
      if (!(thrown instanceof Problem)) throw thrown
      return limitedBy(thrown)?.answer ?? thrown.kind
    },
  )
const breakGlass = (actor: Staff, id: string, at = now) =>
  withTrail(sql, (tx) => openInEmergency(tx, actor, { person: id, reason: 'life', note: '' }, { what: '', now: at }))
const trailOf = async (id: string) =>
  (await readAudit(sql, { persons: [id] })).lines.map(({ what, outcome: how, purpose }) => `${what} ${how} ${purpose}`)

describe('H-66 a record opens to those whom its own facts show to look after the person', () => {
  const registered = { generalPractitioner: [ods('Y99901')] }
  const stay = (more: object) => ({
    resourceType: 'Encounter',
    class: { code: 'IMP' },
    serviceProvider: ods('RZ999'),
    ...more,
  })
  const cases: readonly (readonly [string, Staff, readonly Body[], object, string])[] = [
    ['the practice where they are registered', gp, [], registered, 'registered-practice'],
    ['another practice', someone('clinician', { code: 'Y99902', name: 'Market' }), [], registered, 'break-glass'],
    [
      'the hospital they are in',
      someone('nurse', hospital),
      [stay({ status: 'in-progress', period: { start: '2026-11-20' } })],
      {},
      'admission',
    ],
    [
      'the hospital they left last week',
      someone('nurse', hospital),
      [stay({ status: 'finished', period: { start: '2026-11-01', end: '2026-11-15' } })],
      {},
      'recent-admission',
    ],
    [
      'the hospital they left in spring',
      someone('nurse', hospital),
      [stay({ status: 'finished', period: { start: '2026-03-01', end: '2026-03-15' } })],
      {},
      'break-glass',
    ],
    [
      'a hospital whose admission was cancelled',
      someone('nurse', hospital),
      [stay({ status: 'cancelled', period: { start: '2026-11-20' } })],
      {},
      'break-glass',
    ],
    [
      'where they have an appointment next week',
      someone('clinician', hospital),
      [
        {
          resourceType: 'Appointment',
          status: 'booked',
          start: '2026-11-29T09:00:00Z',
          participant: [{ actor: ods('RZ999') }],
        },
      ],
      {},
      'appointment',
    ],
    [
      'where an appointment was cancelled',
      someone('clinician', hospital),
      [
        {
          resourceType: 'Appointment',
          status: 'cancelled',
          start: '2026-11-29T09:00:00Z',
          participant: [{ actor: ods('RZ999') }],
        },
      ],
      {},
      'break-glass',
    ],
    [
      'to whom they are referred',
      someone('clinician', hospital),
      [{ resourceType: 'ServiceRequest', status: 'active', authoredOn: '2026-09-01', performer: [ods('RZ999')] }],
      {},
      'referral',
    ],
    [
      'to whom a referral ended',
      someone('clinician', hospital),
      [{ resourceType: 'ServiceRequest', status: 'completed', authoredOn: '2026-09-01', performer: [ods('RZ999')] }],
      {},
      'break-glass',
    ],
    [
      'the council with an open case',
      someone('social-worker', { code: 'COUNCIL', name: 'Council' }),
      [{ resourceType: 'EpisodeOfCare', status: 'active', managingOrganization: ods('COUNCIL') }],
      {},
      'open-case',
    ],
    [
      'their care team',
      someone('nurse', hospital),
      [{ resourceType: 'CareTeam', status: 'active', participant: [{ member: ods('RZ999') }] }],
      {},
      'care-team',
    ],
    [
      'a pharmacy that dispensed',
      someone('pharmacist', { code: 'FA999', name: 'Bridge' }),
      [
        {
          resourceType: 'MedicationDispense',
          status: 'completed',
          whenHandedOver: '2026-11-01',
          performer: [{ actor: ods('FA999') }],
        },
      ],
      {},
      'dispensed',
    ],
  ]
  test.each(cases)('%s', async (_name, actor, facts, patient, expected) => {
    const id = await person(facts, { patient })
    const got = await outcome(open(actor, id))
    if (expected === 'break-glass') expect(got).toBe('break-glass')
    else expect((await open(actor, id)).access?.relationships.map(({ kind }) => kind)).toContain(expected)
  })

  test('the words say which facts show it, and when it ends', async () => {
    const id = await person([
      {
        ...stay({ status: 'in-progress', period: { start: '2026-11-20' } }),
        location: [{ location: { display: 'W7' } }],
      },
    ])
    const { access } = await open(someone('clinician', hospital), id)
    expect(access?.relationships[0]?.words).toBe('Ward W7, admitted 20 November 2026')
    expect(access?.relationships[0]?.until).toBeUndefined()
  })

  test('a role that opens no records is refused, whatever it is to the person', async () => {
    const id = await person([], { patient: registered })
    for (const role of ['integration-analyst', 'booking-clerk', 'privacy-officer'] as const)
      expect(await outcome(open(someone(role), id))).toBe('forbidden')
  })
})

describe('H-67 emergency access', () => {
  test('opens at once with a reason, for an hour, and says so in the trail, to the patient and to the reviewers', async () => {
    const id = await person()
    expect(await outcome(open(gp, id))).toBe('break-glass')
    const { until } = await breakGlass(gp, id)
    expect(until).toEqual(new Date('2026-11-22T11:00:00Z'))
    expect((await open(gp, id)).access?.emergency?.until).toEqual(until)
    expect(await outcome(open(someone('clinician', practice, 'another'), id))).toBe('break-glass')
    expect(await outcome(open(gp, id, new Date('2026-11-22T11:00:01Z')))).toBe('break-glass')
    expect((await trailOf(id)).filter((line) => line.endsWith('ETREAT'))).toEqual([
      'record-page 0 ETREAT',
      'emergency-access 0 ETREAT',
    ])
    expect((await emergenciesWaiting(sql, { limit: 50 })).map((use) => use.person)).toContain(id)
  })

  test('opens the past of a record too, and nothing of it without', async () => {
    const id = await person()
    const past = () => withTrail(sql, (tx) => openRecordAt(tx, gp, id, ask, new Date('2026-11-22T09:59:00Z')))
    expect(await outcome(past())).toBe('break-glass')
    await breakGlass(gp, id)
    expect((await past()).access?.emergency).toBeDefined()
  })

  test('asking twice gives the same access once', async () => {
    const id = await person()
    expect((await breakGlass(gp, id)).id).toBe((await breakGlass(gp, id)).id)
  })

  test('is reviewed by a privacy officer, once, and never by whoever used it', async () => {
    const id = await person()
    const { id: use } = await breakGlass(gp, id)
    const settle = (actor: Staff) =>
      withTrail(sql, (tx) =>
        settleReview(tx, actor, { id: use, decision: 'right', note: 'Called the ward' }, { what: '', now }),
      )
    expect(await outcome(settle(gp))).toBe('forbidden')
    await sql`update emergency_access set staff = ${officer.id} where id = ${use}`
    expect(await outcome(settle(officer))).toBe('forbidden')
    await sql`update emergency_access set staff = ${gp.id} where id = ${use}`
    await settle(officer)
    const { waiting, reviewed } = await withTrail(sql, (tx) =>
      openReviews(tx, officer, { what: 'emergency-reviews', now }),
    )
    expect(waiting.map((one) => one.id)).not.toContain(use)
    expect(reviewed.find((one) => one.id === use)).toMatchObject({ decision: 'right', reviewNote: 'Called the ward' })
  })

  test('one’s own record never opens as staff, not even in an emergency', async () => {
    const id = await person([], {
      patient: { generalPractitioner: [ods('Y99901')] },
      traits: { nhsNumber: '9990099001' },
    })
    const me = someone('clinician', practice, 'me')
    await sql`insert into staff_person (staff, nhs_number, k, organisation) values ('me', '9990099001', ${nhsNumberKey('9990099001')}, 'Y99901')`
    expect(await outcome(open(me, id))).toBe('forbidden')
    expect(await outcome(breakGlass(me, id))).toBe('forbidden')
    expect(await outcome(open(gp, id))).toBe('reason') // a colleague's, though registered here
  })

  test('somebody of the same surname and address opens with a reason only, though they look after them', async () => {
    await person([], { traits: { nhsNumber: '9990099002', family: 'Same', postcode: 'ZE11AA' } })
    const other = await person([], {
      patient: { generalPractitioner: [ods('Y99901')] },
      traits: { family: 'same', postcode: 'ZE11AA' },
    })
    await sql`insert into staff_person (staff, nhs_number, k, organisation) values ('kin', '9990099002', ${nhsNumberKey('9990099002')}, 'ELSEWHERE')`
    expect(await outcome(open(someone('clinician', practice, 'kin'), other))).toBe('reason')
    expect(await outcome(open(gp, other))).toBe('opened')
  })

  test('a person who objects is seen in an emergency only, from the moment they say so', async () => {
    const id = await person([], { patient: { generalPractitioner: [ods('Y99901')] } })
    expect(await outcome(open(gp, id))).toBe('opened')
    await sql`insert into patient_choice (person, seq, kind, since, said_by, note) values (${id}, 1, 'no-sharing', ${now}, 'x', '')`
    expect(await outcome(open(gp, id))).toBe('break-glass')
    expect(await outcome(open(someone('pharmacist'), id))).toBe('forbidden')
  })

  test('restricted people whom one does not look after open in an emergency to doctors and nurses alone', async () => {
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }]
    const id = await person([], { patient: { meta: { security } } })
    expect(await outcome(open(gp, id))).toBe('break-glass')
    expect(await outcome(open(someone('nurse'), id))).toBe('break-glass')
    expect(await outcome(open(someone('pharmacist'), id))).toBe('forbidden')
    expect(await outcome(breakGlass(someone('pharmacist'), id))).toBe('forbidden')
  })
})

describe('the policy', () => {
  test('has an answer for every role that opens records in every situation, and none for others', () => {
    for (const situation of situations)
      for (const role of Object.keys(roleNames) as StaffRole[]) {
        const { answer } = decide(defaultPolicy, role, [situation])
        expect(answer).toBe(readingRoles.includes(role) ? defaultPolicy.people[situation][role] : 'refused')
      }
  })

  test('takes the strictest of the rules that hold', () => {
    expect(decide(defaultPolicy, 'nurse', ['relationship', 'family', 'objection'])).toEqual({
      answer: 'break-glass',
      situation: 'objection',
    })
    expect(decide(defaultPolicy, 'nurse', ['relationship', 'own', 'objection']).answer).toBe('refused')
    expect(decide(defaultPolicy, 'nurse', []).answer).toBe('refused')
  })

  test('is read whole or not at all', () => {
    expect(parsePolicy(JSON.parse(JSON.stringify(defaultPolicy)))).toEqual({ ok: true, value: defaultPolicy })
    for (const broken of [
      {},
      null,
      { ...defaultPolicy, people: {} },
      { ...defaultPolicy, limits: { ...defaultPolicy.limits, emergencyMinutes: 100_000 } },
      { ...defaultPolicy, people: { ...defaultPolicy.people, none: { clinician: 'yes' } } },
    ])
      expect(parsePolicy(broken).ok).toBe(false)
  })

  test('nobody but an officer changes it; a change holds at once, is kept with who and why, and never overwrites another’s', async () => {
    const id = await person()
    const closed: Policy = {
      ...defaultPolicy,
      people: { ...defaultPolicy.people, none: { ...defaultPolicy.people.none, nurse: 'refused' } },
    }
    const change = (actor: Staff, after: number) =>
      withTrail(sql, (tx) => changePolicy(tx, actor, { policy: closed, why: 'Tried here', after }, { what: '', now }))
    expect(await outcome(change(gp, 0))).toBe('forbidden')
    expect(await outcome(open(someone('nurse'), id))).toBe('break-glass')
    expect(await change(officer, 0)).toBe(1)
    expect(await outcome(open(someone('nurse'), id))).toBe('forbidden')
    expect(await outcome(open(gp, id))).toBe('break-glass')
    expect(await outcome(change(officer, 0))).toBe('conflict')
    await withTrail(sql, (tx) =>
      changePolicy(tx, officer, { policy: defaultPolicy, why: 'And back', after: 1 }, { what: '', now }),
    )
    expect(await outcome(open(someone('nurse'), id))).toBe('break-glass')
    const { lines } = await readAudit(sql, { what: ['policy-changed'] })
    expect(lines.filter(({ outcome: how }) => how === 0).map(({ detail }) => detail?.changed)).toEqual([
      ['people.none.nurse'],
      ['people.none.nurse'],
    ])
  })

  test('answers "would this person see that?" as the door would, and writes down who asked', async () => {
    const id = await person()
    const answer = await withTrail(sql, (tx) =>
      answerPolicyQuestion(tx, officer, { as: gp, person: id }, { what: 'policy-question', now }),
    )
    expect(answer.decision).toEqual({ answer: 'break-glass', situation: 'none' })
    expect(await trailOf(id)).toEqual(['policy-question 0 HOPERAT'])
    expect(
      await outcome(
        withTrail(sql, (tx) => answerPolicyQuestion(tx, gp, { as: gp, person: id }, { what: 'policy-question', now })),
      ),
    ).toBe('forbidden')
  })

  test('hides kinds of facts by role, and more in an emergency', () => {
    expect(hiddenFrom(defaultPolicy, 'nurse', { emergency: false })).toEqual([
      'sealed',
      'assisted-conception',
      'gender',
      'termination',
    ])
    expect(hiddenFrom(defaultPolicy, 'clinician', { emergency: false })).toEqual(['gender'])
    expect(hiddenFrom(defaultPolicy, 'clinician', { emergency: true })).toEqual([
      'assisted-conception',
      'gender',
      'termination',
    ])
  })
})

describe('H-68 what a rule hides is told as Hidden, never as absent, and its words never leave the database', () => {
  const sealed = {
    resourceType: 'Condition',
    code: { coding: [{ code: '70317007' }], text: 'Secret words' },
    clinicalStatus: { coding: [{ code: 'active' }] },
  }
  const plain = {
    resourceType: 'Condition',
    code: { text: 'Asthma' },
    clinicalStatus: { coding: [{ code: 'active' }] },
  }
  const allergy = {
    resourceType: 'AllergyIntolerance',
    code: { text: 'Penicillin' },
    clinicalStatus: { coding: [{ code: 'active' }] },
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }] },
  }
  const patient = { generalPractitioner: [ods('Y99901')] }

  test('in the record, searches, single reads and histories, for the roles of the rule and no others', async () => {
    const id = await person([sealed, plain, allergy], { patient })
    const secret = (await sql<{ id: string }[]>`select id from resource where id = ${`${id}-0`}`)[0]?.id ?? ''
    const see = (role: StaffRole) =>
      withTrail(sql, async (tx) => {
        const opened = await openRecord(tx, someone(role), id, ask)
        const { scope } = opened
        const record = await readRecord(tx, opened, now)
        const found = await searchResources(tx, scope, { type: 'Condition', parameters: [['_total', 'accurate']] })
        const one = { type: 'Condition', id: secret }
        return {
          problems: record.problems.map(({ title }) => title).toSorted(),
          hidden: record.hidden.length,
          allergies: record.allergies.state,
          found: found.entries.length,
          total: found.total?.count,
          held: (await readCompartments(tx, scope)).filter(({ type }) => type === 'Condition').length,
          words: JSON.stringify(record).includes('Secret'),
          read: await outcome(readResource(tx, scope, one)),
          history: await outcome(readHistory(tx, scope, one)),
          version: await outcome(readVersion(tx, scope, one, 1)),
        }
      })
    expect(await see('nurse')).toEqual({
      problems: ['Asthma', 'Hidden'],
      hidden: 1,
      allergies: 'known-allergies',
      found: 1,
      total: 1,
      held: 1,
      words: false,
      read: 'forbidden',
      history: 'forbidden',
      version: 'forbidden',
    })
    expect(await see('clinician')).toMatchObject({
      problems: ['Asthma', 'Secret words'],
      hidden: 0,
      found: 2,
      read: 'opened',
    })
  })

  test('in the past of the record', async () => {
    const id = await person([sealed], { patient })
    const seen = await withTrail(sql, async (tx) => {
      const opened = await openRecordAt(tx, someone('nurse'), id, ask, now)
      return (await readRecordAt(tx, opened)).record
    })
    expect(seen.problems.map(({ title }) => title)).toEqual(['Hidden'])
    expect(JSON.stringify(seen)).not.toContain('Secret')
  })
})

describe('H-86 who acts for another sees no more than they may, and for no longer', () => {
  const sam: Patient = {
    kind: 'patient',
    id: 'sam',
    name: 'Sam Parent',
    nhsNumber: '9990000018',
    birthDate: '1985-01-01',
  }
  let numbers = 0
  /** A child of so many years, with a sensitive entry, a medicine and a plain entry; and Sam as their proxy. */
  async function child(years: number, said: Partial<ProxyAccess> = {}, patient: object = {}) {
    numbers += 1
    const nhsNumber = `99911111${String(numbers).padStart(2, '0')}`
    const birthDate = `${2026 - years}-05-04`
    const reference = { subject: { reference: `Patient/p${made + 1}` } }
    const id = await person(
      [
        {
          resourceType: 'Condition',
          ...reference,
          code: { coding: [{ code: '86406008', display: 'Secret illness' }] },
        },
        { resourceType: 'Condition', ...reference, code: { text: 'Secret safeguarding concern' } },
        { resourceType: 'Condition', ...reference, code: { text: 'Asthma' } },
        {
          resourceType: 'MedicationRequest',
          ...reference,
          status: 'active',
          intent: 'order',
          medicationCodeableConcept: { text: 'Salbutamol' },
        },
      ],
      { patient, traits: { nhsNumber, birthDate, given: ['Robin'], family: 'Parent' } },
    )
    const row = { basis: 'parent', sees: 'whole', goesOn: false, until: new Date('2027-06-01'), ...said } as const
    await sql`insert into proxy_access (id, carer_nhs_number, carer_birth_date, nhs_number, birth_date, basis, sees, goes_on, verified_by, verified_on, since, until, ended_at)
              values (${`proxy-${id}`}, ${said.carerNhsNumber ?? sam.nhsNumber}, ${sam.birthDate}, ${nhsNumber}, ${birthDate}, ${row.basis}, ${row.sees}, ${row.goesOn},
                      'Riverside Surgery', '2026-01-01', '2026-01-01', ${row.until}, ${said.endedAt ?? null})`
    return { id, self: { kind: 'patient', id, name: 'Robin', nhsNumber, birthDate } as Patient, proxy: `proxy-${id}` }
  }
  const acting = (proxy: string): Patient => ({ ...sam, actingFor: { proxy, name: 'Robin Parent' } })
  const look = (actor: Patient) =>
    withTrail(sql, async (tx) => {
      const opened = await openOwnRecord(tx, actor, ask)
      return { opened, text: JSON.stringify(await readRecord(tx, opened, now)) }
    })

  test('a parent opens a child’s record, without what is sensitive and without a sign of it; the trail says who acted', async () => {
    const { id, proxy } = await child(8)
    const { opened, text } = await look(acting(proxy))
    expect(opened.person).toBe(id)
    expect([/Asthma/, /Salbutamol/, /Secret/, /Hidden/].map((words) => words.test(text))).toEqual([
      true,
      true,
      false,
      false,
    ])
    const [line] = (await readAudit(sql, { persons: [id] })).lines
    expect([line?.actor.name, line?.outcome, line?.detail?.proxy]).toEqual(['Sam Parent', 0, proxy])
  })

  test('somebody who helps with medicines sees medicines, and nothing else', async () => {
    const { proxy } = await child(40, { basis: 'consent', sees: 'medicines' })
    const { text } = await look(acting(proxy))
    expect([/Salbutamol/, /Asthma/, /Secret/].map((words) => words.test(text))).toEqual([true, false, false])
  })

  test.each<readonly [string, number, Partial<ProxyAccess>, object, string]>([
    ['a child of ten', 10, {}, {}, 'opened'],
    ['on the eleventh birthday it ends', 11, {}, {}, 'forbidden'],
    ['it goes on where a clinician agreed', 12, { goesOn: true }, {}, 'opened'],
    ['at sixteen it ends, whoever agreed', 16, { goesOn: true }, {}, 'forbidden'],
    ['at sixteen by their own consent', 16, { basis: 'consent' }, {}, 'opened'],
    ['an attorney of an adult', 80, { basis: 'attorney' }, {}, 'opened'],
    ['an attorney of somebody of seventeen', 17, { basis: 'attorney' }, {}, 'forbidden'],
    ['its time has run out', 8, { until: new Date('2026-11-22T10:00:00Z') }, {}, 'forbidden'],
    ['it was ended', 8, { endedAt: new Date('2026-11-01') }, {}, 'forbidden'],
    ['it is somebody else’s', 8, { carerNhsNumber: '9990000026' }, {}, 'forbidden'],
    [
      'the child is restricted: they may hide from this very person',
      8,
      {},
      { meta: { security: [{ code: 'R' }] } },
      'forbidden',
    ],
  ])('%s', async (_, years, said, patient, expected) => {
    const { id, proxy } = await child(years, said, patient)
    expect(await outcome(look(acting(proxy)))).toBe(expected)
    if (expected === 'forbidden' && said.carerNhsNumber === undefined)
      expect((await trailOf(id))[0]).toBe('record-page 4 PATRQT')
  })

  test('the officer’s question about them is answered as their look is', async () => {
    for (const [years, said] of [
      [8, {}],
      [12, {}],
      [8, { endedAt: new Date('2026-11-01') }],
    ] as const) {
      const { id, proxy } = await child(years, said)
      const answer = await withTrail(sql, (tx) =>
        answerOtherQuestion(
          tx,
          officer,
          { kind: 'proxy', who: sam.nhsNumber, person: id },
          { what: 'policy-question', now },
        ),
      )
      expect(answer.sees ? 'opened' : 'forbidden').toBe(await outcome(look(acting(proxy))))
      expect(answer.hidden).toContain('safeguarding')
      const stranger = { kind: 'proxy', who: '9990000026', person: id } as const
      expect((await withTrail(sql, (tx) => answerOtherQuestion(tx, officer, stranger, ask))).sees).toBe(false)
      expect(await outcome(withTrail(sql, (tx) => answerOtherQuestion(tx, gp, stranger, ask)))).toBe('forbidden')
    }
    const { id } = await child(8, {}, { meta: { security: [{ code: 'R' }] } })
    for (const [person, sees] of [
      [id, false],
      [(await child(8)).id, true],
    ] as const) {
      const question = { kind: 'system', who: 'lab-7', person } as const
      expect((await withTrail(sql, (tx) => answerOtherQuestion(tx, officer, question, ask))).sees).toBe(sees)
    }
  })

  test('a session begins to act only by a proxy of its own that stands, and is itself again when it stops', async () => {
    const { proxy } = await child(8)
    const foreign = await child(8, { carerNhsNumber: '9990000026' })
    const token = await withTrail(sql, (tx) => signIn(tx, sam, { now }))
    const begin = (of: string) => withTrail(sql, (tx) => beginActing(tx, sam, token, of, ask))
    expect(await outcome(begin(foreign.proxy))).toBe('forbidden')
    expect(await readSession(sql, token, now)).toEqual(sam)
    await begin(proxy)
    expect(await readSession(sql, token, now)).toEqual(acting(proxy))
    await withTrail(sql, (tx) => stopActing(tx, acting(proxy), token, ask))
    expect(await readSession(sql, token, now)).toEqual(sam)
  })

  test('a young person with an account ends a parent’s access at once; an attorney’s is not theirs to end', async () => {
    const { self, proxy } = await child(14, { goesOn: true })
    expect((await proxiesOf(sql, self, now)).map(({ id }) => id)).toEqual([proxy])
    const stranger = { ...self, nhsNumber: '9990000026' }
    expect(await sql.begin((tx) => endProxy(tx, stranger, proxy, now))).toBe(false)
    expect(await outcome(look(acting(proxy)))).toBe('opened')
    expect(await sql.begin((tx) => endProxy(tx, self, proxy, now))).toBe(true)
    expect(await outcome(look(acting(proxy)))).toBe('forbidden')
    const adult = await child(80, { basis: 'attorney' })
    expect(await sql.begin((tx) => endProxy(tx, adult.self, adult.proxy, now))).toBe(false)
  })

  test('a child below the age of the policy has no account of their own', async () => {
    expect(await outcome(look((await child(12)).self))).toBe('forbidden')
    expect(await outcome(look((await child(13)).self))).toBe('opened')
  })
})

describe('H-87 what a person chose about sharing holds at once, for staff and systems, until they take it back', () => {
  test('they object, and share again; nobody who acts for them does so', async () => {
    const nhsNumber = '9990222222'
    const id = await person([], {
      patient: { generalPractitioner: [ods('Y99901')] },
      traits: { nhsNumber, birthDate: '1960-05-04' },
    })
    const self: Patient = { kind: 'patient', id: 'self', name: 'Self', nhsNumber, birthDate: '1960-05-04' }
    const choose = (choice: 'object' | 'share', actor = self) =>
      withTrail(sql, async (tx) => {
        const opened = await openOwnRecord(tx, self, ask)
        await chooseSharing(tx, actor, opened, choice, ask)
      })
    const pharmacist = someone('pharmacist')
    const system = { kind: 'system', id: 'any', name: 'Any', scopes: ['system/*.rs'] } as const
    const seen = () =>
      Promise.all([
        outcome(open(gp, id)),
        outcome(open(pharmacist, id)),
        outcome(
          withTrail(sql, async (tx) => {
            const scope = await openSystem(tx, system, { what: 'fhir-read', now, interaction: 'read', type: 'Patient' })
            return await readResource(tx, scope, { type: 'Patient', id })
          }),
        ),
      ])
    expect(await seen()).toEqual(['opened', 'opened', 'opened'])
    await choose('object')
    await choose('object')
    expect(await choicesOf(sql, [id])).toHaveLength(1)
    expect(await seen()).toEqual(
      ['break-glass', 'refused', 'forbidden'].map((one) => (one === 'refused' ? 'forbidden' : one)),
    )
    expect(await outcome(choose('share', { ...self, actingFor: { proxy: 'x', name: '' } }))).toBe('forbidden')
    await choose('share')
    expect(await seen()).toEqual(['opened', 'opened', 'opened'])
    expect((await trailOf(id)).filter((line) => line === 'choice-changed 0 PATRQT')).toHaveLength(3)
  })
})

describe('H-88 family is known by what members of staff declared, too', () => {
  test('a declared relative opens with a reason only', async () => {
    const id = await person([], {
      patient: { generalPractitioner: [ods('Y99901')] },
      traits: { nhsNumber: '9990333333' },
    })
    expect(await outcome(open(gp, id))).toBe('opened')
    await sql`insert into staff_family (staff, nhs_number) values (${gp.id}, '9990333333')`
    expect(await outcome(open(gp, id))).toBe('reason')
    await sql`delete from staff_family`
  })

  test('lists are taken in whole or not at all: each mistake by its line, and no value repeated', async () => {
    const take = (kind: Exclude<ListKind, 'opt-outs'>, text: string) => {
      const read = parseList(kind, text)
      if (!read.ok) throw new Error(JSON.stringify(read.issues))
      return sql.begin((tx) => takeInList(tx, kind, read.value, now))
    }
    const id = await person([], {
      patient: { generalPractitioner: [ods('Y99901')] },
      traits: { nhsNumber: '9990000050', birthDate: '1990-05-04' },
    })
    await take('staff', `Staff,NHS_number,organisation\r\n${gp.id},"999 000 0050",Y99901\r\n`)
    expect(await outcome(open(gp, id))).toBe('forbidden')
    await take('staff', 'organisation,staff,nhs_number\nY99901,somebody,9990000050\n')
    expect(await outcome(open(gp, id))).toBe('reason')
    await take('staff', 'organisation,staff,nhs_number\nY99901,another,9990000069\n')
    await take('families', `staff,nhs_number\n${gp.id},9990000050`)
    expect(await outcome(open(gp, id))).toBe('reason')
    await sql`delete from staff_family`
    await sql`delete from staff_person`

    const head = listColumns.proxies.join(',')
    const line = 'x1,9990000018,1985-01-01,9990000050,1990-05-04,consent,whole,no,"Riverside, Surgery",2026-01-01,'
    expect(await take('proxies', `${head}\n${line}2027-01-01`)).toBe(1)
    const carer: Patient = { kind: 'patient', id: 'c', name: 'C', nhsNumber: '9990000018', birthDate: '1985-01-01' }
    const self: Patient = { ...carer, nhsNumber: '9990000050', birthDate: '1990-05-04' }
    const look = () =>
      withTrail(sql, (tx) => openOwnRecord(tx, { ...carer, actingFor: { proxy: 'x1', name: '' } }, ask))
    expect((await look()).person).toBe(id)
    await sql.begin((tx) => endProxy(tx, self, 'x1', now))
    expect(await take('proxies', `${head}\n${line}2028-01-01`)).toBe(0)
    expect(await outcome(look())).toBe('forbidden')

    const wrong = parseList('proxies', `${head}\nx 1,9990000019,1985,,2010-13-01,friend,all,maybe,,soon,never\nx2,1`)
    const places = wrong.ok ? [] : wrong.issues.map(({ place }) => place)
    expect(places.filter((place) => place.startsWith('line 2'))).toHaveLength(11)
    expect(places).toContain('line 3')
    expect(JSON.stringify(wrong)).not.toMatch(/9990000019|friend/)
    for (const broken of ['', 'staff\nx', 'staff,nhs_number\n\n']) expect(parseList('families', broken).ok).toBe(false)
  })
})

describe('H-69 opt-outs from uses beyond care', () => {
  test('leave out who stands on the national list, and comes back when it does not name them any more', async () => {
    const [out, stays] = [await person([], { traits: { nhsNumber: '9990088001' } }), await person()]
    await takeInOptOuts(sql, ['9990088001'], now)
    expect(await withoutOptedOut(sql, [out, stays])).toEqual({ persons: [stays], national: 1, type1: 0 })
    expect(await optOutsOf(sql, out, now)).toEqual(['The national data opt-out stands'])
    expect(await seenBeyondCare([out, stays])).toEqual([stays])
    await takeInOptOuts(sql, ['9990088019'], now)
    expect(await seenBeyondCare([out, stays])).toEqual([out, stays])
    expect((await withoutOptedOut(sql, [out, stays])).persons).toEqual([out, stays])
    for (const broken of [[], ['9990088001', 'NHS number']])
      expect(await outcome(takeInOptOuts(sql, broken, now))).toBe('invalid')
  })

  test('leave out whose GP record holds a Type 1 opt-out, until a later entry withdraws it', async () => {
    const id = await person()
    const code = async (read: string, on: string) => {
      made += 1
      const pk = hash64(`Patient/${id}`)
      const rid = String(1_000_000 + made)
      const ty = typeNumber('Observation')
      await sql`insert into resource (pk, ty, id, rid, ver, lu, d, d_hi) values (${pk}, ${ty}, ${`o${made}`}, ${rid}, 1, ${now}, ${on}, ${on})`
      await sql`insert into resource_code (pk, ck, d, rid, ty, id) values (${pk}, ${codeKey('Observation', 'code', read)}, ${on}, ${rid}, ${ty}, ${`o${made}`})`
    }
    await code('9Nu0.', '2020-01-01')
    expect(await withoutOptedOut(sql, [id])).toEqual({ persons: [], national: 0, type1: 1 })
    expect(await seenBeyondCare([id])).toEqual([])
    await code('9Nu1.', '2022-01-01')
    expect((await withoutOptedOut(sql, [id])).persons).toEqual([id])
    expect(await seenBeyondCare([id])).toEqual([id])
  })

  /** Whom a system that is registered for research or planning finds and reads; one for care sees them all. */
  async function seenBeyondCare(ids: readonly string[]): Promise<readonly string[]> {
    const look = (uses: 'care' | 'beyond-care') =>
      withTrail(sql, async (tx) => {
        const actor = { kind: 'system', id: uses, name: 'Test', scopes: ['system/*.rs'], uses } as const
        const find = async (scope: Scope) =>
          (await searchResources(tx, scope, { type: 'Patient', parameters: [['_id', ids.join(',')]] })).entries
        const said = { what: 'fhir-search', now, type: 'Patient' }
        const found = await openSystemSearch(tx, actor, said, async (scope) => ({
          value: (await find(scope)).map(({ id }) => id),
          found: 0,
          people: 0,
        }))
        const scope = await openSystem(tx, actor, { ...said, interaction: 'read' })
        for (const id of ids) {
          const read = await outcome(readResource(tx, scope, { type: 'Patient', id }))
          expect([id, read]).toEqual([id, found.includes(id) ? 'opened' : 'forbidden'])
        }
        return ids.filter((id) => found.includes(id))
      })
    expect(await look('care')).toEqual(ids)
    return await look('beyond-care')
  }

  test('every way by which facts leave says which use it is for; one that is not for care must ask first', () => {
    const uses: Readonly<Record<string, 'care' | 'no-facts'>> = {
      'summary-export': 'care',
      'summary-print': 'care',
      'downtime-pack': 'care',
      'trail-export': 'no-facts',
      'trail-exported': 'no-facts',
    }
    const ways = Object.keys(auditKinds).filter((what) => /export|print|pack|extract|bulk/.test(what))
    expect(ways.filter((what) => uses[what] === undefined)).toEqual([])
  })
})
