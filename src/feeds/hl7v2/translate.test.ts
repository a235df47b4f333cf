import { expect, test } from 'vitest'
import { bytesOf, factsOf, hospital, message, pid, segment, translated } from './example.test-support.ts'
import { hl7v2 } from './index.ts'

const visit = {
  1: '1',
  2: 'I',
  3: 'W1^R2^B3^RXX01',
  7: 'C1234567^Curie^Marie^^^Dr^^^GMC',
  10: '100',
  14: '19',
  19: 'V77^^^RXX',
  44: '20240704090000',
}
const pv1 = segment('PV1', visit)

test('an admission tells who, where, by whom and how', () => {
  const admitted = translated(
    message(
      'ADT^A01',
      'EVN|A01|20240704100000',
      pid,
      'PD1|||Hill Surgery^^A12345',
      segment('PV1', { ...visit, 4: '21' }),
    ),
  )
  const [patient] = factsOf(admitted, 'Patient')
  expect(patient?.resource).toMatchObject({
    name: [{ use: 'official', family: 'Byron', given: ['Ada', 'Augusta'], prefix: ['Ms'] }],
    birthDate: '1915-12-10',
    gender: 'female',
    telecom: [{ system: 'phone', value: '07700 900123', use: 'mobile' }],
    address: [{ use: 'home', line: ['12 St James Sq'], city: 'London', postalCode: 'SW1Y 4JH', country: 'GBR' }],
  })
  expect(admitted.subjects[0]?.traits).toEqual({
    nhsNumber: '9990000018',
    identifiers: [{ system: 'urn:throughline:source:st-elsewhere:RXX', value: '7001' }],
    family: 'Byron',
    given: ['Ada', 'Augusta'],
    birthDate: '1915-12-10',
    gender: 'female',
    postcode: 'SW1Y 4JH',
    phones: ['07700 900123'],
  })
  const [stay] = factsOf(admitted, 'Encounter')
  expect(stay?.resource).toMatchObject({
    status: 'in-progress',
    class: { code: 'IMP' },
    period: { start: '2024-07-04T09:00:00+01:00' },
    location: [{ status: 'active' }],
    hospitalization: {
      extension: [{ valueCodeableConcept: { coding: [{ code: '21' }] } }],
      admitSource: { coding: [{ code: '19' }] },
    },
  })
  expect(stay?.asOf).toBe('2024-07-04T10:00:00+01:00')
  expect(factsOf(admitted, 'Practitioner')[0]?.resource.identifier).toEqual([
    { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '1234567' },
  ])
  expect(factsOf(admitted, 'Organization')[0]?.resource.identifier).toEqual([
    { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'A12345' },
  ])
  expect(patient?.lineage).toContainEqual({ to: 'name[0].family', from: 'PID[1]-5[1].1', rule: 'PID-5 name' })
})

test.each([
  ['A01', 'in-progress'],
  ['A02', 'in-progress'],
  ['A03', 'finished'],
  ['A04', 'in-progress'],
  ['A05', 'planned'],
  ['A11', 'cancelled'],
  ['A13', 'in-progress'],
])('after %s the visit is %s', (event, status) => {
  expect(factsOf(translated(message(`ADT^${event}`, pid, pv1)), 'Encounter')[0]?.resource.status).toBe(status)
})

test('a transfer ends the stay in the former ward and begins one in the new', () => {
  const moved = translated(
    message('ADT^A02', 'EVN|A02|20240705120000', pid, segment('PV1', { ...visit, 6: 'W0^^^RXX01' })),
  )
  expect(factsOf(moved, 'Encounter')[0]?.resource.location).toEqual([
    expect.objectContaining({ status: 'completed', period: { end: '2024-07-05T12:00:00+01:00' } }),
    expect.objectContaining({ status: 'active', period: { start: '2024-07-05T12:00:00+01:00' } }),
  ])
})

test('what a cancellation undoes is cleared', () => {
  expect(factsOf(translated(message('ADT^A13', pid, pv1)), 'Encounter')[0]?.clears).toEqual(['period.end'])
  expect(factsOf(translated(message('ADT^A12', pid, pv1)), 'Encounter')[0]?.clears).toEqual(['location'])
})

