import type { Day } from '../../src/base/index.ts'
import type { Script } from '../people/cast.ts'
import type { Person } from '../people/person.ts'
import type { Random } from '../random.ts'
import { addDays, ageOn, dayOf, momentOf } from '../time.ts'
import { conditions } from './conditions.ts'
import type {
  Booking,
  CareEvent,
  CommunityContact,
  Consultation,
  Diagnosis,
  Letter,
  MentalHealthEpisode,
  Vaccination,
} from './life.ts'

type Circumstances = {
  readonly diagnoses: readonly Diagnosis[]
  readonly random: Random
  readonly script?: Script | undefined
  readonly today: Day
}

/** Visits of the community nurses and therapists. */
export function beVisited(
  person: Person,
  { diagnoses, random, script, today }: Circumstances,
): readonly CommunityContact[] {
  const frail = diagnoses.some(({ condition }) => condition === 'frailty' || condition === 'dementia')
  if (!(script?.community ?? (frail ? random.chance(0.6) : random.chance(diagnoses.length * 0.03)))) return []
  const [team, reason, note] = random.pick([
    [
      'District nursing',
      'Leg ulcer dressing',
      'Wound 2 cm by 3 cm, clean, granulating. Redressed; compression tolerated.',
    ],
    ['District nursing', 'Pressure area check', 'Heels intact. Repositioning chart in the home; cushion in use.'],
    [
      'Community therapy',
      'Falls prevention',
      'Timed up and go 19 seconds. Strength exercises shown and left in writing.',
    ],
    ['Heart failure nursing', 'Weight and symptom review', 'No ankle swelling. Weight steady. Knows when to ring.'],
  ])
  const contacts: Omit<CommunityContact, 'id'>[] = []
  const visits = random.int(3, 8)
  for (let count = visits; count > 0; count -= 1) {
    const at = momentOf(addDays(today, -count * random.int(6, 9)), random.int(8, 16), random.pick([0, 15, 30, 45]))
    const missed = random.chance(0.08)
    contacts.push({
      at,
      minutes: random.pick([20, 30, 40]),
      team,
      reason,
      note: missed ? 'Nobody answered; rang the family, who were at a clinic together.' : note,
      outcome: missed ? 'not-at-home' : 'seen',
    })
  }
  if (!person.cases.includes('died'))
    contacts.push({
      at: momentOf(addDays(today, random.int(2, 9)), 10, 30),
      minutes: 30,
      team,
      reason,
      note: '',
      outcome: 'booked',
    })
  return contacts
    .sort((one, other) => one.at - other.at)
    .map((contact, place) => ({ ...contact, id: `CC${person.id.slice(1)}${String(place + 1).padStart(2, '0')}` }))
}

/** What the mental-health trust did. */
export function seekHelp(
  person: Person,
  { diagnoses, random, script, today }: Circumstances,
): readonly MentalHealthEpisode[] {
  const severe = diagnoses.some(({ condition }) => condition === 'schizophrenia')
  const low = diagnoses.some(({ condition }) => condition === 'depression')
  if (!(script?.mentalHealth ?? (severe || (low && random.chance(0.35))))) return []
  const first = -random.int(150, 400)
  const episode = (
    place: number,
    kind: MentalHealthEpisode['kind'],
    days: number,
    story: string,
    plan: string,
  ): MentalHealthEpisode => ({
    id: `MH${person.id.slice(1)}${place}`,
    at: momentOf(addDays(today, days), random.int(10, 15), 15),
    kind,
    story,
    plan,
  })
  const list = [
    episode(
      1,
      'assessment',
      first,
      severe
        ? 'Referred by the GP with voices returning after missed doses. Oriented, engaging, sleeping poorly. No thoughts of harm.'
        : 'Referred by the GP with eight months of low mood after a bereavement. Tearful, sleeping four hours. No plans of self-harm.',
      'Care coordinator named. Review in six weeks. Crisis line number given.',
    ),
    episode(
      2,
      'review',
      first + random.int(45, 70),
      'Feeling steadier, back at a weekly walking group. Takes the medicine as agreed.',
      severe
        ? 'Continue; annual physical health check to be done by the practice.'
        : 'Six sessions of talking therapy arranged.',
    ),
  ]
  if (!severe && random.chance(0.6))
    list.push(
      episode(
        3,
        'discharge',
        Math.min(-5, first + 130),
        'Finished therapy; scores have halved. Agrees to be discharged to the GP.',
        'Discharged. Can refer herself or himself again within a year.',
      ),
    )
  return list
}

