/** Keys under which people are found again. Hashes, stable for ever: they are on disk. */
import { hash64, type Int64 } from '../base/index.ts'
import { foldName, foldPostcode, phoneticKey } from '../nhs/index.ts'
import { givenWords, isVerified } from './compare.ts'
import type { Traits } from './subject.ts'

export const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number'

export function identifierKey(system: string, value: string): Int64 {
  return hash64(`${system}|${value}`)
}

export type KeyedIdentifier = {
  readonly k: Int64
  readonly system: string
  readonly value: string
  readonly verified: boolean
}

/** What people type when they must type something: it would make everyone without a number one person. */
const placeholders = /^\s*(?:|0+|9{4,}|x+|-+|\.+|unknown|unk|none|nil|null|n\/?a|tbc|tba|test|not known)\s*$/i

/** The NHS number first, then the others. */
export function identifiersOf(traits: Traits): readonly KeyedIdentifier[] {
  const others = (traits.identifiers ?? []).filter(({ value }) => !placeholders.test(value))
  const keyed = others.map(({ system, value }) => ({ k: identifierKey(system, value), system, value, verified: false }))
  if (!traits.nhsNumber) return keyed
  const k = identifierKey(nhsNumberSystem, traits.nhsNumber)
  return [{ k, system: nhsNumberSystem, value: traits.nhsNumber, verified: isVerified(traits) }, ...keyed]
}

/**
 * What likely duplicates share: the names and the birth date; their sounds and the birth date; the initial, the birth date and the postcode
 * (a changed family name); the family name, the initial and the postcode (a mistyped birth date). Sharing one means: compare them.
 */
export function blockKeys(traits: Traits): readonly Int64[] {
  const family = foldName(traits.family ?? '')
  const [given = ''] = givenWords(traits)
  const born = traits.birthDate?.length === 10 ? traits.birthDate : ''
  const postcode = foldPostcode(traits.postcode ?? '')
  const keys: Int64[] = []
  if (family && given && born) keys.push(hash64(`names|${family}|${given}|${born}`))
  if (family && given && born) keys.push(hash64(`sounds|${phoneticKey(family)}|${phoneticKey(given)}|${born}`))
  if (given && born && postcode) keys.push(hash64(`home|${given[0]}|${born}|${postcode}`))
  if (family && given && postcode) keys.push(hash64(`house|${family}|${given[0]}|${postcode}`))
  return keys
}

/** Every word of every name, folded, each once: also the words of a double-barrelled name, and the whole of it. */
export function nameWords(traits: Traits): readonly string[] {
  const names = [traits, ...(traits.otherNames ?? [])]
  const families = names.flatMap(({ family }) => (family ? [family, ...family.split(/[\s'’-]+/)] : []))
  const givens = names.flatMap(({ given }) => (given ?? []).flatMap((name) => [name, ...name.split(/[\s-]+/)]))
  // Longer than any name: rubbish in a name field is not searched for, and an index entry has a largest size.
  const words = [...families, ...givens].map(foldName).filter((word) => word !== '' && word.length <= 80)
  return [...new Set(words)]
}

/** Hashes of the word and of each way to leave out one letter: two words that share one are at most two small errors apart. */
export function nearKeys(word: string): readonly Int64[] {
  const letters = [...word.slice(0, 24)]
  const shorter = letters.map((_, place) => letters.toSpliced(place, 1).join(''))
  return [...new Set([word, ...shorter].filter((text) => text.length >= 2).map((text) => hash64(`near|${text}`)))]
}

/** More words than any person's names have: of rubbish in a name field not every pair is kept. */
const pairedMax = 12

/** Each two words of the names, and each word with the first half of the postcode: what two things typed lead to at once. */
export function namePairs(traits: Traits): readonly string[] {
  const words = nameWords(traits).slice(0, pairedMax)
  const area = postcodeArea(traits.postcode ?? '')
  const together = words.flatMap((one, place) => words.slice(place + 1).map((other) => wordPair(one, other)))
  return [...together, ...(area === '' ? [] : words.map((word) => wordPair(word, area)))]
}

/** Two folded words as one key, whichever comes first. */
export function wordPair(one: string, other: string): string {
  // The order of collation C is that of the bytes; letters beyond the BMP would differ from JavaScript's own.
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0 ? `${one} ${other}` : `${other} ${one}`
}

/** The first half of a whole postcode, folded: `ZE1 0AA` → `ZE1`. '' when it is not whole. */
export function postcodeArea(postcode: string): string {
  const folded = foldPostcode(postcode)
  return folded.length >= 5 && folded.length <= 8 ? folded.slice(0, -3) : ''
}
