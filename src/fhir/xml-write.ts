/** FHIR resources as XML. Elements stand in the order of their definition, as XML demands. @see FHIR R4 xml.html */
import { isRawNumber, numberText } from './json.ts'
import { type ElementRule, type TypeRule, typeRule } from './structures.ts'

type Fields = { readonly [key: string]: unknown }

/**
 * @param resource a value whose structure has been checked (`validateResource`); what R4 does not know is not written
 * @returns XML text without an XML declaration: it is UTF-8
 */
export function printXml(resource: unknown): string {
  return isObject(resource) ? resourceXml(resource, ' xmlns="http://hl7.org/fhir"') : ''
}

function resourceXml(resource: Fields, namespace: string): string {
  const rule = typeof resource.resourceType === 'string' ? typeRule(resource.resourceType) : undefined
  return rule ? `<${rule.name}${namespace}>${fieldsXml(resource, rule)}</${rule.name}>` : ''
}

function fieldsXml(fields: Fields, rule: TypeRule): string {
  let xml = ''
  for (const [key, element] of rule.elements) {
    if (isAttribute(key, rule)) continue
    const value = fields[key]
    const beside = fields[`_${key}`]
    if (value === undefined && beside === undefined) continue
    if (!element.list) xml += elementXml(key, value, beside, element)
    else {
      const values = Array.isArray(value) ? value : []
      const besides = Array.isArray(beside) ? beside : []
      for (let n = 0; n < Math.max(values.length, besides.length); n++)
        xml += elementXml(key, values[n], besides[n], element)
    }
  }
  return xml
}

function elementXml(key: string, value: unknown, beside: unknown, element: ElementRule): string {
  if (element.type === 'xhtml') return typeof value === 'string' ? inNamespace(value) : ''
  if (element.primitive) {
    const extras = isObject(beside) ? beside : {}
    const said = value === undefined || value === null ? '' : ` value="${escaped(primitiveText(value))}"`
    return wrapped(key, `${idXml(extras)}${said}`, extensionsXml(extras))
  }
  if (!isObject(value)) return ''
  if (element.type === 'Resource') return `<${key}>${resourceXml(value, '')}</${key}>`
  const rule = typeRule(element.type)
  if (!rule) throw new Error(`xml-write: the table has no type ${element.type}`)
  const url = rule.name === 'Extension' && typeof value.url === 'string' ? ` url="${escaped(value.url)}"` : ''
  return wrapped(key, `${idXml(value)}${url}`, fieldsXml(value, rule))
}

/** Element.id and Extension.url are attributes; Resource.id is an element. @see FHIR R4 xml.html */
export function isAttribute(key: string, rule: TypeRule): boolean {
  return (key === 'id' && !rule.isResource) || (key === 'url' && rule.name === 'Extension')
}

function wrapped(name: string, attributes: string, content: string): string {
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`
}

function idXml(fields: Fields): string {
  return typeof fields.id === 'string' ? ` id="${escaped(fields.id)}"` : ''
}

function extensionsXml(fields: Fields): string {
  const rule = typeRule('Extension')
  const extensions = Array.isArray(fields.extension) ? fields.extension : []
  if (!rule) return ''
  return extensions
    .filter(isObject)
    .map((each) => wrapped('extension', `${idXml(each)} url="${escaped(String(each.url))}"`, fieldsXml(each, rule)))
    .join('')
}

function inNamespace(div: string): string {
  const trimmed = div.trim()
  return /^<div[^>]*\sxmlns\s*=/.test(trimmed)
    ? trimmed
    : trimmed.replace(/^<div/, '<div xmlns="http://www.w3.org/1999/xhtml"')
}

function primitiveText(value: unknown): string {
  return numberText(value) ?? String(value)
}

// Line breaks and tabs inside an attribute would be read as spaces.
const marks: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"\n\r\t]/g, (mark) => marks[mark] ?? mark)
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)
}
