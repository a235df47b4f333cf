/** Results, vital signs and other observations. A negated observation is never filed as a finding. */
import { practitioner } from '../actors.ts'
import { draw, put, type Reference } from '../drawing.ts'
import { attribute, child, children, isNegated, type Reading, wordsOf } from '../reading.ts'
import {
  absence,
  type Concept,
  concept,
  encapsulated,
  interval,
  isSaid,
  period,
  quantity,
  timestamp,
} from '../values.ts'
import type { Xml } from '../xml.ts'
import { attempt, authorOf, type Context, codeOf, keyOf, notesOf, putCommon, related, statusCode } from './common.ts'

const hl7 = 'http://terminology.hl7.org/CodeSystem'

export type Category = 'laboratory' | 'vital-signs' | 'social-history' | 'survey' | 'exam' | 'procedure'

const statuses: Readonly<Record<string, string>> = {
  completed: 'final',
  active: 'preliminary',
  new: 'registered',
  held: 'registered',
  suspended: 'registered',
  aborted: 'cancelled',
  cancelled: 'cancelled',
  nullified: 'entered-in-error',
}
const reportStatuses: Readonly<Record<string, string>> = { ...statuses, active: 'partial' }

/** One observation; undefined when it says nothing, or says that something was not found. */
export function readObservation(
  context: Context,
  node: Xml,
  category: Category | undefined,
  organizerTime?: string,
): Reference | undefined {
  const { reading } = context
  const codeNode = child(reading, node, 'code')
  const code = codeOf(reading, node)
  if (code === undefined) return undefined
  const valueNode = child(reading, node, 'value')
  const value = resultOf(reading, valueNode)
  if (isNegated(reading, node)) {
    const message = 'Kept as words only: the statement is negated, and an observation cannot say "not"'
    reading.notes.push({ place: node.place, message, severity: 'warning' })
    return undefined
  }
  const drawing = draw('Observation', node, 'CDA observation')
  putCommon(context, drawing, node)
  put(drawing, 'status', statuses[statusCode(reading, node) ?? ''] ?? 'unknown', child(reading, node, 'statusCode'))
  if (category) put(drawing, 'category', [{ coding: [{ system: `${hl7}/observation-category`, code: category }] }])
  put(drawing, 'code', code, codeNode)
  const time = child(reading, node, 'effectiveTime')
  const when = interval(reading, time)
  if (when.at !== undefined) put(drawing, 'effectiveDateTime', when.at, time)
  else if (period(when)) put(drawing, 'effectivePeriod', period(when), time)
  else put(drawing, 'effectiveDateTime', organizerTime)
  if (value) put(drawing, value.name, value.value, valueNode)
  else {
    const reason = absence(reading, valueNode)
    if (reason !== undefined)
      put(drawing, 'dataAbsentReason', { coding: [{ system: `${hl7}/data-absent-reason`, code: reason }] }, valueNode)
  }
  const flags = children(reading, node, 'interpretationCode')
    .map((each) => concept(reading, each))
    .filter(isSaid)
  put(drawing, 'interpretation', flags, child(reading, node, 'interpretationCode'))
  const method = concept(reading, child(reading, node, 'methodCode'))
  if (isSaid(method)) put(drawing, 'method', method)
  const site = concept(reading, child(reading, node, 'targetSiteCode'))
  if (isSaid(site)) put(drawing, 'bodySite', site)
  put(drawing, 'referenceRange', rangesOf(reading, node), child(reading, node, 'referenceRange'))
  put(drawing, 'performer', performersOf(context, node))
  put(drawing, 'note', notesOf(reading, node))
  return context.drawer.file(drawing, keyOf(reading, node))
}

function performersOf(context: Context, node: Xml): readonly Reference[] {
  const found = children(context.reading, node, 'performer').flatMap(
    (each) => practitioner(context, child(context.reading, each, 'assignedEntity')) ?? [],
  )
  const { by } = authorOf(context, node)
  return found.length > 0 || by === undefined ? found : [by]
}

type Value = { readonly name: string; readonly value: unknown }

