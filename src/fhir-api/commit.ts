/** Everything that is written through the REST interface: decided, looked up, translated, and handed to feeds, all or nothing. */
import { type Interaction, openSystem, withTrail } from '../access/index.ts'
import { recordAudit } from '../audit/index.ts'
import { opaqueId, Problem } from '../base/index.ts'
import {
  type Receipt,
  type RestContent,
  requestKind,
  searchReferences,
  type Translation,
  translateRest,
} from '../feeds/index.ts'
import { parseJson } from '../fhir/index.ts'
import { personsOfCompartments } from '../identity/index.ts'
import { readResource, type StoredResource } from '../store/index.ts'
import { checkWritable } from './capability.ts'
import { meetReferences, theOne } from './conditions.ts'
import type { FhirApiNeeds } from './needs.ts'
import { plainId } from './read.ts'
import { Refusal, refuse } from './refusal.ts'
import type { Visit } from './visit.ts'

type Entry = RestContent['entries'][number]
type Written = Receipt['written'][number]

export type Wish = {
  readonly content: RestContent
  /** The bytes as they came, to be kept. */
  readonly body: Uint8Array
  /** `fhir-create`, `fhir-transaction` … for the trail. */
  readonly what: string
  /** Versions that must be current, by index of entry (If-Match); 0: there must be none (If-None-Match: *). */
  readonly expected?: ReadonlyMap<number, number>
}

/** What became of each entry, by its index. `met`: a conditional create found it there already. */
export type Done = ReadonlyMap<number, Omit<Written, 'outcome'> & { readonly outcome: Written['outcome'] | 'met' }>

/**
 * @throws Problem 'forbidden' before anything is read; Refusal 400 with every issue of the content, 412 when a version or condition does not
 * hold, 422 when it could not be applied
 */
export async function commit(needs: FhirApiNeeds, visit: Visit, wish: Wish): Promise<Done> {
  const { content } = wish
  const source = needs.source(visit.caller.client.source)
  if (!source)
    throw new Problem(
      'forbidden',
      'No source is declared for what this client writes',
      'Ask the operator to declare one.',
    )
  for (const { type } of content.entries) checkWritable(type)
  const { found, met } = await meetConditions(needs, visit, content.entries)
  const controlId = opaqueId()
  const held = await lookUp(needs, visit, { ...wish, controlId }, found)
  checkOwn(held, source.id)
  checkVersions(content.entries, held, wish.expected)
  const searched = await meetReferences(needs, visit, searchReferences(content))
  const translated = translateRest(content, source, { newId: opaqueId, found, held: bodiesOf(held), searched })
  if (!translated.ok) throw new Refusal(400, 'invalid', translated.issues)
  const { entries } = translated.value
  const applied = entries.flatMap((entry, at) => (met.has(entry.index) || isNothing(entry, held) ? [] : [at]))
  const done = new Map<number, Written | (Omit<Written, 'outcome'> & { readonly outcome: 'met' })>()
  for (const [index, { type, id, version }] of met) done.set(index, { type, id, version, outcome: 'met' })
  for (const entry of entries) {
    if (isNothing(entry, held))
      done.set(entry.index, { type: entry.type, id: entry.urlId ?? '', version: 0, outcome: 'unchanged' })
  }
  if (applied.length === 0) return done
  const expected = expectedByFact(applied, entries, wish.expected)
  const receipt = await needs.receive(
    {
      source: source.id,
      format: 'fhir',
      kind: `${requestKind}${content.kind}`,
      controlId,
      orderKey: '',
      body: wish.body,
      receivedAt: needs.clock(),
    },
    {
      translation: onlyFacts(translated.value.translation, applied),
      fresh: applied.every((at) => entries[at]?.method === 'POST'),
      ...(expected.size === 0 ? {} : { expected }),
      told: async (tx, pks) => {
        const persons = [...new Set((await personsOfCompartments(tx, pks)).values())]
        await recordAudit(
          tx,
          (persons.length === 0 ? [undefined] : persons).map((person) => ({
            at: needs.clock(),
            action: ({ 'fhir-update': 'U', 'fhir-delete': 'D' } as const)[wish.what] ?? 'C',
            what: `${wish.what}-applied`,
            actor: { kind: 'system', id: visit.actor.id, name: visit.actor.name },
            purpose: 'HOPERAT',
            outcome: 0,
            ...(person === undefined ? {} : { person }),
            detail: { controlId, facts: applied.length },
            address: visit.address,
            requestId: visit.requestId,
          })),
        )
      },
    },
  )
  if (receipt.status !== 'applied') {
    const [status, code] = expected.size > 0 ? ([412, 'conflict'] as const) : ([422, 'processing'] as const)
    throw new Refusal(status, code, receipt.issues)
  }
  for (const [n, at] of applied.entries()) {
    const entry = entries[at]
    const written = receipt.written[n]
    if (entry && written) done.set(entry.index, written)
  }
  return done
}

type Conditions = { readonly found: ReadonlyMap<number, string>; readonly met: ReadonlyMap<number, StoredResource> }

