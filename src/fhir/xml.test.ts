/** FHIR XML and JSON say the same. @see FHIR R4 xml.html */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../../test/support/shared-data.ts'
import {
  isRawNumber,
  jsonNumber,
  locateInXml,
  parseFhirXml,
  parseJson,
  printJson,
  printXml,
  validateResource,
} from './index.ts'

const patient =
  '<Patient xmlns="http://hl7.org/fhir"><id value="p1"/><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>Ada &amp; co</p></div></text>' +
  '<extension url="http://example.org/x"><valueDecimal value="1.50"/></extension><active value="true"/>' +
  '<name id="n1"><family value="O&apos;Kafor"/><given value="Ada"/><given><extension url="http://example.org/y"><valueCode value="unknown"/></extension></given></name></Patient>'

const read = (xml: string) => {
  const parsed = parseFhirXml(xml)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

test('XML becomes the JSON that says the same, numbers to the letter', () => {
  expect(printJson(read(patient))).toBe(
    printJson({
      resourceType: 'Patient',
      id: 'p1',
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>Ada &amp; co</p></div>' },
      extension: [{ url: 'http://example.org/x', valueDecimal: jsonNumber('1.50') }],
      active: true,
      name: [
        {
          id: 'n1',
          family: "O'Kafor",
          given: ['Ada', null],
          _given: [null, { extension: [{ url: 'http://example.org/y', valueCode: 'unknown' }] }],
        },
      ],
    }),
  )
})

test('a place is found, through the elements that only wrap a resource', () => {
  const bundle = `<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><entry><resource>${patient}</resource></entry></Bundle>`
  const span = locateInXml(bundle, 'Bundle.entry[0].resource.name[0].given[0]')
  expect(span && bundle.slice(span.start, span.end)).toBe('<given value="Ada"/>')
  expect(locateInXml(bundle, 'Bundle.entry[1].resource')).toBeNull()
})

describe('refused', () => {
  test.each([
    ['a document type', '<!DOCTYPE Patient [<!ENTITY a "aaaa">]><Patient xmlns="http://hl7.org/fhir"/>', ''],
    ['another namespace', '<Patient xmlns="urn:hl7-org:v3"/>', 'Patient'],
    [
      'an element that R4 does not have',
      '<Patient xmlns="http://hl7.org/fhir"><nickname value="A"/></Patient>',
      'Patient.nickname',
    ],
    [
      'an attribute that FHIR does not have',
      '<Patient xmlns="http://hl7.org/fhir"><active wert="true"/></Patient>',
      'Patient.active.wert',
    ],
    [
      'one element twice',
      '<Patient xmlns="http://hl7.org/fhir"><active value="true"/><active value="false"/></Patient>',
      'Patient.active',
    ],
    ['text between elements', '<Patient xmlns="http://hl7.org/fhir">Ada</Patient>', 'Patient'],
    ['an unclosed element', '<Patient xmlns="http://hl7.org/fhir">', ''],
    ['endless nesting', `<Patient xmlns="http://hl7.org/fhir">${'<a>'.repeat(100_000)}`, ''],
    ['a million processing instructions', '<?'.repeat(1_000_000), ''],
  ])('%s', (_what, xml, place) => {
    const parsed = parseFhirXml(xml)
    expect(parsed.ok ? [] : parsed.issues.map((issue) => issue.place)).toContain(place)
  })
})

test('no text makes it throw', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '/',
    '"',
    '<Patient xmlns="http://hl7.org/fhir">',
    '</Patient>',
    '<name>',
    '</name>',
    '<family value="a"/>',
    '&lt;',
    '&x;',
    '<!--',
    '-->',
    '<?',
    ']]>',
    'a',
    ' ',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.string(), (pieces, place) => {
      parseFhirXml(pieces.join(''))
      locateInXml(pieces.join(''), place)
      return true
    }),
    { numRuns: 500 },
  )
})

const filesUnder = (path: string): string[] =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesUnder(`${path}/${name}`)) : [path]

const examples = sharedData('fhir-r4/examples')
test.skipIf(examples === undefined)('every official example is the same after a journey through XML', () => {
  for (const file of filesUnder(examples ?? '').filter((each) => each.endsWith('.json'))) {
    const parsed = parseJson(readFileSync(file, 'utf8'))
    const value = parsed.ok ? parsed.value : undefined
    expect(printJson(sorted(read(printXml(value)))), file).toBe(printJson(sorted(value)))
  }
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}

const ukCore = sharedData('ukcore/examples')
test.skipIf(ukCore === undefined)('the UK Core examples are accepted', () => {
  // As published it gives one extension two values, which ext-1 and JSON forbid.
  const broken = ['Extension-UKCore-ConditionEpisode-Example.xml']
  const refused = readdirSync(ukCore ?? '').filter(
    (name) => validateResource(read(readFileSync(`${ukCore}/${name}`, 'utf8')), '').length > 0,
  )
  expect(refused).toEqual(broken)
})

const bombs = sharedData('bad-input/xml')
test.skipIf(bombs === undefined)('entity bombs are refused, not expanded', () => {
  for (const name of readdirSync(bombs ?? ''))
    expect(parseFhirXml(readFileSync(`${bombs}/${name}`, 'latin1')).ok, name).toBe(false)
})
