import type { Script } from '../people/cast.ts'
import type { Person } from '../people/person.ts'
import { randomFor } from '../random.ts'
import { dayOf, type Moment } from '../time.ts'
import { beCaredFor, beVaccinated, beVisited, book, consult, screenEyes, seekHelp } from './care.ts'
import { fallIll, haveAllergies, takeMedicines } from './health.ts'
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
  const courses = takeMedicines(person, diagnoses, dice('medicines'), today)
  const died = stays.find((stay) => stay.died)?.until
  const deceased = died === undefined ? {} : { diedOn: dayOf(died) }
  const life: Life = {
    person: { ...person, ...deceased },
    diagnoses,
    courses,
    allergies: haveAllergies(person, dice('allergies'), { script, today }),
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
  }
  return died === undefined ? life : endedAt(life, died)
}

/** Nothing happens to the dead. */
function endedAt(life: Life, end: Moment): Life {
  const before = <T extends { readonly at: Moment }>(list: readonly T[]) => list.filter(({ at }) => at < end)
  return {
    ...life,
    panels: life.panels.filter(({ collectedAt }) => collectedAt < end),
    checks: before(life.checks),
    consultations: before(life.consultations),
    // The hospital writes once more after a death; nobody else does.
    letters: life.letters.filter(({ from, at }) => from === 'hospital' || at < end),
    vaccinations: life.vaccinations.filter(({ on }) => on < dayOf(end)),
    communityContacts: before(life.communityContacts),
    mentalHealth: before(life.mentalHealth),
    care: life.care.filter(({ from }) => from < dayOf(end)),
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
