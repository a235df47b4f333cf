import type { Bundle, BundleEntry, CodeableConcept, FhirResource, Patient } from 'fhir/r4.js'
import type { Day } from '../../src/base/index.ts'
import { allergens, reactions } from '../lives/allergens.ts'
import { conditions } from '../lives/conditions.ts'
import type { Life } from '../lives/life.ts'
import { formulary, type Medicine, type MedicineKey, medicines } from '../lives/medicines.ts'
import { vaccines } from '../lives/vaccines.ts'
import { asKnownTo, localNumber } from '../people/person.ts'
import { localSystems, organisations, type SourceId } from '../sources.ts'
import { addDays, dayOf, isoStamp, type Moment, momentOf } from '../time.ts'
import { type DemoMessage, laneOf, utf8 } from './message.ts'

const snomed = 'http://snomed.info/sct'
const ukCore = (name: string) => [`https://fhir.hl7.org.uk/StructureDefinition/UKCore-${name}`]
/** HL7's own mark for test data. */
export const testLabel = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  code: 'HTEST',
  display: 'test health data',
}
const base = 'https://market-street.example/fhir'

/** The second practice: a FHIR R4 UK Core transaction that holds all it knows of one person. */
export function gpFhirMessage(life: Life, now: Moment): DemoMessage {
  const { person } = life
  const id = localNumber(person, 'market-street-gp')
  const resources: readonly FhirResource[] = [
    practice('market-street-gp'),
    doctor,
    fhirPatient(life, 'market-street-gp', id),
    ...problems(life, id),
    ...allergyEntries(life, id),
    ...prescriptions(life, id, now),
    ...measurements(life, id),
    ...vaccinated(life, id),
    ...encounters(life, id),
    ...appointments(life, id),
    ...lettersReceived(life, id),
    ...flags(life, id),
  ]
  const bundle: Bundle = {
    resourceType: 'Bundle',
    meta: { security: [testLabel] },
    type: 'transaction',
    timestamp: isoStamp(now),
    entry: resources.map(putEntry(base)),
  }
  return {
    source: 'market-street-gp',
    name: `${person.id}-market-street-record.json`,
    bytes: utf8(JSON.stringify(bundle)),
    door: 'http',
    contentType: 'application/fhir+json',
    lane: laneOf(person),
    person: person.id,
    expect: 'applied',
  }
}

export function putEntry(url: string): (resource: FhirResource) => BundleEntry {
  return (resource) => ({
    fullUrl: `${url}/${resource.resourceType}/${resource.id}`,
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  })
}

export function practice(source: SourceId): FhirResource {
  const { code, name } = organisations[source]
  return {
    resourceType: 'Organization',
    id: code,
    meta: { security: [testLabel] },
    identifier: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: code }],
    active: true,
    name,
  }
}

const doctor: FhirResource = {
  resourceType: 'Practitioner',
  id: 'dr-amara',
  meta: { profile: ukCore('Practitioner'), security: [testLabel] },
  identifier: [{ system: 'https://market-street.example/id/clinician', value: 'AO1' }],
  name: [{ use: 'official', family: 'Okafor', given: ['Amara'], prefix: ['Dr'] }],
}
const requester = { reference: 'Practitioner/dr-amara', display: 'Dr Amara Okafor' }

