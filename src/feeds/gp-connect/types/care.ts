/** Consultations, procedures, vaccinations and family history, STU3 to R4. */
import { byAddress } from '../extensions.ts'
import { isObject, use } from '../reading.ts'
import {
  applyRules,
  type Draft,
  first,
  keep,
  kept,
  keptChoice,
  listed,
  notSaid,
  put,
  type Rule,
  recoded,
  renamed,
  type TypeRules,
  tell,
  within,
} from '../rules.ts'

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

type ReadIntoElement = NonNullable<TypeRules['extensions']>[string]

function dateRecorded(...[extension, place, to, reading]: Parameters<ReadIntoElement>): void {
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

export const care = {
  Encounter: encounter,
  Procedure: procedure,
  Immunization: immunization,
  FamilyMemberHistory: familyMemberHistory,
} as const satisfies Readonly<Record<string, TypeRules>>
