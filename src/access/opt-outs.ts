/**
 * Opt-outs from uses beyond direct care: the national list, and Type 1 as GP records say it. Whatever takes facts out for such a use asks
 * `withoutOptedOut` first; `opt-outs.test.ts` holds that every export of facts says which use it is for.
 */
import { Problem, type Sql } from '../base/index.ts'
import { type1Keys } from './hides-from-systems.ts'
import { policyInForce } from './policy-in-force.ts'

type Row = { readonly person: string; readonly national: boolean; readonly type1: boolean }

/** Of these people, those whose facts may be used beyond their care; and how many were left out, by which opt-out. Two statements. */
export async function withoutOptedOut(
  sql: Sql,
  persons: readonly string[],
): Promise<{ readonly persons: readonly string[]; readonly national: number; readonly type1: number }> {
  const rows = await read(sql, persons)
  const out = new Set(rows.filter(({ national, type1 }) => national || type1).map(({ person }) => person))
  return {
    persons: persons.filter((person) => !out.has(person)),
    national: rows.filter(({ national }) => national).length,
    type1: rows.filter(({ type1 }) => type1).length,
  }
}

/** Which opt-outs a person has, in words; empty: none that we know. */
export async function optOutsOf(sql: Sql, person: string, _now: Date): Promise<readonly string[]> {
  const [row] = await read(sql, [person])
  return [
    ...(row?.national ? ['The national data opt-out stands'] : []),
    ...(row?.type1 ? ['A Type 1 opt-out stands in the GP record'] : []),
  ]
}

/** A person who has several NHS numbers or records has opted out when any of them has. */
async function read(sql: Sql, persons: readonly string[]): Promise<readonly Row[]> {
  const { policy } = await policyInForce(sql)
  const { type1: optedOut, withdrawn } = type1Keys(policy)
  return await sql<Row[]>`
    select p.id as person,
           exists (select from person_link l join person_traits t on t.pk = l.pk join data_opt_out o on o.nhs_number = t.traits ->> 'nhsNumber'
                    where l.person = p.id and l.until is null) as national,
           exists (select from person_link l
                    cross join lateral (
                      select c.ck from resource r join resource_code c on c.rid = r.rid
                       where r.pk = l.pk and not r.deleted and c.ck = any (${[...optedOut, ...withdrawn]}::bigint[])
                       order by c.d desc, c.rid desc limit 1) newest
                    where l.person = p.id and l.until is null and newest.ck = any (${optedOut}::bigint[])) as type1
      from unnest(${[...persons]}::text[]) p (id)`
}

/**
 * Takes the national list in as it stands now: whoever is not on it any more has withdrawn. Refuses an empty list, and one with what is no
 * NHS number, so that a file cut off never opens records.
 * @returns how many are on it
 */
export async function takeInOptOuts(sql: Sql, nhsNumbers: readonly string[], now: Date): Promise<number> {
  const numbers = [...new Set(nhsNumbers)]
  if (numbers.length === 0 || numbers.some((number) => !/^\d{10}$/.test(number)))
    throw new Problem(
      'invalid',
      'The list is empty, or holds what is no NHS number',
      'Give the whole list, one NHS number a line.',
    )
  await sql`delete from data_opt_out where not nhs_number = any (${numbers}::text[])`
  await sql`insert into data_opt_out (nhs_number, taken_in_at) select n, ${now} from unnest(${numbers}::text[]) n on conflict do nothing`
  return numbers.length
}
