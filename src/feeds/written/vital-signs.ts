/** The vital signs that the form asks for, in the order in which they are taken. @see LOINC; UCUM; facts: record-standard §8 */
import type { Coded } from './entry.ts'

export type VitalSign = {
  readonly key: string
  readonly name: string
  readonly coding: Coded
  readonly unit: string
  readonly ucum: string
  /** Beyond these no living person measures: a slip of the pen, to be corrected before it is saved. */
  readonly min: number
  readonly max: number
}

const loinc = (code: string, display: string): Coded => ({ system: 'http://loinc.org', code, display })

/** Measured together and told together. */
export const bloodPressure = {
  key: 'blood-pressure',
  name: 'Blood pressure',
  coding: loinc('85354-9', 'Blood pressure panel with all children optional'),
  systolic: {
    key: 'systolic',
    name: 'Systolic blood pressure',
    coding: loinc('8480-6', 'Systolic blood pressure'),
    unit: 'mmHg',
    ucum: 'mm[Hg]',
    min: 30,
    max: 300,
  },
  diastolic: {
    key: 'diastolic',
    name: 'Diastolic blood pressure',
    coding: loinc('8462-4', 'Diastolic blood pressure'),
    unit: 'mmHg',
    ucum: 'mm[Hg]',
    min: 10,
    max: 200,
  },
} as const satisfies {
  readonly key: string
  readonly name: string
  readonly coding: Coded
  readonly systolic: VitalSign
  readonly diastolic: VitalSign
}

export const vitalSigns: readonly VitalSign[] = [
  sign('respiration', 'Respiratory rate', '9279-1', 'breaths/min', '/min', 3, 90),
  sign('oxygen', 'Oxygen saturation', '2708-6', '%', '%', 30, 100),
  sign('pulse', 'Heart rate', '8867-4', 'beats/min', '/min', 10, 350),
  sign('temperature', 'Body temperature', '8310-5', '°C', 'Cel', 20, 45),
  sign('pain', 'Pain score, 0 to 10', '72514-3', 'out of 10', '{score}', 0, 10),
  sign('weight', 'Body weight', '29463-7', 'kg', 'kg', 0.2, 500),
  sign('height', 'Body height', '8302-2', 'cm', 'cm', 15, 260),
]

export type CodedSign = {
  readonly key: string
  readonly name: string
  /** Absent: the answer's own code says what was observed, too. */
  readonly coding?: Coded
  readonly answers: readonly { readonly text: string; readonly coding: Coded }[]
}

const snomed = (code: string, display: string): Coded => ({ system: 'http://snomed.info/sct', code, display })

/** What an early warning score needs beside numbers. @see UKCore-ACVPU, UKCore-InspiredOxygen; facts: record-standard §6 */
export const codedSigns: readonly CodedSign[] = [
  {
    key: 'breathing',
    name: 'Air or oxygen',
    answers: [
      { text: 'Breathing air', coding: snomed('722742002', 'Breathing room air') },
      { text: 'On oxygen', coding: snomed('371825009', 'Patient on oxygen') },
    ],
  },
  {
    key: 'consciousness',
    name: 'Level of consciousness (ACVPU)',
    coding: snomed('1104441000000107', 'ACVPU (Alert Confusion Voice Pain Unresponsive) scale score'),
    answers: [
      { text: 'Alert', coding: snomed('248234008', 'Mentally alert') },
      { text: 'New confusion', coding: snomed('130987000', 'Acute confusion') },
      { text: 'Responds to voice', coding: snomed('300202002', 'Responds to voice') },
      { text: 'Responds to pain', coding: snomed('450847001', 'Responds to pain') },
      { text: 'Unresponsive', coding: snomed('422768004', 'Unresponsive') },
    ],
  },
]

function sign(
  key: string,
  name: string,
  code: string,
  unit: string,
  ucum: string,
  ...[min, max]: readonly [number, number]
): VitalSign {
  return { key, name, coding: loinc(code, name), unit, ucum, min, max }
}

/** Units for any other measurement: shown, and in UCUM. */
export const units: readonly { readonly ucum: string; readonly unit: string }[] = [
  { ucum: '1', unit: 'no unit' },
  { ucum: '%', unit: '%' },
  { ucum: '/min', unit: 'per minute' },
  { ucum: 'mm[Hg]', unit: 'mmHg' },
  { ucum: 'kPa', unit: 'kPa' },
  { ucum: 'Cel', unit: '°C' },
  { ucum: 'mmol/L', unit: 'mmol/L' },
  { ucum: 'umol/L', unit: 'µmol/L' },
  { ucum: 'mmol/mol', unit: 'mmol/mol' },
  { ucum: 'g/L', unit: 'g/L' },
  { ucum: 'mg/L', unit: 'mg/L' },
  { ucum: 'mL/min', unit: 'mL/min' },
  { ucum: 'L/min', unit: 'L/min' },
  { ucum: 'kg', unit: 'kg' },
  { ucum: 'g', unit: 'g' },
  { ucum: 'm', unit: 'm' },
  { ucum: 'cm', unit: 'cm' },
  { ucum: 'mm', unit: 'mm' },
  { ucum: 'L', unit: 'L' },
  { ucum: 'mL', unit: 'mL' },
  { ucum: 'h', unit: 'hours' },
  { ucum: 'min', unit: 'minutes' },
  { ucum: '{score}', unit: 'score' },
]
