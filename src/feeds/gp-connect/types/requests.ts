/** Requests, diary entries, referrals, appointments and plans, STU3 to R4. */
import { copy, use } from '../reading.ts'
import {
  concept,
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
  within,
} from '../rules.ts'
import { requester } from './medicines.ts'

const hl7 = 'http://terminology.hl7.org/CodeSystem'
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

const carePlan: TypeRules = {
  to: 'CarePlan',
  elements: {
    ...kept(
      'identifier',
      'basedOn',
      'replaces',
      'partOf',
      'intent',
      'category',
      'title',
      'description',
      'subject',
      'period',
    ),
    ...kept('careTeam', 'addresses', 'supportingInfo', 'goal', 'note'),
    status: recoded('status', { suspended: 'on-hold', cancelled: 'revoked' }),
    context: renamed('encounter'),
    // R4 has one author and many contributors.
    author: (from, to) => {
      const authors = copy(from.value, from.place, from.reading)
      if (!Array.isArray(authors)) return
      to.made.author = authors[0]
      if (authors.length > 1) to.made.contributor = authors.slice(1)
      tell(to, 'author', from)
    },
    activity: within('activity', {
      ...kept('outcomeCodeableConcept', 'outcomeReference', 'progress', 'reference'),
      detail: within('detail', {
        ...kept(
          'code',
          'reasonCode',
          'reasonReference',
          'goal',
          'location',
          'performer',
          'dailyAmount',
          'quantity',
          'description',
        ),
        ...kept('doNotPerform'),
        ...keptChoice('scheduled', 'Timing', 'Period', 'String'),
        ...keptChoice('product', 'CodeableConcept', 'Reference'),
        status: recoded('status', {}),
        statusReason: (from, to) => {
          if (typeof from.value !== 'string') return
          use(from.value, from.place, from.reading)
          to.made.statusReason = { text: from.value }
        },
      }),
    }),
  },
  complete: (to) => {
    to.made.status ??= 'unknown'
    to.made.intent ??= 'plan'
  },
}

const careTeam: TypeRules = {
  to: 'CareTeam',
  elements: {
    ...kept('identifier', 'status', 'category', 'name', 'subject', 'period', 'reasonCode', 'reasonReference'),
    ...kept('managingOrganization', 'note'),
    context: renamed('encounter'),
    participant: within('participant', { ...kept('member', 'onBehalfOf', 'period'), role: listed() }),
  },
}

const achievements: Readonly<Record<string, string>> = {
  'in-progress': 'in-progress',
  'on-target': 'in-progress',
  'ahead-of-target': 'in-progress',
  'behind-target': 'in-progress',
  sustaining: 'sustaining',
  achieved: 'achieved',
}

const lifecycles: Readonly<Record<string, string>> = {
  'in-progress': 'active',
  'on-target': 'active',
  'ahead-of-target': 'active',
  'behind-target': 'active',
  sustaining: 'active',
  achieved: 'completed',
}

const goal: TypeRules = {
  to: 'Goal',
  elements: {
    ...kept(
      'identifier',
      'category',
      'priority',
      'description',
      'subject',
      'statusDate',
      'statusReason',
      'expressedBy',
    ),
    ...kept('addresses', 'note', 'outcomeCode', 'outcomeReference'),
    ...keptChoice('start', 'Date', 'CodeableConcept'),
    // One status in STU3; in R4 the life of the goal, and how far it is reached.
    status: (from, to) => {
      if (typeof from.value !== 'string') return
      const status = from.value
      recoded('lifecycleStatus', lifecycles)(from, to)
      const achieved = Object.hasOwn(achievements, status) ? achievements[status] : undefined
      if (achieved !== undefined) concept('achievementStatus', `${hl7}/goal-achievement`, achievements)(from, to)
    },
    target: listed(),
  },
}

const episodeOfCare: TypeRules = {
  to: 'EpisodeOfCare',
  elements: kept(
    'identifier',
    'status',
    'statusHistory',
    'type',
    'diagnosis',
    'patient',
    'managingOrganization',
    'period',
    'referralRequest',
    'careManager',
    'team',
    'account',
  ),
}

const flag: TypeRules = {
  to: 'Flag',
  elements: { ...kept('identifier', 'status', 'code', 'subject', 'period', 'encounter', 'author'), category: listed() },
}

export const requests = {
  ProcedureRequest: procedureRequest,
  ReferralRequest: referralRequest,
  Appointment: appointment,
  Slot: slot,
  Schedule: schedule,
  CarePlan: carePlan,
  CareTeam: careTeam,
  Goal: goal,
  EpisodeOfCare: episodeOfCare,
  Flag: flag,
} as const satisfies Readonly<Record<string, TypeRules>>
