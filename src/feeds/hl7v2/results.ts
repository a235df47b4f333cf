import type { CodeableConcept, DiagnosticReport, Observation, Reference } from 'fhir/r4.js'
import { authoritySystem } from '../source.ts'
import type { LineageEntry } from '../translation.ts'
import { codeableConcept } from './codes.ts'
import { comments } from './comments.ts'
import { practitioner } from './directory.ts'
import { addFact, type Facts, idOf, present, resource } from './facts.ts'
import { groupsOf, type ResultGroup } from './groups.ts'
import { firstSegment, type Segment } from './message.ts'
import { type Effective, observationIds, observationOf, withMappedCodes } from './observation.ts'
import {
  firstRepeat,
  note,
  part,
  type Reading,
  repeats,
  type Trace,
  tracer,
  traceValue,
  use,
  value,
} from './reading.ts'
import { requestOf } from './request.ts'
import { specimensOf } from './specimen.ts'
import { lookup, reportStatuses, sections } from './tables.ts'
import { fhirTime } from './time.ts'

/** Whom results are about, and at which visit. */
export type About = {
  readonly subject: number
  readonly patientId: string
  readonly encounterId: string | undefined
  readonly asOf: string | undefined
}

export type Group = {
  readonly reading: Reading
  readonly facts: Facts
  readonly about: About
  readonly group: ResultGroup
  readonly key: string
}

/** ORU R01: a DiagnosticReport for each OBR, an Observation for each OBX (rows of one text are one), requests, specimens. */
export function resultsOf(reading: Reading, facts: Facts, about: About): void {
  const { groups, personal } = groupsOf(reading.message)
  for (const [n, group] of groups.entries())
    reportOf({ reading, facts, about, group, key: groupKey(reading, group, { about, ordinal: n }) })
  if (personal.length > 0)
    note(
      reading,
      `NTE[${personal[0]?.ordinal}]`,
      'Found comments that belong to no request or result; they stay in the original',
    )
}

/** The filler's number names the report for ever, so that a correction finds it. */
function groupKey(
  reading: Reading,
  { obr, orc }: ResultGroup,
  { about, ordinal }: { readonly about: About; readonly ordinal: number },
): string {
  const filler = value(reading, obr, 3) ?? value(reading, orc, 3)
  if (filler !== undefined) return `F|${filler.text}|${value(reading, obr, 4)?.text ?? ''}`
  const place = obr === undefined ? '' : `OBR[${obr.ordinal}]-3`
  note(reading, place, 'No filler order number; a correction of this result cannot find it by number', 'Send OBR-3.')
  const placer = value(reading, obr, 2) ?? value(reading, orc, 2)
  if (placer !== undefined) return `P|${placer.text}|${value(reading, obr, 4)?.text ?? ''}`
  const when = value(reading, obr, 7)
  if (when !== undefined) return `T|${about.patientId}|${value(reading, obr, 4)?.text ?? ''}|${when.text}`
  return `M|${value(reading, firstSegment(reading.message, 'MSH'), 10)?.text ?? ''}|${ordinal}`
}

function reportOf(held: Group): void {
  const { reading, facts, about, group, key } = held
  const { obr, orc } = group
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  const id = idOf(reading, 'DiagnosticReport', key)
  use(reading, value(reading, obr, 1))
  const codeRepeat = firstRepeat(reading, obr, 4)
  const code = codeableConcept(reading, codeRepeat, { trace, to: 'code', rule: 'OBR-4 test', list: 'OBR-4' })
  const effective = effectiveOf(reading, obr, trace)
  const issued = fhirTime(reading, value(reading, obr, 22))
  if (issued?.includes('T')) traceValue(trace, 'issued', value(reading, obr, 22), 'OBR-22 reported time')
  const section = value(reading, obr, 24)
  const specimens = specimensOf(held)
  const ids = observationIds(reading, group, key)
  const made = group.rows.map((row, n) =>
    observationOf(held, { row, id: ids[n] ?? '', effective, specimen: specimens[0], section }),
  )
  const observations = made.flatMap((one) => ('fact' in one ? [one.fact] : []))
  const files = made.flatMap((one) => ('attachment' in one ? [one] : []))
  const notes = comments(reading, group.notes, trace, 'conclusion')
  const request = requestOf(held, specimens)
  const status = reportStatus(
    reading,
    obr,
    observations.flatMap(({ resource: body }) => (body.resourceType === 'Observation' ? [body.status] : [])),
    trace,
  )
  const performer = repeats(reading, obr ?? missing, 32).flatMap(
    (one) => principalInterpreter(reading, facts, one, trace) ?? [],
  )
  if (section !== undefined && lookup(sections, section.text.toUpperCase()) !== undefined)
    trace('category[0]', section, 'OBR-24 section')
  addFact(facts, {
    resource: resource<DiagnosticReport>({
      resourceType: 'DiagnosticReport',
      id,
      identifier: reportIdentifiers(reading, group, trace),
      basedOn: request === undefined ? undefined : [request],
      status,
      category: [categoryOf(section?.text)].flatMap((one) => one ?? []),
      code: code === undefined ? { text: 'Results' } : withMappedCodes(code),
      subject: { reference: `Patient/${about.patientId}` },
      encounter: about.encounterId === undefined ? undefined : { reference: `Encounter/${about.encounterId}` },
      ...effective.element,
      issued: issued?.includes('T') === true ? issued : undefined,
      resultsInterpreter: performer,
      specimen: [...specimens],
      result: observations.map((fact) => ({ reference: `Observation/${fact.resource.id}` })),
      conclusion: notes.length === 0 ? undefined : notes.map((one) => one.text).join('\n'),
      presentedForm: files.map(({ attachment }) => attachment),
    }),
    subject: about.subject,
    write: 'replace',
    ...(about.asOf === undefined ? {} : { asOf: about.asOf }),
    lineage: [...lineage, ...files.flatMap((one) => one.lineage)],
  })
  for (const fact of observations) addFact(facts, fact)
  // ORC says of the order what OBR says again.
  for (const field of [2, 3])
    for (const one of repeats(reading, orc ?? missing, field)) for (const n of [1, 2, 3, 4]) use(reading, part(one, n))
}

