/**
 * Test results and readings, grouped by what was measured. Numbers keep their text; unlike units never share an axis (hazard H-06);
 * results with limits, amendments and errors are shown as such and left out of lines.
 */
import type { Observation, ObservationComponent, ObservationReferenceRange, Quantity } from 'fhir/r4.js'
import { type Held, type HeldFact, list, numberText, text } from './held.ts'
import { lazily } from './lazily.ts'
import type { Heading, Origin, PartialDate, PersonRecord, Reading, ReadingValue, Test, Trend } from './model.ts'
import { earliestMs, monthWords, newestFirst } from './partial-date.ts'
import { firstKey, groupByCode, joiningCodes } from './same-code.ts'
import { foldUnit, knownMeasurement } from './same-test.ts'
import {
  comparatorOf,
  conceptList,
  conceptWords,
  quantityWords,
  rangeWords,
  ratioWords,
  sentence,
  unitWords,
} from './words.ts'

type Fact = HeldFact<Observation>

export function readTests(held: Held): { readonly tests: readonly Test[]; readonly vitalSigns: readonly Test[] } {
  const reported = new Map(
    held.of('DiagnosticReport').flatMap(({ resource }) => {
      const name = conceptWords(resource.code)
      return list(resource.result).map((result) => [text(result.reference), name] as const)
    }),
  )
  const items = held
    .of('Observation')
    .filter(({ resource }) => !isHeading(resource))
    .map((fact) => ({ fact, codes: testCodes(fact) }))
  const rows = groupByCode(items).map((group) =>
    testRow(
      held,
      group.map(({ fact }) => fact),
      { codes: group[0]?.codes ?? [], reported },
    ),
  )
  const latestFirst = (a: Test, b: Test) => newestFirst(a.latest ?? {}, b.latest ?? {}) || a.name.localeCompare(b.name)
  return {
    tests: rows.filter(({ group }) => group !== 'vital-signs').sort(latestFirst),
    vitalSigns: rows.filter(({ group }) => group === 'vital-signs').sort(latestFirst),
  }
}

// A panel's heading has members and says nothing itself: its members have rows.
export function isHeading(resource: Observation): boolean {
  return (
    list(resource.hasMember).length > 0 &&
    valueIn(resource) === undefined &&
    list(resource.component).length === 0 &&
    list(resource.note).length === 0
  )
}

/** An entry of a GP record that says how to meet the person: no test, though it comes as an observation. */
export function isAdjustment({ group, name }: Pick<Test, 'group' | 'name'>): boolean {
  return group === 'other' && /reasonable adjust|communication need|accessible information/i.test(name)
}

/**
 * Outside the limits that its laboratory sent with it, where the laboratory marked nothing: '' when inside, unknown or withdrawn.
 * `>100` lies above a limit of 50; `<5` below one of 10 (hazard H-75).
 */
export function rangeMark({ values, low, high, flag, status }: Reading): '' | 'Above its range' | 'Below its range' {
  const [only, ...others] = values
  if (flag !== '' || voidStatuses.has(status) || others.length > 0 || only?.value.kind !== 'quantity') return ''
  const { number, comparator } = only.value
  const [isLeast, isMost] = [comparator.startsWith('>'), comparator.startsWith('<')]
  if (high !== undefined && (isLeast ? number >= high : !isMost && number > high)) return 'Above its range'
  if (low !== undefined && (isMost ? number <= low : !isLeast && number < low)) return 'Below its range'
  return ''
}

const marked = /high|low|abnormal|positive|above|below|critical|resistant|panic/i

/** How loudly a reading asks to be looked at: 2 where its laboratory calls it critical, 1 where it marked it or its own limits do, else 0. */
export function loudness(reading: Reading | undefined): 0 | 1 | 2 {
  if (reading === undefined || voidStatuses.has(reading.status)) return 0
  if (/critical|panic|significantly/i.test(reading.flag)) return 2
  return marked.test(reading.flag) || rangeMark(reading) !== '' ? 1 : 0
}

/** Ids of the observations that stand under a heading. Contacts are never made of them, and have thousands of entries that would be made for nothing. */
export function headedObservations(headings: PersonRecord['headings']): ReadonlySet<string> {
  const names = (Object.keys(headings) as Heading[]).filter((name) => name !== 'encounters')
  const ids = new Set<string>()
  for (const name of names)
    for (const { origins } of headings[name])
      for (const { type, id } of origins) if (type === 'Observation') ids.add(id)
  return ids
}

