/** Who is this? The rules, in order, as pure functions of what is held. @see facts/identity.md §5 and §10 */
import type { Int64 } from '../base/index.ts'
import { type Comparison, compareTraits, type FieldComparison, isVerified } from './compare.ts'
import { blockKeys, identifierKey, identifiersOf, nhsNumberSystem } from './keys.ts'
import { type Knowledge, type Member, membersOf, toldApart } from './knowledge.ts'
import type { Traits } from './subject.ts'

export type ReviewKind =
  | 'possible-duplicate'
  | 'birth-date-conflict'
  | 'name-conflict'
  | 'nhs-number-conflict'
  | 'nhs-number-changed'
  | 'nhs-number-unconfirmed'
  | 'identifier-conflict'
  | 'merge-conflict'

/** Why something was decided, or not: the rule in one sentence, and the fields that it weighed. */
export type Explanation = { readonly rule: string; readonly fields: readonly FieldComparison[] }

/** What we will not guess about `pk` and `other`. */
export type Doubt = { readonly kind: ReviewKind; readonly other: Member; readonly explanation: Explanation }

/** Whoever is to be placed: a compartment not linked yet, or one that just told us more. */
export type Newcomer = { readonly pk: Int64; readonly traits: Traits; readonly own: readonly Int64[] }

export type Placement =
  | {
      readonly found: true
      readonly person: string
      readonly how: 'nhs-number' | 'local-identifier'
      readonly explanation: Explanation
    }
  | { readonly found: false; readonly doubts: readonly Doubt[] }

/** The person that a newcomer safely is, or the doubts that kept us from saying so. */
export function placeByIdentifiers(newcomer: Newcomer, known: Knowledge): Placement {
  const byNumber = weigh(newcomer, known, nhsNumberKeys(newcomer.traits), judgeByNhsNumber)
  if (byNumber.found) return byNumber
  const byLocal = weigh(newcomer, known, localKeys(newcomer.traits), judgeByLocalIdentifier)
  if (byLocal.found && byNumber.doubts.length === 0) return byLocal
  // The number speaks against, the local identifier for: a human looks.
  return byLocal.found ? byNumber : { found: false, doubts: [...byNumber.doubts, ...byLocal.doubts] }
}

function nhsNumberKeys({ nhsNumber }: Traits): readonly Int64[] {
  return nhsNumber ? [identifierKey(nhsNumberSystem, nhsNumber)] : []
}

function localKeys(traits: Traits): readonly Int64[] {
  return identifiersOf(traits)
    .filter(({ system }) => system !== nhsNumberSystem)
    .map(({ k }) => k)
}

type Judgement = { readonly rule: string; readonly doubt?: ReviewKind }
type Judge = (comparison: Comparison, sides: { readonly newcomer: Traits; readonly held: Traits }) => Judgement

/** Judges every member that shares a key. One person who passes is the answer; two who pass are a doubt of their own. */
function weigh(newcomer: Newcomer, known: Knowledge, keys: readonly Int64[], judge: Judge): Placement {
  const passed = new Map<string, { member: Member; explanation: Explanation }>()
  const doubts = new Map<string, Doubt>()
  for (const member of sharing(newcomer, known, known.byIdentifier, keys)) {
    const comparison = compareTraits(newcomer.traits, member.traits)
    const { rule, doubt } = judge(comparison, { newcomer: newcomer.traits, held: member.traits })
    const explanation = explain(rule, comparison)
    if (doubt) doubts.set(member.person, { kind: doubt, other: member, explanation })
    else if (!passed.has(member.person)) passed.set(member.person, { member, explanation })
  }
  for (const [person, { member }] of passed) {
    // Where a merge joined what disagrees, the newcomer need not agree with both sides.
    const others = membersOf(known, person).filter((other) => !contradictionWith(member, [other]))
    const contradiction = contradictionWith(newcomer, others)
    if (contradiction) {
      passed.delete(person)
      doubts.set(person, { ...contradiction, other: member })
    }
  }
  const [first, second] = passed.entries()
  if (first && !second) return { found: true, person: first[0], how: howOf(judge), explanation: first[1].explanation }
  for (const [person, { member, explanation }] of passed)
    doubts.set(person, {
      kind: 'identifier-conflict',
      other: member,
      explanation: { ...explanation, rule: 'Several people share this identifier.' },
    })
  return { found: false, doubts: [...doubts.values()] }
}

function howOf(judge: Judge): 'nhs-number' | 'local-identifier' {
  return judge === judgeByNhsNumber ? 'nhs-number' : 'local-identifier'
}

/** Members of other people that share a key and were not told apart by a human. */
function sharing(
  newcomer: Newcomer,
  known: Knowledge,
  index: ReadonlyMap<Int64, ReadonlySet<Int64>>,
  keys: readonly Int64[],
): readonly Member[] {
  const pks = new Set(keys.flatMap((k) => [...(index.get(k) ?? [])]))
  const own = new Set([newcomer.pk, ...newcomer.own])
  return [...pks]
    .filter((pk) => !own.has(pk))
    .flatMap((pk) => known.members.get(pk) ?? [])
    .filter(
      ({ person }) =>
        !toldApart(
          known,
          [...own],
          membersOf(known, person).map(({ pk }) => pk),
        ),
    )
}

