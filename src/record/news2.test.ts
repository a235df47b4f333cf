/** Hazards H-30 and H-31: which readings make a set, and when there is no total. */
import { expect, test } from 'vitest'
import {
  type Given,
  problem,
  quantity,
  type Resource,
  reading,
  recordFrom,
  sarah,
} from '../../test/support/invented-record.ts'
import type { News2Set } from './model.ts'

const day = '2026-11-20'
const coded = (system: string, code: string) => ({ valueCodeableConcept: { coding: [{ system, code }] } })
const sct = 'http://snomed.info/sct'
let count = 0

/** A whole set that scores 5: respiration 22 (2), oxygen (2), pulse 95 (1). @param at minutes after ten by reading */
function set(
  at: Readonly<Record<string, number>> = {},
  more: Readonly<Record<string, Resource | undefined>> = {},
): readonly Resource[] {
  const one = (name: string, code: string, value: object) => {
    count += 1
    const when = `${day}T10:${String(at[name] ?? 0).padStart(2, '0')}:00Z`
    return name in more ? more[name] : reading(`${name}-${count}`, code, name, value, when, { category: [] })
  }
  const level = (name: string, code: string, value: object): Resource | undefined => {
    const made = one(name, '', value)
    return made && !(name in more) ? ({ ...made, code: { coding: [{ system: sct, code }] } } as Resource) : made
  }
  return [
    one('respiration', '9279-1', quantity(22, '/min')),
    one('saturation', '2708-6', quantity(96, '%')),
    level('oxygen', '722742002x', coded(sct, '371825009')),
    one('systolic', '8480-6', quantity(120, 'mmHg')),
    one('pulse', '8867-4', quantity(95, 'bpm')),
    level('consciousness', '1104441000000107', coded(sct, '248234008')),
    one('temperature', '8310-5', quantity(37, 'Cel')),
  ].flatMap((made) => made ?? [])
}

function score(total: number, when = `${day}T10:05:00Z`, more: object = {}): Resource {
  count += 1
  return {
    ...reading(`score-${count}`, '', 'NEWS2', quantity(total, '{ScoreOf}'), when, { category: [], ...more }),
    code: { coding: [{ system: sct, code: '1104051000000101' }] },
  } as Resource
}

const setsOf = (given: Given, born = '1958-05-14'): readonly News2Set[] =>
  recordFrom({ ...given, pas: [sarah('p', { birthDate: born }), ...(given.pas ?? [])] }).news2.sets
const computed = (given: Given, born?: string) => setsOf(given, born).map((one) => one.computed)

test('H-30 seven readings of one source within a quarter of an hour are a set, with what each scores', () => {
  const [one, ...others] = setsOf({ pas: set({ temperature: 15, pulse: 3 }) })
  expect(others).toEqual([])
  expect(one).toMatchObject({
    organisation: 'Riverton General Hospital',
    from: '2026-11-20T10:00:00.000Z',
    until: '2026-11-20T10:15:00.000Z',
    scale: 1,
    computed: { kind: 'scored', total: 5, risk: 'medium' },
  })
  expect(one?.readings.map(({ parameter, text, band }) => [parameter, text, band])).toEqual([
    ['respiration', '22 /min', 2],
    ['saturation', '96%', 0],
    ['oxygen', 'On oxygen', 2],
    ['systolic', '120 mmHg', 0],
    ['pulse', '95 bpm', 1],
    ['consciousness', 'Alert', 0],
    ['temperature', '37 Cel', 0].map((one) => (one === '37 Cel' ? '37 °C' : one)),
  ])
})

test('H-30 a reading of a minute too late, or of another source, leaves a set that is not whole and has no total', () => {
  expect(computed({ pas: set({ temperature: 16 }) })).toEqual([{ kind: 'partial', missing: ['temperature'] }])
  const all = set()
  const split = { pas: all.slice(0, 6), mh: all.slice(6) }
  expect(computed(split)).toEqual([{ kind: 'partial', missing: ['temperature'] }])
})