/** Without what only comes as an observation and has a place of its own: a decision, a need, a pregnancy. A number keeps its trend. */
export function properTests({ tests, headings }: Pick<PersonRecord, 'tests' | 'headings'>): readonly Test[] {
  const headed = headedObservations(headings)
  return tests.filter(
    (test) =>
      !test.origins.every(({ id }) => headed.has(id)) ||
      test.readings.some(({ values }) => values.some(({ value }) => value.kind === 'quantity')),
  )
}

function testCodes({ resource, origin }: Fact): readonly string[] {
  const codes = joiningCodes(resource.code, origin)
  const known = knownMeasurement(codes)
  return known ? [known.key, ...codes] : codes
}

function groupOf(
  facts: readonly Fact[],
  codes: readonly string[],
  reported: ReadonlyMap<string, string>,
): Test['group'] {
  const isOf = (category: string) =>
    facts.some(({ resource }) =>
      list(resource.category).some(({ coding }) =>
        list(coding).some(({ code }) => code === category || text(code).toLowerCase() === category),
      ),
    )
  if (
    knownMeasurement(codes)?.vital ||
    codes.some((code) => knownMeasurement([code])?.vital) ||
    facts.some(({ resource }) => saysWhatIsBreathed(resource)) ||
    isOf('vital-signs')
  )
    return 'vital-signs'
  return isOf('laboratory') || facts.some(({ origin }) => reported.has(`Observation/${origin.id}`))
    ? 'laboratory'
    : 'other'
}

/** Air or oxygen, as part of a round at the bedside; its own code is as often a local one. @see record-standard §6 */
function saysWhatIsBreathed({ valueCodeableConcept }: Observation): boolean {
  return list(valueCodeableConcept?.coding).some(({ code }) => code === '722742002' || code === '371825009')
}

function testRow(
  held: Held,
  facts: readonly Fact[],
  { codes, reported }: { readonly codes: readonly string[]; readonly reported: ReadonlyMap<string, string> },
): Test {
  const byTime = facts
    .map((fact) => ({
      fact,
      away: Number(isVoid(fact.resource)),
      ms: earliestMs(observedAt(held, fact.resource)) ?? -Infinity,
    }))
    .sort((a, b) => a.away - b.away || (a.ms === b.ms ? 0 : b.ms - a.ms))
    .map(({ fact }) => fact)
  const name = firstWords(byTime, ({ resource }) => conceptWords(resource.code)) ?? 'Test with no name recorded'
  const origins = byTime.map(({ origin }) => origin)
  const code = text(list(byTime[0]?.resource.code?.coding)[0]?.code)
  const report = firstWords(origins, ({ id }) => reported.get(`Observation/${id}`))
  const known = knownMeasurement(codes)
  const latest = byTime[0] && readingOf(held, byTime[0], name)
  const readings = () => byTime.map((fact, n) => (n === 0 && latest ? latest : readingShown(held, fact, name)))
  const test = {
    key: known?.key ?? firstKey(codes, origins[0] ?? nowhere),
    name,
    ...(code ? { code } : {}),
    group: groupOf(facts, codes, reported),
    ...(report ? { report } : {}),
    ...(latest ? { latest } : {}),
    origins,
  }
  // Of most tests a page shows the newest reading only.
  const made: Test = lazily<typeof test, Pick<Test, 'readings' | 'trends'>>(test, {
    readings,
    trends: () => trendsOf(made.readings),
  })
  return made
}

function firstWords<T>(all: readonly T[], words: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const found = words(one)
    if (found) return found
  }
  return undefined
}

const nowhere: Origin = { type: 'Observation', id: '', source: '', organisation: '', savedAt: '', messageId: '0' }
const voidStatuses = new Set(['entered-in-error', 'cancelled'])

function isVoid({ status }: Observation): boolean {
  return voidStatuses.has(text(status))
}

/** When the specimen was taken or the reading made; the time of report only when nothing better was sent. */
export function observedAt(held: Held, resource: Observation): PartialDate | undefined {
  const specimen = held.follow(resource.specimen?.reference, resource)
  const collected =
    specimen?.resourceType === 'Specimen'
      ? [specimen.collection?.collectedDateTime, specimen.collection?.collectedPeriod?.start]
      : []
  return [
    ...collected,
    resource.effectiveDateTime,
    resource.effectivePeriod?.start,
    resource.effectiveInstant,
    resource.issued,
  ]
    .map(text)
    .find((date) => earliestMs(date) !== undefined)
}

