/** A GP Connect message from bytes to facts. Pure. */
import type { FhirResource } from 'fhir/r4.js'
import { type Issue, type Parsed, right, wrong } from '../../base/index.ts'
import { parseJson } from '../../fhir/index.ts'
import type { Subject } from '../../identity/index.ts'
import type { Source } from '../source.ts'
import type { Fact, Translation } from '../translation.ts'
import { type Entry, entriesOf } from './entries.ts'
import { readExtension } from './extensions.ts'
import { fitToR4 } from './fit.ts'
import { linker, type Target, targetsOf } from './identity.ts'
import { eachLeaf, isObject, type Json, type Reading } from './reading.ts'
import { type Made, translateResource } from './resource.ts'
import { readSubject } from './subject.ts'
import { aboutNobody } from './types/index.ts'

/** The message as text: UTF-8, with or without a byte order mark. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes)
}

/** The JSON object that the bytes hold. */
export function readRoot(bytes: Uint8Array): Parsed<Json> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return wrong('', 'The message is not UTF-8 text', 'Send JSON in UTF-8.')
  }
  const root = parseJson(text, { lengthMax: 32 * 1024 * 1024, depthMax: 64 })
  if (!root.ok) return root
  if (lengthOfPlaces(root.value, 0) > placesMax) {
    return wrong('', 'The names in the message are too long or nested too deep to be read', 'Send a FHIR Bundle.')
  }
  if (!isObject(root.value))
    return wrong('', 'Found JSON that is not an object, expected a FHIR resource', 'Send a Bundle.')
  const { resourceType } = root.value
  if (typeof resourceType !== 'string' || resourceType === '') {
    return wrong('resourceType', 'Found no resourceType, expected a FHIR resource', 'Send a Bundle.')
  }
  return right(root.value)
}

/** Characters of all places together. Largest record met so far: 0.2 million. */
const placesMax = 64_000_000

/** How long the places of all leaves would be together, without making them: long names, nested deep, would grow without bound. */
function lengthOfPlaces(value: unknown, place: number): number {
  if (typeof value !== 'object' || value === null) return place
  let sum = 0
  for (const [key, each] of Object.entries(value)) {
    sum += lengthOfPlaces(each, place + key.length + 2)
    if (sum > placesMax) break
  }
  return sum
}

/** All that a GP Connect message says, as R4 facts. */
export function translate(bytes: Uint8Array, source: Source): Parsed<Translation> {
  const parsed = readRoot(bytes)
  if (!parsed.ok) return parsed
  const root = parsed.value
  if (root.resourceType === 'OperationOutcome') return refusal(root)
  const notes: Issue[] = []
  const used = new Set<string>()
  const reading: Reading = {
    used,
    notes,
    extension: (e, place) => readExtension(e, place, reading),
    link: (r) => link(r),
  }
  const rootPlace = String(root.resourceType)
  const entries = entriesOf(root, rootPlace, reading)
  const targets = targetsOf(source, entries)
  const link = linker(source, entries, targets)
  if (!targets.some((target) => target !== undefined)) {
    return wrong(
      rootPlace,
      'Found no resource that belongs in a record',
      'Send a Bundle with the Patient and their record.',
    )
  }
  const subjects = readSubjects(source, entries, targets, notes)
  const facts = entries.flatMap((entry, index) => {
    const target = targets[index]
    const own = new Set<string>()
    const made = translateResource(entry.resource, entry.place, { ...reading, used: own })
    if (made === undefined || target === undefined) return []
    const fact = makeFact({ entry, target, made, used: own, subjects, source, notes })
    // What is not filed was not read: all of it stays in the original.
    if (fact === undefined) return []
    for (const place of own) used.add(place)
    return [fact]
  })
  // A message of which nothing can be filed waits for its owner, with every reason.
  if (facts.length === 0) return { ok: false, issues: notes }
  const leftovers: string[] = []
  let content = 0
  eachLeaf(root, rootPlace, (place) => {
    content += 1
    if (!used.has(place)) leftovers.push(place)
  })
  const coverage = { content, mapped: content - leftovers.length, leftovers }
  const kind = typeof root.type === 'string' && root.resourceType === 'Bundle' ? root.type : rootPlace
  return right({ kind, subjects, facts, merges: [], coverage, notes })
}

