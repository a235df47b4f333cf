import fc from 'fast-check'
import type { Encounter } from 'fhir/r4.js'
import { expect, test } from 'vitest'
import type { Issue, Parsed } from '../../base/index.ts'
import { parseJson, printJson, validateResource } from '../../fhir/index.ts'
import { parseExtracts } from './column-map.ts'
import { compileDateFormat, readDate } from './date-format.ts'
import { csv } from './index.ts'
import { care, cohort, contacts, patientList, source, vaccinations } from './maps.test-support.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (from: Uint8Array): string => new TextDecoder().decode(from)
const community = source({ contacts })

const header =
  'NHS_NUMBER,NHS_NUMBER_STATUS,LOCAL_PATIENT_ID,FAMILY_NAME,GIVEN_NAME,BIRTH_DATE,SEX,POSTCODE,GP_PRACTICE,CONTACT_ID,CONTACT_START,CONTACT_MINUTES,TEAM,REASON,OUTCOME,NOTE'
const row =
  '999 000 0018,01,D77,"O\'Neill, Jr",Áine,05/03/1948,2,ls1 4ap,A12345,C1,04/07/2024 09:30,25,District nursing,Leg ulcer,S,"Healing ""well"",\nback on Friday"'

const translated = (file: string, of = community) => {
  const result = csv.translate(bytes(file), of)
  if (!result.ok) throw new Error(result.issues.map((issue) => `${issue.place}: ${issue.message}`).join('; '))
  return result.value
}
const issuesOf = (result: Parsed<unknown> | null | undefined): readonly Issue[] =>
  result === null || result === undefined || result.ok ? [] : result.issues

const problems = (file: string, of: typeof community) =>
  translated(file, of).facts.flatMap(({ resource }) =>
    validateResource(JSON.parse(printJson(resource)), resource.resourceType),
  )

test('a row becomes a person, a contact and a note', () => {
  const told = translated(`${header}\r\n${row}\r\n`)
  expect(told.subjects[0]?.traits).toEqual({
    nhsNumber: '9990000018',
    nhsNumberStatus: '01',
    identifiers: [{ system: 'urn:throughline:source:dales-community:LOCAL_PATIENT_ID', value: 'D77' }],
    family: "O'Neill, Jr",
    given: ['Áine'],
    birthDate: '1948-03-05',
    gender: 'female',
    postcode: 'LS1 4AP',
  })
  const contact = told.facts[1]?.resource as Encounter
  expect(contact).toMatchObject({
    status: 'finished',
    class: { code: 'HH' },
    period: { start: '2024-07-04T09:30:00+01:00' },
    length: { value: 25, code: 'min' },
    subject: { reference: `Patient/${told.facts[0]?.resource.id}` },
  })
  expect(told.facts[2]?.resource).toMatchObject({
    encounter: { reference: `Encounter/${contact.id}` },
    payload: [{ contentString: 'Healing "well",\nback on Friday' }],
  })
  expect(problems(`${header}\n${row}`, community)).toEqual([])
  expect(told.coverage).toEqual({ content: 16, mapped: 15, leftovers: ['GP_PRACTICE'] })
  expect(told.facts[0]?.lineage).toContainEqual({ to: 'birthDate', from: 'BIRTH_DATE', rule: 'BIRTH_DATE as date' })
})

test('a file is cut into rows that are read alone and say the same', () => {
  const parts = csv.divide?.(
    bytes(`\uFEFF${header}\n${row}\n${row.replace('D77', 'D78').replace('C1', 'C2')}\n,,,,,,,,,,,,,,,\nTRL,2`),
    community,
  )
  if (!parts?.ok) throw new Error('not divided')
  expect(parts.value).toHaveLength(2)
  for (const part of parts.value) expect(csv.divide?.(part, community)).toBeNull()
  expect(parts.value.map((part) => translated(text(part)).facts[0]?.resource.id)).toEqual(
    [translated(`${header}\n${row}`), translated(`${header}\n${row.replace('D77', 'D78')}`)].map(
      (told) => told.facts[0]?.resource.id,
    ),
  )
  expect(csv.envelope(parts.value[0] ?? bytes(''), community)).toEqual({
    controlId: '',
    kind: 'row',
    orderKey: translated(`${header}\n${row}`).subjects[0]?.patientId,
  })
})

test('a trailer that counts other rows says that the file was cut short', () => {
  expect(issuesOf(csv.divide?.(bytes(`${header}\n${row}\nTRL,2`), community))[0]).toMatchObject({
    place: 'TRL',
    message: 'Found 1 rows, the trailer counts 2',
  })
})

