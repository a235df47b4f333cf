/** Patients of our own source: what staff write here stands in a compartment of its own, which belongs to a person because it was written there. */
import type { Int64, Sql, Tx } from '../base/index.ts'
import { patientKey } from '../store/index.ts'
import { claimKeys } from './read-knowledge.ts'

/** The link's reason: nothing was matched, a member of staff wrote with this person's record open. */
export const writtenHere = 'written-here'

/**
 * What our own source calls its Patient of a person: the person's id, and after a merge also the merge's. So entries written while two are
 * taken for one stand in a compartment that began then, and an undo can ask whom they meant.
 */
export async function writtenHereKey(sql: Sql, person: string): Promise<string> {
  const [merge] = await sql<{ id: string }[]>`
    select id from person_merge where survivor = ${person} and undone_at is null order by done_at desc, id limit 1`
  return merge ? `${person}.${merge.id}` : person
}

/**
 * Links our Patient to its person, once. It carries no traits, so that it takes part in no matching. Merges move it like any other
 * compartment of its person. Filing the same numbers waits for this transaction, so that no merge can pass it by.
 * @returns the compartment's key; undefined when the person does not stand any more (merged into another since)
 */
export async function linkWrittenHere(
  tx: Tx,
  {
    patientId,
    source,
    person,
    now,
  }: { readonly patientId: string; readonly source: string; readonly person: string; readonly now: Date },
): Promise<Int64 | undefined> {
  const pk = patientKey(patientId)
  const before = await tx<{ person: string }[]>`select person from person_link where pk = ${pk} and until is null`
  if (before[0]) return before[0].person === person ? pk : undefined
  const members = await tx<{ pk: Int64 }[]>`select pk from person_link where person = ${person} and until is null`
  await claimKeys(tx, [pk, ...members.map((member) => member.pk)], now)
  // Read anew: who claimed first may have moved them, or have made this very link.
  const [found] = await tx<{ stands: boolean; own: string | null }[]>`
    select exists (select from person where id = ${person} and merged_into is null) as stands,
           (select person from person_link where pk = ${pk} and until is null) as own`
  if (!found?.stands || (found.own !== null && found.own !== person)) return undefined
  if (found.own === person) return pk
  const explanation = { rule: 'A member of staff wrote it here with this person’s record open.', fields: [] }
  await tx`
    insert into person_link (pk, seq, person, source, patient_id, since, reason, explanation)
    values (${pk}, (select coalesce(max(seq), 0) + 1 from person_link where pk = ${pk}), ${person}, ${source}, ${patientId}, ${now},
            ${writtenHere}, ${JSON.stringify(explanation)}::text::jsonb)`
  await tx`
    insert into person_traits (pk, patient_id, source, traits, updated_at)
    values (${pk}, ${patientId}, ${source}, '{}', ${now})
    on conflict (pk) do nothing`
  return pk
}
