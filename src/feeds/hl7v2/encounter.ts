import type { Encounter, EncounterDiagnosis, EncounterParticipant, Identifier, Period } from 'fhir/r4.js'
import { authoritySystem } from '../source.ts'
import type { Fact, LineageEntry } from '../translation.ts'
import { codeableConcept, scopedSystem } from './codes.ts'
import { practitioner } from './directory.ts'
import type { VisitEvent } from './events.ts'
import { type Facts, idOf, present, resource } from './facts.ts'
import { firstSegment, type Segment } from './message.ts'
import {
  type Cell,
  clearedElements,
  firstRepeat,
  note,
  part,
  type Reading,
  repeats,
  subpart,
  type Trace,
  tracer,
  use,
  value,
} from './reading.ts'
import { dischargeExtension, expectedTimes, hospitalizationOf, locationsOf } from './stay.ts'
import { encounterClasses, lookup } from './tables.ts'
import { fhirTime } from './time.ts'

export type Visit = { readonly id: string; readonly fact: Omit<Fact, 'subject'> }

/** What is known before PV1 is read. `event`: what the message does to the visit; undefined when it only mentions it. */
export type Seen = {
  readonly patientId: string
  readonly patientKey: string
  readonly event: VisitEvent | undefined
  readonly happenedAt: string | undefined
}

/**
 * The id of the visit: from its number and who issued it; without one, from the person and the time of admission.
 * @returns undefined when PV1 tells no visit from another
 */
export function visitIdOf(reading: Reading, { patientKey, event, happenedAt }: Seen): string | undefined {
  const pv1 = firstSegment(reading.message, 'PV1')
  if (pv1 === undefined || pv1.fields.slice(2).every((field) => field === '')) return undefined
  const repeat = firstRepeat(reading, pv1, 19)
  const number = part(repeat, 1)
  if (number !== undefined) return idOf(reading, 'Encounter', `${subpart(repeat, 4, 1)?.text ?? ''}|${number.text}`)
  const admitted = value(reading, pv1, 44)?.text
  // Only an event that makes the visit may name it by its own time; an update would make another visit of each update.
  const makes = event !== undefined && (event.begins === true || event.status === 'planned')
  const time = admitted ?? (makes ? happenedAt : undefined)
  if (event !== undefined && time !== undefined) {
    note(
      reading,
      'PV1[1]-19',
      'No visit number; the visit is known by the person and its time',
      'Send PV1-19 so that later messages find the same visit.',
    )
  }
  return time === undefined ? undefined : idOf(reading, 'Encounter', `${patientKey}|${time}`)
}

/** PV1 and PV2: one visit. A message that only mentions it changes nothing that is already held of it. */
export function visitOf(
  reading: Reading,
  facts: Facts,
  {
    id,
    patientId,
    event,
    happenedAt,
    diagnoses,
  }: Seen & { readonly id: string; readonly diagnoses: readonly EncounterDiagnosis[] },
): Visit | undefined {
  const pv1 = firstSegment(reading.message, 'PV1')
  if (pv1 === undefined) return undefined
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  const admitted = fhirTime(reading, value(reading, pv1, 44))
  const pv2 = firstSegment(reading.message, 'PV2')
  use(reading, value(reading, pv1, 1))
  const status = statusOf(reading, pv1, event, trace)
  const discharge = dischargeExtension(reading, pv1, trace)
  const elements = present<Encounter>({
    resourceType: 'Encounter',
    id,
    extension: [...discharge, ...expectedTimes(reading, pv2, trace, discharge.length)],
    identifier: identifiersOfVisit(reading, pv1, trace),
    status: status.status,
    class: classOf(reading, pv1, event, trace),
    type: [
      codeableConcept(reading, firstRepeat(reading, pv1, 18), {
        trace,
        to: 'type[0]',
        rule: 'PV1-18 patient type',
        list: 'PV1-18',
      }),
    ].flatMap((one) => one ?? []),
    serviceType: codeableConcept(reading, firstRepeat(reading, pv1, 10), {
      trace,
      to: 'serviceType',
      rule: 'PV1-10 specialty',
      list: 'PV1-10',
    }),
    subject: { reference: `Patient/${patientId}` },
    participant: participantsOf(reading, facts, pv1, trace),
    period: periodOf(reading, pv1, { event, happenedAt, trace }),
    reasonCode: reasonsOf(reading, pv2, trace),
    diagnosis: [...diagnoses],
    hospitalization: hospitalizationOf(reading, pv1, trace),
    location: locationsOf(reading, facts, pv1, { event, happenedAt, admitted, trace }),
    serviceProvider: {
      identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: reading.source.organisation.code },
      display: reading.source.organisation.name,
    },
  })
  const clears = [...new Set([...(event?.clears ?? []), ...clearedElements(reading, pv1, emptied)])]
  const held =
    event === undefined
      ? Object.keys(elements).filter((name) => name !== 'resourceType' && name !== 'id')
      : status.told
        ? []
        : ['status']
  return {
    id,
    fact: {
      resource: resource<Encounter>({ ...elements, id }),
      write: 'update',
      ...(clears.length === 0 ? {} : { clears }),
      ...(held.length === 0 ? {} : { keeps: held }),
      lineage,
    },
  }
}

