import type { Int64, Tx } from '../base/index.ts'
import { Problem } from '../base/index.ts'
import { compareTraits, isVerified } from './compare.ts'
import { identifiersOf } from './keys.ts'
import { type Knowledge, type Member, membersOf, toldApart } from './knowledge.ts'
import { type Doubt, explain } from './place.ts'
import { claimKeys, readKnowledge } from './read-knowledge.ts'
import { recordMerge, relink } from './relink.ts'
import { raiseReview } from './review-of.ts'

/** Two compartments that a source, or a human, says are one person. */
export type MergePair = { readonly survivor: { readonly pk: Int64 }; readonly retired: { readonly pk: Int64 } }

/** Who says so. `human`: someone looked at the doubts, so they do not stop it. */
export type MergeBy = { readonly messageId?: Int64; readonly by: string; readonly now: Date; readonly human?: boolean }

export type Merged =
  | { readonly outcome: 'merged'; readonly merge: string; readonly person: string }
  /** They were one person before. */
  | { readonly outcome: 'already'; readonly person: string }
  /** Not merged: a human must look (two verified NHS numbers, or told apart before). */
  | { readonly outcome: 'review'; readonly review: string }

/**
 * Joins the person of the retired compartment, whole, to the person of the surviving one (HL7 v2 A40, A34). Moves no fact, and can be
 * undone exactly. Both compartments must have been filed: a loser never heard of before is filed as a stub first, so its number leads here.
 * Chains (A to B, then B to C) and messages for the loser that come later need nothing: the loser's compartment is linked already.
 * @see facts/hl7v2-uk.md §7
 * @throws Problem 'not-found' when one of them was never filed
 */
export async function mergePatients(tx: Tx, { survivor, retired }: MergePair, by: MergeBy): Promise<Merged> {
  const known = await readClaimed(tx, [survivor.pk, retired.pk], by.now)
  const kept = known.members.get(survivor.pk)
  const gone = known.members.get(retired.pk)
  if (!kept || !gone)
    throw new Problem('not-found', 'A Patient of this merge was never filed', 'File both Patients before merging them.')
  if (kept.person === gone.person) return { outcome: 'already', person: kept.person }
  const doubt = by.human ? undefined : mergeDoubt(known, kept, gone)
  if (doubt) return { outcome: 'review', review: await raiseReview(tx, gone, doubt, by) }
  return { outcome: 'merged', person: kept.person, merge: await joinPersons(tx, known, { kept, gone }, by) }
}

/** Makes everyone else who files under these people's keys wait, then reads them anew. */
export async function readClaimed(tx: Tx, pks: readonly Int64[], now: Date): Promise<Knowledge> {
  const seen = await readKnowledge(tx, { pks, identifiers: [], blocks: [] })
  const keys = [...seen.members.values()].flatMap(({ pk, traits }) => [pk, ...identifiersOf(traits).map(({ k }) => k)])
  await claimKeys(tx, [...pks, ...keys], now)
  return readKnowledge(tx, { pks, identifiers: [], blocks: [] })
}

async function joinPersons(
  tx: Tx,
  known: Knowledge,
  { kept, gone }: { kept: Member; gone: Member },
  by: MergeBy,
): Promise<string> {
  const moved = membersOf(known, gone.person).map((member) => ({ ...member, person: kept.person, seq: member.seq + 1 }))
  const reason = by.human ? 'A human decided that they are one person.' : 'A source merged these two Patients.'
  const explanation = explain(reason, compareTraits(gone.traits, kept.traits))
  await relink(tx, moved, { reason: by.human ? 'human' : 'merge', explanation, messageId: by.messageId, now: by.now })
  return recordMerge(tx, {
    survivor: kept.person,
    retired: gone.person,
    moved,
    reason,
    messageId: by.messageId,
    doneBy: by.by,
    now: by.now,
  })
}

function mergeDoubt(known: Knowledge, kept: Member, gone: Member): Doubt | undefined {
  const ours = membersOf(known, gone.person)
  const theirs = membersOf(known, kept.person)
  for (const a of ours) {
    for (const b of theirs) {
      const compared = compareTraits(a.traits, b.traits)
      if (compared.nhsNumber.verdict === 'different' && isVerified(a.traits) && isVerified(b.traits)) {
        return {
          kind: 'merge-conflict',
          other: b,
          explanation: explain('A source merged two Patients that have different verified NHS numbers.', compared),
        }
      }
    }
  }
  if (
    !toldApart(
      known,
      ours.map(({ pk }) => pk),
      theirs.map(({ pk }) => pk),
    )
  )
    return undefined
  const explanation = explain(
    'A source merged two Patients that a human told apart.',
    compareTraits(gone.traits, kept.traits),
  )
  return { kind: 'merge-conflict', other: kept, explanation }
}
