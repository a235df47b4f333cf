import type { Day } from '../../src/base/index.ts'
import type { CaseName } from '../awkward.ts'
import type { Script } from '../people/cast.ts'
import type { Person } from '../people/person.ts'
import type { Random } from '../random.ts'
import { addDays, ageOn, dayOf, type Moment } from '../time.ts'
import { type ConditionKey, type ConditionKind, conditions } from './conditions.ts'
import type { Allergy, Course, Diagnosis, Stay } from './life.ts'
import { type MedicineKey, medicines } from './medicines.ts'

/** Which long-term conditions, and since when. */
export function fallIll(
  person: Person,
  random: Random,
  { script, today }: { readonly script?: Script | undefined; readonly today: Day },
): readonly Diagnosis[] {
  const age = ageOn(person.truth.birthDate, today)
  const chosen = script?.conditions ?? allConditions.filter((key) => random.chance(shareAt(conditions[key].share, age)))
  // The cast have had theirs long enough for a trend to show.
  const fewest = script === undefined ? 1 : 4
  const found = chosen.map((condition) => {
    const { yearsMax = 18 }: ConditionKind = conditions[condition]
    const years = Math.min(age - 1, random.int(fewest, Math.max(2, Math.min(yearsMax, Math.floor(age / 4)))))
    return { condition, since: addDays(today, -Math.round(Math.max(0.3, years) * 365) - random.int(0, 300)) }
  })
  return found.sort((one, other) => one.since.localeCompare(other.since))
}

/** What they take for it. One medicine a name, however many conditions ask for it. */
export function takeMedicines(
  person: Person,
  diagnoses: readonly Diagnosis[],
  {
    allergies,
    random,
    today,
  }: { readonly allergies: readonly Allergy[]; readonly random: Random; readonly today: Day },
): readonly Course[] {
  const courses = new Map<MedicineKey, Course>()
  for (const { condition, since } of diagnoses) {
    for (const medicine of conditions[condition].medicines) {
      if (courses.has(medicine)) continue
      const { doses } = medicines[medicine]
      const dose = random.chance(0.75) ? doses[0] : (doses[1] ?? doses[0])
      const from = addDays(since, random.int(0, 90))
      courses.set(medicine, {
        medicine,
        dose,
        from: from > today ? today : from,
        by: condition === 'schizophrenia' ? 'mental-health' : 'gp',
      })
    }
  }
  if (random.chance(0.25)) {
    const medicine = antibiotic(allergies)
    const from = addDays(today, -random.int(60, 700))
    courses.set(medicine, shortCourse(medicine, from, 'gp'))
  }
  awkwardCourses(person, courses, today)
  return [...courses.values()].sort((one, other) => one.from.localeCompare(other.from))
}

/** What the hospital prescribed on the way out, for the practice to know of and the pharmacy to hand over. */
export function prescribeInHospital(
  stays: readonly Stay[],
  allergies: readonly Allergy[],
  now: Moment,
): readonly Course[] {
  const prescribed = stays.flatMap((stay): readonly Course[] => {
    if (stay.kind !== 'inpatient' || stay.until === undefined || stay.until > now || stay.died) return []
    const left = dayOf(stay.until)
    if (stay.illness === 'pneumonia' || stay.illness === 'urinaryInfection')
      return [shortCourse(antibiotic(allergies), left, 'hospital')]
    if (stay.illness === 'copdFlare' || stay.illness === 'asthma')
      return [shortCourse('prednisolone', left, 'hospital')]
    if (stay.illness === 'hipFracture')
      return [{ medicine: 'cocodamol', dose: medicines.cocodamol.doses[0], from: left, by: 'hospital' }]
    return []
  })
  // A second stay renews what is taken for good; it does not add it again.
  return prescribed.filter(
    ({ medicine, from, until }, at) =>
      prescribed.findIndex((one) => one.medicine === medicine && (until === undefined || one.from === from)) === at,
  )
}

