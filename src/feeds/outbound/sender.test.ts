/** What was written here reaches the sources that accept it: once, in order, for as long as it takes. Only the receivers are fakes. */

import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { admission } from '../../../bench/invented-hl7.ts'
import { type Hospital, openHospital, type Verdict } from '../../../demo/receive/hospital.ts'
import { openPractice, outcome, type Practice } from '../../../demo/receive/practice.ts'
import { testDatabase } from '../../../test/support/database.ts'
import { openRecord, type Staff } from '../../access/index.ts'
import { opaqueId, type Pool, silentLog, timeOrderedIds } from '../../base/index.ts'
import { printJson } from '../../fhir/index.ts'
import { mergePatients, undoMerge } from '../../identity/index.ts'
import { checkUrl, whyNotAddress } from '../../outside/index.ts'
import { unescapeText } from '../hl7v2/escape.ts'
import { hl7v2 } from '../hl7v2/index.ts'
import { standardDelimiters } from '../hl7v2/message.ts'
import {
  cancelDelivery,
  checkFeeds,
  deliveriesOf,
  formatNamed,
  makePipeline,
  makeSender,
  openDeliveries,
  openSources,
  type Pipeline,
  readDelivery,
  retryDelivery,
  type Source,
  type Sources,
  saveSource,
} from '../index.ts'
import { parseSettings } from '../source-settings.ts'
import { resourceOfEntry } from '../written/entry-resource.ts'
import { type Entry, heldEntry, ownSourceOf, withdrawEntry, writeEntries } from '../written/index.ts'
import type { Accepts } from './accepts.ts'
import { escaped } from './hl7-writer.ts'
import { hl7v2Message } from './hl7v2-message.ts'

let sql: Pool
let sources: Sources
let pipeline: Pipeline
let now = new Date('2026-11-22T10:20:00Z')
const clock = () => now
const nextId = timeOrderedIds(clock)
const doctor: Staff = {
  kind: 'staff',
  id: 'gp-1',
  name: 'Dr Amina Khan',
  role: 'clinician',
  organisation: { code: 'Y99901', name: 'Riverside Surgery' },
}
const open: (Hospital | Practice)[] = []
const sender = () => makeSender({ pool: sql, clock, log: silentLog, guard: { loopback: true } })
let others = 0

const pas = (accepts?: Accepts): Omit<Source, 'namespace'> => ({
  id: 'pas',
  name: 'Riverton PAS',
  kind: 'acute',
  organisation: { code: 'RZ999', name: 'Riverton General' },
  formats: ['hl7v2'],
  settings: {
    hl7v2: { sendingApplication: 'PAS', sendingFacility: 'RZ999', defaultAuthority: 'RZ999' },
    ...(accepts ? { accepts } : {}),
  },
})
const everything = ['observation', 'allergy', 'problem', 'note'] as const

beforeAll(async () => {
  sql = (await testDatabase()).sql
  sources = await openSources(sql)
  pipeline = makePipeline({
    pool: sql,
    clock,
    nextId,
    log: silentLog,
    format: formatNamed,
    source: (id) => sources.get(id),
  })
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
  await sql`update delivery set status = 'cancelled' where status = 'waiting'`
})

/** Somebody whom the hospital admitted. */
async function somebody(): Promise<string> {
  const body = admission(others, others)
  others += 1
  const arrival = {
    ...hl7v2.envelope(body, { ...pas(), namespace: 'n' }),
    source: 'pas',
    format: 'hl7v2' as const,
    body,
    receivedAt: now,
  }
  const receipt = await pipeline.receive(arrival)
  expect(receipt.status, JSON.stringify(receipt.issues)).toBe('applied')
  const [row] = await sql<{ person: string }[]>`select person from person_link where message_id = ${receipt.messageId}`
  return row?.person ?? ''
}

async function accepting(accepts: Partial<Accepts> & Pick<Accepts, 'to'>): Promise<void> {
  await saveSource(sql, pas({ kinds: everything, as: 'hl7v2', ...accepts }), clock)
  await sources.refresh()
}

