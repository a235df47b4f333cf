/** What waits for whom: made from facts, followed through changes, kept when people answer. @see hazards H-47 to H-50 */
import type { DiagnosticReport, FhirResource, Observation } from 'fhir/r4.js'
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import type { Staff, StaffRole } from '../access/index.ts'
import { opaqueId, type Pool, silentLog, timeOrderedIds } from '../base/index.ts'
import { fileSubjects, mergePatients, personOf, undoMerge } from '../identity/index.ts'
import { patientKey, resourceKey, type Write, writeResources } from '../store/index.ts'
import { acknowledge, acksOf, undoAcknowledgement } from './acknowledge.ts'
import { noteColleagues } from './colleagues.ts'
import { type Follower, makeFollower } from './follow.ts'
import { readList } from './lists.ts'
import { handOverResult, openResultsOf, readResultItems, resultWork } from './result-work.ts'
import { checkWorklist } from './self-check.ts'
import { changeTask, makeTask, readTask, taskEvents, tasksOf, taskWork } from './tasks.ts'
import type { WorkLine } from './work-kind.ts'

let sql: Pool
let clock = new Date('2026-11-20T09:00:00Z')
let follower: Follower
const later = (hours: number) => {
  clock = new Date(clock.getTime() + hours * 3_600_000)
}

const staff = (id: string, role: StaffRole, organisation: string, codes: readonly string[] = []): Staff => ({
  kind: 'staff',
  id,
  name: `Dr ${id}`,
  role,
  organisation: { code: organisation, name: `Organisation ${organisation}` },
  codes,
})
const ward = staff('Fenwick', 'clinician', 'RZ999', ['https://fhir.hl7.org.uk/Id/gmc-number|1234567'])
const wardToo = staff('Adewale', 'nurse', 'RZ999')
const gp = staff('Rao', 'clinician', 'Y99901')
const analyst = staff('Pryce', 'integration-analyst', 'RZ999')

let number = 0
const nextId = timeOrderedIds(() => new Date(clock.getTime() + number++))

async function tell(patient: string, resources: readonly FhirResource[], source = 'lab'): Promise<void> {
  later(0.001)
  const writes = resources.map(
    (resource): Write => ({
      pk: ['Practitioner', 'Organization', 'Location'].includes(resource.resourceType)
        ? resourceKey(resource.resourceType, resource.id ?? '')
        : patientKey(patient),
      resource: resource as Write['resource'],
      op: 'put',
      fresh: false,
      source,
      messageId: '1',
    }),
  )
  await sql.begin((tx) => writeResources(tx, writes, { now: clock, nextId }))
  await follower.keepUp()
}

async function register(patient: string, source = 'lab', practice?: string): Promise<void> {
  await sql.begin((tx) =>
    fileSubjects(tx, [{ patientId: patient, source, traits: { family: `Family${patient}`, given: ['Ada'] } }], {
      now: clock,
    }),
  )
  await tell(
    patient,
    [
      {
        resourceType: 'Patient',
        id: patient,
        name: [{ family: `Family${patient}`, given: ['Ada'] }],
        ...(practice
          ? {
              generalPractitioner: [
                { identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: practice } },
              ],
            }
          : {}),
      },
    ],
    source,
  )
}

const result = (id: string, value: number, flag = '', status: Observation['status'] = 'final'): Observation => ({
  resourceType: 'Observation',
  id,
  status,
  code: { text: 'Potassium' },
  valueQuantity: { value, unit: 'mmol/L' },
  ...(flag ? { interpretation: [{ coding: [{ code: flag }] }] } : {}),
})
const report = (id: string, results: readonly string[], more: Partial<DiagnosticReport> = {}): DiagnosticReport => ({
  resourceType: 'DiagnosticReport',
  id,
  status: 'final',
  code: { text: 'Urea and electrolytes' },
  result: results.map((one) => ({ reference: `Observation/${one}` })),
  issued: clock.toISOString(),
  ...more,
})

