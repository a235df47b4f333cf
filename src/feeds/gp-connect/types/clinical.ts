/** Allergies, problems, observations, consultations, procedures, reports and vaccinations, STU3 to R4. */
import { byAddress, partsOf } from '../extensions.ts'
import { copy, isObject, use } from '../reading.ts'
import {
  applyRules,
  concept,
  type Draft,
  first,
  keep,
  kept,
  keptChoice,
  listed,
  noted,
  notSaid,
  put,
  type Rule,
  recoded,
  renamed,
  type TypeRules,
  tell,
  within,
} from '../rules.ts'

const hl7 = 'http://terminology.hl7.org/CodeSystem'
const r3 = 'http://hl7.org/fhir/3.0/StructureDefinition/extension'

function isEnteredInError(to: Draft): boolean {
  return JSON.stringify(to.made.verificationStatus ?? '').includes('"entered-in-error"')
}

/** R4 invariants ait-1, ait-2 and con-5: there unless entered in error, and then not. */
function fitClinicalStatus(to: Draft): void {
  // A sender that says both "mistake" and "active" is believed in the first.
  if (isEnteredInError(to)) delete to.made.clinicalStatus
  else if (to.type === 'AllergyIntolerance') to.made.clinicalStatus ??= notSaid
}

type ReadEnd = NonNullable<TypeRules['extensions']>[string]

/** When and why an allergy ended: in R4 it stands on the status that it explains. */
const allergyEnd: ReadEnd = (extension, place, to, reading) => {
  const parts = partsOf(extension, place).flatMap(([part, at]) =>
    part.url === 'endDate' || part.url === 'reasonEnded' ? [copy(part, at, reading)].filter(isObject) : [],
  )
  if (parts.length === 0) return
  reading.used.add(`${place}.url`)
  const status = isObject(to.made.clinicalStatus) ? to.made.clinicalStatus : {}
  const url = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AllergyIntoleranceEnd'
  to.made.clinicalStatus = { ...status, extension: [{ url, extension: parts }] }
  to.lineage.push({ to: 'clinicalStatus.extension[0]', from: place, rule: 'STU3 AllergyIntoleranceEnd extension' })
}

const allergyIntolerance: TypeRules = {
  to: 'AllergyIntolerance',
  elements: {
    ...kept(
      'identifier',
      'type',
      'category',
      'criticality',
      'code',
      'patient',
      'recorder',
      'asserter',
      'lastOccurrence',
    ),
    ...kept('note', 'reaction'),
    ...keptChoice('onset', 'DateTime', 'Age', 'Period', 'Range', 'String'),
    clinicalStatus: (from, to) => {
      const ended = isObject(to.made.clinicalStatus) ? to.made.clinicalStatus.extension : undefined
      concept('clinicalStatus', `${hl7}/allergyintolerance-clinical`)(from, to)
      if (ended !== undefined) Object.assign(to.made.clinicalStatus ?? {}, { extension: ended })
    },
    verificationStatus: concept('verificationStatus', `${hl7}/allergyintolerance-verification`),
    assertedDate: renamed('recordedDate'),
  },
  extensions: byAddress({ AllergyIntoleranceEnd: allergyEnd }),
  complete: fitClinicalStatus,
}

const condition: TypeRules = {
  to: 'Condition',
  elements: {
    ...kept('identifier', 'category', 'severity', 'code', 'bodySite', 'subject', 'asserter', 'evidence', 'note'),
    ...keptChoice('onset', 'DateTime', 'Age', 'Period', 'Range', 'String'),
    ...keptChoice('abatement', 'DateTime', 'Age', 'Period', 'Range', 'String'),
    clinicalStatus: concept('clinicalStatus', `${hl7}/condition-clinical`),
    // 'unknown' is no R4 code and says nothing: it stays in the original.
    verificationStatus: (from, to) => {
      if (from.value !== 'unknown') concept('verificationStatus', `${hl7}/condition-ver-status`)(from, to)
    },
    assertedDate: renamed('recordedDate'),
    context: renamed('encounter'),
    stage: listed(),
  },
  complete: fitClinicalStatus,
}

