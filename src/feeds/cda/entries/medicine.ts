/** Medicines, planned medicines and vaccinations: `substanceAdministration`. A negated one was not taken, or not given. */

import { practitioner } from '../actors.ts'
import { type Drawing, draw, put, type Reference } from '../drawing.ts'
import { attribute, child, children, hasTemplate, isNegated, type Reading, wordsOf } from '../reading.ts'
import {
  absence,
  absent,
  type Concept,
  concept,
  decimal,
  encapsulated,
  interval,
  isSaid,
  period,
  quantity,
} from '../values.ts'
import type { Xml } from '../xml.ts'
import { authorOf, type Context, keyOf, notesOf, putCommon, related, statusCode } from './common.ts'

const statementStatuses: Readonly<Record<string, string>> = {
  active: 'active',
  completed: 'completed',
  aborted: 'stopped',
  suspended: 'on-hold',
  held: 'on-hold',
  nullified: 'entered-in-error',
  cancelled: 'not-taken',
  new: 'intended',
}
const requestStatuses: Readonly<Record<string, string>> = {
  active: 'active',
  completed: 'completed',
  aborted: 'stopped',
  cancelled: 'cancelled',
  suspended: 'on-hold',
  held: 'on-hold',
  nullified: 'entered-in-error',
}

/** "Drug or medication": what is negated to say that none are known. */
const anyMedicine = new Set(['410942007', '373873005'])
const noMedicines = {
  coding: [{ system: 'http://snomed.info/sct', code: '787481004', display: 'No known medications' }],
  text: 'No known medications',
}

export function readMedicine(context: Context, node: Xml, planned: boolean): Reference | undefined {
  const { reading } = context
  const product = productOf(reading, node)
  const negated = isNegated(reading, node)
  if (product === undefined) return undefined
  const none = negated && (product.code.coding ?? []).some(({ code }) => anyMedicine.has(code))
  const drawing = draw(
    planned ? 'MedicationRequest' : 'MedicationStatement',
    node,
    planned ? 'CDA planned medicine' : 'CDA medicine',
  )
  putCommon(context, drawing, node)
  const status = statusCode(reading, node) ?? ''
  if (planned) {
    put(drawing, 'status', requestStatuses[status] ?? 'unknown', child(reading, node, 'statusCode'))
    put(drawing, 'intent', 'plan')
    if (negated) put(drawing, 'doNotPerform', true)
  } else {
    // "Not taken" outranks every other status.
    put(
      drawing,
      'status',
      negated && !none ? 'not-taken' : (statementStatuses[status] ?? 'unknown'),
      child(reading, node, 'statusCode'),
    )
  }
  put(drawing, 'medicationCodeableConcept', none ? noMedicines : product.code, product.node)
  const dosage = dosageOf(reading, node)
  const { at, by } = authorOf(context, node)
  if (planned) {
    put(drawing, 'authoredOn', at)
    if (by) put(drawing, 'requester', by)
    put(drawing, 'dosageInstruction', dosage)
  } else {
    put(drawing, 'effectivePeriod', period(dosageTime(reading, node)), children(reading, node, 'effectiveTime')[0])
    put(drawing, 'dateAsserted', at)
    if (by) put(drawing, 'informationSource', by)
    put(drawing, 'dosage', dosage)
  }
  put(drawing, 'reasonCode', reasonsOf(reading, node))
  put(drawing, 'note', notesOf(reading, node))
  return context.drawer.file(drawing, keyOf(reading, node))
}

type Product = { readonly code: Concept; readonly node: Xml; readonly material: Xml; readonly holder: Xml }

function productOf(reading: Reading, node: Xml): Product | undefined {
  const holder = child(reading, node, 'consumable', 'manufacturedProduct')
  const material = child(reading, holder, 'manufacturedMaterial') ?? child(reading, holder, 'manufacturedLabeledDrug')
  if (holder === undefined || material === undefined) return undefined
  const codeNode = child(reading, material, 'code')
  const code = concept(reading, codeNode)
  const name = wordsOf(reading, child(reading, material, 'name'))
  if (isSaid(code))
    return {
      code: code.text === undefined && name !== undefined ? { ...code, text: name } : code,
      node: codeNode ?? material,
      material,
      holder,
    }
  const text = name ?? encapsulated(reading, child(reading, node, 'text'))
  return text === undefined ? undefined : { code: { text }, node: codeNode ?? material, material, holder }
}