const page = (worker: Staff, limit = 50, offset = 0) => resultWork.page(sql, worker, { now: clock, limit, offset })
const waitsFor = async (worker: Staff, patient: string): Promise<WorkLine | undefined> => {
  const person = await personOf(sql, patientKey(patient))
  return (await page(worker)).find((line) => line.person === person)
}
async function seenOf(patient: string) {
  const items = await openResultsOf(sql, ward, [patientKey(patient)], clock)
  return items.map(({ id, content }) => ({ item: id, content }))
}
const ack = (by: Staff, seen: readonly { item: string; content: string }[], note = '') =>
  sql.begin((tx) => acknowledge(tx, seen, { by, now: clock, action: 'noted', note }))

beforeAll(async () => {
  sql = (await testDatabase()).sql
  follower = makeFollower({
    pool: sql,
    clock: () => clock,
    log: silentLog,
    resultRoles: ['clinician', 'nurse'],
    taskRoles: ['clinician', 'nurse', 'pharmacist', 'social-worker'],
  })
  for (const [id, kind, organisation] of [
    ['lab', 'laboratory', 'RZ999'],
    ['pas', 'acute', 'RZ999'],
    ['surgery', 'gp', 'Y99901'],
  ] as const)
    await sql`insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, created_at, updated_at)
              values (${id}, ${id}, ${kind}, ${organisation}, ${`Organisation ${organisation}`}, '{fhir}', ${id}, ${clock}, ${clock})`
  await noteColleagues(sql, [ward, wardToo, gp, analyst], clock)
})

test('H-47 a result with no owner in the facts stands at the top of the sender’s clinicians at once', async () => {
  await register('a1')
  await tell('a1', [result('o1', 4.1), report('r1', ['o1'])])
  expect(await waitsFor(ward, 'a1')).toMatchObject({
    owner: 'Nobody',
    surfaced: 'no-owner',
    title: 'Urea and electrolytes',
  })
  expect(await waitsFor(gp, 'a1')).toBeUndefined()
  expect(await resultWork.count(sql, ward, clock)).toEqual({ open: 1, surfaced: 1 })
})

test('a result that a GP asked for is the registered practice’s, whoever sent it', async () => {
  await register('a2', 'lab', 'Y99901')
  const requester: FhirResource = {
    resourceType: 'Practitioner',
    id: 'gp1',
    identifier: [{ system: 'https://fhir.hl7.org.uk/Id/gmp-number', value: 'G9900001' }],
  }
  const request = {
    resourceType: 'ServiceRequest',
    id: 's2',
    status: 'active',
    intent: 'order',
    subject: { reference: 'Patient/a2' },
    requester: { reference: 'Practitioner/gp1', display: 'Dr Duty' },
  } as const
  await tell('a2', [
    requester,
    request,
    result('o2', 4.1),
    report('r2', ['o2'], { basedOn: [{ reference: 'ServiceRequest/s2' }] }),
  ])
  expect(await waitsFor(gp, 'a2')).toMatchObject({
    owner: 'Organisation Y99901',
    surfaced: '',
    note: expect.stringContaining('Asked for by Dr Duty'),
  })
  expect(await waitsFor(ward, 'a2')).toBeUndefined()
})

test('a result that a colleague asked for is theirs, and surfaces to everyone there when it is overdue or they have left', async () => {
  await register('a3')
  const requester: FhirResource = {
    resourceType: 'Practitioner',
    id: 'd1',
    identifier: [{ system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '1234567' }],
  }
  const request = {
    resourceType: 'ServiceRequest',
    id: 's3',
    status: 'active',
    intent: 'order',
    subject: { reference: 'Patient/a3' },
    requester: { reference: 'Practitioner/d1' },
  } as const
  await tell('a3', [
    requester,
    request,
    result('o3', 7.1, 'H'),
    report('r3', ['o3'], { basedOn: [{ reference: 'ServiceRequest/s3' }] }),
  ])
  expect(await waitsFor(ward, 'a3')).toMatchObject({ owner: 'You', gravity: 'abnormal', surfaced: '' })
  expect(await waitsFor(wardToo, 'a3')).toBeUndefined()
  later(25)
  expect(await waitsFor(wardToo, 'a3')).toMatchObject({ owner: 'Dr Fenwick', surfaced: 'overdue' })

  await register('a4')
  await tell('a4', [
    { ...request, id: 's4' },
    result('o4', 4),
    report('r4', ['o4'], { basedOn: [{ reference: 'ServiceRequest/s4' }] }),
  ])
  await noteColleagues(sql, [{ ...ward, organisation: { code: 'RZ111', name: 'Elsewhere' } }], clock)
  later(1)
  await follower.keepUp()
  expect(await waitsFor(wardToo, 'a4')).toMatchObject({ surfaced: 'owner-left' })
  await noteColleagues(sql, [ward], clock)
})

