import type { Course } from '../lives/life.ts'
import { formulary, type Medicine, medicines } from '../lives/medicines.ts'
import { addDays, isoStamp, type Moment, momentOf } from '../time.ts'
import { identifier, type Json, profile, type Resource, recorder, sct, stu3 } from './gp-connect-parts.ts'

/** GP Connect says one medicine three times: what is authorised (statement), the plan behind it, and each issue. */
export function triple(course: Course, key: (name: string) => string, patient: string, now: Moment) {
  const medicine: Medicine = medicines[course.medicine]
  const ids = {
    medication: key(`medicine/${course.medicine}`),
    plan: key(`plan/${course.medicine}`),
    statement: key(`statement/${course.medicine}`),
  }
  const reference = { reference: `Medication/${ids.medication}` }
  const subject = { reference: `Patient/${patient}` }
  const repeat = course.whyStopped !== 'Course completed'
  const stopped = course.until !== undefined
  const period = { start: course.from, ...(course.until === undefined ? {} : { end: course.until }) }
  const kind = {
    url: `${stu3}/StructureDefinition/Extension-CareConnect-GPC-PrescriptionType-1`,
    valueCodeableConcept: {
      coding: [
        {
          system: `${stu3}/CodeSystem/CareConnect-PrescriptionType-1`,
          code: repeat ? 'repeat' : 'acute',
          display: repeat ? 'Repeat' : 'Acute',
        },
      ],
    },
  }
  const supply = {
    quantity: { value: medicine.quantity, unit: medicine.unit },
    expectedSupplyDuration: { value: 28, unit: 'day', system: 'http://unitsofmeasure.org', code: 'd' },
  }
  const medication: Resource = {
    resourceType: 'Medication',
    id: ids.medication,
    meta: profile('Medication'),
    code: {
      coding: [
        { system: formulary, code: course.medicine, display: medicine.name, userSelected: true },
        ...(medicine.dmd === undefined ? [] : [{ system: sct, code: medicine.dmd, display: medicine.name }]),
      ],
      text: medicine.name,
    },
  }
  const plan: Resource = {
    resourceType: 'MedicationRequest',
    id: ids.plan,
    meta: profile('MedicationRequest'),
    extension: [
      kind,
      ...(stopped && repeat
        ? [
            {
              url: `${stu3}/StructureDefinition/Extension-CareConnect-GPC-MedicationStatusReason-1`,
              extension: [
                { url: 'statusReason', valueCodeableConcept: { text: course.whyStopped ?? '' } },
                { url: 'statusChangeDate', valueDateTime: course.until ?? '' },
              ],
            },
          ]
        : []),
    ],
    identifier: identifier(ids.plan),
    status: stopped ? (repeat ? 'stopped' : 'completed') : 'active',
    intent: 'plan',
    medicationReference: reference,
    subject,
    authoredOn: isoStamp(momentOf(course.from, 9, 30)),
    recorder,
    dosageInstruction: [{ text: course.dose }],
    dispenseRequest: { validityPeriod: period, ...supply },
  }
  const statement: Resource = {
    resourceType: 'MedicationStatement',
    id: ids.statement,
    meta: profile('MedicationStatement'),
    extension: [
      {
        url: `${stu3}/StructureDefinition/Extension-CareConnect-GPC-PrescribingAgency-1`,
        valueCodeableConcept: {
          coding: [
            {
              system: `${stu3}/CodeSystem/CareConnect-PrescribingAgency-1`,
              code: 'prescribed-at-gp-practice',
              display: 'Prescribed at GP practice',
            },
          ],
        },
      },
    ],
    identifier: identifier(ids.statement),
    basedOn: [{ reference: `MedicationRequest/${ids.plan}` }],
    status: stopped ? 'completed' : 'active',
    medicationReference: reference,
    effectivePeriod: period,
    dateAsserted: isoStamp(momentOf(course.from, 9, 30)),
    subject,
    taken: 'unk',
    dosage: [{ text: course.dose }],
  }
  return { medication, plan, statement, orders: issues(course, { now, repeat, ids, key, supply, reference, subject }) }
}

function issues(
  course: Course,
  {
    now,
    repeat,
    ids,
    key,
    supply,
    reference,
    subject,
  }: {
    readonly now: Moment
    readonly repeat: boolean
    readonly ids: { readonly plan: string }
    readonly key: (name: string) => string
    readonly supply: Json
    readonly reference: Json
    readonly subject: Json
  },
): readonly Resource[] {
  const last = course.until ?? isoStamp(now).slice(0, 10)
  const days = repeat ? [addDays(last, -33), addDays(last, -5)].filter((day) => day >= course.from) : [course.from]
  return (days.length > 0 ? days : [course.from]).map((day, at) => {
    const id = key(`issue/${course.medicine}/${at}`)
    return {
      resourceType: 'MedicationRequest',
      id,
      meta: profile('MedicationRequest'),
      identifier: identifier(id),
      basedOn: [{ reference: `MedicationRequest/${ids.plan}` }],
      status: 'completed',
      intent: 'order',
      medicationReference: reference,
      subject,
      authoredOn: isoStamp(momentOf(day, 9, 30)),
      recorder,
      dosageInstruction: [{ text: course.dose }],
      dispenseRequest: { validityPeriod: { start: day }, ...(supply as { readonly [key: string]: Json }) },
    }
  })
}