/** Adult social care: asked, assessed, served, reviewed. */
export function beCaredFor(person: Person, { diagnoses, random, script, today }: Circumstances): readonly CareEvent[] {
  const age = ageOn(person.truth.birthDate, today)
  const frail = diagnoses.some(({ condition }) => condition === 'frailty' || condition === 'dementia')
  if (age < 18 || !(script?.care ?? (frail && random.chance(0.55)))) return []
  const memory = diagnoses.some(({ condition }) => condition === 'dementia')
  const supportReason = memory ? 'Support with memory and cognition' : 'Physical support: personal care support'
  const asked = addDays(today, -random.int(120, 500))
  const id = (place: number) => `SC${person.id.slice(1)}${place}`
  const assessed = addDays(asked, random.int(7, 25))
  const served = addDays(assessed, random.int(3, 14))
  const hours = random.pick([7, 10.5, 14])
  const events: CareEvent[] = [
    { id: id(1), kind: 'Request', from: asked, until: asked, supportReason, outcome: 'Progress to assessment' },
    {
      id: id(2),
      kind: 'Assessment',
      from: assessed,
      until: addDays(assessed, 1),
      supportReason,
      outcome: 'Progress to support planning / services',
    },
    {
      id: id(3),
      kind: 'Service',
      from: served,
      supportReason,
      serviceType: 'Long Term Support: Community',
      component: memory ? 'Day support' : 'Home support',
      delivery: random.pick(['CASSR Managed Personal Budget', 'CASSR Commissioned support', 'Direct Payment']),
      weeklyCost: hours * 22,
      hoursPerWeek: hours,
    },
  ]
  const reviewed = addDays(served, 84)
  if (reviewed < today)
    events.push({
      id: id(4),
      kind: 'Review',
      from: reviewed,
      until: reviewed,
      supportReason,
      outcome: 'No change in package',
    })
  return events
}

/** Talks with the practice. */
export function consult({ diagnoses, random, today }: Circumstances): readonly Consultation[] {
  const talks: Consultation[] = diagnoses.slice(0, 3).map(({ condition }) => ({
    at: momentOf(addDays(today, -random.int(10, 330)), random.int(9, 17), random.pick([0, 10, 20, 30, 40, 50])),
    about: `${conditions[condition].name} review`,
    note: 'Reviewed: symptoms, medicines and how they are taken, what matters most. Plan agreed.',
    nurse: random.chance(0.5),
  }))
  if (random.chance(0.6))
    talks.push({
      at: momentOf(addDays(today, -random.int(5, 500)), random.int(9, 17), 20),
      about: random.pick(['Sore throat', 'Back pain', 'Tiredness', 'Skin rash', 'Earache']),
      note: 'Examined; nothing worrying found. Safety advice given; come back if no better.',
      nurse: false,
    })
  return talks.sort((one, other) => one.at - other.at)
}

export function beVaccinated(person: Person, { diagnoses, random, today }: Circumstances): readonly Vaccination[] {
  const age = ageOn(person.truth.birthDate, today)
  if (age < 65 && diagnoses.length === 0) return []
  const autumn = (back: number) =>
    `${Number(today.slice(0, 4)) - back}-10-${String(random.int(3, 28)).padStart(2, '0')}`
  const list: Vaccination[] = [2, 1, 0].map((back) => ({
    kind: 'influenza',
    on: autumn(back),
    batch: `FLU${random.int(1000, 9999)}`,
  }))
  if (age >= 65) list.push({ kind: 'covid', on: autumn(1), batch: `CV${random.int(1000, 9999)}` })
  return list
    .filter((dose) => dose.on < today && random.chance(0.8))
    .sort((one, other) => one.on.localeCompare(other.on))
}

/** The yearly photograph of the eyes that diabetes asks for; its letter goes to the practice. */
export function screenEyes({ diagnoses, random, today }: Circumstances): readonly Letter[] {
  if (!diagnoses.some(({ condition }) => condition === 'diabetes')) return []
  const at = momentOf(addDays(today, -random.int(20, 300)), 14, 10)
  const finding = random.pick([
    'No retinopathy in either eye.',
    'Background retinopathy in the left eye; no treatment needed.',
  ])
  const text = [
    'SYNTHETIC LETTER: nobody in it exists.',
    'Riverton Diabetic Eye Screening (synthetic)',
    finding,
    'Next photograph in a year.',
  ].join('\n')
  return [
    {
      id: `EYE${dayOf(at).replaceAll('-', '')}`,
      at,
      from: 'eye-screening',
      kind: 'outpatient',
      title: 'Diabetic eye screening result',
      text,
    },
  ]
}

/** What is ahead at the practice. */
export function book(person: Person, { diagnoses, random, today }: Circumstances): readonly Booking[] {
  if (person.cases.includes('died') || !random.chance(0.25 + diagnoses.length * 0.12)) return []
  const first = diagnoses[0]
  const reason = first === undefined ? 'Routine appointment' : `${conditions[first.condition].name} review`
  return [
    {
      at: momentOf(addDays(today, random.int(2, 45)), random.int(9, 16), random.pick([0, 10, 20, 30, 40, 50])),
      minutes: 15,
      reason,
      with: random.pick(['gp', 'nurse', 'pharmacist']),
    },
  ]
}
