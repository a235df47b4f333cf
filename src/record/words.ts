/** FHIR data types in a reader's words. The author's own words come first; a code is never replaced, only put into words. */
import type {
  Address,
  CodeableConcept,
  Coding,
  ContactPoint,
  Dosage,
  FhirResource,
  HumanName,
  Identifier,
  Quantity,
  Range,
  Ratio,
  Reference,
  Timing,
} from 'fhir/r4.js'
import { type Held, list, numberText, text } from './held.ts'

const descriptionDisplay =
  /Extension-(?:UKCore|CareConnect)-CodingSCTDescDisplay|coding-sctdescid|Extension-coding-sctdescid/

/** Words of a concept: its text, the description its author saw, the coding its author picked, any display, a code; '' when it says nothing. */
export function conceptWords(concept: CodeableConcept | undefined): string {
  if (typeof concept !== 'object' || concept === null) return ''
  const own = text(concept.text)
  if (own) return own
  const codings = list(concept.coding)
  const seen = codings.map(descriptionSeen).find((words) => words !== '')
  if (seen) return seen
  const picked =
    codings.find((coding) => coding.userSelected === true && text(coding.display)) ??
    // The first is the author's own; but LOINC's long names are for laboratories, where SNOMED CT's term is beside them.
    firstTerm(codings.filter(({ display }) => text(display)))
  return text(picked?.display) || text(codings[0]?.code)
}

function firstTerm(shown: readonly Coding[]): Coding | undefined {
  const [first] = shown
  if (first?.system !== 'http://loinc.org') return first
  return shown.find(({ system }) => system === 'http://snomed.info/sct') ?? first
}

function descriptionSeen(coding: Coding): string {
  for (const extension of list(coding.extension)) {
    if (!descriptionDisplay.test(text(extension.url))) continue
    const direct = text(extension.valueString)
    if (direct) return direct
    const inner = list(extension.extension).find((part) => part.url === 'descriptionDisplay')
    if (text(inner?.valueString)) return text(inner?.valueString)
  }
  return ''
}

export function conceptList(concepts: readonly CodeableConcept[] | undefined): readonly string[] {
  return list(concepts)
    .map(conceptWords)
    .filter((words) => words !== '')
}

/** The code of a single-status concept such as clinicalStatus. */
export function statusCode(concept: CodeableConcept | undefined): string {
  return text(list(concept?.coding)[0]?.code).toLowerCase()
}

/** `WARD, Sarah (Mrs)` in parts; the source's own text when it gave no parts. */
export function nameParts(name: HumanName): { family: string; given: string; title: string; text: string } {
  const family = text(name.family)
  const given = list(name.given).map(text).filter(Boolean).join(' ')
  const title = list(name.prefix).map(text).filter(Boolean).join(' ')
  const parts = [[family, given].filter(Boolean).join(', '), title ? `(${title})` : ''].filter(Boolean).join(' ')
  return { family, given, title, text: family || given ? parts : text(name.text) }
}

/** `Dr Amina Khan`: as one speaks of a professional or a relative. */
export function spokenName(names: HumanName | readonly HumanName[] | undefined): string {
  const all = list<HumanName>(Array.isArray(names) ? names : [names])
  const name = all.find(({ use }) => use === 'official' || use === 'usual') ?? all[0]
  if (typeof name !== 'object' || name === null) return ''
  const parts = nameParts(name)
  return text(name.text) || [parts.title, parts.given, parts.family].filter(Boolean).join(' ')
}

export function addressWords(address: Address): string {
  const parts = [
    ...list(address.line).map(text),
    text(address.city),
    text(address.district),
    text(address.state),
    text(address.postalCode),
  ].filter(Boolean)
  return parts.length > 0 ? [...new Set(parts)].join(', ') : text(address.text)
}

export function phoneWords(telecoms: readonly ContactPoint[] | undefined): string {
  const phones = list(telecoms).filter(
    (one) =>
      (one.system === 'phone' || one.system === 'sms' || one.system === undefined) &&
      one.use !== 'old' &&
      text(one.value),
  )
  return text(
    (phones.find((one) => one.use === 'mobile') ?? phones.find((one) => one.use === 'home') ?? phones[0])?.value,
  )
}

/** A role leads to its person and its organisation; more steps than these no sender means, and a ring of references has no end. */
const stepsMax = 8

/**
 * Whom or what a reference names: its display, the resource it leads to, its identifier; '' when none.
 * References that lead back to themselves end where they repeat, and what else is said on the way is kept (hazard H-80).
 */
export function referenceWords(held: Held, reference: Reference | undefined, from: FhirResource): string {
  return wordsAlong(held, reference, { from, passed: [] })
}

type Way = {
  /** What holds the reference, and what it contains. */
  readonly from: FhirResource
  readonly passed: readonly FhirResource[]
}

function wordsAlong(held: Held, reference: Reference | undefined, { from, passed }: Way): string {
  if (typeof reference !== 'object' || reference === null) return ''
  const shown = text(reference.display)
  if (shown) return shown
  const address = reference.reference
  const target = held.follow(address, from)
  const goesOn = target !== undefined && !passed.includes(target) && passed.length < stepsMax
  // What is contained refers to its neighbours, which only the resource around them holds.
  const around = typeof address === 'string' && address.startsWith('#') ? from : target
  return (
    (goesOn && around && resourceName(held, target, { from: around, passed: [...passed, target] })) ||
    identifierWords(reference.identifier)
  )
}