async function hospital(judge?: (message: string, times: number) => Verdict): Promise<Hospital> {
  const one = await openHospital(judge ? { judge } : { judge: () => ({ code: 'AA' }) })
  open.push(one)
  await accepting({ to: `mllp://127.0.0.1:${one.port}`, timeoutSeconds: 1 })
  return one
}

async function practice(judge?: Parameters<typeof openPractice>[0]): Promise<Practice> {
  const one = await openPractice(judge ?? { judge: () => undefined })
  open.push(one)
  await accepting({ as: 'fhir', to: `http://127.0.0.1:${one.port}/fhir` })
  return one
}

const common = async (person: string, token: string) => ({
  source: await ownSourceOf({ sql, sources, clock }, doctor.organisation),
  author: { id: doctor.id, name: doctor.name, role: 'Clinician', organisation: doctor.organisation },
  person,
  token,
  writtenAt: now,
  open: async (tx: Parameters<Parameters<Pool['begin']>[0]>[0]) =>
    await openRecord(tx, doctor, person, { what: 'entry-written', now, action: 'C' }),
})
const needs = () => ({ sql, receive: pipeline.receive, nextId })

async function write(person: string, entry: Entry, token = opaqueId()) {
  const { facts } = await writeEntries(needs(), { ...(await common(person, token)), entries: [entry] })
  const [fact = { type: '', id: '' }] = facts
  return fact
}

async function withdraw(person: string, fact: { readonly type: string; readonly id: string }) {
  const [row] = await sql<
    { ver: number; body: string }[]
  >`select ver, body from resource_version where id = ${fact.id} order by ver desc limit 1`
  const held = heldEntry({ ...fact, version: row?.ver ?? 0, body: row?.body ?? '' })
  if (!held) throw new Error('it is no entry of ours')
  await withdrawEntry(needs(), { ...(await common(person, opaqueId())), held, reason: 'What I wrote is wrong' })
}

const penicillin: Entry = {
  kind: 'allergy',
  substance: 'Penicillin',
  coding: { system: 'http://snomed.info/sct', code: '91936005', display: 'Allergy to penicillin' },
  category: 'medication',
  type: 'allergy',
  reaction: 'Rash',
  severity: 'severe',
  certainty: 'confirmed',
}
const gout: Entry = { kind: 'problem', title: 'Gout', certainty: 'confirmed', since: '2024-03' }
const call: Entry = { kind: 'note', title: 'Telephone call', text: 'Pain is better.\nSeen|next^week & ~\\.' }
const pressure: Entry = {
  kind: 'observation',
  key: 'blood-pressure',
  name: 'Blood pressure',
  coding: { system: 'http://loinc.org', code: '85354-9', display: 'Blood pressure panel' },
  vitalSign: true,
  takenAt: '2026-11-22T09:05:00+00:00',
  parts: [
    {
      name: 'Systolic',
      coding: { system: 'http://loinc.org', code: '8480-6', display: 'Systolic' },
      value: { number: '148', unit: 'mmHg', ucum: 'mm[Hg]' },
    },
    {
      name: 'Diastolic',
      coding: { system: 'http://loinc.org', code: '8462-4', display: 'Diastolic' },
      value: { number: '92', unit: 'mmHg', ucum: 'mm[Hg]' },
    },
  ],
}

async function deliveries(person: string) {
  const pks = await sql<
    { pk: string }[]
  >`select pk from person_link where person = ${person} and until is null and source like 'throughline-%'`
  return (
    await deliveriesOf(
      sql,
      pks.map(({ pk }) => pk),
    )
  ).toReversed()
}

