import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import type { Pool } from '../base/index.ts'
import { nhsNumberCheckDigit } from '../nhs/index.ts'
import { type FiledSubject, fileSubjects, type Traits } from './index.ts'

let sql: Pool
beforeAll(async () => {
  ;({ sql } = await testDatabase())
})

const now = new Date('2026-11-22T10:00:00Z')
let counter = 0
const patientId = () => `patient-${++counter}`

/** A fresh NHS number of the test range with a right check digit. */
let stem = 999_100_000
function nhsNumber(): string {
  do stem += 1
  while (nhsNumberCheckDigit(String(stem)) === 10)
  return `${stem}${nhsNumberCheckDigit(String(stem))}`
}

const subject = (source: string, traits: Traits, id = patientId()): FiledSubject => ({ patientId: id, source, traits })
const file = (...subjects: FiledSubject[]) => sql.begin((tx) => fileSubjects(tx, subjects, { now }))
const reviewsOf = (pk: string) =>
  sql<
    { kind: string; persons: string[] }[]
  >`select kind, persons from identity_review where ${pk}::bigint = any(pks) order by kind`

const ada = (): Traits => ({
  nhsNumber: nhsNumber(),
  nhsNumberStatus: '01',
  family: 'Fictitious',
  given: ['Ada', 'May'],
  birthDate: `19${50 + (counter % 40)}-03-04`,
  gender: 'female',
  postcode: 'ZE1 0AA',
})

describe('filing subjects', () => {
  test('two sources with one verified NHS number, birth date and name are one person; filed again, nothing changes', async () => {
    const traits = ada()
    const gp = subject('gp', traits)
    const hospital = subject('acute', { ...traits, given: ['Ada'] })
    const [one] = await file(gp)
    const [two] = await file(hospital)
    expect(one?.how).toBe('new')
    expect(two).toMatchObject({ how: 'nhs-number', person: one?.person })
    const [again] = await file(gp)
    expect(again).toMatchObject({ how: 'known', person: one?.person })
    expect(await reviewsOf(one?.pk ?? '')).toEqual([])
  })

  test('a later subject of a batch sees an earlier one', async () => {
    const traits = ada()
    const filed = await file(
      subject('gp', traits),
      subject('acute', traits),
      subject('lab', { ...traits, family: 'FICTITIOUS' }),
    )
    expect(new Set(filed.map(({ person }) => person)).size).toBe(1)
  })
})