function dated(held: Held, resource: Observation): { when?: PartialDate } {
  const when = observedAt(held, resource)
  return when === undefined ? {} : { when }
}

/** Made when it is shown: one that cannot be put into words stands in its place, not in the way of the others. */
function readingShown(held: Held, fact: Fact, rowName: string): Reading {
  try {
    return readingOf(held, fact, rowName)
  } catch {
    const value = { kind: 'absent', reason: 'it cannot be read' } as const
    return {
      called: '',
      values: [{ name: '', value }],
      range: '',
      flag: '',
      status: 'unknown',
      comment: '',
      origins: [fact.origin],
    }
  }
}

function readingOf(held: Held, { resource, origin }: Fact, rowName: string): Reading {
  const components = list(resource.component)
  const own = valueIn(resource)
  const values = [
    ...(own || components.length === 0 ? [{ name: '', value: own ?? ({ kind: 'absent', reason: '' } as const) }] : []),
    ...components.map((component) => ({
      name: conceptWords(component.code),
      value: valueIn(component) ?? ({ kind: 'absent', reason: '' } as const),
    })),
  ]
  const range = list(resource.referenceRange)[0] ?? list(components[0]?.referenceRange)[0]
  const called = conceptWords(resource.code)
  return {
    ...dated(held, resource),
    called: called === rowName ? '' : called,
    values,
    range: rangeText(range),
    ...limits(range, resource.valueQuantity),
    flag: conceptList(resource.interpretation)
      .map((_, index) => flagWords(resource, index))
      .filter(Boolean)
      .join(', '),
    status: resource.status === 'final' ? '' : text(resource.status),
    comment: list(resource.note)
      .map((note) => text(note.text))
      .filter(Boolean)
      .join(' '),
    origins: [origin],
  }
}

/** The value's words on one line: `132/80 mmHg`, `Systolic 132 mmHg, pulse 70 /min`, `<5 mg/L`. */
export function valueText(value: ReadingValue): string {
  if (value.kind === 'absent') return value.reason ? `No result: ${value.reason}` : 'No result recorded'
  return value.text
}

export function readingWords({ values }: Pick<Reading, 'values'>): string {
  const [top, bottom] = values
  if (
    values.length === 2 &&
    top?.value.kind === 'quantity' &&
    bottom?.value.kind === 'quantity' &&
    /systolic/i.test(top.name) &&
    /diastolic/i.test(bottom.name)
  )
    return `${top.value.comparator}${top.value.text.split(' ')[0]?.replace(/^[<>=]+/, '')}/${bottom.value.text}`
  return values.map(({ name, value }) => (name ? `${name} ${valueText(value)}` : valueText(value))).join(', ')
}

/** What it says, in words; '' when it says nothing. */
export function observedWords(observation: Observation): string {
  const value = valueIn(observation)
  return value === undefined || value.kind === 'absent' ? '' : value.text
}

function valueIn(part: Observation | ObservationComponent): ReadingValue | undefined {
  if (typeof part.valueQuantity?.value === 'number')
    return {
      kind: 'quantity',
      text: quantityWords(part.valueQuantity),
      number: part.valueQuantity.value,
      comparator: comparatorOf(part.valueQuantity),
      unit: unitWords(part.valueQuantity),
    }
  if (typeof part.valueInteger === 'number')
    return { kind: 'quantity', text: String(part.valueInteger), number: part.valueInteger, comparator: '', unit: '' }
  const words =
    text(part.valueString) ||
    conceptWords(part.valueCodeableConcept) ||
    rangeWords(part.valueRange) ||
    ratioWords(part.valueRatio) ||
    text(part.valueDateTime) ||
    text(part.valueTime) ||
    (typeof part.valueBoolean === 'boolean' ? (part.valueBoolean ? 'Yes' : 'No') : '') ||
    [part.valuePeriod?.start, part.valuePeriod?.end].map(text).filter(Boolean).join(' to ') ||
    (part.valueSampledData ? 'Waveform: see the original' : '')
  if (words) return { kind: 'text', text: words }
  if (part.valueQuantity && unitWords(part.valueQuantity)) return { kind: 'absent', reason: 'a unit without a number' }
  return part.dataAbsentReason ? { kind: 'absent', reason: conceptWords(part.dataAbsentReason) } : undefined
}

