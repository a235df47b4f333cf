/** The International Patient Summary. @see IPS 2.0.0 Composition-uv-ips; FHIR R4 documents.html */
import type { Bundle, Composition, CompositionSection, FhirResource } from 'fhir/r4.js'
import { describe, expect, test } from 'vitest'
import {
  allergy,
  emptyList,
  type Given,
  noKnownAllergy,
  now,
  penicillin,
  prescription,
  problem,
  quantity,
  reading,
  rowsOf,
  sarah,
  sources,
} from '../../../test/support/invented-record.ts'
import { parseJson, validateResource } from '../../fhir/index.ts'
import { buildRecord } from '../build-record.ts'
import { ipsBundle } from './ips.ts'

const base = 'https://record.example/fhir'

function summaryOf(
  given: Given,
  { failing = [], withheld = [], about = [] }: { failing?: string[]; withheld?: string[]; about?: FhirResource[] } = {},
) {
  const rows = rowsOf(given).filter(({ type }) => !withheld.includes(type))
  const others = rowsOf({ gp: about.map((one) => ({ ...one, id: one.id ?? '' })) })
  const record = buildRecord({
    rows,
    about: others,
    sources: sources.map((source) => (failing.includes(source.source) ? { ...source, state: 'failing' } : source)),
    now,
  })
  const text = ipsBundle({ record, rows, about: others, person: 'person-1', base, withheld: new Set(withheld) })
  const bundle = JSON.parse(text) as Bundle<FhirResource>
  const composition = bundle.entry?.[0]?.resource as Composition
  const section = (code: string) => composition.section?.find((one) => one.code?.coding?.[0]?.code === code)
  const resource = (url: string | undefined) => bundle.entry?.find(({ fullUrl }) => fullUrl === url)?.resource
  const entries = (code: string) => section(code)?.entry?.map(({ reference }) => resource(reference)) ?? []
  return { text, bundle, composition, section, entries, resource }
}

const allergies = '48765-2'
const medicines = '10160-0'
const problems = '11450-4'
const codesOf = (resources: readonly (FhirResource | undefined)[]) =>
  resources.map((one) =>
    one && 'code' in one ? (one.code as { coding?: { code?: string }[] }).coding?.[0]?.code : undefined,
  )
const reasonOf = (section: CompositionSection | undefined) => section?.emptyReason?.coding?.[0]?.code

const whole: Given = {
  gp: [
    sarah('p'),
    penicillin('a1'),
    problem('c1', '44054006', 'Type 2 diabetes mellitus'),
    prescription('m1', '319775004', 'Aspirin 75mg tablets', {
      requester: { reference: 'Practitioner/dr' },
      note: [{ text: '<script>alert(1)</script> & "quoted"' }],
    }),
    reading('o1', '4548-4', 'HbA1c', { valueQuantity: { value: 1.5, unit: '%' } }, '2026-10-01'),
    {
      resourceType: 'Immunization',
      id: 'i1',
      status: 'completed',
      patient: { reference: 'Patient/p' },
      vaccineCode: { text: 'Influenza <b>vaccine</b>' },
      occurrenceDateTime: '2025-10-01',
    },
    {
      resourceType: 'Procedure',
      id: 'pr1',
      status: 'completed',
      subject: { reference: 'Patient/p' },
      code: { text: 'Appendicectomy' },
      performedDateTime: '1990',
    },
  ],
  pas: [
    sarah('p2', { address: [{ line: ['Another house'] }] }),
    problem('c2', '38341003', 'Hypertension', { subject: { reference: 'Patient/p2' } }),
  ],
}
const doctor: FhirResource = { resourceType: 'Practitioner', id: 'dr', name: [{ text: 'Dr Amina Khan' }] }