function identifiersOfVisit(reading: Reading, pv1: Segment, trace: Trace): Identifier[] {
  const list: Identifier[] = []
  for (const [field, code, display] of [
    [19, 'VN', 'Visit number'],
    [50, 'VN', 'Visit number'],
  ] as const) {
    for (const repeat of repeats(reading, pv1, field)) {
      const number = part(repeat, 1)
      if (number === undefined) continue
      const authority = subpart(repeat, 4, 1)
      trace(`identifier[${list.length}].value`, number, `PV1-${field} visit number`)
      if (authority !== undefined) trace(`identifier[${list.length}].system`, authority, `PV1-${field} visit number`)
      use(reading, part(repeat, 5))
      list.push({
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code, display }] },
        system: scopedSystem(reading, authority?.text, 'visit'),
        value: number.text,
      })
    }
  }
  const account = firstRepeat(reading, firstSegment(reading.message, 'PID'), 18)
  const accountNumber = part(account, 1)
  if (accountNumber !== undefined) {
    const authority = subpart(account, 4, 1)
    trace(`identifier[${list.length}].value`, accountNumber, 'PID-18 account number')
    if (authority !== undefined) trace(`identifier[${list.length}].system`, authority, 'PID-18 account number')
    use(reading, part(account, 5))
    list.push({
      type: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'AN', display: 'Account number' }],
      },
      system: scopedSystem(reading, authority?.text, 'account'),
      value: accountNumber.text,
    })
  }
  return list
}

/** Which element each field empties when it holds `""`: no discharge time, no discharge. */
const emptied: readonly (readonly [number, string])[] = [
  [10, 'serviceType'],
  [18, 'type'],
  [36, 'extension'],
  [45, 'period.end'],
]

/** `told`: the message says so itself; otherwise it is the best reading, and what is held stays. */
function statusOf(
  reading: Reading,
  pv1: Segment,
  event: VisitEvent | undefined,
  trace: Trace,
): { readonly status: Encounter['status']; readonly told: boolean } {
  if (event !== undefined && event.status !== 'as-told') {
    const kind = part(firstRepeat(reading, firstSegment(reading.message, 'MSH'), 9), 2)
    if (kind !== undefined) trace('status', kind, 'MSH-9 event')
    return { status: event.status, told: true }
  }
  const discharged = value(reading, pv1, 45)
  if (discharged !== undefined) {
    trace('status', discharged, 'PV1-45 discharge time')
    return { status: 'finished', told: true }
  }
  return { status: value(reading, pv1, 2)?.text === 'P' ? 'planned' : 'in-progress', told: false }
}

