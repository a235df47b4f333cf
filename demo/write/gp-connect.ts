import { createHash } from 'node:crypto'
import { allergens, reactions } from '../lives/allergens.ts'
import { conditions } from '../lives/conditions.ts'
import type { Course, Life } from '../lives/life.ts'
import { formulary, type Medicine, medicines } from '../lives/medicines.ts'
import { vaccines } from '../lives/vaccines.ts'
import { asKnownTo, localNumber } from '../people/person.ts'
import { localSystems, organisations } from '../sources.ts'
import { addDays, isoStamp, type Moment, momentOf } from '../time.ts'
import { type DemoMessage, laneOf, utf8 } from './message.ts'

// FHIR STU3 is not R4, so none of the R4 types fit: plain JSON, laid out as the GP Connect specification's examples are.
type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json }
type Resource = { readonly resourceType: string; readonly id?: string; readonly [key: string]: Json | undefined }

const stu3 = 'https://fhir.nhs.uk/STU3'
const sct = 'http://snomed.info/sct'
const profile = (name: string): Json => ({ profile: [`${stu3}/StructureDefinition/CareConnect-GPC-${name}-1`] })
const identifierSystem = 'https://riverside-surgery.example/Y99901'

/** The first practice: a GP Connect structured record (FHIR STU3 collection), all areas of one person. */
export function gpConnectMessage(life: Life, now: Moment): DemoMessage {
  const { person } = life
  const key = (name: string): string => guid(`${person.id}/${name}`)
  const patient = key('patient')
  const allergies = allergyResources(life, key, patient)
  const meds = life.courses.filter(({ by }) => by === 'gp').map((course) => triple(course, key, patient, now))
  const problemList = problems(life, key, patient)
  const vaccineList = immunisations(life, key, patient)
  const measured = observations(life, key, patient)
  const talks = encounters(life, key, patient)
  const areas: readonly Resource[] = [
    list('Allergies and adverse reactions', '886921000000105', allergies, patient, now),
    list(
      'Medications and medical devices',
      '933361000000108',
      meds.flatMap(({ statement }) => [statement]),
      patient,
      now,
    ),
    list('Problems', '717711000000103', problemList, patient, now),
    list('Immunisations', '1102181000000102', vaccineList, patient, now),
    list('Uncategorised data', '826501000000100', measured, patient, now),
  ]
  const resources: readonly Resource[] = [
    patientResource(life, patient),
    ...staff,
    ...areas,
    ...allergies,
    ...meds.flatMap(({ medication, statement, plan, orders }) => [medication, statement, plan, ...orders]),
    ...problemList,
    ...vaccineList,
    ...measured,
    ...talks,
    ...documents(life, key, patient),
  ]
  const bundle = {
    resourceType: 'Bundle',
    meta: {
      profile: [`${stu3}/StructureDefinition/GPConnect-StructuredRecord-Bundle-1`],
      security: [{ system: 'http://hl7.org/fhir/v3/ActReason', code: 'HTEST', display: 'test health data' }],
    },
    type: 'collection',
    entry: resources.map((resource) => ({ resource })),
  }
  return {
    source: 'riverside-gp',
    name: `${person.id}-riverside-record.json`,
    bytes: utf8(JSON.stringify(bundle)),
    door: 'http',
    contentType: 'application/fhir+json',
    lane: laneOf(person),
    person: person.id,
    expect: 'applied',
  }
}

function guid(text: string): string {
  const hex = createHash('sha256').update(`riverside/${text}`).digest('hex').toUpperCase()
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

const surgery = guid('organization')
const doctor = guid('practitioner')
const recorder = { reference: `Practitioner/${doctor}` }
const staff: readonly Resource[] = [
  {
    resourceType: 'Organization',
    id: surgery,
    meta: profile('Organization'),
    identifier: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: organisations['riverside-gp'].code }],
    type: [
      {
        coding: [{ system: `${stu3}/CodeSystem/GPConnect-OrganisationType-1`, code: 'gp-practice' }],
        text: 'GP Practice',
      },
    ],
    name: organisations['riverside-gp'].name,
    telecom: [{ system: 'phone', value: '01632 960001', use: 'work' }],
  },
  {
    resourceType: 'Practitioner',
    id: doctor,
    meta: profile('Practitioner'),
    name: [{ use: 'official', family: 'Lindqvist-Rao', given: ['Helen'], prefix: ['Dr'] }],
    gender: 'female',
  },
  {
    resourceType: 'PractitionerRole',
    id: guid('role'),
    meta: profile('PractitionerRole'),
    practitioner: recorder,
    organization: { reference: `Organization/${surgery}` },
    code: [
      {
        coding: [
          {
            system: `${stu3}/CodeSystem/CareConnect-SDSJobRoleName-1`,
            code: 'R0260',
            display: 'General Medical Practitioner',
          },
        ],
      },
    ],
  },
]

