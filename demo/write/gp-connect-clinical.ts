/** What the first practice knows of illness, measurements and talks. */
import { allergens, reactions } from '../lives/allergens.ts'
import { conditions } from '../lives/conditions.ts'
import type { Life } from '../lives/life.ts'
import { vaccines } from '../lives/vaccines.ts'
import { before } from '../lives/wishes.ts'
import { dayOf, isoStamp, type Moment, momentOf } from '../time.ts'
import { identifier, type Json, profile, type Resource, recorder, sct, stu3, surgery } from './gp-connect-parts.ts'

export function allergyResources(
  { allergies }: Life,
  key: (name: string) => string,
  patient: string,
): readonly Resource[] {
  return allergies
    .filter(({ toldTo }) => toldTo.includes('gp'))
    .map((allergy) => {
      const { snomed, name, category } = allergens[allergy.to]
      const id = key(`allergy/${allergy.to}`)
      const reaction = allergy.reaction && reactions[allergy.reaction]
      return {
        resourceType: 'AllergyIntolerance',
        id,
        meta: profile('AllergyIntolerance'),
        identifier: identifier(id),
        clinicalStatus: 'active',
        verificationStatus: 'unconfirmed',
        ...(allergy.to === 'none' ? {} : { category: [category] }),
        code: { coding: [{ system: sct, code: snomed, display: name, userSelected: true }] },
        patient: { reference: `Patient/${patient}` },
        assertedDate: isoStamp(momentOf(allergy.since, 10)),
        recorder,
        ...(reaction
          ? {
              reaction: [
                {
                  manifestation: [{ coding: [{ system: sct, code: reaction.snomed, display: reaction.name }] }],
                  severity: allergy.severe ? 'severe' : 'moderate',
                },
              ],
            }
          : {}),
      }
    })
}

export function problems({ diagnoses }: Life, key: (name: string) => string, patient: string): readonly Resource[] {
  return diagnoses.map(({ condition, since }) => {
    const id = key(`problem/${condition}`)
    return {
      resourceType: 'Condition',
      id,
      meta: profile('ProblemHeader-Condition'),
      extension: [
        {
          url: 'https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-ProblemSignificance-1',
          valueCode: 'major',
        },
      ],
      identifier: identifier(id),
      clinicalStatus: 'active',
      category: [
        {
          coding: [
            {
              system: 'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-ConditionCategory-1',
              code: 'problem-list-item',
              display: 'Problem List Item',
            },
          ],
        },
      ],
      code: {
        coding: [
          { system: sct, code: conditions[condition].snomed, display: conditions[condition].name, userSelected: true },
        ],
      },
      subject: { reference: `Patient/${patient}` },
      onsetDateTime: since,
      assertedDate: isoStamp(momentOf(since, 11)),
      asserter: recorder,
    }
  })
}

export function immunisations(
  { vaccinations }: Life,
  key: (name: string) => string,
  patient: string,
): readonly Resource[] {
  return vaccinations.map(({ kind, on, batch }, at) => {
    const id = key(`vaccine/${at}`)
    const { procedure, procedureName, product, name } = vaccines[kind]
    return {
      resourceType: 'Immunization',
      id,
      meta: profile('Immunization'),
      extension: [
        {
          url: `${stu3}/StructureDefinition/Extension-CareConnect-GPC-DateRecorded-1`,
          valueDateTime: isoStamp(momentOf(on, 10)),
        },
        {
          url: `${stu3}/StructureDefinition/Extension-CareConnect-GPC-VaccinationProcedure-1`,
          valueCodeableConcept: {
            coding: [{ system: sct, code: procedure, display: procedureName, userSelected: true }],
          },
        },
      ],
      identifier: identifier(id),
      status: 'completed',
      notGiven: false,
      vaccineCode: product === undefined ? { text: name } : { coding: [{ system: sct, code: product, display: name }] },
      patient: { reference: `Patient/${patient}` },
      date: isoStamp(momentOf(on, 10)),
      primarySource: true,
      lotNumber: batch,
    }
  })
}