function rangeText(range: ObservationReferenceRange | undefined): string {
  if (!range) return ''
  return (
    text(range.text) ||
    rangeWords({ ...(range.low ? { low: range.low } : {}), ...(range.high ? { high: range.high } : {}) })
  )
}

function limits(
  range: ObservationReferenceRange | undefined,
  value: Quantity | undefined,
): { low?: number; high?: number } {
  const same = (end: Quantity | undefined) =>
    typeof end?.value === 'number' &&
    value !== undefined &&
    (unitWords(end) === '' || foldUnit(unitWords(end)) === foldUnit(unitWords(value)))
  return {
    ...(same(range?.low) && range?.low?.value !== undefined ? { low: range.low.value } : {}),
    ...(same(range?.high) && range?.high?.value !== undefined ? { high: range.high.value } : {}),
  }
}

const flags: Readonly<Record<string, string>> = {
  H: 'High',
  L: 'Low',
  HH: 'Critically high',
  LL: 'Critically low',
  HU: 'Significantly high',
  LU: 'Significantly low',
  A: 'Abnormal',
  AA: 'Critically abnormal',
  N: '',
  POS: 'Positive',
  NEG: 'Negative',
  '>': 'Above the measurable range',
  '<': 'Below the measurable range',
  S: 'Susceptible',
  R: 'Resistant',
  I: 'Intermediate',
}

function flagWords(resource: Observation, index: number): string {
  const concept = list(resource.interpretation)[index]
  const code = text(list(concept?.coding)[0]?.code)
  return flags[code] ?? sentence(conceptWords(concept))
}

/** One line for each component and unit, newest unit first. */
function trendsOf(readings: readonly Reading[]): readonly Trend[] {
  const lines = new Map<
    string,
    { name: string; unit: string; points: Trend['points'][number][]; leftOut: number; low?: number; high?: number }
  >()
  for (const { when, values, status, low, high } of readings) {
    const ms = earliestMs(when)
    if (ms === undefined || voidStatuses.has(status)) continue
    for (const { name, value } of values) {
      if (value.kind !== 'quantity') continue
      const key = `${name}|${foldUnit(value.unit)}`
      const line = lines.get(key) ?? {
        name,
        unit: value.unit,
        points: [],
        leftOut: 0,
        ...(low === undefined ? {} : { low }),
        ...(high === undefined ? {} : { high }),
      }
      if (value.comparator === '')
        line.points.push({ at: new Date(ms).toISOString(), value: value.number, text: plainNumber(value) })
      else line.leftOut += 1
      lines.set(key, line)
    }
  }
  return [...lines.values()]
    .filter(({ points }) => points.length > 0)
    .map((line) => {
      const points = line.points.reverse()
      return { ...line, points, conclusion: conclude(points) }
    })
}

function plainNumber(value: Extract<ReadingValue, { kind: 'quantity' }>): string {
  return value.text.slice(0, value.text.length - value.unit.length).trim() || numberText({ value: value.number })
}

function conclude(points: Trend['points']): string {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return ''
  if (points.length === 1) return `${last.text} in ${monthWords(last.at)}`
  const [from, to] = [`${first.text} in ${monthWords(first.at)}`, `${last.text} in ${monthWords(last.at)}`]
  const course =
    first.value === last.value
      ? `${last.text} in ${monthWords(first.at)} and in ${monthWords(last.at)}`
      : `${last.value < first.value ? 'Fell' : 'Rose'} from ${from} to ${to}`
  return course + between(points, first, last)
}

/** What the two ends do not tell: a peak or a dip between them may be what matters (hazard H-06). */
function between(points: Trend['points'], first: Trend['points'][number], last: Trend['points'][number]): string {
  const highest = points.reduce((most, point) => (point.value > most.value ? point : most), first)
  const lowest = points.reduce((least, point) => (point.value < least.value ? point : least), first)
  const words = (name: string, { text: value, at }: Trend['points'][number]) =>
    `, ${name} ${value} in ${monthWords(at)}`
  return (
    (highest.value > Math.max(first.value, last.value) ? words('highest', highest) : '') +
    (lowest.value < Math.min(first.value, last.value) ? words('lowest', lowest) : '')
  )
}