test('each kind of entry reaches a hospital as the message that it takes, with the hospital’s own number of the person', async () => {
  const pasNow = await hospital()
  const person = await somebody()
  for (const entry of [pressure, penicillin, gout, call]) await write(person, entry)
  const one = sender()
  while ((await one.tick()) > 0);
  const segments = pasNow.received.map((message) => message.split('\r').map((line) => line.split('|')))
  const field = (n: number, name: string, at: number) => segments[n]?.find(([first]) => first === name)?.[at]
  expect(segments.map(([msh]) => msh?.[8])).toEqual([
    'ORU^R01^ORU_R01',
    'ADT^A60^ADT_A60',
    'PPR^PC1^PPR_PC1',
    'MDM^T02^MDM_T02',
  ])
  for (const n of [0, 1, 2, 3]) expect(field(n, 'PID', 3)).toMatch(/\^\^\^BENCH\^MR~9\d{9}\^\^\^NHS\^NH/)
  expect(segments[0]?.filter(([name]) => name === 'OBX').map((obx) => [obx[3], obx[5], obx[6]])).toEqual([
    ['8480-6^Systolic^LN', '148', 'mm[Hg]^mmHg^UCUM'],
    ['8462-4^Diastolic^LN', '92', 'mm[Hg]^mmHg^UCUM'],
  ])
  expect([2, 3, 4, 5, 6, 9].map((at) => field(1, 'IAM', at))).toEqual([
    'DA',
    '91936005^Allergy to penicillin^SCT',
    'SV',
    'Rash',
    'A',
    'AL',
  ])
  expect([1, 3, 16].map((at) => field(2, 'PRB', at))).toEqual(['AD', '^Gout', '202403'])
  expect(field(3, 'OBX', 5)).toBe('Pain is better.\\.br\\Seen\\F\\next\\S\\week \\T\\ \\R\\\\E\\.')
  expect((await deliveries(person)).map(({ status }) => status)).toEqual([
    'accepted',
    'accepted',
    'accepted',
    'accepted',
  ])
  const [first] = await deliveries(person)
  expect((await readDelivery(sql, first?.id ?? ''))?.events.map(({ what }) => what)).toEqual([
    'queued',
    'attempt',
    'accepted',
  ])
})

test('a FHIR receiver gets a conditional create, and a withdrawal by the same identifier', async () => {
  const gp = await practice()
  const person = await somebody()
  const fact = await write(person, penicillin)
  await withdraw(person, fact)
  const one = sender()
  while ((await one.tick()) > 0);
  const [created, changed] = gp.received
  expect(created?.method).toBe('POST')
  expect(created?.url).toBe('/fhir/AllergyIntolerance')
  expect(changed?.method).toBe('PUT')
  expect(changed?.url).toBe(`/fhir/AllergyIntolerance?${created?.headers['if-none-exist']}`)
  expect(gp.held.size).toBe(1)
  const told = JSON.parse(changed?.body ?? '{}') as Record<string, unknown>
  expect(told).toMatchObject({
    verificationStatus: { coding: [{ code: 'entered-in-error' }] },
    recorder: { display: 'Dr Amina Khan' },
  })
  expect(told.patient).toMatchObject({ type: 'Patient', identifier: {} })
  expect(JSON.stringify(told)).not.toContain(fact.id)
})

test('H-55 an answer to another message is no answer: the very same message goes out again, and is accepted once', async () => {
  let answers = 0
  const pasNow = await hospital(() => (answers++ === 0 ? { code: 'AA', msa2: 'SOMEBODYELSE' } : { code: 'AA' }))
  const person = await somebody()
  await write(person, penicillin)
  await sender().tick()
  expect((await deliveries(person))[0]).toMatchObject({
    status: 'waiting',
    said: 'The answer was to another message than ours',
  })
  expect(await sender().tick()).toBe(0)
  now = new Date(now.getTime() + 5_000)
  await sender().tick()
  expect((await deliveries(person))[0]).toMatchObject({ status: 'accepted', attempts: 2 })
  expect(new Set(pasNow.received).size).toBe(1)
})

