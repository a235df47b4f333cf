/** What the second practice knows of illness and treatment. */
import type { FhirResource } from 'fhir/r4.js'
import type { Day } from '../../src/base/index.ts'
import { allergens, reactions } from '../lives/allergens.ts'
import { conditions } from '../lives/conditions.ts'
import type { Life } from '../lives/life.ts'
import { type Medicine, medicines } from '../lives/medicines.ts'
import { vaccines } from '../lives/vaccines.ts'
import { addDays, dayOf, type Moment } from '../time.ts'
import { medicineConcept, requester, snomed, ukCore } from './gp-fhir-parts.ts'

export function problems({ diagnoses }: Life, patient: string): readonly FhirResource[] {
  return diagnoses.map(({ condition, since }) => ({
    resourceType: 'Condition',
    id: `${patient}-${condition.toLowerCase()}`,
    meta: { profile: ukCore('Condition') },
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    verificationStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }],
    },
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/condition-category',
            code: 'problem-list-item',
            display: 'Problem List Item',
          },
        ],
      },
    ],
    code: { coding: [{ system: snomed, code: conditions[condition].snomed, display: conditions[condition].name }] },
    subject: { reference: `Patient/${patient}` },
    onsetDateTime: since,
    recordedDate: since,
  }))
}

export function allergyEntries({ allergies }: Life, patient: string): readonly FhirResource[] {
  return allergies
    .filter(({ toldTo }) => toldTo.includes('gp'))
    .map((allergy) => {
      const { snomed: code, name, category } = allergens[allergy.to]
      const reaction = allergy.reaction && reactions[allergy.reaction]
      return {
        resourceType: 'AllergyIntolerance',
        id: `${patient}-allergy-${allergy.to}`,
        meta: { profile: ukCore('AllergyIntolerance') },
        clinicalStatus: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
        },
        verificationStatus: {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', code: 'confirmed' },
          ],
        },
        ...(allergy.to === 'none' ? {} : { category: [category] }),
        code: { coding: [{ system: snomed, code, display: name }] },
        patient: { reference: `Patient/${patient}` },
        recordedDate: allergy.since,
        ...(reaction
          ? {
              reaction: [
                {
                  manifestation: [{ coding: [{ system: snomed, code: reaction.snomed, display: reaction.name }] }],
                  severity: allergy.severe ? ('severe' as const) : ('moderate' as const),
                },
              ],
            }
          : {}),
      }
    })
}

export function prescriptions({ courses }: Life, patient: string, now: Moment): readonly FhirResource[] {
  return courses
    .filter(({ by }) => by === 'gp')
    .map((course) => {
      const medicine: Medicine = medicines[course.medicine]
      const ended = course.until !== undefined
      return {
        resourceType: 'MedicationRequest',
        id: `${patient}-${course.medicine.toLowerCase()}`,
        meta: { profile: ukCore('MedicationRequest') },
        identifier: [
          { system: 'https://market-street.example/id/prescription', value: `${patient}-${course.medicine}` },
        ],
        status: ended ? (course.whyStopped === 'Course completed' ? 'completed' : 'stopped') : 'active',
        ...(ended && course.whyStopped ? { statusReason: { text: course.whyStopped } } : {}),
        intent: 'order',
        category: [
          {
            coding: [
              {
                system: 'http://terminology.hl7.org/CodeSystem/medicationrequest-category',
                code: 'community',
                display: 'Community',
              },
            ],
          },
        ],
        medicationCodeableConcept: medicineConcept(course.medicine),
        subject: { reference: `Patient/${patient}` },
        // A repeat prescription is issued again every four weeks.
        authoredOn: ended ? course.from : lastIssue(course.from, dayOf(now)),
        requester,
        dosageInstruction: [{ text: course.dose }],
        dispenseRequest: {
          validityPeriod: { start: course.from, ...(course.until === undefined ? {} : { end: course.until }) },
          quantity: { value: medicine.quantity, unit: medicine.unit },
          ...(ended
            ? {}
            : { expectedSupplyDuration: { value: 28, unit: 'day', system: 'http://unitsofmeasure.org', code: 'd' } }),
        },
        substitution: { allowedBoolean: false },
      }
    })
}

/** The last day, every 28 since the start, on which it was issued. */
function lastIssue(from: Day, today: Day): Day {
  const days = Math.floor((Date.parse(today) - Date.parse(from)) / 86_400_000)
  return addDays(from, Math.max(0, days - (days % 28)))
}

export function vaccinated({ vaccinations }: Life, patient: string): readonly FhirResource[] {
  return vaccinations.map(({ kind, on, batch }, at) => ({
    resourceType: 'Immunization',
    id: `${patient}-vaccine-${at}`,
    meta: { profile: ukCore('Immunization') },
    extension: [
      {
        url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure',
        valueCodeableConcept: {
          coding: [{ system: snomed, code: vaccines[kind].procedure, display: vaccines[kind].procedureName }],
        },
      },
    ],
    status: 'completed',
    vaccineCode:
      vaccines[kind].product === undefined
        ? { text: vaccines[kind].name }
        : { coding: [{ system: snomed, code: vaccines[kind].product, display: vaccines[kind].name }] },
    patient: { reference: `Patient/${patient}` },
    occurrenceDateTime: on,
    recorded: on,
    primarySource: true,
    lotNumber: batch,
  }))
}
