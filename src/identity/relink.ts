import { type Int64, opaqueId, type Tx } from '../base/index.ts'
import type { Member } from './knowledge.ts'
import type { Explanation } from './place.ts'

export type LinkReason = {
  readonly reason: 'nhs-number' | 'local-identifier' | 'merge' | 'undo' | 'human'
  readonly explanation: Explanation
  readonly messageId?: Int64 | undefined
  readonly now: Date
}

/** Ends the links that these compartments have now, and begins the ones that they are given: `person` and `seq` are the new ones. */
export async function relink(
  tx: Tx,
  members: readonly Pick<Member, 'pk' | 'person' | 'seq'>[],
  why: LinkReason,
): Promise<void> {
  if (members.length === 0) return
  const pks = members.map(({ pk }) => pk)
  await tx`update person_link set until = ${why.now} where pk = any(${pks}::bigint[]) and until is null`
  await tx`
    insert into person_link (pk, seq, person, source, patient_id, since, reason, explanation, message_id)
    select u.pk, u.seq, u.person, l.source, l.patient_id, ${why.now}, ${why.reason}, ${JSON.stringify(why.explanation)}::text::jsonb, ${why.messageId ?? null}
      from unnest(${pks}::bigint[], ${members.map(({ seq }) => seq)}::int[], ${members.map(({ person }) => person)}::text[]) u(pk, seq, person)
      join person_link l on l.pk = u.pk and l.seq = u.seq - 1`
}

/** Notes a merge that has just been done, so that it can be undone exactly, and makes the retired person's addresses lead to the survivor. */
export async function recordMerge(
  tx: Tx,
  merge: {
    readonly survivor: string
    readonly retired: string
    readonly moved: readonly Pick<Member, 'pk'>[]
    readonly reason: string
    readonly messageId?: Int64 | undefined
    readonly doneBy: string
    readonly now: Date
  },
): Promise<string> {
  const id = opaqueId()
  await tx`
    insert into person_merge (id, survivor, retired, pks, reason, message_id, done_by, done_at)
    values (${id}, ${merge.survivor}, ${merge.retired}, ${merge.moved.map(({ pk }) => pk)}::bigint[], ${merge.reason},
            ${merge.messageId ?? null}, ${merge.doneBy}, ${merge.now})`
  await tx`update person set merged_into = ${merge.survivor} where id = ${merge.retired}`
  await settleAnswered(tx, merge)
  return id
}

/** Whether two Patients are one person need not be asked any more when they have just become one. */
async function settleAnswered(
  tx: Tx,
  merge: {
    readonly survivor: string
    readonly moved: readonly Pick<Member, 'pk'>[]
    readonly doneBy: string
    readonly now: Date
  },
): Promise<void> {
  const moved = merge.moved.map(({ pk }) => pk)
  await tx`
    update identity_review set settled_at = ${merge.now}, settled_by = ${merge.doneBy}, decision = 'same'
     where settled_at is null and pks && ${moved}::bigint[] and not pks <@ ${moved}::bigint[] and cardinality(pks) = 2
       and pks <@ array(select pk from person_link where person = ${merge.survivor} and until is null)`
}