describe('the document', () => {
  const { bundle, composition, text, resource, section } = summaryOf(whole, { about: [doctor] })

  test('is a valid document whose first entry is the Composition, with every address there once', () => {
    const parsed = parseJson(text)
    expect(parsed.ok && validateResource(parsed.value, '')).toEqual([])
    expect(bundle.type).toBe('document')
    expect(bundle.identifier?.value).toMatch(/^urn:uuid:[0-9a-f-]{36}$/)
    expect(composition.resourceType).toBe('Composition')
    expect(composition.type?.coding?.[0]?.code).toBe('60591-5')
    const urls = bundle.entry?.map(({ fullUrl }) => fullUrl) ?? []
    expect(new Set(urls).size).toBe(urls.length)
  })

  test('holds everything that the Composition refers to, and every section has words and either entries or a reason', () => {
    const direct = [composition.subject?.reference, ...composition.author.map(({ reference }) => reference)]
    for (const reference of direct) expect(resource(reference), reference).toBeDefined()
    for (const one of composition.section ?? []) {
      expect(one.text?.div).toMatch(/^<div xmlns="http:\/\/www.w3.org\/1999\/xhtml">/)
      expect((one.entry ?? []).length > 0, one.title).toBe(one.emptyReason === undefined)
      for (const { reference } of one.entry ?? []) expect(resource(reference), reference).toBeDefined()
    }
    for (const code of [allergies, medicines, problems, '11369-6', '30954-2', '47519-4', '46264-8'])
      expect(section(code), code).toBeDefined()
  })

  test('is about one person: every fact’s subject is that Patient, and the sources’ Patients are linked, not copied', () => {
    const patients = bundle.entry?.filter((entry) => entry.resource?.resourceType === 'Patient') ?? []
    expect(patients).toHaveLength(1)
    expect(patients[0]?.fullUrl).toBe(composition.subject?.reference)
    expect(patients[0]?.resource).toMatchObject({
      name: [{ family: 'Ward', given: ['Sarah'] }],
      birthDate: '1958-05-14',
      identifier: [{ value: '9990000018' }],
      link: [{ other: { reference: `${base}/Patient/p` } }, { other: { reference: `${base}/Patient/p2` } }],
    })
    expect(text).not.toMatch(/"reference":"Patient\//)
    expect(resource(`${base}/Condition/c2`)).toMatchObject({ subject: { reference: composition.subject?.reference } })
  })

  test('keeps each fact as its source wrote it, says whose message told it, and brings those whom it names', () => {
    expect(resource(`${base}/Practitioner/dr`)).toMatchObject({ name: [{ text: 'Dr Amina Khan' }] })
    const provenance =
      bundle.entry?.flatMap(({ resource: one }) => (one?.resourceType === 'Provenance' ? [one] : [])) ?? []
    const told = provenance.find(({ target }) => target.some(({ reference }) => reference === `${base}/Condition/c2`))
    expect(told?.agent[0]?.who.display).toBe('Riverton General Hospital')
    expect(told?.recorded).toBe('2026-11-21T10:00:00.000Z')
    const facts = bundle.entry?.filter(({ fullUrl }) => fullUrl?.startsWith(base)) ?? []
    const targets = new Set(provenance.flatMap(({ target }) => target.map(({ reference }) => reference)))
    for (const { fullUrl } of facts) expect(targets.has(fullUrl), fullUrl).toBe(true)
  })

  test('passes no markup of a sender’s on in its words', () => {
    for (const one of composition.section ?? []) expect(one.text?.div).not.toMatch(/<script|<b>vaccine/)
    expect(section('11369-6')?.text?.div).toContain('Influenza &lt;b&gt;vaccine&lt;/b&gt;')
  })

  test('is the same bytes for the same record at the same moment', () => {
    expect(summaryOf(whole, { about: [doctor] }).text).toBe(text)
  })

  test('numbers keep the digits that their source wrote', () => {
    const rows = rowsOf({ gp: [sarah('p'), reading('o1', '4548-4', 'HbA1c', quantity(1.5, '%'), '2026-10-01')] }).map(
      (row) => ({
        ...row,
        body: row.body.replace('"value":1.5,', '"value":1.50,'),
      }),
    )
    const record = buildRecord({ rows, about: [], sources, now })
    expect(ipsBundle({ record, rows, about: [], person: 'x', base })).toContain('"value":1.50,')
  })
})

describe('the four states of allergies', () => {
  test('H-42 known allergies are entries, also beside a recorded "no known allergies", and both are told', () => {
    const { entries, section } = summaryOf({ gp: [sarah('p'), penicillin('a1')], pas: [noKnownAllergy('a2')] })
    expect(codesOf(entries(allergies))).toEqual(['91936005', '716186003'])
    expect(section(allergies)?.text?.div).toContain('Both are shown')
  })

  test('H-42 "no known allergies" is told only by the source’s own words', () => {
    const { entries, section } = summaryOf({ gp: [sarah('p'), noKnownAllergy('a2')] })
    expect(codesOf(entries(allergies))).toEqual(['716186003'])
    expect(section(allergies)?.text?.div).toContain('No known allergies')
    const byList = summaryOf({ gp: [sarah('p'), emptyList('l1', 'nilknown')] })
    expect(reasonOf(byList.section(allergies))).toBe('nilknown')
  })

  test('H-42 nothing recorded is "no information about allergies", and never that there are none', () => {
    const { entries, section, text } = summaryOf({ gp: [sarah('p')] })
    expect(codesOf(entries(allergies))).toEqual(['no-allergy-info'])
    expect(codesOf(entries(problems))).toEqual(['no-problem-info'])
    expect(section(allergies)?.text?.div).toContain('Allergies not recorded')
    expect(text).not.toMatch(/no-known|nilknown|716186003/)
    expect(entries(medicines)[0]).toMatchObject({
      medicationCodeableConcept: { coding: [{ code: 'no-medication-info' }] },
    })
  })

  test('H-42 "no known drug allergy" leaves the rest unrecorded', () => {
    const { entries, section } = summaryOf({ gp: [sarah('p'), allergy('a3', '409137002', 'No known drug allergy')] })
    expect(codesOf(entries(allergies))).toEqual(['409137002'])
    expect(section(allergies)?.text?.div).toContain('Allergies not recorded')
  })

  test('H-42 a source that failed makes allergies unavailable, also where another recorded that there are none', () => {
    const { entries, section } = summaryOf(
      { gp: [sarah('p')], pas: [sarah('p2'), noKnownAllergy('a2')] },
      { failing: ['gp'] },
    )
    expect(entries(allergies)).toEqual([])
    expect(reasonOf(section(allergies))).toBe('unavailable')
    expect(section(allergies)?.text?.div).toContain('Allergies unavailable')
    expect(reasonOf(section(problems))).toBe('unavailable')
  })

  test('H-42 what the system that asks may not read is withheld, and said to be', () => {
    const { entries, section, text } = summaryOf(whole, { withheld: ['AllergyIntolerance', 'List'] })
    expect(entries(allergies)).toEqual([])
    expect(reasonOf(section(allergies))).toBe('withheld')
    expect(section(allergies)?.text?.div).toContain('withheld')
    expect(text).not.toMatch(/penicillin|Allergies not recorded/i)
    // A list that may say more is not read: "none" is not passed on.
    const partly = summaryOf({ gp: [sarah('p'), noKnownAllergy('a2')] }, { withheld: ['List'] })
    expect(reasonOf(partly.section(allergies))).toBe('withheld')
  })

  test('H-42 an allergy that was refuted or entered in error is no entry, and is told as withdrawn', () => {
    const refuted = penicillin('a1', { verificationStatus: { coding: [{ code: 'refuted' }] } })
    const { entries, section } = summaryOf({ gp: [sarah('p'), refuted] })
    expect(codesOf(entries(allergies))).toEqual(['no-allergy-info'])
    expect(section(allergies)?.text?.div).toContain('Withdrawn')
  })
})

test('H-42 what has ended is told as ended, and not as no information', () => {
  const { entries } = summaryOf({
    gp: [
      sarah('p'),
      problem('c1', '195967001', 'Asthma', { clinicalStatus: { coding: [{ code: 'resolved' }] } }),
      prescription('m1', '319775004', 'Aspirin 75mg tablets', { status: 'stopped' }),
    ],
  })
  expect(codesOf(entries(problems))).toEqual(['195967001'])
  expect(entries(medicines)).toMatchObject([{ resourceType: 'MedicationRequest', status: 'stopped' }])
})

test('H-21 the summary of a restricted person tells no address, telephone, practice or relative', () => {
  const hidden = sarah('p', {
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
    contact: [{ name: { text: 'Tom Ward' }, telecom: [{ system: 'phone', value: '01632 960999' }] }],
  })
  const { text, composition } = summaryOf({ gp: [hidden], pas: [sarah('p2', { id: 'p2' })] })
  expect(composition.confidentiality).toBe('R')
  expect(text).not.toMatch(/Mill Lane|RV2|01632|Tom Ward|"generalPractitioner"/)
})
