/**
 * The summary that leaves the screen: one plain value, from which the printed page, the letter, the International Patient Summary's words
 * and the downtime pages are all made, so that none of them can say other than the rest.
 */
import { comingUp } from '../coming.ts'
import { inForce } from '../in-force.ts'
import type { Entry, Origin, PersonRecord } from '../model.ts'
import { dayOf, dayWords } from '../partial-date.ts'
import { resuscitation } from '../resuscitation.ts'
import { sentences } from '../words.ts'
import { allergySection, medicineLine, problemLine, testLine } from './lines.ts'
import { entryLine, fullWords, nothingWords, planLine, sourceWords } from './source-words.ts'

export type SummaryKey =
  | 'alerts'
  | 'allergies'
  | 'problems'
  | 'medicines'
  | 'results'
  | 'vital-signs'
  | 'plans'
  | 'advance'
  | 'immunisations'
  | 'procedures'
  | 'devices'
  | 'social'
  | 'pregnancy'
  | 'past-problems'
  | 'coming'
  | 'letters'
  | 'contacts'

export type SummaryLine = {
  readonly title: string
  /** Short sentences, the most important first; where sources disagree, each one's word. */
  readonly details: readonly string[]
  /** `Riverside Surgery, 4 November 2026`: who says so, and since when we know. */
  readonly sources: string
  readonly origins: readonly Origin[]
}

export type SummarySection = {
  readonly key: SummaryKey
  readonly heading: string
  readonly lines: readonly SummaryLine[]
  /** What a reader must know before the lines: a conflict, an organisation that did not answer. */
  readonly notes: readonly string[]
  /** Said where there is no line: why. Never "none" unless somebody recorded it (hazard H-42). */
  readonly nothing: string
  /** Lines that the record has beyond these. */
  readonly left: number
}

export type Summary = {
  /** The instant that the record was read: it says nothing of what came later. */
  readonly asAt: Date
  readonly name: string
  /** Ten digits in 3-3-4 groups, or words for having none. */
  readonly nhsNumber: string
  readonly restricted: boolean
  /** Who it is about: label and value, in the order of the banner. */
  readonly identity: readonly (readonly [label: string, value: string])[]
  /** One of the four states, in its fixed words, with the substances that are known. */
  readonly allergies: { readonly state: PersonRecord['allergies']['state']; readonly words: string }
  /** How to meet the person. */
  readonly adjustments: readonly string[]
  /** Above everything: who did not answer, whose identity is in doubt. */
  readonly warnings: readonly string[]
  readonly sections: readonly SummarySection[]
  /** Each organisation that spoke of this person, and when its feed was last heard. */
  readonly freshness: readonly string[]
}

/** On every summary, whoever it is about, so that nothing can be read from it: a paper may be seen by whoever is the danger (hazard H-34). */
export const safeguardingWords = 'Safeguarding is never on a summary. Look for it in the record itself.'

export type SummariseOptions = {
  /** What a human has yet to decide about who this is: at least it is said that there is something (hazard H-20). */
  readonly doubts?: number
  readonly adjustments?: readonly string[]
  /** Lines a section at most; the rest is counted, never silently left out. */
  readonly max?: number
}

/** The gravest and newest first; nothing is inferred, and nothing of a restricted person's whereabouts is told (hazard H-21). */
export function summarise(record: PersonRecord, options: SummariseOptions = {}): Summary {
  const { identity } = record
  const name = 'value' in identity.name ? identity.name.text : 'Name not known'
  return {
    asAt: new Date(record.readAt),
    name,
    nhsNumber: 'value' in identity.nhsNumber ? identity.nhsNumber.text : 'Not known',
    restricted: identity.restricted,
    identity: identityLines(record),
    allergies: allergyWords(record),
    adjustments:
      options.adjustments ??
      record.headings.needs
        .filter((entry) => inForce(entry, record.readAt))
        .map(({ title }) => title.replace(/^Reasonable adjustments?: /i, '')),
    warnings: warningsOf(record, options.doubts ?? 0),
    sections: sectionsOf(record, options.max ?? 60),
    freshness: freshnessOf(record),
  }
}