test('H-30 a reading without a time of day, not final, or in an unknown unit, is in no set', () => {
  const temperature = (more: object, value: object = quantity(37, 'Cel'), when = `${day}T10:00:00Z`) =>
    computed({ pas: set({}, { temperature: reading('t', '8310-5', 'Temperature', value, when, more) }) })
  const none = [{ kind: 'partial', missing: ['temperature'] }]
  expect(temperature({}, quantity(37, 'Cel'), day)).toEqual(none)
  expect(temperature({ status: 'preliminary' })).toEqual(none)
  expect(temperature({ status: 'entered-in-error' })).toEqual(none)
  expect(temperature({}, quantity(98.6, 'F'))).toEqual(none)
  expect(temperature({}, quantity(37, 'Cel', { comparator: '>' }))).toEqual(none)
  expect(temperature({ status: 'corrected' })).toMatchObject([{ kind: 'scored', total: 5 }])
  expect(temperature({}, quantity(368, 'Cel'))).toEqual([{ kind: 'unusable', parameters: ['temperature'] }])
})

test('H-30 a level of consciousness is taken by its code: Glasgow Coma Scale and words are not turned into one', () => {
  const level = (more: object) =>
    computed({
      pas: set(
        {},
        {
          consciousness: {
            ...reading('c', '9269-2', 'GCS', quantity(15, ''), `${day}T10:00:00Z`),
            ...more,
          } as Resource,
        },
      ),
    })
  expect(level({})).toEqual([{ kind: 'partial', missing: ['consciousness'] }])
  const acvpu = { code: { coding: [{ system: sct, code: '1104441000000107' }] }, valueQuantity: undefined }
  expect(level({ ...acvpu, valueCodeableConcept: { text: 'Alert' } })).toEqual([
    { kind: 'partial', missing: ['consciousness'] },
  ])
  expect(level({ ...acvpu, ...coded(sct, '130987000') })).toMatchObject([{ kind: 'scored', total: 8 }])
})

test('H-30 two values of one reading at one moment leave no total; the same one twice does', () => {
  const twice = (value: number) =>
    computed({
      pas: [...set(), reading('again', '9279-1', 'Respiration', quantity(value, '/min'), `${day}T10:00:00Z`)],
    })
  expect(twice(22)).toMatchObject([{ kind: 'scored', total: 5 }])
  expect(twice(30)).toMatchObject([
    { kind: 'not-scored', why: 'one reading came twice for the same moment, with unlike values' },
  ])
})

test('H-30 a second round begins a new set, and none borrows from the other', () => {
  const later = set(
    { respiration: 10, saturation: 10, oxygen: 10, systolic: 10, pulse: 10, consciousness: 10 },
    { temperature: undefined },
  )
  expect(computed({ pas: [...set(), ...later] })).toEqual([
    { kind: 'partial', missing: ['temperature'] },
    expect.objectContaining({ kind: 'scored', total: 5 }),
  ])
})

test('H-30 a blood pressure and a pulse at the practice are no set', () => {
  expect(setsOf({ gp: set().slice(3, 5) })).toEqual([])
})

test('H-30 under 16, in pregnancy, or without a birth date there is no NEWS2', () => {
  expect(computed({ pas: set() }, '2010-11-21')).toMatchObject([
    { kind: 'not-scored', why: 'NEWS2 is for people of 16 and over' },
  ])
  expect(computed({ pas: set() }, '2010-11-20')).toMatchObject([{ kind: 'scored' }])
  expect(computed({ pas: set() }, '2010')).toMatchObject([{ kind: 'not-scored' }])
  expect(recordFrom({ pas: [...set()] }).news2.sets[0]?.computed).toMatchObject({
    kind: 'not-scored',
    why: 'the birth date is not recorded',
  })
  const pregnant = (onsetDateTime: string) =>
    computed({ pas: [...set(), problem('c', '77386006', 'Pregnancy', { onsetDateTime })] })
  expect(pregnant('2026-07-01')).toMatchObject([{ kind: 'not-scored', why: 'NEWS2 is not for pregnancy' }])
  expect(pregnant('2019-07-01')).toMatchObject([{ kind: 'scored' }])
})

