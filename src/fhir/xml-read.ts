/** FHIR resources from XML, as the values that `parseJson` would give for their JSON. @see FHIR R4 xml.html */
import { parseXml, XmlCdata, XmlElement, XmlText } from '@rgrove/parse-xml'
import { type Issue, type Parsed, right, wrong } from '../base/index.ts'
import { jsonNumber } from './json.ts'
import { type ElementRule, type TypeRule, typeRule } from './structures.ts'
import { isAttribute } from './xml-write.ts'

type Fields = { [key: string]: unknown }
type Reading = { readonly text: string; readonly issues: Issue[] }

const fhirNamespace = 'http://hl7.org/fhir'
const xhtmlNamespace = 'http://www.w3.org/1999/xhtml'
const limits = { lengthMax: 32 * 1024 * 1024, depthMax: 100 }

/**
 * Reads one resource. A document type is refused, so that no entity but XML's own five is ever expanded and nothing is fetched.
 * What R4 does not know is an issue here; whether the rest is sound is for `validateResource`.
 */
export function parseFhirXml(text: string): Parsed<unknown> {
  if (text.length > limits.lengthMax)
    return wrong('', `The XML has ${text.length} characters; at most ${limits.lengthMax} are read`)
  const before = beforeParsing(text)
  if (before !== undefined) return wrong('', before, 'Send plain FHIR XML.')
  let root: XmlElement | null
  try {
    root = parseXml(text, { includeOffsets: true }).root
  } catch (thrown) {
    // The parser's own words quote the text, which may be about a patient.
    const line: unknown = Reflect.get(Object(thrown), 'line')
    return wrong('', `The text is not well-formed XML${typeof line === 'number' ? `: line ${line}` : ''}`)
  }
  if (!root) return wrong('', 'The XML has no element')
  if (root.attributes.xmlns !== fhirNamespace) return wrong(safe(root.name), `The namespace is not ${fhirNamespace}`)
  const reading: Reading = { text, issues: [] }
  const value = readResource(root, safe(root.name), reading)
  return reading.issues.length > 0 ? { ok: false, issues: reading.issues } : right(value)
}

/** A document type, or nesting so deep that reading it would end badly. */
function beforeParsing(text: string): string | undefined {
  let depth = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    if (text.startsWith('<!--', at)) at = after(text, '-->', at + 4)
    else if (text.startsWith('<![CDATA[', at)) at = after(text, ']]>', at + 9)
    else if (text.startsWith('<?', at)) at = after(text, '?>', at + 2)
    else if (text.startsWith('<!', at))
      return 'The XML has a document type; document types and their entities are never read'
    else {
      const end = endOfTag(text, at + 1)
      if (text[at + 1] === '/') depth--
      else if (text[end - 2] !== '/') depth++
      at = end
    }
    if (depth > limits.depthMax) return `The XML nests deeper than ${limits.depthMax} elements`
  }
  return undefined
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found < 0 ? text.length : found + mark.length
}

/** Just behind the `>` that ends a tag; one inside a quoted attribute does not. */
function endOfTag(text: string, from: number): number {
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const c = text.charAt(at)
    if (quote !== '') {
      if (c === quote) quote = ''
    } else if (c === '"' || c === "'") quote = c
    else if (c === '>') return at + 1
  }
  return text.length
}

function readResource(element: XmlElement, at: string, reading: Reading): Fields {
  const rule = typeRule(element.name)
  if (!rule?.isResource) {
    reading.issues.push({ place: at, message: 'This is no resource type of FHIR R4' })
    return {}
  }
  return { resourceType: rule.name, ...readFields(element, rule, at, reading) }
}

function readFields(element: XmlElement, rule: TypeRule, at: string, reading: Reading): Fields {
  const fields: Fields = {}
  for (const [name, value] of Object.entries(element.attributes)) {
    if (isAttribute(name, rule)) fields[name] = value
    else if (!isMarkup(name))
      reading.issues.push({ place: `${at}.${safe(name)}`, message: 'FHIR XML has no such attribute here' })
  }
  for (const child of elementsOf(element, at, reading)) {
    const known = isAttribute(child.name, rule) ? undefined : rule.elements.get(child.name)
    const list = fields[child.name]
    const place = `${at}.${safe(child.name)}${known?.list ? `[${Array.isArray(list) ? list.length : 0}]` : ''}`
    if (!known) reading.issues.push({ place, message: `${rule.name} has no such element in FHIR R4` })
    else if (known.primitive && known.type !== 'xhtml') addPrimitive(fields, child, known, place, reading)
    else if (!known.list && fields[child.name] !== undefined)
      reading.issues.push({ place, message: 'The element stands here twice' })
    else add(fields, child.name, known, readComplex(child, known, place, reading))
  }
  // A list in which only extensions stand has no values in JSON.
  for (const [key, value] of Object.entries(fields)) {
    if (Array.isArray(value) && value.every((item) => item === null)) delete fields[key]
  }
  return fields
}

