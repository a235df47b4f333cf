/** One line of the summary for each allergy, problem, medicine and test. */
import { isEarlyWarning, scoreAge } from '../early-warning.ts'
import type { Allergy, Medicine, PersonRecord, Problem, Test } from '../model.ts'
import { dayWords } from '../partial-date.ts'
import { rangeMark, readingWords } from '../tests.ts'
import { sentence, sentences } from '../words.ts'
import { differenceWords, nothingWords, sourceWords } from './source-words.ts'
import type { SummaryLine } from './summarise.ts'

/** All that is recorded of allergies, also what says that there are none: exactly one of four states is said (hazards H-01, H-42). */
export function allergySection(record: PersonRecord) {
  const { state, allergies, negatives, conflict, unavailableFrom, withdrawn } = record.allergies
  const none = negatives.map(({ text, recordedOn, origins }) => ({
    title: text || 'No known allergies',
    details: recordedOn === undefined ? [] : [`Recorded ${dayWords(recordedOn)}`],
    sources: sourceWords(origins),
    origins,
  }))
  return {
    key: 'allergies' as const,
    heading: 'Allergies',
    lines: [...allergies.map(allergyLine), ...none],
    notes: [
      ...(conflict ? ['A recorded allergy stands beside "no known allergies". Both are shown. Ask for a review.'] : []),
      ...(unavailableFrom.length > 0
        ? [`Allergies unavailable from ${unavailableFrom.join(', ')}: there may be others.`]
        : []),
      ...(state === 'not-recorded' && negatives.length > 0
        ? ['Allergies not recorded, apart from what is said here.']
        : []),
      ...(withdrawn.length > 0
        ? [
            `Withdrawn, and not counted as allergies: ${withdrawn.map(({ substance, standing }) => `${substance} (${sentence(standing).toLowerCase()})`).join('; ')}.`,
          ]
        : []),
    ],
    nothing:
      state === 'unavailable'
        ? `Allergies unavailable. ${nothingWords(record)}`
        : 'Allergies not recorded. This does not mean that there are none.',
  }
}

function allergyLine({
  substance,
  kind,
  reactions,
  severity,
  criticality,
  standing,
  certainty,
  recordedOn,
  differences,
  origins,
}: Allergy): SummaryLine {
  return {
    title: substance,
    details: [
      sentences(
        sentence(kind),
        reactions.length > 0 && `Reaction: ${reactions.join(', ')}`,
        severity !== 'not-recorded' && `Severity: ${severity}`,
        criticality !== 'not-recorded' && `Risk in future: ${criticality.replaceAll('-', ' ')}`,
        standing !== 'active' && `Recorded as ${standing}`,
        certainty !== '' && certainty !== 'confirmed' && sentence(certainty),
        recordedOn !== undefined && `Recorded ${dayWords(recordedOn)}`,
      ),
      ...differenceWords(differences),
    ].filter(Boolean),
    sources: sourceWords(origins),
    origins,
  }
}

export function problemLine({
  title,
  status,
  certainty,
  since,
  ended,
  notes,
  differences,
  origins,
}: Problem): SummaryLine {
  return {
    title,
    details: [
      sentences(
        status === 'not-recorded' && 'Status not recorded',
        since === undefined ? 'Start not recorded' : `Since ${dayWords(since)}`,
        ended !== undefined && `Ended ${dayWords(ended)}`,
        certainty !== '' && certainty !== 'confirmed' && sentence(certainty),
        notes.join(' '),
      ),
      ...differenceWords(differences),
    ],
    sources: sourceWords(origins),
    origins,
  }
}

/** Each source's word stands for itself: a dose is never chosen for the reader. */
export function medicineLine({ name, sayings, differences, alike, concerns, origins }: Medicine): SummaryLine {
  const said = sayings.map(({ role, status, statusReason, dose, started, ended, lastIssued, origins: from }) =>
    sentences(
      `${sentence(role)} by ${[...new Set(from.map(({ organisation }) => organisation))].join(', ')}`,
      status === 'not-recorded'
        ? 'Status not recorded'
        : sentence(status) + (statusReason === '' ? '' : ` (${statusReason})`),
      dose === '' ? 'Dose not recorded' : dose,
      started !== undefined && `Started ${dayWords(started)}`,
      ended !== undefined && `Ended ${dayWords(ended)}`,
      lastIssued !== undefined && `Last issued ${dayWords(lastIssued)}`,
    ),
  )
  return {
    title: name,
    details: [
      ...concerns.filter(({ grave }) => grave).map(({ text }) => `Look at this: ${text}`),
      ...said,
      ...differenceWords(differences),
      ...concerns.filter(({ grave }) => !grave).map(({ text }) => text),
      ...(alike.length > 0 ? [`May be the same medicine: ${alike.map((other) => other.name).join('; ')}.`] : []),
    ],
    sources: sourceWords(origins),
    // Each saying's own word, not every box handed over.
    origins: sayings.flatMap((saying) => saying.origins.slice(0, 1)),
  }
}

/** The newest reading that stands. An early warning score of another day says so: paper is read as if it were of now (hazard H-73). */
export function testLine({ key, name, readings }: Test, now: Date): readonly SummaryLine[] {
  const newest = readings.find(({ status }) => status !== 'entered-in-error')
  if (!newest) return []
  const { when, flag, range, status, comment, origins } = newest
  const mark = flag || rangeMark(newest)
  const age = isEarlyWarning({ key, name }) ? scoreAge(when, now) : ''
  return [
    {
      title: name,
      details: [
        sentences(
          readingWords(newest) + (mark === '' ? '' : ` (${mark})`),
          range !== '' && `Reference range ${range}`,
          when === undefined ? 'Date not recorded' : dayWords(when),
          age !== '' && `${age} before this summary: too old to say anything of now`,
          status !== '' && status !== 'final' && sentence(status),
          comment,
        ),
      ],
      sources: sourceWords(origins),
      origins,
    },
  ]
}
