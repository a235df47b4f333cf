/**
 * NEWS2 of one person: as sources sent it, and computed from whole sets of readings. A set is of one source, each reading once, from first
 * to last within a quarter of an hour; what is not whole has no total (hazards H-30, H-31).
 */
import type { Observation, Quantity } from 'fhir/r4.js'
import {
  type Consciousness,
  type News2Parameter,
  type News2Readings,
  news2Parameters,
  riskOfTotal,
  scoreNews2,
} from '../nhs/index.ts'
import { type Held, type HeldFact, list, text } from './held.ts'
import type { News2, News2Reading, News2Recorded, News2Set, Problem } from './model.ts'
import { earliestMs } from './partial-date.ts'
import { joiningCodes } from './same-code.ts'
import { foldUnit } from './same-test.ts'
import { observedAt, observedWords } from './tests.ts'
import { comparatorOf, conceptWords, quantityWords, unitWords } from './words.ts'

/** From the first reading of a set to the last. */
export const setWindowMs = 15 * 60_000
/** Fewer of the seven are no set that somebody meant to score: a blood pressure at the practice. */
const parametersMin = 4

const sct = (code: string) => `http://snomed.info/sct|${code}`
const loinc = (code: string) => `http://loinc.org|${code}`

type Measured = 'respiration' | 'saturation' | 'systolic' | 'pulse' | 'temperature'
const measured: ReadonlyMap<string, Measured> = new Map([
  ...[loinc('9279-1'), sct('86290005')].map((code) => [code, 'respiration'] as const),
  ...[loinc('2708-6'), loinc('59408-5'), sct('103228002')].map((code) => [code, 'saturation'] as const),
  ...[loinc('8480-6'), sct('271649006'), sct('72313002')].map((code) => [code, 'systolic'] as const),
  ...[loinc('8867-4'), sct('364075005'), sct('78564009')].map((code) => [code, 'pulse'] as const),
  ...[loinc('8310-5'), sct('386725007'), sct('276885007')].map((code) => [code, 'temperature'] as const),
])
const unitOf: Readonly<Record<Measured, string>> = {
  respiration: '/min',
  saturation: '%',
  systolic: 'mm[Hg]',
  pulse: '/min',
  temperature: 'Cel',
}
const acvpu = sct('1104441000000107')
const levels: ReadonlyMap<string, readonly [Consciousness, string]> = new Map([
  ['248234008', ['A', 'Alert']],
  ['130987000', ['C', 'New confusion']],
  ['300202002', ['V', 'Responds to voice']],
  ['450847001', ['P', 'Responds to pain']],
  ['422768004', ['U', 'Unresponsive']],
])
const airOrOxygen: ReadonlyMap<string, readonly ['air' | 'oxygen', string]> = new Map([
  ['722742002', ['air', 'Breathing air']],
  ['371825009', ['oxygen', 'On oxygen']],
])
const total = sct('1104051000000101')
const onScaleOne = sct('1104311000000102')
const onScaleTwo = sct('1104321000000108')

type Value = News2Reading & {
  readonly ms: number
  readonly value: number | string
  readonly source: string
  /** The same source says otherwise at the same moment. */
  readonly doubt?: true
}
type Kept = News2Recorded & {
  readonly ms: number
  readonly scale: 1 | 2 | undefined
  readonly from: ReadonlySet<string>
}

/** @param problems for pregnancy: in it there is no NEWS2 */
export function readNews2(held: Held, problems: readonly Problem[]): News2 {
  const all = held.of('Observation').filter(({ resource }) => isSound(resource))
  const facts = all.filter(({ resource }) => mayConcern(resource))
  const recorded = facts.flatMap((fact) => recordedOf(held, fact)).sort((a, b) => b.ms - a.ms)
  const partScores = facts.flatMap((fact) => scaleOf(held, fact))
  const scaleTwoUsed = [...recorded, ...partScores].some(({ scale }) => scale === 2)
  const born = held.of('Patient').flatMap(({ resource }) => text(resource.birthDate) || [])
  const pregnancies = [...problems, ...all.flatMap(({ resource }) => pregnancyObserved(held, resource))]
  const sets = setsOf(facts.flatMap((fact) => valuesOf(held, fact))).map((set) =>
    scoredSet(set, { recorded, partScores, scaleTwoUsed, born, problems: pregnancies }),
  )
  return {
    sets: sets.sort((a, b) => b.until.localeCompare(a.until)),
    recorded: recorded.map(({ ms: _, scale: __, from: ___, ...one }) => one),
  }
}

