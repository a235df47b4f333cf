/** What the second practice measured, talked about, booked and received. */
import type { CodeableConcept, FhirResource } from 'fhir/r4.js'
import type { Life } from '../lives/life.ts'
import { organisations } from '../sources.ts'
import { isoStamp, momentOf } from '../time.ts'
import { requester, snomed, testLabel, ukCore } from './gp-fhir-parts.ts'

export function measurements({ checks }: Life, patient: string): readonly FhirResource[] {
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

export function encounters({ consultations }: Life, patient: string): readonly FhirResource[] {
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

export function appointments({ bookings }: Life, patient: string): readonly FhirResource[] {
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

export function lettersReceived({ letters }: Life, patient: string): readonly FhirResource[] {
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

export function flags({ adjustments, person }: Life, patient: string): readonly FhirResource[] {
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
