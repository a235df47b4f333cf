/** My record in plain words: the same facts that staff see, the newest first, with who says so. */
import {
  type Allergies,
  type Difference,
  dayWords,
  type Entry,
  earliestMs,
  isAdjustment,
  type Medicine,
  type PersonRecord,
  type Problem,
  type Reading,
  readingWords,
  type Test,
  whyEmpty,
} from '../../record/index.ts'
import { paths } from '../paths.ts'
import { emptyWords, fromWords, lines } from '../words.ts'
import type { HealthItem, HealthSection } from './view.tsx'

const most = 12

/** Every part of the record, in the order people ask for them. */
export function healthSections(record: PersonRecord): readonly HealthSection[] {
  const empty = emptyWords(whyEmpty(record.sources))
  const section = (id: HealthSection['id'], heading: string, items: readonly HealthItem[]): HealthSection => ({
    id,
    heading,
    items: items.slice(0, most),
    more: Math.max(0, items.length - most),
    empty,
  })
  const { medicines, problems, tests, vitalSigns, letters, immunisations, headings, admissions } = record
  return [
    { ...section('allergies', 'Allergies', allergyItems(record.allergies)), lead: allergyLead(record.allergies) },
    orPast(section('medicines', 'Medicines', medicines.filter(isTakenNow).map(medicineItem)), medicines.length),
    orPast(section('conditions', 'Conditions', problems.filter(isNow).map(problemItem)), problems.length),
    section(
      'tests',
      'Test results',
      [...tests.filter((test) => !isAdjustment(test)), ...vitalSigns].toSorted(latestFirst).map(testItem),
    ),
    section(
      'letters',
      'Letters',
      letters.map(({ key, title, when, author, origins }) => ({
        title: title || 'Letter',
        words: lines(when && dayWords(when), author && `Written by ${author}`),
        from: fromWords(origins),
        href: paths.letter(key),
      })),
    ),
    section('vaccinations', 'Vaccinations', immunisations.map(entryItem)),
    section('plans', 'Your plans and wishes', [
      ...headings['about-me'].map(formItem),
      ...[...headings.legal, ...headings['end-of-life'], ...headings.contingency, ...headings['care-plans']].map(
        planItem,
      ),
    ]),
    section('care', 'Care and support', [
      ...tests.filter(isAdjustment).map(needItem),
      ...headings.needs.filter(({ origins }) => origins[0]?.type !== 'Observation').map(entryItem),
      ...headings.team.map(entryItem),
      ...headings['social-care'].map(entryItem),
    ]),
    section('visits', 'Hospital and visits', [
      ...admissions.map((entry) => ({ ...entryItem(entry), title: `In hospital now: ${entry.title}` })),
      ...headings.encounters.filter((entry) => !admissions.includes(entry)).map(entryItem),
    ]),
    section('procedures', 'Operations and treatments', headings.procedures.map(entryItem)),
    section('waiting', 'Referrals and appointments', [...headings.appointments, ...headings.referrals].map(entryItem)),
    section(
      'history',
      'Your history',
      [
        ...headings.pregnancy,
        ...headings.assessments,
        ...headings['family-history'],
        ...headings['social-context'],
        ...headings.equipment,
      ].map(entryItem),
    ),
  ]
}

/** What has ended is not "none recorded": the record holds it, and says so. */
function orPast(section: HealthSection, all: number): HealthSection {
  if (section.items.length > 0 || all === 0) return section
  return { ...section, empty: `None now. ${all} in the past. Ask your surgery if you need to see them.` }
}

/** Exactly one of the four states; "no known allergies" only because somebody recorded it (hazard H-01). */
export function allergyLead({ state, unavailableFrom, conflict }: Allergies): string {
  const words = {
    'known-allergies': 'Known allergies',
    'no-known-allergies': 'No known allergies',
    'not-recorded': 'Allergies not recorded. Tell everyone who treats you about any allergy.',
    unavailable: `Allergies unavailable: ${unavailableFrom.join(' and ') || 'a place'} did not answer. Tell everyone who treats you about any allergy.`,
  }[state]
  return conflict ? `${words}. Places disagree: ask your surgery to put this right.` : words
}

function allergyItems({ allergies }: Allergies): readonly HealthItem[] {
  return allergies
    .filter(({ standing }) => standing === 'active' || standing === 'inactive')
    .map(({ substance, reactions, severity, standing, differences, origins }) => ({
      title: substance,
      words: lines(
        reactions.length > 0 && `What happened: ${reactions.join(', ')}`,
        severity === 'severe' && 'It was severe',
        standing === 'inactive' && 'Recorded as no longer active',
        ...differs(differences),
      ),
      from: fromWords(origins),
    }))
}

function isTakenNow({ status }: Medicine): boolean {
  return status === 'current' || status === 'on-hold' || status === 'planned' || status === 'not-recorded'
}

