/** Lists that people keep themselves: one's own caseload, and lists that a team shares. Who was on them, and who put them there, stays. */
import { isStaffRole, type Staff, type StaffRole } from '../access/index.ts'
import { opaqueId, Problem, type Sql, type Tx } from '../base/index.ts'
import { foldName } from '../nhs/index.ts'
import type { ListedPerson, ListPage } from './lists.ts'

export type KeptList = {
  readonly id: string
  readonly kind: 'caseload' | 'team'
  readonly name: string
  readonly organisation: string
  /** Who of the organisation shares a team's list. */
  readonly roles: readonly StaffRole[]
  readonly people: number
}

type By = { readonly by: Staff; readonly now: Date }

/** The id of somebody's caseload: there is always one. */
export const caseloadOf = ({ id }: Pick<Staff, 'id'>): string => `caseload-${id}`

const shared = (sql: Sql, { id, organisation, role }: Staff) => sql`
  l.ended_at is null and (l.owner = ${id} or (l.kind = 'team' and l.organisation = ${organisation.code} and ${role} = any(l.roles)))`

/** The lists somebody may open: their caseload when it has been begun, and their teams', by name. */
export async function listsOf(sql: Sql, worker: Staff): Promise<readonly KeptList[]> {
  return await sql<KeptList[]>`
    select l.id, l.kind, l.name, l.organisation, l.roles, n.people
      from (select * from kept_list where organisation = ${worker.organisation.code} and ended_at is null
            union select * from kept_list where id = ${caseloadOf(worker)}) l
     cross join lateral (select count(*)::int as people from (select from kept_list_member where list = l.id and removed_at is null limit 1000) m) n
     where ${shared(sql, worker)}
     order by l.kind, l.name, l.id limit 100`
}

/** A list that somebody may open. @throws Problem 'not-found', also when it is somebody else's: the difference would tell who has one */
export async function keptList(sql: Sql, id: string, worker: Staff): Promise<KeptList> {
  const [row] = await sql<KeptList[]>`
    select l.id, l.kind, l.name, l.organisation, l.roles, 0 as people from kept_list l where l.id = ${id} and ${shared(sql, worker)}`
  if (!row) throw new Problem('not-found', 'There is no such list', 'Go back to your lists.')
  return row
}

/** @param id made by the form's page, so that a form sent twice makes one list. @param roles at least one; all else is left out */
export async function makeTeamList(
  tx: Tx,
  { id, name, roles }: { readonly id: string; readonly name: string; readonly roles: readonly string[] },
  { by, now }: By,
): Promise<string> {
  const known = [...new Set([...roles.filter(isStaffRole), by.role])]
  await tx`
    insert into kept_list (id, kind, name, organisation, roles, made_by_name, made_at)
    values (${id}, 'team', ${name}, ${by.organisation.code}, ${known}, ${by.name}, ${now}) on conflict (id) do nothing`
  return id
}

export const newListId = opaqueId

async function beginCaseload(tx: Tx, { by, now }: By): Promise<void> {
  await tx`
    insert into kept_list (id, kind, name, organisation, owner, roles, made_by_name, made_at)
    values (${caseloadOf(by)}, 'caseload', 'My caseload', ${by.organisation.code}, ${by.id}, '{}', ${by.name}, ${now}) on conflict (id) do nothing`
}

/** Puts a person on a list; on it already: nothing changes. @param list one's own caseload, or a team's. @throws Problem 'not-found' */
export async function addToList(
  tx: Tx,
  { list, person }: { readonly list: string; readonly person: string },
  { by, now }: By,
): Promise<void> {
  if (list === caseloadOf(by)) await beginCaseload(tx, { by, now })
  const { id } = await keptList(tx, list, by)
  const [name] = await tx<{ family: string | null; given: readonly string[] | null }[]>`
    select t.traits ->> 'family' as family, t.traits -> 'given' as given
      from person_link l cross join lateral (select traits from person_traits where pk = l.pk limit 1) t
     where l.person = ${person} and l.until is null order by l.since, l.pk limit 1`
  const sort = `${foldName(name?.family ?? '')} ${foldName((name?.given ?? []).join(' '))}`.trim()
  // Two who add the same person at once: the second waits for the first's row and adds nothing.
  await tx`
    insert into kept_list_member (list, person, seq, sort, added_at, added_by, note)
    select ${id}, ${person}, coalesce(max(seq), 0) + 1, ${sort}, ${now}, ${by.name}, '' from kept_list_member where list = ${id} and person = ${person}
    having count(*) filter (where removed_at is null) = 0
    on conflict do nothing`
}

/** Takes a person off a list, whichever of their ids was put on it. That they were on it stays known. @throws Problem 'not-found' */
export async function takeOffList(
  tx: Tx,
  { list, persons }: { readonly list: string; readonly persons: readonly string[] },
  { by, now }: By,
): Promise<void> {
  const { id } = await keptList(tx, list, by)
  await tx`
    update kept_list_member set removed_at = ${now}, removed_by = ${by.name}
     where list = ${id} and person = any(${[...persons]}::text[]) and removed_at is null`
}

const pageMax = 50

/** One page of a kept list, by name; people who were merged since stand once, where they stand now. */
export async function readKeptList(sql: Sql, list: string, page: number): Promise<ListPage> {
  const rows = await sql<(ListedPerson & { more: boolean })[]>`
    with page as materialized (
      select sort, person, added_at from kept_list_member where list = ${list} and removed_at is null
       order by sort, person limit ${pageMax + 1} offset ${(page - 1) * pageMax})
    select now.person, '' as place, page.added_at as since,
           array(select pk from person_link where person = now.person and until is null) as pks
      from page
     cross join lateral (
       with recursive up as (
         select id, merged_into, 0 as steps from person where id = page.person
         union all
         select p.id, p.merged_into, steps + 1 from up join person p on p.id = up.merged_into where steps < 100)
       select id as person from up where merged_into is null) now
     order by page.sort, page.person`
  const people = rows
    .slice(0, pageMax)
    .filter((row, place) => rows.findIndex(({ person }) => person === row.person) === place)
  return {
    people: people.map(({ person, pks, place, since }) => ({ person, pks, place, since })),
    ...(rows.length > pageMax ? { next: String(page + 1) } : {}),
  }
}

/** On which lists of somebody's a person stands: for the pages of their record. */
export async function listsWith(sql: Sql, worker: Staff, persons: readonly string[]): Promise<readonly string[]> {
  const rows = await sql<{ list: string }[]>`
    select distinct m.list from kept_list l join kept_list_member m on m.list = l.id
     where m.person = any(${[...persons]}::text[]) and m.removed_at is null and ${shared(sql, worker)}`
  return rows.map(({ list }) => list)
}
