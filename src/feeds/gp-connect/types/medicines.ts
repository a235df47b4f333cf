/**
 * Medicines, STU3 to R4. A GP Connect medicine is three resources (statement, plan, one order per issue) that point at each other by
 * `basedOn`; they stay three here, and the record shows one row.
 */
import { byAddress, partsOf } from '../extensions.ts'
import { copy, isObject, type Json, use } from '../reading.ts'
import {
  addExtensions,
  type Draft,
  kept,
  keptChoice,
  listed,
  type Rule,
  recoded,
  renamed,
  type TypeRules,
  within,
} from '../rules.ts'

const ukCore = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-'

type ReadIntoElement = NonNullable<TypeRules['extensions']>[string]

/** Dose and rate stand together in R4, so that several can be told apart. */
function dosage(name: string): Rule {
  const doses = ['doseRange', 'doseQuantity', 'rateRatio', 'rateRange', 'rateQuantity']
  const dose: Rule = (from, to) => {
    const value = copy(from.value, from.place, from.reading)
    if (value === undefined) return
    const doseAndRate = Array.isArray(to.made.doseAndRate) ? (to.made.doseAndRate[0] as Json) : {}
    to.made.doseAndRate = [{ ...doseAndRate, [from.name]: value }]
  }
  return within(name, {
    ...kept('sequence', 'text', 'additionalInstruction', 'patientInstruction', 'timing', 'site', 'route', 'method'),
    ...kept('maxDosePerPeriod', 'maxDosePerAdministration', 'maxDosePerLifetime', 'doseAndRate'),
    ...keptChoice('asNeeded', 'Boolean', 'CodeableConcept'),
    ...Object.fromEntries(doses.map((each) => [each, dose])),
  })
}

/** R4 asks who, and no longer on whose behalf: that stays as an extension of the version before. */
export function requester(type: string): Rule {
  return (from, to) => {
    if (!isObject(from.value)) return
    const isPair = isObject(from.value.agent)
    const who = isPair
      ? copy(from.value.agent, `${from.place}.agent`, from.reading)
      : copy(from.value, from.place, from.reading)
    if (!isObject(who)) return
    const behalf = isPair ? copy(from.value.onBehalfOf, `${from.place}.onBehalfOf`, from.reading) : undefined
    const url = `http://hl7.org/fhir/3.0/StructureDefinition/extension-${type}.requester.onBehalfOf`
    to.made.requester = behalf === undefined ? who : { ...who, extension: [{ url, valueReference: behalf }] }
    if (isPair)
      to.lineage.push({ to: 'requester', from: `${from.place}.agent`, rule: `STU3 ${to.type}.requester.agent` })
  }
}

const medication: TypeRules = {
  to: 'Medication',
  elements: {
    ...kept('identifier', 'code', 'manufacturer', 'form'),
    status: recoded('status', {}),
    ingredient: within('ingredient', {
      ...kept('isActive', 'itemCodeableConcept', 'itemReference', 'strength'),
      amount: renamed('strength'),
    }),
    // A package holds batches; its container and content have no home in R4.
    package: (from, to) => {
      if (!isObject(from.value) || !Array.isArray(from.value.batch)) return
      const batch = copy(from.value.batch[0], `${from.place}.batch[0]`, from.reading)
      if (batch === undefined) return
      to.made.batch = batch
      to.lineage.push({ to: 'batch', from: `${from.place}.batch[0]`, rule: 'STU3 Medication.package.batch' })
    },
  },
}

const medicationStatement: TypeRules = {
  to: 'MedicationStatement',
  elements: {
    ...kept(
      'identifier',
      'basedOn',
      'partOf',
      'context',
      'status',
      'category',
      'subject',
      'dateAsserted',
      'informationSource',
    ),
    ...kept('derivedFrom', 'reasonCode', 'reasonReference', 'note'),
    ...keptChoice('medication', 'CodeableConcept', 'Reference'),
    ...keptChoice('effective', 'DateTime', 'Period'),
    reasonNotTaken: renamed('statusReason'),
    dosage: dosage('dosage'),
    taken: (from, to) => {
      if (typeof from.value !== 'string' || from.value === '') return
      use(from.value, from.place, from.reading)
      const url = 'http://hl7.org/fhir/3.0/StructureDefinition/extension-MedicationStatement.taken'
      addExtensions(to, [{ url, valueCode: from.value }])
    },
  },
  complete: (to) => {
    // "unk" and "na" (all that GP Connect sends) leave the status as it is; "n" says that the person does not take it.
    if (to.source.taken !== 'n' || to.made.status === 'entered-in-error') return
    to.made.status = 'not-taken'
  },
}

/** Repeats allowed are an element of R4; repeats issued and the expiry a UK Core extension. */
const repeatInformation: ReadIntoElement = (extension, place, to, reading) => {
  const kept: Json[] = []
  for (const [part, at] of partsOf(extension, place)) {
    const allowed = part.valuePositiveInt ?? part.valueUnsignedInt
    if (part.url === 'numberOfRepeatPrescriptionsAllowed' && allowed !== undefined) {
      const request = isObject(to.made.dispenseRequest) ? to.made.dispenseRequest : {}
      to.made.dispenseRequest = { ...request, numberOfRepeatsAllowed: allowed }
      to.lineage.push({
        to: 'dispenseRequest.numberOfRepeatsAllowed',
        from: at,
        rule: 'STU3 MedicationRepeatInformation extension',
      })
    } else if (part.url === 'numberOfRepeatPrescriptionsIssued') {
      kept.push({ ...withoutUrl(part), url: 'numberOfPrescriptionsIssued' })
    } else if (part.url === 'authorisationExpiryDate')
      kept.push({ ...withoutUrl(part), url: 'authorisationExpiryDate' })
    else continue
    use(part, at, reading)
    reading.used.add(`${place}.url`)
  }
  if (kept.length > 0) addExtensions(to, [{ url: `${ukCore}MedicationRepeatInformation`, extension: kept }])
}

