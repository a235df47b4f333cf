import type { Day } from '../../src/base/index.ts'
import type { Person } from '../people/person.ts'
import type { Random } from '../random.ts'
import { addDays, ageOn, dayOf, type Moment, momentOf } from '../time.ts'
import { conditions, type PanelKind } from './conditions.ts'
import { creatinineFor, egfrOf } from './kidney.ts'
import type { Check, Diagnosis, Panel, Stay } from './life.ts'
import { panels, type TestKey, tests } from './tests.ts'

/** How one body is doing: where each test stood three years ago and where it is going, a year. */
type Drift = Readonly<Record<TestKey, { readonly start: number; readonly yearly: number; readonly wobble: number }>>

/** Blood tests of the last three years, at the pace each condition asks for, and daily ones in hospital. */
export function testBlood(
  person: Person,
  {
    diagnoses,
    stays,
    random,
    today,
  }: {
    readonly diagnoses: readonly Diagnosis[]
    readonly stays: readonly Stay[]
    readonly random: Random
    readonly today: Day
  },
): readonly Panel[] {
  const drift = drifts(person, diagnoses, random, today)
  const found: Omit<Panel, 'number'>[] = []
  for (const [kind, since] of wantedPanels(diagnoses)) {
    const everyDays = kind === 'diabetes' || kind === 'kidney' ? random.int(150, 200) : 365
    for (let ago = 1080 - random.int(0, 60); ago > 3; ago -= everyDays + random.int(-15, 15)) {
      const collectedAt = momentOf(addDays(today, -ago), random.int(8, 11), random.int(0, 59))
      // The test that found the illness is the first.
      if (addDays(dayOf(collectedAt), 20) < since) continue
      found.push(draw(kind, { person, drift, ago, random, collectedAt, askedBy: 'gp', ill: 0 }))
    }
  }
  for (const stay of stays) {
    if (stay.kind !== 'inpatient' && stay.kind !== 'emergency') continue
    const days = Math.min(4, Math.floor(((stay.until ?? stay.from) - stay.from) / 86_400_000) + 1)
    for (let day = 0; day < days; day += 1) {
      const collectedAt =
        day === 0 ? stay.from + 2_400_000 : momentOf(addDays(dayOf(stay.from), day), 7, random.int(0, 59))
      const ago = (momentOf(today, 0) - collectedAt) / 86_400_000
      for (const kind of ['kidney', 'blood-count', 'inflammation'] as const) {
        found.push(draw(kind, { person, drift, ago, random, collectedAt, askedBy: 'hospital', ill: 1 - day / 4 }))
      }
    }
  }
  const now = momentOf(today, 0)
  return found
    .filter((panel) => panel.reportedAt < now)
    .sort((one, other) => one.collectedAt - other.collectedAt)
    .map((panel, place) => ({ ...panel, number: `${person.id.slice(1)}${String(place + 1).padStart(3, '0')}` }))
}

/** What the practice nurse measures once a year, or twice. */
export function measure(person: Person, diagnoses: readonly Diagnosis[], random: Random, today: Day): readonly Check[] {
  const age = ageOn(person.truth.birthDate, today)
  if (age < 18 && diagnoses.length === 0) return []
  const systolic =
    (age < 18 ? 100 : 116) + age / 5 + (diagnoses.some(({ condition }) => condition === 'hypertension') ? 14 : 0)
  const heightCm = age < 16 ? 84 + age * 5.6 : Math.round(random.near(person.truth.gender === 'male' ? 175 : 162, 14))
  const weight =
    age < 16 ? 10 + age * 3 : random.near(diagnoses.some(({ condition }) => condition === 'obesity') ? 104 : 76, 24)
  const checks: Check[] = []
  for (let ago = 1050; ago > 6; ago -= diagnoses.length > 1 ? 182 : 364) {
    const at = momentOf(
      addDays(today, -ago + random.int(0, 5)),
      random.int(9, 16),
      random.pick([0, 10, 20, 30, 40, 50]),
    )
    checks.push({
      at,
      systolic: Math.round(random.near(systolic, 22)),
      diastolic: Math.round(random.near(78, 16)),
      pulse: Math.round(random.near(74, 22)),
      weightKg: Math.round(10 * random.near(weight - ago / 400, 3)) / 10,
      ...(checks.length === 0 ? { heightCm: Math.round(heightCm) } : {}),
    })
  }
  return checks
}