test('an update or a result that does not say how the visit stands gives way to what is held', () => {
  expect(factsOf(translated(message('ADT^A08', pid, pv1)), 'Encounter')[0]?.keeps).toEqual(['status'])
  const result = translated(message('ORU^R01', pid, pv1, 'OBR|1||F1|U&E', 'OBX|1|NM|K||4||||||F'))
  expect(factsOf(result, 'Encounter')[0]?.keeps).toContain('status')
  expect(factsOf(result, 'Encounter')[0]?.keeps).toContain('location')
})

test('two double quotes empty an element; a blank leaves it', () => {
  const [patient] = factsOf(
    translated(message('ADT^A31', segment('PID', { 3: '7001^^^RXX', 5: 'Byron^Ada', 7: '""', 13: '""', 30: '""' }))),
    'Patient',
  )
  expect(patient?.clears).toEqual(['birthDate', 'telecom', 'deceasedBoolean', 'deceasedDateTime'])
  expect(patient?.resource).not.toHaveProperty('gender')
})

test('a time of death takes the place of a plain "died"', () => {
  const [patient] = factsOf(translated(message('ADT^A31', `${pid}${'|'.repeat(16)}20240703|Y`)), 'Patient')
  expect(patient?.resource.deceasedDateTime).toBe('2024-07-03')
  expect(patient?.clears).toEqual(['deceasedBoolean'])
})

test('a protected person is marked, and unmarked only when the sender says so', () => {
  const [marked] = factsOf(translated(message('ADT^A31', pid, segment('PD1', { 12: 'Y' }))), 'Patient')
  expect(marked?.resource.meta?.security?.[0]?.code).toBe('R')
  expect(factsOf(translated(message('ADT^A31', pid, segment('PD1', { 12: 'N' }))), 'Patient')[0]?.clears).toEqual([
    'meta',
  ])
  expect(factsOf(translated(message('ADT^A31', pid)), 'Patient')[0]).not.toHaveProperty('clears')
})

test('staff and visits of a hospital are not numbered as its patients are', () => {
  const settings = { authorities: { RXX: 'https://hospital.example/patient' } }
  const told = translated(
    message('ADT^A01', pid, segment('PV1', { ...visit, 7: 'D5^Curie^Marie^^^^^^RXX' })),
    hospital(settings),
  )
  expect(factsOf(told, 'Patient')[0]?.resource.identifier?.[0]?.system).toBe('https://hospital.example/patient')
  expect(factsOf(told, 'Practitioner')[0]?.resource.identifier?.[0]?.system).toBe(
    'urn:throughline:source:st-elsewhere:RXX%3Astaff',
  )
  expect(factsOf(told, 'Encounter')[0]?.resource.identifier?.[0]?.system).toBe(
    'urn:throughline:source:st-elsewhere:RXX%3Avisit',
  )
})

test('an expected admission is told', () => {
  const [planned] = factsOf(translated(message('ADT^A05', pid, pv1, segment('PV2', { 8: '20240801' }))), 'Encounter')
  expect(planned?.resource.extension).toEqual([
    {
      url: 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedStartDate',
      valueDateTime: '2024-08-01',
    },
  ])
})

test('an update without visit number or admission time makes no visit', () => {
  expect(factsOf(translated(message('ADT^A08', 'EVN|A08|20240704', pid, 'PV1|1|N')), 'Encounter')).toEqual([])
})

test('the status of the NHS number is carried', () => {
  const status = translated(message('ADT^A31', `${pid}${'|'.repeat(19)}NSTS01`))
  expect(status.subjects[0]?.traits.nhsNumberStatus).toBe('01')
  expect(
    translated(message('ADT^A31', pid), hospital({ nhsNumbersTraced: true })).subjects[0]?.traits.nhsNumberStatus,
  ).toBe('01')
})