test('a receiver that never answers is given up for this time, and tried again with growing pauses for days', async () => {
  await hospital(() => 'silence')
  const person = await somebody()
  await write(person, penicillin)
  await sender().tick()
  expect((await deliveries(person))[0]?.said).toBe('No answer came within 1 seconds')
  const gone = createServer()
  await new Promise<void>((done) => gone.listen(0, '127.0.0.1', done))
  const { port } = gone.address() as { port: number }
  await new Promise<void>((done) => gone.close(() => done()))
  await accepting({ to: `mllp://127.0.0.1:${port}` })
  const pauses: number[] = []
  for (let n = 0; n < 14; n += 1) {
    const [waiting] = await deliveries(person)
    pauses.push(((waiting?.nextAt.getTime() ?? 0) - now.getTime()) / 1_000)
    now = waiting?.nextAt ?? now
    expect(await sender().tick()).toBe(1)
  }
  expect(pauses.slice(0, 5)).toEqual([5, 10, 20, 40, 80])
  expect(pauses.at(-1)).toBe(3_600)
  expect((await deliveries(person))[0]).toMatchObject({ status: 'waiting', attempts: 15, said: 'Nobody listens there' })
  // Nothing falls off silently: it is counted as overdue for whoever mends feeds.
  expect(await openDeliveries(sql, now)).toMatchObject([{ target: 'pas', waiting: 1, overdue: 1 }])
  const back = await hospital()
  now = new Date(now.getTime() + 3_600_000)
  await sender().tick()
  expect(back.held.size).toBe(1)
})

test('a process that ends between the commit and the answer loses nothing: another sends the same bytes under the same number', async () => {
  let answers = 0
  const pasNow = await hospital(() => (answers++ === 0 ? 'silence' : { code: 'AA' }))
  const person = await somebody()
  await write(person, penicillin)
  // The first process took it and was killed: nothing was written down but that it tried.
  const { claimDue, keepRequest } = await import('./claim.ts')
  const [claimed] = await claimDue(sql, { now, max: 1, busy: [] })
  if (!claimed) throw new Error('nothing was due')
  await keepRequest(
    sql,
    claimed,
    Buffer.from('MSH|^~\\&|THROUGHLINE|Y99901|PAS|RZ999|20261122102000+0000||ADT^A60^ADT_A60|FIRST|P|2.4\r'),
  )
  expect(await sender().tick(), 'its lease holds').toBe(0)
  now = new Date(now.getTime() + 180_001)
  await sender().tick()
  now = new Date(now.getTime() + 60_000)
  await sender().tick()
  expect(pasNow.received).toHaveLength(2)
  expect(new Set(pasNow.received)).toEqual(
    new Set(['MSH|^~\\&|THROUGHLINE|Y99901|PAS|RZ999|20261122102000+0000||ADT^A60^ADT_A60|FIRST|P|2.4\r']),
  )
})

test('entries about one person arrive in the order in which they were written, also when the first is slow', async () => {
  const pasNow = await hospital((message) =>
    message.includes('91936005') ? { code: 'AA', afterMs: 200 } : { code: 'AA' },
  )
  const person = await somebody()
  for (const entry of [penicillin, gout, call]) await write(person, entry)
  const one = sender()
  expect(await one.tick()).toBe(1)
  expect(await one.tick()).toBe(1)
  expect(await one.tick()).toBe(1)
  expect(pasNow.received.map((message) => message.split('|')[8]?.slice(0, 3))).toEqual(['ADT', 'PPR', 'MDM'])
})

test('H-56 a refusal is shown with its reason and waits for a human, who sends it again or gives it up with a reason', async () => {
  let mended = false
  await hospital(() => (mended ? { code: 'AA' } : { code: 'AE', reason: 'Code \\T\\ system not known' }))
  const person = await somebody()
  await write(person, penicillin)
  await sender().tick()
  const [refused] = await deliveries(person)
  expect(refused).toMatchObject({ status: 'refused', said: 'Code & system not known (AE)' })
  expect(await sender().tick()).toBe(0)
  mended = true
  await sql.begin((tx) => retryDelivery(tx, refused?.id ?? '', { by: 'Gwen Pryce', now }))
  await sender().tick()
  const ledger = await readDelivery(sql, refused?.id ?? '')
  expect(ledger).toMatchObject({ status: 'accepted' })
  expect(ledger?.events.map(({ what, by }) => [what, by])).toEqual([
    ['queued', 'Dr Amina Khan'],
    ['attempt', null],
    ['refused', null],
    ['retry', 'Gwen Pryce'],
    ['attempt', null],
    ['accepted', null],
  ])
  await expect(sql.begin((tx) => retryDelivery(tx, refused?.id ?? '', { by: 'x', now }))).rejects.toThrow(
    'accepted already',
  )
})

