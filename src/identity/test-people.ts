/** Invented people for this room's tests. */
import { nhsNumberCheckDigit } from '../nhs/index.ts'
import type { FiledSubject } from './file.ts'
import type { Traits } from './subject.ts'

let stem = 999_300_000
/** A fresh NHS number of the synthetic range with a right check digit. */
export function freshNhsNumber(): string {
  do stem += 1
  while (nhsNumberCheckDigit(String(stem)) === 10)
  return `${stem}${nhsNumberCheckDigit(String(stem))}`
}

let made = 0
/** Someone who shares nothing with those made before. */
export function freshTraits(over: Traits = {}): Traits {
  made += 1
  const letters = String.fromCharCode(...[...String(made)].map((digit) => 97 + Number(digit)))
  return {
    nhsNumber: freshNhsNumber(),
    nhsNumberStatus: '01',
    family: `Fictitious${letters}`,
    given: ['Ada'],
    birthDate: `19${50 + (made % 50)}-0${1 + (made % 9)}-1${made % 10}`,
    gender: 'female',
    postcode: `ZE${made} 0AA`,
    ...over,
  }
}

export function subjectOf(source: string, traits: Traits, patientId: string = `${source}-${++made}`): FiledSubject {
  return { patientId, source, traits }
}