/** NHS number and birth date agree, and the names do not speak against it. */
function judgeByNhsNumber(compared: Comparison, { newcomer, held }: { newcomer: Traits; held: Traits }): Judgement {
  // The other side held this number once, and now says another.
  if (compared.nhsNumber.verdict === 'different')
    return { rule: 'The NHS number was this Patient’s before, and is not now.', doubt: 'nhs-number-conflict' }
  if (isSet(compared.birthDate, 'different', 'close'))
    return { rule: 'The NHS number is the same, but the birth date is not.', doubt: 'birth-date-conflict' }
  if (compared.birthDate.verdict === 'unknown')
    return { rule: 'The NHS number is the same, but one side has no birth date.', doubt: 'nhs-number-unconfirmed' }
  // Twins: same day, same family name, and now and then the other one's number.
  if (compared.given.verdict === 'different')
    return { rule: 'NHS number and birth date are the same, but the given names are not.', doubt: 'name-conflict' }
  const familyAgrees = isSet(compared.family, 'same', 'close')
  if (isVerified(newcomer) && isVerified(held)) {
    if (compared.birthDate.verdict === 'same' && isSet(compared.given, 'same', 'close')) {
      return {
        rule: familyAgrees
          ? 'Verified NHS number, birth date and names agree.'
          : 'Verified NHS number, birth date and given name agree; the family name changed or is not given.',
      }
    }
    if (familyAgrees) return { rule: 'Verified NHS number, birth date and family name agree.' }
    return { rule: 'NHS number and birth date agree, but no name does.', doubt: 'name-conflict' }
  }
  if (compared.birthDate.verdict === 'same' && familyAgrees)
    return { rule: 'NHS number (not verified by both), birth date and family name agree.' }
  return {
    rule: 'The NHS number is not verified by both, and birth date and family name do not both confirm it.',
    doubt: 'nhs-number-unconfirmed',
  }
}

/** The same identifier of the same system, and nothing that speaks against it. */
function judgeByLocalIdentifier(compared: Comparison): Judgement {
  if (isSet(compared.birthDate, 'different', 'close'))
    return { rule: 'A local identifier is the same, but the birth date is not.', doubt: 'birth-date-conflict' }
  if (compared.nhsNumber.verdict === 'different')
    return { rule: 'A local identifier is the same, but the NHS numbers differ.', doubt: 'nhs-number-conflict' }
  if (compared.given.verdict === 'different')
    return { rule: 'A local identifier is the same, but the given names are not.', doubt: 'name-conflict' }
  if (compared.family.verdict === 'different' && compared.given.verdict !== 'same')
    return { rule: 'A local identifier is the same, but no name is.', doubt: 'name-conflict' }
  return { rule: 'The same identifier of the same issuer, and nothing speaks against it.' }
}

/**
 * What forbids that a newcomer joins these members: a second verified NHS number, or another birth date.
 * Names do not forbid it here: people marry, and their other names are held.
 */
export function contradictionWith(
  newcomer: Pick<Newcomer, 'pk' | 'traits'>,
  members: readonly Member[],
): Doubt | undefined {
  for (const member of members) {
    if (member.pk === newcomer.pk) continue
    const compared = compareTraits(newcomer.traits, member.traits)
    if (compared.nhsNumber.verdict === 'different' && isVerified(newcomer.traits) && isVerified(member.traits)) {
      return {
        kind: 'nhs-number-conflict',
        other: member,
        explanation: explain('Two different verified NHS numbers.', compared),
      }
    }
    if (isSet(compared.birthDate, 'different', 'close')) {
      return {
        kind: 'birth-date-conflict',
        other: member,
        explanation: explain('Two different birth dates.', compared),
      }
    }
  }
  return undefined
}

const duplicatesMax = 5

/** People who may be the newcomer, though nothing proves it. For a human to look at; never linked. */
export function likelyDuplicates(newcomer: Newcomer, known: Knowledge): readonly Doubt[] {
  const found = new Map<string, Doubt>()
  for (const member of sharing(newcomer, known, known.byBlock, blockKeys(newcomer.traits))) {
    if (found.size === duplicatesMax) break
    const compared = compareTraits(newcomer.traits, member.traits)
    const rule = duplicateRule(compared, { newcomer: newcomer.traits, held: member.traits })
    if (rule && !found.has(member.person))
      found.set(member.person, { kind: 'possible-duplicate', other: member, explanation: explain(rule, compared) })
  }
  return [...found.values()]
}

function duplicateRule(
  compared: Comparison,
  { newcomer, held }: { newcomer: Traits; held: Traits },
): string | undefined {
  // Both traced, and to different people: nothing to ask.
  if (compared.nhsNumber.verdict === 'different' && isVerified(newcomer) && isVerified(held)) return undefined
  // Another given name is a twin, a brother, a mother: never a duplicate by itself.
  if (!isSet(compared.given, 'same', 'close')) return undefined
  const familyAgrees = isSet(compared.family, 'same', 'close')
  if (familyAgrees && compared.birthDate.verdict === 'same') return 'Names and birth date agree.'
  if (familyAgrees && compared.birthDate.verdict === 'close' && compared.postcode.verdict === 'same')
    return 'Names and postcode agree, and the birth date may be mistyped.'
  if (compared.birthDate.verdict === 'same' && compared.postcode.verdict === 'same')
    return 'Given name, birth date and postcode agree; the family name may have changed.'
  return undefined
}

export function explain(rule: string, compared: Comparison): Explanation {
  return {
    rule,
    fields: Object.values(compared).filter(({ left, right }) => left !== undefined || right !== undefined),
  }
}

function isSet({ verdict }: FieldComparison, ...verdicts: readonly FieldComparison['verdict'][]): boolean {
  return verdicts.includes(verdict)
}
