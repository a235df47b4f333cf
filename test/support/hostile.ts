/** Hostile records, in which every text that FHIR has a place for attacks whoever shows it; and what a page must then not do. */
import { type DefaultTreeAdapterMap, parse } from 'parse5'
import { type ElementRule, typeRule } from '../../src/fhir/structures.ts'

/** Breaks out of text, attributes, scripts, SQL, JSON, HL7, CSV and log lines. */
export const hostile = `zq'"><script>zq()</script><img src=x onerror=zq()>;drop table resource;--\\|^~&=1+1\${7*7}`
/** What is in a page only when it was written there unescaped. */
export const marks = /<script>zq|<img src=x|onerror=zq\(\)>(?!&)/
const address = 'javascript:zq()//"><script>zq()</script>'

const primitives: Readonly<Record<string, unknown>> = {
  string: hostile,
  markdown: hostile,
  uri: address,
  url: address,
  canonical: address,
  code: `zq"><script>zq()</script>`,
  id: 'zq1',
  oid: 'urn:oid:1.2.3',
  uuid: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
  boolean: true,
  integer: 1,
  positiveInt: 1,
  unsignedInt: 1,
  decimal: 1.5,
  date: '2026-01-02',
  dateTime: '2026-01-02T03:04:05Z',
  instant: '2026-01-02T03:04:05Z',
  time: '03:04:05',
  base64Binary: Buffer.from(`<h1>${hostile}</h1>`).toString('base64'),
}
/** What is not said of anybody, or would mean something else than words: links between resources and what the server itself writes. */
const left = new Set(['id', 'extension', 'modifierExtension', 'meta', 'contained'])
const leftOnTop = new Set([...left, 'implicitRules', 'language', 'text'])
/** Codes on which it depends whether a page shows the thing at all. */
const shown = ['active', 'current', 'final', 'completed', 'finished', 'booked', 'in-progress', 'confirmed']

/**
 * A resource of this type with every element that the type has, and in each text something hostile.
 * @param variant which of several ways to say a value: `valueString`, `valueCodeableConcept` …
 */
export function hostileResource(type: string, patient: string, variant = 0): Readonly<Record<string, unknown>> {
  return { resourceType: type, ...elements(type, patient, variant, [type]) }
}

function elements(
  type: string,
  patient: string,
  variant: number,
  inside: readonly string[],
): Readonly<Record<string, unknown>> {
  const rule = typeRule(type)
  const content: Record<string, unknown> = {}
  const choices = Map.groupBy(rule?.elements ?? [], ([key, { choice }]) => choice ?? key)
  for (const ways of choices.values()) {
    const [key, way] = ways[variant % ways.length] ?? ['', undefined]
    if (!way || (inside.length === 1 ? leftOnTop : left).has(key)) continue
    const value = saidIn(way, patient, variant, inside, key === 'subject' || key === 'patient')
    if (value !== undefined) content[key] = way.list ? [value] : value
  }
  return content
}

function saidIn(
  { type, primitive, codes }: ElementRule,
  patient: string,
  variant: number,
  inside: readonly string[],
  patients: boolean,
): unknown {
  if (codes) return shown.find((code) => codes.has(code)) ?? [...codes][0]
  if (primitive) return primitives[type]
  if (type === 'Reference')
    return patients ? { reference: `Patient/${patient}`, display: hostile } : { display: hostile }
  // What may hold its like again is said once.
  if (inside.includes(type) || type === 'Resource' || type === 'ElementDefinition') return undefined
  const content = elements(type, patient, variant, [...inside, type])
  return Object.keys(content).length === 0 ? undefined : content
}

type Node = DefaultTreeAdapterMap['node']
function elementsOf(html: string): readonly DefaultTreeAdapterMap['element'][] {
  const found: DefaultTreeAdapterMap['element'][] = []
  const walk = (node: Node): void => {
    if ('tagName' in node) found.push(node)
    if ('childNodes' in node) node.childNodes.forEach(walk)
  }
  walk(parse(html))
  return found
}

/** What a browser would run or load that is not ours. */
export function runs(html: string): readonly string[] {
  return elementsOf(html).flatMap((element) => {
    const at = (name: string) => element.attrs.find((one) => one.name === name)?.value
    const bad = element.attrs.filter(
      ({ name, value }) =>
        name.startsWith('on') ||
        name === 'style' ||
        (/^(?:href|src|action|formaction)$/.test(name) && !/^(?:\/(?!\/)|#|\?|mailto:|tel:|https:\/\/)/.test(value)),
    )
    if (element.tagName === 'script' && !at('src')?.startsWith('/assets/')) return ['a script']
    if (['iframe', 'object', 'embed', 'base', 'img'].includes(element.tagName)) return [element.tagName]
    return bad.map(({ name, value }) => `${element.tagName} ${name}=${value}`)
  })
}
