import { hash64, type Int64, type Tx } from '../base/index.ts'
import type { Member } from './knowledge.ts'
import type { Doubt, Explanation, ReviewKind } from './place.ts'

/** A doubt as it is kept until a human settles it. */
export type NewReview = {
  readonly id: string
  readonly kind: ReviewKind
  readonly pks: readonly Int64[]
  readonly persons: readonly string[]
  readonly explanation: Explanation
}

/** The review of a doubt about a member. Its id comes from what is in doubt, so that the same doubt again is the same review. */
export function reviewOf(
  { pk, person }: Pick<Member, 'pk' | 'person'>,
  { kind, other, explanation }: Doubt,
): NewReview {
  const pks = [...new Set([pk, other.pk])]
  const telling =
    kind === 'possible-duplicate'
      ? []
      : explanation.fields.filter(({ field }) => field === 'nhsNumber' || field === 'birthDate')
  const values = telling.flatMap(({ left, right }) => [left ?? '', right ?? '']).sort()
  const id = BigInt.asUintN(64, BigInt(hash64([kind, ...pks.toSorted(), ...values].join('|')))).toString(36)
  return { id, kind, pks, persons: [...new Set([person, other.person])], explanation }
}

/** Puts one doubt on the human list; the same doubt, open or settled, is not put there twice. @returns the review's id */
export async function raiseReview(
  tx: Tx,
  member: Member,
  doubt: Doubt,
  { messageId, now }: { readonly messageId?: Int64 | undefined; readonly now: Date },
): Promise<string> {
  const review = reviewOf(member, doubt)
  await tx`
    insert into identity_review (id, kind, pks, persons, explanation, message_id, raised_at)
    values (${review.id}, ${review.kind}, ${[...review.pks]}::bigint[], ${[...review.persons]}::text[],
            ${JSON.stringify(review.explanation)}::text::jsonb, ${messageId ?? null}, ${now})
    on conflict (id) do nothing`
  return review.id
}
