/** Two Patients' traits held side by side, field by field. Pure; every decision and every review is explained with this. */
import { editDistance, foldName, foldPostcode, phoneticKey } from '../nhs/index.ts'
import { areFamiliar } from './nicknames.ts'
import type { Traits } from './subject.ts'

/** partial: an incomplete date that does not contradict. close: not equal, but people often mean the same. */
export type Verdict = 'same' | 'partial' | 'close' | 'different' | 'unknown'

export type ComparedField = 'nhsNumber' | 'birthDate' | 'family' | 'given' | 'gender' | 'postcode' | 'identifier'

/** One line of an explanation. `left` and `right` are shown to whoever decides; absent where a side says nothing. */
export type FieldComparison = {
  readonly field: ComparedField
  readonly verdict: Verdict
  readonly left?: string
  readonly right?: string
  /** What kind of closeness or trouble, in a few words. */
  readonly note?: string
}

export type Comparison = Readonly<Record<ComparedField, FieldComparison>>

export function compareTraits(left: Traits, right: Traits): Comparison {
  return {
    nhsNumber: compareNhsNumbers(left, right),
    birthDate: compareBirthDates(left.birthDate, right.birthDate),
    family: compareFamilies(left, right),
    given: compareGivens(left, right),
    gender: compareGenders(left.gender, right.gender),
    postcode: comparePostcodes(left.postcode, right.postcode),
    identifier: compareIdentifiers(left, right),
  }
}

/** Status 01, "present and verified": the only one that counts as identity (identity.md §4). */
export function isVerified(traits: Traits): boolean {
  return traits.nhsNumber !== undefined && traits.nhsNumberStatus === '01'
}

function field(
  name: ComparedField,
  verdict: Verdict,
  sides: readonly (string | undefined)[],
  note?: string,
): FieldComparison {
  const [left, right] = sides
  return {
    field: name,
    verdict,
    ...(left === undefined ? {} : { left }),
    ...(right === undefined ? {} : { right }),
    ...(note === undefined ? {} : { note }),
  }
}

function compareNhsNumbers(left: Traits, right: Traits): FieldComparison {
  const sides = [left.nhsNumber, right.nhsNumber]
  if (!left.nhsNumber || !right.nhsNumber) return field('nhsNumber', 'unknown', sides)
  const note = isVerified(left) && isVerified(right) ? 'verified by both' : 'not verified by both'
  return field('nhsNumber', left.nhsNumber === right.nhsNumber ? 'same' : 'different', sides, note)
}

/** Systems write these when they do not know. */
const unknownDates = new Set(['1900-01-01', '1901-01-01', '1800-01-01', '1111-11-11', '9999-12-31'])

function compareBirthDates(left: string | undefined, right: string | undefined): FieldComparison {
  const sides = [left, right]
  if (!left || !right || unknownDates.has(left) || unknownDates.has(right)) return field('birthDate', 'unknown', sides)
  if (left === right) return field('birthDate', left.length === 10 ? 'same' : 'partial', sides)
  if (left.startsWith(right) || right.startsWith(left))
    return field('birthDate', 'partial', sides, 'one date is incomplete')
  if (left.length === 10 && right.length === 10) {
    const swapped = `${left.slice(0, 5)}${left.slice(8, 10)}-${left.slice(5, 7)}`
    if (swapped === right) return field('birthDate', 'close', sides, 'day and month change places')
    const digits = [left, right].map((date) => date.replaceAll('-', ''))
    if (editDistance(digits[0] ?? '', digits[1] ?? '', 1) === 1)
      return field('birthDate', 'close', sides, 'one digit differs')
  }
  return field('birthDate', 'different', sides)
}

function compareFamilies(left: Traits, right: Traits): FieldComparison {
  const sides = [left.family, right.family]
  const a = foldName(left.family ?? '')
  const b = foldName(right.family ?? '')
  if (!a || !b) return field('family', 'unknown', sides)
  if (a === b) return field('family', 'same', sides)
  const note = isNear(a, b)
    ? 'spelled or sounds alike'
    : sharesPart(left, right)
      ? 'part of the name, or a former name'
      : undefined
  return field('family', note ? 'close' : 'different', sides, note)
}

