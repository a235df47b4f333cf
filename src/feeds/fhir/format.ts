import { type Parsed, wrong } from '../../base/index.ts'
import { locateInJson, locateInXml, parseFhirXml, parseJson } from '../../fhir/index.ts'
import type { Envelope, Format } from '../format.ts'
import { asObject, asText, type JsonObject, objectsOf } from './json-object.ts'
import { translateFeed } from './translate.ts'

/** FHIR R4 in JSON or XML, in UTF-8 with or without a byte order mark. @see FHIR R4 json.html, xml.html, bundle.html */
export const fhirFormat: Format = {
  id: 'fhir',
  envelope,
  translate(bytes, source) {
    const parsed = parseBytes(bytes)
    return parsed.ok ? translateFeed(parsed.value, source) : parsed
  },
  text: (bytes) => new TextDecoder().decode(bytes),
  locate: (text, place) => (isXml(text) ? locateInXml(text, place) : locateInJson(text, place)),
}

/** One parse serves `envelope` and `translate` of the same bytes: nothing changes the parsed value. */
const parsedBytes = new WeakMap<Uint8Array, Parsed<unknown>>()

function parseBytes(bytes: Uint8Array): Parsed<unknown> {
  const before = parsedBytes.get(bytes)
  if (before) return before
  const parsed = decodeAndParse(bytes)
  parsedBytes.set(bytes, parsed)
  return parsed
}

function decodeAndParse(bytes: Uint8Array): Parsed<unknown> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return wrong('', 'The bytes are not UTF-8 text', 'FHIR is always sent as UTF-8.')
  }
  return isXml(text) ? parseFhirXml(text) : parseJson(text, { duplicateKeys: 'refuse' })
}

function isXml(text: string): boolean {
  return /^\s*</.test(text)
}

const nothingKnown: Envelope = { controlId: '', kind: '', orderKey: '' }

function envelope(bytes: Uint8Array): Envelope {
  const parsed = parseBytes(bytes)
  const root = parsed.ok ? asObject(parsed.value) : undefined
  if (!root) return nothingKnown
  const type = asText(root.resourceType) ?? ''
  if (type !== 'Bundle') return { controlId: '', kind: type, orderKey: orderKeyOf([root]) }
  const identifier = asObject(root.identifier)
  const value = asText(identifier?.value)
  return {
    controlId: value === undefined ? '' : `${asText(identifier?.system) ?? ''}|${value}`,
    kind: asText(root.type) ?? '',
    orderKey: orderKeyOf(objectsOf(root.entry).map((entry) => asObject(entry.resource))),
  }
}

/** What the source calls the one patient of the message; '' when it speaks of several or of none. */
function orderKeyOf(resources: readonly (JsonObject | undefined)[]): string {
  const patients = new Set<string>()
  for (const resource of resources) {
    if (!resource) continue
    if (resource.resourceType === 'Patient') {
      const id = asText(resource.id)
      if (id !== undefined) patients.add(id)
    } else {
      const reference = asText(asObject(resource.subject ?? resource.patient)?.reference)
      const id = reference === undefined ? undefined : /(?:^|\/)Patient\/([^/]+)/.exec(reference)?.[1]
      if (id !== undefined) patients.add(id)
    }
    if (patients.size > 1) return ''
  }
  const [only] = patients
  return only === undefined ? '' : `Patient/${only}`
}
