/** The resources that one FHIR message carries: a bundle's entries, or the one resource that was sent alone. @see FHIR R4 bundle.html */
import { type Issue, type Parsed, right } from '../../base/index.ts'
import { validateResource } from '../../fhir/index.ts'
import type { JsonObject } from './json-object.ts'
import { asObject, asText } from './json-object.ts'

export type Method = 'POST' | 'PUT' | 'DELETE'

/** One thing that the message asks to be held, or withdrawn. */
export type Entry = {
  /** Where the resource stands: `Bundle.entry[3].resource`, or `Patient`. For DELETE the entry itself. */
  readonly place: string
  /** Place in the bundle; 0 for a resource sent alone. */
  readonly index: number
  readonly method: Method
  readonly type: string
  readonly fullUrl?: string
  /** The id in the request's address (PUT, DELETE). */
  readonly urlId?: string
  /** The search of a conditional request: `identifier=system|value`. */
  readonly condition?: string
  /** Version that must be current (ifMatch). */
  readonly ifMatch?: string
  /** Absent for DELETE only. */
  readonly resource?: JsonObject
  /** What is held of it now, where that is known (REST). */
  readonly was?: JsonObject
}

export type Content = {
  /** The bundle's type, or the type of the single resource. */
  readonly kind: string
  readonly entries: readonly Entry[]
  /** Leaf elements of the bundle outside its resources: those that were used, and those that nothing used. */
  readonly used: number
  readonly leftovers: readonly string[]
  readonly notes: readonly Issue[]
}

const acceptedBundles = new Set(['transaction', 'batch', 'collection', 'searchset', 'document', 'message'])
/** Held inside other things, or answers to questions: never facts by themselves. */
const noFacts = new Set(['Bundle', 'Parameters', 'OperationOutcome'])

/** Takes a parsed message apart. Issues: everything that is not FHIR R4, and everything that cannot be held truthfully. */
export function readEntries(root: unknown): Parsed<Content> {
  const resource = asObject(root)
  const issues = validateResource(root, '')
  if (!resource || issues.length > 0) return { ok: false, issues }
  const type = asText(resource.resourceType) ?? ''
  if (type !== 'Bundle') {
    if (noFacts.has(type))
      return refused(type, `A ${type} sent alone is not a fact about anybody`, 'Send resources or a bundle of them.')
    return right({
      kind: type,
      entries: [{ place: type, index: 0, method: 'POST', type, resource }],
      used: 0,
      leftovers: [],
      notes: [],
    })
  }
  const kind = asText(resource.type) ?? ''
  if (!acceptedBundles.has(kind)) {
    return refused(
      'Bundle.type',
      `A bundle of type ${kind} is not accepted`,
      `Send one of: ${[...acceptedBundles].join(', ')}.`,
    )
  }
  return readBundle(resource, kind)
}

function readBundle(bundle: JsonObject, kind: string): Parsed<Content> {
  const issues: Issue[] = []
  const notes: Issue[] = []
  const entries: Entry[] = []
  const leaves = new Leaves()
  for (const [key, value] of Object.entries(bundle)) {
    if (key !== 'entry') leaves.take(value, `Bundle.${key}`, key === 'resourceType' || key === 'type')
  }
  const list = Array.isArray(bundle.entry) ? bundle.entry : []
  const fullUrls = new Map<string, number>()
  for (const [index, item] of list.entries()) {
    const entry = asObject(item) ?? {}
    const place = `Bundle.entry[${index}]`
    const read = readEntry(entry, kind, index)
    if (read.ok && read.value === 'not-a-fact') leaves.take(entry, place, false)
    else if (read.ok && read.value !== 'not-a-fact') {
      entries.push(read.value)
      takeEnvelope(leaves, entry, place)
    } else if (!read.ok) issues.push(...read.issues)
    const fullUrl = asText(entry.fullUrl)
    if (fullUrl === undefined) continue
    const earlier = fullUrls.get(fullUrl)
    if (earlier !== undefined && kind !== 'searchset') {
      issues.push({
        place: `${place}.fullUrl`,
        message: `The same fullUrl stands at Bundle.entry[${earlier}]`,
        remedy: 'Give each entry its own.',
      })
    }
    fullUrls.set(fullUrl, index)
  }
  if (issues.length > 0) return { ok: false, issues }
  return right({ kind, entries, used: leaves.used, leftovers: leaves.leftovers, notes })
}

/** Methods and addresses steer what is done, so they count as used; what only the sender's server needs stays in the original. */
function takeEnvelope(leaves: Leaves, entry: JsonObject, place: string): void {
  for (const [key, value] of Object.entries(entry)) {
    if (key === 'resource') continue
    if (key === 'fullUrl') leaves.take(value, `${place}.fullUrl`, true)
    else if (key === 'request') {
      for (const [name, part] of Object.entries(asObject(value) ?? {})) {
        leaves.take(
          part,
          `${place}.request.${name}`,
          name === 'method' || name === 'url' || name === 'ifNoneExist' || name === 'ifMatch',
        )
      }
    } else leaves.take(value, `${place}.${key}`, false)
  }
}

