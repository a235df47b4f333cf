/**
 * What somebody should look at in a list of medicines: an allergy, the same thing twice, two of one family, begun again. Each says what it
 * rests on; nothing is hidden by it, and what the table of names does not know is not compared (hazards H-28, H-29).
 */
import {
  localForms,
  type MedicineName,
  matchAllergy,
  medicineClasses,
  medicineLine,
  readAllergen,
  readMedicineName,
} from '../nhs/index.ts'
import { bareAllergen } from './allergen-words.ts'
import type { MedicineRow } from './medicines.ts'
import type { AlikeMedicine, Allergy, Medicine, MedicineConcern, MedicineSaying, MedicineStatus } from './model.ts'
import { dayWords, earliestMs } from './partial-date.ts'
import { foldWords } from './same-code.ts'
import { sentence } from './words.ts'

/** Not known to have ended. */
export const ongoing: ReadonlySet<MedicineStatus> = new Set(['current', 'on-hold', 'planned', 'not-recorded'])

type Going = { readonly row: MedicineRow; readonly reads: readonly MedicineName[]; readonly shown: string }

export function compareMedicines(rows: readonly MedicineRow[], allergies: readonly Allergy[]): readonly Medicine[] {
  const going = rows.filter(({ status }) => ongoing.has(status)).map(goingOf)
  const byRow = new Map(going.map((one) => [one.row, one]))
  const met = meetings(going)
  return rows.map((row) => {
    const me = byRow.get(row)
    if (!me) return { ...row, alike: [], concerns: [] }
    const others = [...(met.get(me) ?? [])]
    return {
      ...row,
      alike: others.flatMap((other) => alikeOf(me, other)),
      concerns: [
        ...allergies.flatMap((allergy) => allergyConcern(me, allergy)),
        ...sharedIngredients(me, others),
        ...sameClass(me, others),
        ...twice(row),
        ...restarted(row),
      ].sort((a, b) => Number(b.grave) - Number(a.grave)),
    }
  })
}

function goingOf(row: MedicineRow): Going {
  const names = new Set([row.name, ...row.sayings.map(({ name }) => name)])
  return { row, reads: [...names].flatMap((name) => readMedicineName(name) ?? []), shown: medicineLine(row.name) }
}

/** Rows that share an ingredient, a class or the beginning of a name: only those need to be looked at in pairs. */
function meetings(going: readonly Going[]): ReadonlyMap<Going, ReadonlySet<Going>> {
  const byWord = new Map<string, Going[]>()
  for (const one of going) {
    const words = new Set(
      one.reads.flatMap(({ ingredients, classes }) => [...ingredients, ...classes.map((short) => `class ${short}`)]),
    )
    const stem = stemOf(one.row.name)
    if (one.reads.length === 0 && stem !== '') words.add(`stem ${stem}`)
    for (const word of words) byWord.set(word, [...(byWord.get(word) ?? []), one])
  }
  const met = new Map<Going, Set<Going>>()
  for (const together of byWord.values())
    for (const one of together)
      for (const other of together) if (one !== other) met.set(one, (met.get(one) ?? new Set()).add(other))
  return met
}

/** The words before the first number: `bisoprolol` of `Bisoprolol 2.5mg tablets`. '' for a name without a number. */
function stemOf(name: string): string {
  return foldWords(/^(\D{4,}?)\s*\d/.exec(name)?.[1] ?? '')
}

function alikeOf(me: Going, other: Going): readonly AlikeMedicine[] {
  const how = howAlike(me, other)
  return how === undefined ? [] : [{ name: other.shown, organisations: organisationsOf(other), how }]
}

function howAlike(me: Going, other: Going): AlikeMedicine['how'] | undefined {
  const [mine, theirs] = [me.reads[0], other.reads[0]]
  if (!mine || !theirs) return me.reads.length + other.reads.length === 0 ? 'begins-alike' : undefined
  if (mine.ingredients.join() !== theirs.ingredients.join()) return undefined
  const unlike = (a: string, b: string) => a !== '' && b !== '' && a !== b
  if (unlike(mine.strength, theirs.strength)) return 'another-strength'
  if (unlike(mine.form, theirs.form)) return 'another-form'
  return mine.product !== undefined && theirs.product !== undefined ? 'another-brand' : 'same-medicine'
}

function organisationsOf({ row }: Going): readonly string[] {
  return [...new Set(row.origins.map(({ organisation }) => organisation))]
}

function named(others: readonly Going[]): string {
  const some = others.slice(0, 3).map((one) => `${one.shown} (${organisationsOf(one).join(', ')})`)
  return [...some, ...(others.length > some.length ? [`${others.length - some.length} more`] : [])].join('; ')
}

/** Paracetamol beside co-codamol: the same substance twice, under names that do not show it. */
function sharedIngredients(me: Going, others: readonly Going[]): readonly MedicineConcern[] {
  const mine = new Set(me.reads.flatMap(({ ingredients }) => ingredients))
  const key = (one: Going) => one.reads[0]?.ingredients.join()
  return [...mine].flatMap((ingredient): readonly MedicineConcern[] => {
    const also = others.filter(
      (other) => key(other) !== key(me) && other.reads.some(({ ingredients }) => ingredients.includes(ingredient)),
    )
    return also.length === 0
      ? []
      : [
          {
            kind: 'shared-ingredient',
            grave: true,
            text: `${sentence(ingredient)} is in another medicine on this list too: ${named(also)}.`,
            origins: also.flatMap(({ row }) => row.origins.slice(0, 1)),
          },
        ]
  })
}

