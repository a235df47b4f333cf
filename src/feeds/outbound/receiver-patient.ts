/** Whom a receiver knows this person as. */
import type { Int64, Sql } from '../../base/index.ts'
import { type Member, membersOfPersons, personOf, type Traits } from '../../identity/index.ts'

/**
 * The receiver's own Patient of the person whom an entry is about: the one that it was when the entry was written or, where the receiver has
 * merged that one into another of its own since, the other.
 * @returns undefined when that Patient is not this person any more: nothing may be sent to it (hazard H-54)
 */
export async function receiverPatient(
  sql: Sql,
  { pk, target, targetPk }: { readonly pk: Int64; readonly target: string; readonly targetPk: Int64 },
): Promise<Traits | undefined> {
  const person = await personOf(sql, pk)
  if (person === undefined) return undefined
  const theirs = (await membersOfPersons(sql, [person])).filter(({ source }) => source === target)
  const chosen = theirs.find((member) => member.pk === targetPk)
  if (!chosen) return undefined
  const retired = await retiredBy(sql, target, theirs)
  if (!retired.has(chosen.pk)) return chosen.traits
  const standing = theirs.filter((member) => !retired.has(member.pk))
  // Several could be meant: the receiver's own old number leads it to the right one.
  return standing.length === 1 ? standing[0]?.traits : chosen.traits
}

/** Patients that the source itself gave up in a merge that stands. */
async function retiredBy(sql: Sql, source: string, members: readonly Member[]): Promise<ReadonlySet<Int64>> {
  const pks = members.map(({ pk }) => pk)
  const rows = await sql<{ pk: Int64 }[]>`
    select distinct u.pk from person_merge m cross join lateral unnest(m.pks) u(pk)
     where m.done_by = ${source} and m.undone_at is null and m.pks && ${pks}::bigint[] and u.pk = any (${pks}::bigint[])`
  return new Set(rows.map(({ pk }) => pk))
}