function readEntry(entry: JsonObject, kind: string, index: number): Parsed<Entry | 'not-a-fact'> {
  const place = `Bundle.entry[${index}]`
  const resource = asObject(entry.resource)
  const request = asObject(entry.request)
  const fullUrl = asText(entry.fullUrl)
  const method = kind === 'transaction' || kind === 'batch' ? asText(request?.method) : 'POST'
  const type = resource === undefined ? undefined : asText(resource.resourceType)
  if (method === undefined)
    return refused(`${place}.request`, `An entry of a ${kind} needs a request with method and url`)
  if (method === 'GET' || method === 'HEAD') return right('not-a-fact')
  if (method === 'PATCH') return refused(`${place}.request.method`, 'PATCH is not accepted', 'PUT the whole resource.')
  const address = readAddress(asText(request?.url) ?? '')
  const common = {
    index,
    ...(fullUrl === undefined ? {} : { fullUrl }),
    ...optional('ifMatch', asText(request?.ifMatch)),
  }
  if (method === 'DELETE') {
    if (address.id === undefined) return refused(`${place}.request.url`, 'A DELETE must name one resource as Type/id')
    return right({ ...common, place, method, type: address.type, urlId: address.id })
  }
  if (!resource || type === undefined) {
    // A collection may hold links without content; they say nothing that could be held.
    if (kind !== 'transaction' && kind !== 'batch') return right('not-a-fact')
    return refused(place, `A ${method} needs a resource`)
  }
  // What comes beside the facts of an answer or a message (warnings, task parameters) stays in the original.
  if ((type === 'OperationOutcome' || type === 'Parameters') && kind !== 'transaction' && kind !== 'batch')
    return right('not-a-fact')
  if (noFacts.has(type))
    return refused(`${place}.resource`, `A ${type} inside a bundle is not a fact about anybody`, 'Send its entries.')
  if (request && kind !== 'collection' && address.type !== '' && address.type !== type) {
    return refused(
      `${place}.request.url`,
      `The address is for ${safeName(address.type)}, the resource is ${type}`,
      'Make them agree.',
    )
  }
  if (method === 'PUT') {
    if (address.id === undefined && address.query === undefined)
      return refused(`${place}.request.url`, 'A PUT must name one resource as Type/id')
    const own = asText(resource.id)
    if (address.id !== undefined && own !== undefined && own !== address.id) {
      return refused(`${place}.resource.id`, 'The id in the resource is not the id in request.url', 'Make them agree.')
    }
    return right({
      ...common,
      place: `${place}.resource`,
      method,
      type,
      resource,
      ...optional('urlId', address.id),
      ...optional('condition', address.query),
    })
  }
  if (method !== 'POST') return refused(`${place}.request.method`, 'The method is none of POST, PUT, DELETE, GET')
  return right({
    ...common,
    place: `${place}.resource`,
    method,
    type,
    resource,
    ...optional('condition', asText(request?.ifNoneExist)),
  })
}

function optional<K extends string>(key: K, value: string | undefined): { readonly [key in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: string }
}

/** `Patient/1`, `Patient?identifier=a`, `https://server/fhir/Patient/1`. */
function readAddress(url: string): { readonly type: string; readonly id?: string; readonly query?: string } {
  const mark = url.indexOf('?')
  const query = mark < 0 ? undefined : url.slice(mark + 1)
  const steps = (mark < 0 ? url : url.slice(0, mark)).split('/').filter((step) => step !== '')
  const at = steps.findLastIndex((step) => /^[A-Z][A-Za-z]+$/.test(step))
  const id = at < 0 ? undefined : steps[at + 1]
  return { type: steps[at] ?? '', ...optional('id', id), ...optional('query', query) }
}

function safeName(text: string): string {
  return /^[A-Za-z]{1,40}$/.test(text) ? text : 'another type'
}

function refused(place: string, message: string, remedy?: string): Parsed<never> {
  return { ok: false, issues: [remedy === undefined ? { place, message } : { place, message, remedy }] }
}

/** Counts the leaf elements of what stands around the resources. */
class Leaves {
  used = 0
  readonly leftovers: string[] = []

  take(value: unknown, place: string, isUsed: boolean): void {
    if (value === null || value === undefined) return
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.take(item, `${place}[${index}]`, isUsed)
      return
    }
    const object = asObject(value)
    if (object) for (const [key, part] of Object.entries(object)) this.take(part, `${place}.${key}`, isUsed)
    else if (isUsed) this.used++
    else this.leftovers.push(place)
  }
}