/** A typing error or a sound. Short names are never near: Lee and Leo are two names. The first letter is rarely mistyped, but often tells twins apart. */
function isNear(a: string, b: string): boolean {
  if (a[0] !== b[0] && phoneticKey(a)[0] !== phoneticKey(b)[0]) return false
  const shorter = Math.min(a.length, b.length)
  if (shorter >= 4 && a[0] === b[0] && editDistance(a, b, 1) <= 1) return true
  const sound = phoneticKey(a)
  return sound.length >= 3 && sound === phoneticKey(b) && editDistance(a, b, 2) <= 2
}

/** Smith and Smith-Jones, or a family name that the other side gives as a former one. */
function sharesPart(left: Traits, right: Traits): boolean {
  const ours = new Set([left.family, ...(left.otherNames ?? []).map((name) => name.family)].flatMap(familyParts))
  return [right.family, ...(right.otherNames ?? []).map((name) => name.family)]
    .flatMap(familyParts)
    .some((part) => ours.has(part))
}

function familyParts(family: string | undefined): string[] {
  if (!family) return []
  const parts = family
    .split(/[\s-]+/)
    .map(foldName)
    .filter((part) => part.length >= 3)
  return [foldName(family), ...parts]
}

function compareGivens(left: Traits, right: Traits): FieldComparison {
  const sides = [left.given?.join(' '), right.given?.join(' ')]
  const a = givenWords(left)
  const b = givenWords(right)
  const [firstA] = a
  const [firstB] = b
  if (!firstA || !firstB) return field('given', 'unknown', sides)
  if (firstA === firstB) return field('given', 'same', sides)
  if (b.includes(firstA) || a.includes(firstB)) return field('given', 'close', sides, 'a middle name is used')
  if ((firstA.length === 1 || firstB.length === 1) && firstA[0] === firstB[0])
    return field('given', 'close', sides, 'only an initial')
  if (areFamiliar(firstA, firstB)) return field('given', 'close', sides, 'a familiar form')
  // Kieran and Kiera are one letter apart, and twins.
  const sameSex = compareGenders(left.gender, right.gender).verdict !== 'different'
  if (sameSex && isNear(firstA, firstB)) return field('given', 'close', sides, 'spelled or sounds alike')
  return field('given', 'different', sides)
}

/** All given names in order, folded: `['Mary Ann', 'Jo']` → mary, ann, jo. */
export function givenWords(traits: Pick<Traits, 'given'>): readonly string[] {
  return (traits.given ?? [])
    .flatMap((name) => name.split(/\s+/))
    .map(foldName)
    .filter((word) => word !== '')
}

function compareGenders(left: Traits['gender'], right: Traits['gender']): FieldComparison {
  const sides = [left, right]
  if (!left || !right || left === 'unknown' || right === 'unknown') return field('gender', 'unknown', sides)
  return field('gender', left === right ? 'same' : 'different', sides)
}

function comparePostcodes(left: string | undefined, right: string | undefined): FieldComparison {
  const sides = [left, right]
  const a = foldPostcode(left ?? '')
  const b = foldPostcode(right ?? '')
  // ZZ99 codes say "no fixed abode", "abroad" and the like: a place that many share.
  if (!a || !b || a.startsWith('ZZ99') || b.startsWith('ZZ99')) return field('postcode', 'unknown', sides)
  return field('postcode', a === b ? 'same' : 'different', sides)
}

function compareIdentifiers(left: Traits, right: Traits): FieldComparison {
  const ours = new Map((left.identifiers ?? []).map(({ system, value }) => [`${system}|${value}`, value]))
  const shared = (right.identifiers ?? []).find(({ system, value }) => ours.has(`${system}|${value}`))
  if (shared) return field('identifier', 'same', [shared.value, shared.value], shared.system)
  return field('identifier', 'unknown', [])
}
