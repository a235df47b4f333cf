import type { Annotation, Attachment, CodeableConcept, DiagnosticReport, Observation, Reference } from 'fhir/r4.js'
import { authoritySystem } from '../source.ts'
import type { Fact, LineageEntry } from '../translation.ts'
import { codeableConcept } from './codes.ts'
import { organization, practitioner } from './directory.ts'
import { addFact, type Facts, idOf, present, resource } from './facts.ts'
import { groupsOf, type ResultGroup, type ResultRow } from './groups.ts'
import { isVitalSign, withKnownCodes } from './known-codes.ts'
import { firstSegment, type Segment } from './message.ts'
import { observedValue, referenceRange } from './observation-value.ts'
import {
  type Cell,
  clearedElements,
  firstRepeat,
  note,
  part,
  type Reading,
  repeats,
  type Trace,
  tracer,
  use,
  value,
  whole,
} from './reading.ts'
import { requestOf } from './request.ts'
import { specimensOf } from './specimen.ts'
import { interpretations, lookup, observationStatuses, reportStatuses, sections } from './tables.ts'
import { fhirTime } from './time.ts'

/** Whom results are about, and at which visit. */
export type About = {
  readonly subject: number
  readonly patientId: string
  readonly encounterId: string | undefined
  readonly asOf: string | undefined
}

type Group = {
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
  const attachments = made.flatMap(({ attachment }) => attachment ?? [])
  const notes = comments(reading, group.notes, trace, 'conclusion')
  const request = requestOf(held, specimens)
  const status = reportStatus(
    reading,
    obr,
    made.map(({ fact }) => fact.resource as Observation),
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
      result: made
        .filter(({ fact }) => !onlyAttachment(fact))
        .map(({ fact }) => ({ reference: `Observation/${fact.resource.id}` })),
      conclusion: notes.length === 0 ? undefined : notes.map((one) => one.text).join('\n'),
      presentedForm: attachments,
    }),
    subject: about.subject,
    write: 'replace',
    ...asOf(about),
    lineage: [...lineage, ...made.flatMap(({ attached }) => attached)],
  })
  for (const { fact } of made) if (!onlyAttachment(fact)) addFact(facts, fact)
  // ORC says of the order what OBR says again.
  for (const field of [2, 3])
    for (const one of repeats(reading, orc ?? missing, field)) for (const n of [1, 2, 3, 4]) use(reading, part(one, n))
}

const missing: Segment = { name: '', ordinal: 0, start: 0, fields: [], terminator: '' }

function onlyAttachment({ resource: body }: Pick<Fact, 'resource'>): boolean {
  return body.resourceType === 'Observation' && body.code.text === attachmentMark
}
/** An Observation cannot hold a file; the report shows it. */
const attachmentMark = '\u0000attachment'

type Made = { readonly fact: Fact; readonly attachment?: Attachment; readonly attached: readonly LineageEntry[] }