/** Every code that is asked for below, whatever its system. Of most records few readings have one. */
const concerned = new Set(
  [total, onScaleOne, onScaleTwo, acvpu, ...measured.keys()]
    .map((code) => code.slice(code.indexOf('|') + 1))
    .concat(...levels.keys(), ...airOrOxygen.keys()),
)

function mayConcern(resource: Observation): boolean {
  return hasConcern(resource) || list(resource.component).some(hasConcern)
}

function hasConcern({
  code,
  valueCodeableConcept,
}: Pick<Observation, 'valueCodeableConcept'> & Partial<Pick<Observation, 'code'>>) {
  return [code, valueCodeableConcept].some((concept) =>
    list(concept?.coding).some((coding) => concerned.has(text(coding.code))),
  )
}

// A reading that was cancelled, is an error or is not final is no ground for a score.
function isSound({ status }: Observation): boolean {
  return status === 'final' || status === 'amended' || status === 'corrected'
}

/** The moment of a reading; undefined when only its day is known: a set is of minutes. */
function momentOf(held: Held, resource: Observation): { readonly when: string; readonly ms: number } | undefined {
  const when = observedAt(held, resource)
  const ms = earliestMs(when)
  return when?.includes('T') && ms !== undefined ? { when, ms } : undefined
}

function recordedOf(held: Held, { resource, origin }: HeldFact<Observation>): readonly Kept[] {
  if (!joiningCodes(resource.code, origin).includes(total)) return []
  const number = resource.valueQuantity?.value ?? resource.valueInteger
  const moment = momentOf(held, resource)
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > 20 || !moment) return []
  if (resource.valueQuantity && comparatorOf(resource.valueQuantity) !== '') return []
  const codes = list(resource.component).flatMap(({ code }) => joiningCodes(code, origin))
  const parts = list(resource.component).map(({ valueQuantity }) => valueQuantity?.value)
  const single = parts.includes(3) && number < 5
  return [
    {
      total: number,
      when: moment.when,
      ...riskOfTotal(number),
      ...(single ? { risk: 'low-medium' as const, response: 'At least hourly; urgent review by a ward doctor' } : {}),
      origin,
      ms: moment.ms,
      scale: codes.includes(onScaleTwo) ? 2 : codes.includes(onScaleOne) ? 1 : undefined,
      from: new Set(list(resource.derivedFrom).map(({ reference }) => text(reference))),
    },
  ]
}

type ScaleUsed = { readonly scale: 1 | 2; readonly ms: number; readonly source: string }

/** A score of oxygen saturation that stands by itself tells the scale of the readings beside it. */
function scaleOf(held: Held, { resource, origin }: HeldFact<Observation>): readonly ScaleUsed[] {
  const codes = joiningCodes(resource.code, origin)
  const scale = codes.includes(onScaleTwo) ? 2 : codes.includes(onScaleOne) ? 1 : undefined
  if (scale === undefined) return []
  return [{ scale, ms: momentOf(held, resource)?.ms ?? 0, source: origin.source }]
}