test.each([
  [
    'a column is missing',
    `${header.replace('CONTACT_START', 'Start')}\n${row}`,
    'CONTACT_START',
    /Found no column of this name .* but GP_PRACTICE, Start, which are not known/,
  ],
  [
    'the delimiter is another',
    `${header.replaceAll(',', ';')}\n${row}`,
    '',
    /Found semicolons between the columns, expected commas/,
  ],
  ['a column stands twice', `${header},TEAM\n${row},x`, 'TEAM', /twice/],
  ['there is nothing', ' \n', '', /empty/],
  ['it is a spreadsheet', 'PK\u0003\u0004\u0000\u0000', '', /binary/],
  ['a quotation mark is open', `${header}\n"${row}`, '', /not CSV: a quotation mark/],
])('when %s the file is refused as a whole', (_why, file, place, message) => {
  const [issue] = issuesOf(csv.divide?.(bytes(file), community))
  expect(issue?.place).toBe(place)
  expect(issue?.message).toMatch(message)
  expect(issuesOf(csv.translate(bytes(file), community))[0]?.message).toMatch(message)
})

test.each([
  ['NHS number in scientific notation', ['999 000 0018', '9.99E+09'], 'NHS_NUMBER', /scientific notation/],
  ['NHS number without its zero', ['999 000 0018', '999000001'], 'NHS_NUMBER', /9 digits, expected 10/],
  ['code without its zero', [',01,', ',1,'], 'NHS_NUMBER_STATUS', /1 digits, expected 2/],
  ['local number that was rounded', ['D77', '1.23457E+11'], 'LOCAL_PATIENT_ID', /scientific notation/],
  ['date of another form', ['05/03/1948', '1948-03-05'], 'BIRTH_DATE', /no date of the form DD\/MM\/YYYY/],
  ['date in American order', ['05/03/1948', '03/25/1948'], 'BIRTH_DATE', /no date of the form/],
  ['spreadsheet error', ['District nursing', '#REF!'], 'TEAM', /spreadsheet writes for an error/],
  ['empty cell that must be filled', ['D77', ''], 'LOCAL_PATIENT_ID', /Found nothing, expected a value/],
  ['cell too many', ['D77', 'D77,x'], '', /Found 17 cells, expected 16/],
])('a %s is refused with the cell named', (_what, [from, to], place, message) => {
  const [issue] = issuesOf(csv.translate(bytes(`${header}\n${row.replace(from ?? '', to ?? '')}`), community))
  expect(issue?.place).toBe(place)
  expect(issue?.message).toMatch(message)
  if (to !== undefined && to.length > 4) expect(JSON.stringify(issue)).not.toContain(to)
})

test('a number that fails its check and a code that is not known are told, and the row is used', () => {
  const told = translated(`${header}\n${row.replace('999 000 0018', '9990000019').replace(',S,', ',?,')}`)
  expect(told.notes.map(({ place }) => place)).toEqual(['NHS_NUMBER', 'OUTCOME'])
  expect(told.subjects[0]?.traits).not.toHaveProperty('nhsNumber')
  expect(told.coverage.leftovers).toEqual(['GP_PRACTICE', 'OUTCOME'])
  expect(told.facts[1]?.resource).toMatchObject({ status: 'unknown' })
})

test('Windows-1252 and UTF-16 are read for what they are', () => {
  const latin = Uint8Array.from([...`${header}\n${row}`], (char) => char.charCodeAt(0))
  expect(csv.text(latin, community)).toContain('Áine')
  const utf16 = Buffer.from(`\uFEFF${header}\n${row}`, 'utf16le')
  expect(csv.text(utf16, community)).toContain('Áine')
})

test('a cell is found again in the text', () => {
  const file = `${header}\n${row}`
  for (const [column, cell] of [
    ['NHS_NUMBER', '999 000 0018'],
    ['FAMILY_NAME', '"O\'Neill, Jr"'],
    ['NOTE', '"Healing ""well"",\nback on Friday"'],
  ] as const) {
    const span = csv.locate(file, column)
    expect(span === null ? null : file.slice(span.start, span.end)).toBe(cell)
  }
  expect(csv.locate(file, 'NOT_THERE')).toBeNull()
})