function identityLines({ identity }: PersonRecord): Summary['identity'] {
  const { name, bornOn, age, sex, nhsNumber, address, phone, gpPractice, died } = identity
  const born = fullWords(bornOn)
  return [
    ['Name', fullWords(name)],
    ['Born', age !== undefined && died === undefined ? `${born} (${age})` : born],
    ...(died === undefined ? [] : [['Died', died.day === undefined ? 'Date not known' : dayWords(died.day)] as const]),
    ['Sex', fullWords(sex)],
    ['NHS number', fullWords(nhsNumber)],
    ['Address', fullWords(address)],
    ['Phone', fullWords(phone)],
    ['GP practice', fullWords(gpPractice)],
  ]
}

function allergyWords({ allergies }: PersonRecord): Summary['allergies'] {
  const { state } = allergies
  switch (state) {
    case 'known-allergies': {
      const known = allergies.allergies.filter(({ standing }) => standing !== 'resolved')
      const said = known.map(({ substance, reactions, severity, criticality, standing }) => {
        const grave = severity === 'severe' || criticality === 'high' ? ' (severe)' : ''
        const inactive = standing === 'inactive' ? ' (recorded as inactive)' : ''
        return `${substance}${inactive}${reactions.length > 0 ? `: ${reactions.join(', ')}` : ''}${grave}`
      })
      return { state, words: `Known allergies: ${said.join('; ')}` }
    }
    case 'no-known-allergies':
      return { state, words: 'No known allergies' }
    case 'not-recorded':
      return { state, words: 'Allergies not recorded' }
    case 'unavailable':
      return { state, words: `Allergies unavailable: ${allergies.unavailableFrom.join(', ')} did not answer` }
  }
}

function warningsOf({ sources, identity, unreadable }: PersonRecord, doubts: number): readonly string[] {
  const missing = [
    ...new Set(
      sources
        .filter(({ state, waitingHere = 0 }) => state === 'failing' || waitingHere > 0)
        .map(({ organisation }) => organisation),
    ),
  ]
  return [
    ...(missing.length > 0
      ? [`Records from ${missing.join(', ')} may be missing: not all that they sent could be read.`]
      : []),
    ...(doubts > 0
      ? [
          'Who this record is about is in doubt: somebody has still to decide. It may not be the whole record, or hold an entry of somebody else.',
        ]
      : []),
    ...identity.differences.map(
      ({ about, sayings }) =>
        `Sources disagree about ${about === 'Date of birth' || about === 'Sex' ? about.toLowerCase() : about}: ${sayings
          .map(
            ({ text, origins }) =>
              `${text} (${[...new Set(origins.map(({ organisation }) => organisation))].join(', ')})`,
          )
          .join('; ')}.`,
    ),
    ...(unreadable.length > 0 ? [`${unreadable.length} entries could not be read and are not in this summary.`] : []),
  ]
}

type Draft = {
  readonly key: SummaryKey
  readonly heading: string
  readonly lines: readonly SummaryLine[]
  readonly notes?: readonly string[]
  readonly nothing?: string
  /** Left out altogether when it has no line: not every record has such a thing, and nothing is said by its absence. */
  readonly optional?: true
}

