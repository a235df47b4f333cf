/** Procedures, contacts, plans, goals and family history. */
import { practitioner } from '../actors.ts'
import { draw, put, type Reference } from '../drawing.ts'
import { attribute, child, children, isNegated, wordsOf } from '../reading.ts'
import { concept, encapsulated, interval, isSaid, period, timestamp } from '../values.ts'
import type { Xml } from '../xml.ts'
import { authorOf, type Context, codeOf, keyOf, notesOf, putCommon, related, statusCode } from './common.ts'
import { reasonsOf } from './medicine.ts'
import { readProblemConcern } from './problem.ts'

const procedureStatuses: Readonly<Record<string, string>> = {
  completed: 'completed',
  active: 'in-progress',
  aborted: 'stopped',
  cancelled: 'not-done',
  suspended: 'on-hold',
  held: 'on-hold',
  nullified: 'entered-in-error',
}

/** Something done, or (negated) not done. */
export function readProcedure(context: Context, node: Xml): Reference | undefined {
  const { reading } = context
  const code = codeOf(reading, node)
  if (code === undefined) return undefined
  const drawing = draw('Procedure', node, 'CDA procedure')
  putCommon(context, drawing, node)
  const status = procedureStatuses[statusCode(reading, node) ?? ''] ?? 'unknown'
  const negated = isNegated(reading, node)
  put(
    drawing,
    'status',
    negated && status !== 'entered-in-error' ? 'not-done' : status,
    child(reading, node, 'statusCode'),
  )
  put(drawing, 'code', code, child(reading, node, 'code'))
  const time = child(reading, node, 'effectiveTime')
  const when = interval(reading, time)
  if (when.at !== undefined) put(drawing, 'performedDateTime', when.at, time)
  else put(drawing, 'performedPeriod', period(when), time)
  put(
    drawing,
    'performer',
    performers(context, node).map((actor) => ({ actor })),
    child(reading, node, 'performer'),
  )
  const sites = children(reading, node, 'targetSiteCode')
    .map((each) => concept(reading, each))
    .filter(isSaid)
  put(drawing, 'bodySite', sites, child(reading, node, 'targetSiteCode'))
  put(drawing, 'reasonCode', reasonsOf(reading, node))
  put(drawing, 'note', notesOf(reading, node))
  return context.drawer.file(drawing, keyOf(reading, node))
}

function performers(context: Context, node: Xml): readonly Reference[] {
  const { reading } = context
  return children(reading, node, 'performer').flatMap(
    (each) => practitioner(context, child(reading, each, 'assignedEntity')) ?? [],
  )
}

/** A contact that has happened, with its diagnoses. */
export function readEncounter(context: Context, node: Xml): readonly Reference[] {
  const { reading } = context
  const code = codeOf(reading, node)
  const time = child(reading, node, 'effectiveTime')
  const when = interval(reading, time)
  if (code === undefined && period(when) === undefined) return []
  const drawing = draw('Encounter', node, 'CDA encounter')
  putCommon(context, drawing, node)
  const status = statusCode(reading, node)
  put(
    drawing,
    'status',
    status === 'active'
      ? 'in-progress'
      : status === 'cancelled'
        ? 'cancelled'
        : status === 'nullified'
          ? 'entered-in-error'
          : 'finished',
  )
  const inClass = code?.coding?.find(({ system }) => system?.endsWith('v3-ActCode'))
  put(
    drawing,
    'class',
    inClass ?? {
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
    },
  )
  put(drawing, 'type', code === undefined ? undefined : [code], child(reading, node, 'code'))
  put(drawing, 'period', period(when), time)
  const people = performers(context, node).filter(({ reference }) => reference.startsWith('Practitioner/'))
  put(
    drawing,
    'participant',
    people.map((individual) => ({ individual })),
    child(reading, node, 'performer'),
  )
  const [place] = children(reading, node, 'participant')
    .filter(({ attributes }) => attributes.typeCode === 'LOC')
    .flatMap((each) => wordsOf(reading, child(reading, each, 'participantRole', 'playingEntity', 'name')) ?? [])
  if (place !== undefined) put(drawing, 'location', [{ location: { display: place } }])
  put(drawing, 'reasonCode', reasonsOf(reading, node))
  const diagnoses = related(reading, node, '2.16.840.1.113883.10.20.22.4.80').flatMap((act) =>
    readProblemConcern(context, act, 'encounter-diagnosis'),
  )
  put(
    drawing,
    'diagnosis',
    diagnoses.map((condition) => ({ condition })),
  )
  return [context.drawer.file(drawing, keyOf(reading, node)), ...diagnoses]
}

const requestStatuses: Readonly<Record<string, string>> = {
  active: 'active',
  new: 'active',
  completed: 'completed',
  aborted: 'revoked',
  cancelled: 'revoked',
  suspended: 'on-hold',
  held: 'on-hold',
  nullified: 'entered-in-error',
}

