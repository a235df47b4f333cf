import type { Attachment, CodeableConcept, Observation, Reference } from 'fhir/r4.js'
import { authoritySystem } from '../source.ts'
import type { Fact, LineageEntry } from '../translation.ts'
import { codeableConcept } from './codes.ts'
import { comments } from './comments.ts'
import { organization, practitioner } from './directory.ts'
import { type Facts, idOf, present, resource } from './facts.ts'
import type { ResultGroup, ResultRow } from './groups.ts'
import { isVitalSign, withKnownCodes } from './known-codes.ts'
import type { Segment } from './message.ts'
import { observedValue } from './observation-value.ts'
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
  traceValue,
  use,
  value,
  whole,
} from './reading.ts'
import { referenceRange } from './reference-range.ts'
import type { Group } from './results.ts'
import { interpretations, lookup, observationStatuses } from './tables.ts'
import { fhirTime } from './time.ts'

/** What a row becomes: a fact, or, since an Observation cannot hold a file, a file for its report to show. */
export type Made =
  | { readonly fact: Fact }
  | { readonly attachment: Attachment; readonly lineage: readonly LineageEntry[] }

export type Effective = {
  readonly element: Pick<Observation, 'effectiveDateTime' | 'effectivePeriod'>
  readonly lineage: readonly LineageEntry[]
}

/** OBX: one answer to one question, with its comments. */
export function observationOf(
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
      attachment: present<Attachment>({ ...attachment, title: code?.text }),
      lineage: lineage.map((entry) => ({ ...entry, to: 'presentedForm' })),
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
    fact: {
      resource: resourceBody,
      subject: about.subject,
      write: 'replace',
      ...(about.asOf === undefined ? {} : { asOf: about.asOf }),
      lineage,
    },
  }
}

/** The same test of the same report has the same id, whatever its result is now. A test given twice is told apart by its order. */
export function observationIds(reading: Reading, group: ResultGroup, key: string): readonly string[] {
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

/** The code with what is known for certain to mean the same. */
export function withMappedCodes(concept: CodeableConcept): CodeableConcept {
  return concept.coding === undefined ? concept : { ...concept, coding: [...withKnownCodes(concept.coding)] }
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
