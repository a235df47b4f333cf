import { expect, test } from 'vitest'
import { factsOf, hospital, message, pid, segment, translated } from './example.test-support.ts'

const obr = segment('OBR', {
  1: '1',
  2: 'P9^WARD',
  3: 'F7^LAB',
  4: 'U^Urea and electrolytes^WinPath',
  7: '20240704083000',
  14: '20240704090000',
  15: 'Blood',
  22: '20240704120000',
  24: 'CH',
  25: 'F',
})
const result = (...rows: readonly string[]) => translated(message('ORU^R01', pid, obr, ...rows))
const observation = (...rows: readonly string[]) => factsOf(result(...rows), 'Observation')[0]?.resource

test.each([
  [
    'OBX|1|NM|K^Potassium^WinPath||4.50|MMOLL|3.5 - 5.3|N|||F',
    { valueQuantity: { unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' } },
  ],
  ['OBX|1|NM|E^eGFR^WinPath||<15|MLMIN|||||F', { valueQuantity: { value: 15, comparator: '<', code: 'mL/min' } }],
  ['OBX|1||T^Temp||36.7|MDC_DIM_DEGC|||||F', { valueQuantity: { value: 36.7, unit: '°C', code: 'Cel' } }],
  ['OBX|1|NM|K||haemolysed||||||F', { valueString: 'haemolysed' }],
  ['OBX|1|NM|K||4|furlongs|||||F', { valueQuantity: { value: 4, unit: 'furlongs' } }],
  ['OBX|1|SN|K||^182|mg/dL|||||F', { valueQuantity: { value: 182, code: 'mg/dL' } }],
  ['OBX|1|SN|K||>^90||||||F', { valueQuantity: { value: 90, comparator: '>' } }],
  ['OBX|1|SN|K||^1^-^5||||||F', { valueRange: { low: { value: 1 }, high: { value: 5 } } }],
  ['OBX|1|SN|K||^1^:^128||||||F', { valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }],
  ['OBX|1|SN|K||^3^+||||||F', { valueString: '3 +' }],
  [
    'OBX|1|CE|K||112283007^Escherichia coli^SCT||||||F',
    { valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '112283007' }] } },
  ],
  ['OBX|1|ST|K||fish \\T\\ chips ^ peas||||||F', { valueString: 'fish & chips ^ peas' }],
  ['OBX|1|DT|K||20240704||||||F', { valueDateTime: '2024-07-04' }],
  ['OBX|1|TM|K||0830||||||F', { valueTime: '08:30:00' }],
])('%s', (row, expected) => {
  expect(observation(row)).toMatchObject(expected)
})

test('a number keeps the places that the laboratory gave it', () => {
  expect(JSON.stringify(observation('OBX|1|NM|K||4.50||||||F'))).toContain('"value":4.50')
})

test('the rows of one text are one observation with every line', () => {
  const told = result(
    'OBX|1|TX|R^Report||First line||||||F',
    'OBX|2|TX|R^Report||||||||F',
    'OBX|3|TX|R^Report||Last line||||||F',
    'OBX|4|NM|K||4||||||F',
  )
  expect(
    factsOf(told, 'Observation').map(({ resource }) => resource.valueString ?? resource.valueQuantity?.value),
  ).toEqual(['First line\n\nLast line', 4])
  expect(told.coverage.leftovers).toEqual([])
})

test.each([
  ['3.5 - 5.3', { low: { value: 3.5 }, high: { value: 5.3 }, text: '3.5 - 5.3' }],
  ['[ < 0.21 ]', { high: { value: 0.21 }, text: '< 0.21' }],
  ['>90', { low: { value: 90 }, text: '>90' }],
  ['negative', { text: 'negative' }],
])('the range %j is read', (sent, expected) => {
  expect(observation(`OBX|1|NM|K||4||${sent}||||F`)?.referenceRange?.[0]).toEqual(expected)
})

test('an empty pair of brackets is no range', () => {
  expect(observation('OBX|1|NM|K||4||[ ]||||F')).not.toHaveProperty('referenceRange')
})

test.each([
  ['F', 'final'],
  ['P', 'preliminary'],
  ['C', 'corrected'],
  ['D', 'entered-in-error'],
  ['W', 'entered-in-error'],
  ['X', 'cancelled'],
  ['?', 'unknown'],
])('OBX-11 %s is %s', (sent, status) => {
  expect(observation(`OBX|1|NM|K||4||||||${sent}`)?.status).toBe(status)
})

