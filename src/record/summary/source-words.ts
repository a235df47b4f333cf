/** The words for where a line came from, and for having none. On paper nothing can be pressed: the words must stand alone. */
import { absenceWords, whyEmpty } from '../absence.ts'
import type { Absence, Attribute, Difference, Entry, Origin, PersonRecord } from '../model.ts'
import { dayOf, dayWords } from '../partial-date.ts'
import { sentences } from '../words.ts'
import type { SummaryLine } from './summarise.ts'

/** `Riverside Surgery, 4 November 2026; Riverton General Hospital, 21 November 2026`: each organisation once, with the day of its newest word. */
export function sourceWords(origins: readonly Origin[]): string {
  const newest = new Map<string, string>()
  for (const { organisation, savedAt } of origins)
    if ((newest.get(organisation) ?? '') < savedAt) newest.set(organisation, savedAt)
  return [...newest].map(([organisation, savedAt]) => `${organisation}, ${dayWords(dayOf(savedAt))}`).join('; ')
}

/** What each source says, where they say different things. */
export function differenceWords(differences: readonly Difference[]): readonly string[] {
  return differences.map(
    ({ about, sayings }) =>
      `Sources disagree. ${about}: ${sayings
        .map(
          ({ text, origins }) =>
            `${text} (${[...new Set(origins.map(({ organisation }) => organisation))].join(', ')})`,
        )
        .join('; ')}`,
  )
}

export function entryLine({ title, detail, when, until, status, people, origins }: Entry): SummaryLine {
  return {
    title,
    details: [
      sentences(
        when === undefined
          ? 'Date not recorded'
          : dayWords(when) + (until === undefined ? '' : ` to ${dayWords(until)}`),
        status,
        detail,
        people.join(', '),
      ),
    ],
    sources: sourceWords(origins),
    origins,
  }
}

const partsMax = 12
const partMax = 400

/** A plan or form says what to do: on paper nothing can be opened, so its parts stand in the line; what is cut says so (hazard H-71). */
export function planLine(entry: Entry): SummaryLine {
  const line = entryLine(entry)
  const parts = entry.particulars ?? []
  const said = parts
    .slice(0, partsMax)
    .filter(({ text }) => text !== entry.detail)
    .map(({ label, text }) => `${label}: ${text.length > partMax ? `${text.slice(0, partMax)}… (cut short)` : text}`)
  const left = parts.length - partsMax
  return {
    ...line,
    details: [...line.details, ...said, ...(left > 0 ? [`${left} more parts are in the record.`] : [])],
  }
}

/** Why a list has no line: who answered, or who did not. */
export function nothingWords({ sources }: Pick<PersonRecord, 'sources'>): string {
  return absenceWords(whyEmpty(sources))
}

/** A value of the banner, or why there is none. */
export function fullWords<T>(attribute: Attribute<T> | Absence): string {
  return 'text' in attribute ? attribute.text : absenceWords(attribute)
}