/** R4 split `related` by its type; what became of the rarer types is an extension of the version before. */
const related: Rule = (from, to) => {
  if (!Array.isArray(from.value)) return
  const homes: Readonly<Record<string, string>> = { 'has-member': 'hasMember', 'derived-from': 'derivedFrom' }
  for (const [index, item] of from.value.entries()) {
    if (!isObject(item)) continue
    const at = `${from.place}[${index}]`
    const target = copy(item.target, `${at}.target`, from.reading)
    if (target === undefined) continue
    use(item.type, `${at}.type`, from.reading)
    const type = typeof item.type === 'string' ? item.type : 'unspecified'
    const home = Object.hasOwn(homes, type) ? homes[type] : undefined
    if (home === undefined) {
      const extension = {
        url: `${r3}-Observation.related`,
        extension: [
          { url: 'type', valueCode: type },
          { url: 'target', valueReference: target },
        ],
      }
      to.made.extension = [...(Array.isArray(to.made.extension) ? to.made.extension : []), extension]
    } else {
      to.made[home] = [...(Array.isArray(to.made[home]) ? to.made[home] : []), target]
      tell(to, home, { place: at, name: 'related' })
    }
  }
}

const observationValues = keptChoice(
  'value',
  'Quantity',
  'CodeableConcept',
  'String',
  'Boolean',
  'Range',
  'Ratio',
  'SampledData',
  'Time',
  'DateTime',
  'Period',
)

const observation: TypeRules = {
  to: 'Observation',
  elements: {
    ...kept(
      'identifier',
      'basedOn',
      'status',
      'category',
      'code',
      'subject',
      'issued',
      'performer',
      'dataAbsentReason',
    ),
    ...kept('bodySite', 'method', 'specimen', 'device', 'referenceRange'),
    ...keptChoice('effective', 'DateTime', 'Period'),
    ...observationValues,
    interpretation: listed(),
    context: renamed('encounter'),
    comment: noted,
    related,
    component: within('component', {
      ...kept('code', 'dataAbsentReason', 'referenceRange'),
      ...observationValues,
      interpretation: listed(),
    }),
  },
}

/** R4 requires the class of an encounter; GP Connect consultations have none. */
function encounterClass(to: Draft): void {
  to.made.class ??= notSaid
}

const encounter: TypeRules = {
  to: 'Encounter',
  elements: {
    ...kept(
      'identifier',
      'status',
      'statusHistory',
      'class',
      'classHistory',
      'type',
      'priority',
      'subject',
      'episodeOfCare',
    ),
    ...kept('participant', 'period', 'length', 'account', 'hospitalization', 'location', 'serviceProvider', 'partOf'),
    incomingReferral: renamed('basedOn'),
    appointment: listed(),
    reason: renamed('reasonCode'),
    diagnosis: within('diagnosis', { ...kept('condition', 'rank'), role: renamed('use') }),
  },
  complete: encounterClass,
}

const procedure: TypeRules = {
  to: 'Procedure',
  elements: {
    ...kept(
      'identifier',
      'basedOn',
      'partOf',
      'category',
      'code',
      'subject',
      'location',
      'reasonCode',
      'reasonReference',
    ),
    ...kept('bodySite', 'outcome', 'report', 'complication', 'complicationDetail', 'followUp', 'note', 'focalDevice'),
    ...kept('usedReference', 'usedCode'),
    ...keptChoice('performed', 'DateTime', 'Period'),
    status: recoded('status', { suspended: 'on-hold', aborted: 'stopped' }),
    context: renamed('encounter'),
    notDoneReason: renamed('statusReason'),
    performer: within('performer', { ...kept('actor', 'onBehalfOf'), role: renamed('function') }),
    notDone: keepsAside,
  },
  complete: (to) => {
    // "Not done" turns the meaning round: it must never be lost behind a status.
    if (to.source.notDone === true && to.made.status !== 'entered-in-error') to.made.status = 'not-done'
  },
}

/** Read by `complete`, together with its neighbours. */
function keepsAside(from: Parameters<Rule>[0], to: Draft): void {
  if (typeof from.value !== 'boolean') return
  use(from.value, from.place, from.reading)
  if (from.value) tell(to, 'status', from)
}