test('what was refused and withdrawn is not withdrawn there, and is not sent again', async () => {
  const pasNow = await hospital(() => ({ code: 'AR', reason: 'No' }))
  const person = await somebody()
  const fact = await write(person, penicillin)
  await sender().tick()
  await withdraw(person, fact)
  await sender().tick()
  const [first, second] = await deliveries(person)
  expect(second).toMatchObject({ status: 'cancelled', said: 'what it withdraws was never accepted there' })
  expect(pasNow.received).toHaveLength(1)
  await expect(sql.begin((tx) => retryDelivery(tx, first?.id ?? '', { by: 'x', now }))).rejects.toThrow(
    'corrected or withdrawn since',
  )
})

test('H-54 what a receiver may hold is withdrawn there, also when it refused the second of two attempts', async () => {
  let answers = 0
  const pasNow = await hospital(() => {
    answers += 1
    return answers === 1 ? 'silence' : answers === 2 ? { code: 'AE', reason: 'Entered already' } : { code: 'AA' }
  })
  const person = await somebody()
  const fact = await write(person, penicillin)
  await sender().tick()
  now = new Date(now.getTime() + 5_000)
  await sender().tick()
  expect((await deliveries(person))[0]).toMatchObject({ status: 'refused', said: 'Entered already (AE)' })
  await withdraw(person, fact)
  await sender().tick()
  expect((await deliveries(person))[1]).toMatchObject({ action: 'withdraw', status: 'accepted' })
  expect(pasNow.received).toHaveLength(3)
})

test('of two attempts at once, a receiver that accepted one has it, and the other takes nothing back', async () => {
  await accepting({ to: 'mllp://127.0.0.1:1' })
  const person = await somebody()
  await write(person, penicillin)
  const { claimDue, leaseMs, settleAttempt } = await import('./claim.ts')
  expect(leaseMs, 'a token and an answer, each as slow as may be').toBeGreaterThan(2 * 60_000)
  const [first] = await claimDue(sql, { now, max: 1, busy: [] })
  now = new Date(now.getTime() + leaseMs + 1)
  const [second] = await claimDue(sql, { now, max: 1, busy: [] })
  if (!first || !second) throw new Error('nothing was due')
  expect(second.id).toBe(first.id)
  await settleAttempt(sql, first, { what: 'no-answer', said: 'late' }, now)
  expect(
    await claimDue(sql, { now: new Date(now.getTime() + 60_000), max: 1, busy: [] }),
    'the lease of the second',
  ).toEqual([])
  await settleAttempt(sql, second, { what: 'refused', said: 'It is here already' }, now)
  await settleAttempt(sql, first, { what: 'accepted', said: 'AA' }, now)
  expect((await deliveries(person))[0]).toMatchObject({ status: 'accepted' })
  await settleAttempt(sql, second, { what: 'refused', said: 'No' }, now)
  expect((await deliveries(person))[0]).toMatchObject({ status: 'accepted' })
})

test('a delivery is cancelled for a reason only, and then is not sent', async () => {
  const pasNow = await hospital()
  const person = await somebody()
  await write(person, penicillin)
  const [waiting] = await deliveries(person)
  const cancel = (reason: string) =>
    sql.begin((tx) => cancelDelivery(tx, waiting?.id ?? '', { by: 'Gwen Pryce', now, reason }))
  await expect(cancel('')).rejects.toThrow('for a reason')
  await cancel('Told by telephone')
  expect(await sender().tick()).toBe(0)
  expect(pasNow.received).toEqual([])
  expect((await deliveries(person))[0]).toMatchObject({ status: 'cancelled', said: 'Told by telephone' })
})