export function observations(
  { checks, adjustments, wishes = {} }: Life,
  key: (name: string) => string,
  patient: string,
  now: Moment,
): readonly Resource[] {
  const observation = (name: string, at: Moment, rest: { readonly [key: string]: Json }): Resource => {
    const id = key(`observation/${name}`)
    return {
      resourceType: 'Observation',
      id,
      meta: profile('Observation'),
      identifier: identifier(id),
      status: 'final',
      subject: { reference: `Patient/${patient}` },
      effectiveDateTime: isoStamp(at),
      issued: isoStamp(at),
      performer: [recorder],
      ...rest,
    }
  }
  const code = (snomed: string, display: string): Json => ({
    coding: [{ system: sct, code: snomed, display, userSelected: true }],
  })
  const quantity = (value: number, unit: string, ucum: string): Json => ({
    value,
    unit,
    system: 'http://unitsofmeasure.org',
    code: ucum,
  })
  const measured = checks.flatMap((check, place): readonly Resource[] => [
    observation(`bp/${place}`, check.at, {
      code: code('75367002', 'Blood pressure'),
      component: [
        {
          code: code('271649006', 'Systolic blood pressure'),
          valueQuantity: quantity(check.systolic, 'mmHg', 'mm[Hg]'),
        },
        {
          code: code('271650006', 'Diastolic blood pressure'),
          valueQuantity: quantity(check.diastolic, 'mmHg', 'mm[Hg]'),
        },
      ],
    }),
    observation(`pulse/${place}`, check.at, {
      code: code('364075005', 'Heart rate'),
      valueQuantity: quantity(check.pulse, 'beats/min', '/min'),
    }),
    ...(check.weightKg === undefined
      ? []
      : [
          observation(`weight/${place}`, check.at, {
            code: code('27113001', 'Body weight'),
            valueQuantity: quantity(check.weightKg, 'kg', 'kg'),
          }),
        ]),
    ...(check.heightCm === undefined
      ? []
      : [
          observation(`height/${place}`, check.at, {
            code: code('50373000', 'Body height'),
            valueQuantity: quantity(check.heightCm, 'cm', 'cm'),
          }),
        ]),
  ])
  const needs = adjustments.map((text, place) =>
    observation(`adjustment/${place}`, momentOf('2024-01-15', 9), {
      code: { text: 'Reasonable adjustment' },
      valueString: text,
    }),
  )
  const { resuscitation, attorney, advanceDecision, familyHistory = [], social = [] } = wishes
  const told = (name: string, daysAgo: number, text: string, note?: string) =>
    observation(name, momentOf(before(dayOf(now), daysAgo), 11, 20), {
      code: { text },
      ...(note === undefined ? {} : { comment: note }),
    })
  const decisions = [
    ...(resuscitation ? [told('resuscitation', resuscitation.daysAgo, resuscitation.words)] : []),
    ...(attorney
      ? [
          told(
            'attorney',
            attorney.daysAgo,
            'Has lasting power of attorney for health and welfare',
            `${attorney.name} (${attorney.relation.toLowerCase()})`,
          ),
        ]
      : []),
    ...(advanceDecision ? [told('advance-decision', advanceDecision.daysAgo, advanceDecision.words)] : []),
    ...familyHistory.map(([relation, condition], place) =>
      told(`family/${place}`, 600, `Family history of ${condition.toLowerCase()}`, relation),
    ),
    ...social.map((words, place) => told(`social/${place}`, 130, words)),
  ]
  return [...measured, ...needs, ...decisions]
}

export function encounters(
  { consultations }: Life,
  key: (name: string) => string,
  patient: string,
): readonly Resource[] {
  return consultations.map(({ at, about, note, nurse }, place) => {
    const id = key(`consultation/${place}`)
    return {
      resourceType: 'Encounter',
      id,
      meta: profile('Encounter'),
      identifier: identifier(id),
      status: 'finished',
      type: [{ text: nurse ? 'Nurse consultation' : 'GP surgery' }],
      subject: { reference: `Patient/${patient}` },
      participant: [
        {
          type: [
            {
              coding: [
                { system: 'http://hl7.org/fhir/v3/ParticipationType', code: 'PPRF', display: 'primary performer' },
              ],
            },
          ],
          individual: recorder,
        },
      ],
      period: { start: isoStamp(at), end: isoStamp(at + 900_000) },
      reason: [{ text: `${about}: ${note}` }],
      serviceProvider: { reference: `Organization/${surgery}` },
    }
  })
}

export function documents({ letters }: Life, key: (name: string) => string, patient: string): readonly Resource[] {
  return letters
    .filter(({ from }) => from === 'eye-screening')
    .map((letter) => {
      const id = key(`document/${letter.id}`)
      return {
        resourceType: 'DocumentReference',
        id,
        meta: profile('DocumentReference'),
        identifier: identifier(id),
        status: 'current',
        type: { coding: [{ system: sct, code: '823751000000102', display: 'Letter' }], text: 'Screening letter' },
        subject: { reference: `Patient/${patient}` },
        created: isoStamp(letter.at),
        indexed: isoStamp(letter.at),
        author: [recorder],
        description: letter.title,
        content: [
          {
            attachment: {
              contentType: 'text/plain; charset=utf-8',
              data: Buffer.from(letter.text, 'utf8').toString('base64'),
              title: letter.title,
            },
          },
        ],
      }
    })
}
