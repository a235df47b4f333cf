/** Structure of FHIR R4 resources. @see FHIR R4 json.html, elementdefinition.html */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../../test/support/shared-data.ts'
import { expectedOf, parseJson, parseResource, validateResource } from './index.ts'

const places = (resource: unknown) => validateResource(resource, '').map((issue) => issue.place)
const patient = {
  resourceType: 'Patient',
  id: 'p1',
  name: [{ family: 'Okafor', given: ['Ada'] }],
  birthDate: '1958-05',
}

test('a plain Patient is accepted', () => {
  expect(parseResource(patient, '')).toEqual({ ok: true, value: patient })
})

describe('each of these is refused, and its place is told', () => {
  test.each([
    ['an element that R4 does not have', { ...patient, nickname: 'A' }, 'Patient.nickname'],
    ['one value where a list belongs', { ...patient, name: { family: 'A' } }, 'Patient.name'],
    ['a list where one value belongs', { ...patient, birthDate: ['1958'] }, 'Patient.birthDate'],
    ['a day that no calendar has', { ...patient, birthDate: '1958-02-30' }, 'Patient.birthDate'],
    ['a code that is not on the list', { ...patient, gender: 'Female' }, 'Patient.gender'],
    [
      'the same choice twice',
      { ...patient, deceasedBoolean: true, deceasedDateTime: '2020' },
      'Patient.deceasedDateTime',
    ],
    ['a choice of a type that it does not offer', { ...patient, deceasedString: 'yes' }, 'Patient.deceasedString'],
    ['empty text', { ...patient, name: [{ family: '' }] }, 'Patient.name[0].family'],
    ['an empty object', { ...patient, name: [{}] }, 'Patient.name[0]'],
    ['an empty list', { ...patient, name: [] }, 'Patient.name'],
    ['null', { ...patient, active: null }, 'Patient.active'],
    ['a control character', { ...patient, name: [{ family: 'A\u0000B' }] }, 'Patient.name[0].family'],
    ['half a surrogate pair', { ...patient, name: [{ family: 'A\ud800' }] }, 'Patient.name[0].family'],
    [
      'a script in the narrative',
      { ...patient, text: { status: 'generated', div: '<div><script>x</script></div>' } },
      'Patient.text.div',
    ],
    ['a required element that is missing', { resourceType: 'Observation', status: 'final' }, 'Observation.code'],
    [
      'a number in quotation marks',
      { resourceType: 'Observation', status: 'final', code: { text: 'Hb' }, valueQuantity: { value: '5' } },
      'Observation.valueQuantity.value',
    ],
    ['a resource that R4 does not have', { resourceType: 'SubscriptionStatus' }, 'resourceType'],
    ['an element of a later version', { resourceType: 'Binary', contentType: 'text/plain', url: 'x' }, 'Binary.url'],
    [
      'a reference to something that is not contained',
      { resourceType: 'List', status: 'current', mode: 'working', subject: { reference: '#p' } },
      'List.subject.reference',
    ],
    [
      'an extension that says nothing',
      { ...patient, extension: [{ url: 'http://example.org/x' }] },
      'Patient.extension[0]',
    ],
  ])('%s', (_what, resource, place) => {
    expect(places(resource)).toContain(place)
  })
})

test('an extension may take the place of a value', () => {
  const absent = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
  }
  expect(places({ resourceType: 'Patient', _birthDate: absent })).toEqual([])
  expect(places({ resourceType: 'Patient', name: [{ given: ['Ada', null], _given: [null, absent] }] })).toEqual([])
  expect(places({ resourceType: 'Patient', name: [{ given: ['Ada', null] }] })).toEqual(['Patient.name[0].given[1]'])
})

test('the issue never repeats what was sent', () => {
  const issues = validateResource({ ...patient, birthDate: 'Secret', 'Secret Name': 1, gender: 'Secret' }, '')
  expect(JSON.stringify(issues)).not.toContain('Secret')
})

test('no JSON makes it throw', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('name', 'contained', 'text', '_birthDate', 'extension', '__proto__'),
      (value, key) => {
        validateResource(value, '')
        validateResource({ resourceType: 'Patient', [key]: value }, '')
        return true
      },
    ),
    { numRuns: 500 },
  )
})

const primitives = sharedData('fhir-r4/primitives')
describe.skipIf(primitives === undefined)('published primitive values', () => {
  const types: Readonly<Record<string, string>> = { date_time: 'dateTime' }
  for (const name of primitives === undefined ? [] : readdirSync(primitives)) {
    const [type = '', validity] = name.split('.')
    test(name, () => {
      for (const line of readFileSync(`${primitives}/${name}`, 'utf8').split('\n')) {
        if (line === '') continue
        // Two lines of the file are not JSON at all (t, f): those are refused before they are values.
        const parsed = parseJson(line)
        const accepted = parsed.ok && expectedOf(types[type] ?? type, parsed.value) === undefined
        expect(accepted, line).toBe(validity === 'valid')
      }
    })
  }
})

const filesUnder = (path: string): string[] =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesUnder(`${path}/${name}`)) : [path]
const read = (file: string) =>
  parseJson(new TextDecoder('utf-8').decode(readFileSync(file)), { duplicateKeys: 'refuse' })
const issuesOf = (file: string) => {
  const parsed = read(file)
  return parsed.ok ? validateResource(parsed.value, '') : parsed.issues
}

const examples = sharedData('fhir-r4/examples')
test.skipIf(examples === undefined)('every official R4 example is accepted', () => {
  const files = filesUnder(examples ?? '').filter((file) => file.endsWith('.json'))
  expect(files.length).toBeGreaterThan(300)
  for (const file of files) expect(issuesOf(file), file).toEqual([])
})

const bad = sharedData('bad-input/fhir')
test.skipIf(bad === undefined)('published bad resources are refused where structure can tell', () => {
  // Bad by profile, terminology or invariant only: well-formed R4 by structure, and kept truthfully as sent.
  const beyondStructure = [
    'bad-display-profile',
    'bad-markdown',
    'bundle-duplicate-id',
    'cs-bad-props',
    'cs-filter-bad',
    'ext-ctxt-ext-bad',
    'ext-ctxt-resource-bad',
    'list-wrong-order',
    'obs-code-bad',
    'pat-security-bad-string',
    'res-inv-example-bad',
    'vs-bad-ecl-us',
    'vs-canonical-bad',
  ]
  const accepted = readdirSync(bad ?? '').filter(
    (name) => name.endsWith('.json') && issuesOf(`${bad}/${name}`).length === 0,
  )
  expect(accepted.map((name) => name.replace('.json', '')).sort()).toEqual(beyondStructure)
})