function dosageTime(reading: Reading, node: Xml) {
  const times = children(reading, node, 'effectiveTime')
  const span =
    times.find(
      ({ attributes, elements }) =>
        attributes['xsi:type'] === 'IVL_TS' || elements.some(({ name }) => name === 'low' || name === 'high'),
    ) ?? times[0]
  return span && !['PIVL_TS', 'EIVL_TS'].includes(span.attributes['xsi:type'] ?? '') ? interval(reading, span) : {}
}

const periodUnits: Readonly<Record<string, string>> = {
  s: 's',
  min: 'min',
  h: 'h',
  hr: 'h',
  d: 'd',
  day: 'd',
  wk: 'wk',
  mo: 'mo',
  a: 'a',
}
const events: Readonly<Record<string, string>> = {
  HS: 'HS',
  WAKE: 'WAKE',
  C: 'C',
  CM: 'CM',
  CD: 'CD',
  CV: 'CV',
  AC: 'AC',
  ACM: 'ACM',
  ACD: 'ACD',
  ACV: 'ACV',
  PC: 'PC',
  PCM: 'PCM',
  PCD: 'PCD',
  PCV: 'PCV',
}

/** How often: every so long (PIVL_TS), or by the events of the day (EIVL_TS). */
function timingOf(reading: Reading, node: Xml): Record<string, unknown> | undefined {
  for (const each of children(reading, node, 'effectiveTime')) {
    const type = each.attributes['xsi:type']
    if (type === 'EIVL_TS') {
      const code = attribute(reading, child(reading, each, 'event'), 'code')
      const when = code === undefined ? undefined : events[code]
      if (when !== undefined) return { repeat: { when: [when], frequency: 1, period: 1, periodUnit: 'd' } }
    }
    const every = child(reading, each, 'period')
    const unit = periodUnits[every?.attributes.unit ?? '']
    const value = decimal(every?.attributes.value)
    if (every === undefined || unit === undefined || value === undefined) continue
    attribute(reading, every, 'value')
    attribute(reading, every, 'unit')
    attribute(reading, each, 'institutionSpecified')
    attribute(reading, each, 'operator')
    return { repeat: { frequency: 1, period: value, periodUnit: unit } }
  }
  return undefined
}

function dosageOf(reading: Reading, node: Xml): readonly Record<string, unknown>[] {
  const dosage: Record<string, unknown> = {}
  const set = (name: string, value: unknown) => {
    if (value !== undefined) dosage[name] = value
  }
  const [freeText] = related(reading, node, '2.16.840.1.113883.10.20.22.4.147').map((each) => {
    concept(reading, child(reading, each, 'code'))
    return encapsulated(reading, child(reading, each, 'text'))
  })
  set('text', freeText ?? encapsulated(reading, child(reading, node, 'text')))
  const instructions = related(reading, node, '2.16.840.1.113883.10.20.22.4.20').flatMap((each) => {
    concept(reading, child(reading, each, 'code'))
    return encapsulated(reading, child(reading, each, 'text')) ?? []
  })
  if (instructions.length > 0) set('patientInstruction', instructions.join('. '))
  set('timing', timingOf(reading, node))
  const condition = child(reading, node, 'precondition', 'criterion')
  const asNeeded = concept(reading, child(reading, condition, 'value'))
  if (isSaid(asNeeded)) set('asNeededCodeableConcept', asNeeded)
  const route = concept(reading, child(reading, node, 'routeCode'))
  if (isSaid(route)) set('route', route)
  const site = concept(reading, child(reading, node, 'approachSiteCode'))
  if (isSaid(site)) set('site', site)
  const dose = amount(reading, child(reading, node, 'doseQuantity'), 'dose')
  const rate = amount(reading, child(reading, node, 'rateQuantity'), 'rate')
  if (dose || rate) set('doseAndRate', [{ ...dose, ...rate }])
  return Object.keys(dosage).length > 0 ? [dosage] : []
}