test('an NHS number with a wrong check digit matches nobody and says so', () => {
  const wrong = translated(message('ADT^A31', pid.replace('9990000018', '9990000019')))
  expect(wrong.subjects[0]?.traits).not.toHaveProperty('nhsNumber')
  expect(wrong.notes.map(({ place }) => place)).toEqual(['PID[1]-3[2].1'])
  expect(JSON.stringify(factsOf(wrong, 'Patient')[0]?.resource.identifier)).toContain('9990000019')
  expect(JSON.stringify(wrong.notes)).not.toContain('9990000019')
})

test('two different NHS numbers for one person wait for a human', () => {
  const refused = hl7v2.translate(message('ADT^A31', pid.replace('~', '~9990000026^^^NHS^NH~')), hospital())
  expect(refused.ok ? [] : refused.issues.map(({ place }) => place)).toEqual(['PID[1]-3'])
})

test('a merge names who stays and who goes', () => {
  const merged = translated(message('ADT^A40', pid, 'MRG|6999^^^RXX^MR'))
  expect(merged.merges).toEqual([{ survivor: 0, retired: 1 }])
  expect(merged.subjects[1]?.traits.identifiers).toEqual([
    { system: 'urn:throughline:source:st-elsewhere:RXX', value: '6999' },
  ])
  const [survivor, retired] = factsOf(merged, 'Patient')
  expect(survivor?.resource.link).toEqual([
    { other: { reference: `Patient/${retired?.resource.id}` }, type: 'replaces' },
  ])
  expect(retired?.resource).toMatchObject({ active: false, link: [{ type: 'replaced-by' }] })
})

test.each([
  ['MRG|7001^^^RXX^MR', 'the same record'],
  ['MRG|6999^^^RXX^MR~9990000026^^^NHS^NH', 'different NHS numbers'],
  ['EVN|A40', 'No MRG segment'],
])('a merge with %j is refused', (mrg, reason) => {
  const refused = hl7v2.translate(message('ADT^A40', pid, mrg), hospital())
  expect(refused.ok ? 'taken' : refused.issues[0]?.message).toContain(reason)
})

test('"NKDA" is a statement, never a substance, and no AL1 says nothing', () => {
  const said = translated(message('ADT^A01', pid, pv1, 'AL1|1|DA|^NKDA'))
  expect(factsOf(said, 'AllergyIntolerance')[0]?.resource.code?.coding?.[0]?.code).toBe('409137002')
  const nil = translated(message('ADT^A01', pid, pv1, 'AL1|1||NIL KNOWN'))
  expect(factsOf(nil, 'AllergyIntolerance')[0]?.resource.code?.coding?.[0]).toMatchObject({
    system: 'http://snomed.info/sct',
    code: '716186003',
  })
  expect(factsOf(translated(message('ADT^A01', pid, pv1)), 'AllergyIntolerance')).toEqual([])
})

test('an allergy has its reaction, and severity is never read as criticality', () => {
  const [allergy] = factsOf(
    translated(message('ADT^A01', pid, pv1, 'AL1|1|DA|91936005^Penicillin allergy^SCT|SV|Rash~Wheeze|20190523')),
    'AllergyIntolerance',
  )
  expect(allergy?.resource).toMatchObject({
    category: ['medication'],
    onsetDateTime: '2019-05-23',
    reaction: [{ severity: 'severe', manifestation: [{ text: 'Rash' }, { text: 'Wheeze' }] }],
  })
  expect(allergy?.resource).not.toHaveProperty('criticality')
})

test('a diagnosis and a procedure belong to the visit', () => {
  const told = translated(
    message(
      'ADT^A03',
      'EVN|A03|20240706',
      pid,
      pv1,
      segment('DG1', { 3: 'K35.8^Acute appendicitis^I10', 5: '20240704', 6: 'F', 15: '1' }),
      'PR1|1||H01.1^Emergency excision^OPCS4||20240705',
    ),
  )
  const [condition] = factsOf(told, 'Condition')
  expect(factsOf(told, 'Encounter')[0]?.resource.diagnosis).toEqual([
    {
      condition: { reference: `Condition/${condition?.resource.id}` },
      use: { coding: [expect.objectContaining({ code: 'DD' })] },
      rank: 1,
    },
  ])
  expect(condition?.resource.code?.coding).toEqual([
    { system: 'http://hl7.org/fhir/sid/icd-10', code: 'K35.8', display: 'Acute appendicitis' },
  ])
  expect(factsOf(told, 'Procedure')[0]?.resource.status).toBe('completed')
})

