/** How somebody stands towards a person: asked in the statement that finds the record, and what follows from the answer. */
import type { FhirResource } from 'fhir/r4.js'
import type { Sql, Statement } from '../base/index.ts'
import { typeNumber } from '../store/index.ts'
import type { Staff } from './actor.ts'
import { type Decision, decide, defaultPolicy, type Policy, type Situation } from './policy.ts'
import { isRestrictedPatient, type Relationship, relationshipsOf, type ShownList } from './relationships.ts'

/** Emergency access that holds now. */
export type Grant = { readonly id: string; readonly until: Date; readonly reason: string }

/** What the database tells of it. */
export type StandingRow = {
  readonly policy: Policy | null
  readonly grant: { readonly id: string; readonly until: string; readonly reason: string } | null
  readonly lists: readonly ShownList[] | null
  readonly objection: boolean
  readonly own: boolean
  readonly family: boolean
  readonly colleague: boolean
  readonly facts:
    | readonly { readonly source: string | null; readonly kind: string | null; readonly body: string }[]
    | null
  readonly about: readonly { readonly ref: string; readonly body: string }[] | null
}

export type Standing = {
  readonly policy: Policy
  readonly decision: Decision
  /** All that hold; the strictest answer counts. */
  readonly holds: readonly Situation[]
  readonly relationships: readonly Relationship[]
  readonly restricted: boolean
  readonly grant?: Grant
}

const dayMs = 86_400_000
const longestDays = 750
const stayDays = 380
const factsMax = 80

/**
 * The facts that can show a relationship, as a CTE `shown (source, body)`; put it after `links (pk)`. Bounded: the newest few dozen of the
 * kinds that count, each compartment by its own index.
 */
export function shownFacts(sql: Sql, { role }: Pick<Staff, 'role'>, now: Date): Statement<object[]> {
  const always = ['Patient', 'EpisodeOfCare', 'CareTeam', 'CarePlan'].map(typeNumber)
  const stays = [
    'Encounter',
    'Appointment',
    'DocumentReference',
    ...(role === 'pharmacist' ? ['MedicationDispense'] : []),
  ].map(typeNumber)
  const recent = (days: number) => new Date(now.getTime() - days * dayMs).toISOString()
  return sql`
    select v.source, v.body from links l cross join lateral (
       select rid, pk, ty, d from resource where pk = l.pk and not deleted and (
              (ty = any (${always}::smallint[]) and (ty = ${typeNumber('Patient')} or d_hi > ${recent(1)} or d = '-infinity'))
              or (ty = any (${stays}::smallint[]) and d_hi > ${recent(stayDays)})
              or (ty = ${typeNumber('ServiceRequest')} and d_hi > ${recent(longestDays)}))
        order by (ty = ${typeNumber('Patient')}) desc, d desc limit ${factsMax}) r
     cross join lateral (select source, body from resource_version where rid = r.rid and pk = r.pk limit 1) v`
}

/**
 * One JSON value of a statement in which `links (pk, "nhsNumber", family, postcode)`, `down (id)`, all ids that the person had, and `shown`
 * are in sight.
 */
export function standingJson(sql: Sql, { id, role, organisation }: Staff, now: Date): Statement<object[]> {
  const at = now.toISOString()
  return sql`json_build_object(
    'policy', (select policy from policy_version order by id desc limit 1),
    'grant', (select json_build_object('id', e.id, 'until', e.until, 'reason', e.reason) from emergency_access e
               where e.staff = ${id} and e.person = any (array(select id from down)) and e.until > ${at}::timestamptz and e.at <= ${at}::timestamptz
               order by e.until desc limit 1),
    'lists', (select json_agg(json_build_object('kind', k.kind, 'name', k.name, 'since', m.added_at))
                from kept_list k cross join lateral (
                     select added_at from kept_list_member
                      where list = k.id and person = any (array(select id from down)) and removed_at is null limit 1) m
               where k.ended_at is null
                 and (k.id = ${`caseload-${id}`} or (k.organisation = ${organisation.code} and k.kind = 'team' and ${role}::text = any (k.roles)))),
    'objection', exists (select from patient_choice
                          where person = any (array(select id from down)) and since <= ${at}::timestamptz and (until is null or until > ${at}::timestamptz)),
    'own', exists (select from staff_person s join links n on n."nhsNumber" = s.nhs_number where s.staff = ${id}),
    'colleague', exists (select from staff_person s join links n on n."nhsNumber" = s.nhs_number
                          where s.staff <> ${id} and s.organisation = ${organisation.code}),
    'family', exists (select from staff_person s
                        join person_identifier i on i.k = s.k
                        join person_traits t on t.pk = i.pk and t.traits ->> 'nhsNumber' = s.nhs_number
                        join links n on lower(n.family) = lower(t.traits ->> 'family') and n.postcode = t.postcode and n."nhsNumber" is distinct from s.nhs_number
                       where s.staff = ${id})
           or exists (select from staff_family s join links n on n."nhsNumber" = s.nhs_number where s.staff = ${id}),
    'facts', (select json_agg(json_build_object('source', s.organisation_code, 'kind', s.kind, 'body', f.body)) from shown f left join source s on s.id = f.source),
    'about', (select json_agg(json_build_object('ref', x.ty || '/' || x.id, 'body', b.body)) from (
                select distinct m[1] as ty, m[2] as id from shown f
                 cross join lateral regexp_matches(f.body, '"reference"\\s*:\\s*"(Organization|Practitioner|Location)/([A-Za-z0-9.-]{1,64})"', 'g') m limit 120) x
               cross join lateral (select rid, pk from resource where id = x.id and not deleted and ty = case x.ty
                     when 'Organization' then ${typeNumber('Organization')}::int when 'Practitioner' then ${typeNumber('Practitioner')}::int
                     else ${typeNumber('Location')}::int end limit 1) r
               cross join lateral (select body from resource_version where rid = r.rid and pk = r.pk limit 1) b))`
}

/** What follows: relationships, situations, and the decision by the policy in force. */
export function standingOf(staff: Staff, row: StandingRow, now: Date): Standing {
  const policy = row.policy ?? defaultPolicy
  const facts = (row.facts ?? []).flatMap(({ source, kind, body }) => {
    const resource = parsed(body)
    return resource === undefined ? [] : [{ resource, organisation: source ?? '', kind: kind ?? '' }]
  })
  const about = new Map(
    (row.about ?? []).flatMap(({ ref, body }) => {
      const resource = parsed(body)
      return resource === undefined ? [] : [[ref, resource] as const]
    }),
  )
  const relationships = relationshipsOf(staff, {
    facts,
    lists: row.lists ?? [],
    follow: (reference) => about.get(reference),
    limits: policy.limits,
    now,
  })
  const restricted = facts.some(({ resource }) => isRestrictedPatient(resource))
  const related = relationships.length > 0
  const holds: Situation[] = restricted
    ? [related ? 'restricted' : 'restricted-none']
    : [related ? 'relationship' : 'none']
  if (row.objection) holds.push('objection')
  if (row.family) holds.push('family')
  if (row.colleague) holds.push('colleague')
  if (row.own) holds.push('own')
  return {
    policy,
    decision: decide(policy, staff.role, holds),
    holds,
    relationships,
    restricted,
    ...(row.grant === null ? {} : { grant: { ...row.grant, until: new Date(row.grant.until) } }),
  }
}

function parsed(body: string): FhirResource | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && 'resourceType' in value ? (value as FhirResource) : undefined
  } catch {
    return undefined
  }
}
