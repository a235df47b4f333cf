import { recordAudit, tryAudit } from '../audit/index.ts'
import type { Int64, Tx } from '../base/index.ts'
import { wholeYears } from '../nhs/index.ts'
import { type Hidden, hiddenProblem, isKeptBackSql, makeScope, type Scope } from '../store/index.ts'
import type { Actor, Patient, Staff, System } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'
import { type Hides, hidesFromSystem } from './hides-from-systems.ts'
import { limit } from './limited.ts'
import { nhsNumberKey } from './patient-person.ts'
import { mayStaff } from './permissions.ts'
import { type Category, categories, defaultPolicy, hiddenFrom, hiddenPattern } from './policy.ts'
import { policyInForce } from './policy-in-force.ts'
import { standingProxy } from './proxies.ts'
import { hiddenFromProxy, type ProxyPart } from './proxy-rules.ts'
import type { Relationship } from './relationships.ts'
import { grantsScope } from './smart-scopes.ts'
import { type Standing, type StandingRow, shownFacts, standingJson, standingOf } from './standing.ts'
import { refusal, refusalOf } from './trail.ts'

/** A question about who this is that a human has yet to answer (identity's reviews). */
export type OpenDoubt = {
  readonly kind: string
  /** The people whom the other Patients in doubt stand for now; none: the doubt is inside this record. */
  readonly others: readonly string[]
}

/** A record that may be read: by `scope`, in this transaction. */
export type OpenedRecord = {
  readonly scope: Scope
  /** The person now; another than was asked for when that one was merged into this: lead the reader there. */
  readonly person: string
  /** This person's id and those of all who were merged into it: lines of the trail about any of them are about this person. */
  readonly persons: readonly string[]
  /** Which Patient of which source. */
  readonly compartments: readonly { readonly pk: Int64; readonly patientId: string; readonly source: string }[]
  /** What a human has yet to decide about who this is: the record says so of itself. Not looked for when a patient opens their own. */
  readonly doubts: readonly OpenDoubt[]
  /** When this member of staff last looked, before this sitting (half an hour). Absent: never, or not staff. */
  readonly lookedBefore?: Date
  /** What this reader sees of safeguarding: staff by their role, at least that there is an entry; patients nothing, since whoever looks over their shoulder may be the danger (hazard H-34). */
  readonly safeguarding: 'shown' | 'masked' | 'left-out'
  /** Why this member of staff sees it. Absent: not staff. */
  readonly access?: WhyOpen
  /** The part that somebody sees who acts for the person. Absent: nobody does. */
  readonly proxy?: ProxyPart
}

/** What opened a record to a member of staff: who looks after the person, or a reason that was given and holds for a while. */
export type WhyOpen = {
  readonly relationships: readonly Relationship[]
  /** Until when, when it was opened by emergency access. */
  readonly emergency?: { readonly id: string; readonly until: Date }
  readonly restricted: boolean
  /** Kinds of facts of which this reader sees no words. */
  readonly hidden: readonly Category[]
  /** For the Scope: how the store knows them. */
  readonly pattern: Hidden | undefined
}

/**
 * Opens a person's record: decides, and writes the line of the trail in this transaction. Two statements.
 * Staff need a role that opens records; a patient opens their own, known by NHS number and birth date.
 * @param person id of a person, also one that was merged into another since
 * @throws Problem 'forbidden' | 'not-found': also when it is not the patient's own, since the difference would tell whom we know
 */
export async function openRecord(tx: Tx, actor: Actor, person: string, ask: Ask): Promise<OpenedRecord> {
  if (actor.kind === 'system') throw refusal('forbidden', { actor, ask, person, why: 'systems use FHIR scopes' })
  if (actor.kind === 'staff' && !mayStaff(actor.role, 'open-record'))
    throw refusal('forbidden', { actor, ask, person, why: `role ${actor.role}` })
  tryAudit(tx, lineFor(actor, ask, { outcome: 0, person }))
  const rows = await rowsOf(tx, person, actor.kind === 'staff' ? { staff: actor, now: ask.now } : undefined)
  if (rows.length === 0) throw refusal('not-found', { actor, ask, person, why: 'no such person' })
  if (actor.kind === 'patient' && !rows.some((row) => isOwn(row, actor)))
    throw refusal('not-found', { actor, ask, person, why: 'not their own' })
  if (actor.kind === 'patient') return opened(tx, actor, rows, ask)
  const access = admit(actor, ask, rows)
  return opened(tx, actor, rows, access.emergency ? { purpose: 'ETREAT', ...ask } : ask, access)
}

