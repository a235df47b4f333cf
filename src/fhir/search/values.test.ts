/** What a resource can be found by. @see FHIR R4 search.html */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dateRange } from './dates.ts'
import { resourceTypes, searchParameters } from './parameters.ts'
import { extractSearchValues, foldSearchText } from './values.ts'

type Resource = { readonly resourceType: string } & Readonly<Record<string, unknown>>

function found(resource: Resource): string[] {
  const all: string[] = []
  const instant = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString() : String(ms))
  extractSearchValues(resource, {
    token: (code, system, value) => all.push(`${code} ${system === null ? '' : `${system ?? ''}|`}${value}`),
    reference: (code, type, id) => all.push(`${code} > ${type} ${id}`),
    uri: (code, uri) => all.push(`${code} @ ${uri}`),
    date: (code, { start, end }) => all.push(`${code} ${instant(start)} to ${instant(end)}`),
    string: (code, text) => all.push(`${code} ~ ${text}`),
    quantity: (code, { value, system, code: unit }) => all.push(`${code} ${value} ${system ?? ''}|${unit ?? ''}`),
  })
  return all.sort()
}

describe('a resource is found by', () => {
  test('the codes, numbers and references of an observation', () => {
    expect(
      found({
        resourceType: 'Observation',
        code: { coding: [{ system: 'http://loinc.org', code: '718-7' }, { code: 'HB' }], text: 'Haemoglobin' },
        subject: { reference: 'Patient/a' },
        performer: [{ reference: 'urn:uuid:1' }, { reference: '#inside' }],
        valueQuantity: { value: 140, system: 'http://unitsofmeasure.org', code: 'g/L' },
        effectivePeriod: { start: '2024-01-02' },
      }),
    ).toEqual(
      [
        'code http://loinc.org|718-7',
        'code |HB',
        'combo-code http://loinc.org|718-7',
        'combo-code |HB',
        'combo-value-quantity 140 http://unitsofmeasure.org|g/L',
        'date 2024-01-02T00:00:00.000Z to Infinity',
        'patient > Patient a',
        'performer @ urn:uuid:1',
        'subject > Patient a',
        'value-quantity 140 http://unitsofmeasure.org|g/L',
      ].sort(),
    )
  })

  test('the names, numbers and states of a patient', () => {
    expect(
      found({
        resourceType: 'Patient',
        active: true,
        gender: 'female',
        birthDate: '1958-07',
        deceasedDateTime: '2024',
        name: [{ family: 'Ng', given: ['Ada', 'M'] }],
        identifier: [{ system: 's', value: '1' }, { value: '2' }, {}],
        telecom: [{ system: 'phone', value: '0113' }],
      }),
    ).toEqual(
      [
        'active true',
        'birthdate 1958-06-30T23:00:00.000Z to 1958-07-31T23:00:00.000Z',
        'death-date 2024-01-01T00:00:00.000Z to 2025-01-01T00:00:00.000Z',
        'deceased true',
        'family ~ Ng',
        'gender female',
        'given ~ Ada',
        'given ~ M',
        'identifier s|1',
        'identifier |2',
        'name ~ Ada',
        'name ~ M',
        'name ~ Ng',
        'phone 0113',
        'phonetic ~ Ada',
        'phonetic ~ M',
        'phonetic ~ Ng',
        'telecom 0113',
      ].sort(),
    )
  })

  test('that a patient is not known to have died', () => {
    expect(found({ resourceType: 'Patient' })).toEqual(['deceased false'])
  })

  test('an extension that has a parameter, and its canonical with and without version', () => {
    const url = 'http://hl7.org/fhir/StructureDefinition/patient-extensions-Patient-mothersMaidenName'
    expect(
      found({
        resourceType: 'Patient',
        extension: [
          { url, valueString: 'Okafor' },
          { url: 'other', valueString: 'no' },
        ],
      }),
    ).toContain('mothersMaidenName ~ Okafor')
    expect(found({ resourceType: 'PlanDefinition', library: ['http://x/L|1'] })).toEqual(
      expect.arrayContaining(['depends-on @ http://x/L', 'depends-on @ http://x/L|1']),
    )
  })

  test('a number whose text was kept', () => {
    const value = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON('1.50')
    expect(found({ resourceType: 'Observation', valueQuantity: { value } })).toContain('value-quantity 1.5 |')
  })
})