function sameClass(me: Going, others: readonly Going[]): readonly MedicineConcern[] {
  const classesOf = ({ reads }: Going) =>
    new Set(reads.filter(({ form }) => !localForms.has(form)).flatMap(({ classes }) => classes))
  const ingredients = new Set(me.reads.flatMap((read) => read.ingredients))
  return [...classesOf(me)].flatMap((short): readonly MedicineConcern[] => {
    const family = medicineClasses.get(short)
    const also = others.filter(
      (other) =>
        classesOf(other).has(short) &&
        !other.reads.some((read) => read.ingredients.some((ingredient) => ingredients.has(ingredient))),
    )
    return !family?.duplicate || also.length === 0
      ? []
      : [
          {
            kind: 'same-class',
            grave: false,
            text: `Another ${family.one.replace(/^an? /, '')} is on this list: ${named(also)}.`,
            origins: also.flatMap(({ row }) => row.origins.slice(0, 1)),
          },
        ]
  })
}

/** One source holds it twice as current: the same prescription entered again, or two that are meant. */
function twice({ sayings }: MedicineRow): readonly MedicineConcern[] {
  const entries = new Map<string, MedicineSaying[]>()
  for (const saying of sayings) {
    const source = saying.origins[0]?.source ?? ''
    if (saying.status === 'current' && saying.role !== 'dispensed' && saying.role !== 'given')
      entries.set(source, [...(entries.get(source) ?? []), saying])
  }
  return [...entries.values()]
    .filter(({ length }) => length > 1)
    .map((same) => ({
      kind: 'twice',
      grave: false,
      text: `${same[0]?.origins[0]?.organisation ?? 'One organisation'} has it ${same.length === 2 ? 'twice' : `${same.length} times`} as current.`,
      origins: [],
    }))
}

/** Ended on a known day, and begun on a later one: which of the two is meant now is for somebody to say. */
function restarted({ sayings }: MedicineRow): readonly MedicineConcern[] {
  const ends = sayings
    .filter(({ status, ended }) => (status === 'stopped' || status === 'completed') && ended !== undefined)
    .sort((a, b) => (earliestMs(b.ended) ?? 0) - (earliestMs(a.ended) ?? 0))
  const begun = sayings
    .filter(({ status, started }) => status === 'current' && started !== undefined)
    .sort((a, b) => (earliestMs(b.started) ?? 0) - (earliestMs(a.started) ?? 0))[0]
  const end = ends.find(({ ended }) => (earliestMs(ended) ?? 0) < (earliestMs(begun?.started) ?? 0))
  if (!begun?.started || !end?.ended) return []
  const [by, before] = [begun, end].map(({ origins }) => origins[0]?.organisation ?? '')
  const why = end.statusReason ? ` (${end.statusReason})` : ''
  return [
    {
      kind: 'restarted',
      grave: false,
      text: `Started again on ${dayWords(begun.started)} by ${by}, after ${before} recorded that it ${end.status === 'stopped' ? 'was stopped' : 'was completed'} on ${dayWords(end.ended)}${why}.`,
      origins: [],
    },
  ]
}

function allergyConcern(me: Going, allergy: Allergy): readonly MedicineConcern[] {
  const found = whyAllergic(me, allergy)
  if (!found) return []
  const active = allergy.standing === 'active'
  const word = allergy.kind === 'intolerance' ? 'intolerance' : 'allergy'
  const severity = allergy.severity === 'not-recorded' ? '' : allergy.severity
  const detail = [allergy.reactions.join(', '), severity].filter(Boolean).join('; ')
  const organisations = [...new Set(allergy.origins.map(({ organisation }) => organisation))].join(', ')
  return [
    {
      kind: found.kind,
      grave: active && word === 'allergy' && found.kind !== 'allergy-cross',
      text: `${active ? `Recorded ${word}` : `${sentence(word)} recorded as ${allergy.standing}`}: ${allergy.substance}${detail ? ` (${detail})` : ''}, ${organisations}. ${found.why}`,
      allergy: allergy.key,
      origins: allergy.origins,
    },
  ]
}

function whyAllergic(
  { row, reads }: Going,
  { substance }: Allergy,
): { readonly kind: MedicineConcern['kind']; readonly why: string } | undefined {
  const allergen = readAllergen(substance)
  const matches = allergen === undefined ? [] : reads.map((read) => ({ read, match: matchAllergy(allergen, read) }))
  for (const how of ['same', 'class', 'cross'] as const) {
    const found = matches.find(({ match }) => match?.how === how)
    if (!found?.match) continue
    const { match, read } = found
    if (match.how === 'same') return { kind: 'allergy', why: `This medicine contains ${match.ingredient}.` }
    if (match.how === 'class')
      return { kind: 'allergy-class', why: `${sentence(read.generic)} is ${match.family.one}.` }
    return {
      kind: 'allergy-cross',
      why: `${sentence(read.generic)} is ${match.to.one}; some people who are allergic to ${match.family.name} react to ${match.to.name} too. Look at the reaction.`,
    }
  }
  // Neither may be in the table: a name that begins like the allergy is worth a look, and joins nothing.
  const bare = bareAllergen(substance)
  return matches.length === 0 && bare.length > 4 && `${foldWords(row.name)} `.startsWith(`${bare} `)
    ? { kind: 'allergy-name', why: 'The name of this medicine begins like it.' }
    : undefined
}
