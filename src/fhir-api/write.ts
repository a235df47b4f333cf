/** FHIR create, update and delete of one resource, with their conditional forms. @see FHIR R4 http.html#create, #update, #delete */
import { Problem } from '../base/index.ts'
import { readRest } from '../feeds/index.ts'
import { parseFhirXml, parseJson, printJson } from '../fhir/index.ts'
import { type Answer, locationOf, versionOfEtag } from './answer.ts'
import { commit, type Done } from './commit.ts'
import { theOne } from './conditions.ts'
import type { FhirApiNeeds } from './needs.ts'
import { type ResourceName, read } from './read.ts'
import { Refusal, refuse } from './refusal.ts'
import { mayDo } from './scopes.ts'
import type { Visit } from './visit.ts'

export type Preconditions = {
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly ifNoneExist?: string | undefined
}

export async function create(
  needs: FhirApiNeeds,
  visit: Visit,
  type: string,
  body: Uint8Array,
  when: Preconditions,
): Promise<Answer> {
  const content = readOne(parseBody(body), type)
  const entries = content.entries.map((entry) =>
    when.ifNoneExist === undefined ? entry : { ...entry, condition: when.ifNoneExist },
  )
  const done = await commit(needs, visit, { content: { ...content, entries }, body, what: 'fhir-create' })
  return answerFor(done)
}

export async function update(
  needs: FhirApiNeeds,
  visit: Visit,
  { type, id }: ResourceName,
  body: Uint8Array,
  when: Preconditions,
): Promise<Answer> {
  if (!/^[A-Za-z0-9\-.]{1,64}$/.test(id))
    throw new Problem('invalid', 'The id in the address is not a FHIR id', 'Use 1 to 64 letters, digits, "-" and ".".')
  const root = parseBody(body)
  const content = readOne(root, type, id)
  const own = content.entries[0]?.resource?.id
  if (own !== id) {
    throw new Refusal(400, 'invalid', [
      {
        place: `${type}.id`,
        message: 'The id in the resource is not the id in the address',
        remedy: 'Make them agree.',
      },
    ])
  }
  return answerFor(await commit(needs, visit, { content, body, what: 'fhir-update', ...expectedOf(when) }))
}

/** `PUT Type?search`: the one that it meets is changed; when it meets none, one is made. */
export async function updateWhere(
  needs: FhirApiNeeds,
  visit: Visit,
  type: string,
  query: string,
  body: Uint8Array,
  when: Preconditions,
): Promise<Answer> {
  const content = readOne(parseBody(body), type)
  const entries = content.entries.map((entry) => ({ ...entry, method: 'PUT' as const, condition: query }))
  return answerFor(
    await commit(needs, visit, { content: { ...content, entries }, body, what: 'fhir-update', ...expectedOf(when) }),
  )
}

export async function remove(
  needs: FhirApiNeeds,
  visit: Visit,
  { type, id }: ResourceName,
  when: Preconditions,
): Promise<Answer> {
  // A DELETE has no body to keep: what is kept says the same in FHIR's own words.
  const root = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ request: { method: 'DELETE', url: `${type}/${id}` } }],
  }
  const content = readRest(root)
  if (!content.ok) throw new Refusal(400, 'invalid', content.issues)
  const body = new TextEncoder().encode(printJson(root))
  return answerFor(
    await commit(needs, visit, { content: content.value, body, what: 'fhir-delete', ...expectedOf(when) }),
  )
}

/** `DELETE Type?search`: the one that it meets; several are refused. */
export async function removeWhere(needs: FhirApiNeeds, visit: Visit, type: string, query: string): Promise<Answer> {
  const one = await theOne(needs, visit, type, query)
  return one ? await remove(needs, visit, { type, id: one.id }, {}) : { status: 204 }
}

/** The answer with the resource as it now is, for those who prefer it and may read it: who may only write is told that it is written. */
export async function represented(needs: FhirApiNeeds, visit: Visit, answer: Answer): Promise<Answer> {
  const [type, id] = answer.location?.split('/') ?? []
  if (type === undefined || id === undefined || answer.status >= 300 || answer.status === 204) return answer
  if (!mayDo(visit.caller.scopes, 'r', type)) return answer
  const { body, savedAt } = await read(needs, visit, { type, id })
  return { ...answer, ...(body === undefined ? {} : { body }), ...(savedAt === undefined ? {} : { savedAt }) }
}

/** The body as the value that its JSON has. @throws Refusal 400 with the place where it stops being FHIR */
export function parseBody(body: Uint8Array): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw refuse(400, 'invalid', 'The body is not UTF-8 text', 'FHIR is always UTF-8.')
  }
  if (text.trim() === '') throw refuse(400, 'required', 'The request has no body', 'Send the resource as FHIR JSON.')
  // That the content type says the same was checked at the door.
  const parsed = /^\s*</.test(text) ? parseFhirXml(text) : parseJson(text, { duplicateKeys: 'refuse' })
  if (!parsed.ok) throw new Refusal(400, 'invalid', parsed.issues)
  return parsed.value
}

function readOne(root: unknown, type: string, putId?: string) {
  const content = readRest(root, putId)
  if (!content.ok) throw new Refusal(400, 'invalid', content.issues)
  if (content.value.kind !== type) {
    throw new Refusal(400, 'invalid', [
      {
        place: 'resourceType',
        message: `The address is for ${type}, the resource is another type`,
        remedy: 'Make them agree.',
      },
    ])
  }
  return content.value
}

function expectedOf({ ifMatch, ifNoneMatch }: Preconditions): { readonly expected?: ReadonlyMap<number, number> } {
  if (ifNoneMatch?.trim() === '*') return { expected: new Map([[0, 0]]) }
  if (ifMatch === undefined) return {}
  const version = versionOfEtag(ifMatch)
  if (version === undefined) throw new Problem('invalid', 'If-Match is not the ETag of a version', 'Send it as W/"3".')
  return { expected: new Map([[0, version]]) }
}

function answerFor(done: Done): Answer {
  const written = done.get(0)
  if (!written) throw new Error('write: nothing was answered for the only entry')
  return answerOfWritten(written)
}

type WrittenOrMet = Done extends ReadonlyMap<number, infer Each> ? Each : never

export function answerOfWritten(written: WrittenOrMet): Answer {
  const { outcome, version, type } = written
  if (outcome === 'deleted' || version === 0) return { status: 204, ...(version === 0 ? {} : { version }) }
  if (outcome === 'superseded')
    throw refuse(409, 'conflict', `The ${type} held is newer than what was sent`, 'Read it again, then change that.')
  return { status: outcome === 'created' ? 201 : 200, version, location: locationOf(written) }
}
