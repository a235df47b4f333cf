import { type Parsed, right, wrong } from '../../base/index.ts'
import type { Subject } from '../../identity/index.ts'
import type { Source } from '../source.ts'
import type { Fact, Merge, Translation } from '../translation.ts'
import { coverageOf } from './coverage.ts'
import { decode } from './decode.ts'
import { eventTime, visitOf } from './encounter.ts'
import { type Kind, kinds, supported } from './events.ts'
import { addFact, type Facts, noFacts } from './facts.ts'
import { type Known, personOf } from './identifiers.ts'
import { firstSegment, type Message, type Segment } from './message.ts'
import { parseMessage } from './parse.ts'
import { patientOf } from './patient.ts'
import { firstRepeat, note, part, type Reading, repeats, use, value } from './reading.ts'
import { resultsOf } from './results.ts'
import { fhirTime, instant } from './time.ts'

/** One message of HL7 v2 as facts, with what made them and what is left over. Pure. */
export function translateMessage(bytes: Uint8Array, source: Source): Parsed<Translation> {
  const { text } = decode(bytes, source.settings.hl7v2?.charset)
  const parsed = parseMessage(text)
  if (!parsed.ok) return parsed
  const reading: Reading = { message: parsed.value, source, used: new Set(), notes: [] }
  const name = kindOf(reading.message)
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (kind === undefined) {
    return wrong(
      'MSH[1]-9[1]',
      `${shown(name)} is not translated; expected one of ${supported}`,
      'The message is kept. Ask for this type to be added, or filter it out at the sender.',
    )
  }
  const pid = firstSegment(reading.message, 'PID')
  if (pid === undefined)
    return wrong('PID[1]', `${name} without a PID segment: it says nothing of whom it is about`, 'Send PID.')
  const person = personOf(reading, pid)
  if (person.key === undefined)
    return wrong(
      'PID[1]-3',
      'No patient identifier was found in PID-3, PID-2 or PID-4',
      'Send the local record number in PID-3.',
    )
  const doubt = severalNhsNumbers(pid, person.known)
  if (doubt !== undefined) return doubt
  return translate(reading, { name, kind, pid, key: person.key })
}

function translate(
  reading: Reading,
  { name, kind, pid, key }: { readonly name: string; readonly kind: Kind; readonly pid: Segment; readonly key: string },
): Parsed<Translation> {
  const facts = noFacts()
  const happenedAt = fhirTime(reading, eventTime(reading))
  const asOf = instant(happenedAt)
  const { subject, fact } = patientOf(reading, facts, pid, key)
  const timed = asOf === undefined ? {} : { asOf }
  addFact(facts, { ...fact, subject: 0, ...timed })
  const event = kind.does === 'visit' ? kind.visit : undefined
  const visit =
    kind.does === 'person' || kind.does === 'merge'
      ? undefined
      : visitOf(reading, facts, { patientId: subject.patientId, patientKey: key, event, happenedAt })
  if (visit !== undefined) addFact(facts, { ...visit.fact, subject: 0, ...timed })
  if (kind.does === 'results')
    resultsOf(reading, facts, { subject: 0, patientId: subject.patientId, encounterId: visit?.id, asOf })
  envelopeUsed(reading)
  return right(finished(reading, facts, { name, subjects: [subject], merges: [] }))
}

function finished(
  reading: Reading,
  facts: Facts,
  {
    name,
    subjects,
    merges,
  }: { readonly name: string; readonly subjects: readonly Subject[]; readonly merges: readonly Merge[] },
): Translation {
  const list: readonly Fact[] = facts.list
  return { kind: name, subjects, facts: list, merges, coverage: coverageOf(reading), notes: reading.notes }
}

/** `ADT^A01`, as MSH-9 says; a sender that gives only the structure (`ADT_A01`) or EVN-1 is helped. */
export function kindOf(message: Message): string {
  const msh = firstSegment(message, 'MSH')
  const repeat = firstRepeat({ message }, msh, 9)
  const type = part(repeat, 1)?.text ?? ''
  const event = part(repeat, 2)?.text ?? value({ message }, firstSegment(message, 'EVN'), 1)?.text ?? ''
  return event === '' ? type : `${type}^${event}`
}

/** A message's type is no patient data, but what stands in its place may be anything. */
function shown(name: string): string {
  return /^[A-Z]{2,4}(\^[A-Z0-9]{2,4})?$/.test(name) ? name : 'A message whose MSH-9 names no HL7 v2 type'
}

function severalNhsNumbers(pid: Segment, known: readonly Known[]): Parsed<never> | undefined {
  const numbers = new Set(
    known
      .filter(({ kind, value0 }) => kind === 'nhs' && value0.place.startsWith(`PID[${pid.ordinal}]-3`))
      .map(({ value: number }) => number),
  )
  if (numbers.size < 2) return undefined
  return wrong(
    'PID[1]-3',
    `Found ${numbers.size} different NHS numbers for one person, expected one at most`,
    'A person must decide which is right; correct it at the source and send the message again.',
  )
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
  const stray = reading.message.segments.filter(({ name }) => name === 'line').length
  if (stray > 0)
    note(
      reading,
      'line[1]',
      `Found ${stray} lines that begin no segment; they stay in the original`,
      'Look for line breaks inside a field.',
    )
}
