import type { Bundle, FhirResource } from 'fhir/r4.js'
import type { Course, Life } from '../lives/life.ts'
import { type Medicine, medicines } from '../lives/medicines.ts'
import { localNumber } from '../people/person.ts'
import { organisations } from '../sources.ts'
import { addDays, dayOf, isoStamp, type Moment, momentOf } from '../time.ts'
import { fhirPatient, medicineConcept, practice, putEntry, testLabel } from './gp-fhir-parts.ts'
import { type DemoMessage, laneOf, utf8 } from './message.ts'

/** The community pharmacy: FHIR R4 dispensing, one transaction a person with the last supplies of each medicine. */
export function dispenseMessages(life: Life, now: Moment): readonly DemoMessage[] {
  const supplies = life.courses.flatMap((course) => suppliesOf(life, course, now))
  if (supplies.length === 0) return []
  const { person } = life
  const id = localNumber(person, 'bridge-pharmacy')
  const resources: readonly FhirResource[] = [
    practice('bridge-pharmacy'),
    fhirPatient(life, 'bridge-pharmacy', id),
    ...supplies,
  ]
  const bundle: Bundle = {
    resourceType: 'Bundle',
    meta: { security: [testLabel] },
    type: 'transaction',
    timestamp: isoStamp(now),
    entry: resources.map(putEntry('https://bridge-pharmacy.example/fhir')),
  }
  return [
    {
      source: 'bridge-pharmacy',
      name: `${person.id}-bridge-pharmacy.json`,
      bytes: utf8(JSON.stringify(bundle)),
      door: 'http',
      contentType: 'application/fhir+json',
      lane: laneOf(person),
      person: person.id,
      expect: 'applied',
    },
  ]
}

function suppliesOf(life: Life, course: Course, now: Moment): readonly FhirResource[] {
  const supplied = course.suppliedAs ?? course.medicine
  const medicine: Medicine = medicines[supplied]
  const patient = localNumber(life.person, 'bridge-pharmacy')
  const last = course.until ?? life.person.diedOn ?? dayOf(now)
  const once = course.whyStopped === 'Course completed'
  const days = once
    ? [course.from]
    : [addDays(last, -59), addDays(last, -31), addDays(last, -3)].filter((day) => day >= course.from)
  return days.map((day) => ({
    resourceType: 'MedicationDispense',
    id: `${patient}-${supplied.toLowerCase()}-${day}`,
    meta: { profile: ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-MedicationDispense'] },
    identifier: [{ system: 'https://bridge-pharmacy.example/id/supply', value: `${patient}-${supplied}-${day}` }],
    status: 'completed',
    category: {
      coding: [
        {
          system: 'http://terminology.hl7.org/fhir/CodeSystem/medicationdispense-category',
          code: 'community',
          display: 'Community',
        },
      ],
    },
    medicationCodeableConcept: medicineConcept(supplied),
    subject: { reference: `Patient/${patient}` },
    performer: [
      {
        actor: {
          reference: `Organization/${organisations['bridge-pharmacy'].code}`,
          display: organisations['bridge-pharmacy'].name,
        },
      },
    ],
    authorizingPrescription: [
      {
        display:
          course.by === 'hospital'
            ? 'Hospital outpatient prescription, Riverton General Hospital (synthetic)'
            : course.by === 'mental-health'
              ? 'Lowmoor Mental Health Trust (synthetic) prescription'
              : `${organisations[life.person.practice].name} prescription`,
      },
    ],
    quantity: { value: medicine.quantity, unit: medicine.unit },
    daysSupply: { value: once ? 7 : 28, unit: 'day', system: 'http://unitsofmeasure.org', code: 'd' },
    whenPrepared: isoStamp(momentOf(day, 11)),
    whenHandedOver: isoStamp(momentOf(day, 16)),
    dosageInstruction: [{ text: course.dose }],
  }))
}
