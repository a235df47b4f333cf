/** What has come about the people of a list since somebody last opened their records. */
import type { Staff } from '../access/index.ts'
import type { Sql } from '../base/index.ts'
import { typeNumber } from '../store/index.ts'
import type { ListedPerson } from './lists.ts'

/** `looked`: when; `fresh`: how many results and readings were saved since, at most `freshMax`. */
export type SinceLook = { readonly looked: Date; readonly fresh: number }

/** Beyond so many nobody counts. */
export const freshMax = 100

const observation = typeNumber('Observation')

/**
 * By person; nobody whose record this member of staff never opened: of them all would be new, and none is known to have been seen (hazard
 * H-82). Counted by when we saved it, not by its own date: a late result is new. One statement, by index.
 */
export async function newSinceLook(
  sql: Sql,
  { id }: Pick<Staff, 'id'>,
  people: readonly Pick<ListedPerson, 'person' | 'pks'>[],
): Promise<ReadonlyMap<string, SinceLook>> {
  if (people.length === 0) return new Map()
  const pks = people.flatMap(({ person, pks: own }) => own.map((pk) => ({ person, pk })))
  const rows = await sql<({ person: string } & SinceLook)[]>`
    with recursive known as (
      select person, person collate "C" as id from unnest(${people.map(({ person }) => person)}::text[]) u(person)
      union
      select k.person, p.id from known k
       cross join lateral (select id from person where merged_into = k.id offset 0) p),
    looks as materialized (
      select k.person, max(l.at) as looked from known k
       cross join lateral (
             select at from audit_event
              where person = k.id and actor_kind = 'staff' and actor_id = ${id} and what = 'record-page' and outcome = 0
              order by id desc limit 1) l
       group by k.person)
    select looks.person, looks.looked, least(${freshMax}, count(o.pk))::int as fresh
      from looks
      join unnest(${pks.map(({ person }) => person)}::text[], ${pks.map(({ pk }) => pk)}::bigint[]) u(person, pk) on u.person = looks.person
      left join lateral (
             select pk from resource where pk = u.pk and ty = ${observation} and not deleted and lu > looks.looked limit ${freshMax}) o on true
     group by looks.person, looks.looked`
  return new Map(rows.map(({ person, looked, fresh }) => [person, { looked, fresh }]))
}