test('H-54 a merge while it waits sends it under the receiver’s number of then, and after they were parted it is not sent at all', async () => {
  const pasNow = await hospital()
  const [a, b] = [await somebody(), await somebody()]
  const pkOf = async (person: string) =>
    (
      await sql<
        { pk: string }[]
      >`select pk from person_link where person = ${person} and until is null and source = 'pas' order by since limit 1`
    )[0]?.pk ?? ''
  const [pkA, pkB] = [await pkOf(a), await pkOf(b)]
  const number = async (pk: string) =>
    (
      await sql<
        { value: string }[]
      >`select value from person_identifier where pk = ${pk} and system like '%BENCH%' limit 1`
    )[0]?.value ?? 'none'
  await write(b, penicillin)
  const merged = await sql.begin((tx) =>
    mergePatients(tx, { survivor: { pk: pkA }, retired: { pk: pkB } }, { by: 'Martin Haddow', now, human: true }),
  )
  await sender().tick()
  expect(pasNow.received[0]).toContain(`|${await number(pkB)}^^^BENCH^MR`)
  expect((await deliveries(a))[0]?.status).toBe('accepted')
  // Written while they were one, and parted before it went out: nobody can know whom it meant.
  now = new Date(now.getTime() + 1_000)
  const [linked] = await sql<
    { pk: string }[]
  >`select pk from person_link where person = ${a} and until is null and source = 'pas' order by pk = ${pkB} desc limit 1`
  expect(linked?.pk).toBe(pkB)
  await write(a, gout)
  await sql`update delivery set target_pk = ${pkB} where status = 'waiting'`
  if (merged.outcome !== 'merged') throw new Error(merged.outcome)
  await sql.begin((tx) => undoMerge(tx, merged.merge, { by: 'Martin Haddow', now }))
  await sender().tick()
  expect((await deliveries(a)).at(-1)).toMatchObject({ status: 'refused', said: expect.stringContaining('told apart') })
  expect(pasNow.received).toHaveLength(1)
  // The entry itself is on the human list.
  const [review] = await sql<
    { explanation: { rule: string } }[]
  >`select explanation from identity_review where settled_at is null and kind = 'identifier-conflict'`
  expect(review?.explanation.rule).toContain('Written here while the two were merged')
})

test('a source that accepts nothing, or does not know the person, is told nothing', async () => {
  await saveSource(sql, pas(), clock)
  const person = await somebody()
  await write(person, penicillin)
  expect(await deliveries(person)).toEqual([])
  await hospital()
  const [elsewhere] = await sql<{ n: number }[]>`
    select count(*)::int as n from delivery d where not exists (select from person_link l where l.pk = d.target_pk and l.source = d.target)`
  expect(elsewhere?.n).toBe(0)
})

test('the same form sent twice at once is one entry and one delivery', async () => {
  await hospital()
  const person = await somebody()
  const token = opaqueId()
  await Promise.all([
    write(person, penicillin, token),
    write(person, penicillin, token),
    write(person, penicillin, token),
  ])
  expect(await deliveries(person)).toHaveLength(1)
})

test('nothing is written when the trail cannot be written, and nothing is queued', async () => {
  await hospital()
  const person = await somebody()
  const [before] = await sql<{ n: number }[]>`select count(*)::int as n from resource_version`
  const asked = { ...(await common(person, opaqueId())), open: async () => await Promise.reject(new Error('no trail')) }
  await expect(writeEntries(needs(), { ...asked, entries: [penicillin] })).rejects.toThrow('not saved')
  const [after] = await sql<{ n: number }[]>`select count(*)::int as n from resource_version`
  expect(after).toEqual(before)
  expect(await deliveries(person)).toEqual([])
})

test('FHIR: a refusal gives the receiver’s words, a busy one is tried again, a redirect is never followed', async () => {
  const answers = [
    { status: 503, body: outcome('Busy') },
    { status: 307, headers: { location: 'http://169.254.169.254/' } },
    { status: 422, body: outcome('Reaction is not coded') },
  ]
  const gp = await practice({ judge: () => answers.shift() })
  const person = await somebody()
  await write(person, penicillin)
  const states: unknown[] = []
  for (let n = 0; n < 3; n += 1) {
    await sender().tick()
    const [one] = await deliveries(person)
    states.push([one?.status, one?.said])
    if (one?.status === 'refused') await sql.begin((tx) => retryDelivery(tx, one.id, { by: 'x', now }))
    now = new Date(now.getTime() + 10_000)
  }
  expect(states).toEqual([
    ['waiting', 'Busy (HTTP 503)'],
    ['refused', 'It wants us to send to another address, which we never do (HTTP 307)'],
    ['refused', 'Reaction is not coded (HTTP 422)'],
  ])
  expect(new Set(gp.received.map(({ headers }) => headers['x-request-id'])).size).toBe(1)
})

