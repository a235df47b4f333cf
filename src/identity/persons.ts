import type { Instant, Int64, Sql } from '../base/index.ts'
import type { Member } from './knowledge.ts'
import type { Explanation } from './place.ts'

/** One source's Patient of a person. */
export type Compartment = { readonly pk: Int64; readonly patientId: string; readonly source: string }

/** The person of a compartment now; undefined when it was never filed. */
export async function personOf(sql: Sql, pk: Int64): Promise<string | undefined> {
  const [row] = await sql<{ person: string }[]>`select person from person_link where pk = ${pk} and until is null`
  return row?.person
}

/** The person of each compartment now, in one statement; those never filed are not in the answer. */
export async function personsOfCompartments(sql: Sql, pks: readonly Int64[]): Promise<ReadonlyMap<Int64, string>> {
  if (pks.length === 0) return new Map()
  const rows = await sql<{ pk: Int64; person: string }[]>`
    select u.pk, l.person from unnest(${[...pks]}::bigint[]) u(pk)
     cross join lateral (select person from person_link where pk = u.pk and until is null limit 1) l`
  return new Map(rows.map(({ pk, person }) => [pk, person]))
}

/** The person whose record a Patient stands in now, and everybody who was merged into them: whose lines of the trail are theirs. */
export async function personsUnder(sql: Sql, pk: Int64): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    with recursive down as (
      select person as id from person_link where pk = ${pk} and until is null
      union
      select p.id from down join person p on p.merged_into = down.id)
    select id from down`
  return rows.map(({ id }) => id)
}

/** The Patients of a person now. A person who was merged away has none: see `standsNow`. */
export async function compartmentsOf(sql: Sql, person: string): Promise<readonly Compartment[]> {
  return sql<Compartment[]>`
    select pk, patient_id as "patientId", source from person_link where person = ${person} and until is null order by since, pk`
}

/** The Patients that were linked to a person at an instant: the record as it stood then. */
export async function compartmentsOfAt(sql: Sql, person: string, at: Instant): Promise<readonly Compartment[]> {
  return sql<Compartment[]>`
    select pk, patient_id as "patientId", source
      from (select * from person_link where person = ${person} and until is null
            union all select * from person_link where person = ${person} and until > ${at}) l
     where since <= ${at}
     order by since, pk`
}

/** A link, present or past, and why it was made. */
export type KeptLink = Compartment & {
  readonly person: string
  readonly since: Date
  readonly until: Date | null
  readonly reason: string
  readonly explanation: Explanation
  readonly messageId: Int64 | null
}

/** Every link that a person has or had, newest first: who was taken for this person, when and why. */
export async function linksOf(sql: Sql, person: string): Promise<readonly KeptLink[]> {
  return sql<KeptLink[]>`
    select pk, patient_id as "patientId", source, person, since, until, reason, explanation, message_id as "messageId"
      from (select * from person_link where person = ${person} and until is null
            union all select * from person_link where person = ${person} and until is not null) l
     order by since desc, pk`
}

/** What each source says about who these people are. */
export async function membersOfPersons(sql: Sql, persons: readonly string[]): Promise<readonly Member[]> {
  return sql<Member[]>`
    select l.pk, l.person, l.seq, l.patient_id as "patientId", l.source, t.traits
      from unnest(${[...persons]}::text[]) u(person)
      cross join lateral (select * from person_link where person = u.person and until is null offset 0) l
      cross join lateral (select traits from person_traits where pk = l.pk limit 1) t
     order by l.since, l.pk`
}
