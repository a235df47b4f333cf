/**
 * When an entry that has only an ICD-10 code speaks of the same condition as one in SNOMED CT: when a source of this person's record sends
 * both codings on one fact, or this short table of long-term conditions says so. Never by name, and never when the ICD-10 code fits more
 * than one of the person's SNOMED CT codes (hazard H-38).
 * @see NHS SNOMED CT to ICD-10 classification maps: default targets
 */
import type { Condition } from 'fhir/r4.js'
import { type HeldFact, list, text } from './held.ts'

const table: readonly (readonly [icd: string, snomed: string])[] = [
  ['E039', '40930008'], // hypothyroidism
  ['E119', '44054006'], // type 2 diabetes mellitus
  ['F209', '58214004'], // schizophrenia
  ['G20', '49049000'], // Parkinson's disease
  ['G35', '24700007'], // multiple sclerosis
  ['G409', '84757009'], // epilepsy
  ['I10', '59621000'], // essential hypertension
  ['I10', '38341003'], // hypertensive disorder
  ['I489', '49436004'], // atrial fibrillation
  ['I509', '84114007'], // heart failure
  ['J449', '13645005'], // chronic obstructive lung disease
  ['J459', '195967001'], // asthma
  ['N183', '433144002'], // chronic kidney disease stage 3
]

const icd = /icd-?10|2\.16\.840\.1\.113883\.6\.3$/i
const snomed = 'http://snomed.info/sct'

/** `I10.X`, `I10` and `E11.9` as one writes them in a table: `I10`, `E119`. */
function icdCodes({ resource }: HeldFact<Condition>): readonly string[] {
  return list(resource.code?.coding)
    .filter(({ system }) => icd.test(text(system)))
    .map(({ code }) =>
      text(code)
        .toUpperCase()
        .replaceAll(/[.\-\s]/g, '')
        .replace(/X$/, ''),
    )
    .filter((code) => /^[A-Z]\d{2}/.test(code))
}

function snomedCodes({ resource }: HeldFact<Condition>): readonly string[] {
  return list(resource.code?.coding)
    .filter(
      ({ system }) => text(system).replace(/\/$/, '') === snomed || text(system) === 'urn:oid:2.16.840.1.113883.6.96',
    )
    .map(({ code }) => text(code))
    .filter((code) => code !== '')
}

/** For each fact that has only ICD-10: the SNOMED CT code of this person's record that it speaks of, as a code to join by. Absent: none, or more than one. */
export function sameConditions(
  facts: readonly HeldFact<Condition>[],
): (fact: HeldFact<Condition>) => readonly string[] {
  const held = new Set(facts.flatMap(snomedCodes))
  const meant = new Map<string, Set<string>>()
  const say = (code: string, concept: string) => meant.set(code, (meant.get(code) ?? new Set()).add(concept))
  for (const [code, concept] of table) if (held.has(concept)) say(code, concept)
  for (const fact of facts)
    for (const code of icdCodes(fact)) for (const concept of snomedCodes(fact)) say(code, concept)
  return (fact) => {
    if (snomedCodes(fact).length > 0) return []
    const found = new Set(icdCodes(fact).flatMap((code) => [...(meant.get(code) ?? [])]))
    return found.size === 1 ? [...found].map((concept) => `${snomed}|${concept}`) : []
  }
}
