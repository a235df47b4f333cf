import { type Int64, Problem, type Sql, type Tx } from '../base/index.ts'
import { tellApart } from './apart.ts'
import { compareTraits } from './compare.ts'
import { type Member, membersOf } from './knowledge.ts'
import { readClaimed } from './merge.ts'
import { explain } from './place.ts'
import { relink } from './relink.ts'
import { raiseReview } from './review-of.ts'
import { writtenHere } from './written-here.ts'

export type KeptMerge = {
  readonly id: string
  readonly survivor: string
  readonly retired: string
  readonly pks: readonly Int64[]
  readonly reason: string
  readonly doneBy: string
  readonly doneAt: Date
  readonly undoneAt: Date | null
  readonly undoneBy: string | null
}

/** The merges by which a person won or lost compartments, newest first. */
export async function mergesOf(sql: Sql, person: string): Promise<readonly KeptMerge[]> {
  return sql<KeptMerge[]>`
    select id, survivor, retired, pks, reason, done_by as "doneBy", done_at as "doneAt", undone_at as "undoneAt", undone_by as "undoneBy"
      from person_merge
     where survivor = ${person} or retired = ${person}
     order by done_at desc, id`
}

/**
 * Parts what a merge joined: exactly the compartments that it moved go back, wherever later merges took them; what was linked since stays.
 * The two are held apart from then on, so that no rule and no repeated message joins them again; a human may.
 * @returns the person who is back
 * @throws Problem 'not-found' | 'conflict' (undone before)
 */
export async function undoMerge(
  tx: Tx,
  id: string,
  by: { readonly by: string; readonly now: Date },
): Promise<{ readonly person: string; readonly pks: readonly Int64[] }> {
  const [merge] = await tx<KeptMerge[]>`
    update person_merge set undone_at = ${by.now}, undone_by = ${by.by}
     where id = ${id} and undone_at is null
    returning id, survivor, retired, pks, done_at as "doneAt"`
  if (!merge) throw await whyNot(tx, id)
  const known = await readClaimed(tx, merge.pks, by.now)
  const home = await standsNow(tx, merge.survivor)
  const moved = merge.pks.flatMap((pk) => known.members.get(pk) ?? []).filter(({ person }) => person === home)
  const back = moved.map((member) => ({ ...member, person: merge.retired, seq: member.seq + 1 }))
  const explanation = { rule: 'The merge that linked it was undone by a human.', fields: [] }
  await relink(tx, back, { reason: 'undo', explanation, now: by.now })
  await tx`update person set merged_into = null where id = ${merge.retired}`
  const stay = membersOf(known, home).filter(({ pk }) => !merge.pks.includes(pk))
  await tellApart(tx, { ours: merge.pks, theirs: stay.map(({ pk }) => pk) }, by)
  await askAboutLaterOnes(tx, { back, stay, since: merge.doneAt }, by)
  return { person: merge.retired, pks: back.map(({ pk }) => pk) }
}

async function whyNot(tx: Tx, id: string): Promise<Problem> {
  const [found] = await tx`select id from person_merge where id = ${id}`
  if (found) return new Problem('conflict', `Merge ${id} was undone before`, 'Nothing more to do.')
  return new Problem('not-found', `Merge ${id} was not found`, 'Check the id.')
}

/** Where the compartments of a person are now: itself, or the person that it was merged into, and so on. */
export async function standsNow(sql: Sql, person: string): Promise<string> {
  const [found] = await sql<{ id: string }[]>`
    with recursive chain as (
      select id, merged_into, 0 as steps from person where id = ${person}
      union all
      select p.id, p.merged_into, steps + 1 from chain join person p on p.id = chain.merged_into where steps < 100)
    select id from chain where merged_into is null`
  return found?.id ?? person
}

/** What came to the survivor since the merge, and shares an identifier with the one who left, may have meant that one. */
async function askAboutLaterOnes(
  tx: Tx,
  { back, stay, since }: { back: readonly Member[]; stay: readonly Member[]; since: Date },
  by: { readonly by: string; readonly now: Date },
): Promise<void> {
  const begun = await tx<{ pk: Int64; reason: string }[]>`
    select pk, reason from person_link where pk = any(${stay.map(({ pk }) => pk)}::bigint[]) and until is null and since > ${since}`
  for (const { pk, reason } of begun) {
    const late = stay.find((member) => member.pk === pk)
    if (!late) continue
    for (const other of back) {
      const compared = compareTraits(late.traits, other.traits)
      if (reason === writtenHere) {
        const explanation = explain(
          'Written here while the two were merged: it may mean the one who was parted.',
          compared,
        )
        await raiseReview(tx, late, { kind: 'identifier-conflict', other, explanation }, by)
        break
      }
      if (compared.nhsNumber.verdict !== 'same' && compared.identifier.verdict !== 'same') continue
      const explanation = explain(
        'Linked while the two were merged; it shares an identifier with the one who was parted.',
        compared,
      )
      await raiseReview(tx, late, { kind: 'identifier-conflict', other, explanation }, by)
    }
  }
}
