/** Hazard H-38: two codings of one condition are one problem, and two conditions are never one. */
import { expect, test } from 'vitest'
import { problem, type Resource, recordFrom, sarah } from '../../test/support/invented-record.ts'

const icd = (code: string, display: string) => ({ system: 'http://hl7.org/fhir/sid/icd-10', code, display })
const hospital = (id: string, codings: readonly object[], more: object = {}): Resource =>
  ({ ...problem(id, '', ''), code: { coding: codings }, onsetDateTime: undefined, ...more }) as unknown as Resource
const rows = (gp: readonly Resource[], pas: readonly Resource[]) =>
  recordFrom({ gp: [sarah('p'), ...gp], pas })
    .problems.map(({ origins }) =>
      origins
        .map(({ id }) => id)
        .sort()
        .join('+'),
    )
    .sort()

test('H-38 the table joins a long-term condition that a hospital sends in ICD-10, however it writes the code', () => {
  const diabetes = problem('g', '44054006', 'Type 2 diabetes mellitus')
  for (const code of ['E11.9', 'E119', 'e11.9'])
    expect(rows([diabetes], [hospital('h', [icd(code, 'Type 2 diabetes')])])).toEqual(['g+h'])
  expect(
    rows([problem('g', '38341003', 'Hypertensive disorder')], [hospital('h', [icd('I10.X', 'Hypertension')])]),
  ).toEqual(['g+h'])
})

test('H-38 a source that sends both codings on one fact joins what is sent in one of them', () => {
  const both = hospital('b', [
    icd('K50.9', 'Crohn disease'),
    { system: 'http://snomed.info/sct', code: '34000006', display: 'Crohn’s disease' },
  ])
  expect(rows([problem('g', '34000006', 'Crohn’s disease')], [both])).toEqual(['b+g'])
  expect(
    recordFrom({
      gp: [sarah('p'), problem('g', '34000006', 'Crohn’s disease')],
      pas: [both],
      mh: [hospital('m', [icd('K50.9', 'Crohn')])],
    }).problems,
  ).toHaveLength(1)
})

test('H-38 an ICD-10 code that fits two of the person’s conditions joins neither', () => {
  const two = [problem('g', '38341003', 'Hypertensive disorder'), problem('k', '59621000', 'Essential hypertension')]
  expect(rows(two, [hospital('h', [icd('I10', 'Hypertension')])])).toEqual(['g', 'h', 'k'])
})

test('H-38 nothing is joined by its name, by a code of the same beginning, when entered in error, or for one side only', () => {
  const asthma = problem('g', '195967001', 'Asthma')
  expect(rows([asthma], [hospital('h', [icd('J46', 'Asthma')])])).toEqual(['g', 'h'])
  expect(rows([asthma], [hospital('h', [{ display: 'Asthma' }])])).toEqual(['g', 'h'])
  const mistaken = { verificationStatus: { coding: [{ code: 'entered-in-error' }] } }
  expect(rows([asthma], [hospital('h', [icd('J45.9', 'Asthma')], mistaken)])).toEqual(['g', 'h'])
  expect(rows([asthma], [hospital('h', [icd('J45.9', 'Asthma')], { bodySite: [{ text: 'Left' }] })])).toEqual([
    'g',
    'h',
  ])
})