test('H-48 what the laboratory calls critical stands first, then what has surfaced, then abnormal, then the rest', async () => {
  for (const [patient, value, flag] of [
    ['b1', 4, ''],
    ['b2', 5.9, 'H'],
    ['b3', 7.2, 'HH'],
  ] as const) {
    await register(patient, 'lab')
    await tell(patient, [result(`o${patient}`, value, flag), report(`r${patient}`, [`o${patient}`])])
    const [item] = await seenOf(patient)
    await sql.begin((tx) => handOverResult(tx, item?.item ?? '', { home: 'Y99901' }))
    await sql`update result_item set due_at = ${new Date(clock.getTime() + 3_600_000)} where item = ${item?.item ?? ''}`
  }
  const mine = (await page(gp)).filter(({ title }) => title === 'Urea and electrolytes').map(({ gravity }) => gravity)
  expect(mine.slice(0, 1)).toEqual(['critical'])
  expect(mine.indexOf('abnormal')).toBeLessThan(mine.lastIndexOf('ordinary'))
})

test('outside the laboratory’s own limits counts as abnormal without a flag; in another unit nothing is compared', async () => {
  await register('b4')
  const limited = (id: string, unit: string) => ({ ...result(id, 9), referenceRange: [{ high: { value: 5.3, unit } }] })
  await tell('b4', [limited('ob4', 'mmol/L'), report('rb4', ['ob4'])])
  expect(await waitsFor(ward, 'b4')).toMatchObject({ gravity: 'abnormal' })
  await register('b5')
  await tell('b5', [limited('ob5', 'mg/dL'), report('rb5', ['ob5'])])
  expect(await waitsFor(ward, 'b5')).toMatchObject({ gravity: 'ordinary' })
})

test('history, a GP system’s own copy and what is only registered are in the record and ask nobody', async () => {
  await register('c1')
  await tell('c1', [result('oc1', 4), report('rc1', ['oc1'], { issued: '2026-09-01T09:00:00Z' })])
  await tell('c1', [report('rc2', [], { status: 'registered' })])
  await tell('c1', [report('rc3', [])], 'surgery')
  expect(await openResultsOf(sql, ward, [patientKey('c1')], clock)).toEqual([])
})

test('the same message again makes no second item, and does not ask again', async () => {
  await register('d1')
  await tell('d1', [result('od1', 4), report('rd1', ['od1'])])
  await ack(ward, await seenOf('d1'), 'Fine')
  await tell('d1', [result('od1', 4), report('rd1', ['od1'])])
  const again = makeFollower({
    pool: sql,
    clock: () => clock,
    log: silentLog,
    resultRoles: ['clinician', 'nurse'],
    taskRoles: [],
  })
  await sql`update follow_cursor set head_at = ${new Date(0)}, head_rid = 0, tail_at = ${new Date(0)}`
  while ((await again.keepUp()).behind);
  expect(await seenOf('d1')).toEqual([])
  expect(await sql`select from result_item where id = 'rd1'`).toHaveLength(1)
})