/** `value` by its type. @see FHIR R4 Observation.value[x] */
function resultOf(reading: Reading, node: Xml | undefined): Value | undefined {
  if (node === undefined) return undefined
  const type = node.attributes['xsi:type']?.replace(/^.*:/, '')
  const named = (name: string, value: unknown): Value | undefined =>
    value === undefined ? undefined : { name: `value${name}`, value }
  switch (type) {
    case 'PQ':
    case 'REAL':
    case 'INT':
    case 'MO':
      return type === 'INT' ? integer(reading, node) : named('Quantity', quantity(reading, node))
    case 'IVL_PQ':
    case 'IVL_INT':
      return between(reading, node)
    case 'RTO':
    case 'RTO_PQ_PQ':
    case 'RTO_QTY_QTY': {
      const numerator = quantity(reading, child(reading, node, 'numerator'))
      const denominator = quantity(reading, child(reading, node, 'denominator'))
      return numerator && denominator ? named('Ratio', { numerator, denominator }) : undefined
    }
    case 'CD':
    case 'CE':
    case 'CV':
    case 'CO':
    case 'CS': {
      const value = concept(reading, node)
      return isSaid(value) ? named('CodeableConcept', value) : undefined
    }
    case 'BL': {
      const said = attribute(reading, node, 'value')
      return said === 'true' || said === 'false' ? named('Boolean', said === 'true') : undefined
    }
    case 'TS':
      return named('DateTime', timestamp(reading, node))
    case 'IVL_TS':
      return named('Period', period(interval(reading, node)))
    default:
      return named('String', encapsulated(reading, node) ?? wordsOf(reading, node))
  }
}

function integer(reading: Reading, node: Xml): Value | undefined {
  const text = node.attributes.value?.trim()
  if (text === undefined || !/^-?(0|[1-9]\d{0,8})$/.test(text)) return undefined
  attribute(reading, node, 'value')
  return { name: 'valueInteger', value: Number(text) }
}

/** A range; with one end only, "less than" or "more than", as a comparator. */
function between(reading: Reading, node: Xml): Value | undefined {
  const [lowNode, highNode] = [child(reading, node, 'low'), child(reading, node, 'high')]
  const low = quantity(reading, lowNode)
  const high = quantity(reading, highNode)
  if (low && high) return { name: 'valueRange', value: { low, high } }
  const [end, endNode, signs] = low ? [low, lowNode, ['>', '>=']] : [high, highNode, ['<', '<=']]
  if (end === undefined) return undefined
  const inclusive = attribute(reading, endNode, 'inclusive') !== 'false'
  return { name: 'valueQuantity', value: { ...end, comparator: signs[inclusive ? 1 : 0] } }
}

function rangesOf(reading: Reading, node: Xml): readonly Record<string, unknown>[] {
  return children(reading, node, 'referenceRange').flatMap((each) => {
    const range = child(reading, each, 'observationRange')
    const text = encapsulated(reading, child(reading, range, 'text'))
    const value = child(reading, range, 'value')
    const low = quantity(reading, child(reading, value, 'low'))
    const high = quantity(reading, child(reading, value, 'high'))
    const words = text ?? (low || high ? undefined : encapsulated(reading, value))
    const made = { ...(low ? { low } : {}), ...(high ? { high } : {}), ...(words === undefined ? {} : { text: words }) }
    return Object.keys(made).length > 0 ? [made] : []
  })
}

/** Observations that belong together: under a report when they are results. */
export function readOrganizer(context: Context, node: Xml, category: Category | undefined): readonly Reference[] {
  const { reading } = context
  const time = child(reading, node, 'effectiveTime')
  const when = interval(reading, time)
  const at = when.at ?? when.start
  const status = statusCode(reading, node)
  const results = related(reading, node).flatMap((each) =>
    attempt(context, (own) => {
      if (each.name === 'organizer') return readOrganizer(own, each, category)
      return each.name === 'observation' ? readObservation(own, each, category, at) : undefined
    }),
  )
  if (category !== 'laboratory' || results.length === 0) return results
  const code: Concept = codeOf(reading, node) ?? { text: 'Results' }
  const drawing = draw('DiagnosticReport', node, 'CDA results')
  putCommon(context, drawing, node)
  put(drawing, 'status', reportStatuses[status ?? ''] ?? 'unknown', child(reading, node, 'statusCode'))
  put(drawing, 'code', code, child(reading, node, 'code'))
  if (when.at !== undefined) put(drawing, 'effectiveDateTime', when.at, time)
  else put(drawing, 'effectivePeriod', period(when), time)
  put(drawing, 'performer', performersOf(context, node))
  put(drawing, 'result', results)
  return [context.drawer.file(drawing, keyOf(reading, node)), ...results]
}
