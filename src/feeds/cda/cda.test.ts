/** CDA to R4: facts/legacy-formats.md §3; hazard "opposite meaning": a negated statement never reads as its contrary. */
import { globSync, readFileSync, statSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../../../test/support/shared-data.ts'
import { printJson, validateResource } from '../../fhir/index.ts'
import { factId, type Source } from '../source.ts'
import type { Translation } from '../translation.ts'
import { cda } from './index.ts'
import { readTime } from './values.ts'
import { readXml, type Xml, xmlLimits } from './xml.ts'

const source: Source = {
  id: 'trust',
  name: 'Invented Trust',
  kind: 'mental-health',
  organisation: { code: 'RXX', name: 'Invented Trust' },
  formats: ['cda'],
  namespace: 'a-namespace',
  settings: {},
}

const local =
  '<id root="2.16.840.1.113883.2.1.3.2.4.18.24" extension="MH1" assigningAuthorityName="RXX:Invented Trust"/>'
const nhs = '<id root="2.16.840.1.113883.2.1.4.1" extension="9990000018"/>'
const patientRole = `<patientRole>${local}${nhs}<addr use="H"><streetAddressLine>1 High Street</streetAddressLine><postalCode>ZZ99 3WZ</postalCode></addr>
  <patient><name use="L"><given>Ada</given><family>Invented</family></name><administrativeGenderCode code="2" codeSystem="2.16.840.1.113883.2.1.3.2.4.16.25"/>
  <birthTime value="19511212"/></patient></patientRole>`

type Parts = { readonly role?: string; readonly header?: string; readonly body: string }

function documentOf({ role = patientRole, header = '', body }: Parts): string {
  return `<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:sdtc="urn:hl7-org:sdtc">
    <id root="1470B707-F3CF-45C0-88C1-617D83FF2DBA"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>Summary</title>
    <effectiveTime value="20240704101500"/>${header}<recordTarget>${role}</recordTarget>
    <component>${body}</component></ClinicalDocument>`
}

function sectionOf(code: string, entries: string, text = ''): string {
  return `<structuredBody><component><section><code code="${code}" codeSystem="2.16.840.1.113883.6.1"/><title>Heading</title><text>${text}</text>${entries}</section></component></structuredBody>`
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function read(text: string | Uint8Array): Translation {
  const translation = cda.translate(typeof text === 'string' ? bytes(text) : text, source)
  if (!translation.ok) throw new Error(JSON.stringify(translation.issues))
  const { facts, coverage } = translation.value
  expect(facts.flatMap(({ resource }) => validateResource(JSON.parse(printJson(resource)), ''))).toEqual([])
  expect(coverage.content).toBe(coverage.mapped + coverage.leftovers.length)
  return translation.value
}

function all(translation: Translation, type: string): readonly Record<string, unknown>[] {
  return translation.facts
    .filter(({ resource }) => resource.resourceType === type)
    .map(({ resource }) => resource as unknown as Record<string, unknown>)
}

function allergy(attributes: string, kind: string, substance: string): string {
  return `<entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.30"/><statusCode code="completed"/>
    <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"${attributes}><templateId root="2.16.840.1.113883.10.20.22.4.7"/>
    <id root="1.2.3" extension="a1"/><value xsi:type="CD" code="${kind}" codeSystem="2.16.840.1.113883.6.96"/>
    <participant typeCode="CSM"><participantRole><playingEntity>${substance}</playingEntity></participantRole></participant>
    </observation></entryRelationship></act></entry>`
}

const penicillin = '<code code="7980" codeSystem="2.16.840.1.113883.6.88" displayName="Penicillin"/>'

describe('who it is about', () => {
  test('the OID says whether the NHS number is verified', () => {
    const verified = read(documentOf({ body: sectionOf('10164-2', '') }))
    expect(verified.subjects).toEqual([
      {
        patientId: factId(source, 'Patient', 'urn:throughline:source:trust:RXX%3AInvented%20Trust|MH1'),
        source: 'trust',
        traits: {
          nhsNumber: '9990000018',
          nhsNumberStatus: '01',
          identifiers: [{ system: 'urn:throughline:source:trust:RXX%3AInvented%20Trust', value: 'MH1' }],
          family: 'Invented',
          given: ['Ada'],
          gender: 'female',
          birthDate: '1951-12-12',
          postcode: 'ZZ99 3WZ',
        },
      },
    ])
    const role = patientRole.replace('2.16.840.1.113883.2.1.4.1', '2.16.840.1.113883.2.1.3.2.4.18.23')
    expect(read(documentOf({ role, body: sectionOf('10164-2', '') })).subjects[0]?.traits.nhsNumberStatus).toBe('02')
  })

  test('a document about two people is refused, not guessed', () => {
    const two = documentOf({
      role: `${patientRole}</recordTarget><recordTarget>${patientRole}`,
      body: sectionOf('10164-2', ''),
    })
    expect(cda.translate(bytes(two), source)).toMatchObject({
      ok: false,
      issues: [{ message: 'Found 2 patients, expected one' }],
    })
  })
})

describe('allergies', () => {
  test('"no known allergy" is said as such, and never as an allergy', () => {
    const translation = read(
      documentOf({
        body: sectionOf('48765-2', allergy(' negationInd="true"', '419199007', '<code nullFlavor="NA"/>')),
      }),
    )
    expect(all(translation, 'AllergyIntolerance')).toMatchObject([
      {
        code: { coding: [{ system: 'http://snomed.info/sct', code: '716186003' }] },
        verificationStatus: { coding: [{ code: 'confirmed' }] },
      },
    ])
  })

  test('"no known drug allergy" is not "no known allergy"', () => {
    const translation = read(
      documentOf({ body: sectionOf('48765-2', allergy(' negationInd="true"', '416098002', '')) }),
    )
    expect(all(translation, 'AllergyIntolerance')).toMatchObject([{ code: { coding: [{ code: '409137002' }] } }])
  })

  test('"not allergic to penicillin" is refuted, neither an allergy nor "none known"', () => {
    const translation = read(
      documentOf({ body: sectionOf('48765-2', allergy(' negationInd="true"', '419199007', penicillin)) }),
    )
    expect(all(translation, 'AllergyIntolerance')).toMatchObject([
      { code: { coding: [{ code: '7980' }] }, verificationStatus: { coding: [{ code: 'refuted' }] } },
    ])
  })

  test('an allergy stays active when only its concern is finished', () => {
    const translation = read(documentOf({ body: sectionOf('48765-2', allergy('', '416098002', penicillin)) }))
    expect(all(translation, 'AllergyIntolerance')).toMatchObject([
      { code: { text: 'Penicillin' }, clinicalStatus: { coding: [{ code: 'active' }] }, category: ['medication'] },
    ])
  })

  test('an allergy to nothing in particular is left as words, with a note', () => {
    const translation = read(
      documentOf({ body: sectionOf('48765-2', allergy('', '419199007', '<code nullFlavor="UNK"/>'), 'Not asked') }),
    )
    expect(all(translation, 'AllergyIntolerance')).toEqual([])
    expect(translation.notes).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('does not say to what') },
    ])
    expect(JSON.stringify(all(translation, 'Composition'))).toContain('Not asked')
  })

  test('a section without information is "unavailable", never "none"', () => {
    const body = sectionOf('48765-2', '').replace('<section>', '<section nullFlavor="NI">')
    const [composition] = all(read(documentOf({ body })), 'Composition')
    expect(composition).toMatchObject({ section: [{ emptyReason: { coding: [{ code: 'unavailable' }] } }] })
  })
})