function identifier(value: string): Json {
  return [{ system: identifierSystem, value }]
}

function patientResource({ person, adjustments }: Life, id: string): Resource {
  const who = asKnownTo(person, 'riverside-gp')
  const phones = [
    who.mobile === undefined ? [] : [{ system: 'phone', value: who.mobile, use: 'mobile' }],
    who.home === undefined ? [] : [{ system: 'phone', value: who.home, use: 'home' }],
  ].flat()
  const language = person.language && {
    url: `${stu3}/StructureDefinition/Extension-CareConnect-GPC-NHSCommunication-1`,
    extension: [
      {
        url: 'language',
        valueCodeableConcept: {
          coding: [
            {
              system: `${stu3}/CodeSystem/CareConnect-HumanLanguage-1`,
              code: person.language.code,
              display: person.language.name,
            },
          ],
        },
      },
      { url: 'preferred', valueBoolean: true },
      { url: 'interpreterRequired', valueBoolean: adjustments.some((text) => text.includes('interpreter')) },
    ],
  }
  return {
    resourceType: 'Patient',
    id,
    meta: profile('Patient'),
    ...(language ? { extension: [language] } : {}),
    identifier: [
      ...(who.nhsNumber === undefined
        ? []
        : [
            {
              extension: [
                {
                  url: `${stu3}/StructureDefinition/Extension-CareConnect-GPC-NHSNumberVerificationStatus-1`,
                  valueCodeableConcept: {
                    coding: [
                      {
                        system: `${stu3}/CodeSystem/CareConnect-NHSNumberVerificationStatus-1`,
                        code: who.nhsNumberStatus,
                        display: 'Number present and verified',
                      },
                    ],
                  },
                },
              ],
              system: 'https://fhir.nhs.uk/Id/nhs-number',
              value: who.nhsNumber,
            },
          ]),
      { system: localSystems['riverside-gp'], value: localNumber(person, 'riverside-gp') },
    ],
    active: true,
    name: [{ use: 'official', family: who.family, given: who.given, prefix: [who.title] }],
    ...(phones.length > 0 ? { telecom: phones } : {}),
    gender: who.gender,
    birthDate: who.birthDate,
    ...(person.diedOn === undefined ? {} : { deceasedDateTime: person.diedOn }),
    address: [
      {
        use: 'home',
        type: 'physical',
        line: who.address.lines,
        city: who.address.town,
        postalCode: who.address.postcode,
      },
    ],
    generalPractitioner: [recorder],
    managingOrganization: { reference: `Organization/${surgery}` },
  }
}

/** Every area comes in a list; an empty one says that nothing was recorded, which is not "none". */
function list(title: string, code: string, entries: readonly Resource[], patient: string, now: Moment): Resource {
  return {
    resourceType: 'List',
    meta: profile('List'),
    extension: [
      {
        url: `${stu3}/StructureDefinition/Extension-CareConnect-GPC-ClinicalSetting-1`,
        valueCodeableConcept: {
          coding: [{ system: sct, code: '1060971000000108', display: 'General practice service' }],
        },
      },
    ],
    status: 'current',
    mode: 'snapshot',
    title,
    code: { coding: [{ system: sct, code, display: title }] },
    subject: { reference: `Patient/${patient}` },
    date: isoStamp(now),
    orderedBy: {
      coding: [{ system: 'http://hl7.org/fhir/list-order', code: 'event-date', display: 'Sorted by Event Date' }],
    },
    ...(entries.length > 0
      ? { entry: entries.map(({ resourceType, id }) => ({ item: { reference: `${resourceType}/${id ?? ''}` } })) }
      : {
          note: [{ text: 'Information not available' }],
          emptyReason: {
            coding: [
              {
                system: `${stu3}/CodeSystem/CareConnect-ListEmptyReasonCode-1`,
                code: 'no-content-recorded',
                display: 'No Content Recorded',
              },
            ],
            text: 'No Content Recorded',
          },
        }),
  }
}

function allergyResources({ allergies }: Life, key: (name: string) => string, patient: string): readonly Resource[] {
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

/** GP Connect says one medicine three times: what is authorised (statement), the plan behind it, and each issue. */
function triple(course: Course, key: (name: string) => string, patient: string, now: Moment) {
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

function problems({ diagnoses }: Life, key: (name: string) => string, patient: string): readonly Resource[] {
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

function immunisations({ vaccinations }: Life, key: (name: string) => string, patient: string): readonly Resource[] {
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

function observations(
  { checks, adjustments }: Life,
  key: (name: string) => string,
  patient: string,
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
  return [...measured, ...needs]
}

function encounters({ consultations }: Life, key: (name: string) => string, patient: string): readonly Resource[] {
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

function documents({ letters }: Life, key: (name: string) => string, patient: string): readonly Resource[] {
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
