/** From facts to the record: pure. Every fact ends up in a section, on the timeline, among the other entries or among the unreadable; none is dropped (hazard H-08). */
import type { FhirResource } from 'fhir/r4.js'
import { readAllergies } from './allergies.ts'
import { entryOf } from './entries.ts'
import { readHeadings } from './headings.ts'
import { type FactRow, type Held, type HeldFact, holdFacts, list, text } from './held.ts'
import { readIdentity } from './identity-block.ts'
import { readLetters } from './letters.ts'
import { readMedicines } from './medicines.ts'
import type { Entry, EntryKind, Origin, PersonRecord, SourceFreshness } from './model.ts'
import { earliestMs, newestFirst } from './partial-date.ts'
import { readProblems } from './problems.ts'
import type { SafeguardingView } from './safeguarding.ts'
import { sourceParts } from './sources.ts'
import { readTests } from './tests.ts'
import { readTimeline } from './timeline.ts'

export type RecordInput = {
  /** Every current fact in the person's compartments. */
  readonly rows: readonly FactRow[]
  /** Facts about nobody that those refer to: medicines, practitioners, organisations, places. */
  readonly about: readonly FactRow[]
  readonly sources: readonly SourceFreshness[]
  readonly now: Date
  /** How much this reader may see of safeguarding. Absent: all. */
  readonly safeguarding?: SafeguardingView
}

export function buildRecord(input: RecordInput): PersonRecord {
  const held = holdFacts(input.rows, input.about, input.sources, input.safeguarding)
  try {
    return recordOf(held, input)
  } catch (thrown) {
    // A fact so misshapen that no rule can read it is set among the unreadable, by name; it must not hide the others.
    const readable = input.rows.filter((row) => stands(row, input))
    if (readable.length === input.rows.length) throw thrown
    const rest = holdFacts(readable, input.about, input.sources, input.safeguarding)
    const misshapen = held.facts.filter(
      ({ origin }) => !readable.some(({ type, id }) => type === origin.type && id === origin.id),
    )
    const unreadable = [...held.unreadable, ...misshapen.map(({ origin }) => origin)]
    return recordOf({ ...rest, unreadable }, input)
  }
}

function stands(row: FactRow, { about, sources, now, safeguarding }: RecordInput): boolean {
  try {
    const held = holdFacts([row], about, sources, safeguarding)
    recordOf(held, { sources, now })
    return held.unreadable.length === 0
  } catch {
    return false
  }
}

function recordOf(held: Held, { sources, now }: Pick<RecordInput, 'sources' | 'now'>): PersonRecord {
  const readAt = now.toISOString()
  const identity = readIdentity(held, sources, readAt)
  const allergies = readAllergies(held, sources)
  const problems = readProblems(held)
  const medicines = readMedicines(held)
  const { tests, vitalSigns } = readTests(held)
  const letters = readLetters(held)
  const timeline = readTimeline(held, { problems, medicines, allergies, tests, vitalSigns, letters })
  const entries = (...types: readonly FhirResource['resourceType'][]) =>
    held
      .of(...types)
      .map((fact) => entryOf(held, fact))
      .sort(newestFirst)
  const answered = answeredRequests(held)
  const sections = {
    encounters: entries('Encounter'),
    immunisations: entries('Immunization'),
    procedures: entries('Procedure'),
    appointments: soonestFirst(entries('Appointment'), now),
    referrals: entries('ServiceRequest').filter((entry) => !isAnswered(entry, answered)),
    carePlans: entries('CarePlan', 'CareTeam', 'EpisodeOfCare', 'Goal'),
    flags: entries('Flag', 'DetectedIssue'),
  }
  const headings = readHeadings(held, letters, { sources, answered })
  const seen = new Set<string>()
  const see = (origins: readonly Origin[]) => {
    for (const { type, id } of origins) seen.add(`${type}/${id}`)
  }
  for (const { origins } of [
    ...problems,
    ...medicines,
    ...tests,
    ...vitalSigns,
    ...letters,
    ...timeline,
    ...Object.values(sections).flat(),
    ...Object.values(headings).flat(),
    ...identity.contacts,
  ])
    see(origins)
  for (const { origins } of [...allergies.allergies, ...allergies.withdrawn, ...allergies.negatives]) see(origins)
  return {
    readAt,
    identity,
    allergies,
    problems,
    medicines,
    tests,
    vitalSigns,
    letters,
    ...sections,
    headings,
    admissions: admissionsNow(held, now),
    hidden: held.hidden,
    timeline,
    other: otherEntries(held, seen),
    sources: sourceParts(held, sources),
    facts: held.facts.length + held.unreadable.length,
    unreadable: held.unreadable,
  }
}

const begun = new Set(['arrived', 'triaged', 'in-progress', 'onleave'])

function admissionsNow(held: Held, now: Date): readonly Entry[] {
  return held
    .of('Encounter')
    .filter(
      ({ resource }) =>
        begun.has(text(resource.status)) &&
        earliestMs(text(resource.period?.end)) === undefined &&
        (earliestMs(text(resource.period?.start)) ?? 0) <= now.getTime(),
    )
    .map((fact) => entryOf(held, fact))
    .filter(({ kind }) => kind === 'Hospital')
    .sort(newestFirst)
}

const underWay = new Set(['registered', 'partial', 'preliminary', 'cancelled', 'entered-in-error'])

/** Requests whose report is there: an order for a blood test that came back is no referral that still stands. */
function answeredRequests(held: Held): ReadonlySet<string> {
  return new Set(
    held
      .of('DiagnosticReport')
      .filter(({ resource }) => !underWay.has(text(resource.status)))
      .flatMap(({ resource }) => list(resource.basedOn).map(({ reference }) => text(reference))),
  )
}

function isAnswered({ origins }: Entry, answered: ReadonlySet<string>): boolean {
  return origins.some(({ type, id }) => answered.has(`${type}/${id}`))
}

// Details of the person stand in the banner, which quotes only some of their elements: they are listed here too.
function otherEntries(held: Held, seen: ReadonlySet<string>): readonly Entry[] {
  const unseen = ({ resource, origin }: HeldFact) =>
    resource.resourceType === 'Patient' || !seen.has(`${origin.type}/${origin.id}`)
  const kinds: readonly EntryKind[] = ['Patient details', 'Family history', 'Assessment', 'List']
  const rank = ({ kind }: Entry) => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length)
  return held.facts
    .filter(unseen)
    .map((fact) => entryOf(held, fact))
    .sort((a, b) => rank(a) - rank(b) || newestFirst(a, b))
}

function soonestFirst(appointments: readonly Entry[], now: Date): readonly Entry[] {
  const coming = appointments.filter(({ when }) => (earliestMs(when) ?? 0) >= now.getTime())
  return [...coming.reverse(), ...appointments.filter((appointment) => !coming.includes(appointment))]
}