describe('other statements', () => {
  test.each([
    [
      'a vaccination not given',
      '11369-6',
      'substanceAdministration',
      '4.52',
      { resourceType: 'Immunization', status: 'not-done' },
    ],
    [
      'a medicine not taken',
      '10160-0',
      'substanceAdministration',
      '4.16',
      { resourceType: 'MedicationStatement', status: 'not-taken' },
    ],
    ['a procedure not done', '47519-4', 'procedure', '4.14', { resourceType: 'Procedure', status: 'not-done' }],
  ])('%s is said to be so', (_, heading, element, template, expected) => {
    const entry = `<entry><${element} classCode="X" moodCode="EVN" negationInd="true"><templateId root="2.16.840.1.113883.10.20.22.${template}"/>
      <id root="1.2.3" extension="x"/><code code="1" codeSystem="2.16.840.1.113883.6.96" displayName="It"/><statusCode code="completed"/>
      <consumable><manufacturedProduct><manufacturedMaterial><code code="2" codeSystem="2.16.840.1.113883.6.96" displayName="It"/></manufacturedMaterial></manufacturedProduct></consumable>
      </${element}></entry>`
    const { facts } = read(documentOf({ body: sectionOf(heading, entry) }))
    expect(facts.map(({ resource }) => resource)).toContainEqual(expect.objectContaining(expected))
  })

  test('a problem that the person does not have is refuted; "no problems" is said in words', () => {
    const problem = (code: string) =>
      `<entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.3"/><statusCode code="active"/><entryRelationship typeCode="SUBJ">
      <observation classCode="OBS" moodCode="EVN" negationInd="true"><templateId root="2.16.840.1.113883.10.20.22.4.4"/><id root="1.2.3" extension="${code}"/>
      <value xsi:type="CD" code="${code}" codeSystem="2.16.840.1.113883.6.96" displayName="It"/></observation></entryRelationship></act></entry>`
    const translation = read(documentOf({ body: sectionOf('11450-4', problem('73211009') + problem('55607006')) }))
    expect(all(translation, 'Condition')).toMatchObject([
      { code: { coding: [{ code: '73211009' }] }, verificationStatus: { coding: [{ code: 'refuted' }] } },
      { code: { coding: [{ code: '160245001' }] }, verificationStatus: { coding: [{ code: 'confirmed' }] } },
    ])
  })

  test('results stand under their report, with numbers and limits as written; a negated one is no finding', () => {
    const result = (id: string, attributes: string, value: string) =>
      `<component><observation classCode="OBS" moodCode="EVN"${attributes}><id root="1.2.3" extension="${id}"/><code code="2823-3" codeSystem="2.16.840.1.113883.6.1" displayName="Potassium"/>
      <statusCode code="completed"/><effectiveTime value="202407041015"/>${value}<interpretationCode code="N" codeSystem="2.16.840.1.113883.5.83"/>
      <referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="3.50" unit="mmol/L"/><high value="5.30" unit="mmol/L"/></value></observationRange></referenceRange>
      </observation></component>`
    const entry = `<entry><organizer classCode="BATTERY" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.1"/><id root="1.2.3" extension="r"/>
      <code code="24326-1" codeSystem="2.16.840.1.113883.6.1" displayName="Electrolytes"/><statusCode code="completed"/>
      ${result('1', '', '<value xsi:type="PQ" value="4.10" unit="mmol/L"/>')}${result('2', '', '<value xsi:type="IVL_PQ"><high value="0.5" unit="mmol/L" inclusive="false"/></value>')}
      ${result('3', '', '<value xsi:type="PQ" nullFlavor="ASKU"/>')}${result('4', ' negationInd="true"', '<value xsi:type="PQ" value="9" unit="mmol/L"/>')}</organizer></entry>`
    const translation = read(documentOf({ body: sectionOf('30954-2', entry) }))
    const observations = all(translation, 'Observation')
    expect(observations).toHaveLength(3)
    expect(printJson(observations[0])).toContain('"valueQuantity":{"value":4.10,"unit":"mmol/L"')
    expect(printJson(observations[0])).toContain('"high":{"value":5.30,')
    expect(observations[0]).toMatchObject({ effectiveDateTime: '2024-07-04T10:15:00+01:00', status: 'final' })
    expect(observations[1]).toMatchObject({ valueQuantity: { comparator: '<', value: 0.5 } })
    expect(observations[2]).toMatchObject({ dataAbsentReason: { coding: [{ code: 'asked-unknown' }] } })
    expect(all(translation, 'DiagnosticReport')).toMatchObject([
      { result: observations.map(({ id }) => ({ reference: `Observation/${id}` })) },
    ])
    expect(translation.notes).toMatchObject([{ message: expect.stringContaining('negated') }])
    expect(translation.coverage.leftovers).toContain(
      '/ClinicalDocument/component[1]/structuredBody[1]/component[1]/section[1]/entry[1]/organizer[1]/component[4]/observation[1]/value[1]/@value',
    )
  })

  test('two entries that a system numbers alike stay two, and the same entry in a later document stays one', () => {
    const entry = (name: string) =>
      `<entry><procedure classCode="PROC" moodCode="EVN"><id root="36e3e930-7b14-11db-9fe1-0800200c9a66"/><code code="1" codeSystem="2.16.840.1.113883.6.96" displayName="${name}"/><statusCode code="completed"/></procedure></entry>`
    const first = all(read(documentOf({ body: sectionOf('47519-4', entry('One') + entry('Two')) })), 'Procedure')
    const later = all(
      read(documentOf({ body: sectionOf('47519-4', entry('One')) }).replace('1470B707', '1470B708')),
      'Procedure',
    )
    expect(new Set(first.map(({ id }) => id)).size).toBe(2)
    expect(later[0]?.id).toBe(first[0]?.id)
  })
})