/** Decides by the policy in force; the strictest rule counts. @throws Problem 'forbidden', with what would open it when something would */
export function admit(actor: Staff, ask: Ask, rows: readonly StandingAndName[]): WhyOpen {
  const [first] = rows
  if (!first?.standing) throw refusal('forbidden', { actor, ask, why: 'nothing is known of how they stand' })
  const standing = standingOf(actor, first.standing, ask.now)
  return admitted(actor, ask, { ...first, rows, standing })
}

export type StandingAndName = {
  readonly person: string
  readonly family: string | null
  readonly given: string | null
  readonly birthDate: string | null
  readonly standing?: StandingRow | null
}

function admitted(
  actor: Staff,
  ask: Ask,
  {
    standing,
    person,
    rows,
  }: { readonly standing: Standing; readonly person: string; readonly rows: readonly StandingAndName[] },
): WhyOpen {
  const { decision, policy, relationships, restricted, grant } = standing
  const { answer, situation } = decision
  const why = `policy: ${situation} is ${answer}`
  if (answer === 'refused') throw refusal(situation === 'own' ? 'own-record' : 'forbidden', { actor, ask, person, why })
  const closed = answer !== 'open'
  if (closed && grant === undefined) {
    const say = (read: (row: StandingAndName) => string | null) => rows.map(read).find((value) => value !== null)
    const name = [say((row) => row.family)?.toUpperCase(), say((row) => row.given)].filter(Boolean).join(', ')
    const bornOn = say((row) => row.birthDate)
    throw limit(refusal('limited', { actor, ask, person, why }), {
      person,
      situation,
      answer,
      minutes: policy.limits.emergencyMinutes,
      ...(name === '' ? {} : { name }),
      ...(bornOn ? { bornOn } : {}),
    })
  }
  const hidden = hiddenFrom(policy, actor.role, { emergency: closed })
  return {
    relationships,
    restricted,
    hidden,
    pattern: hiddenPattern(policy, hidden),
    ...(closed && grant ? { emergency: { id: grant.id, until: grant.until } } : {}),
  }
}

/**
 * Opens for a system the record of the person whom a source's Patient is: all Patients of that person, without what the policy hides from
 * it. Five statements.
 * @param pk the compartment of the Patient that was asked for
 * @throws Problem 'forbidden' without a scope that reads Patients, or when the person is kept back from it; 'not-found' when the Patient was never filed under a person
 */
export async function openRecordForSystem(tx: Tx, actor: System, pk: Int64, ask: Ask): Promise<OpenedRecord> {
  if (!grantsScope(actor.scopes, { interaction: 'read', type: 'Patient' }))
    throw refusal('forbidden', { actor, ask, why: 'no scope for read Patient' })
  const [link] = await tx<{ person: string }[]>`select person from person_link where pk = ${pk} and until is null`
  const rows = link === undefined ? [] : await rowsOf(tx, link.person)
  if (rows.length === 0) throw refusal('not-found', { actor, ask, why: 'filed under no person' })
  const hides = await hidesFromSystem(tx, actor)
  const [kept] = await tx<{ kept: boolean }[]>`select ${isKeptBackSql(tx, tx`${pk}::bigint`, hides.keptBack)} as kept`
  if (kept?.kept !== false)
    throw refusalOf(hiddenProblem(), { actor, ask, person: rows[0]?.person ?? '', why: 'kept back' })
  return { ...(await opened(tx, actor, rows, ask)), scope: scopeOf(rows, hides) }
}

/**
 * Opens the records of several people to put them in a downtime pack: one line of the trail for each, in one statement, with what reads them.
 * @param persons ids; one that is nobody's any more is left out of the answer
 * @throws Problem 'forbidden' for anybody but a system that may read everything
 */
export async function openRecordsForPack(
  tx: Tx,
  actor: System,
  persons: readonly string[],
  ask: Ask,
): Promise<readonly OpenedRecord[]> {
  if (!grantsScope(actor.scopes, { interaction: 'read', type: '*' }))
    throw refusal('forbidden', { actor, ask, why: 'no scope for read *' })
  const found: (readonly Row[])[] = []
  for (const person of persons) {
    const rows = await rowsOf(tx, person)
    if (rows.length > 0) found.push(rows)
  }
  await recordAudit(
    tx,
    found.map((rows) =>
      lineFor(actor, ask, { outcome: 0, person: rows[0]?.person ?? '', detail: { compartments: rows.length } }),
    ),
  )
  // Whoever holds the pack is not known: it shows no more than every role would see.
  const { policy } = await policyInForce(tx)
  const hidden = hiddenPattern(policy, [...categories, 'safeguarding'])
  return found.map((rows) => ({ ...openedBy(actor, rows), scope: scopeOf(rows, { hidden }) }))
}