function valuesOf(held: Held, { resource, origin }: HeldFact<Observation>): readonly Value[] {
  const found: (readonly [News2Parameter, number | string, string])[] = []
  const parts = [resource, ...list(resource.component)]
  for (const part of parts) {
    const codes = joiningCodes(part.code, origin)
    const parameter = codes.map((code) => measured.get(code)).find(Boolean)
    if (parameter && part.valueQuantity) {
      const number = plainNumber(part.valueQuantity, unitOf[parameter])
      if (number !== undefined) found.push([parameter, number, quantityWords(part.valueQuantity)])
    }
    const coded = list(part.valueCodeableConcept?.coding).map(({ code }) => text(code))
    const level = codes.includes(acvpu) ? coded.map((code) => levels.get(code)).find(Boolean) : undefined
    if (level) found.push(['consciousness', ...level])
    // Some send what was breathed as the value, others as the thing observed: then `No` says that it was not so, and is neither.
    const observed = isDenied(part) ? [] : codes.map((code) => code.split('|')[1] ?? '')
    const breathed = [...coded, ...observed].map((code) => airOrOxygen.get(code)).find(Boolean)
    if (breathed) found.push(['oxygen', ...breathed])
  }
  if (found.length === 0) return []
  const moment = momentOf(held, resource)
  return moment === undefined
    ? []
    : found.map(([parameter, value, words]) => ({
        parameter,
        value,
        text: words,
        when: moment.when,
        ms: moment.ms,
        source: origin.source,
        origin,
      }))
}

/** Said not to be so, by the value that stands beside the question. */
function isDenied(part: Pick<Observation, 'valueBoolean' | 'valueString' | 'valueCodeableConcept' | 'valueInteger'>) {
  const words = text(part.valueString) || conceptWords(part.valueCodeableConcept)
  return (
    part.valueBoolean === false ||
    part.valueInteger === 0 ||
    /^(?:no|n|none|false|not\b.*|absent|negative)$/i.test(words.trim())
  )
}

/** In the unit that the score is made for; a limit such as `<90` is no reading. */
function plainNumber(quantity: Quantity, unit: string): number | undefined {
  if (typeof quantity.value !== 'number' || comparatorOf(quantity) !== '') return undefined
  return foldUnit(unitWords(quantity)) === unit ? quantity.value : undefined
}

/** Readings of one source that stand close together, each parameter once; a second reading of one begins a new set. */
function setsOf(values: readonly Value[]): readonly (readonly Value[])[] {
  const bySource = new Map<string, Value[]>()
  for (const value of values) bySource.set(value.source, [...(bySource.get(value.source) ?? []), value])
  return [...bySource.values()].flatMap((own) => {
    const sets: Value[][] = []
    for (const value of own.sort((a, b) => a.ms - b.ms)) {
      const set = sets.at(-1)
      const [first] = set ?? []
      const before = set?.find(({ parameter }) => parameter === value.parameter)
      if (set && before && before.ms === value.ms) {
        // Sent twice: the same reading of the same moment says nothing new, and another in its place leaves no reading to go by.
        if (before.value !== value.value) set[set.indexOf(before)] = { ...before, doubt: true }
        continue
      }
      if (set && first && value.ms - first.ms <= setWindowMs && !before) set.push(value)
      else sets.push([value])
    }
    return sets.filter(({ length }) => length >= parametersMin)
  })
}

function scoredSet(
  set: readonly Value[],
  {
    recorded,
    partScores,
    scaleTwoUsed,
    born,
    problems,
  }: {
    readonly recorded: readonly Kept[]
    readonly partScores: readonly ScaleUsed[]
    readonly scaleTwoUsed: boolean
    readonly born: readonly string[]
    readonly problems: readonly Pregnancy[]
  },
): News2Set {
  const times = set.map(({ ms }) => ms)
  const [from, until] = [Math.min(...times), Math.max(...times)]
  const own = recorded.find((one) => belongs(one, set, { from, until }))
  const beside = partScores.find((one) => one.source === set[0]?.source && isNear(one.ms, { from, until }))
  const scale = own?.scale ?? beside?.scale ?? (scaleTwoUsed ? undefined : 1)
  const readings: News2Readings = Object.fromEntries(set.map(({ parameter, value }) => [parameter, value]))
  const why = set.some(({ doubt }) => doubt)
    ? 'one reading came twice for the same moment, with unlike values'
    : whyNot(from, { born, problems, scale })
  const result = scoreNews2(readings, scale ?? 1)
  const parts = result.kind === 'scored' && why === '' ? result.score.parts : undefined
  return {
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    organisation: set[0]?.origin.organisation ?? '',
    scale: scale ?? 1,
    readings: news2Parameters.flatMap((parameter) =>
      set
        .filter((one) => one.parameter === parameter)
        .map(({ text: words, when, origin }) => ({
          parameter,
          text: words,
          when,
          origin,
          ...(parts ? { band: parts[parameter] } : {}),
        })),
    ),
    computed:
      result.kind === 'scored' && why !== ''
        ? { kind: 'not-scored', why }
        : result.kind === 'scored'
          ? { kind: 'scored', total: result.score.total, risk: result.score.risk, response: result.score.response }
          : result,
    ...(own
      ? { recorded: { total: own.total, when: own.when, risk: own.risk, response: own.response, origin: own.origin } }
      : {}),
  }
}