describe('the document', () => {
  test('words keep their layout and lose everything that could act', () => {
    const text = `<table onclick="x()" border="1"><thead><tr><th>Risk</th></tr></thead><tbody><tr><td colspan="2">A &lt;script&gt; &amp; <content styleCode="Bold">more</content><br/></td></tr></tbody></table>
      <list listType="ordered"><item>One</item></list><linkHtml href="javascript:alert(1)">link</linkHtml><script>alert(1)</script>`
    const [composition] = all(read(documentOf({ body: sectionOf('10164-2', '', text) })), 'Composition')
    const div = JSON.parse(JSON.stringify(composition)).section[0].text.div
    expect(div).toMatch(/^<div xmlns="http:\/\/www.w3.org\/1999\/xhtml">/)
    expect(div).toContain('<td colspan="2">A &lt;script&gt; &amp; <span>more</span><br/></td>')
    expect(div).not.toMatch(/onclick|javascript|<script|border/)
  })

  test('a new version of a document takes the place of the one before, and says which it replaces', () => {
    const version = (n: number, id: string) =>
      documentOf({
        header: `<setId root="B172BCF7-DD1C-4508-B781-6BE68ABD1F79"/><versionNumber value="${n}"/>
          <relatedDocument typeCode="RPLC"><parentDocument><id root="9.9.9" extension="old"/></parentDocument></relatedDocument>`,
        body: sectionOf('10164-2', ''),
      }).replace('1470B707', id)
    const [one] = all(read(version(1, '1470B707')), 'DocumentReference')
    const [two] = all(read(version(2, '1470B709')), 'DocumentReference')
    expect(two?.id).toBe(one?.id)
    expect(two).toMatchObject({
      relatesTo: [{ code: 'replaces', target: { identifier: { system: 'urn:oid:9.9.9', value: 'old' } } }],
    })
    expect(JSON.stringify(two?.extension)).toContain('"valueString":"2"')
  })

  test('a PDF instead of headings is kept as a file beside the document', () => {
    const body =
      '<nonXMLBody><text mediaType="application/pdf" representation="B64">JVBERi0x\n LjQK</text></nonXMLBody>'
    const translation = read(documentOf({ body }))
    const [binary] = all(translation, 'Binary')
    expect(binary).toMatchObject({ contentType: 'application/pdf', data: 'JVBERi0xLjQK' })
    expect(all(translation, 'DocumentReference')).toMatchObject([
      {
        content: [
          { attachment: { contentType: 'text/xml' } },
          { attachment: { contentType: 'application/pdf', url: `Binary/${binary?.id}` } },
        ],
      },
    ])
  })

  test('an ITK envelope is opened; UK words are never coded', () => {
    const uk = documentOf({
      body: sectionOf(
        '',
        '<entry><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.2.1.3.2.4.18.2" extension="COCD_TP146050GB01#x"/><code code="1" codeSystem="2.16.840.1.113883.6.96"/></observation></entry>',
        'Known to the crisis team',
      ),
    })
    const envelope = `<itk:DistributionEnvelope xmlns:itk="urn:nhs-itk:ns:201005"><itk:header trackingid="T1"/><itk:payloads count="1"><itk:payload id="p">${uk}</itk:payload></itk:payloads></itk:DistributionEnvelope>`
    expect(cda.envelope(bytes(envelope), source)).toEqual({
      controlId: 'T1',
      kind: '34133-9',
      orderKey: '2.16.840.1.113883.2.1.3.2.4.18.24|MH1',
    })
    const translation = read(envelope)
    expect(translation.facts.map(({ resource }) => resource.resourceType)).toEqual([
      'Patient',
      'Composition',
      'DocumentReference',
    ])
    expect(JSON.stringify(all(translation, 'Composition'))).toContain('Known to the crisis team')
    expect(translation.coverage.leftovers).toContain('/itk:DistributionEnvelope/itk:header[1]/@trackingid')
  })

  test('every place can be shown in the text', () => {
    const text = `<?xml version="1.0"?>\r\n<!-- 😀 -->\r\n${documentOf({ body: sectionOf('10164-2', '', 'Slept <content>well</content> &amp; long') })}`
    const show = (place: string) => {
      const span = cda.locate(text, place)
      return span && text.slice(span.start, span.end)
    }
    expect(show('/ClinicalDocument/recordTarget[1]/patientRole[1]/id[2]/@extension')).toBe('9990000018')
    expect(show('/ClinicalDocument/recordTarget[1]/patientRole[1]/id[2]')).toBe(nhs)
    expect(show('/ClinicalDocument/component[1]/structuredBody[1]/component[1]/section[1]/text[1]/text()[2]')).toBe(
      ' &amp; long',
    )
    expect(show('/ClinicalDocument/nowhere[1]')).toBeNull()
    for (const { lineage } of read(text).facts) for (const { from } of lineage) expect(show(from)).toBeTruthy()
  })
})

