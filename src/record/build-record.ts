/** From facts to the record: pure. Every fact ends up in a section, on the timeline, among the other entries or among the unreadable; none is dropped (hazard H-08). */
import type { FhirResource } from 'fhir/r4.js'
import { readAllergies } from './allergies.ts'
import { isToCome } from './coming.ts'
import { entryOf } from './entries.ts'
import { headingNames, readHeadings } from './headings.ts'
import { type FactRow, type Held, type HeldFact, hold, holdFacts, list, once, text } from './held.ts'
import { readIdentity } from './identity-block.ts'
import { lazily } from './lazily.ts'
import { readLetters } from './letters.ts'
import { readMedicines } from './medicines.ts'
import type { Entry, EntryKind, Origin, PersonRecord, SourceFreshness } from './model.ts'
import { readNews2 } from './news2.ts'
import { earliestMs, inNewestFirst, newestFirst } from './partial-date.ts'
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

/**
 * The record of facts that are held. Its parts are made when a page first asks for them. What follows from the facts alone is worked out
 * once for as long as they are held (`once`); the rest at each look.
 *
 * A fact so misshapen that no rule can read it is set among the unreadable, by name; it must not hide the others. So whoever asks what is
 * unreadable, or what stands in no other part, has every rule tried on every fact first (hazard H-78).
 */
export function recordFrom(held: Held, hour: Hour): PersonRecord {
  const part =
    <K extends keyof Parts>(name: K) =>
    (): Parts[K] =>
      sparing(held, hour, (sound) => parts[name](sound, hour))
  const whole =
    <K extends keyof Parts>(name: K) =>
    (): Parts[K] =>
      sparing(held, hour, (sound) => everyPart(sound, hour)[name])
  const made = Object.fromEntries(
    (Object.keys(parts) as (keyof Parts)[]).map((name) => [
      name,
      name === 'unreadable' || name === 'other' ? whole(name) : part(name),
    ]),
  ) as { readonly [K in keyof Parts]: () => Parts[K] }
  return lazily({ readAt: hour.now.toISOString() }, made)
}

/** What `read` makes of the facts; where it fails, of those that every rule can read. */
function sparing<T>(held: Held, hour: Hour, read: (held: Held) => T): T {
  const without = spared.get(held)
  if (without) return read(without)
  try {
    return read(held)
  } catch (thrown) {
    const rest = withoutMisshapen(held, hour)
    if (!rest) throw thrown
    spared.set(held, rest)
    return read(rest)
  }
}

