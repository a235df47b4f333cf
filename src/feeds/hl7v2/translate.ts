import type { Patient, PatientLink } from 'fhir/r4.js'
import { type Issue, type Parsed, right, wrong } from '../../base/index.ts'
import type { Subject } from '../../identity/index.ts'
import type { Source } from '../source.ts'
import type { Merge, Translation } from '../translation.ts'
import { allergiesOf } from './allergies.ts'
import { coverageOf } from './coverage.ts'
import { diagnosesOf } from './diagnoses.ts'
import { documentOf } from './document.ts'
import { eventTime, type Visit, visitIdOf, visitOf } from './encounter.ts'
import { type Kind, kindOf, kinds, shownKind, supported } from './events.ts'
import { addFact, type Facts, noFacts } from './facts.ts'
import { type Known, personOf } from './identifiers.ts'
import { mergeOf } from './merge.ts'
import { firstSegment, type Message, type Segment, segmentsNamed } from './message.ts'
import { parseBytes } from './parse.ts'
import { patientOf } from './patient.ts'
import { proceduresOf } from './procedures.ts'
import { note, type Reading, repeats, use } from './reading.ts'
import { resultsOf } from './results.ts'
import { fhirTime, instant } from './time.ts'

/** One message of HL7 v2 as facts, with what made them and what is left over. Pure. */
export function translateMessage(bytes: Uint8Array, source: Source): Parsed<Translation> {
  const parsed = parseBytes(bytes, source.settings.hl7v2?.charset)
  if (!parsed.ok) return parsed
  const reading: Reading = { message: parsed.value, source, used: new Set(), notes: [] }
  const name = kindOf(reading.message)
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (kind === undefined) {
    return wrong(
      'MSH[1]-9[1]',
      `${shownKind(name)} is not translated; expected one of ${supported}`,
      'The message is kept. Ask for this type to be added, or filter it out at the sender.',
    )
  }
  const people = peopleOf(reading.message)
  const issues = troubles(reading, people, { name, kind })
  if (issues.length > 0) return { ok: false, issues }
  const work: Work = { reading, facts: noFacts(), subjects: [], merges: [] }
  for (const segments of people) {
    const trouble = translatePerson(work, { ...reading, message: { ...reading.message, segments } }, kind)
    if (trouble !== undefined) return trouble
  }
  envelopeUsed(reading)
  const { facts, subjects, merges } = work
  return right({ kind: name, subjects, facts: facts.list, merges, coverage: coverageOf(reading), notes: reading.notes })
}

type Work = { readonly reading: Reading; readonly facts: Facts; readonly subjects: Subject[]; readonly merges: Merge[] }

/** The header with each person's own segments: a message may hold results of several people, or several merges. */
function peopleOf({ segments }: Message): readonly (readonly Segment[])[] {
  const starts = segments.flatMap(({ name }, n) => (name === 'PID' ? [n] : []))
  if (starts.length < 2) return [segments]
  const head = segments.slice(0, starts[0])
  return starts.map((start, n) => [...head, ...segments.slice(start, starts[n + 1])])
}

/** What forbids to take anything of the message; every reason is told at once. */
function troubles(
  reading: Reading,
  people: readonly (readonly Segment[])[],
  { name, kind }: { readonly name: string; readonly kind: Kind },
): readonly Issue[] {
  if (people.length > 1 && kind.does !== 'results' && kind.does !== 'merge') {
    return [
      {
        place: 'PID[2]',
        message: `Found ${people.length} PID segments, expected one in ${name}`,
        remedy: 'Send one message for each person.',
      },
    ]
  }
  if (kind.does === 'document' && firstSegment(reading.message, 'TXA') === undefined) {
    return [
      {
        place: 'TXA[1]',
        message: `${name} without a TXA segment: nothing says what document this is`,
        remedy: 'Send TXA.',
      },
    ]
  }
  return people.flatMap((segments): readonly Issue[] => {
    const message = { ...reading.message, segments }
    const pid = firstSegment(message, 'PID')
    if (pid === undefined)
      return [
        {
          place: 'PID[1]',
          message: `${name} without a PID segment: it says nothing of whom it is about`,
          remedy: 'Send PID.',
        },
      ]
    const { key, known } = personOf({ message, source: reading.source }, pid)
    if (key === undefined) {
      return [
        {
          place: `PID[${pid.ordinal}]-3`,
          message: 'No patient identifier was found in PID-3, PID-2 or PID-4',
          remedy: 'Send the local record number in PID-3.',
        },
      ]
    }
    return severalNhsNumbers(pid, known)
  })
}

