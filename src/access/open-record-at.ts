/** Opening a record as it was known at a past moment: who could look then does not matter, who may look now does. */
import { recordAudit, tryAudit } from '../audit/index.ts'
import type { Tx } from '../base/index.ts'
import { makeScope, type Scope } from '../store/index.ts'
import type { Staff } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'
import { admit, type OpenedRecord, rowsOf, whyDetail } from './open-record.ts'
import { mayStaff } from './permissions.ts'
import { refusal } from './trail.ts'

export type OpenedRecordAt = OpenedRecord & {
  readonly at: Date
  /** When the first Patient of this person was filed. */
  readonly firstKnown: Date
  /** Patients that were this person's then and are now another's: what they say was wrong of this person, or is known to be of somebody else. */
  readonly partedSince: number
  /** Patients that are this person's now: what protects a person now protects them in every past view. */
  readonly now: { readonly scope: Scope; readonly patients: OpenedRecord['compartments'] }
}

type Row = OpenedRecord['compartments'][number] & {
  /** Whose record at that moment, and all who had been merged into it by then. */
  readonly person: string
  readonly persons: readonly string[]
  readonly first: Date | null
  /** Whose this Patient is now, and where the record of that moment leads now. */
  readonly owner: string
  readonly heir: string
  readonly then: boolean
}

/**
 * Opens the record of a person as links and merges stood at `at`; a person who had been merged into another by then leads there, and one
 * who was merged later is by themselves again. The line of the trail carries the moment; whoever owns one of these Patients now gets a line
 * too, since it is their facts that are shown. Three statements.
 * @throws Problem 'forbidden' | 'not-found'
 */
export async function openRecordAt(tx: Tx, actor: Staff, person: string, ask: Ask, at: Date): Promise<OpenedRecordAt> {
  if (!mayStaff(actor.role, 'open-record'))
    throw refusal('forbidden', { actor, ask, person, why: `role ${actor.role}` })
  tryAudit(tx, lineFor(actor, ask, { outcome: 0, person }))
  const standing = await rowsOf(tx, person, { staff: actor, now: ask.now })
  if (standing.length === 0) throw refusal('not-found', { actor, ask, person, why: 'no such person' })
  const access = admit(actor, ask, standing)
  const told: Ask = access.emergency ? { purpose: 'ETREAT', ...ask } : ask
  const rows = await tx<Row[]>`
    with recursive up as (
      select id, 0 as steps from person where id = ${person}
      union all
      select m.survivor, steps + 1 from up
        join person_merge m on m.retired = up.id and m.done_at <= ${at} and (m.undone_at is null or m.undone_at > ${at}) where steps < 100),
    stands as (select id from up order by steps desc limit 1),
    down as (
      select id from stands
      union
      select m.retired from down
        join person_merge m on m.survivor = down.id and m.done_at <= ${at} and (m.undone_at is null or m.undone_at > ${at})),
    heir as (
      select p.id, p.merged_into, 0 as steps from stands join person p on p.id = stands.id
      union all
      select p.id, p.merged_into, steps + 1 from heir join person p on p.id = heir.merged_into where steps < 100),
    now as (
      select id from heir where merged_into is null),
    ever as materialized (
      select l.* from (select id from stands union select id from now) s cross join lateral (
        select * from person_link where person = s.id and until is null
        union all select * from person_link where person = s.id and until is not null) l)
    select l.pk, l.patient_id as "patientId", l.source, (select id from stands) as person, (select array_agg(id) from down) as persons,
           (select min(since) from ever where person = (select id from stands)) as first, o.person as owner, (select id from now) as heir,
           l.person = (select id from stands) and l.since <= ${at} and (l.until is null or l.until > ${at}) as "then"
      from ever l
     cross join lateral (select person from person_link where pk = l.pk and until is null limit 1) o
     order by l.since, l.pk`
  const [first] = rows
  if (!first?.first) throw refusal('not-found', { actor, ask, person, why: 'no such person' })
  const then = rows.filter((row) => row.then)
  const others = [...new Set(then.map(({ owner }) => owner))].filter((owner) => !first.persons.includes(owner))
  const line = (of: string, more: object) =>
    lineFor(actor, told, {
      outcome: 0,
      person: of,
      detail: { at: at.toISOString(), compartments: then.length, ...whyDetail(access), ...more },
    })
  await recordAudit(tx, [line(first.person, {}), ...others.map((owner) => line(owner, { thenUnder: first.person }))])
  const named = ({ pk, patientId, source }: Row) => ({ pk, patientId, source })
  const heirs = [
    ...new Map(rows.filter(({ owner, heir }) => owner === heir).map((row) => [row.pk, named(row)])).values(),
  ]
  return {
    scope: makeScope(
      'persons',
      then.map(({ pk }) => pk),
      { hidden: access.pattern },
    ),
    person: first.person,
    persons: first.persons,
    compartments: then.map(named),
    doubts: [],
    safeguarding: mayStaff(actor.role, 'see-safeguarding') ? 'shown' : 'masked',
    access,
    at,
    firstKnown: first.first,
    partedSince: then.filter(({ owner, heir }) => owner !== heir).length,
    now: {
      scope: makeScope(
        'persons',
        heirs.map(({ pk }) => pk),
        { hidden: access.pattern },
      ),
      patients: heirs,
    },
  }
}