test('the kind of event decides which fact a row tells', () => {
  const columns =
    'Reporting Period End Date,NHS Number,LA Person Unique Identifier,Last Name,Date of Birth,Event Reference,Event Type,Event Start Date,Event End Date,Event Outcome,Service Type,Service Component,Planned Units'
  const council = source({ care })
  const service = translated(
    `${columns}\n30/06/2024,9990000018,P1,Byron,10/12/1915,E1,Service,01/05/2024,,,Long Term Support: Community,Home Support,7.50`,
    council,
  )
  expect(service.facts.map(({ resource }) => resource.resourceType)).toEqual(['Patient', 'CarePlan'])
  expect(service.facts[1]).toMatchObject({
    asOf: '2024-06-30T23:59:59+01:00',
    resource: {
      status: 'active',
      category: [{ text: 'Adult social care' }, { text: 'Long Term Support: Community' }],
      period: { start: '2024-05-01' },
      activity: [{ detail: { code: { text: 'Home Support' }, quantity: { unit: 'hours per week' } } }],
    },
  })
  expect(JSON.stringify(service.facts[1]?.resource)).toContain('7.50')
  const request = translated(`${columns}\n30/06/2024,,P1,Byron,10/12/1915,E0,Request,01/04/2024,,NFA,,,`, council)
  expect(request.facts[1]?.resource).toMatchObject({
    resourceType: 'ServiceRequest',
    authoredOn: '2024-04-01',
    note: [{ text: 'NFA' }],
  })
  expect(request.subjects[0]?.patientId).toBe(service.subjects[0]?.patientId)
  expect(request.facts[1]?.resource.id).not.toBe(service.facts[1]?.resource.id)
})

test('of several maps the one is chosen that the header fits', () => {
  expect(translated(`${header}\n${row}`, source({ care, cohort, contacts })).facts).toHaveLength(3)
})

test.each([
  ['contacts', contacts],
  ['care', care],
  ['cohort', cohort],
  ['patientList', patientList],
  ['vaccinations', vaccinations],
])('the map %s is well formed', (name, map) => {
  expect(parseExtracts(JSON.parse(JSON.stringify({ [name]: map })))).toMatchObject({ ok: true })
})

test.each([
  ['columns[0].to', { column: 'A', to: 'nobody.name' }],
  ['columns[0].to', { column: 'A', to: 'patient.__proto__' }],
  ['columns[0].dateFormat', { column: 'A', to: 'patient.birthDate', dateFormat: ['DD/MM/YYYY', 'MM/DD/YYYY'] }],
  ['columns[0].dateFormat', { column: 'A', to: 'patient.birthDate', dateFormat: 'whenever' }],
  ['columns[0]', { column: 'A', to: 'patient.birthDate', as: 'date' }],
  ['columns[0]', { column: 'A', to: 'patient.birthDate', colour: 'blue' }],
])('a mistake in a map is told at %s', (place, column) => {
  const parsed = parseExtracts({ x: { columns: [column], facts: { patient: { type: 'Patient', key: ['A'] } } } })
  expect(issuesOf(parsed).map((issue) => issue.place)).toContain(`x.${place}`)
})

test.each([
  ['04/07/2024', 'DD/MM/YYYY', '2024-07-04'],
  ['4/7/2024', 'DD/MM/YYYY', '2024-07-04'],
  ['20240704', 'YYYYMMDD', '2024-07-04'],
  ['04-Jul-24', 'DD-MMM-YY', '2024-07-04'],
  ['10-DEC-48', 'DD-MMM-YY', '1948-12-10'],
  ['20240104T183325', 'YYYYMMDDTHHmmss', '2024-01-04T18:33:25+00:00'],
  ['31/02/2024', 'DD/MM/YYYY', undefined],
  ['2024', 'DD/MM/YYYY', undefined],
  ['07/2024', 'MM/YYYY', '2024-07'],
  ['25:00 04/07/2024', 'HH:mm DD/MM/YYYY', undefined],
])('%s by %s is %s', (sent, format, date) => {
  const compiled = compileDateFormat(format)
  expect(compiled === undefined ? 'no format' : readDate(sent, compiled)).toBe(date)
})

test('no bytes make any part of the format throw, and nothing of a row is lost', { timeout: 60_000 }, () => {
  const cells = fc.array(
    fc.constantFrom('9990000018', 'D7', '', '"', 'a,b', '"x\ny"', '01/02/2003', '1E9', '#REF!', '=cmd()', ' '),
    { minLength: 15, maxLength: 17 },
  )
  const files = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(cells, { maxLength: 3 }).map((rows) => bytes([header, ...rows.map((one) => one.join(','))].join('\r\n'))),
  )
  fc.assert(
    fc.property(files, (file) => {
      csv.envelope(file, community)
      const parts = csv.divide?.(file, community)
      for (const part of parts?.ok ? parts.value : [file]) {
        const told = csv.translate(part, community)
        if (!told.ok) continue
        const { content, mapped, leftovers } = told.value.coverage
        expect(content).toBe(mapped + leftovers.length)
        for (const { resource } of told.value.facts) {
          const read = parseJson(printJson(resource))
          expect(read.ok ? validateResource(read.value, resource.resourceType) : 'no JSON').toEqual([])
        }
        for (const { from } of told.value.facts.flatMap(({ lineage }) => lineage))
          expect(csv.locate(csv.text(part, community), from)).not.toBeNull()
      }
    }),
    { numRuns: 300 },
  )
})
