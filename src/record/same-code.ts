/** Which facts speak of the same thing: those that share a precise code, and never those that only share a name (hazard H-05). */
import type { CodeableConcept } from 'fhir/r4.js'
import { list, text } from './held.ts'
import type { Difference, Origin, Saying } from './model.ts'

// Systems that put many unlike things under one code: they join only facts that have nothing better.
const broad = /icd-?10|icd-?9|icd10|whocc\.no\/atc|opcs|2\.16\.840\.1\.113883\.6\.(?:3|4|90|103|104)$/i
// "Some allergy, some medicine, some plan": the code of a transfer that lost its meaning (UK degraded codes), and null flavours.
const degraded = new Set([
  '196461000000101',
  '196471000000108',
  '196421000000109',
  '196451000000104',
  '196431000000106',
  '196441000000102',
  '196411000000103',
  '419841000001106',
])
const sameSystem: Readonly<Record<string, string>> = {
  'https://dmd.nhs.uk': 'http://snomed.info/sct',
  'urn:oid:2.16.840.1.113883.6.96': 'http://snomed.info/sct',
}

type System = {
  readonly broad: boolean
  /** Says that there is no code. */
  readonly none: boolean
  readonly key: string
  /** `system|code`, by code. */
  readonly codes: Map<string, string>
}

// A record asks for the same few codes thousands of times: what is known of a system, and the joined words, are kept.
const systems = new Map<string, System>()
const keptMax = 5_000

function systemOf(system: string): System {
  const known = systems.get(system)
  if (known) return known
  const plain = system.replace(/\/$/, '')
  const made = {
    broad: broad.test(system),
    none: /NullFlavor|data-absent-reason/i.test(system),
    key: sameSystem[plain] ?? plain,
    codes: new Map<string, string>(),
  }
  if (systems.size >= keptMax) systems.clear()
  if (system.length <= 200) systems.set(system, made)
  return made
}

function joined({ key, codes }: System, code: string): string {
  const known = codes.get(code)
  if (known !== undefined) return known
  const words = `${key}|${code}`
  if (codes.size >= keptMax) codes.clear()
  if (code.length <= 100) codes.set(code, words)
  return words
}

/** Codes by which this concept may be joined with others'. A code without system means something only to its own source. */
export function joiningCodes(concept: CodeableConcept | undefined, origin: Origin): readonly string[] {
  const precise: string[] = []
  const others: string[] = []
  for (const coding of list(concept?.coding)) {
    const code = text(coding.code)
    if (code === '' || degraded.has(code)) continue
    const system = systemOf(text(coding.system))
    if (system.none) continue
    ;(system.broad ? others : precise).push(system.key === '' ? `${origin.source}||${code}` : joined(system, code))
  }
  return precise.length > 0 ? precise : others
}

/** Groups of facts connected by shared codes; what has no code is a group of its own. Order of first meeting is kept. */
export function groupByCode<F extends { readonly codes: readonly string[] }>(
  items: readonly F[],
): readonly (readonly F[])[] {
  const parent = items.map((_, index) => index)
  const root = (index: number): number => {
    let at = index
    while (parent[at] !== at) at = parent[at] ?? at
    return at
  }
  const first = new Map<string, number>()
  items.forEach((item, index) => {
    for (const code of item.codes) {
      const met = first.get(code)
      if (met === undefined) first.set(code, index)
      else {
        const [a, b] = [root(met), root(index)]
        parent[Math.max(a, b)] = Math.min(a, b)
      }
    }
  })
  const groups = new Map<number, F[]>()
  items.forEach((item, index) => {
    const group = groups.get(root(index))
    if (group) group.push(item)
    else groups.set(root(index), [item])
  })
  return [...groups.values()]
}

/** Who says what: equal words together. Words that are '' say nothing. */
export function sayings(
  said: readonly { readonly text: string; readonly origin: Origin }[],
  fold: (words: string) => string = foldWords,
): readonly Saying[] {
  const byWords = new Map<string, { text: string; origins: Origin[] }>()
  for (const { text: words, origin } of said) {
    if (words === '') continue
    const key = fold(words)
    const held = byWords.get(key)
    if (held) held.origins.push(origin)
    else byWords.set(key, { text: words, origins: [origin] })
  }
  return [...byWords.values()]
}

export function foldWords(words: string): string {
  return words
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9<>=.,%/+-]+/g, ' ')
    .trim()
}

/** A difference, when there is one. */
export function difference(about: string, said: readonly Saying[]): readonly Difference[] {
  return said.length > 1 ? [{ about, sayings: said }] : []
}

/** A key for addresses and lists: short, stable while the fact or code is, and free of the person. */
export function firstKey(codes: readonly string[], origin: Origin): string {
  const code = [...codes].sort()[0]
  if (code === undefined) return `${origin.type}-${origin.id}`
  return code
    .replace('http://snomed.info/sct|', 'sct-')
    .replace('http://loinc.org|', 'loinc-')
    .replace(/[^A-Za-z0-9.]+/g, '-')
}
