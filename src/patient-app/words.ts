import type { Absence, Origin, PersonRecord } from '../record/index.ts'

/** Organisations that supply this record and answer, and those that do not answer now. */
export function answering({ sources }: Pick<PersonRecord, 'sources'>): {
  readonly answered: number
  readonly missing: readonly string[]
} {
  const spoke = sources.filter(({ facts }) => facts > 0)
  const missing = [...new Set(spoke.filter(({ state }) => state === 'failing').map(({ organisation }) => organisation))]
  const answered = new Set(spoke.map(({ organisation }) => organisation).filter((name) => !missing.includes(name)))
  return { answered: answered.size, missing }
}

/** `Riverside Surgery and Riverton General Hospital`. */
export function fromWords(origins: readonly Origin[]): string {
  const names = [...new Set(origins.map(({ organisation }) => organisation))]
  return names.length < 2
    ? (names[0] ?? 'Not recorded')
    : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
}

/** Why there is nothing, in words a child reads; never a bare "none". */
export function emptyWords(absence: Absence): string {
  switch (absence.kind) {
    case 'not-recorded':
      return 'Not recorded. Nobody has written this down.'
    case 'none-recorded':
      return absence.organisations === 1
        ? 'None recorded by the one organisation that answered.'
        : `None recorded by the ${absence.organisations} organisations that answered.`
    case 'not-shared':
      return `${absence.organisation} does not share this here.`
    case 'not-available':
      return `Not available now. ${absence.organisations.join(' and ')} did not answer.`
    case 'hidden-at-request':
      return 'Hidden, because you asked for it.'
    case 'restricted':
      return 'Not shown anywhere, because your record is protected.'
  }
}

/** The organisations' words for one line; sentences for people. */
export function lines(...words: readonly (string | undefined | false)[]): readonly string[] {
  return words.filter((word): word is string => typeof word === 'string' && word.trim() !== '')
}
