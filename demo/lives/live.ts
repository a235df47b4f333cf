import type { Script } from '../people/cast.ts'
import type { Person } from '../people/person.ts'
import { randomFor } from '../random.ts'
import { dayOf, type Moment, momentOf } from '../time.ts'
import { beCaredFor, beVaccinated, beVisited, book, consult, screenEyes, seekHelp } from './care.ts'
import { fallIll, haveAllergies, prescribeInHospital, takeMedicines } from './health.ts'
import { goToHospital, writeLetters } from './hospital.ts'
import type { Life } from './life.ts'
import { measure, testBlood } from './results.ts'

/** The life of one person up to `now`, and what is booked after it. The same seed, person and day give the same life. */
export function live(
  person: Person,
  { seed, now, script }: { readonly seed: string; readonly now: Moment; readonly script?: Script | undefined },
): Life {
  const today = dayOf(now)
  // Each part of a life has its own dice, so that changing one part leaves the others as they were.
  const dice = (part: string) => randomFor(seed, person.id, part)
  const diagnoses = fallIll(person, dice('conditions'), { script, today })
  const given = (part: string) => ({ diagnoses, random: dice(part), script, today })
  const stays = goToHospital(person, given('hospital'))
  const allergies = haveAllergies(person, dice('allergies'), { script, today })
  const courses = [
    ...takeMedicines(person, diagnoses, { allergies, random: dice('medicines'), today }),
    ...prescribeInHospital(stays, allergies, now),
  ].sort((one, other) => one.from.localeCompare(other.from))
  const died = stays.find((stay) => stay.died)?.until
  const deceased = died === undefined ? {} : { diedOn: dayOf(died) }
  const life: Life = {
    person: { ...person, ...deceased },
    diagnoses,
    courses,
    allergies,
    panels: testBlood(person, { ...given('blood'), stays }),
    checks: measure(person, diagnoses, dice('checks'), today),
    stays,
    consultations: consult(given('practice')),
    vaccinations: beVaccinated(person, given('vaccines')),
    bookings: book(person, given('bookings')),
    letters: [...writeLetters(stays, courses, now), ...screenEyes(given('eyes'))].sort(
      (one, other) => one.at - other.at,
    ),
    communityContacts: beVisited(person, given('community')),
    mentalHealth: seekHelp(person, given('mental-health')),
    care: beCaredFor(person, given('care')),
    adjustments: script?.adjustments ?? adjustmentsFor(person, dice('adjustments')),
    ...(script?.wishes === undefined ? {} : { wishes: script.wishes }),
  }
  if (person.cases.includes('nothing-recorded')) return onlyRegistered(life)
  return between(life, momentOf(person.truth.birthDate, 0), died ?? Number.POSITIVE_INFINITY)
}

/** Somebody of whom a practice knows who they are, and nothing else yet. */
function onlyRegistered({ person, allergies }: Life): Life {
  return {
    person,
    allergies,
    diagnoses: [],
    courses: [],
    panels: [],
    checks: [],
    stays: [],
    consultations: [],
    vaccinations: [],
    bookings: [],
    letters: [],
    communityContacts: [],
    mentalHealth: [],
    care: [],
    adjustments: [],
  }
}

/** Nothing happens to the unborn or the dead. */
function between(life: Life, born: Moment, end: Moment): Life {
  const lived = <T extends { readonly at: Moment }>(list: readonly T[]) =>
    list.filter(({ at }) => at > born && at < end)
  const birthDate = dayOf(born)
  const lastDay = Number.isFinite(end) ? dayOf(end) : '9999'
  return {
    ...life,
    courses: life.courses
      .filter(({ from }) => from >= birthDate && from <= lastDay)
      .map((course) => (Number.isFinite(end) ? { until: lastDay, whyStopped: 'Died', ...course } : course)),
    allergies: life.allergies.map((allergy) =>
      allergy.since < birthDate ? { ...allergy, since: birthDate } : allergy,
    ),
    panels: life.panels.filter(({ collectedAt }) => collectedAt > born && collectedAt < end),
    checks: lived(life.checks),
    consultations: lived(life.consultations),
    // The hospital writes once more after a death; nobody else does.
    letters: life.letters.filter(({ from, at }) => from === 'hospital' || at < end),
    vaccinations: life.vaccinations.filter(({ on }) => on > birthDate && on < lastDay),
    communityContacts: lived(life.communityContacts),
    mentalHealth: lived(life.mentalHealth),
    care: life.care.filter(({ from }) => from < lastDay),
  }
}

function adjustmentsFor(person: Person, random: ReturnType<typeof randomFor>): readonly string[] {
  if (person.language !== undefined) return [`Needs an interpreter: ${person.language.name}`]
  if (!random.chance(0.06)) return []
  return [
    random.pick([
      'Uses a wheelchair: needs a room on the ground floor',
      'Large print letters',
      'British Sign Language interpreter',
      'Longer appointments',
      'Hard of hearing: face them, speak clearly',
    ]),
  ]
}