function medicineItem({ name, sayings, status, differences, origins }: Medicine): HealthItem {
  const doses = [...new Set(sayings.map(({ dose }) => dose).filter(Boolean))]
  return {
    title: name,
    words: lines(
      doses.length === 0 ? 'How to take it: not recorded' : doses.length === 1 && `How to take it: ${doses[0]}`,
      status === 'on-hold' && 'Paused for now',
      status === 'planned' && 'Not started yet',
      status === 'not-recorded' &&
        'We do not know if you should still take this. Ask your surgery or pharmacy before you start or stop.',
      ...differs(differences),
    ),
    from: fromWords(origins),
  }
}

function isNow({ status }: Problem): boolean {
  return status === 'active' || status === 'not-recorded'
}

function problemItem({ title, since, status, differences, origins }: Problem): HealthItem {
  const known = status !== 'not-recorded'
  return {
    title,
    words: lines(
      since && `${known ? 'Since' : 'Recorded on'} ${dayWords(since)}`,
      !known && 'Nobody has told us if you still have this.',
      ...differs(differences),
    ),
    from: fromWords(origins),
  }
}

function testItem({ name, readings }: Test): HealthItem {
  const [newest] = readings
  return {
    title: name,
    words: lines(
      newest && standing(newest),
      newest && readingWords(newest),
      newest?.range && `Usual range: ${rangeInWords(newest.range)}`,
      newest?.flag &&
        `The laboratory says: ${newest.flag.toLowerCase()}. Ask the place that ordered it what this means for you.`,
      newest?.when ? dayWords(newest.when) : 'Date not recorded',
      readings.length > 1 && `${readings.length - 1} earlier`,
    ),
    from: fromWords(newest?.origins ?? []),
  }
}

/** How to meet you, as your surgery wrote it. */
function needItem({ readings }: Test): HealthItem {
  const [newest] = readings
  return {
    title: newest ? readingWords(newest) : 'Not recorded',
    words: lines('What helps you', newest?.when && `Recorded on ${dayWords(newest.when)}`),
    from: fromWords(newest?.origins ?? []),
  }
}

/** What the laboratory says of the result itself, before its number; undefined for a final one. */
function standing({ status }: Reading): string | undefined {
  switch (status) {
    case '':
      return undefined
    case 'entered-in-error':
      return 'This was a mistake. It is not your result.'
    case 'cancelled':
      return 'This test was cancelled.'
    case 'corrected':
    case 'amended':
      return 'The laboratory has changed this result. This is the new one.'
    default:
      return 'This result is not final. It may change.'
  }
}

/** `<5` and `45-104` as people say them; anything else as it was sent. */
function rangeInWords(range: string): string {
  const [, sign = '', end = ''] = /^([<>]=?|[≤≥])\s*(\d+(?:\.\d+)?)$/.exec(range) ?? []
  const signs: Readonly<Record<string, string>> = {
    '<': `below ${end}`,
    '>': `above ${end}`,
    '<=': `${end} or less`,
    '≤': `${end} or less`,
    '>=': `${end} or more`,
    '≥': `${end} or more`,
  }
  return signs[sign] ?? range.replace(/^(\d+(?:\.\d+)?)\s*[-–]\s*(\d+(?:\.\d+)?)$/, '$1 to $2')
}

function entryItem({ title, detail, when, until, status, origins }: Entry): HealthItem {
  return {
    title,
    words: lines(detail, when && (until ? `${dayWords(when)} to ${dayWords(until)}` : dayWords(when)), status),
    from: fromWords(origins),
  }
}

/** A plan with its parts, in its author's words. */
function planItem(entry: Entry): HealthItem {
  const { particulars = [], people, key } = entry
  const item = entryItem(entry)
  return {
    ...item,
    words: [
      ...(particulars.length === 0 ? item.words : item.words.slice(entry.detail === '' ? 0 : 1)),
      ...(people.length > 0 ? [`By ${people.join(', ')}`] : []),
      ...particulars.map(({ label, text }) => `${label}: ${text}`),
    ],
    ...(key === undefined ? {} : { href: paths.letter(key) }),
  }
}

/** What you, or somebody who helped you, wrote of yourself. */
function formItem(entry: Entry): HealthItem {
  const { when, people, particulars = [] } = entry
  return {
    title: 'About me',
    words: lines(
      `Written ${people.length > 0 ? `by ${people.join(', ').replace('The person themselves', 'you')}` : ''} ${when ? `on ${dayWords(when)}` : ''}`.trim(),
      ...particulars.map(({ label, text }) => `${label}: ${text}`),
    ),
    from: fromWords(entry.origins),
  }
}

function latestFirst(a: Test, b: Test): number {
  return (earliestMs(b.latest?.when) ?? 0) - (earliestMs(a.latest?.when) ?? 0)
}

function differs(differences: readonly Difference[]): readonly string[] {
  return differences.map(
    ({ about, sayings }) =>
      `Places disagree about ${about.toLowerCase()}: ${sayings.map(({ text, origins }) => `${text} (${fromWords(origins)})`).join('; ')}`,
  )
}
