/** FHIR transaction and batch. @see FHIR R4 http.html#transaction */
import { faultPlaces } from '../base/index.ts'
import { readRest } from '../feeds/index.ts'
import { isResourceType, printJson } from '../fhir/index.ts'
import { type Answer, versionOfEtag } from './answer.ts'
import { bundleText, responseEntry } from './bundle-text.ts'
import { commit } from './commit.ts'
import { everything } from './everything.ts'
import type { FhirApiNeeds } from './needs.ts'
import { failureOf } from './outcome.ts'
import { history, read, vread } from './read.ts'
import { Refusal, refuse } from './refusal.ts'
import { search } from './search.ts'
import type { Visit } from './visit.ts'
import { answerOfWritten, parseBody } from './write.ts'

type EntryAsked = {
  readonly request?: {
    readonly method?: string
    readonly url?: string
    readonly ifMatch?: string
    readonly ifNoneMatch?: string
  }
}
type BundleAsked = { readonly resourceType?: unknown; readonly type?: unknown; readonly entry?: readonly EntryAsked[] }

export async function postBundle(
  needs: FhirApiNeeds,
  visit: Visit,
  body: Uint8Array,
  { base, answerMax }: { readonly base: string; readonly answerMax: number },
): Promise<Answer> {
  const root = parseBody(body) as BundleAsked | null
  const kind = root?.resourceType === 'Bundle' ? root.type : undefined
  if (root === null || (kind !== 'transaction' && kind !== 'batch')) {
    throw refuse(
      400,
      'invalid',
      'Only a Bundle of type transaction or batch is taken here',
      'POST a single resource to its type; send other bundles to /feeds.',
    )
  }
  const answers =
    kind === 'transaction' ? await transact(needs, visit, root, body, base) : await batch(needs, visit, root, base)
  const told = withinLength(answers, answerMax)
  return { status: 200, body: bundleText({ type: `${kind}-response`, entries: told.map(responseEntry) }) }
}

/** What was written stays told; what was read beyond the length is to be asked for again, in another request. */
function withinLength(answers: readonly Answer[], answerMax: number): readonly Answer[] {
  let length = 0
  return answers.map((answer) => {
    length += answer.body?.length ?? 0
    if (length <= answerMax || answer.body === undefined) return answer
    const { status, body } = failureOf(
      refuse(
        400,
        'too-costly',
        'With this the answer would be longer than this server sends at once',
        'Ask for it by itself.',
      ),
    )
    return { status, body }
  })
}

async function transact(
  needs: FhirApiNeeds,
  visit: Visit,
  root: unknown,
  body: Uint8Array,
  base: string,
): Promise<readonly Answer[]> {
  const content = readRest(root)
  if (!content.ok) throw new Refusal(400, 'invalid', content.issues)
  // The structure has been checked above.
  const asked = (root as BundleAsked).entry ?? []
  const expected = new Map<number, number>()
  for (const { index, ifMatch, place } of content.value.entries) {
    const version = ifMatch === undefined ? undefined : versionOfEtag(ifMatch)
    if (ifMatch !== undefined && version === undefined) {
      throw new Refusal(400, 'invalid', [
        {
          place: `${place}.request.ifMatch`,
          message: 'ifMatch is not the ETag of a version',
          remedy: 'Send it as W/"3".',
        },
      ])
    }
    if (version !== undefined) expected.set(index, version)
  }
  const done =
    content.value.entries.length === 0
      ? new Map()
      : await commit(needs, visit, { content: content.value, body, what: 'fhir-transaction', expected })
  // Reads see what the transaction has written: they come last.
  const answers: Answer[] = []
  for (const [index, { request }] of asked.entries()) {
    const written = done.get(index)
    answers.push(written ? answerOfWritten(written) : await readFor(needs, visit, request, base))
  }
  return answers
}

/** Each entry for itself, in the order that R4 gives: deletes, creates, updates, reads. */
async function batch(needs: FhirApiNeeds, visit: Visit, root: BundleAsked, base: string): Promise<readonly Answer[]> {
  const asked = Array.isArray(root.entry) ? root.entry : []
  const answers = new Map<number, Answer>()
  const phases = [['DELETE'], ['POST'], ['PUT', 'PATCH'], []]
  const phaseOf = (entry: EntryAsked) =>
    phases.findIndex((methods) => methods.length === 0 || methods.includes(entry?.request?.method ?? ''))
  for (const phase of phases.keys()) {
    const waiting = [...asked.entries()].filter(([, entry]) => phaseOf(entry) === phase)
    // Some at a time: the pipeline files them together, and one batch does not take every connection.
    for (let at = 0; at < waiting.length; at += 4) {
      await Promise.all(
        waiting
          .slice(at, at + 4)
          .map(async ([index, entry]) => answers.set(index, await alone(needs, visit, { entry, index }, base))),
      )
    }
  }
  return asked.map((_entry, index) => answers.get(index) ?? { status: 500 })
}

async function alone(
  needs: FhirApiNeeds,
  visit: Visit,
  { entry, index }: { readonly entry: EntryAsked; readonly index: number },
  base: string,
): Promise<Answer> {
  const single = { resourceType: 'Bundle', type: 'transaction', entry: [entry] }
  try {
    const [answer] = await transact(needs, visit, single, new TextEncoder().encode(printJson(single)), base)
    return answer ?? { status: 500 }
  } catch (thrown) {
    const { status, body, isFault } = failureOf(thrown)
    if (isFault) needs.log.error({ requestId: visit.requestId, fault: faultPlaces(thrown) }, 'a batch entry failed')
    return { status, body: body.replaceAll('Bundle.entry[0]', `Bundle.entry[${index}]`) }
  }
}

async function readFor(
  needs: FhirApiNeeds,
  visit: Visit,
  request: EntryAsked['request'],
  base: string,
): Promise<Answer> {
  const [path = '', query = ''] = (request?.url ?? '').replace(`${base}/`, '').split(/\?(.*)/s)
  const [type = '', id, operation, version] = path.split('/').filter((step) => step !== '')
  const parameters = new URLSearchParams(query)
  if (!isResourceType(type))
    throw refuse(404, 'not-found', 'The entry reads a type that R4 does not have', 'Correct its url.')
  if (id === undefined) return await search(needs, visit, { type, query: parameters, lenient: false }, base)
  if (operation === undefined) return await read(needs, visit, { type, id }, { ifNoneMatch: request?.ifNoneMatch })
  if (operation === '_history')
    return await (version === undefined
      ? history(needs, visit, { type, id }, parameters, base)
      : vread(needs, visit, { type, id }, version))
  if (operation === '$everything' && type === 'Patient') return await everything(needs, visit, id, parameters, base)
  throw refuse(
    404,
    'not-supported',
    'The entry asks for an operation that is not offered',
    'See the capability statement.',
  )
}