/** Never what a person reacted to, whoever was told. */
function antibiotic(allergies: readonly Allergy[]): 'amoxicillin' | 'doxycycline' {
  return allergies.some(({ to }) => to === 'penicillin') ? 'doxycycline' : 'amoxicillin'
}

function shortCourse(medicine: 'amoxicillin' | 'doxycycline' | 'prednisolone', from: Day, by: Course['by']): Course {
  return {
    medicine,
    dose: medicines[medicine].doses[0],
    from,
    until: addDays(from, 7),
    whyStopped: 'Course completed',
    by,
  }
}

function awkwardCourses(person: Person, courses: Map<MedicineKey, Course>, today: Day): void {
  for (const name of person.cases)
    for (const { daysAgo, endedDaysAgo, dose, ...course } of courseOf[name] ?? [])
      courses.set(course.medicine, {
        dose: dose ?? medicines[course.medicine].doses[0],
        from: addDays(today, -daysAgo),
        ...(endedDaysAgo === undefined ? {} : { until: addDays(today, -endedDaysAgo) }),
        ...course,
      })
}

type AwkwardCourse = Pick<Course, 'medicine' | 'by' | 'whyStopped' | 'suppliedAs'> & {
  readonly daysAgo: number
  readonly endedDaysAgo?: number
  readonly dose?: string
}

const courseOf: Readonly<Partial<Record<CaseName, readonly AwkwardCourse[]>>> = {
  'stopped-medicine': [
    { medicine: 'naproxen', daysAgo: 420, endedDaysAgo: 35, whyStopped: 'Kidney function falling', by: 'gp' },
    { medicine: 'paracetamol', daysAgo: 35, by: 'gp' },
  ],
  'dose-differs': [
    { medicine: 'bisoprolol', daysAgo: 800, by: 'gp' },
    { medicine: 'bisoprolol5', daysAgo: 20, by: 'hospital' },
  ],
  'allergy-against-medicine': [{ medicine: 'amoxicillin', daysAgo: 3, by: 'gp' }],
  'brand-and-generic': [{ medicine: 'atorvastatin', daysAgo: 700, by: 'gp', suppliedAs: 'lipitor' }],
  'duplicate-therapy': [
    { medicine: 'naproxen', daysAgo: 200, by: 'gp' },
    { medicine: 'ibuprofen', daysAgo: 25, by: 'hospital' },
  ],
}

/** Most are asked; some never are, and then nobody may say "none". */
export function haveAllergies(
  person: Person,
  random: Random,
  { script, today }: { readonly script?: Script | undefined; readonly today: Day },
): readonly Allergy[] {
  if (script?.allergies !== undefined) return script.allergies
  const since = addDays(
    person.truth.birthDate > addDays(today, -3000) ? addDays(today, -200) : addDays(today, -random.int(400, 2800)),
    0,
  )
  if (random.chance(0.12)) return []
  if (random.chance(0.7)) return [{ to: 'none', since, toldTo: random.chance(0.7) ? ['gp', 'hospital'] : ['gp'] }]
  const reaction = random.pick<NonNullable<Allergy['reaction']>>([
    'rash',
    'urticaria',
    'nausea',
    'angioedema',
    'anaphylaxis',
  ])
  const to = random.pick<Allergy['to']>(['penicillin', 'penicillin', 'aspirin', 'latex', 'peanut', 'ibuprofen'])
  return [
    {
      to,
      reaction,
      ...(reaction === 'anaphylaxis' ? { severe: true } : {}),
      since,
      toldTo: ['gp', 'hospital', 'mental-health'],
    },
  ]
}

const allConditions = Object.keys(conditions) as ConditionKey[]

/** A straight line between the shares at 30, 55 and 80. */
function shareAt([at30, at55, at80]: readonly [number, number, number], age: number): number {
  if (age < 16) return age > 4 && at30 > 0.1 && at55 < 0.1 ? 0.08 : 0
  if (age <= 30) return at30
  if (age <= 55) return at30 + ((at55 - at30) * (age - 30)) / 25
  return at55 + ((at80 - at55) * Math.min(30, age - 55)) / 25
}