function observationOf(
  held: Group,
  {
    row,
    id,
    effective,
    specimen,
    section,
  }: {
    readonly row: ResultRow
    readonly id: string
    readonly effective: Effective
    readonly specimen: Reference | undefined
    readonly section: Cell | undefined
  },
): Made {
  const { reading, facts, about, group } = held
  const { obx } = row
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  use(reading, value(reading, obx, 1))
  // A result is told whole each time: what it empties is simply not there.
  clearedElements(reading, obx, [
    [5, ''],
    [6, ''],
    [7, ''],
    [8, ''],
  ])
  const sent = codeableConcept(reading, firstRepeat(reading, obx, 3), {
    trace,
    to: 'code',
    rule: 'OBX-3 test',
    list: 'OBX-3',
  })
  const code = sent === undefined ? undefined : withMappedCodes(sent)
  const sub = value(reading, obx, 4)
  if (sub !== undefined) trace('id', sub, 'OBX-4 sub-id')
  const { attachment, ...first } = observedValue(reading, obx, trace) ?? {}
  if (attachment !== undefined) {
    return {
      fact: {
        resource: { resourceType: 'Observation', id, status: 'final', code: { text: attachmentMark } },
        subject: about.subject,
        write: 'replace',
        lineage: [],
      },
      attachment: present<Attachment>({ ...attachment, title: code?.text }),
      attached: lineage.map((entry) => ({ ...entry, to: 'presentedForm' })),
    }
  }
  const found = row.more.length === 0 ? first : joined(first, row, { reading, trace })
  const status = observationStatus(reading, row, trace)
  const when = fhirTime(reading, value(reading, obx, 14))
  if (when !== undefined) traceValue(trace, 'effectiveDateTime', value(reading, obx, 14), 'OBX-14 time')
  const flags = repeats(reading, obx, 8).flatMap((one) => interpretation(part(one, 1), trace) ?? [])
  const method = codeableConcept(reading, firstRepeat(reading, obx, 17), {
    trace,
    to: 'method',
    rule: 'OBX-17 method',
    list: 'OBX-17',
  })
  const lab = firstRepeat(reading, obx, 15)
  const producer = producerOf(reading, facts, { lab, named: firstRepeat(reading, obx, 23), trace })
  const observer = practitioner(reading, facts, firstRepeat(reading, obx, 16), {
    trace,
    to: 'performer[1]',
    rule: 'OBX-16 observer',
  })
  const site = codeableConcept(reading, firstRepeat(reading, obx, 20), {
    trace,
    to: 'bodySite',
    rule: 'OBX-20 site',
    list: 'OBX-20',
  })
  const device = value(reading, obx, 18)
  if (device !== undefined) trace('device.display', device, 'OBX-18 device')
  const hasValue = Object.keys(found).length > 0
  const ranges = referenceRange(reading, obx, trace)
  const resourceBody = resource<Observation>({
    resourceType: 'Observation',
    id,
    identifier: observationIdentifier(reading, group, obx),
    status,
    category: [observationCategory(section?.text, code)],
    code: code ?? { text: 'Not said by the sender' },
    subject: { reference: `Patient/${about.patientId}` },
    encounter: about.encounterId === undefined ? undefined : { reference: `Encounter/${about.encounterId}` },
    ...(when === undefined ? effective.element : { effectiveDateTime: when }),
    performer: [producer, observer].flatMap((one) => one ?? []),
    ...found,
    dataAbsentReason: hasValue ? undefined : absent(status),
    interpretation: flags,
    note: comments(reading, row.notes, trace, 'note'),
    bodySite: site,
    method,
    specimen,
    device: device === undefined ? undefined : { display: device.text },
    referenceRange: ranges,
  })
  if (when === undefined) lineage.push(...effective.lineage)
  return {
    fact: { resource: resourceBody, subject: about.subject, write: 'replace', ...asOf(about), lineage },
    attached: [],
  }
}

const asOf = ({ asOf: at }: About) => (at === undefined ? {} : { asOf: at })

function traceValue(trace: Trace, to: string, cell: Cell | undefined, rule: string): void {
  if (cell !== undefined) trace(to, cell, rule)
}

/** The same test of the same report has the same id, whatever its result is now. A test given twice is told apart by its order. */
function observationIds(reading: Reading, group: ResultGroup, key: string): readonly string[] {
  const seen = new Map<string, number>()
  return group.rows.map(({ obx }) => {
    const test = firstRepeat(reading, obx, 3)
    const natural = `${key}|${part(test, 1)?.text ?? part(test, 2)?.text ?? ''}|${part(test, 3)?.text ?? ''}|${value(reading, obx, 4)?.text ?? ''}`
    const times = (seen.get(natural) ?? 0) + 1
    seen.set(natural, times)
    return idOf(reading, 'Observation', times === 1 ? natural : `${natural}|${times}`)
  })
}

function joined(
  first: Omit<ReturnType<typeof observedValue> & object, 'attachment'>,
  row: ResultRow,
  { reading, trace }: { readonly reading: Reading; readonly trace: Trace },
) {
  const rest = row.more.map((obx) => {
    use(reading, value(reading, obx, 1))
    for (const field of [2, 3, 4, 11, 14])
      for (const one of repeats(reading, obx, field))
        trace(field === 11 ? 'status' : 'valueString', one.place, `OBX-${field} of the same text`)
    const lines = repeats(reading, obx, 5).flatMap((one) => whole(one) ?? [])
    for (const line of lines) trace('valueString', line, 'OBX-5 next line')
    return lines.map((line) => line.text).join('\n')
  })
  const text = [first.valueString ?? '', ...rest].join('\n').trim()
  return text === '' ? {} : { valueString: text }
}

function observationStatus(reading: Reading, row: ResultRow, trace: Trace): Observation['status'] {
  const cell = value(reading, row.obx, 11)
  const known = cell === undefined ? undefined : lookup(observationStatuses, cell.text.toUpperCase())
  if (cell !== undefined && known !== undefined) trace('status', cell, 'OBX-11 status')
  if (known === undefined)
    note(
      reading,
      `OBX[${row.obx.ordinal}]-11`,
      'No result status that is in HL7 table 0085; the status is recorded as unknown',
      'Send OBX-11.',
    )
  return known ?? 'unknown'
}

function reportStatus(
  reading: Reading,
  obr: Segment | undefined,
  observations: readonly Observation[],
  trace: Trace,
): DiagnosticReport['status'] {
  const cell = value(reading, obr, 25)
  const known = cell === undefined ? undefined : lookup(reportStatuses, cell.text.toUpperCase())
  if (cell !== undefined && known !== undefined) trace('status', cell, 'OBR-25 status')
  if (known !== undefined) return known
  // FHIR wants a status. All rows withdrawn or all final say so themselves; everything else is not known.
  const first = observations[0]?.status
  const all = observations.length > 0 && observations.every(({ status }) => status === first)
  return all && (first === 'final' || first === 'preliminary' || first === 'cancelled' || first === 'entered-in-error')
    ? first
    : 'unknown'
}