/** Made from readings of this set, as its source says; else of the same source and the same quarter of an hour. */
function belongs(one: Kept, set: readonly Value[], { from, until }: { readonly from: number; readonly until: number }) {
  if (one.from.size > 0) return set.some(({ origin: { type, id } }) => one.from.has(`${type}/${id}`))
  return one.origin.source === set[0]?.source && isNear(one.ms, { from, until })
}

function isNear(ms: number, { from, until }: { readonly from: number; readonly until: number }): boolean {
  return ms >= from - setWindowMs && ms <= until + setWindowMs
}

/** '' when there is a NEWS2 for this person at this moment. */
function whyNot(
  ms: number,
  {
    born,
    problems,
    scale,
  }: { readonly born: readonly string[]; readonly problems: readonly Pregnancy[]; readonly scale: 1 | 2 | undefined },
): string {
  if (born.length === 0) return 'the birth date is not recorded'
  if (born.some((day) => !isSixteen(day, ms))) return 'NEWS2 is for people of 16 and over'
  if (problems.some((problem) => isPregnancyAt(problem, ms))) return 'NEWS2 is not for pregnancy'
  return scale === undefined
    ? 'scale 2 for oxygen saturation has been used for this person, and which scale applies here is not recorded'
    : ''
}

/** On every day that the birth date may mean: a year alone is taken as its last day. */
function isSixteen(birthDate: string, ms: number): boolean {
  const [year = '', month = '12', day = '31'] = birthDate.split('-')
  return new Date(ms).toISOString().slice(0, 10) >= `${Number(year) + 16}-${month}-${day}`
}

type Pregnancy = Pick<Problem, 'title' | 'status' | 'since' | 'ended'>

/** Some sources tell of a pregnancy as something observed: `Pregnant: yes`, an expected date of delivery. */
function pregnancyObserved(held: Held, resource: Observation): readonly Pregnancy[] {
  const name = conceptWords(resource.code)
  if (!/pregnan|gestation|expected date of (?:delivery|confinement)|estimated delivery date/i.test(name)) return []
  if (
    isDenied(resource) ||
    /delivered|miscarr|terminat|ended|post-?(?:partum|natal)|previous|number of/i.test(
      `${name} ${observedWords(resource)}`,
    )
  )
    return []
  const since = observedAt(held, resource)
  const title = /pregnan/i.test(name) ? `${name} ${observedWords(resource)}` : 'Pregnancy'
  return [{ title, status: 'active', ...(since === undefined ? {} : { since }) }]
}

const tenMonthsMs = 310 * 86_400_000

function isPregnancyAt({ title, status, since, ended }: Pregnancy, ms: number): boolean {
  if (!/\bpregnan|\bgestation\b/i.test(title) || /\b(?:not pregnant|negative|history|prevention)\b/i.test(title))
    return false
  if (status === 'refuted' || status === 'entered-in-error') return false
  const [begun, over] = [earliestMs(since), earliestMs(ended)]
  if (over !== undefined && over < ms) return false
  if (begun === undefined) return status === 'active' || status === 'not-recorded'
  return begun <= ms && ms - begun < tenMonthsMs
}