test('a kind that is not translated is named, with what is', () => {
  const refused = hl7v2.translate(message('SIU^S12', pid), hospital())
  expect(refused.ok ? '' : refused.issues[0]?.message).toMatch(/^SIU\^S12 is not translated; expected one of ADT A01/)
})

test('a person is one and the same whichever way round the identifiers stand', () => {
  const other = translated(
    message('ADT^A31', pid.replace('7001^^^RXX^MR~9990000018^^^NHS^NH', '999 000 0018^^^NHS^NH~7001^^^RXX^MR')),
  )
  expect(other.subjects[0]?.patientId).toBe(translated(message('ADT^A31', pid)).subjects[0]?.patientId)
  expect(hl7v2.envelope(message('ADT^A31', pid), hospital())).toEqual({
    controlId: 'MSG1',
    kind: 'ADT^A31',
    orderKey: other.subjects[0]?.patientId,
  })
})

test('equal numbers of two hospitals are two people', () => {
  const elsewhere = { ...hospital(), namespace: 'another' }
  expect(translated(message('ADT^A31', pid), elsewhere).subjects[0]?.patientId).not.toBe(
    translated(message('ADT^A31', pid)).subjects[0]?.patientId,
  )
})

test.each([
  ['20240115', '2024-01-15'],
  ['202401', '2024-01'],
  ['2024', '2024'],
  ['202407041015', '2024-07-04T10:15:00+01:00'],
  ['20241027013000', '2024-10-27T01:30:00+01:00'],
  ['20240115101500+0200', '2024-01-15T10:15:00+02:00'],
])('the admission time %s becomes %s', (sent, time) => {
  expect(
    factsOf(translated(message('ADT^A01', pid, pv1.replace('20240704090000', sent))), 'Encounter')[0]?.resource.period
      ?.start,
  ).toBe(time)
})

test.each(['18000101', '99991231', '20240230', 'yesterday'])(
  'the birth date %s is not recorded, with a note',
  (sent) => {
    const told = translated(message('ADT^A31', pid.replace('19151210', sent)))
    expect(factsOf(told, 'Patient')[0]?.resource).not.toHaveProperty('birthDate')
    expect(told.notes).toHaveLength(1)
  },
)

test('midnight is midnight, unless the feed is known to mean "time unknown"', () => {
  const bytes = message('ADT^A01', pid, pv1.replace('20240704090000', '202407040000'))
  expect(factsOf(translated(bytes), 'Encounter')[0]?.resource.period?.start).toBe('2024-07-04T00:00:00+01:00')
  expect(
    factsOf(translated(bytes, hospital({ hl7v2: { midnightIsUnknown: true } })), 'Encounter')[0]?.resource.period
      ?.start,
  ).toBe('2024-07-04')
})

test('files of messages are cut, and a file that was cut short is not taken', () => {
  const one = new TextDecoder().decode(message('ADT^A31', pid))
  const file = (count: number) => bytesOf(`FHS|^~\\&|\rBHS|^~\\&|\r${one}\r${one}\rBTS|${count}\rFTS|1\r`)
  const whole = hl7v2.divide?.(file(2), hospital())
  expect(whole?.ok && whole.value.map((bytes) => new TextDecoder().decode(bytes))).toEqual([`${one}\r`, `${one}\r`])
  const short = hl7v2.divide?.(file(3), hospital())
  expect(short?.ok === false && short.issues[0]).toMatchObject({
    place: 'BTS[1]-1',
    message: 'Found 2 messages, the trailer says 3',
  })
  const noTrailer = hl7v2.divide?.(bytesOf(`BHS|^~\\&|\r${one}\r`), hospital())
  expect(noTrailer?.ok).toBe(false)
  expect(hl7v2.divide?.(message('ADT^A31', pid), hospital())).toBeNull()
})