/** A quantity, or a range of one. */
function amount(reading: Reading, node: Xml | undefined, name: 'dose' | 'rate'): Record<string, unknown> | undefined {
  const one = quantity(reading, node)
  if (one) return { [`${name}Quantity`]: one }
  const low = quantity(reading, child(reading, node, 'low'))
  const high = quantity(reading, child(reading, node, 'high'))
  return low || high ? { [`${name}Range`]: { ...(low ? { low } : {}), ...(high ? { high } : {}) } } : undefined
}

/** Why: the indications. */
export function reasonsOf(reading: Reading, node: Xml): readonly Concept[] {
  return related(reading, node, '2.16.840.1.113883.10.20.22.4.19').flatMap((each) => {
    if (attribute(reading, each, 'negationInd') === 'true') return []
    concept(reading, child(reading, each, 'code'))
    const value = concept(reading, child(reading, each, 'value'))
    return isSaid(value) ? [value] : []
  })
}

/** A vaccination. Planned ones stay words. */
export function readVaccination(context: Context, node: Xml): Reference | undefined {
  const { reading } = context
  const product = productOf(reading, node)
  if (product === undefined || (node.attributes.moodCode ?? 'EVN') !== 'EVN') return undefined
  const drawing = draw('Immunization', node, 'CDA vaccination')
  putCommon(context, drawing, node, 'patient')
  const negated = isNegated(reading, node)
  const status = statusCode(reading, node)
  const done =
    status === 'nullified'
      ? 'entered-in-error'
      : status === 'aborted' || status === 'cancelled'
        ? 'not-done'
        : 'completed'
  put(drawing, 'status', negated && done !== 'entered-in-error' ? 'not-done' : done, child(reading, node, 'statusCode'))
  const refusal = related(reading, node, '2.16.840.1.113883.10.20.22.4.53')
    .map((each) => concept(reading, child(reading, each, 'code')))
    .find(isSaid)
  if (refusal) put(drawing, 'statusReason', refusal)
  put(drawing, 'vaccineCode', product.code, product.node)
  putOccurrence(reading, drawing, node)
  put(
    drawing,
    'lotNumber',
    wordsOf(reading, child(reading, product.material, 'lotNumberText')),
    child(reading, product.material, 'lotNumberText'),
  )
  const maker = wordsOf(reading, child(reading, product.holder, 'manufacturerOrganization', 'name'))
  if (maker !== undefined)
    put(drawing, 'manufacturer', { display: maker }, child(reading, product.holder, 'manufacturerOrganization'))
  const route = concept(reading, child(reading, node, 'routeCode'))
  if (isSaid(route)) put(drawing, 'route', route)
  const site = concept(reading, child(reading, node, 'approachSiteCode'))
  if (isSaid(site)) put(drawing, 'site', site)
  put(drawing, 'doseQuantity', quantity(reading, child(reading, node, 'doseQuantity')))
  const performers = children(reading, node, 'performer').flatMap(
    (each) => practitioner(context, child(reading, each, 'assignedEntity')) ?? [],
  )
  put(
    drawing,
    'performer',
    performers.map((actor) => ({ actor })),
  )
  const nth = attribute(reading, child(reading, node, 'repeatNumber'), 'value')
  if (nth !== undefined && /^[1-9]\d{0,2}$/.test(nth))
    put(drawing, 'protocolApplied', [{ doseNumberPositiveInt: Number(nth) }])
  put(drawing, 'reasonCode', reasonsOf(reading, node))
  put(drawing, 'note', notesOf(reading, node))
  return context.drawer.file(drawing, keyOf(reading, node))
}

function putOccurrence(reading: Reading, drawing: Drawing, node: Xml): void {
  const [time] = children(reading, node, 'effectiveTime')
  const { at, start, end } = interval(reading, time)
  const when = at ?? start ?? end
  if (when !== undefined) put(drawing, 'occurrenceDateTime', when, time)
  else drawing.made._occurrenceDateTime = absent(absence(reading, time) ?? 'unknown')
}

export function isVaccination(node: Xml): boolean {
  return hasTemplate(node, '2.16.840.1.113883.10.20.22.4.52')
}
