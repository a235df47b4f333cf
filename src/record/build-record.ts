/** From facts to the record: pure. Every fact ends up in a section, on the timeline, among the other entries or among the unreadable; none is dropped (hazard H-08). */
import type { FhirResource } from 'fhir/r4.js'
import { readAllergies } from './allergies.ts'
import { entryOf } from './entries.ts'
import { readHeadings } from './headings.ts'
import { type FactRow, type Held, type HeldFact, hold, holdFacts, list, once, text } from './held.ts'
import { readIdentity } from './identity-block.ts'
import { readLetters } from './letters.ts'
import { readMedicines } from './medicines.ts'
import type { Entry, EntryKind, Origin, PersonRecord, SourceFreshness } from './model.ts'
import { readNews2 } from './news2.ts'
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

export function buildRecord({ rows, about, sources, now, safeguarding }: RecordInput): PersonRecord {
  return recordFrom(holdFacts(rows, about, sources, safeguarding), { sources, now })
}

type Hour = Pick<RecordInput, 'sources' | 'now'> & { readonly protectedNow?: boolean }

/** Facts that no rule can read set apart, by the facts among which they were found. */
const spared = new WeakMap<Held, Held>()

/** The record of facts that are held. What follows from the facts alone is worked out once (`once`); the rest at each look. */
export function recordFrom(held: Held, hour: Hour): PersonRecord {
  const without = spared.get(held)
  if (without) return recordOf(without, hour)
  try {
    return recordOf(held, hour)
  } catch (thrown) {
    // A fact so misshapen that no rule can read it is set among the unreadable, by name; it must not hide the others.
    const rest = sparing(held, hour)
    if (!rest) throw thrown
    spared.set(held, rest)
    return recordOf(rest, hour)
  }
}

/** The same without the facts that cannot be read even alone; undefined when there is none such. */
function sparing({ given, facts, unreadable }: Held, hour: Hour): Held | undefined {
  const { rows } = given
  const readable = rows.filter((row) => {
    try {
      const alone = hold({ ...given, rows: [row] })
      recordOf(alone, hour)
      return alone.unreadable.length === 0
    } catch {
      return false
    }
  })
  if (readable.length === rows.length) return undefined
  const stays = new Set(readable.map(({ type, id }) => `${type}/${id}`))
  const misshapen = facts.filter(({ origin: { type, id } }) => !stays.has(`${type}/${id}`))
  return {
    ...hold({ ...given, rows: readable }),
    unreadable: [...unreadable, ...misshapen.map(({ origin }) => origin)],
  }
}

const allergiesOf = (held: Held) => readAllergies(held, held.given.sources)

const medicinesOf = (held: Held) => readMedicines(held, once(held, allergiesOf).allergies)

const news2Of = (held: Held) => readNews2(held, once(held, readProblems))

const headingsOf = (held: Held) =>
  readHeadings(held, once(held, readLetters), { sources: held.given.sources, answered: once(held, answeredRequests) })

const timelineOf = (held: Held) =>
  readTimeline(held, {
    problems: once(held, readProblems),
    medicines: once(held, medicinesOf),
    allergies: once(held, allergiesOf),
    letters: once(held, readLetters),
    ...once(held, readTests),
  })

function sectionsOf(held: Held) {
  const entries = (...types: readonly FhirResource['resourceType'][]) =>
    held
      .of(...types)
      .map((fact) => entryOf(held, fact))
      .sort(newestFirst)
  const answered = once(held, answeredRequests)
  return {
    encounters: entries('Encounter'),
    immunisations: entries('Immunization'),
    procedures: entries('Procedure'),
    appointments: entries('Appointment'),
    referrals: entries('ServiceRequest').filter((entry) => !isAnswered(entry, answered)),
    carePlans: entries('CarePlan', 'CareTeam', 'EpisodeOfCare', 'Goal'),
    flags: entries('Flag', 'DetectedIssue'),
  }
}

function recordOf(held: Held, { sources, now, protectedNow }: Hour): PersonRecord {
  const readAt = now.toISOString()
  const sections = once(held, sectionsOf)
  return {
    readAt,
    identity: readIdentity(held, sources, readAt, protectedNow),
    allergies: once(held, allergiesOf),
    problems: once(held, readProblems),
    medicines: once(held, medicinesOf),
    ...once(held, readTests),
    news2: once(held, news2Of),
    letters: once(held, readLetters),
    ...sections,
    appointments: soonestFirst(sections.appointments, now),
    headings: once(held, headingsOf),
    admissions: admissionsNow(held, now),
    hidden: held.hidden,
    timeline: once(held, timelineOf),
    other: once(held, otherEntries),
    sources: sourceParts(held, sources),
    facts: held.facts.length + held.echoes.length + held.unreadable.length,
    unreadable: held.unreadable,
  }
}

/** Facts that stand in some list of the record. */
function placed(held: Held): ReadonlySet<string> {
  const seen = new Set<string>()
  const { allergies, withdrawn, negatives } = once(held, allergiesOf)
  const { tests, vitalSigns } = once(held, readTests)
  const lists: readonly (readonly { readonly origins: readonly Origin[] }[])[] = [
    once(held, readProblems),
    once(held, medicinesOf),
    tests,
    vitalSigns,
    once(held, readLetters),
    once(held, timelineOf),
    ...Object.values(once(held, sectionsOf)),
    ...Object.values(once(held, headingsOf)),
    readIdentity(held, [], '1970-01-01T00:00:00Z').contacts,
    allergies,
    withdrawn,
    negatives,
  ]
  for (const list of lists)
    for (const { origins } of list) for (const { type, id } of origins) seen.add(`${type}/${id}`)
  return seen
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
function otherEntries(held: Held): readonly Entry[] {
  const seen = placed(held)
  const unseen = ({ resource, origin }: HeldFact) =>
    resource.resourceType === 'Patient' || !seen.has(`${origin.type}/${origin.id}`)
  const kinds: readonly EntryKind[] = ['Patient details', 'Family history', 'Assessment', 'List']
  const rank = ({ kind }: Entry) => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length)
  return [...held.facts.filter(unseen), ...held.echoes]
    .map((fact) => entryOf(held, fact))
    .sort((a, b) => rank(a) - rank(b) || newestFirst(a, b))
}

function soonestFirst(appointments: readonly Entry[], now: Date): readonly Entry[] {
  const coming = appointments.filter(({ when }) => (earliestMs(when) ?? 0) >= now.getTime())
  return [...coming.reverse(), ...appointments.filter((appointment) => !coming.includes(appointment))]
}