describe('time', () => {
  test.each([
    ['2013', '2013'],
    ['201308', '2013-08'],
    ['20130815', '2013-08-15'],
    ['201308151030', '2013-08-15T10:30:00+01:00'],
    ['201301151030', '2013-01-15T10:30:00+00:00'],
    ['201308151030-0800', '2013-08-15T10:30:00-08:00'],
    ['20130815103015.250+0000', '2013-08-15T10:30:15.250+00:00'],
    ['20130231', undefined],
    ['201313', undefined],
    ['2013-08-15', undefined],
  ])('%s', (text, expected) => {
    expect(readTime(text)).toBe(expected)
  })
})

describe('refused', () => {
  test.each([
    ['a fragment', '<section xmlns="urn:hl7-org:v3"/>', 'Found section, expected ClinicalDocument'],
    [
      'another language',
      '<ClinicalDocument xmlns="urn:other"><recordTarget/></ClinicalDocument>',
      'expected ClinicalDocument in urn:hl7-org:v3',
    ],
    ['a document type', '<?xml version="1.0"?><!-- x --><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'DOCTYPE'],
    ['an unknown entity', '<a>&b;</a>', 'not well-formed XML: line 1'],
    ['a truncated document', documentOf({ body: sectionOf('1', '') }).slice(0, -30), 'not well-formed'],
    ['nesting without end', '<a>'.repeat(xmlLimits.depthMax + 1), 'nests deeper'],
    [
      'names that grow',
      `<a${'a'.repeat(100_000)}>${'<b/>'.repeat(1000)}</a${'a'.repeat(100_000)}>`,
      'too long or nested too deep',
    ],
    ['nothing', '', 'not well-formed'],
  ])('%s', (_, text, message) => {
    const answer = cda.translate(bytes(text), source)
    expect(answer).toMatchObject({
      ok: false,
      issues: expect.arrayContaining([expect.objectContaining({ message: expect.stringContaining(message) })]),
    })
  })

  test('an issue never quotes the document', () => {
    const answer = cda.translate(bytes('<a><name>Ada Invented</nam>'), source)
    expect(JSON.stringify(answer)).not.toContain('Invented')
  })

  test('odd values anywhere in a document make it neither throw, nor linger, nor make invalid facts', () => {
    const entry = `<entry><organizer classCode="BATTERY" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.1"/><id root="1.2.3" extension="r"/>
      <code code="24326-1" codeSystem="2.16.840.1.113883.6.1" displayName="Electrolytes"/><statusCode code="completed"/><effectiveTime value="20240101"/>
      <component><observation classCode="OBS" moodCode="EVN"><code code="2823-3" codeSystem="2.16.840.1.113883.6.1"/><value xsi:type="PQ" value="4.1" unit="mmol/L"/></observation></component>
      </organizer></entry><entry><substanceAdministration classCode="SBADM" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.16"/>
      <effectiveTime xsi:type="IVL_TS"><low value="20240101"/></effectiveTime><effectiveTime xsi:type="PIVL_TS"><period value="6" unit="h"/></effectiveTime>
      <doseQuantity value="1" unit="mg"/><consumable><manufacturedProduct><manufacturedMaterial><code code="1" codeSystem="2.16.840.1.113883.6.88"/></manufacturedMaterial></manufacturedProduct></consumable>
      </substanceAdministration></entry>`
    const text = documentOf({
      header: '<setId root="1.2.3" extension="s"/><versionNumber value="1"/><languageCode code="en-GB"/>',
      body: sectionOf('30954-2', allergy('', '416098002', penicillin) + entry, '<list><item ID="a">x</item></list>'),
    })
    const values = [...text.matchAll(/="([^"]*)"/g)].map(({ index }) => index + 2)
    const odd = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '-',
        '0',
        '1e999',
        '20',
        '99999999',
        '#a',
        'javascript:x',
        '1.2',
        ' a  b ',
        'é\u{1F600}',
        'null',
        'true',
        'x'.repeat(300),
      ),
      fc.string({ maxLength: 8 }).map((each) => each.replaceAll(/[^ -~]|[<>&"]/g, '')),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(values.length - 1), odd), { minLength: 1, maxLength: 5 }), (edits) => {
        let mutated = text
        for (const [nth, value] of edits.toSorted(([a], [b]) => b - a)) {
          const start = values[nth] ?? 0
          mutated = mutated.slice(0, start) + value + mutated.slice(mutated.indexOf('"', start))
        }
        if (cda.translate(bytes(mutated), source).ok) read(mutated)
      }),
      { numRuns: 300 },
    )
  })

  test('no bytes make it throw or linger', () => {
    const whole = bytes(
      documentOf({
        body: sectionOf(
          '48765-2',
          allergy(' negationInd="true"', '419199007', penicillin),
          '<table><tr><td ID="a">x</td></tr></table>',
        ),
      }),
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(whole.length),
        (edits, end) => {
          const mutated = whole.slice(0, edits.length === 0 ? end : whole.length)
          for (const [at, byte] of edits) mutated[at] = byte
          cda.envelope(mutated, source)
          const answer = cda.translate(mutated, source)
          if (answer.ok)
            expect(answer.value.coverage.content).toBe(
              answer.value.coverage.mapped + answer.value.coverage.leftovers.length,
            )
        },
      ),
      { numRuns: 400 },
    )
  })
})