const missing: Segment = { name: '', ordinal: 0, start: 0, fields: [], terminator: '', cut: [] }

function reportStatus(
  reading: Reading,
  obr: Segment | undefined,
  statuses: readonly Observation['status'][],
  trace: Trace,
): DiagnosticReport['status'] {
  const cell = value(reading, obr, 25)
  const known = cell === undefined ? undefined : lookup(reportStatuses, cell.text.toUpperCase())
  if (cell !== undefined && known !== undefined) trace('status', cell, 'OBR-25 status')
  if (known !== undefined) return known
  // FHIR wants a status. All rows withdrawn or all final say so themselves; everything else is not known.
  const first = statuses[0]
  const all = statuses.length > 0 && statuses.every((status) => status === first)
  return all && (first === 'final' || first === 'preliminary' || first === 'cancelled' || first === 'entered-in-error')
    ? first
    : 'unknown'
}

/** OBR-7 and 8: when the specimen was taken or the patient looked at. */
function effectiveOf(reading: Reading, obr: Segment | undefined, trace: Trace): Effective {
  const [from, until] = [value(reading, obr, 7), value(reading, obr, 8)]
  const [start, end] = [fhirTime(reading, from), fhirTime(reading, until)]
  if (start === undefined || from === undefined) return { element: {}, lineage: [] }
  // A moment repeated as its own end is a moment.
  const lasting = end !== undefined && end !== start
  const to = lasting ? 'effectivePeriod' : 'effectiveDateTime'
  trace(to, from, 'OBR-7 observation time')
  if (end !== undefined && until !== undefined) trace(to, until, 'OBR-8 observation end')
  const lineage = [{ to, from: from.place, rule: 'OBR-7 observation time' }]
  return { element: lasting ? { effectivePeriod: { start, end } } : { effectiveDateTime: start }, lineage }
}

function reportIdentifiers(reading: Reading, { obr, orc }: ResultGroup, trace: Trace): DiagnosticReport['identifier'] {
  const list: NonNullable<DiagnosticReport['identifier']> = []
  for (const [field, code, display] of [
    [2, 'PLAC', 'Placer Identifier'],
    [3, 'FILL', 'Filler Identifier'],
  ] as const) {
    const repeat = firstRepeat(reading, obr, field) ?? firstRepeat(reading, orc, field)
    const number = part(repeat, 1)
    if (number === undefined) continue
    trace(`identifier[${list.length}].value`, number, field === 2 ? 'OBR-2 placer number' : 'OBR-3 filler number')
    for (const n of [2, 3, 4]) traceValue(trace, `identifier[${list.length}].system`, part(repeat, n), `OBR-${field}`)
    list.push({
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code, display }] },
      system: authoritySystem(reading.source, part(repeat, 2)?.text ?? (field === 2 ? 'placer' : 'filler')),
      value: number.text,
    })
  }
  return list
}

function categoryOf(section: string | undefined): CodeableConcept | undefined {
  const display = section === undefined ? undefined : lookup(sections, section.toUpperCase())
  return section === undefined || display === undefined
    ? undefined
    : { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: section.toUpperCase(), display }] }
}

/** OBR-32: id, family and given name are subcomponents of its first component. */
function principalInterpreter(
  reading: Reading,
  facts: Facts,
  repeat: Parameters<typeof practitioner>[2],
  trace: Trace,
): Reference | undefined {
  if (repeat === undefined) return undefined
  const parts = (repeat.parts[0] ?? '').split(
    repeat.delimiters.subcomponent === '' ? '\u0000' : repeat.delimiters.subcomponent,
  )
  const [code, family, given] = parts
  if (parts.length < 2)
    return practitioner(reading, facts, repeat, { trace, to: 'resultsInterpreter', rule: 'OBR-32 interpreter' })
  trace('resultsInterpreter', `${repeat.place}${repeat.parts.length > 1 ? '.1' : ''}`, 'OBR-32 interpreter')
  const display = [given, family].filter((one) => one !== undefined && one !== '').join(' ')
  return present<Reference>({
    identifier:
      code === undefined || code === '' ? undefined : { system: authoritySystem(reading.source, 'staff'), value: code },
    display: display === '' ? undefined : display,
  })
}