/** The same without the facts that cannot be read even alone; undefined when there is none such. */
function withoutMisshapen({ given, facts, unreadable }: Held, hour: Hour): Held | undefined {
  const { rows } = given
  const readable = rows.filter((row) => {
    try {
      const alone = hold({ ...given, rows: [row] })
      everyPart(alone, hour)
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

const eventsOf = (held: Held) =>
  readTimeline(held, {
    problems: once(held, readProblems),
    medicines: once(held, medicinesOf),
    allergies: once(held, allergiesOf),
    letters: once(held, readLetters),
    ...once(held, readTests),
  })

const timelineOf = (held: Held) => once(held, eventsOf).map(({ entry }) => entry())

type Type = FhirResource['resourceType']

/** Lists of all facts of some types: whatever such a fact says, it stands there. */
const listed = {
  encounters: ['Encounter'],
  immunisations: ['Immunization'],
  procedures: ['Procedure'],
  appointments: ['Appointment'],
  carePlans: ['CarePlan', 'CareTeam', 'EpisodeOfCare', 'Goal'],
  flags: ['Flag', 'DetectedIssue'],
} as const satisfies Readonly<Record<string, readonly Type[]>>

const entriesOf =
  (...types: readonly Type[]) =>
  (held: Held): readonly Entry[] =>
    inNewestFirst(held.of(...types).map((fact) => entryOf(held, fact)))

const encountersOf = entriesOf(...listed.encounters)
const immunisationsOf = entriesOf(...listed.immunisations)
const proceduresOf = entriesOf(...listed.procedures)
const appointmentsOf = entriesOf(...listed.appointments)
const carePlansOf = entriesOf(...listed.carePlans)
const flagsOf = entriesOf(...listed.flags)

function referralsOf(held: Held): readonly Entry[] {
  const answered = once(held, answeredRequests)
  return entriesOf('ServiceRequest')(held).filter((entry) => !isAnswered(entry, answered))
}

type Parts = Omit<PersonRecord, 'readAt'>

const parts: { readonly [K in keyof Parts]: (held: Held, hour: Hour) => Parts[K] } = {
  identity: (held, { sources, now, protectedNow }) => readIdentity(held, sources, now.toISOString(), protectedNow),
  allergies: (held) => once(held, allergiesOf),
  problems: (held) => once(held, readProblems),
  medicines: (held) => once(held, medicinesOf),
  tests: (held) => once(held, readTests).tests,
  vitalSigns: (held) => once(held, readTests).vitalSigns,
  news2: (held) => once(held, news2Of),
  letters: (held) => once(held, readLetters),
  encounters: (held) => once(held, encountersOf),
  visits: (held) => held.of('Encounter').length,
  immunisations: (held) => once(held, immunisationsOf),
  procedures: (held) => once(held, proceduresOf),
  appointments: (held, { now }) => soonestFirst(once(held, appointmentsOf), now),
  visitsAhead: (held, { now }) => visitsAhead(held, now),
  referrals: (held) => once(held, referralsOf),
  carePlans: (held) => once(held, carePlansOf),
  flags: (held) => once(held, flagsOf),
  headings: (held) => once(held, headingsOf),
  admissions: (held, { now }) => admissionsNow(held, now),
  hidden: (held) => held.hidden,
  events: (held) => once(held, eventsOf),
  timeline: (held) => once(held, timelineOf),
  elsewhere: (held) => once(held, unplaced).length,
  other: (held) => once(held, otherEntries),
  sources: (held, { sources }) => sourceParts(held, sources),
  facts: (held) => held.facts.length + held.echoes.length + held.unreadable.length,
  unreadable: (held) => held.unreadable,
}

/** All of it, with nothing left to be made: what fails for any page fails here. */
function everyPart(held: Held, hour: Hour): Parts {
  const all = Object.fromEntries(
    (Object.keys(parts) as (keyof Parts)[]).map((name) => [name, parts[name](held, hour)]),
  ) as Parts
  // Lines that stand only where they are shown, and parts within parts, are made by reading them.
  for (const fact of held.of('DiagnosticReport')) entryOf(held, fact)
  for (const test of [...all.tests, ...all.vitalSigns]) void [test.readings, test.trends]
  void Object.values(all.headings)
  return all
}

const alwaysListed = new Set<string>(Object.values(listed).flat())

/** Facts that stand in no list of the record. The details of the person stand in the banner, which quotes only some of their elements. */
function unplaced(held: Held): readonly HeldFact[] {
  const seen = new Map<string, Set<string>>()
  const see = (all: readonly { readonly origins: readonly Origin[] }[]) => {
    let [last, ids] = ['', new Set<string>()]
    for (const { origins } of all)
      for (const { type, id } of origins) {
        if (type !== last) {
          last = type
          ids = seen.get(type) ?? new Set<string>()
          seen.set(type, ids)
        }
        if (!alwaysListed.has(type)) ids.add(id)
      }
  }
  const { allergies, withdrawn, negatives } = once(held, allergiesOf)
  const { tests, vitalSigns } = once(held, readTests)
  for (const all of [
    once(held, readProblems),
    once(held, medicinesOf),
    tests,
    vitalSigns,
    once(held, readLetters),
    once(held, eventsOf),
    once(held, referralsOf),
    readIdentity(held, [], '1970-01-01T00:00:00Z').contacts,
    allergies,
    withdrawn,
    negatives,
  ])
    see(all)
  const headings = once(held, headingsOf)
  for (const name of headingNames) if (name !== 'encounters') see(headings[name])
  return [
    ...held.facts.filter(
      ({ resource, origin: { type, id } }) =>
        resource.resourceType === 'Patient' || !(alwaysListed.has(resource.resourceType) || seen.get(type)?.has(id)),
    ),
    ...held.echoes,
  ]
}

function visitsAhead(held: Held, now: Date): readonly Entry[] {
  return held
    .of('Encounter')
    .filter(({ resource }) => isToCome({ when: text(resource.period?.start) }, now))
    .map((fact) => entryOf(held, fact))
    .sort(newestFirst)
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

function otherEntries(held: Held): readonly Entry[] {
  const kinds: readonly EntryKind[] = ['Patient details', 'Family history', 'Assessment', 'List']
  const rank = ({ kind }: Entry) => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length)
  return once(held, unplaced)
    .map((fact) => entryOf(held, fact))
    .sort((a, b) => rank(a) - rank(b) || newestFirst(a, b))
}

function soonestFirst(appointments: readonly Entry[], now: Date): readonly Entry[] {
  const coming = appointments.filter(({ when }) => (earliestMs(when) ?? 0) >= now.getTime())
  return [...coming.reverse(), ...appointments.filter((appointment) => !coming.includes(appointment))]
}