const published = sharedData('cda')
const hostile = sharedData('bad-input')

test.skipIf(!hostile)('hostile XML is refused, not expanded', () => {
  for (const path of globSync(`${hostile}/{xml,xxe}/*.xml`)) {
    expect(cda.translate(readFileSync(path), source).ok, path).toBe(false)
  }
})

/** Documents that are whole: the others are fragments, and a list of marital statuses with four patients and no body. */
const whole =
  '{vendor-samples,fhir-converter,itk-111,itk-111-other,hl7-examples/Documents,hl7-examples/General/Parent_*}/**/*.xml'

test.skipIf(!published)('published documents: accepted, valid R4, every heading with its words', () => {
  const paths = [...globSync(`${published}/${whole}`), ...globSync(`${published}/onc-validator/*ds4p*`)].filter(
    (path) => statSync(path).isFile(),
  )
  expect(paths.length).toBeGreaterThanOrEqual(44)
  for (const path of paths) {
    const message = readFileSync(path)
    const translation = read(message)
    expect(translation.subjects, path).toHaveLength(1)
    const root = readXml(cda.text(message, source))
    if (!root.ok) throw new Error(path)
    const [composition] = all(translation, 'Composition')
    expect(countSections(composition), path).toBe(count(root.value, 'section'))
    const lost = translation.coverage.leftovers.filter((place) => /\/section\[\d+\]\/text\[1\].*text\(\)/.test(place))
    expect(lost, path).toEqual([])
  }
})

