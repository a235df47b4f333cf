/** What is held about the people that a batch may concern. Read once, then kept up to date while the batch is decided, so that a later subject sees an earlier one. */
import type { Int64 } from '../base/index.ts'
import { blockKeys, identifiersOf } from './keys.ts'
import type { Traits } from './subject.ts'

/** One Patient compartment and the person it is linked to now. */
export type Member = {
  readonly pk: Int64
  readonly patientId: string
  readonly source: string
  readonly person: string
  /** The n-th link of this compartment. */
  readonly seq: number
  readonly traits: Traits
}

export type Knowledge = {
  readonly members: Map<Int64, Member>
  readonly byPerson: Map<string, Set<Int64>>
  readonly byIdentifier: Map<Int64, Set<Int64>>
  readonly byBlock: Map<Int64, Set<Int64>>
  /** Pairs of compartments that a human told apart, as `pairKey`. */
  readonly apart: Set<string>
}

export function emptyKnowledge(): Knowledge {
  return { members: new Map(), byPerson: new Map(), byIdentifier: new Map(), byBlock: new Map(), apart: new Set() }
}

/** Adds a member, or puts its new state in the place of the old. Keys it once had keep leading to it: every identifier ever seen counts. */
export function learn(known: Knowledge, member: Member): void {
  const before = known.members.get(member.pk)
  if (before) known.byPerson.get(before.person)?.delete(member.pk)
  known.members.set(member.pk, member)
  addTo(known.byPerson, member.person, member.pk)
  for (const { k } of identifiersOf(member.traits)) addTo(known.byIdentifier, k, member.pk)
  for (const k of blockKeys(member.traits)) addTo(known.byBlock, k, member.pk)
}

export function addTo<K>(index: Map<K, Set<Int64>>, key: K, pk: Int64): void {
  const found = index.get(key)
  if (found) found.add(pk)
  else index.set(key, new Set([pk]))
}

/** The members of a person, in the order they became known. */
export function membersOf(known: Knowledge, person: string): readonly Member[] {
  return [...(known.byPerson.get(person) ?? [])].flatMap((pk) => known.members.get(pk) ?? [])
}

export function pairKey(a: Int64, b: Int64): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`
}

/** Whether a human told any compartment of one side from any of the other. */
export function toldApart(known: Knowledge, ours: readonly Int64[], theirs: readonly Int64[]): boolean {
  return known.apart.size > 0 && ours.some((a) => theirs.some((b) => known.apart.has(pairKey(a, b))))
}
