/** FHIR R4 content to facts: for feeds, under ids of the source's own; for the REST interface, under the ids the client sees. */
import type { FhirResource } from 'fhir/r4.js'
import { type Issue, type Parsed, right } from '../../base/index.ts'
import { elementKind, patientCompartment } from '../../fhir/index.ts'
import type { Source } from '../source.ts'
import type { Fact, LineageEntry, Translation } from '../translation.ts'
import { type About, readAbout } from './about.ts'
import { type Content, type Entry, readEntries } from './entries.ts'
import { asObject, asText, type JsonObject } from './json-object.ts'
import { feedNaming, type Naming, resolver } from './names.ts'
import { rewriteReferences } from './rewrite.ts'

/** @param root what `parseJson` gave */
export function translateFeed(root: unknown, source: Source): Parsed<Translation> {
  const content = readEntries(root)
  if (!content.ok) return content
  const translated = translate(content.value, source, feedNaming(source), sourceIdSystem(source))
  return translated.ok ? right(translated.value.translation) : translated
}

/** The identifier system that keeps what a source itself calls a resource. */
export function sourceIdSystem(source: Pick<Source, 'id'>): string {
  return `urn:throughline:source:${source.id}:id`
}

export type Translated = {
  readonly translation: Translation
  /** The entry of each fact, in the order of the facts. */
  readonly entries: readonly Entry[]
}

/** @param ownIds the identifier system under which the sender's own id is kept; undefined: its ids are ours */
export function translate(
  content: Content,
  source: Source,
  naming: Naming,
  ownIds: string | undefined,
): Parsed<Translated> {
  const ids = new Map(content.entries.map((entry) => [entry, naming.idOf(entry)]))
  const resolve = resolver(content.entries, naming, ids)
  const about = readAbout(content.entries, ids, resolve, naming, source)
  const issues: Issue[] = []
  const notes: Issue[] = [...content.notes, ...about.notes]
  const leftovers = [...content.leftovers]
  let mapped = content.used
  const facts = content.entries.map((entry): Fact => {
    const id = ids.get(entry) ?? ''
    if (!entry.resource) {
      if (ownIds !== undefined && about.of(entry) === null && Object.hasOwn(patientCompartment, entry.type))
        issues.push(whose(entry))
      return withdrawn(entry, id, about)
    }
    const read = rewriteReferences(entry.resource, entry.place, resolve)
    issues.push(...read.issues)
    notes.push(...read.notes)
    const made = asFact(read.resource, { entry, id, about, ownIds })
    leftovers.push(...made.leftovers)
    mapped += read.leaves - made.leftovers.length
    return { ...made.fact, lineage: [...made.fact.lineage, ...read.lineage] }
  })
  issues.push(...twice(content.entries, ids))
  if (issues.length > 0) return { ok: false, issues }
  const coverage = { content: mapped + leftovers.length, mapped, leftovers }
  return right({
    translation: { kind: content.kind, subjects: about.subjects, facts, merges: [], coverage, notes },
    entries: content.entries,
  })
}

type Making = { readonly entry: Entry; readonly id: string; readonly about: About; readonly ownIds: string | undefined }

function asFact(
  resource: JsonObject,
  { entry, id, about, ownIds }: Making,
): { readonly fact: Fact; readonly leftovers: readonly string[] } {
  const lineage: LineageEntry[] = [{ to: '', from: entry.place, rule: 'FHIR resource as sent' }]
  const leftovers: string[] = []
  const { resourceType, id: ownId, meta, ...rest } = resource
  const made: { [key: string]: unknown } = { resourceType, id }
  const keptMeta = readMeta(asObject(meta), entry.place, leftovers)
  if (keptMeta.meta) made.meta = keptMeta.meta
  Object.assign(made, rest)
  const named = about.named.get(entry)
  if (named) {
    made[named.element] = { reference: named.reference, ...asObject(made[named.element]) }
    lineage.push({
      to: `${named.element}.reference`,
      from: `${entry.place}.${named.element}.identifier`,
      rule: 'FHIR patient named by identifier',
    })
  }
  const own = asText(ownId) ?? entry.urlId
  if (ownIds !== undefined && own !== undefined)
    keepOwnId(made, lineage, { type: entry.type, place: entry.place, identifier: { system: ownIds, value: own } })
  const fact: Fact = {
    // The structure was checked by readEntries; only ids, references and meta were touched since.
    resource: made as unknown as FhirResource & { readonly id: string },
    subject: about.of(entry),
    write: 'replace',
    // A client of ours echoes the lastUpdated that we gave: it says nothing about when it was so.
    ...(keptMeta.asOf === undefined || ownIds === undefined ? {} : { asOf: keptMeta.asOf }),
    lineage,
  }
  return { fact, leftovers }
}

/** versionId counts at the sender's server only; lastUpdated says as of when the source speaks. */
function readMeta(
  meta: JsonObject | undefined,
  place: string,
  leftovers: string[],
): { readonly meta?: JsonObject; readonly asOf?: string } {
  if (!meta) return {}
  const { versionId, lastUpdated, ...rest } = meta
  if (versionId !== undefined) leftovers.push(`${place}.meta.versionId`)
  const asOf = asText(lastUpdated)
  return { ...(Object.keys(rest).length === 0 ? {} : { meta: rest }), ...(asOf === undefined ? {} : { asOf }) }
}

type OwnId = {
  readonly type: string
  readonly place: string
  readonly identifier: { readonly system: string; readonly value: string }
}

/** Types without identifiers keep the sender's id in the original message only, where the lineage leads. */
function keepOwnId(
  made: { [key: string]: unknown },
  lineage: LineageEntry[],
  { type, place, identifier }: OwnId,
): void {
  const kind = elementKind(type, 'identifier')
  const before = made.identifier
  if (kind === 'list') {
    const list = Array.isArray(before) ? before : []
    made.identifier = [...list, identifier]
    lineage.push({
      to: `identifier[${list.length}]`,
      from: `${place}.id`,
      rule: 'FHIR id of the source, kept as identifier',
    })
  } else if (kind === 'single' && before === undefined) {
    made.identifier = identifier
    lineage.push({ to: 'identifier', from: `${place}.id`, rule: 'FHIR id of the source, kept as identifier' })
  }
}

function withdrawn(entry: Entry, id: string, about: About): Fact {
  return {
    resource: { resourceType: entry.type, id } as unknown as FhirResource & { readonly id: string },
    subject: about.of(entry),
    write: 'delete',
    lineage: [{ to: '', from: `${entry.place}.request`, rule: 'FHIR resource withdrawn' }],
  }
}

/** An address alone does not tell in whose record the resource stands, and a delete in the wrong one would delete nothing. */
function whose({ place, type }: Entry): Issue {
  return {
    place: `${place}.request`,
    message: `A DELETE does not say in whose record the ${type} stands`,
    remedy:
      'Send the resource with its patient and status entered-in-error, or DELETE it at /fhir, where it is looked up.',
  }
}

/** One message must not say two things of one resource: which one holds would be a guess. */
function twice(entries: readonly Entry[], ids: ReadonlyMap<Entry, string>): readonly Issue[] {
  const first = new Map<string, Entry>()
  const issues: Issue[] = []
  for (const entry of entries) {
    const name = `${entry.type}/${ids.get(entry) ?? ''}`
    const before = first.get(name)
    if (before)
      issues.push({
        place: entry.place,
        message: `The same ${entry.type} stands at ${before.place}`,
        remedy: 'Send each resource once in a bundle.',
      })
    else first.set(name, entry)
  }
  return issues
}
