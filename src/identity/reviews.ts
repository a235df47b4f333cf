import { type Int64, opaqueId, Problem, type Sql, type Tx } from '../base/index.ts'
import { forgetApart, tellApart } from './apart.ts'
import { type Knowledge, type Member, membersOf } from './knowledge.ts'
import { mergePatients, readClaimed } from './merge.ts'
import type { Explanation, ReviewKind } from './place.ts'
import { relink } from './relink.ts'

/** A doubt on the human list. */
export type Review = {
  readonly id: string
  readonly kind: ReviewKind
  readonly pks: readonly Int64[]
  /** As they were when it was raised. */
  readonly persons: readonly string[]
  readonly explanation: Explanation
  readonly messageId: Int64 | null
  readonly raisedAt: Date
  readonly settledAt: Date | null
  readonly settledBy: string | null
  readonly decision: 'same' | 'different' | null
}

/** A doubt with what is held now of each Patient in it. */
export type ReviewInFull = Review & { readonly members: readonly Member[] }

const columns = `id, kind, pks, persons, explanation, message_id as "messageId", raised_at as "raisedAt",
  settled_at as "settledAt", settled_by as "settledBy", decision`

/** What waits for a human, oldest first. @param after the last review of the page before */
export async function openReviews(
  sql: Sql,
  { limit = 50, after }: { readonly limit?: number; readonly after?: Pick<Review, 'id' | 'raisedAt'> } = {},
): Promise<readonly Review[]> {
  return sql<Review[]>`
    select ${sql.unsafe(columns)} from identity_review
     where settled_at is null ${after ? sql`and (raised_at, id) > (${after.raisedAt}, ${after.id})` : sql``}
     order by raised_at, id limit ${Math.min(limit, 200)}`
}

/** What waits about any of these compartments: a record that shows them should say so. */
export async function openReviewsOf(sql: Sql, pks: readonly Int64[]): Promise<readonly Review[]> {
  return sql<Review[]>`
    select ${sql.unsafe(columns)} from identity_review
     where settled_at is null and pks && ${[...pks]}::bigint[]
     order by raised_at, id limit 200`
}

/** How many wait. */
export async function countOpenReviews(sql: Sql): Promise<number> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from identity_review where settled_at is null`
  return row?.n ?? 0
}

/** @throws Problem 'not-found' */
export async function readReview(sql: Sql, id: string): Promise<ReviewInFull> {
  const [review] = await sql<Review[]>`select ${sql.unsafe(columns)} from identity_review where id = ${id}`
  if (!review) throw new Problem('not-found', `Review ${id} was not found`, 'Go back to the list.')
  const members = await sql<Member[]>`
    select l.pk, l.person, l.seq, l.patient_id as "patientId", l.source, t.traits
      from unnest(${[...review.pks]}::bigint[]) with ordinality u(pk, place)
      join person_link l on l.pk = u.pk and l.until is null
      join person_traits t on t.pk = u.pk
     order by u.place`
  return { ...review, members }
}

/**
 * A human's answer. `same`: the people in doubt become one (or stay one). `different`: they are held apart from then on; when the doubt was
 * inside one person, the Patient that raised it becomes a person of its own.
 * @throws Problem 'not-found' | 'conflict' (settled before)
 */
export async function settleReview(
  tx: Tx,
  id: string,
  decision: 'same' | 'different',
  by: { readonly by: string; readonly now: Date },
): Promise<void> {
  const [review] = await tx<Review[]>`
    update identity_review set settled_at = ${by.now}, settled_by = ${by.by}, decision = ${decision}
     where id = ${id} and settled_at is null
    returning ${tx.unsafe(columns)}`
  if (!review) {
    const { settledBy } = await readReview(tx, id)
    throw new Problem(
      'conflict',
      `Review ${id} was settled before by ${settledBy ?? 'someone'}`,
      'Go back to the list.',
    )
  }
  const known = await readClaimed(tx, review.pks, by.now)
  const [subject, other] = review.pks.flatMap((pk) => known.members.get(pk) ?? [])
  if (!subject) throw new Problem('fault', `Review ${id} speaks of a Patient that is not held`, 'Tell the operator.')
  if (decision === 'different') return part(tx, known, { subject, other }, by)
  if (!other || other.person === subject.person) return
  await forgetApart(tx, { ours: pksOf(known, subject), theirs: pksOf(known, other) })
  // The one whom we have known longer, or with more Patients, keeps its address.
  const [survivor, retired] =
    pksOf(known, subject).length > pksOf(known, other).length ? [subject, other] : [other, subject]
  await mergePatients(tx, { survivor, retired }, { ...by, human: true })
}

async function part(
  tx: Tx,
  known: Knowledge,
  { subject, other }: { subject: Member; other: Member | undefined },
  by: { readonly by: string; readonly now: Date },
): Promise<void> {
  if (other && other.person !== subject.person) {
    await tellApart(tx, { ours: pksOf(known, subject), theirs: pksOf(known, other) }, by)
    return
  }
  const rest = pksOf(known, subject).filter((pk) => pk !== subject.pk)
  // A person of one Patient who is somebody else now: a new person, so that nothing known of the old one is taken for the new one's.
  const person = opaqueId()
  await tx`insert into person (id, created_at) values (${person}, ${by.now})`
  const explanation = { rule: 'A human said that this Patient is somebody else.', fields: [] }
  await relink(tx, [{ pk: subject.pk, person, seq: subject.seq + 1 }], { reason: 'human', explanation, now: by.now })
  await tellApart(tx, { ours: [subject.pk], theirs: rest }, by)
}

function pksOf(known: Knowledge, { person }: Member): readonly Int64[] {
  return membersOf(known, person).map(({ pk }) => pk)
}
