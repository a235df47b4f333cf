/** Allergies and problems, STU3 to R4. */
import { byAddress, partsOf } from '../extensions.ts'
import { copy, isObject } from '../reading.ts'
import { concept, type Draft, kept, keptChoice, listed, notSaid, renamed, type TypeRules } from '../rules.ts'

const hl7 = 'http://terminology.hl7.org/CodeSystem'

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

export const conditions = {
  AllergyIntolerance: allergyIntolerance,
  Condition: condition,
} as const satisfies Readonly<Record<string, TypeRules>>