/** Which panels, and since when there has been a reason. */
function wantedPanels(diagnoses: readonly Diagnosis[]): ReadonlyMap<PanelKind, Day> {
  const wanted = new Map<PanelKind, Day>()
  for (const { condition, since } of diagnoses) {
    for (const kind of conditions[condition].panels) if (!wanted.has(kind)) wanted.set(kind, since)
  }
  return wanted
}

type Draw = {
  readonly person: Person
  readonly drift: Drift
  readonly ago: number
  readonly random: Random
  readonly collectedAt: Moment
  readonly askedBy: 'gp' | 'hospital'
  /** 1: as ill as on the first day; 0: well. */
  readonly ill: number
}

function draw(kind: PanelKind, { person, drift, ago, random, collectedAt, askedBy, ill }: Draw): Omit<Panel, 'number'> {
  const drawn = panels[kind].tests.map((test) => {
    const { start, yearly, wobble } = drift[test]
    const value = random.near(start + (yearly * (1080 - ago)) / 365, wobble) + ill * (illness[test] ?? 0)
    return { test, value: rounded(Math.max(value, smallest(test)), tests[test].decimals) }
  })
  const results = withOwnEgfr(drawn, person, dayOf(collectedAt))
  return {
    kind,
    collectedAt,
    reportedAt: collectedAt + random.int(90, askedBy === 'gp' ? 1500 : 240) * 60_000,
    askedBy,
    results,
  }
}

/** eGFR is reckoned from the creatinine of the same blood, and not at all for children. */
function withOwnEgfr(drawn: Panel['results'], { truth }: Person, day: Day): Panel['results'] {
  const creatinine = drawn.find(({ test }) => test === 'creatinine')?.value
  const age = ageOn(truth.birthDate, day)
  return drawn.flatMap((result) => {
    if (result.test !== 'egfr' || creatinine === undefined) return [result]
    const egfr = egfrOf(creatinine, { age, man: truth.gender === 'male' })
    return age < 18 ? [] : [{ ...result, value: rounded(Math.max(egfr, smallest('egfr')), tests.egfr.decimals) }]
  })
}

/** What being in hospital does to a result on the first day. */
const illness: Partial<Record<TestKey, number>> = {
  crp: 140,
  whiteCells: 6,
  neutrophils: 5.4,
  urea: 4,
  creatinine: 30,
  egfr: -14,
  haemoglobin: -6,
  sodium: -4,
}

function drifts(person: Person, diagnoses: readonly Diagnosis[], random: Random, today: Day): Drift {
  const has = (name: Diagnosis['condition']) => diagnoses.some(({ condition }) => condition === name)
  const age = ageOn(person.truth.birthDate, today)
  const man = person.truth.gender === 'male'
  const egfr = has('ckd3') ? random.near(54, 8) : Math.max(64, 118 - age * 0.6 + random.near(0, 10))
  const falling = has('ckd3') ? -random.int(2, 5) : -0.6
  const body = { age, man }
  const creatinine = age < 18 ? 24 + 3 * age : creatinineFor(egfr, body)
  const rising = age < 18 ? 2 : (creatinineFor(egfr + 3 * falling, body) - creatinine) / 3
  return {
    sodium: { start: 140, yearly: 0, wobble: 4 },
    potassium: { start: has('ckd3') ? 4.7 : 4.3, yearly: has('ckd3') ? 0.1 : 0, wobble: 0.6 },
    urea: { start: has('ckd3') ? 8.4 : 5.4, yearly: has('ckd3') ? 0.6 : 0.05, wobble: 1.4 },
    creatinine: { start: creatinine, yearly: rising, wobble: 6 },
    egfr: { start: egfr, yearly: falling, wobble: 3 },
    haemoglobin: { start: (man ? 146 : 132) - (has('ckd3') ? 14 : 0), yearly: has('ckd3') ? -3 : -0.5, wobble: 8 },
    whiteCells: { start: 6.8, yearly: 0, wobble: 1.8 },
    neutrophils: { start: 4.1, yearly: 0, wobble: 1.2 },
    platelets: { start: 255, yearly: 0, wobble: 60 },
    crp: { start: 3, yearly: 0, wobble: 3 },
    alt: { start: 24, yearly: has('obesity') ? 3 : 0.5, wobble: 14 },
    hba1c: {
      start: has('diabetes') ? random.near(66, 22) : 38,
      yearly: has('diabetes') ? random.pick([-5, -2, 2, 4]) : 0.3,
      wobble: 4,
    },
  }
}

function smallest(test: TestKey): number {
  return test === 'egfr' ? 8 : test === 'crp' ? 1 : 0.5
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}