test('a correction has the same id and replaces what was said', () => {
  const [before] = factsOf(result('OBX|1|NM|K^Potassium||4.5||||||F'), 'Observation')
  const [after] = factsOf(result('OBX|3|NM|K^Kalium||5.4||||||C'), 'Observation')
  expect(after?.resource.id).toBe(before?.resource.id)
  expect(after?.write).toBe('replace')
  expect(factsOf(result('OBX|1|NM|K|2|4.5||||||F'), 'Observation')[0]?.resource.id).not.toBe(before?.resource.id)
})

test('the report holds its request, specimen, results and comments', () => {
  const told = translated(
    message(
      'ORU^R01',
      pid,
      'ORC|RE|P9^WARD|F7^LAB||CM||||20240703',
      obr,
      'NTE|1||Fasting',
      'OBX|1|NM|K||4||||||F',
      'NTE|1||Repeat~in a week',
      'OBX|2|NM|NA||140||||||F',
    ),
  )
  const [report] = factsOf(told, 'DiagnosticReport')
  expect(report?.resource).toMatchObject({
    status: 'final',
    issued: '2024-07-04T12:00:00+01:00',
    effectiveDateTime: '2024-07-04T08:30:00+01:00',
    conclusion: 'Fasting',
    basedOn: [{ reference: `ServiceRequest/${factsOf(told, 'ServiceRequest')[0]?.resource.id}` }],
    category: [{ coding: [{ code: 'CH' }] }],
    specimen: [{ reference: `Specimen/${factsOf(told, 'Specimen')[0]?.resource.id}` }],
  })
  expect(report?.resource.result).toHaveLength(2)
  expect(factsOf(told, 'Observation')[0]?.resource.note).toEqual([{ text: 'Repeat\nin a week' }])
  expect(factsOf(told, 'ServiceRequest')[0]?.resource).toMatchObject({ status: 'completed', authoredOn: '2024-07-03' })
  expect(told.coverage.leftovers).toEqual([])
})

test('a document inside a result is shown by the report', () => {
  const told = result('OBX|1|ED|PDF^Full report||^application^pdf^Base64^SGVs\\.br\\bG8=||||||F')
  expect(factsOf(told, 'Observation')).toEqual([])
  expect(factsOf(told, 'DiagnosticReport')[0]?.resource).toMatchObject({
    presentedForm: [{ contentType: 'application/pdf', data: 'SGVsbG8=', title: 'Full report' }],
  })
})

test('a code stands in LOINC too only when what it means is certain', () => {
  const known = observation('OBX|1|NM|1000651000000109^Potassium^SCT||4||||||F')
  expect(known?.code.coding?.map(({ system }) => system)).toEqual(['http://snomed.info/sct', 'http://loinc.org'])
  const local = observation('OBX|1|NM|K1^Potassium^WinPath||4||||||F')
  expect(local?.code.coding).toEqual([
    { system: 'urn:throughline:source:st-elsewhere:WinPath', code: 'K1', display: 'Potassium' },
  ])
  const monitor = observation('OBX|1|NM|MDC_RESP_RATE^MDC_RESP_RATE^MDC||16||||||F')
  expect(monitor?.code.coding?.[1]?.code).toBe('9279-1')
  expect(monitor?.category?.[0]?.coding?.[0]?.code).toBe('vital-signs')
})

test('a local list that the source declares has its declared system', () => {
  const told = translated(
    message('ORU^R01', pid, obr, 'OBX|1|NM|K1^Potassium^WinPath||4||||||F'),
    hospital({ authorities: { WinPath: 'https://lab.example/winpath' } }),
  )
  expect(factsOf(told, 'Observation')[0]?.resource.code.coding?.[0]?.system).toBe('https://lab.example/winpath')
})

test('results of two people in one message are filed under each', () => {
  const told = translated(
    message(
      'ORU^R01',
      pid,
      obr,
      'OBX|1|NM|K||4||||||F',
      'PID|2||7002^^^RXX^MR||Hopper^Grace',
      'OBR|2||F8|U',
      'OBX|1|NM|K||5||||||F',
    ),
  )
  expect(told.subjects.map(({ traits }) => traits.family)).toEqual(['Byron', 'Hopper'])
  expect(factsOf(told, 'Observation').map(({ subject }) => subject)).toEqual([0, 1])
})
