/** Hazard H-03: disagreement is shown, not hidden. */
import { expect, test } from 'vitest'
import { problem, recordFrom, sarah } from '../../test/support/invented-record.ts'

const person = sarah('p')
const resolved = { clinicalStatus: { coding: [{ code: 'resolved' }] }, abatementDateTime: '2020-01-01' }

test('the same coded problem of two sources is one row that names both', () => {
  const [row, ...others] = recordFrom({
    gp: [person, problem('a', '44054006', 'Type 2 diabetes')],
    pas: [problem('b', '44054006', 'Diabetes mellitus type 2')],
  }).problems
  expect(others).toEqual([])
  expect(row).toMatchObject({ title: 'Type 2 diabetes', status: 'active', differences: [] })
  expect(row?.origins.map(({ organisation }) => organisation)).toEqual([
    'Riverside Surgery',
    'Riverton General Hospital',
  ])
})

test('H-03 active in one source and resolved in another: stays active, and each is quoted', () => {
  const [row] = recordFrom({
    gp: [person, problem('a', '44054006', 'Type 2 diabetes')],
    pas: [problem('b', '44054006', 'Type 2 diabetes', resolved)],
  }).problems
  expect(row?.status).toBe('active')
  expect(row?.ended).toBeUndefined()
  expect(row?.differences).toMatchObject([{ about: 'Status', sayings: [{ text: 'Active' }, { text: 'Resolved' }] }])
})

test('H-03 unlike start dates are quoted; a less exact one is no disagreement', () => {
  const started = (first: string, second: string) =>
    recordFrom({
      gp: [person, problem('a', '1', 'X', { onsetDateTime: first })],
      pas: [problem('b', '1', 'X', { onsetDateTime: second })],
    }).problems[0]
  expect(started('2008-10-14', '2008')?.differences).toEqual([])
  expect(started('2008-10-14', '2011-03-01')?.differences).toMatchObject([
    { about: 'Started', sayings: [{ text: '14 October 2008' }, { text: '1 March 2011' }] },
  ])
  expect(started('2011-03-01', '2008')?.since).toBe('2008')
})

test('two episodes of one source are two rows; another source joins the one of the same day', () => {
  const sore = (id: string, onsetDateTime: string) =>
    problem(id, '162397003', 'Pain in throat', { onsetDateTime, ...resolved })
  const rows = recordFrom({
    gp: [person, sore('a', '2019-01-02'), sore('b', '2021-05-06')],
    pas: [sore('c', '2021-05-06')],
  }).problems
  expect(rows.map(({ origins }) => origins.map(({ id }) => id))).toEqual([['b', 'c'], ['a']])
})

test('left and right are not the same problem', () => {
  const wrist = (id: string, side: string) =>
    problem(id, '263102004', 'Fracture of wrist', { bodySite: [{ text: side }] })
  const rows = recordFrom({ gp: [person, wrist('a', 'Left wrist')], pas: [wrist('b', 'Right wrist')] }).problems
  expect(rows.map(({ title }) => title).sort()).toEqual([
    'Fracture of wrist (Left wrist)',
    'Fracture of wrist (Right wrist)',
  ])
})

test('problems without a code are never joined by name', () => {
  const named = (id: string) => problem(id, '', '', { code: { text: 'Asthma' } })
  expect(recordFrom({ gp: [person, named('a')], pas: [named('b')] }).problems).toHaveLength(2)
})

test("equal local codes of two hospitals don't meet, since a code without a system means something only to its own source", () => {
  const local = (id: string, text: string) => problem(id, '', '', { code: { coding: [{ code: '17' }], text } })
  expect(recordFrom({ pas: [person, local('a', 'Gout')], mh: [local('b', 'Low mood')] }).problems).toHaveLength(2)
})

test('H-11 a problem entered in error joins nothing and is not current', () => {
  const error = problem('b', '44054006', 'Type 2 diabetes', {
    verificationStatus: { coding: [{ code: 'entered-in-error' }] },
  })
  expect(
    recordFrom({ gp: [person, problem('a', '44054006', 'Type 2 diabetes')], pas: [error] }).problems.map(
      ({ status }) => status,
    ),
  ).toEqual(['active', 'entered-in-error'])
})

test("the author's own words come before the code's", () => {
  const [row] = recordFrom({
    gp: [
      person,
      problem('a', '73211009', 'Diabetes mellitus', {
        code: {
          coding: [{ system: 'http://snomed.info/sct', code: '73211009', display: 'Diabetes mellitus' }],
          text: 'Sugar diabetes',
        },
      }),
    ],
  }).problems
  expect(row?.title).toBe('Sugar diabetes')
})

test('what a hospital first suspected and then found at one visit is one row, at two visits two', () => {
  const pneumonia = (id: string, certainty: string, visit: string) =>
    problem(id, '233604007', 'Pneumonia', {
      clinicalStatus: undefined,
      verificationStatus: { coding: [{ code: certainty }] },
      encounter: { reference: `Encounter/${visit}` },
    })
  const first = pneumonia('a', 'provisional', 'v1')
  const [row, ...others] = recordFrom({ pas: [first, pneumonia('b', 'confirmed', 'v1')] }).problems
  expect(others).toEqual([])
  expect(row).toMatchObject({ certainty: 'confirmed', differences: [] })
  expect(row?.origins.map(({ id }) => id)).toEqual(['b', 'a'])
  expect(recordFrom({ pas: [first, pneumonia('b', 'confirmed', 'v2')] }).problems).toHaveLength(2)
})
