import type { Encounter, EncounterLocation, Extension } from 'fhir/r4.js'
import { authoritySystem } from '../source.ts'
import { codeableConcept, listedConcept } from './codes.ts'
import { location } from './directory.ts'
import type { VisitEvent } from './events.ts'
import { type Facts, present } from './facts.ts'
import type { Segment } from './message.ts'
import { firstRepeat, part, type Reading, type Trace, value } from './reading.ts'
import { admissionMethods, admissionSources, dischargeDestinations, dischargeMethods } from './tables.ts'
import { fhirTime } from './time.ts'

/** How and whence a patient came, where they lay, and how and whither they went. @see facts: hl7v2-uk §6 PV1 */

const ukCore = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-'

export function hospitalizationOf(reading: Reading, pv1: Segment, trace: Trace): Encounter['hospitalization'] {
  const listed = (field: number, to: string, rule: string, list: typeof admissionMethods) => {
    const repeat = firstRepeat(reading, pv1, field)
    const [cell, words] = [part(repeat, 1), part(repeat, 2)]
    if (cell !== undefined) trace(to, cell, rule)
    if (words !== undefined) trace(`${to}.text`, words, rule)
    return listedConcept(cell, list, words?.text)
  }
  const method = listed(4, 'hospitalization.extension[0]', 'PV1-4 admission method', admissionMethods)
  const preAdmission = value(reading, pv1, 5)
  if (preAdmission !== undefined)
    trace('hospitalization.preAdmissionIdentifier', preAdmission, 'PV1-5 pre-admission number')
  const arrangement = codeableConcept(reading, firstRepeat(reading, pv1, 15), {
    trace,
    to: 'hospitalization.specialArrangement[0]',
    rule: 'PV1-15 ambulatory status',
    list: 'PV1-15',
  })
  const courtesy = codeableConcept(reading, firstRepeat(reading, pv1, 16), {
    trace,
    to: 'hospitalization.specialCourtesy[0]',
    rule: 'PV1-16 VIP',
    list: 'PV1-16',
  })
  const found = present<NonNullable<Encounter['hospitalization']>>({
    extension: method === undefined ? undefined : [{ url: `${ukCore}AdmissionMethod`, valueCodeableConcept: method }],
    preAdmissionIdentifier:
      preAdmission === undefined
        ? undefined
        : { system: authoritySystem(reading.source, 'pre-admission'), value: preAdmission.text },
    admitSource: listed(14, 'hospitalization.admitSource', 'PV1-14 source of admission', admissionSources),
    specialArrangement: arrangement === undefined ? undefined : [arrangement],
    specialCourtesy: courtesy === undefined ? undefined : [courtesy],
    dischargeDisposition: listed(
      37,
      'hospitalization.dischargeDisposition',
      'PV1-37 discharge destination',
      dischargeDestinations,
    ),
  })
  return Object.keys(found).length === 0 ? undefined : found
}

export function dischargeExtension(reading: Reading, pv1: Segment, trace: Trace): Extension[] {
  const repeat = firstRepeat(reading, pv1, 36)
  const [cell, words] = [part(repeat, 1), part(repeat, 2)]
  const method = listedConcept(cell, dischargeMethods, words?.text)
  if (cell === undefined || method === undefined) return []
  trace('extension[0]', cell, 'PV1-36 discharge method')
  if (words !== undefined) trace('extension[0].valueCodeableConcept.text', words, 'PV1-36 discharge method')
  return [{ url: `${ukCore}DischargeMethod`, valueCodeableConcept: method }]
}

/** The present place last; a transfer also names the one before. What was held of earlier places stays (see feeds/merge-update). */
export function locationsOf(
  reading: Reading,
  facts: Facts,
  pv1: Segment,
  {
    event,
    happenedAt,
    admitted,
    trace,
  }: {
    readonly event: VisitEvent | undefined
    readonly happenedAt: string | undefined
    readonly admitted: string | undefined
    readonly trace: Trace
  },
): EncounterLocation[] {
  const transfer =
    event !== undefined && event.status === 'in-progress' && event.begins !== true && event.clears === undefined
  const prior = location(reading, facts, firstRepeat(reading, pv1, 6), {
    trace,
    to: 'location[0].location',
    rule: 'PV1-6 prior location',
  })
  const to = `location[${prior === undefined ? 0 : 1}].location`
  const now = location(reading, facts, firstRepeat(reading, pv1, 3), { trace, to, rule: 'PV1-3 location' })
  const ended = event?.ends === true
  const since = transfer ? happenedAt : event?.begins === true ? (admitted ?? happenedAt) : undefined
  const same = prior !== undefined && now !== undefined && prior.reference === now.reference
  return [
    ...(prior === undefined || same
      ? []
      : [
          {
            location: prior,
            status: 'completed' as const,
            ...(transfer && happenedAt !== undefined ? { period: { end: happenedAt } } : {}),
          },
        ]),
    ...(now === undefined
      ? []
      : [
          {
            location: now,
            status:
              event?.status === 'planned' ? ('planned' as const) : ended ? ('completed' as const) : ('active' as const),
            ...(ended && happenedAt !== undefined
              ? { period: { end: happenedAt } }
              : since === undefined
                ? {}
                : { period: { start: since } }),
          },
        ]),
  ]
}

/** PV2-8 and 9, which R4 has no elements for. @see FHIR R5 Encounter.plannedStartDate, plannedEndDate */
const plans = [
  { field: 8, name: 'plannedStartDate', rule: 'PV2-8 expected admission' },
  { field: 9, name: 'plannedEndDate', rule: 'PV2-9 expected discharge' },
]

/** When the patient is expected to come and to go. @param from how many extensions stand before these */
export function expectedTimes(reading: Reading, pv2: Segment | undefined, trace: Trace, from: number): Extension[] {
  const list: Extension[] = []
  for (const { field, name, rule } of plans) {
    const cell = value(reading, pv2, field)
    const at = fhirTime(reading, cell)
    if (cell === undefined || at === undefined) continue
    trace(`extension[${from + list.length}]`, cell, rule)
    list.push({ url: `http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.${name}`, valueDateTime: at })
  }
  return list
}