test.skipIf(!published)('published documents: as many facts as entries, where entries hold facts', () => {
  const expected: readonly (readonly [string, string, (node: Xml) => boolean])[] = [
    [
      'MedicationStatement',
      '10160-0',
      (node) => hasTemplate(node, '4.16') && node.attributes.negationInd !== 'true' && !node.attributes.nullFlavor,
    ],
    [
      'Immunization',
      '11369-6',
      (node) =>
        hasTemplate(node, '4.52') && node.attributes.moodCode === 'EVN' && node.attributes.negationInd !== 'true',
    ],
    ['Encounter', '46240-8', (node) => hasTemplate(node, '4.49')],
    ['AllergyIntolerance', '48765-2', (node) => hasTemplate(node, '4.7')],
    ['Observation', '8716-3', (node) => hasTemplate(node, '4.27')],
  ]
  let entries = 0
  let facts = 0
  for (const path of globSync(`${published}/vendor-samples/**/*.xml`)) {
    const message = readFileSync(path)
    const translation = read(message)
    const root = readXml(cda.text(message, source))
    if (!root.ok) throw new Error(path)
    for (const [type, heading, counts] of expected) {
      entries += entriesUnder(root.value, heading, counts)
      facts += translation.facts.filter(
        ({ resource, lineage }) =>
          resource.resourceType === type && isUnder(root.value, heading, lineage[0]?.from ?? ''),
      ).length
    }
  }
  expect(entries).toBeGreaterThan(90)
  // Fewer: an allergy to nothing in particular stays words. More: "not given" and "none known" are facts too.
  expect(facts / entries).toBeGreaterThan(0.95)
  expect(facts / entries).toBeLessThan(1.15)
})

