import type { Life } from '../lives/life.ts'
import { asKnownTo, localNumber } from '../people/person.ts'
import { localSystems, organisations } from '../sources.ts'
import { isoStamp, type Moment } from '../time.ts'
import {
  allergyResources,
  documents,
  encounters,
  immunisations,
  observations,
  problems,
} from './gp-connect-clinical.ts'
import { triple } from './gp-connect-medicines.ts'
import { doctor, guid, profile, type Resource, recorder, sct, stu3, surgery } from './gp-connect-parts.ts'
import { type DemoMessage, laneOf, utf8 } from './message.ts'

/** The first practice: a GP Connect structured record (FHIR STU3 collection), all areas of one person. */
export function gpConnectMessage(life: Life, now: Moment): DemoMessage {
  const { person } = life
  const key = (name: string): string => guid(`${person.id}/${name}`)
  const patient = key('patient')
  const allergies = allergyResources(life, key, patient)
  const meds = life.courses.filter(({ by }) => by === 'gp').map((course) => triple(course, key, patient, now))
  const problemList = problems(life, key, patient)
  const vaccineList = immunisations(life, key, patient)
  const measured = observations(life, key, patient, now)
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