const diagnosticReport: TypeRules = {
  to: 'DiagnosticReport',
  elements: {
    ...kept('identifier', 'basedOn', 'status', 'code', 'subject', 'issued', 'specimen', 'result', 'imagingStudy'),
    ...kept('conclusion', 'presentedForm'),
    ...keptChoice('effective', 'DateTime', 'Period'),
    category: listed(),
    context: renamed('encounter'),
    codedDiagnosis: renamed('conclusionCode'),
    image: within('media', kept('comment', 'link')),
    performer: (from, to) => {
      const all = (Array.isArray(from.value) ? from.value : [from.value]).flatMap((item, index) => {
        if (!isObject(item)) return []
        const at = `${from.place}[${index}]`
        const actor = copy(
          isObject(item.actor) ? item.actor : item,
          isObject(item.actor) ? `${at}.actor` : at,
          from.reading,
        )
        if (!isObject(actor)) return []
        const role = copy(item.role, `${at}.role`, from.reading)
        const extension = { url: `${r3}-DiagnosticReport.performer.role`, valueCodeableConcept: role }
        return [role === undefined ? actor : { ...actor, extension: [extension] }]
      })
      if (all.length === 0) return
      to.made.performer = all
      tell(to, 'performer', from)
    },
  },
}

const specimen: TypeRules = {
  to: 'Specimen',
  elements: kept(
    'identifier',
    'accessionIdentifier',
    'status',
    'type',
    'subject',
    'receivedTime',
    'parent',
    'request',
    'collection',
    'processing',
    'container',
    'note',
  ),
}

const immunization: TypeRules = {
  to: 'Immunization',
  elements: {
    ...kept(
      'identifier',
      'vaccineCode',
      'patient',
      'encounter',
      'primarySource',
      'reportOrigin',
      'location',
      'manufacturer',
    ),
    ...kept('lotNumber', 'expirationDate', 'site', 'route', 'doseQuantity', 'note', 'reaction', 'status'),
    date: renamed('occurrenceDateTime'),
    notGiven: keepsAside,
    practitioner: within('performer', { actor: keep, role: renamed('function') }),
    explanation: (from, to) => {
      if (!isObject(from.value)) return
      const rules = { reason: renamed('reasonCode'), reasonNotGiven: first('statusReason') }
      applyRules(rules, from.value, from.place, to, from.reading)
    },
    vaccinationProtocol: within(
      'protocolApplied',
      {
        ...kept('series', 'authority', 'targetDisease'),
        doseSequence: renamed('doseNumberPositiveInt'),
        seriesDoses: renamed('seriesDosesPositiveInt'),
      },
      (part) => {
        if (part.made.doseNumberPositiveInt === undefined) part.made._doseNumberString = notSaid
      },
    ),
  },
  extensions: byAddress({ DateRecorded: dateRecorded }),
  complete: (to) => {
    // A vaccination that was not given must never read as given (hazard: opposite meaning).
    if (to.source.notGiven === true && to.made.status !== 'entered-in-error') to.made.status = 'not-done'
    if (to.made.occurrenceDateTime === undefined) to.made._occurrenceDateTime ??= notSaid
  },
}

function dateRecorded(...[extension, place, to, reading]: Parameters<ReadEnd>): void {
  if (typeof extension.valueDateTime !== 'string') return
  use(extension, place, reading)
  to.made.recorded = extension.valueDateTime
  to.lineage.push({ to: 'recorded', from: `${place}.valueDateTime`, rule: 'STU3 DateRecorded extension' })
}

const familyMemberHistory: TypeRules = {
  to: 'FamilyMemberHistory',
  elements: {
    ...kept(
      'identifier',
      'status',
      'patient',
      'date',
      'name',
      'relationship',
      'estimatedAge',
      'reasonCode',
      'reasonReference',
    ),
    ...kept('note', 'condition'),
    ...keptChoice('born', 'Period', 'Date', 'String'),
    ...keptChoice('age', 'Age', 'Range', 'String'),
    ...keptChoice('deceased', 'Boolean', 'Age', 'Range', 'Date', 'String'),
    gender: (from, to) => {
      if (typeof from.value !== 'string') return put(to, 'sex', from)
      use(from.value, from.place, from.reading)
      to.made.sex = { coding: [{ system: 'http://hl7.org/fhir/administrative-gender', code: from.value }] }
      tell(to, 'sex', from)
    },
  },
}

export const clinical = {
  AllergyIntolerance: allergyIntolerance,
  Condition: condition,
  Observation: observation,
  Encounter: encounter,
  Procedure: procedure,
  DiagnosticReport: diagnosticReport,
  Specimen: specimen,
  Immunization: immunization,
  FamilyMemberHistory: familyMemberHistory,
} as const satisfies Readonly<Record<string, TypeRules>>