function sectionsOf(record: PersonRecord, max: number): readonly SummarySection[] {
  const nothing = nothingWords(record)
  const now = new Date(record.readAt)
  const ongoing = record.medicines.filter(isOngoing)
  const current = record.problems.filter(isCurrentProblem)
  const past = record.problems.filter((problem) => problem.status === 'inactive' || problem.status === 'resolved')
  const { headings } = record
  const standing = (...entries: readonly (readonly Entry[])[]) =>
    entries.flat().filter((entry) => inForce(entry, record.readAt))
  const decided = resuscitation(headings, record.readAt)
  const plans = standing(headings.legal, headings['end-of-life'], headings.contingency)
  const told = new Set(
    [headings.needs, headings['social-context'], headings.pregnancy]
      .flat()
      .flatMap(({ origins }) => origins.map(({ type, id }) => `${type}/${id}`)),
  )
  const results = record.tests.filter(({ origins }) => !origins.every(({ type, id }) => told.has(`${type}/${id}`)))
  const drafts: readonly Draft[] = [
    {
      key: 'alerts',
      heading: 'Alerts',
      lines: standing(headings.alerts).map(entryLine),
      optional: true,
    },
    allergySection(record),
    {
      key: 'advance',
      heading: 'Plans to be known first',
      lines: [...decided.entries, ...plans.filter((entry) => !decided.entries.includes(entry))].map(planLine),
      notes: decided.conflict
        ? ['Sources disagree about resuscitation. Each says what stands here. Ask for the signed form.']
        : [],
      optional: true,
    },
    {
      key: 'problems',
      heading: 'Current problems',
      lines: current.map(problemLine),
      ...(past.length > 0 ? { nothing: `None recorded as current, and ${past.length} past.` } : {}),
    },
    {
      key: 'medicines',
      heading: 'Current medicines, and those not known to have ended',
      lines: ongoing.map(medicineLine),
      ...(record.medicines.length > ongoing.length
        ? { nothing: `None recorded as current, and ${record.medicines.length} past.` }
        : {}),
    },
    {
      key: 'vital-signs',
      heading: 'Latest vital signs',
      lines: record.vitalSigns.flatMap((test) => testLine(test, now)),
    },
    { key: 'results', heading: 'Latest results', lines: results.flatMap((test) => testLine(test, now)) },
    {
      key: 'plans',
      heading: 'Care plans and support',
      lines: standing(headings['care-plans'], headings['social-care'], headings.team, headings['about-me']).map(
        planLine,
      ),
    },
    { key: 'coming', heading: 'Coming up', lines: comingUp(record, now).map(entryLine), optional: true },
    { key: 'immunisations', heading: 'Vaccinations', lines: record.immunisations.map(entryLine) },
    { key: 'procedures', heading: 'Procedures', lines: record.procedures.map(entryLine) },
    { key: 'devices', heading: 'Equipment and devices', lines: headings.equipment.map(entryLine), optional: true },
    { key: 'social', heading: 'Social context', lines: headings['social-context'].map(entryLine), optional: true },
    { key: 'pregnancy', heading: 'Pregnancy', lines: headings.pregnancy.map(entryLine), optional: true },
    { key: 'past-problems', heading: 'Past problems', lines: past.map(problemLine), optional: true },
    {
      key: 'letters',
      heading: 'Latest letters',
      lines: record.letters.slice(0, 5).map(({ title, when, author, origins }) => ({
        title,
        details: [sentences(when === undefined ? 'Date not recorded' : dayWords(when), author)],
        sources: sourceWords(origins),
        origins,
      })),
      optional: true,
    },
    {
      key: 'contacts',
      heading: 'Contacts',
      lines: record.identity.contacts.map(({ name, relation, phone, origins }) => ({
        title: name || 'Name not recorded',
        // A relative's number may lead to where a protected person lives (hazard H-21).
        details: [sentences(relation || 'Contact', record.identity.restricted ? '' : phone)],
        sources: sourceWords(origins),
        origins,
      })),
      optional: true,
    },
  ]
  return drafts
    .filter(({ lines, optional }) => lines.length > 0 || optional !== true)
    .map(({ key, heading, lines, notes = [], nothing: words = nothing }) => ({
      key,
      heading,
      // Allergies are never cut short.
      lines: key === 'allergies' ? lines : lines.slice(0, max),
      notes,
      nothing: words,
      left: key === 'allergies' ? 0 : Math.max(0, lines.length - max),
    }))
}

const ongoingStatuses = new Set(['current', 'on-hold', 'planned', 'not-taking', 'not-recorded'])

/** Going on, or not known to have ended: the side that is safe to assume. */
export function isOngoing({ status }: PersonRecord['medicines'][number]): boolean {
  return ongoingStatuses.has(status)
}

export function isCurrentProblem({ status }: PersonRecord['problems'][number]): boolean {
  return status === 'active' || status === 'not-recorded'
}

function freshnessOf({ sources, readAt }: PersonRecord): readonly string[] {
  return sources
    .filter(({ facts, state, waitingHere = 0 }) => facts > 0 || state === 'failing' || waitingHere > 0)
    .map(({ organisation, name, lastReceived, lastAboutPerson, state, facts }) =>
      sentences(
        `${organisation} (${name})`,
        facts === 0
          ? 'Nothing about this person'
          : `Last about this person ${dayWords(dayOf(lastAboutPerson ?? readAt))}`,
        lastReceived === undefined ? 'Never heard from' : `Last heard ${dayWords(dayOf(lastReceived))}`,
        state === 'failing' && 'Its newest messages could not be read',
      ),
    )
}
