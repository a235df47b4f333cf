/** What filing one subject does, decided from what is held. Pure: the caller reads before and writes after. */

import type { Int64 } from '../base/index.ts'
import { patientKey } from '../store/index.ts'
import { compareTraits } from './compare.ts'
import { type Knowledge, learn, type Member, membersOf } from './knowledge.ts'
import {
  contradictionWith,
  type Doubt,
  type Explanation,
  explain,
  likelyDuplicates,
  type Newcomer,
  placeByIdentifiers,
} from './place.ts'
import type { Subject, Traits } from './subject.ts'
import { addTraits, tellsWho } from './traits.ts'

/** known: linked before. stub: nothing was said but an id. */
export type How = 'known' | 'nhs-number' | 'local-identifier' | 'new' | 'stub'

export type Decision = {
  readonly member: Member
  readonly how: How
  /** Absent: the link stands as it was. */
  readonly link?: { readonly explanation: Explanation; readonly newPerson: boolean }
  /** The traits before; absent for a compartment never seen. The same object as `member.traits` when nothing changed. */
  readonly before?: Traits
  /** Its former person turned out to be this one, and came along whole. */
  readonly joined?: Joined
  readonly doubts: readonly Doubt[]
}

export type Joined = {
  readonly survivor: string
  readonly retired: string
  readonly moved: readonly Member[]
  readonly explanation: Explanation
}

/** Decides, and lets `known` know. @param newPersonId called once for each person that is made */
export function decide(subject: Subject, known: Knowledge, newPersonId: () => string): Decision {
  const pk = patientKey(subject.patientId)
  const held = known.members.get(pk)
  const decision = held ? decideKnown(held, subject.traits, known) : decideUnknown({ subject, pk }, known, newPersonId)
  if (decision.member !== held) learn(known, decision.member)
  for (const moved of decision.joined?.moved ?? []) learn(known, moved)
  return decision
}

function decideUnknown(
  { subject, pk }: { subject: Subject; pk: Int64 },
  known: Knowledge,
  newPersonId: () => string,
): Decision {
  const newcomer: Newcomer = { pk, traits: subject.traits, own: [] }
  const placed = placeByIdentifiers(newcomer, known)
  const member = (person: string): Member => ({
    pk,
    person,
    seq: 1,
    patientId: subject.patientId,
    source: subject.source,
    traits: subject.traits,
  })
  if (placed.found) {
    return {
      member: member(placed.person),
      how: placed.how,
      link: { explanation: placed.explanation, newPerson: false },
      doubts: [],
    }
  }
  const how = tellsWho(subject.traits) ? 'new' : 'stub'
  const rule =
    how === 'stub' ? 'Only an identifier of the source is known so far.' : 'Nobody held is surely this person.'
  const explanation = placed.doubts[0]?.explanation ?? { rule, fields: [] }
  const doubts = oncePerPerson([...placed.doubts, ...likelyDuplicates(newcomer, known)])
  return { member: member(newPersonId()), how, link: { explanation, newPerson: true }, doubts }
}

/** The link stands, whatever the source now says (identity.md §10.4); what it says may raise doubts, or show that two people are one. */
function decideKnown(held: Member, said: Traits, known: Knowledge): Decision {
  const traits = addTraits(held.traits, said)
  if (traits === held.traits) return { member: held, how: 'known', before: held.traits, doubts: [] }
  const member: Member = { ...held, traits }
  const family = membersOf(known, held.person)
  const conflict = contradictionWith(member, family)
  const changed = changedNumber(held, member)
  const stays = { member, how: 'known' as const, before: held.traits }
  if (conflict || changed) return { ...stays, doubts: [conflict, changed].filter((doubt) => doubt !== undefined) }

  const newcomer: Newcomer = { pk: held.pk, traits, own: family.map(({ pk }) => pk) }
  const placed = placeByIdentifiers(newcomer, known)
  if (!placed.found)
    return { ...stays, doubts: oncePerPerson([...placed.doubts, ...likelyDuplicates(newcomer, known)]) }
  const others = membersOf(known, placed.person)
  // All of our person's Patients must fit with all of the other's before two people become one.
  const misfit = family
    .map((each) => contradictionWith(each.pk === held.pk ? member : each, others))
    .find((doubt) => doubt !== undefined)
  if (misfit) return { ...stays, doubts: [misfit] }
  const move = (each: Member): Member => ({ ...each, person: placed.person, seq: each.seq + 1 })
  const moved = family.map((each) => move(each.pk === held.pk ? member : each))
  const joined = { survivor: placed.person, retired: held.person, moved, explanation: placed.explanation }
  return { member: move(member), how: placed.how, before: held.traits, joined, doubts: [] }
}

function changedNumber(held: Member, now: Member): Doubt | undefined {
  if (!held.traits.nhsNumber || held.traits.nhsNumber === now.traits.nhsNumber) return undefined
  const compared = compareTraits(now.traits, held.traits)
  return {
    kind: 'nhs-number-changed',
    other: held,
    explanation: explain('This source changed the NHS number of a Patient that it told us about before.', compared),
  }
}

function oncePerPerson(doubts: readonly Doubt[]): readonly Doubt[] {
  const first = new Map<string, Doubt>()
  for (const doubt of doubts) if (!first.has(doubt.other.person)) first.set(doubt.other.person, doubt)
  return [...first.values()]
}
