/** Hazard H-04: who the record is about, and what sources say differently about it. */
import { expect, test } from 'vitest'
import { recordFrom, sarah } from '../../test/support/invented-record.ts'

const verified = {
  identifier: [
    {
      system: 'https://fhir.nhs.uk/Id/nhs-number',
      value: '9990000018',
      extension: [
        {
          url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
          valueCodeableConcept: { coding: [{ code: '01' }] },
        },
      ],
    },
  ],
}

test('sources that agree, but for a title and the writing of a name, raise nothing', () => {
  const hospital = sarah('b', { name: [{ use: 'official', family: 'WARD', given: ['Sarah'] }] })
  const { identity } = recordFrom({ gp: [sarah('a')], pas: [hospital] })
  expect(identity.differences).toEqual([])
  expect(identity.name).toMatchObject({ value: { family: 'Ward', given: 'Sarah', title: 'Mrs' } })
  expect(identity).toMatchObject({
    age: '68y',
    sex: { text: 'Female' },
    nhsNumber: { value: '9990000018', text: '999 000 0018' },
  })
})

test('H-04 unlike birth dates are quoted with who says which; the one of the verified NHS number is shown', () => {
  const { identity } = recordFrom({ gp: [sarah('a')], pas: [sarah('b', { birthDate: '1985-05-14', ...verified })] })
  expect(identity.bornOn).toMatchObject({ value: '1985-05-14' })
  expect(identity.differences).toMatchObject([
    { about: 'Date of birth', sayings: [{ text: '14 May 1985' }, { text: '14 May 1958' }] },
  ])
  expect(identity.differences[0]?.sayings[1]?.origins[0]?.organisation).toBe('Riverside Surgery')
})

test('H-04 without verification the GP practice is shown before others, whichever spoke last', () => {
  const saved = { a: '2020-01-01T00:00:00.000Z', b: '2026-11-20T00:00:00.000Z' }
  const { identity } = recordFrom({ pas: [sarah('b', { gender: 'male' })], gp: [sarah('a')] }, { saved })
  expect(identity.sex).toMatchObject({ text: 'Female' })
  expect(identity.differences.map(({ about }) => about)).toEqual(['Sex'])
})

test('H-04 of unlike addresses the latest to change is shown, and both are kept', () => {
  const moved = sarah('b', {
    address: [{ use: 'home', line: ['2 New Road'], city: 'Riverton', postalCode: 'RV9 9ZZ' }],
  })
  const { identity } = recordFrom(
    { gp: [sarah('a')], pas: [moved] },
    { saved: { a: '2026-01-01T00:00:00.000Z', b: '2026-11-20T00:00:00.000Z' } },
  )
  expect(identity.address).toMatchObject({ text: '2 New Road, Riverton, RV9 9ZZ' })
  expect(identity.differences).toMatchObject([{ about: 'Address' }])
})

test('H-04 a number with a wrong check digit is not shown as an NHS number', () => {
  const mistyped = sarah('a', { identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000019' }] })
  expect(recordFrom({ gp: [mistyped] }).identity.nhsNumber).toEqual({ kind: 'not-recorded' })
  expect(recordFrom({ gp: [mistyped], pas: [sarah('b')] }).identity.nhsNumber).toMatchObject({ value: '9990000018' })
})

test('H-04 died in one source and alive in another: shown as died, with both', () => {
  const { identity } = recordFrom({
    gp: [sarah('a', { deceasedBoolean: false })],
    pas: [sarah('b', { deceasedDateTime: '2026-03-02' })],
  })
  expect(identity.died).toMatchObject({ day: '2026-03-02' })
  expect(identity.age).toBe('67y')
  expect(identity.differences.map(({ about }) => about)).toEqual(['Died'])
})

test('H-01 what nobody gave is "not recorded", never blank', () => {
  const { identity } = recordFrom({
    pas: [
      sarah('a', {
        birthDate: undefined,
        gender: 'unknown',
        address: undefined,
        telecom: undefined,
        generalPractitioner: undefined,
      }),
    ],
  })
  for (const field of [identity.bornOn, identity.sex, identity.address, identity.phone, identity.gpPractice])
    expect(field).toEqual({ kind: 'not-recorded' })
  expect(identity.age).toBeUndefined()
})

test('former names are kept, and are no disagreement', () => {
  const { identity } = recordFrom({
    gp: [
      sarah('a', {
        name: [
          { use: 'official', family: 'Ward', given: ['Sarah'] },
          { use: 'maiden', family: 'Hill', given: ['Sarah'] },
        ],
      }),
    ],
  })
  expect(identity.differences).toEqual([])
  expect(identity.otherNames.map(({ text }) => text)).toEqual(['Hill, Sarah'])
})

const at = (id: string, line: string, more: object = {}) =>
  sarah(id, { address: [{ use: 'home', line: [line], city: 'Riverton', postalCode: 'RV1 1AA' }], ...more })

test('H-04 a list that came last and says what nobody else says does not replace the address that most organisations give', () => {
  const { identity } = recordFrom(
    { gp: [at('a', '2 New Road')], pas: [at('b', '2 New Road')], council: [at('c', '1 Old Street')] },
    { saved: { a: '2026-01-01T00:00:00.000Z', b: '2026-01-02T00:00:00.000Z', c: '2026-11-20T00:00:00.000Z' } },
  )
  expect(identity.address).toMatchObject({ text: '2 New Road, Riverton, RV1 1AA' })
  expect(identity.differences).toMatchObject([{ about: 'Address' }])
})

test('the doctor at a practice is no other word than the practice', () => {
  const doctor = {
    resourceType: 'Practitioner',
    id: 'rao',
    name: [{ family: 'Rao', given: ['Helen'] }],
  } as unknown as Parameters<typeof recordFrom>[0][string][number]
  const gp = sarah('a', { generalPractitioner: [{ reference: 'Practitioner/rao' }] })
  const pas = sarah('b', { generalPractitioner: [{ display: 'Riverside Surgery' }] })
  const { identity } = recordFrom({ gp: [gp], pas: [pas] }, { about: [doctor] })
  expect(identity.gpPractice).toMatchObject({ text: 'Riverside Surgery' })
  expect(identity.differences).toEqual([])
})

test('H-21 where a protected person lives is not told, whoever else tells it', () => {
  const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }]
  const marked = at('a', '2 Safe Street', { meta: { security } })
  const { identity } = recordFrom({ gp: [marked], pas: [at('b', '2 Safe Street')] })
  expect(identity).toMatchObject({
    restricted: true,
    address: { kind: 'restricted' },
    phone: { kind: 'restricted' },
    gpPractice: { kind: 'restricted' },
  })
  expect(JSON.stringify(identity)).not.toContain('Safe Street')
})