test('H-30 scale 2 only where the source says so; where it was used before and is not told now, there is no total', () => {
  const scaleTwo = (when: string) =>
    ({
      ...reading('s2', '', 'NEWS2 scale 2', quantity(0, ''), when),
      code: { coding: [{ system: sct, code: '1104321000000108' }] },
    }) as Resource
  const own = setsOf({ pas: [...set(), scaleTwo(`${day}T10:00:00Z`)] })
  // 96 % on oxygen scores 2 on scale 2.
  expect(own).toMatchObject([{ scale: 2, computed: { kind: 'scored', total: 7 } }])
  expect(computed({ pas: [...set(), scaleTwo('2026-11-01T10:00:00Z')] })).toMatchObject([{ kind: 'not-scored' }])
})

test('H-31 a recorded total stands beside the computed one, and neither replaces the other', () => {
  const [one] = setsOf({ pas: [...set(), score(6)] })
  expect(one).toMatchObject({ computed: { kind: 'scored', total: 5 }, recorded: { total: 6, risk: 'medium' } })
  expect(setsOf({ pas: [...set(), score(6, '2026-11-20T12:00:00Z')] })[0]?.recorded).toBeUndefined()
  expect(setsOf({ pas: [...set()], mh: [score(6)] })[0]?.recorded).toBeUndefined()
  const { news2 } = recordFrom({ pas: [sarah('p'), score(3)] })
  expect(news2).toMatchObject({ sets: [], recorded: [{ total: 3, risk: 'low' }] })
})

test('H-31 a recorded total that names its readings belongs to them, and what is no total is none', () => {
  const readings = set()
  const derived = score(6, '2026-11-20T12:00:00Z', { derivedFrom: [{ reference: `Observation/${readings[0]?.id}` }] })
  expect(setsOf({ pas: [...readings, derived] })[0]?.recorded).toMatchObject({ total: 6 })
  for (const total of [21, -1, 2.5]) expect(recordFrom({ pas: [sarah('p'), score(total)] }).news2.recorded).toEqual([])
  const three = score(3, `${day}T10:05:00Z`, {
    component: [{ code: { text: 'Pulse score' }, valueQuantity: { value: 3 } }],
  })
  expect(recordFrom({ pas: [sarah('p'), three] }).news2.recorded).toMatchObject([{ total: 3, risk: 'low-medium' }])
})

const observed = (text: string, more: object, when = '2026-09-01'): Resource =>
  ({ ...reading('preg', '', text, more, when), code: { text } }) as Resource

test.each([
  ['Pregnancy status', { valueString: 'Pregnant' }, '2026-09-01', 'not-scored'],
  ['Estimated delivery date', { valueDateTime: '2027-01-04' }, '2026-09-01', 'not-scored'],
  ['Pregnant', { valueBoolean: true }, '2026-09-01', 'not-scored'],
  ['Pregnant', { valueBoolean: false }, '2026-09-01', 'scored'],
  ['Pregnancy test', { valueString: 'Negative' }, '2026-09-01', 'scored'],
  ['Pregnancy status', { valueString: 'Not pregnant' }, '2026-09-01', 'scored'],
  ['Number of previous pregnancies', { valueInteger: 2 }, '2026-09-01', 'scored'],
  ['Pregnancy status', { valueString: 'Pregnant' }, '2024-09-01', 'scored'],
])('H-30 %s %j, observed on %s: %s', (name, more, when, kind) => {
  expect(computed({ pas: [...set(), observed(name, more, when)] })).toMatchObject([{ kind }])
})

test.each([
  ['722742002', { valueBoolean: false }],
  ['722742002', { valueString: 'No' }],
  ['371825009', { valueCodeableConcept: { text: 'No' } }],
  ['371825009', { valueBoolean: false }],
])('H-30 %s answered %j says neither air nor oxygen: no total', (code, more) => {
  const denied = {
    ...reading('no', '', 'Breathing', more, `${day}T10:00:00Z`, { category: [] }),
    code: { coding: [{ system: sct, code }] },
  } as Resource
  expect(computed({ pas: set({}, { oxygen: denied }) })).toEqual([{ kind: 'partial', missing: ['oxygen'] }])
})

test('H-30 what is breathed may be the thing observed, without a value or with a yes', () => {
  const air = {
    ...reading('yes', '', 'Breathing room air', { valueBoolean: true }, `${day}T10:00:00Z`, { category: [] }),
    code: { coding: [{ system: sct, code: '722742002' }] },
  } as Resource
  expect(computed({ pas: set({}, { oxygen: air }) })).toMatchObject([{ kind: 'scored', total: 3 }])
})
