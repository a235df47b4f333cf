import type { Day } from '../../src/base/index.ts'
import type { Script } from '../people/cast.ts'
import type { Person } from '../people/person.ts'
import type { Random } from '../random.ts'
import { addDays, ageOn, dayOf, type Moment, momentOf } from '../time.ts'
import { acuteIllnesses, type IllnessKey, specialties } from './conditions.ts'
import type { Course, Diagnosis, Letter, Stay } from './life.ts'
import { medicines } from './medicines.ts'

const dayMs = 86_400_000

/** Emergency attendances, admissions, clinics, and what is booked. */
export function goToHospital(
  person: Person,
  {
    diagnoses,
    random,
    script,
    today,
  }: {
    readonly diagnoses: readonly Diagnosis[]
    readonly random: Random
    readonly script?: Script | undefined
    readonly today: Day
  },
): readonly Stay[] {
  const age = ageOn(person.truth.birthDate, today)
  const admissions =
    script?.illness !== undefined ? 1 : random.chance(0.04 + age / 400 + diagnoses.length * 0.05) ? random.int(1, 2) : 0
  const stays: Omit<Stay, 'visit'>[] = []
  for (let count = 0; count < admissions; count += 1) {
    const illness = script?.illness ?? illnessOf(diagnoses, age, random)
    const { specialty, ward } = acuteIllnesses[illness]
    const from = momentOf(
      addDays(today, -random.int(script === undefined ? 20 : 14, script === undefined ? 900 : 70)),
      random.int(6, 21),
      random.int(0, 59),
    )
    if (illness === 'headInjury') {
      stays.push({
        kind: 'emergency',
        from,
        until: from + random.int(90, 360) * 60_000,
        illness,
        specialty,
        ward: 'Emergency Department',
      })
      continue
    }
    const nights = illness === 'hipFracture' ? random.int(8, 12) : random.int(2, 7)
    const until = momentOf(addDays(dayOf(from), nights), random.int(10, 17), random.int(0, 59))
    stays.push({
      kind: 'inpatient',
      from,
      until,
      illness,
      specialty,
      ward: 'Acute Medical Unit',
      movedTo: { ward, at: from + random.int(8, 20) * 3_600_000 },
      ...(person.cases.includes('died') ? { died: true } : {}),
    })
  }
  if (!person.cases.includes('died')) stays.push(...clinics(diagnoses, random, today))
  const chance = random.chance(0.02)
  if (script === undefined ? chance : script.admitted)
    stays.push({
      kind: 'inpatient',
      from: momentOf(addDays(today, -2), 14, 12),
      illness: 'pneumonia',
      specialty: '340',
      ward: 'Ward 12',
    })
  return stays
    .sort((one, other) => one.from - other.from)
    .map((stay, place) => ({ ...stay, visit: `V${person.id.slice(1)}${String(place + 1).padStart(2, '0')}` }))
}

/** What the hospital wrote to the practice afterwards. */
export function writeLetters(stays: readonly Stay[], courses: readonly Course[], now: Moment): readonly Letter[] {
  return stays.flatMap((stay): readonly Letter[] => {
    if (stay.kind === 'inpatient' && stay.until !== undefined && stay.until < now)
      return [dischargeLetter(stay, stay.until, courses)]
    if (stay.kind === 'clinic') return [clinicLetter(stay)]
    return []
  })
}