test('H-49 a result that says something else asks again, also when only its value changed beneath the same report', async () => {
  await register('e1')
  await tell('e1', [result('oe1', 4), report('re1', ['oe1'], { issued: '2026-11-20T08:00:00Z' })])
  await ack(ward, await seenOf('e1'))
  await tell('e1', [result('oe1', 6.9, 'HH')])
  expect(await waitsFor(ward, 'e1')).toMatchObject({
    gravity: 'critical',
    note: expect.stringContaining('Changed since it was acknowledged'),
  })
  expect(await acksOf(sql, [patientKey('e1')])).toHaveLength(1)
})

test('H-49 a result that went to another patient leaves the list unread, and comes back to who had acted on it', async () => {
  await register('e2')
  await register('e3')
  await tell('e2', [result('oe2', 4), report('re2', ['oe2'])])
  await tell('e3', [result('oe2', 4), report('re2', ['oe2'])])
  expect(await waitsFor(ward, 'e2')).toBeUndefined()
  expect(await waitsFor(ward, 'e3')).toBeDefined()
  await ack(ward, await seenOf('e3'))
  await tell('e2', [result('oe2', 4), report('re2', ['oe2'])])
  expect(await waitsFor(ward, 'e3')).toMatchObject({ note: expect.stringContaining('Taken back by its source') })
})

test('H-50 of two who acknowledge at once one does, the other is told who; a form sent twice does no harm', async () => {
  await register('f1')
  await tell('f1', [result('of1', 4), report('rf1', ['of1'])])
  const seen = await seenOf('f1')
  const both = await Promise.allSettled([ack(ward, seen), ack(wardToo, seen)])
  const refused = both.filter((one) => one.status === 'rejected')
  expect(refused).toHaveLength(1)
  expect(refused[0]?.reason).toMatchObject({
    kind: 'conflict',
    message: expect.stringMatching(/^Dr (Fenwick|Adewale) has acknowledged/),
  })
  const [one] = await acksOf(sql, [patientKey('f1')])
  await ack(one?.byId === ward.id ? ward : wardToo, seen)
  expect(await acksOf(sql, [patientKey('f1')])).toHaveLength(1)
})

test('H-50 nobody acknowledges what they have not read: a result that changed meanwhile is refused, and of several none is done', async () => {
  await register('f2')
  await tell('f2', [result('of2', 4), report('rf2', ['of2'])])
  await tell('f2', [result('of3', 4), report('rf3', ['of3'])])
  const seen = await seenOf('f2')
  await tell('f2', [result('of2', 7.4, 'HH')])
  await expect(ack(ward, seen)).rejects.toMatchObject({ kind: 'conflict', message: expect.stringContaining('changed') })
  expect(await seenOf('f2')).toHaveLength(2)
  await ack(ward, await seenOf('f2'))
  expect(await seenOf('f2')).toEqual([])
})

test('an acknowledgement is taken back with a reason and stays to be seen; the result waits at once', async () => {
  await register('g1')
  await tell('g1', [result('og1', 4), report('rg1', ['og1'])])
  const [seen] = await seenOf('g1')
  await ack(ward, seen ? [seen] : [])
  const undo = (reason: string) =>
    sql.begin((tx) => undoAcknowledgement(tx, seen?.item ?? '', { by: wardToo, now: clock, reason }))
  await expect(undo('')).rejects.toMatchObject({ kind: 'invalid' })
  await undo('Wrong patient open')
  await expect(undo('Again')).rejects.toMatchObject({ kind: 'conflict' })
  expect(await waitsFor(ward, 'g1')).toMatchObject({ surfaced: 'no-owner' })
  expect(await acksOf(sql, [patientKey('g1')])).toMatchObject([
    { byName: 'Dr Fenwick', undoneBy: 'Dr Adewale', undoReason: 'Wrong patient open' },
  ])
})

