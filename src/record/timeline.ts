/** All dated facts, newest first. What belongs together is one line: a report with its results, a day's readings, a prescription with its issues. */
import type { Observation } from 'fhir/r4.js'
import { encounterPlace, entryOf, entryShown, reportPlace } from './entries.ts'
import { type Held, type HeldFact, list, text } from './held.ts'
import type { Allergies, Entry, EntryKind, Happening, Letter, Medicine, Origin, Problem, Test } from './model.ts'
import { dayOf, inNewestFirst } from './partial-date.ts'
import { isHeading, readingWords } from './tests.ts'
import { conceptWords, sentence } from './words.ts'

export type Sections = {
  readonly problems: readonly Problem[]
  readonly medicines: readonly Medicine[]
  readonly allergies: Allergies
  readonly tests: readonly Test[]
  readonly vitalSigns: readonly Test[]
  readonly letters: readonly Letter[]
}

// They are about the record or the person, not something that happened: listed with other entries.
const untimed = new Set<EntryKind>(['Other', 'List', 'Patient details', 'Care team'])
const toldAbove = new Set([
  'Condition',
  'AllergyIntolerance',
  'MedicationRequest',
  'MedicationStatement',
  'MedicationDispense',
  'MedicationAdministration',
  'Observation',
  'DiagnosticReport',
  'DocumentReference',
  'Composition',
  'Patient',
  'RelatedPerson',
])

export function readTimeline(held: Held, sections: Sections): readonly Happening[] {
  const { reports, panels, members } = reportEntries(held)
  const all: readonly Happening[] = [
    ...reports,
    ...[
      ...panels,
      ...readingEntries(sections, members),
      ...sections.problems.map(problemEntry),
      ...allergyEntries(sections.allergies),
      ...sections.medicines.flatMap(medicineEntries),
      ...sections.letters.filter(({ origins }) => origins[0]?.type !== 'DiagnosticReport').map(letterEntry),
    ].map(happening),
    ...held.facts
      .filter(({ resource }) => !toldAbove.has(resource.resourceType))
      .map((fact): Happening => {
        const { resource, origin } = fact
        // A person has more of these than of all else: their lines are made when they are shown.
        return resource.resourceType === 'Encounter'
          ? { ...encounterPlace(resource), origins: [origin], entry: () => entryShown(held, fact) }
          : happening(entryOf(held, fact))
      }),
  ]
  return inNewestFirst(all.filter(({ when, kind }) => when !== undefined && !untimed.has(kind)))
}

function happening(entry: Entry): Happening {
  const { kind, when, origins } = entry
  return { kind, ...(when === undefined ? {} : { when }), origins, entry: () => entry }
}

/** A report or a panel's heading speaks for its members. */
function reportEntries(held: Held): {
  readonly reports: readonly Happening[]
  readonly panels: readonly Entry[]
  readonly members: ReadonlySet<string>
} {
  const members = new Set<string>()
  const observations = new Map(held.of('Observation').map((fact) => [`Observation/${fact.origin.id}`, fact]))
  // A panel may hold panels, and a sender's mistake may make a ring of them: each is taken once (hazard H-80).
  const gather = (references: readonly { reference?: string | undefined }[], self?: Origin): Origin[] => {
    const origins: Origin[] = []
    const waiting = references.toReversed()
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const reference = text(next.reference)
      const fact = observations.get(reference)
      if (!fact || members.has(reference)) continue
      members.add(reference)
      if (fact.origin !== self) origins.push(fact.origin)
      waiting.push(...list(fact.resource.hasMember).toReversed())
    }
    return origins
  }
  const reports = held.of('DiagnosticReport').map((fact): Happening => {
    const origins = [fact.origin, ...gather(list(fact.resource.result))]
    const key = `DiagnosticReport-${fact.origin.id}`
    return { ...reportPlace(fact.resource), origins, entry: () => ({ ...entryShown(held, fact), key, origins }) }
  })
  const panels = held
    .of('Observation')
    .filter(({ resource, origin }) => isHeading(resource) && !members.has(`Observation/${origin.id}`))
    .map((fact: HeldFact<Observation>): Entry => {
      const origins = gather(list(fact.resource.hasMember), fact.origin)
      return {
        ...entryOf(held, fact),
        kind: 'Test',
        title: conceptWords(fact.resource.code) || 'Tests',
        detail: `${origins.length} results`,
        origins: [fact.origin, ...origins],
      }
    })
  return { reports, panels, members }
}