function classOf(reading: Reading, pv1: Segment, event: VisitEvent | undefined, trace: Trace): Encounter['class'] {
  const system = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
  const cell = value(reading, pv1, 2)
  const made =
    event?.class === undefined ? undefined : Object.values(encounterClasses).find(({ code }) => code === event.class)
  const known = cell === undefined ? undefined : lookup(encounterClasses, cell.text.toUpperCase())
  if (cell !== undefined && known !== undefined) trace('class', cell, 'PV1-2 patient class')
  const chosen = made ?? known
  if (chosen !== undefined) return { system, ...chosen }
  // FHIR wants a class; a local one stays what it is.
  if (cell === undefined)
    return { system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'UNK', display: 'Unknown' }
  trace('class', cell, 'PV1-2 patient class')
  return { system: authoritySystem(reading.source, 'PV1-2'), code: cell.text.replaceAll(/\s+/g, '-') }
}

/** PV1-7, 8, 9, 17, 52. @see HL7 v2-to-FHIR, PV1 */
const participants = [
  { field: 7, code: 'ATND', display: 'attender', rule: 'PV1-7 attending doctor' },
  { field: 8, code: 'REF', display: 'referrer', rule: 'PV1-8 referring doctor' },
  { field: 9, code: 'CON', display: 'consultant', rule: 'PV1-9 consulting doctor' },
  { field: 17, code: 'ADM', display: 'admitter', rule: 'PV1-17 admitting doctor' },
  { field: 52, code: 'PART', display: 'Participation', rule: 'PV1-52 other provider' },
]

function participantsOf(reading: Reading, facts: Facts, pv1: Segment, trace: Trace): EncounterParticipant[] {
  const list: EncounterParticipant[] = []
  for (const { field, code, display, rule } of participants) {
    for (const repeat of repeats(reading, pv1, field)) {
      const individual = practitioner(reading, facts, repeat, {
        trace,
        to: `participant[${list.length}].individual`,
        rule,
      })
      if (individual === undefined) continue
      list.push({
        type: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code, display }] }],
        individual,
      })
    }
  }
  return list
}

function periodOf(
  reading: Reading,
  pv1: Segment,
  {
    event,
    happenedAt,
    trace,
  }: {
    readonly event: VisitEvent | undefined
    readonly happenedAt: string | undefined
    readonly trace: Trace
  },
): Period | undefined {
  const [from, until] = [value(reading, pv1, 44), value(reading, pv1, 45)]
  const [admitted, discharged] = [fhirTime(reading, from), fhirTime(reading, until)]
  const happened = eventTime(reading)
  if (from !== undefined && admitted !== undefined) trace('period.start', from, 'PV1-44 admission time')
  if (until !== undefined && discharged !== undefined) trace('period.end', until, 'PV1-45 discharge time')
  const start = admitted ?? (event?.begins === true ? happenedAt : undefined)
  const end =
    event?.clears?.includes('period.end') === true
      ? undefined
      : (discharged ?? (event?.ends === true ? happenedAt : undefined))
  if (happened !== undefined && admitted === undefined && start !== undefined)
    trace('period.start', happened, 'EVN event time')
  if (happened !== undefined && discharged === undefined && end !== undefined)
    trace('period.end', happened, 'EVN event time')
  const period = present<Period>({ start, end })
  return Object.keys(period).length === 0 ? undefined : period
}

/** When the thing happened (EVN-6), else when it was written down (EVN-2), else when it was sent (MSH-7). */
export function eventTime(reading: Pick<Reading, 'message'>): Cell | undefined {
  const evn = firstSegment(reading.message, 'EVN')
  return value(reading, evn, 6) ?? value(reading, evn, 2) ?? value(reading, firstSegment(reading.message, 'MSH'), 7)
}

function reasonsOf(reading: Reading, pv2: Segment | undefined, trace: Trace): Encounter['reasonCode'] {
  const reason = codeableConcept(reading, firstRepeat(reading, pv2, 3), {
    trace,
    to: 'reasonCode[0]',
    rule: 'PV2-3 admit reason',
    list: 'PV2-3',
  })
  const words = value(reading, pv2, 12)
  if (words !== undefined) trace(`reasonCode[${reason === undefined ? 0 : 1}].text`, words, 'PV2-12 visit description')
  return [...(reason === undefined ? [] : [reason]), ...(words === undefined ? [] : [{ text: words.text }])]
}
