/** The words for having nothing to show. One union, one place: "not recorded" never looks like "none" (hazard H-01). */
import type { Absence, SourcePart } from './model.ts'

export function absent(kind: 'not-recorded' | 'hidden-at-request'): Absence {
  return { kind }
}

/** Why a list is empty, given who sent something: a source that failed, or whose message about this person waits, may hold what is missing. */
export function whyEmpty(sources: readonly SourcePart[]): Absence {
  const spoke = sources.filter(({ facts }) => facts > 0)
  const failed = [
    ...new Set(
      spoke
        .filter(({ state, waitingHere = 0 }) => state === 'failing' || waitingHere > 0)
        .map(({ organisation }) => organisation),
    ),
  ]
  if (failed.length > 0) return { kind: 'not-available', organisations: failed }
  return { kind: 'none-recorded', organisations: new Set(spoke.map(({ organisation }) => organisation)).size }
}

export function absenceWords(absence: Absence): string {
  switch (absence.kind) {
    case 'not-recorded':
      return 'Not recorded'
    case 'none-recorded':
      return absence.organisations === 1
        ? 'None recorded by the 1 organisation that answered'
        : `None recorded by the ${absence.organisations} organisations that answered`
    case 'not-shared':
      return `Not shared by ${absence.organisation}`
    case 'not-available':
      return `Not available now from ${absence.organisations.join(', ')}`
    case 'hidden-at-request':
      return "Hidden at the patient's request"
    case 'restricted':
      return 'Restricted: not shown'
  }
}
