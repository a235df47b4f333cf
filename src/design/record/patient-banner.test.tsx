import { expect, test } from 'vitest'
import { emptyWords } from './empty.tsx'
import { AllergyLine, type AllergyState, type BannerPatient, PatientBanner } from './patient-banner.tsx'

const href = '/staff/patients/x/allergies'
const patient: BannerPatient = {
  family: 'Ward',
  given: 'Sarah',
  prefix: 'Mrs',
  bornOn: '1958-05-14',
  age: '68y',
  sex: 'Female',
  nhsNumber: '9990000018',
}

function banner(change: Partial<BannerPatient>, allergies: AllergyState = { state: 'not-recorded', href }): string {
  return textOf(PatientBanner({ patient: { ...patient, ...change }, allergies, href: '/staff/patients/x' }).html)
}

function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[\s\u00a0]+/g, ' ')
    .trim()
}

test.each<[AllergyState, string]>([
  [
    {
      state: 'known',
      href,
      allergies: [{ substance: 'Penicillin', reaction: 'anaphylaxis', severe: true }, { substance: 'Latex' }],
    },
    'Known allergies Penicillin : anaphylaxis (severe); Latex',
  ],
  [{ state: 'none-known' }, 'No known allergies'],
  [{ state: 'not-recorded', href }, 'Allergies not recorded'],
  [
    { state: 'unavailable', href, missing: ['Riverside Surgery'] },
    'Allergies unavailable : Riverside Surgery did not answer',
  ],
])('allergies are in exactly one of four states, in these words', (state, words) => {
  expect(textOf(AllergyLine({ allergies: state }).html)).toBe(words)
})

test('every state but "no known allergies" leads to its detail', () => {
  expect(AllergyLine({ allergies: { state: 'none-known' } }).html).not.toContain('<a')
  expect(AllergyLine({ allergies: { state: 'not-recorded', href } }).html).toContain(`href="${href}"`)
  expect(AllergyLine({ allergies: { state: 'unavailable', href, missing: [] } }).html).toContain(`href="${href}"`)
})

test('an empty list cannot be told as known allergies, nor as none (hazard H-01)', () => {
  // @ts-expect-error the list of known allergies holds at least one
  const state: AllergyState = { state: 'known', href, allergies: [] }
  expect(textOf(AllergyLine({ allergies: state }).html)).not.toContain('No known')
})

test('the banner says who this is, and "Not known" for what nobody told', () => {
  expect(banner({})).toBe(
    'Ward , Sarah (Mrs) Born 14 May 1958 (68y) Sex Female NHS number 999 000 0018 Address Not known Phone Not known GP Not known Allergies not recorded',
  )
})

test('who died is told with the day, or that the day is not known, in place of the age', () => {
  expect(banner({ died: '2026-03-02', age: '67y' })).toContain('Born 14 May 1958 Died 2 March 2026 (aged 67)')
  expect(
    PatientBanner({ patient: { family: 'Ward', died: true }, allergies: { state: 'none-known' }, href: '/' }).html,
  ).toContain('app-banner--died')
  expect(banner({ died: true, age: '67y' })).toContain('Died Date not known')
})

test('a person whose name nobody told is still somebody', () => {
  expect(textOf(PatientBanner({ patient: {}, allergies: { state: 'none-known' }, href: '/' }).html)).toContain(
    'Name not known Born Not known',
  )
})

test('why something is empty is always told in full', () => {
  expect(emptyWords({ why: 'none-recorded', organisations: 5 })).toBe(
    'None recorded by the 5 organisations that answered',
  )
  expect(emptyWords({ why: 'none-recorded', organisations: 1 })).toBe(
    'None recorded by the one organisation that answered',
  )
  expect(emptyWords({ why: 'none-recorded', organisations: 0 })).toBe('Not known: no organisation has answered')
})