/** GP Connect answers a question that it will not serve with an OperationOutcome: that is no record. */
function refusal(outcome: Json): Parsed<never> {
  const codes = (Array.isArray(outcome.issue) ? outcome.issue : []).filter(isObject).map(({ code, details }) => {
    const coding = isObject(details) && Array.isArray(details.coding) ? details.coding[0] : undefined
    const found = isObject(coding) ? coding.code : code
    return typeof found === 'string' && /^[A-Za-z_-]{1,60}$/.test(found) ? found : 'unknown'
  })
  const message = `The GP system answered with an error instead of a record: ${codes.join(', ') || 'unknown'}`
  return wrong('OperationOutcome', message, 'Mend the request that asked for the record, and ask again.')
}

function readSubjects(
  source: Source,
  entries: readonly Entry[],
  targets: readonly (Target | undefined)[],
  notes: Issue[],
): Subject[] {
  const subjects: Subject[] = []
  for (const [index, { type, resource, place }] of entries.entries()) {
    const target = targets[index]
    if (type !== 'Patient' || target === undefined || subjects.some(({ patientId }) => patientId === target.id))
      continue
    subjects.push(readSubject(source, target.id, resource, place, notes))
  }
  return subjects
}

type Filing = {
  readonly entry: Entry
  readonly target: Target
  readonly made: Made
  readonly used: Set<string>
  readonly subjects: Subject[]
  readonly source: Source
  readonly notes: Issue[]
}

function makeFact({ entry, target, made, used, subjects, source, notes }: Filing): Fact | undefined {
  const subject = subjectOf(target, made.resource, subjects, source)
  if (subject === undefined) {
    const message = 'Kept in the original only: it does not say whom it is about'
    notes.push({ place: entry.place, message, remedy: 'Send it together with its Patient.', severity: 'warning' })
    return undefined
  }
  const { resourceType, ...rest } = made.resource
  const resource: Record<string, unknown> = { resourceType, ...rest, id: target.id }
  const lineage = [{ to: '', from: entry.place, rule: `STU3 ${entry.type}` }, ...made.lineage]
  if (!fitToR4({ resource, lineage, place: entry.place, used, notes })) return undefined
  return {
    // `fitToR4` has just held it against the definitions.
    resource: resource as unknown as FhirResource & { readonly id: string },
    subject,
    write: 'replace',
    ...(made.asOf === undefined ? {} : { asOf: made.asOf }),
    lineage,
  }
}

/** Index of the person; null: about nobody; undefined: about somebody, but who is not said. */
function subjectOf(
  target: Target,
  resource: Record<string, unknown>,
  subjects: Subject[],
  source: Source,
): number | null | undefined {
  if (target.type === 'Patient') return subjects.findIndex(({ patientId }) => patientId === target.id)
  const patientId = patientReferenceOf(resource)
  if (patientId !== undefined) {
    const found = subjects.findIndex((each) => each.patientId === patientId)
    // Told of before, in another message: the id is all that is needed to find them.
    return found >= 0 ? found : subjects.push({ patientId, source: source.id, traits: {} }) - 1
  }
  if (aboutNobody.has(target.type) || (target.type === 'Device' && resource.patient === undefined)) return null
  return subjects.length === 1 ? 0 : undefined
}

function patientReferenceOf(resource: Record<string, unknown>): string | undefined {
  const actors = Array.isArray(resource.participant)
    ? resource.participant.map((each) => (isObject(each) ? each.actor : undefined))
    : []
  for (const reference of [resource.subject, resource.patient, ...actors]) {
    const text = isObject(reference) ? reference.reference : undefined
    if (typeof text === 'string' && text.startsWith('Patient/')) return text.slice('Patient/'.length)
  }
  return undefined
}
