/**
 * Which facts stand in a section, and what is said where none does. Nobody's silence becomes a "none": a section without entries says that
 * there is no information, that it could not be had, or that it is withheld (hazard H-42).
 * @see IPS 2.0.0, Empty Sections and Missing Data; CodeSystem absent-unknown-uv-ips; FHIR R4 valueset-list-empty-reason.html
 */
import type { AllergyIntolerance, CodeableConcept, Condition, MedicationStatement } from 'fhir/r4.js'
import { whyEmpty } from '../absence.ts'
import type { Origin, PersonRecord } from '../model.ts'
import type { SummaryKey, SummaryLine } from './summarise.ts'

export type SectionState = {
  readonly key: SummaryKey
  readonly record: PersonRecord
  /** Whoever asks may not read all of its types. */
  readonly isWithheld: boolean
}

/** Origins of the entries, in the order of the lines. */
export function sectionEntries(
  { key, record, isWithheld }: SectionState,
  lines: readonly SummaryLine[],
  types: ReadonlySet<string>,
): readonly Origin[] {
  const entries = lines.flatMap(({ origins }) => origins).filter(({ type }) => types.has(type))
  switch (key) {
    case 'allergies': {
      // A list marked "nil known" is no entry: it is told by the reason. What is withheld may contradict a "none".
      const of = entries.filter(({ type }) => type === 'AllergyIntolerance')
      const none = new Set(record.allergies.negatives.flatMap(({ origins }) => origins).map(({ id }) => id))
      const known = record.allergies.state === 'known-allergies'
      if (record.allergies.state === 'unavailable' || (isWithheld && !known)) return []
      return of.filter(({ id }) => known || !isWithheld || !none.has(id))
    }
    case 'problems':
      // Only past ones: they say more than "no information" would.
      return entries.length > 0
        ? entries
        : record.problems
            .filter(({ status }) => status !== 'entered-in-error')
            .flatMap(({ origins }) => origins)
            .slice(0, 60)
    case 'medicines':
      return entries.length > 0
        ? entries
        : record.medicines
            .filter(({ status }) => status !== 'entered-in-error')
            .flatMap(({ sayings }) => sayings.flatMap(({ origins }) => origins.slice(0, 1)))
            .slice(0, 60)
    default:
      return entries
  }
}

const reasons = {
  nilknown: 'Nil Known',
  unavailable: 'Unavailable',
  withheld: 'Information Withheld',
} as const

/** Why a section has no entry. */
export function emptyReason({ key, record, isWithheld }: SectionState): CodeableConcept {
  const code: keyof typeof reasons = isWithheld
    ? 'withheld'
    : key === 'allergies' && record.allergies.state === 'no-known-allergies'
      ? 'nilknown'
      : 'unavailable'
  return {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code, display: reasons[code] }],
  }
}

const absentSystem = 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips'
const coded = (code: string, display: string): CodeableConcept => ({
  coding: [{ system: absentSystem, code, display }],
  text: display,
})

/** A statement of our own that there is no information; undefined where the reason for the gap says more. */
export function absentStatement(
  { key, record, isWithheld }: SectionState,
  { id, subject }: { readonly id: string; readonly subject: string },
): ((AllergyIntolerance | Condition | MedicationStatement) & { readonly id: string }) | undefined {
  if (isWithheld || whyEmpty(record.sources).kind === 'not-available') return undefined
  const person = { reference: subject }
  switch (key) {
    case 'allergies':
      return record.allergies.state === 'not-recorded'
        ? {
            resourceType: 'AllergyIntolerance',
            id,
            clinicalStatus: {
              coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
            },
            code: coded('no-allergy-info', 'No information about allergies'),
            patient: person,
          }
        : undefined
    case 'problems':
      return {
        resourceType: 'Condition',
        id,
        clinicalStatus: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
        },
        code: coded('no-problem-info', 'No information about problems'),
        subject: person,
      }
    case 'medicines':
      return {
        resourceType: 'MedicationStatement',
        id,
        status: 'unknown',
        medicationCodeableConcept: coded('no-medication-info', 'No information about medications'),
        subject: person,
        _effectiveDateTime: {
          extension: [
            { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'not-applicable' },
          ],
        },
      }
    default:
      return undefined
  }
}