test('results and tasks follow the person through a merge and its undoing', async () => {
  await register('h1')
  await register('h2', 'pas')
  await tell('h1', [result('oh1', 4), report('rh1', ['oh1'])])
  const old = (await personOf(sql, patientKey('h1'))) ?? ''
  const task = await sql.begin((tx) =>
    makeTask(
      tx,
      {
        id: opaqueId(),
        person: old,
        title: 'Repeat',
        detail: '',
        owner: { kind: 'staff', id: ward.id, name: ward.name },
      },
      { by: ward, now: clock },
    ),
  )
  const merged = await sql.begin((tx) =>
    mergePatients(
      tx,
      { survivor: { pk: patientKey('h2') }, retired: { pk: patientKey('h1') } },
      { by: 'test', now: clock, human: true },
    ),
  )
  const kept = await personOf(sql, patientKey('h2'))
  expect(await waitsFor(ward, 'h1')).toMatchObject({ person: kept })
  expect(await readTask(sql, task)).toMatchObject({ person: kept })
  await sql.begin((tx) => undoMerge(tx, merged.outcome === 'merged' ? merged.merge : '', { by: 'test', now: clock }))
  expect(await waitsFor(ward, 'h1')).toMatchObject({ person: old })
  expect(await tasksOf(sql, [old])).toMatchObject([{ title: 'Repeat', person: old }])
})

test('a task waits for its owner, then overdue for the clinicians of the organisation; each change is kept, and two at once are told', async () => {
  await register('i1')
  const person = (await personOf(sql, patientKey('i1'))) ?? ''
  const id = opaqueId()
  const make = () =>
    sql.begin((tx) =>
      makeTask(
        tx,
        {
          id,
          person,
          title: 'Ring the daughter',
          detail: '',
          owner: { kind: 'role', id: 'nurse', name: 'Nurses' },
          dueOn: '2026-12-01',
        },
        { by: ward, now: clock },
      ),
    )
  await make()
  await make()
  const tasks = async (worker: Staff) =>
    (await taskWork.page(sql, worker, { now: clock, limit: 50, offset: 0 })).filter((line) => line.id === id)
  expect(await tasks(wardToo)).toMatchObject([{ owner: 'Nurses', surfaced: '' }])
  expect(await tasks(ward)).toEqual([])
  await sql.begin((tx) =>
    changeTask(
      tx,
      id,
      { what: 'handed-over', version: 1, note: 'On leave', owner: { kind: 'staff', id: 'Gone', name: 'Dr Gone' } },
      { by: wardToo, now: clock },
    ),
  )
  later(24 * 12)
  await follower.keepUp()
  expect(await tasks(ward)).toMatchObject([{ owner: 'Dr Gone', surfaced: 'owner-left' }])
  const done = (by: Staff, version: number) =>
    sql.begin((tx) => changeTask(tx, id, { what: 'done', version, note: 'Done' }, { by, now: clock }))
  await done(ward, 2)
  await done(ward, 2)
  await expect(done(wardToo, 2)).rejects.toMatchObject({
    kind: 'conflict',
    message: 'Dr Fenwick has changed this task already',
  })
  expect((await taskEvents(sql, id)).map(({ what }) => what)).toEqual(['made', 'handed-over', 'done'])
  expect(await tasks(ward)).toEqual([])
})

test('H-47 of an organisation where nobody can answer any more, the work surfaces to clinicians elsewhere', async () => {
  await register('j1', 'lab', 'Y99977')
  await tell('j1', [result('oj1', 4), report('rj1', ['oj1'])])
  expect(await waitsFor(ward, 'j1')).toMatchObject({ owner: 'Another organisation' })
  expect(await waitsFor(analyst, 'j1')).toBeUndefined()
})

test('pages of the list neither repeat nor leave out', async () => {
  const whole = (await page(ward, 200)).map(({ id }) => id)
  const parts = [...(await page(ward, 3, 0)), ...(await page(ward, 200, 3))].map(({ id }) => id)
  expect(parts).toEqual(whole)
  expect(new Set(whole).size).toBe(whole.length)
  expect((await readResultItems(sql, ward, whole[0] ?? '', clock))[0]?.id).toBe(whole[0])
})