test('a receiver that wants a token gets one signed with our key, asked for once', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const gp = await practice({
    judge: ({ url }) =>
      url === '/token' ? { status: 200, body: '{"access_token":"abc","expires_in":300}' } : undefined,
  })
  const tokenUrl = `http://127.0.0.1:${gp.port}/token`
  await accepting({
    as: 'fhir',
    to: `http://127.0.0.1:${gp.port}/fhir`,
    auth: { tokenUrl, clientId: 'throughline', scope: 'system/*.c' },
  })
  const person = await somebody()
  await write(person, penicillin)
  await write(person, gout)
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const one = makeSender({ pool: sql, clock, log: silentLog, guard: { loopback: true }, keyPem })
  while ((await one.tick()) > 0);
  expect(gp.received.map(({ url }) => url)).toEqual(['/token', '/fhir/AllergyIntolerance', '/fhir/Condition'])
  expect(gp.received[1]?.headers.authorization).toBe('Bearer abc')
  const assertion = new URLSearchParams(gp.received[0]?.body).get('client_assertion') ?? ''
  expect(decodeProtectedHeader(assertion).alg).toBe('ES384')
  expect(decodeJwt(assertion)).toMatchObject({ iss: 'throughline', sub: 'throughline', aud: tokenUrl })
})

test.each([
  ['http://169.254.169.254/latest', 'nothing may be sent'],
  ['https://[fe80::1]/', 'nothing may be sent'],
  ['https://[::ffff:169.254.169.254]/', 'not'],
  ['https://0.0.0.0/', 'nothing may be sent'],
  ['https://[fd00:ec2::254]/', 'nothing may be sent'],
  ['http://example.org/fhir', 'https:'],
  ['mllp://169.254.169.254:80', 'nothing may be sent'],
])('nothing is ever sent to %s', (address, why) => {
  expect(() => checkUrl(address, { loopback: true })).toThrow(why)
})

test('H-55 a page that some proxy answers with is no acceptance', async () => {
  const answers = [
    {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!DOCTYPE html><title>Sign in to the network</title>',
    },
    { status: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' },
    { status: 200, body: outcome('Not stored') },
    { status: 204 },
  ]
  const gp = await practice({ judge: () => answers.shift() })
  const person = await somebody()
  await write(person, penicillin)
  const states: unknown[] = []
  for (let n = 0; n < 4; n += 1) {
    await sender().tick()
    const [one] = await deliveries(person)
    states.push([one?.status, one?.said])
    now = new Date(now.getTime() + 60_000)
  }
  const noServer = 'What answered is no FHIR server: perhaps a proxy on the way (HTTP 200)'
  expect(states).toEqual([
    ['waiting', noServer],
    ['waiting', noServer],
    ['waiting', 'Not stored (HTTP 200)'],
    ['accepted', 'HTTP 204'],
  ])
  expect(gp.received).toHaveLength(4)
})

test('this machine itself is spoken to only where that is allowed', () => {
  for (const address of [
    'http://127.0.0.1:1/',
    'http://localhost/',
    'mllp://127.0.0.1:1',
    'https://[::1]/',
    'https://2130706433/',
  ])
    expect(() => checkUrl(address, { loopback: false }), address).toThrow()
  expect(checkUrl('http://127.0.0.1:1/', { loopback: true }).port).toBe('1')
  expect(whyNotAddress('10.1.2.3', { loopback: false })).toBeUndefined()
})

test('settings: what is accepted, how and where is checked, and every mistake has its place', () => {
  const places = (accepts: unknown) => {
    const parsed = parseSettings({ accepts })
    return parsed.ok ? [] : parsed.issues.map(({ place }) => place)
  }
  expect(places({ kinds: ['note'], as: 'hl7v2', to: 'mllp://pas.example:2575' })).toEqual([])
  expect(places({ kinds: ['note'], as: 'fhir', to: 'mllp://pas.example:2575' })).toEqual(['accepts.to'])
  expect(places({ kinds: ['note'], as: 'fhir', to: 'https://user:secret@x.example/' })).toEqual(['accepts.to'])
  const auth = (tokenUrl: string) => ({
    kinds: ['note'],
    as: 'fhir',
    to: 'https://x.example/',
    auth: { tokenUrl, clientId: 'c' },
  })
  expect(places(auth('https://user:secret@x.example/token'))).toEqual(['accepts.auth.tokenUrl'])
  expect(places(auth('https://x.example/token?key=secret'))).toEqual(['accepts.auth.tokenUrl'])
  expect(places(auth('https://x.example/token'))).toEqual([])
  expect(places({ kinds: [], as: 'hl7v2', to: 'mllp://pas.example' })).toEqual(['accepts.kinds', 'accepts.to'])
})

test('any text comes out of an HL7 v2 field as it went in, and never ends a segment or a frame', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      const raw = escaped(text)
      for (const sign of '|^~&\r\n\u000b\u001c') expect(raw).not.toContain(sign)
      const expected = text
        .toWellFormed()
        .replaceAll(/\r\n?/g, '\n')
        .replaceAll(/(?!\n)[\p{Cc}\u2028\u2029]/gu, ' ')
      expect(unescapeText(raw, standardDelimiters)).toBe(expected)
    }),
  )
})

