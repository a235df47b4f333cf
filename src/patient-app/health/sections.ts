/** My record in plain words: the same facts that staff see, the newest first, with who says so. */
import {
  type Allergies,
  type Difference,
  dayWords,
  type Entry,
  type Medicine,
  type PersonRecord,
  type Problem,
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
  const { medicines, problems, tests, vitalSigns, letters, immunisations, carePlans } = record
  return [
    { ...section('allergies', 'Allergies', allergyItems(record.allergies)), lead: allergyLead(record.allergies) },
    section('medicines', 'Medicines', medicines.filter(isTakenNow).map(medicineItem)),
    section('conditions', 'Conditions', problems.filter(isNow).map(problemItem)),
    section('tests', 'Test results', [...tests, ...vitalSigns].toSorted(latestFirst).map(testItem)),
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
    section('care', 'Care and support', carePlans.map(entryItem)),
  ]
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
      ...differs(differences),
    ),
    from: fromWords(origins),
  }
}

function isNow({ status }: Problem): boolean {
  return status === 'active' || status === 'not-recorded'
}

function problemItem({ title, since, differences, origins }: Problem): HealthItem {
  return { title, words: lines(since && `Since ${dayWords(since)}`, ...differs(differences)), from: fromWords(origins) }
}

function testItem({ name, readings }: Test): HealthItem {
  const [newest] = readings
  return {
    title: name,
    words: lines(
      newest && readingWords(newest),
      newest?.range && `Usual range: ${newest.range}`,
      newest?.flag &&
        `The laboratory says: ${newest.flag.toLowerCase()}. Ask the place that ordered it what this means for you.`,
      newest?.when ? dayWords(newest.when) : 'Date not recorded',
      readings.length > 1 && `${readings.length - 1} earlier`,
    ),
    from: fromWords(newest?.origins ?? []),
  }
}

function entryItem({ title, detail, when, until, status, origins }: Entry): HealthItem {
  return {
    title,
    words: lines(detail, when && (until ? `${dayWords(when)} to ${dayWords(until)}` : dayWords(when)), status),
    from: fromWords(origins),
  }
}

function latestFirst(a: Test, b: Test): number {
  return (b.readings[0]?.when ?? '').localeCompare(a.readings[0]?.when ?? '')
}

function differs(differences: readonly Difference[]): readonly string[] {
  return differences.map(
    ({ about, sayings }) =>
      `Places disagree about ${about.toLowerCase()}: ${sayings.map(({ text, origins }) => `${text} (${fromWords(origins)})`).join('; ')}`,
  )
}