test('a fact that no list can hold keeps nobody else off the worklist', async () => {
  await register('hostile')
  await register('behind')
  const long = Array.from({ length: 9_000 }, (_, n) => String.fromCharCode(97 + ((n * n * 31 + n * 7) % 26))).join('')
  await tell('hostile', [
    {
      resourceType: 'Encounter',
      id: 'stay-with-a-very-long-ward',
      status: 'in-progress',
      class: { code: 'IMP' },
      location: [{ location: { display: `${opaqueId()}${Array.from({ length: 400 }, opaqueId).join('')}` } }],
    },
    {
      resourceType: 'EpisodeOfCare',
      id: 'care-by-a-very-long-code',
      status: 'active',
      patient: { reference: 'Patient/hostile' },
      careManager: {
        identifier: { system: 'https://example.org/s', value: Array.from({ length: 400 }, opaqueId).join('') },
      },
    },
    ...(['9999-12-31T23:59:59-14:00', '0001-01-01T00:00:00+14:00'] as const).map(
      (start, n): FhirResource => ({
        resourceType: 'CareTeam',
        id: `team-of-another-age-${n}`,
        status: 'active',
        period: { start },
        participant: [
          { member: { identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '7654321' } } },
        ],
      }),
    ),
    { ...report('nameless', [], { code: { text: long } }), issued: '9999-12-31T23:59:59.000-14:00' },
  ])
  await tell('behind', [result('late-potassium', 7.1, 'HH'), report('late-report', ['late-potassium'])])
  expect(await waitsFor(ward, 'behind')).toMatchObject({ gravity: 'critical' })
  const [{ title = '' } = {}] = await openResultsOf(sql, ward, [patientKey('hostile')], clock)
  expect(title).toMatch(/^a.{198}…$/)
  expect((await readList(sql, ['staff|https://fhir.hl7.org.uk/Id/gmc-number|7654321'])).people).toHaveLength(1)
})

test('H-47 a fact that cannot be taken in is left out and told to the operator, and nothing behind it waits', async () => {
  await sql`alter table list_member add constraint none_of_these check (list <> 'practice|POISON')`
  try {
    await sql.begin((tx) =>
      fileSubjects(tx, [{ patientId: 'poison', source: 'lab', traits: { family: 'Poison' } }], { now: clock }),
    )
    const told: unknown[] = []
    follower = makeFollower({
      pool: sql,
      clock: () => clock,
      log: { ...silentLog, error: (fields) => void told.push(fields) },
      resultRoles: ['clinician', 'nurse'],
      taskRoles: ['clinician', 'nurse', 'pharmacist', 'social-worker'],
    })
    const registered = (id: string, practice: string): FhirResource => ({
      resourceType: 'Patient',
      id,
      generalPractitioner: [
        { identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: practice } },
      ],
    })
    await tell('poison', [registered('poison', 'POISON'), registered('well', 'Y99978'), result('o-after', 9, 'HH')])
    await tell('poison', [report('r-after', ['o-after'])])
    expect(told).toEqual([{ type: 'Patient', id: 'poison', why: '23514' }])
    expect((await readList(sql, ['practice|Y99978'])).people).toHaveLength(1)
    expect(await waitsFor(ward, 'poison')).toMatchObject({ gravity: 'critical' })
  } finally {
    await sql`alter table list_member drop constraint none_of_these`
  }
})

test('the operator is told of an answer, a change or a record that is missing behind the list', async () => {
  const broken = async (damage: string) => {
    const undo = new Error('undo')
    let found: readonly number[] = []
    await sql
      .begin(async (tx) => {
        await tx.unsafe(damage)
        found = (await checkWorklist(tx)).map((one) => Math.min(1, one.broken))
        throw undo
      })
      .catch((thrown: unknown) => expect(thrown).toBe(undo))
    return found
  }
  expect(await broken('select 1')).toEqual([0, 0, 0])
  expect(await broken('delete from result_ack')).toEqual([1, 0, 0])
  expect(await broken('delete from task_event')).toEqual([0, 1, 0])
  expect(await broken("delete from resource where ty = (select min(ty) from resource where id = 'r-after')")).toEqual([
    0, 0, 1,
  ])
})