describe('a date is a range', () => {
  test.each([
    ['2024', '2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['2024-06', '2024-05-31T23:00:00.000Z', '2024-06-30T23:00:00.000Z'],
    ['2024-03-31', '2024-03-31T00:00:00.000Z', '2024-03-31T23:00:00.000Z'],
    ['2024-06-01T10:20:30+01:00', '2024-06-01T09:20:30.000Z', '2024-06-01T09:20:31.000Z'],
    ['2024-06-01T10:20:30.5Z', '2024-06-01T10:20:30.500Z', '2024-06-01T10:20:30.501Z'],
    ['2024-06-01T10:20', '2024-06-01T09:20:00.000Z', '2024-06-01T09:21:00.000Z'],
    ['0001-01-01', '0001-01-01T00:01:15.000Z', '0001-01-02T00:01:15.000Z'],
  ])('%s', (text, start, end) => {
    const range = dateRange(text)
    // Before 1847 London kept its own time; a minute is of no matter there.
    const near = (ms: number | undefined, wanted: string) =>
      expect(Math.abs((ms ?? 0) - Date.parse(wanted))).toBeLessThan(text.startsWith('0') ? 90_000 : 1)
    near(range?.start, start)
    near(range?.end, end)
  })

  test.each([
    '',
    'x',
    '2024-13',
    '2024-02-30',
    '24-01-01',
    '2024-06-01T',
    '2024-06-01T25:00:00Z',
    '2024-06-01 10:20',
    'NaN',
    '-2024',
  ])('"%s" is none', (text) => {
    expect(dateRange(text)).toBeUndefined()
  })

  test('a moment lies in its day, its day in its month, its month in its year', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-02'), max: new Date('2100-12-30'), noInvalidDate: true }),
        (date) => {
          const text = date.toISOString()
          const [moment, day, month, year] = [text, text.slice(0, 10), text.slice(0, 7), text.slice(0, 4)].map(
            dateRange,
          )
          expect.assert(moment && day && month && year)
          expect(day.start).toBeGreaterThanOrEqual(month.start)
          expect(day.end).toBeLessThanOrEqual(month.end)
          expect(month.start).toBeGreaterThanOrEqual(year.start)
          expect(month.end).toBeLessThanOrEqual(year.end)
          expect(moment.end).toBeGreaterThan(moment.start)
          expect([23, 24, 25]).toContain((day.end - day.start) / 3_600_000)
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('strings compare without case, accents, marks and spaces', () => {
  expect(foldSearchText("O'Néill-Smyth")).toBe('oneillsmyth')
  expect(foldSearchText('LS1 4AP')).toBe('ls14ap')
  expect(foldSearchText('Straße Łódź')).toBe('strasselodz')
  expect(foldSearchText('王 芳')).toBe('王芳')
  expect(foldSearchText('x'.repeat(1000))).toHaveLength(100)
})

test('no content makes it throw', () => {
  const keys = [
    ...searchParameters('Observation').values(),
    ...searchParameters('Patient').values(),
    ...searchParameters('Bundle').values(),
  ].flatMap(({ walks }) => walks.flatMap((walk) => walk.slice(0, -1).map((step) => step.split('?')[0] ?? '')))
  const key = fc.constantFrom(...new Set(keys), 'coding', 'reference', 'value', 'start', 'extension', 'url')
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant('2024-01-01'),
    fc.constant('Patient/1'),
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
    ),
  }))
  fc.assert(
    fc.property(
      fc.constantFrom('Observation', 'Patient', 'Bundle', 'Nonsense'),
      fc.dictionary(key, tree, { maxKeys: 8 }),
      (resourceType, content) => {
        found({ ...content, resourceType })
      },
    ),
    { numRuns: 500 },
  )
})

test('every type has its parameters, read in a few milliseconds', () => {
  expect(resourceTypes.length).toBeGreaterThanOrEqual(146)
  expect(searchParameters('Observation').get('_lastUpdated')).toMatchObject({ type: 'date' })
  expect([...searchParameters('toString')]).toEqual([])
  expect([...searchParameters('DetectedIssue').keys()]).not.toContain('status')
})