function readComplex(child: XmlElement, known: ElementRule, place: string, reading: Reading): unknown {
  if (known.type === 'xhtml') {
    if (child.attributes.xmlns !== xhtmlNamespace)
      reading.issues.push({ place, message: `The namespace is not ${xhtmlNamespace}` })
    return reading.text.slice(child.start, child.end)
  }
  if (known.type === 'Resource') {
    const [inner, ...more] = elementsOf(child, place, reading)
    if (inner && more.length === 0) return readResource(inner, place, reading)
    reading.issues.push({ place, message: 'Expected one resource' })
    return {}
  }
  const rule = typeRule(known.type)
  if (!rule) throw new Error(`xml-read: the table has no type ${known.type}`)
  return readFields(child, rule, place, reading)
}

/** A primitive's id and extensions stand beside its value, under `_name`; in lists both are kept in line by null. */
function addPrimitive(fields: Fields, child: XmlElement, known: ElementRule, place: string, reading: Reading): void {
  const { value, id, ...others } = child.attributes
  for (const name of Object.keys(others)) {
    if (!isMarkup(name))
      reading.issues.push({ place: `${place}.${safe(name)}`, message: 'FHIR XML has no such attribute here' })
  }
  const extensionRule = typeRule('Extension')
  const extension = elementsOf(child, place, reading).flatMap((each, index) => {
    if (each.name === 'extension' && extensionRule)
      return [readFields(each, extensionRule, `${place}.extension[${index}]`, reading)]
    reading.issues.push({ place, message: 'Only extensions stand inside a primitive value' })
    return []
  })
  const extras = { ...(id === undefined ? {} : { id }), ...(extension.length === 0 ? {} : { extension }) }
  const hasExtras = Object.keys(extras).length > 0
  if (value === undefined && !hasExtras)
    reading.issues.push({ place, message: 'The element has neither a value nor an extension' })
  if (!known.list) {
    if (fields[child.name] !== undefined || fields[`_${child.name}`] !== undefined)
      reading.issues.push({ place, message: 'The element stands here twice' })
    if (value !== undefined) fields[child.name] = primitiveValue(value, known.type)
    if (hasExtras) fields[`_${child.name}`] = extras
    return
  }
  const before = fields[child.name]
  const values: unknown[] = Array.isArray(before) ? before : []
  fields[child.name] = values
  values.push(value === undefined ? null : primitiveValue(value, known.type))
  const besides = fields[`_${child.name}`] as unknown[] | undefined
  if (!hasExtras && !besides) return
  const filled = besides ?? values.slice(1).map(() => null)
  filled.push(hasExtras ? extras : null)
  fields[`_${child.name}`] = filled
}

function primitiveValue(text: string, type: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  const isNumber = type === 'decimal' || type === 'integer' || type === 'unsignedInt' || type === 'positiveInt'
  return isNumber && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? jsonNumber(text) : text
}

function add(fields: Fields, name: string, known: ElementRule, value: unknown): void {
  if (!known.list) fields[name] = value
  else if (Array.isArray(fields[name])) (fields[name] as unknown[]).push(value)
  else fields[name] = [value]
}

function elementsOf(element: XmlElement, at: string, reading: Reading): XmlElement[] {
  const elements: XmlElement[] = []
  for (const child of element.children) {
    if (child instanceof XmlElement) {
      const namespace = child.attributes.xmlns ?? fhirNamespace
      if (namespace === fhirNamespace || (child.name === 'div' && namespace === xhtmlNamespace)) elements.push(child)
      else reading.issues.push({ place: `${at}.${safe(child.name)}`, message: `The namespace is not ${fhirNamespace}` })
    } else if ((child instanceof XmlText || child instanceof XmlCdata) && child.text.trim() !== '') {
      reading.issues.push({ place: at, message: 'Text stands between the elements, which FHIR XML does not have' })
    }
  }
  return elements
}

/** What belongs to XML itself and says nothing of the resource. */
function isMarkup(name: string): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:') || name.startsWith('xsi:') || name.startsWith('xml:')
}

function safe(name: string): string {
  return /^[A-Za-z][A-Za-z0-9]{0,60}$/.test(name) ? name : '?'
}