function severalNhsNumbers(pid: Segment, known: readonly Known[]): readonly Issue[] {
  const at = `PID[${pid.ordinal}]-3`
  const numbers = new Set(
    known.filter(({ kind, cell }) => kind === 'nhs' && cell.place.startsWith(at)).map(({ value }) => value),
  )
  if (numbers.size < 2) return []
  return [
    {
      place: at,
      message: `Found ${numbers.size} different NHS numbers for one person, expected one at most`,
      remedy: 'A person must decide which is right; correct it at the source and send the message again.',
    },
  ]
}

/** @returns why the message cannot be taken; undefined when it was */
function translatePerson(
  work: Work,
  reading: Reading,
  kind: Kind,
): { readonly ok: false; readonly issues: readonly Issue[] } | undefined {
  const { facts, subjects, merges } = work
  const pid = firstSegment(reading.message, 'PID')
  const { key, known } = personOf(reading, pid)
  if (pid === undefined || key === undefined) return undefined
  const happenedAt = fhirTime(reading, eventTime(reading))
  const asOf = instant(happenedAt)
  const timed = asOf === undefined ? {} : { asOf }
  const subject = subjects.length
  const person = patientOf(reading, facts, pid, key)
  const { patientId } = person.subject
  subjects.push(person.subject)
  if (kind.does === 'merge') {
    const merged = mergeOf(reading, { survivorId: patientId, survivorKey: key, survivorKnown: known })
    if (!merged.ok) return merged
    const { retired, fact } = merged.value
    const link: PatientLink[] = [{ other: { reference: `Patient/${retired.patientId}` }, type: 'replaces' }]
    const survivor: Patient & { id: string } = { ...person.fact.resource, link }
    addFact(facts, { ...person.fact, resource: survivor, subject, ...timed })
    addFact(facts, { ...fact, subject: subject + 1, ...timed })
    subjects.push(retired)
    merges.push({ survivor: subject, retired: subject + 1 })
    return undefined
  }
  addFact(facts, { ...person.fact, subject, ...timed })
  const event = kind.does === 'visit' ? kind.visit : undefined
  const seen = { patientId, patientKey: key, event, happenedAt }
  const encounterId = kind.does === 'person' ? undefined : visitIdOf(reading, seen)
  const about = { subject, patientId, patientKey: key, encounterId, asOf }
  const diagnoses = diagnosesOf(reading, facts, about)
  const visit: Visit | undefined =
    encounterId === undefined ? undefined : visitOf(reading, facts, { ...seen, id: encounterId, diagnoses })
  if (visit !== undefined) addFact(facts, { ...visit.fact, subject, ...timed })
  allergiesOf(reading, facts, about)
  proceduresOf(reading, facts, about)
  if (kind.does === 'results') resultsOf(reading, facts, about)
  if (kind.does === 'document') documentOf(reading, facts, about)
  return undefined
}

/** What serves to carry the message rather than to say something of the patient. */
const envelope: Readonly<Record<string, readonly number[]>> = {
  MSH: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21],
  EVN: [1, 2, 6],
}

function envelopeUsed(reading: Reading): void {
  for (const [name, fields] of Object.entries(envelope)) {
    const segment = firstSegment(reading.message, name)
    if (segment !== undefined)
      for (const field of fields) for (const one of repeats(reading, segment, field)) use(reading, one.place)
  }
  const stray = segmentsNamed(reading.message, 'line').length
  if (stray > 0)
    note(
      reading,
      'line[1]',
      `Found ${stray} lines that begin no segment; they stay in the original`,
      'Look for line breaks inside a field.',
    )
}