function absent(status: Observation['status']): CodeableConcept | undefined {
  const system = 'http://terminology.hl7.org/CodeSystem/data-absent-reason'
  if (status === 'cancelled') return { coding: [{ system, code: 'not-performed', display: 'Not Performed' }] }
  return status === 'registered' ? undefined : { coding: [{ system, code: 'unknown', display: 'Unknown' }] }
}

function interpretation(cell: Cell | undefined, trace: Trace): CodeableConcept | undefined {
  if (cell === undefined) return undefined
  const display = lookup(interpretations, cell.text.toUpperCase())
  trace('interpretation', cell, 'OBX-8 flag')
  return display === undefined
    ? { text: cell.text }
    : {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
            code: cell.text.toUpperCase(),
            display,
          },
        ],
      }
}

function withMappedCodes(concept: CodeableConcept): CodeableConcept {
  return concept.coding === undefined ? concept : { ...concept, coding: [...withKnownCodes(concept.coding)] }
}

export type Effective = {
  readonly element: Pick<Observation, 'effectiveDateTime' | 'effectivePeriod'>
  readonly lineage: readonly LineageEntry[]
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

function comments(
  reading: Reading,
  segments: readonly Segment[],
  trace: Trace,
  element: 'note' | 'conclusion',
): Annotation[] {
  const lines = segments.flatMap((nte) => {
    use(reading, value(reading, nte, 1))
    const text = repeats(reading, nte, 3).flatMap((one) => whole(one) ?? [])
    for (const line of text) trace(element === 'note' ? 'note[0].text' : element, line, 'NTE-3 comment')
    for (const field of [2, 4]) for (const one of repeats(reading, nte, field)) use(reading, one.place)
    return text.map((line) => line.text)
  })
  return lines.length === 0 ? [] : [{ text: lines.join('\n') }]
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

function observationIdentifier(reading: Reading, { obr, orc }: ResultGroup, obx: Segment): Observation['identifier'] {
  const repeat = firstRepeat(reading, obr, 3) ?? firstRepeat(reading, orc, 3)
  const [filler, test] = [part(repeat, 1), value(reading, obx, 3)]
  if (filler === undefined || test === undefined) return []
  const sub = value(reading, obx, 4)
  return [
    {
      system: authoritySystem(reading.source, `${part(repeat, 2)?.text ?? 'filler'}:result`),
      value: [filler.text, test.text, sub?.text].filter((one) => one !== undefined).join('|'),
    },
  ]
}

function categoryOf(section: string | undefined): CodeableConcept | undefined {
  const display = section === undefined ? undefined : lookup(sections, section.toUpperCase())
  return section === undefined || display === undefined
    ? undefined
    : { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: section.toUpperCase(), display }] }
}

const imaging: ReadonlySet<string> = new Set(['RAD', 'RUS', 'CT', 'NMR', 'NMS', 'CUS', 'VUS', 'OUS', 'RX', 'XRC'])

function observationCategory(section: string | undefined, code: CodeableConcept | undefined): CodeableConcept {
  const chosen = isVitalSign(code?.coding ?? [])
    ? (['vital-signs', 'Vital Signs'] as const)
    : imaging.has(section?.toUpperCase() ?? '')
      ? (['imaging', 'Imaging'] as const)
      : (['laboratory', 'Laboratory'] as const)
  return {
    coding: [
      { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: chosen[0], display: chosen[1] },
    ],
  }
}

/** OBX-23 names the laboratory in full; before 2.5.1 OBX-15 gave its code and name. */
function producerOf(
  reading: Reading,
  facts: Facts,
  {
    lab,
    named,
    trace,
  }: {
    readonly lab: ReturnType<typeof firstRepeat>
    readonly named: ReturnType<typeof firstRepeat>
    readonly trace: Trace
  },
): Reference | undefined {
  const full = organization(reading, facts, named, { trace, to: 'performer[0]', rule: 'OBX-23 laboratory' })
  if (full !== undefined) return full
  const [code, words] = [part(lab, 1), part(lab, 2)]
  for (const cell of [code, words, part(lab, 3)]) traceValue(trace, 'performer[0]', cell, 'OBX-15 laboratory')
  const display = words?.text ?? code?.text
  if (display === undefined) return undefined
  return present<Reference>({
    identifier:
      code === undefined ? undefined : { system: authoritySystem(reading.source, 'laboratory'), value: code.text },
    display,
  })
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
