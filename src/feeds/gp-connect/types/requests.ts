/** Requests, diary entries, referrals and appointments, STU3 to R4. */
import { copy, use } from '../reading.ts'
import {
  type Draft,
  kept,
  keptChoice,
  listed,
  noted,
  type Rule,
  recoded,
  renamed,
  type TypeRules,
  tell,
} from '../rules.ts'
import { requester } from './medicines.ts'

const requestStatus = recoded('status', { suspended: 'on-hold', cancelled: 'revoked' })

function needsStatus(to: Draft): void {
  to.made.status ??= 'unknown'
  to.made.intent ??= 'order'
}

/** Diary entries and test requests. */
const procedureRequest: TypeRules = {
  to: 'ServiceRequest',
  elements: {
    ...kept(
      'identifier',
      'basedOn',
      'replaces',
      'requisition',
      'intent',
      'priority',
      'doNotPerform',
      'category',
      'code',
    ),
    ...kept('subject', 'authoredOn', 'performerType', 'reasonCode', 'reasonReference', 'specimen', 'bodySite'),
    ...kept('note', 'relevantHistory'),
    ...keptChoice('occurrence', 'DateTime', 'Period', 'Timing'),
    ...keptChoice('asNeeded', 'Boolean', 'CodeableConcept'),
    status: requestStatus,
    context: renamed('encounter'),
    requester: requester('ServiceRequest'),
    performer: listed(),
    supportingInfo: renamed('supportingInfo'),
  },
  complete: needsStatus,
}

/** R4 asks for one service; any further ones are details of the order. */
const serviceRequested: Rule = (from, to) => {
  const services = copy(from.value, from.place, from.reading)
  if (!Array.isArray(services)) return
  to.made.code = services[0]
  tell(to, 'code', from)
  if (services.length > 1) to.made.orderDetail = services.slice(1)
}

const referralRequest: TypeRules = {
  to: 'ServiceRequest',
  elements: {
    ...kept(
      'identifier',
      'basedOn',
      'replaces',
      'intent',
      'priority',
      'subject',
      'authoredOn',
      'reasonCode',
      'reasonReference',
    ),
    ...kept('supportingInfo', 'note', 'relevantHistory'),
    ...keptChoice('occurrence', 'DateTime', 'Period'),
    status: requestStatus,
    groupIdentifier: renamed('requisition'),
    type: listed('category'),
    serviceRequested,
    context: renamed('encounter'),
    requester: requester('ServiceRequest'),
    specialty: renamed('performerType'),
    recipient: renamed('performer'),
    description: noted,
  },
  complete: needsStatus,
}

const appointment: TypeRules = {
  to: 'Appointment',
  elements: {
    ...kept(
      'identifier',
      'status',
      'serviceType',
      'specialty',
      'appointmentType',
      'priority',
      'description',
      'start',
      'end',
    ),
    ...kept('supportingInformation', 'minutesDuration', 'slot', 'created', 'comment', 'participant', 'requestedPeriod'),
    serviceCategory: listed(),
    reason: renamed('reasonCode'),
    indication: renamed('reasonReference'),
    incomingReferral: renamed('basedOn'),
  },
  extensions: {
    'https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-AppointmentCancellationReason-1': (
      extension,
      place,
      to,
      reading,
    ) => {
      if (typeof extension.valueString !== 'string' || extension.valueString === '') return
      use(extension, place, reading)
      to.made.cancelationReason = { text: extension.valueString }
      to.lineage.push({
        to: 'cancelationReason.text',
        from: `${place}.valueString`,
        rule: 'STU3 AppointmentCancellationReason extension',
      })
    },
  },
}

const slot: TypeRules = {
  to: 'Slot',
  elements: {
    ...kept('identifier', 'serviceType', 'specialty', 'appointmentType', 'schedule', 'status', 'start', 'end'),
    ...kept('overbooked', 'comment'),
    serviceCategory: listed(),
  },
}

const schedule: TypeRules = {
  to: 'Schedule',
  elements: {
    ...kept('identifier', 'active', 'serviceType', 'specialty', 'actor', 'planningHorizon', 'comment'),
    serviceCategory: listed(),
  },
}

export const requests = {
  ProcedureRequest: procedureRequest,
  ReferralRequest: referralRequest,
  Appointment: appointment,
  Slot: slot,
  Schedule: schedule,
} as const satisfies Readonly<Record<string, TypeRules>>