function resourceName(held: Held, target: FhirResource, way: Way): string {
  switch (target.resourceType) {
    case 'Practitioner':
    case 'RelatedPerson':
    case 'Patient':
      return spokenName(target.name)
    case 'PractitionerRole': {
      const name = wordsAlong(held, target.practitioner, way)
      const role = conceptList(target.code)[0] ?? conceptList(target.specialty)[0]
      return name && role ? `${name} (${role})` : name || (role ?? wordsAlong(held, target.organization, way))
    }
    case 'Organization':
    case 'Location':
    case 'HealthcareService':
      return text(target.name)
    case 'Medication':
      return conceptWords(target.code)
    default:
      return 'code' in target ? conceptWords(target.code as CodeableConcept | undefined) : ''
  }
}

export function identifierWords(identifier: Identifier | undefined): string {
  return text(identifier?.value)
}

const comparators = new Set(['<', '<=', '>=', '>'])

export function comparatorOf(quantity: Quantity): '' | '<' | '<=' | '>=' | '>' {
  return comparators.has(quantity.comparator ?? '') ? (quantity.comparator as '<' | '<=' | '>=' | '>') : ''
}

const printed: Readonly<Record<string, string>> = {
  'mm[Hg]': 'mmHg',
  Cel: '°C',
  '[in_us]': 'in',
  '[in_i]': 'in',
  '[lb_av]': 'lb',
  '10*9/L': '10^9/L',
  '10*12/L': '10^12/L',
  '{beats}/min': '/min',
  '{breaths}/min': '/min',
  'mL/min/{1.73_m2}': 'mL/min/1.73m²',
  // UK Core's examples spell them out; no chart or form in the country does.
  'millimeter of mercury': 'mmHg',
  kilogram: 'kg',
  centimeter: 'cm',
  'beats/minute': 'beats/min',
  'breaths/minute': 'breaths/min',
}

/** The unit as its source printed it, else its UCUM code, in the print of the UK where that differs. Never converted. */
export function unitWords(quantity: Quantity): string {
  const unit = text(quantity.unit) || text(quantity.code)
  return printed[unit] ?? unit
}

/** `44 mL/min/1.73m2`, `<5 mg/L`; the number as the source wrote it. */
export function quantityWords(quantity: Quantity | undefined): string {
  if (typeof quantity !== 'object' || quantity === null || typeof quantity.value !== 'number') return ''
  const unit = unitWords(quantity)
  return `${comparatorOf(quantity)}${numberText(quantity)}${unit === '%' ? '%' : unit ? ` ${unit}` : ''}`
}

export function rangeWords(range: Range | undefined): string {
  if (typeof range !== 'object' || range === null) return ''
  const [low, high] = [range.low, range.high].map((end) => (typeof end?.value === 'number' ? numberText(end) : ''))
  const unit = unitWords(range.high ?? range.low ?? {})
  const tail = unit ? ` ${unit}` : ''
  if (low && high) return `${low} to ${high}${tail}`
  if (low) return `${low}${tail} or more`
  return high ? `up to ${high}${tail}` : ''
}

export function ratioWords(ratio: Ratio | undefined): string {
  const [top, bottom] = [quantityWords(ratio?.numerator), quantityWords(ratio?.denominator)]
  return bottom && bottom !== '1' ? `${top} per ${bottom}` : top
}

/** The dosage in the prescriber's words; built from its structure only when it has none. '' when not recorded. */
export function dosageWords(dosages: readonly Dosage[] | undefined): string {
  return list(dosages).map(oneDosage).filter(Boolean).join('; ')
}

function oneDosage(dosage: Dosage): string {
  const own = text(dosage.text)
  const extra = text(dosage.patientInstruction)
  if (own) return extra && extra !== own ? `${own}. ${extra}` : own
  const rate = list(dosage.doseAndRate)[0]
  const amount = quantityWords(rate?.doseQuantity) || rangeWords(rate?.doseRange)
  const speed = quantityWords(rate?.rateQuantity) || rangeWords(rate?.rateRange) || ratioWords(rate?.rateRatio)
  const asNeeded =
    dosage.asNeededBoolean === true
      ? 'as needed'
      : dosage.asNeededCodeableConcept
        ? `as needed for ${conceptWords(dosage.asNeededCodeableConcept)}`
        : ''
  return [
    amount,
    speed && `at ${speed}`,
    timingWords(dosage.timing),
    conceptWords(dosage.route),
    asNeeded,
    ...conceptList(dosage.additionalInstruction),
    extra,
  ]
    .filter(Boolean)
    .join(', ')
}

const units: Readonly<Record<string, string>> = {
  s: 'second',
  min: 'minute',
  h: 'hour',
  d: 'day',
  wk: 'week',
  mo: 'month',
  a: 'year',
}

function timingWords(timing: Timing | undefined): string {
  const said = conceptWords(timing?.code)
  if (said) return said
  const repeat = timing?.repeat
  if (typeof repeat !== 'object' || repeat === null) return ''
  const unit = units[repeat.periodUnit ?? ''] ?? ''
  const times =
    repeat.frequency === 1
      ? 'once'
      : repeat.frequency === 2
        ? 'twice'
        : repeat.frequency
          ? `${repeat.frequency} times`
          : ''
  const every = unit && repeat.period ? (repeat.period === 1 ? `a ${unit}` : `every ${repeat.period} ${unit}s`) : ''
  return [[times, every].filter(Boolean).join(' '), ...list(repeat.when), ...list(repeat.timeOfDay)]
    .filter(Boolean)
    .join(' ')
}

/** Parts as sentences, each ended once, however its source ended it; nothing for a part that says nothing. */
export function sentences(...parts: readonly (string | false | undefined)[]): string {
  return parts
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .map((part, index, all) => (index < all.length - 1 ? part.replace(/\.$/, '') : part))
    .map((part, index, all) => (index < all.length - 1 && !/[!?]$/.test(part) ? `${part}.` : part))
    .join(' ')
}

export function sentence(words: string): string {
  const spaced = words.replaceAll('-', ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}