/** Mood of the plan → how firm it is. */
const intents: Readonly<Record<string, string>> = {
  INT: 'plan',
  RQO: 'order',
  PRP: 'proposal',
  PRMS: 'plan',
  ARQ: 'plan',
  APT: 'plan',
}

/** A test, procedure, act or contact that is planned. A negated plan says not to do it. */
export function readPlan(context: Context, node: Xml): Reference | undefined {
  const { reading } = context
  const intent = intents[node.attributes.moodCode ?? '']
  const code = codeOf(reading, node)
  if (intent === undefined || code === undefined) return undefined
  const drawing = draw('ServiceRequest', node, 'CDA plan')
  putCommon(context, drawing, node)
  put(
    drawing,
    'status',
    requestStatuses[statusCode(reading, node) ?? ''] ?? 'unknown',
    child(reading, node, 'statusCode'),
  )
  put(drawing, 'intent', intent)
  if (isNegated(reading, node)) put(drawing, 'doNotPerform', true)
  put(drawing, 'code', code, child(reading, node, 'code'))
  const time = child(reading, node, 'effectiveTime')
  const when = interval(reading, time)
  if (when.at !== undefined) put(drawing, 'occurrenceDateTime', when.at, time)
  else put(drawing, 'occurrencePeriod', period(when), time)
  const { at, by } = authorOf(context, node)
  put(drawing, 'authoredOn', at)
  if (by) put(drawing, 'requester', by)
  put(drawing, 'performer', performers(context, node))
  put(drawing, 'reasonCode', reasonsOf(reading, node))
  put(drawing, 'note', notesOf(reading, node))
  return context.drawer.file(drawing, keyOf(reading, node))
}

/** What the person wants to reach. */
export function readGoal(context: Context, node: Xml): Reference | undefined {
  const { reading } = context
  if (attribute(reading, node, 'negationInd') === 'true') return undefined
  const code = concept(reading, child(reading, node, 'code'))
  const value = concept(reading, child(reading, node, 'value'))
  const words =
    encapsulated(reading, child(reading, node, 'value')) ?? encapsulated(reading, child(reading, node, 'text'))
  const description = isSaid(value) ? value : words === undefined ? (isSaid(code) ? code : undefined) : { text: words }
  if (description === undefined) return undefined
  const drawing = draw('Goal', node, 'CDA goal')
  putCommon(context, drawing, node)
  const status = statusCode(reading, node)
  put(
    drawing,
    'lifecycleStatus',
    status === 'completed' ? 'completed' : status === 'cancelled' || status === 'aborted' ? 'cancelled' : 'active',
  )
  put(drawing, 'description', description, child(reading, node, 'value') ?? child(reading, node, 'code'))
  const when = interval(reading, child(reading, node, 'effectiveTime'))
  put(drawing, 'startDate', (when.start ?? when.at)?.slice(0, 10), child(reading, node, 'effectiveTime'))
  return context.drawer.file(drawing, keyOf(reading, node))
}

const sexes: Readonly<Record<string, string>> = { M: 'male', F: 'female', UN: 'other' }

/** A relative and what they had. A negated observation says that they did not. */
export function readRelative(context: Context, node: Xml): Reference | undefined {
  const { reading } = context
  const relative = child(reading, node, 'subject', 'relatedSubject')
  const relationship = concept(reading, child(reading, relative, 'code'))
  if (!isSaid(relationship)) return undefined
  const drawing = draw('FamilyMemberHistory', node, 'CDA family history')
  putCommon(context, drawing, node, 'patient')
  put(
    drawing,
    'status',
    statusCode(reading, node) === 'completed' ? 'completed' : 'partial',
    child(reading, node, 'statusCode'),
  )
  put(drawing, 'relationship', relationship, child(reading, relative, 'code'))
  const person = child(reading, relative, 'subject')
  const sexNode = child(reading, person, 'administrativeGenderCode')
  const sex = sexes[sexNode?.attributes.code ?? '']
  if (sex !== undefined) {
    concept(reading, sexNode)
    put(drawing, 'sex', { coding: [{ system: 'http://hl7.org/fhir/administrative-gender', code: sex }] }, sexNode)
  }
  put(
    drawing,
    'bornDate',
    timestamp(reading, child(reading, person, 'birthTime'))?.slice(0, 10),
    child(reading, person, 'birthTime'),
  )
  const dead = attribute(reading, child(reading, person, 'sdtc:deceasedInd'), 'value')
  if (dead === 'true' || dead === 'false')
    put(drawing, 'deceasedBoolean', dead === 'true', child(reading, person, 'sdtc:deceasedInd'))
  const conditions = related(reading, node).flatMap((each) => {
    if (each.name !== 'observation' || attribute(reading, each, 'negationInd') === 'true') return []
    concept(reading, child(reading, each, 'code'))
    const code = concept(reading, child(reading, each, 'value'))
    return isSaid(code) ? [{ code }] : []
  })
  put(drawing, 'condition', conditions)
  return context.drawer.file(drawing, keyOf(reading, node))
}