async function meetConditions(needs: FhirApiNeeds, visit: Visit, entries: readonly Entry[]): Promise<Conditions> {
  const found = new Map<number, string>()
  const met = new Map<number, StoredResource>()
  for (const { condition, index, type, method, resource } of entries) {
    if (condition === undefined) continue
    const one = await theOne(needs, visit, type, condition)
    if (one) {
      found.set(index, one.id)
      if (method === 'POST') met.set(index, one)
      else if (typeof resource?.id === 'string' && resource.id !== one.id) {
        throw refuse(
          409,
          'conflict',
          `The condition meets a ${type} of another id than the resource has`,
          'Leave the id out.',
        )
      }
      // FHIR R4 http.html#cond-update: no match and an id given is an update that creates.
    } else if (method === 'PUT' && typeof resource?.id === 'string') found.set(index, resource.id)
  }
  return { found, met }
}

type Held = ReadonlyMap<number, StoredResource>

/** Decides for every kind of write, leaves the trail, and reads what is to be changed. */
async function lookUp(
  { sql, clock }: FhirApiNeeds,
  { actor, address, requestId }: Visit,
  { content, what, controlId }: Wish & { readonly controlId: string },
  found: ReadonlyMap<number, string>,
): Promise<Held> {
  const kinds = new Map<string, { interaction: Interaction; type: string; count: number; ids: string[] }>()
  for (const { method, type, urlId } of content.entries) {
    const interaction = ({ POST: 'create', PUT: 'update', DELETE: 'delete' } as const)[method]
    const kind = kinds.get(`${method} ${type}`) ?? { interaction, type, count: 0, ids: [] }
    kind.count++
    if (urlId !== undefined && kind.ids.length < 20) kind.ids.push(plainId(urlId))
    kinds.set(`${method} ${type}`, kind)
  }
  return await withTrail(sql, async (tx) => {
    const held = new Map<number, StoredResource>()
    const now = clock()
    for (const { interaction, type, count, ids } of kinds.values()) {
      const detail = { count, controlId, ...(ids.length === 0 ? {} : { ids }) }
      const scope = await openSystem(tx, actor, { interaction, type, what, now, address, requestId, detail })
      const named = content.entries.filter(
        (entry) => entry.type === type && entry.method !== 'POST' && interaction !== 'create',
      )
      await Promise.all(
        named.map(async ({ index, urlId }) => {
          const id = found.get(index) ?? urlId
          const before = id === undefined ? undefined : await readResource(tx, scope, { type, id }).catch(noneOf)
          if (before) held.set(index, before)
        }),
      )
    }
    return held
  })
}

/** Nothing there, or deleted: then nothing is held. */
function noneOf(thrown: unknown): undefined {
  if (thrown instanceof Problem && (thrown.kind === 'not-found' || thrown.kind === 'gone')) return undefined
  throw thrown
}

/** What another source said is that source's to change: a client that disagrees says so itself, and both are shown. */
function checkOwn(held: Held, source: string): void {
  const foreign = [...held.values()].find((one) => one.source !== source)
  if (foreign)
    throw new Problem(
      'forbidden',
      `${foreign.type}/${foreign.id} was supplied by another source`,
      'Send what your own system says as a resource of its own.',
    )
}

function checkVersions(entries: readonly Entry[], held: Held, expected: Wish['expected']): void {
  for (const { index, place } of entries) {
    const wanted = expected?.get(index)
    if (wanted === undefined || wanted === (held.get(index)?.version ?? 0)) continue
    throw new Refusal(412, 'conflict', [
      { place, message: 'Another version is current than the one named', remedy: 'Read it again, then change that.' },
    ])
  }
}

function bodiesOf(held: Held): ReadonlyMap<number, unknown> {
  const bodies = new Map<number, unknown>()
  for (const [index, { type, id, body }] of held) {
    const parsed = parseJson(body)
    if (!parsed.ok) throw new Problem('fault', `${type}/${id}: the stored text is not JSON`, 'Run throughline check.')
    bodies.set(index, parsed.value)
  }
  return bodies
}

/** A delete of what is not there. */
function isNothing({ method, index }: Entry, held: Held): boolean {
  return method === 'DELETE' && !held.has(index)
}

function expectedByFact(
  applied: readonly number[],
  entries: readonly Entry[],
  expected: Wish['expected'],
): Map<number, number> {
  const byFact = new Map<number, number>()
  for (const [n, at] of applied.entries()) {
    const version = expected?.get(entries[at]?.index ?? -1)
    if (version !== undefined) byFact.set(n, version)
  }
  return byFact
}

/** What a conditional create met already is not written, nor does it say anything new of its person. */
function onlyFacts(translation: Translation, applied: readonly number[]): Translation {
  if (applied.length === translation.facts.length) return translation
  const facts = translation.facts.filter((_fact, at) => applied.includes(at))
  const told = new Set(
    facts.flatMap((fact) => (fact.resource.resourceType === 'Patient' && fact.subject !== null ? [fact.subject] : [])),
  )
  const subjects = translation.subjects.map((subject, at) => (told.has(at) ? subject : { ...subject, traits: {} }))
  return { ...translation, facts, subjects }
}
