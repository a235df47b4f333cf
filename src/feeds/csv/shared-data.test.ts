/** Extracts that others published, good and bad. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../../../test/support/shared-data.ts'
import type { Translation } from '../translation.ts'
import { csv } from './index.ts'
import { cohort, patientList, source, vaccinations } from './maps.test-support.ts'

const folder = sharedData('csv')
const read = (path: string): Uint8Array => readFileSync(join(folder ?? '', path))

type Outcome = { readonly rows: readonly Translation[]; readonly refused: readonly string[] }

function outcome(bytes: Uint8Array, of: ReturnType<typeof source>): Outcome {
  const parts = csv.divide?.(bytes, of) ?? { ok: true as const, value: [bytes] }
  if (!parts.ok) return { rows: [], refused: parts.issues.map(({ place, message }) => `file ${place}: ${message}`) }
  const told = parts.value.map((part) => csv.translate(part, of))
  return {
    rows: told.flatMap((one) => (one.ok ? [one.value] : [])),
    refused: told.flatMap((one) => (one.ok ? [] : [one.issues.map(({ place }) => place).join(' ')])),
  }
}

describe.skipIf(folder === undefined)('published extracts', () => {
  const school = source({ cohort })

  test.each([
    ['cohort_import-valid.csv', 3, 0],
    ['cohort_import-valid_extra_fields.csv', 3, 0],
    ['cohort_import-valid_with_bom.csv', 1, 0],
    ['cohort_import-valid_with_duplicates.csv', 4, 0],
    ['cohort_import-duplicate_except_postcode.csv', 1, 0],
  ])('%s: %i rows are taken, %i refused', (name, taken, refused) => {
    const { rows, refused: bad } = outcome(read(`school-vaccinations/${name}`), school)
    expect([rows.length, bad.length]).toEqual([taken, refused])
    for (const { coverage } of rows) expect(coverage.content).toBe(coverage.mapped + coverage.leftovers.length)
  })

  test('a file in ISO 8859-1 is read with its letters', () => {
    const { rows, refused } = outcome(read('school-vaccinations/cohort_import-valid_iso_8859_1_encoding.csv'), school)
    expect(rows.length).toBeGreaterThan(5)
    expect(refused).toEqual([])
    expect(JSON.stringify(rows)).not.toContain('\uFFFD')
  })

  test('rows with bad fields are refused one by one, with their columns', () => {
    const { rows, refused } = outcome(read('school-vaccinations/cohort_import-invalid_fields.csv'), school)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every((places) => /CHILD_/.test(places))).toBe(true)
    expect(rows.length).toBeGreaterThan(0)
  })

  test('a row of instructions under the header is no person', () => {
    const { refused } = outcome(read('school-vaccinations/cohort_import-invalid_instruction_row.csv'), school)
    expect(refused[0]).toContain('CHILD_DATE_OF_BIRTH')
  })

  test('files of another kind are refused by the columns they lack', () => {
    for (const name of readdirSync(join(folder ?? '', 'school-vaccinations')).filter((one) =>
      /^(menacwy|immunisation)/.test(one),
    )) {
      const { rows, refused } = outcome(read(`school-vaccinations/${name}`), school)
      expect([name, rows.length]).toEqual([name, 0])
      expect(refused[0]).toMatch(/^file /)
    }
  })

  test('a broken file tells that it is broken', () => {
    expect(outcome(read('school-vaccinations/class_import-malformed.csv'), school).refused[0]).toMatch(/^file /)
  })

  test('a list of patients tells who they are', () => {
    const { rows, refused } = outcome(read('gpconnect-provider-testing/PDS.csv'), source({ patientList }))
    expect(refused).toEqual([])
    expect(rows[0]?.subjects[0]?.traits).toMatchObject({
      nhsNumber: '9476719915',
      family: 'MCVEY',
      given: ['Sophie'],
      birthDate: '1952-06-13',
      postcode: 'DN16 3LQ',
    })
    expect(rows.length).toBe(
      new TextDecoder().decode(read('gpconnect-provider-testing/PDS.csv')).trim().split('\n').length - 1,
    )
  })

  test('a batch of immunisations, separated by bars, tells doses', () => {
    const { rows, refused } = outcome(read('immunisation-batch/sample_valid_csv_data.csv'), source({ vaccinations }))
    expect(refused).toEqual([])
    expect(rows[0]?.facts.map(({ resource }) => resource.resourceType)).toEqual(['Patient', 'Immunization'])
  })
})