function clinics(diagnoses: readonly Diagnosis[], random: Random, today: Day): readonly Omit<Stay, 'visit'>[] {
  const wanted = diagnoses.flatMap(({ condition }) => {
    if (condition === 'diabetes') return ['302']
    if (condition === 'ckd3') return ['361']
    if (condition === 'atrialFibrillation' || condition === 'heartFailure') return ['320']
    if (condition === 'copd') return ['340']
    if (condition === 'osteoarthritis') return ['110']
    return []
  })
  return [...new Set(wanted)].flatMap((specialty): readonly Omit<Stay, 'visit'>[] => {
    const found: Omit<Stay, 'visit'>[] = []
    if (random.chance(0.45)) {
      const from = momentOf(addDays(today, -random.int(30, 500)), random.int(9, 16), random.pick([0, 15, 30, 45]))
      found.push({
        kind: 'clinic',
        from,
        until: from + 25 * 60_000,
        specialty,
        ward: `${specialties[specialty] ?? 'General'} Clinic`,
      })
    }
    if (random.chance(0.3))
      found.push({
        kind: 'booked',
        from: momentOf(addDays(today, random.int(6, 120)), random.int(9, 16), random.pick([0, 15, 30, 45])),
        specialty,
        ward: `${specialties[specialty] ?? 'General'} Clinic`,
      })
    return found
  })
}

function illnessOf(diagnoses: readonly Diagnosis[], age: number, random: Random): IllnessKey {
  for (const { condition } of diagnoses) {
    if (condition === 'copd' && random.chance(0.6)) return 'copdFlare'
    if (condition === 'heartFailure' && random.chance(0.5)) return 'heartFailure'
    if (condition === 'atrialFibrillation' && random.chance(0.4)) return 'atrialFibrillation'
    if (condition === 'asthma' && random.chance(0.4)) return 'asthma'
  }
  if (age > 74 && random.chance(0.25)) return 'hipFracture'
  return age < 40 ? 'headInjury' : random.pick(['pneumonia', 'urinaryInfection', 'headInjury'])
}

function dischargeLetter(stay: Stay, until: Moment, courses: readonly Course[]): Letter {
  const illness = stay.illness === undefined ? 'illness' : acuteIllnesses[stay.illness].name.toLowerCase()
  const nights = Math.max(1, Math.round((until - stay.from) / dayMs))
  const list = courses
    .filter((course) => course.until === undefined || course.until > dayOf(until))
    .map((course) => `- ${medicines[course.medicine].name}: ${course.dose.toLowerCase()}`)
  const text = [
    'SYNTHETIC LETTER: nobody in it exists.',
    `Discharge summary, ${specialties[stay.specialty] ?? 'Medicine'}, Riverton General Hospital (synthetic)`,
    stay.died
      ? `Admitted with ${illness}; died in hospital after ${nights} nights. The family were present.`
      : `Admitted with ${illness}, ${nights} nights. Treated, improved, and went home.`,
    'Medicines:',
    ...(list.length > 0 ? list : ['- none']),
    stay.died
      ? 'Please update the practice record.'
      : 'Please repeat urea and electrolytes in two weeks and review the medicines above.',
  ].join('\n')
  return {
    id: `${stay.visit}-D`,
    at: until + 3_600_000,
    from: 'hospital',
    kind: 'discharge',
    title: `Discharge summary: ${illness}`,
    text,
  }
}

function clinicLetter(stay: Stay): Letter {
  const specialty = specialties[stay.specialty] ?? 'Medicine'
  const text = [
    'SYNTHETIC LETTER: nobody in it exists.',
    `${specialty} clinic, Riverton General Hospital (synthetic)`,
    'Thank you for asking us to see this patient.',
    advice[stay.specialty] ?? 'Stable. We shall see them again in a year.',
  ].join('\n')
  return {
    id: `${stay.visit}-O`,
    at: stay.from + 3 * dayMs,
    from: 'hospital',
    kind: 'outpatient',
    title: `Clinic letter: ${specialty}`,
    text,
  }
}

const advice: Readonly<Record<string, string>> = {
  '110':
    'The X-ray shows wear of the joint. We talked about exercise, weight and pain relief; surgery is not needed now.',
  '302':
    'Feet are sound and eyes were screened. HbA1c has been moving; we agreed a target of 53 mmol/mol and a review in six months.',
  '320': 'Rate controlled, no oedema. Please continue the anticoagulant and check kidney function twice a year.',
  '340': 'Inhaler technique was checked and corrected. A rescue pack is in place.',
  '361': 'Kidney function is falling slowly. Please avoid anti-inflammatories and repeat the bloods in three months.',
}