function count(node: Xml, name: string): number {
  return (node.name === name ? 1 : 0) + node.elements.reduce((sum, each) => sum + count(each, name), 0)
}

function countSections(holder: unknown): number {
  const sections = (holder as { section?: unknown[] } | undefined)?.section ?? []
  return sections.reduce<number>((sum, each) => sum + 1 + countSections(each), 0)
}

function hasTemplate(node: Xml, end: string): boolean {
  return node.elements.some(
    ({ name, attributes }) => name === 'templateId' && attributes.root === `2.16.840.1.113883.10.20.22.${end}`,
  )
}

function sectionsUnder(node: Xml, heading: string): readonly Xml[] {
  const own =
    node.name === 'section' &&
    node.elements.some(({ name, attributes }) => name === 'code' && attributes.code === heading)
  return own ? [node] : node.elements.flatMap((each) => sectionsUnder(each, heading))
}

function entriesUnder(root: Xml, heading: string, counts: (node: Xml) => boolean): number {
  const visit = (node: Xml): number =>
    (counts(node) ? 1 : 0) + node.elements.reduce((sum, each) => sum + visit(each), 0)
  return sectionsUnder(root, heading).reduce((sum, each) => sum + visit(each), 0)
}

function isUnder(root: Xml, heading: string, place: string): boolean {
  return sectionsUnder(root, heading).some((each) => place.startsWith(`${each.place}/`))
}