/** Readings that no report speaks for: those of one source on one day are one line. */
function readingEntries({ tests, vitalSigns }: Sections, members: ReadonlySet<string>): readonly Entry[] {
  const days = new Map<string, { kind: EntryKind; when: string; lines: string[]; origins: Origin[]; key: string }>()
  for (const test of [...vitalSigns, ...tests]) {
    if (test.origins.every(({ id }) => members.has(`Observation/${id}`))) continue
    for (const reading of test.readings) {
      const origin = reading.origins[0]
      if (!origin || reading.when === undefined || members.has(`Observation/${origin.id}`)) continue
      const kind = test.group === 'laboratory' ? 'Test' : 'Reading'
      const place = `${kind}|${origin.source}|${dayOf(reading.when)}`
      const day = days.get(place) ?? { kind, when: reading.when, lines: [], origins: [], key: test.key }
      const mark =
        reading.status === 'entered-in-error' || reading.status === 'cancelled'
          ? ` (${reading.status.replaceAll('-', ' ')})`
          : reading.flag
            ? ` (${reading.flag.toLowerCase()})`
            : ''
      const said = reading.values.every(({ value }) => value.kind === 'absent' && value.reason === '')
        ? ''
        : ` ${readingWords(reading)}`
      day.lines.push(`${test.name}${said}${mark}`)
      day.origins.push(origin)
      days.set(place, day)
    }
  }
  return [...days.values()].map(({ kind, when, lines, origins, key }) => {
    const one = lines.length === 1
    return {
      kind,
      title: one ? (lines[0] ?? '') : `${lines.length} ${kind === 'Test' ? 'test results' : 'readings'}`,
      detail: one ? '' : shortened(lines),
      when,
      status: '',
      people: [],
      ...(one ? { key } : {}),
      origins,
    }
  })
}

function shortened(lines: readonly string[]): string {
  return lines.length <= 6 ? lines.join('; ') : `${lines.slice(0, 5).join('; ')}; and ${lines.length - 5} more`
}

function problemEntry(problem: Problem): Entry {
  const ended = problem.ended === undefined ? {} : { until: problem.ended }
  return {
    kind: 'Problem',
    title: problem.title,
    detail: '',
    ...(problem.since === undefined ? {} : { when: problem.since }),
    ...ended,
    status:
      problem.status === 'active'
        ? ''
        : problem.status === 'not-recorded'
          ? 'Status not recorded'
          : sentence(problem.status),
    people: [],
    origins: problem.origins,
  }
}

function allergyEntries({ allergies, withdrawn, negatives }: Allergies): readonly Entry[] {
  const entry = (
    title: string,
    detail: string,
    { recordedOn, origins }: { readonly recordedOn?: string; readonly origins: readonly Origin[] },
  ): Entry => ({
    kind: 'Allergy',
    title,
    detail,
    ...(recordedOn === undefined ? {} : { when: recordedOn }),
    status: '',
    people: [],
    origins,
  })
  return [
    ...[...allergies, ...withdrawn].map((allergy) => ({
      ...entry(allergy.substance, allergy.reactions.join(', '), allergy),
      status: allergy.standing === 'active' ? '' : sentence(allergy.standing),
    })),
    ...negatives.map((negative) => entry(negative.text, '', negative)),
  ]
}

const roleWords = {
  prescribed: 'Prescribed',
  dispensed: 'Dispensed',
  given: 'Given',
  reported: 'Reported',
  recorded: 'Recorded',
} as const

function medicineEntries({ name, sayings }: Medicine): readonly Entry[] {
  return sayings.map((saying) => {
    const happened = saying.role === 'dispensed' || saying.role === 'given'
    const when = happened ? saying.lastIssued : (saying.started ?? saying.lastIssued)
    const count = happened && saying.origins.length > 1 ? `, the last of ${saying.origins.length}` : ''
    return {
      kind: 'Medicine',
      title: saying.name || name,
      detail: [`${roleWords[saying.role]}${count}`, saying.dose].filter(Boolean).join('. '),
      ...(when === undefined ? {} : { when }),
      status: saying.status === 'current' || saying.status === 'not-recorded' ? '' : sentence(saying.status),
      people: [],
      origins: saying.origins,
    }
  })
}

function letterEntry(letter: Letter): Entry {
  return {
    kind: 'Letter',
    title: letter.title,
    detail: [letter.type === letter.title ? '' : letter.type, letter.author].filter(Boolean).join(', '),
    ...(letter.when === undefined ? {} : { when: letter.when }),
    status: sentence(letter.status),
    people: [],
    key: letter.key,
    origins: letter.origins,
  }
}