const sittingMs = 30 * 60_000

/** For access only. @param reader for how they stand, and for their own last look before this sitting, in the same statement: a page has few to spend */
export async function rowsOf(
  tx: Tx,
  person: string,
  reader?: { readonly staff: Staff; readonly now: Date },
): Promise<readonly Row[]> {
  const before = new Date((reader?.now.getTime() ?? 0) - sittingMs).toISOString()
  return await tx<Row[]>`
    with recursive up as (
      select id, merged_into, 0 as steps from person where id = ${person}
      union all
      select p.id, p.merged_into, steps + 1 from up join person p on p.id = up.merged_into where steps < 100),
    down as (
      select id from up where merged_into is null
      union
      select p.id from down join person p on p.merged_into = down.id),
    links as materialized (
      select l.person, l.pk, l.patient_id as "patientId", l.source, l.since,
             t.traits ->> 'nhsNumber' as "nhsNumber", t.traits ->> 'birthDate' as "birthDate",
             t.traits ->> 'family' as family, t.traits -> 'given' ->> 0 as given, t.postcode
        from up
       cross join lateral (select * from person_link where person = up.id and until is null offset 0) l
       cross join lateral (select traits, postcode from person_traits where pk = l.pk limit 1) t
       where up.merged_into is null)${
         reader === undefined
           ? tx``
           : tx`,
    shown as materialized (${shownFacts(tx, reader.staff, reader.now)})`
       }
    select links.*, (select array_agg(id) from down) as persons,
           ${
             reader === undefined
               ? tx`null::timestamptz`
               : tx`(select l.at from down cross join lateral (
                    select a.id, a.at from audit_event a
                     where a.person = down.id and a.actor_kind = 'staff' and a.actor_id = ${reader.staff.id}
                       and a.what = 'record-page' and a.outcome = 0 and a.at < ${before}
                     order by a.id desc limit 1) l
                  order by l.id desc limit 1)`
           } as "lookedBefore",
           ${
             reader === undefined
               ? tx`null::json`
               : tx`case when row_number() over (order by since, pk) = 1 then ${standingJson(tx, reader.staff, reader.now)} end`
           } as standing,
           (select json_agg(json_build_object('kind', r.kind, 'others', array(
                     select distinct o.person from person_link o
                      where o.pk = any (r.pks) and o.until is null and not o.pk = any (array(select pk from links)))) order by r.raised_at, r.id)
              from identity_review r where r.settled_at is null and r.pks && array(select pk from links)) as doubts
      from links order by since, pk`
}

/**
 * Opens a person's record to somebody who may also write in it: for the forms, and again with action C in the transaction that writes.
 * @throws Problem 'forbidden' | 'not-found'
 */
export async function openWriting(tx: Tx, actor: Actor, person: string, ask: Ask): Promise<OpenedRecord> {
  if (actor.kind !== 'staff' || !mayStaff(actor.role, 'write-record'))
    throw refusal('forbidden', { actor, ask, person, why: 'write-record is not granted' })
  return openRecord(tx, actor, person, ask)
}

/**
 * Opens the record of the patient who is signed in. Two statements.
 * @throws Problem 'not-found': nobody with this NHS number and birth date; 'conflict': several, so that showing either might show another's
 */
export async function openOwnRecord(tx: Tx, actor: Patient, ask: Ask): Promise<OpenedRecord> {
  tryAudit(tx, lineFor(actor, ask, { outcome: 0 }))
  if (actor.actingFor !== undefined) return await openForProxy(tx, actor, ask)
  const rows = await ownRows(tx, actor)
  const from = rows[0]?.ownFrom ?? defaultPolicy.limits.ownAccountFromAge
  if (wholeYears(actor.birthDate, ask.now) < from)
    throw refusal('too-young', { actor, ask, why: `under ${from}`, ...(rows[0] ? { person: rows[0].person } : {}) })
  return opened(tx, actor, onePerson(rows, actor, ask), ask)
}

/** The record of the person whom this session acts for: decided anew at each look, and told in the trail as theirs, by whom. */
async function openForProxy(tx: Tx, actor: Patient, ask: Ask): Promise<OpenedRecord> {
  const proxy = await standingProxy(tx, actor, ask)
  const rows = onePerson(await ownRows(tx, proxy), actor, ask)
  const { policy } = await policyInForce(tx)
  const detail = { ...ask.detail, proxy: proxy.id, basis: proxy.basis }
  const record = await opened(tx, actor, rows, { ...ask, detail })
  return { ...record, scope: scopeOf(rows, { hidden: hiddenFromProxy(policy, proxy.sees) }), proxy: proxy.sees }
}