export function fhirPatient(life: Life, source: SourceId, id: string): Patient & { id: string } {
  const { person } = life
  const who = asKnownTo(person, source)
  const telecom = [
    ...(who.mobile === undefined ? [] : [{ system: 'phone' as const, value: who.mobile, use: 'mobile' as const }]),
    ...(who.home === undefined ? [] : [{ system: 'phone' as const, value: who.home, use: 'home' as const }]),
    ...(who.email === undefined ? [] : [{ system: 'email' as const, value: who.email }]),
  ]
  return {
    resourceType: 'Patient',
    id,
    meta: {
      profile: ukCore('Patient'),
      security: [
        testLabel,
        ...(person.restricted
          ? [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R', display: 'restricted' }]
          : []),
      ],
    },
    extension: [
      {
        url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory',
        valueCodeableConcept: {
          coding: [
            { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland', code: person.ethnicity },
          ],
        },
      },
    ],
    identifier: [
      ...(who.nhsNumber === undefined
        ? []
        : [
            {
              extension: [
                {
                  url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
                  valueCodeableConcept: {
                    coding: [
                      {
                        system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland',
                        code: who.nhsNumberStatus,
                      },
                    ],
                  },
                },
              ],
              system: 'https://fhir.nhs.uk/Id/nhs-number',
              value: who.nhsNumber,
            },
          ]),
      { system: localSystems[source], value: id },
    ],
    active: true,
    name: [{ use: 'official', family: who.family, given: [...who.given], prefix: [who.title] }],
    ...(telecom.length > 0 ? { telecom } : {}),
    gender: who.gender,
    birthDate: who.birthDate,
    ...(person.diedOn === undefined ? {} : { deceasedDateTime: person.diedOn }),
    address: [
      {
        use: 'home',
        type: 'physical',
        line: [...who.address.lines],
        city: who.address.town,
        postalCode: who.address.postcode,
      },
    ],
    ...(person.language === undefined
      ? {}
      : {
          communication: [
            {
              language: {
                coding: [{ system: 'urn:ietf:bcp:47', code: person.language.code, display: person.language.name }],
              },
              preferred: true,
            },
          ],
        }),
    generalPractitioner: [
      {
        identifier: {
          system: 'https://fhir.nhs.uk/Id/ods-organization-code',
          value: organisations[person.practice].code,
        },
        display: organisations[person.practice].name,
      },
    ],
  }
}

function problems({ diagnoses }: Life, patient: string): readonly FhirResource[] {
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

function allergyEntries({ allergies }: Life, patient: string): readonly FhirResource[] {
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

export function medicineConcept(key: MedicineKey): CodeableConcept {
  const { name, dmd }: Medicine = medicines[key]
  const known = dmd === undefined ? [] : [{ system: 'https://dmd.nhs.uk', code: dmd, display: name }]
  return { coding: [...known, { system: formulary, code: key, display: name }], text: name }
}

function prescriptions({ courses }: Life, patient: string, now: Moment): readonly FhirResource[] {
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

function measurements({ checks }: Life, patient: string): readonly FhirResource[] {
  return checks.flatMap((check, at): readonly FhirResource[] => {
    const when = isoStamp(check.at)
    const common = {
      meta: { profile: ukCore('Observation-VitalSigns') },
      status: 'final' as const,
      category: [
        {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/observation-category',
              code: 'vital-signs',
              display: 'Vital Signs',
            },
          ],
        },
      ],
      subject: { reference: `Patient/${patient}` },
      effectiveDateTime: when,
    }
    const simple = (
      name: string,
      loinc: string,
      sct: string,
      value: number,
      unit: string,
      code: string,
    ): FhirResource => ({
      resourceType: 'Observation',
      id: `${patient}-${name}-${at}`,
      ...common,
      code: vitalCode(name, loinc, sct),
      valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code },
    })
    const pressure = (value: number) => ({
      value,
      unit: 'millimeter of mercury',
      system: 'http://unitsofmeasure.org',
      code: 'mm[Hg]',
    })
    return [
      {
        resourceType: 'Observation',
        id: `${patient}-bp-${at}`,
        ...common,
        code: vitalCode('bp', '85354-9', '75367002'),
        component: [
          { code: vitalCode('systolic', '8480-6', '271649006'), valueQuantity: pressure(check.systolic) },
          { code: vitalCode('diastolic', '8462-4', '271650006'), valueQuantity: pressure(check.diastolic) },
        ],
      },
      simple('pulse', '8867-4', '364075005', check.pulse, 'beats/minute', '/min'),
      ...(check.weightKg === undefined
        ? []
        : [simple('weight', '29463-7', '27113001', check.weightKg, 'kilogram', 'kg')]),
      ...(check.heightCm === undefined
        ? []
        : [simple('height', '8302-2', '50373000', check.heightCm, 'centimeter', 'cm')]),
    ]
  })
}

const vitalNames: Readonly<Record<string, readonly [loinc: string, sct: string]>> = {
  bp: ['Blood pressure panel with all children optional', 'Blood pressure'],
  systolic: ['Systolic blood pressure', 'Systolic blood pressure'],
  diastolic: ['Diastolic blood pressure', 'Diastolic blood pressure'],
  pulse: ['Heart rate', 'Heart rate'],
  weight: ['Body weight', 'Body weight'],
  height: ['Body height', 'Body height'],
}

function vitalCode(name: string, loinc: string, sct: string): CodeableConcept {
  const [loincName = name, sctName = name] = vitalNames[name] ?? []
  return {
    coding: [
      { system: 'http://loinc.org', code: loinc, display: loincName },
      { system: snomed, code: sct, display: sctName },
    ],
  }
}

function vaccinated({ vaccinations }: Life, patient: string): readonly FhirResource[] {
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

function encounters({ consultations }: Life, patient: string): readonly FhirResource[] {
  return consultations.map(({ at, about, note, nurse }, place) => ({
    resourceType: 'Encounter',
    id: `${patient}-talk-${place}`,
    meta: { profile: ukCore('Encounter') },
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    type: [{ text: nurse ? 'Nurse consultation' : 'GP consultation' }],
    subject: { reference: `Patient/${patient}` },
    participant: [{ individual: nurse ? { display: 'Sister Jo Brandreth' } : requester }],
    period: { start: isoStamp(at), end: isoStamp(at + 900_000) },
    reasonCode: [{ text: `${about}: ${note}` }],
    serviceProvider: { reference: `Organization/${organisations['market-street-gp'].code}` },
  }))
}

function appointments({ bookings }: Life, patient: string): readonly FhirResource[] {
  return bookings.map((booking, place) => ({
    resourceType: 'Appointment',
    id: `${patient}-booking-${place}`,
    meta: { profile: ukCore('Appointment') },
    status: 'booked',
    reasonCode: [{ text: booking.reason }],
    description: `${booking.reason} with the ${booking.with === 'gp' ? 'GP' : booking.with}`,
    start: isoStamp(booking.at),
    end: isoStamp(booking.at + booking.minutes * 60_000),
    minutesDuration: booking.minutes,
    participant: [
      { actor: { reference: `Patient/${patient}` }, status: 'accepted' },
      {
        actor: {
          reference: `Organization/${organisations['market-street-gp'].code}`,
          display: organisations['market-street-gp'].name,
        },
        status: 'accepted',
      },
    ],
  }))
}

function lettersReceived({ letters }: Life, patient: string): readonly FhirResource[] {
  return letters
    .filter(({ from }) => from === 'eye-screening')
    .map((letter) => ({
      resourceType: 'DocumentReference',
      id: `${patient}-${letter.id.toLowerCase()}`,
      meta: { profile: ukCore('DocumentReference'), security: [testLabel] },
      identifier: [{ system: 'https://market-street.example/id/document', value: letter.id }],
      status: 'current',
      type: { coding: [{ system: snomed, code: '823751000000102', display: 'Letter' }], text: 'Screening letter' },
      subject: { reference: `Patient/${patient}` },
      date: isoStamp(letter.at),
      author: [{ display: 'Riverton Diabetic Eye Screening (synthetic)' }],
      description: letter.title,
      content: [
        {
          attachment: {
            contentType: 'text/plain; charset=utf-8',
            data: Buffer.from(letter.text, 'utf8').toString('base64'),
            title: letter.title,
            creation: isoStamp(letter.at),
          },
        },
      ],
      context: { period: { start: isoStamp(letter.at) } },
    }))
}

function flags({ adjustments, person }: Life, patient: string): readonly FhirResource[] {
  return adjustments.map((text, at) => ({
    resourceType: 'Flag',
    id: `${patient}-adjustment-${at}`,
    meta: { profile: ukCore('Flag') },
    status: person.diedOn === undefined ? 'active' : 'inactive',
    category: [
      {
        coding: [
          {
            system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings',
            code: 'reasonable-adjustments-for-health-and-care-access',
          },
        ],
        text: 'Reasonable adjustment',
      },
    ],
    code: { text },
    subject: { reference: `Patient/${patient}` },
    period: { start: isoStamp(momentOf('2024-01-15', 9)) },
  }))
}