test('what we send is read by our own parser as what was written, whatever the words', () => {
  const target: Source = { ...pas(), namespace: 'n' }
  const patient = { nhsNumber: '9990000018', family: 'O’Brien|^', given: ['Zoë & co'], birthDate: '1970-01-01' }
  const telling = { action: 'add' as const, patient, target, organisation: 'Y99901', controlId: 'C1', now }
  const frameOf = {
    id: 'x',
    number: 'N1',
    patient: 'Patient/p',
    author: { reference: 'Practitioner/a', display: 'Dr ^|~&' },
    organisation: { reference: 'Organization/o', display: 'O' },
    writtenAt: now.toISOString(),
  }
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
      fc.integer({ min: 0, max: 9_999 }),
      (words, tenths) => {
        const text = `x${words}x`.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ').toWellFormed()
        const note = hl7v2Message({ ...telling, fact: resourceOfEntry({ kind: 'note', title: text, text }, frameOf) })
        const read = hl7v2.translate(note ?? new Uint8Array(), target)
        const document = read.ok
          ? read.value.facts.find(({ resource }) => resource.resourceType === 'DocumentReference')?.resource
          : undefined
        const data =
          (document as { content?: { attachment: { data?: string } }[] } | undefined)?.content?.[0]?.attachment.data ??
          ''
        expect(Buffer.from(data, 'base64').toString('utf8').trim()).toBe(text.trim())
        const number = (tenths / 10).toFixed(1)
        const pulse = resourceOfEntry(
          {
            kind: 'observation',
            key: 'other',
            name: text,
            vitalSign: false,
            value: { number, unit: 'kg', ucum: 'kg' },
            takenAt: '2026-11-22T09:05:00+00:00',
          },
          frameOf,
        )
        const result = hl7v2.translate(hl7v2Message({ ...telling, fact: pulse }) ?? new Uint8Array(), target)
        const value = result.ok
          ? result.value.facts.find(({ resource }) => resource.resourceType === 'Observation')?.resource
          : undefined
        expect(printJson(value)).toContain(`"value":${number}`)
      },
    ),
    { numRuns: 60 },
  )
})

test('a written entry leaves one line in the trail, in the transaction that wrote it', async () => {
  await hospital()
  const person = await somebody()
  await write(person, penicillin)
  const [line] = await sql<
    { n: number }[]
  >`select count(*)::int as n from audit_event where what = 'entry-written' and person = ${person} and action = 'C'`
  expect(line?.n).toBe(1)
})

test('every delivery of these tests tells a fact that is kept, and has its ledger from the beginning', async () => {
  expect((await checkFeeds(sql)).filter(({ promise, broken }) => promise.includes('delivery') && broken > 0)).toEqual(
    [],
  )
  expect((await checkFeeds(sql)).filter(({ promise }) => promise.includes('delivery'))).toHaveLength(2)
})