async function ownRows(
  tx: Tx,
  { nhsNumber, birthDate }: Pick<Patient, 'nhsNumber' | 'birthDate'>,
): Promise<readonly (Row & { readonly ownFrom: number | null })[]> {
  return await tx<(Row & { readonly ownFrom: number | null })[]>`
    with recursive own as materialized (
      select distinct l.person
        from person_identifier i
       cross join lateral (select traits from person_traits where pk = i.pk limit 1) t
       cross join lateral (select person from person_link where pk = i.pk and until is null limit 1) l
       where i.k = ${nhsNumberKey(nhsNumber)}
         and t.traits ->> 'nhsNumber' = ${nhsNumber} and t.traits ->> 'birthDate' = ${birthDate}),
    down as (
      select person as id from own
      union
      select p.id from down join person p on p.merged_into = down.id)
    select l.person, l.pk, l.patient_id as "patientId", l.source, null as "nhsNumber", null as "birthDate", null as family, null as given, (select array_agg(id) from down) as persons,
           (select (policy -> 'limits' ->> 'ownAccountFromAge')::int from policy_version order by id desc limit 1) as "ownFrom"
      from own cross join lateral (select * from person_link where person = own.person and until is null offset 0) l
     order by l.since, l.pk`
}

/** @throws Problem 'not-found' | 'conflict' */
function onePerson<One extends Row>(rows: readonly One[], actor: Patient, ask: Ask): readonly One[] {
  const persons = new Set(rows.map(({ person }) => person))
  if (persons.size === 0)
    throw refusal('not-found', { actor, ask, why: 'no record with this NHS number and birth date' })
  if (persons.size > 1)
    throw refusal('conflict', { actor, ask, why: `${persons.size} people with this NHS number and birth date` })
  return rows
}

/**
 * The same record for an app that its reader let in: an app cannot show that something is hidden, so the Scope keeps back from it all that its
 * reader may not see, safeguarding among it, and whatever a source labelled when anything is hidden from that reader.
 */
export async function narrowedForApp(tx: Tx, opened: OpenedRecord): Promise<OpenedRecord> {
  const { access, safeguarding, compartments } = opened
  const { policy } = await policyInForce(tx)
  const hidden = hiddenPattern(policy, [
    ...(access?.hidden ?? []),
    ...(safeguarding === 'shown' ? [] : (['safeguarding'] as const)),
    ...(access === undefined || access.hidden.length > 0 ? (['labelled'] as const) : []),
  ])
  return {
    ...opened,
    scope: makeScope(
      'persons',
      compartments.map(({ pk }) => pk),
      { hidden },
    ),
  }
}

type Row = OpenedRecord['compartments'][number] &
  StandingAndName & {
    readonly doubts?: readonly OpenDoubt[] | null
    readonly lookedBefore?: Date | null
    readonly persons: readonly string[]
    readonly nhsNumber: string | null
  }

async function opened(tx: Tx, actor: Actor, rows: readonly Row[], ask: Ask, access?: WhyOpen): Promise<OpenedRecord> {
  const person = rows[0]?.person ?? ''
  const detail = { compartments: rows.length, ...(access ? whyDetail(access) : {}) }
  await recordAudit(tx, [lineFor(actor, ask, { outcome: 0, person, detail })])
  return openedBy(actor, rows, access)
}

/** For the trail: what opened it, never in words that tell of care. */
export function whyDetail({ emergency, relationships }: WhyOpen): Readonly<Record<string, unknown>> {
  return emergency ? { emergency: emergency.id } : { relationship: relationships[0]?.kind ?? 'policy' }
}

function openedBy(actor: Actor, rows: readonly Row[], access?: WhyOpen): OpenedRecord {
  const compartments = rows.map(({ pk, patientId, source }) => ({ pk, patientId, source }))
  const [first] = rows
  const person = first?.person ?? ''
  return {
    scope: scopeOf(rows, { hidden: access?.pattern }),
    person,
    persons: first?.persons ?? [person],
    compartments,
    doubts: first?.doubts ?? [],
    ...(access === undefined ? {} : { access }),
    ...(first?.lookedBefore ? { lookedBefore: first.lookedBefore } : {}),
    safeguarding: actor.kind === 'staff' ? (mayStaff(actor.role, 'see-safeguarding') ? 'shown' : 'masked') : 'left-out',
  }
}

function scopeOf(rows: readonly Row[], hides: Hides): Scope {
  return makeScope(
    'persons',
    rows.map(({ pk }) => pk),
    hides,
  )
}

function isOwn({ nhsNumber, birthDate }: Row, actor: Patient): boolean {
  return nhsNumber === actor.nhsNumber && birthDate === actor.birthDate
}
