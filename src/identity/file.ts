import type { Int64, Tx } from '../base/index.ts'
import { opaqueId } from '../base/index.ts'
import { patientKey } from '../store/index.ts'
import { type Decision, decide, type How } from './decide.ts'
import { blockKeys, identifiersOf } from './keys.ts'
import { emptyKnowledge, learn } from './knowledge.ts'
import { claimKeys, readKnowledge, readMembers } from './read-knowledge.ts'
import { reviewOf } from './review-of.ts'
import type { Subject } from './subject.ts'
import { addTraits, cleanTraits } from './traits.ts'
import { writeDecisions } from './write-decisions.ts'

/** Where a subject was filed. */
export type Filed = {
  /** Key of the source's Patient compartment: the store's `patientKey`. */
  readonly pk: Int64
  /** Opaque; changes only when people are joined or parted. */
  readonly person: string
  readonly how: How
  /** The first review that was raised, or raised before, about this subject now. */
  readonly review?: string
}

/** A subject, and the message that spoke of it when the batch holds several. */
export type FiledSubject = Subject & { readonly messageId?: Int64 }

/**
 * Finds or makes the person of each subject, in order; a later subject of the batch sees the earlier ones. Never merges by guessing:
 * doubts become reviews. Costs one statement when nothing is new, four otherwise, whatever the size of the batch (up to some 200).
 * Call it once in a transaction; a deadlock (40P01) between two that called it more often is to be tried again.
 * @returns one answer per subject, in order
 */
export async function fileSubjects(
  tx: Tx,
  given: readonly FiledSubject[],
  at: { readonly messageId?: Int64; readonly now: Date },
): Promise<readonly Filed[]> {
  if (given.length === 0) return []
  const subjects = given.map((subject) => ({ ...subject, traits: cleanTraits(subject.traits) }))
  const pks = [...new Set(subjects.map(({ patientId }) => patientKey(patientId)))]
  const members = new Map((await readMembers(tx, pks)).map((member) => [member.pk, member]))
  const news = subjects.filter(({ patientId, traits }) => {
    const held = members.get(patientKey(patientId))
    return !held || addTraits(held.traits, traits) !== held.traits
  })
  let known = emptyKnowledge()
  if (news.length > 0) {
    const keys = keysOf(news, members)
    await claimKeys(tx, keys.claims, at.now)
    known = await readKnowledge(tx, { ...keys, pks })
  } else {
    for (const member of members.values()) learn(known, member)
  }
  const decisions = subjects.map((subject) => decide(subject, known, opaqueId))
  if (decisions.some(isNews)) {
    await writeDecisions(
      tx,
      decisions.map((decision, i) => ({ ...decision, messageId: subjects[i]?.messageId ?? at.messageId })),
      at.now,
    )
  }
  return decisions.map((decision) => {
    const { pk, person } = known.members.get(decision.member.pk) ?? decision.member
    const [doubt] = decision.doubts
    return { pk, person, how: decision.how, ...(doubt ? { review: reviewOf(decision.member, doubt).id } : {}) }
  })
}

function isNews({ link, before, member, joined }: Decision): boolean {
  return Boolean(link || joined || before !== member.traits)
}

function keysOf(news: readonly Subject[], members: ReadonlyMap<Int64, { readonly traits: Subject['traits'] }>) {
  const pks: Int64[] = []
  const identifiers: Int64[] = []
  const blocks: Int64[] = []
  for (const { patientId, traits } of news) {
    const pk = patientKey(patientId)
    const held = members.get(pk)
    const all = held ? addTraits(held.traits, traits) : traits
    pks.push(pk)
    identifiers.push(...identifiersOf(all).map(({ k }) => k))
    blocks.push(...blockKeys(all))
  }
  return { claims: [...pks, ...identifiers, ...blocks], identifiers, blocks }
}