function withoutUrl({ url: _, ...rest }: Json): Json {
  return rest
}

/** Why a medicine was stopped is an element of R4, and when, an element of R5 that may already be sent as an extension. */
const statusReason: ReadIntoElement = (extension, place, to, reading) => {
  for (const [part, at] of partsOf(extension, place)) {
    if (part.url === 'statusReason') {
      const reason = copy(part.valueCodeableConcept, `${at}.valueCodeableConcept`, reading)
      if (reason === undefined) continue
      to.made.statusReason = reason
      to.lineage.push({
        to: 'statusReason',
        from: `${at}.valueCodeableConcept`,
        rule: 'STU3 MedicationStatusReason extension',
      })
    } else if (part.url === 'statusChangeDate' && typeof part.valueDateTime === 'string') {
      use(part.valueDateTime, `${at}.valueDateTime`, reading)
      const url = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-MedicationRequest.statusChanged'
      addExtensions(to, [{ url, valueDateTime: part.valueDateTime }])
    } else continue
    reading.used.add(`${at}.url`).add(`${place}.url`)
  }
}

const hl7Course = 'http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy'
const courses: Readonly<Record<string, { readonly system: string; readonly code: string }>> = {
  acute: { system: hl7Course, code: 'acute' },
  repeat: { system: hl7Course, code: 'continuous' },
  'repeat-dispensing': {
    system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-MedicationRequestCourseOfTherapy',
    code: 'continuous-repeating-dispensing',
  },
}

/** Acute, repeat, repeat dispensing: R4 calls it the course of therapy. The sender's own code stays beside ours. */
const prescriptionType: ReadIntoElement = (extension, place, to, reading) => {
  const type = copy(extension.valueCodeableConcept, `${place}.valueCodeableConcept`, reading)
  if (!isObject(type)) return
  reading.used.add(`${place}.url`)
  const sent = Array.isArray(type.coding) ? type.coding.filter(isObject) : []
  const mapped = sent.flatMap(({ code }) =>
    typeof code === 'string' && Object.hasOwn(courses, code) ? (courses[code] ?? []) : [],
  )
  to.made.courseOfTherapyType = sent.length > 0 ? { ...type, coding: [...mapped, ...sent] } : type
  to.lineage.push({
    to: 'courseOfTherapyType',
    from: `${place}.valueCodeableConcept`,
    rule: 'STU3 PrescriptionType extension',
  })
}

const medicationRequest: TypeRules = {
  to: 'MedicationRequest',
  elements: {
    ...kept(
      'identifier',
      'basedOn',
      'groupIdentifier',
      'status',
      'intent',
      'priority',
      'subject',
      'authoredOn',
      'recorder',
    ),
    ...kept('reasonCode', 'reasonReference', 'note', 'priorPrescription', 'detectedIssue', 'eventHistory'),
    ...keptChoice('medication', 'CodeableConcept', 'Reference'),
    category: listed(),
    supportingInformation: renamed('supportingInformation'),
    context: renamed('encounter'),
    requester: requester('MedicationRequest'),
    dosageInstruction: dosage('dosageInstruction'),
    dispenseRequest: (from, to) => {
      const repeats = isObject(to.made.dispenseRequest) ? to.made.dispenseRequest : {}
      const request = copy(from.value, from.place, from.reading)
      if (isObject(request)) to.made.dispenseRequest = { ...request, ...repeats }
    },
    substitution: within('substitution', {
      allowed: renamed('allowedBoolean'),
      reason: (from, to) => {
        const reason = copy(from.value, from.place, from.reading)
        if (reason !== undefined) to.made.reason = reason
      },
    }),
  },
  extensions: byAddress({
    MedicationRepeatInformation: repeatInformation,
    MedicationStatusReason: statusReason,
    PrescriptionType: prescriptionType,
  }),
  // R4 requires a status; STU3 did not.
  complete: (to: Draft) => {
    to.made.status ??= 'unknown'
  },
}

const medicationDispense: TypeRules = {
  to: 'MedicationDispense',
  elements: {
    ...kept(
      'identifier',
      'partOf',
      'category',
      'subject',
      'context',
      'supportingInformation',
      'authorizingPrescription',
    ),
    ...kept('type', 'quantity', 'daysSupply', 'whenPrepared', 'whenHandedOver', 'destination', 'receiver', 'note'),
    ...kept('detectedIssue', 'eventHistory'),
    ...keptChoice('medication', 'CodeableConcept', 'Reference'),
    status: recoded('status', { preparation: 'preparation' }),
    performer: within('performer', kept('actor')),
    dosageInstruction: dosage('dosageInstruction'),
    notDoneCodeableConcept: renamed('statusReasonCodeableConcept'),
    notDoneReference: renamed('statusReasonReference'),
  },
  complete: (to) => {
    to.made.status ??= 'unknown'
  },
}

export const medicines = {
  Medication: medication,
  MedicationStatement: medicationStatement,
  MedicationRequest: medicationRequest,
  MedicationDispense: medicationDispense,
} as const satisfies Readonly<Record<string, TypeRules>>
