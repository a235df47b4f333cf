/**
 * What the things of a message are called here. A source's ids are its own: `Patient/123` of two sources are two Patients,
 * and the same source's `Patient/123` tomorrow is the same one.
 */
import { createHash } from 'node:crypto'
import { printJson } from '../../fhir/index.ts'
import { factId, type Source } from '../source.ts'
import type { Entry } from './entries.ts'
import { asText } from './json-object.ts'

/** How ids are given. */
export type Naming = {
  /** The id here of an entry of the message. */
  idOf(entry: Entry): string
  /** The id here of `Type/id` that is not in the message; null: leave the reference as it is. */
  idOfAbsent(type: string, naturalKey: string): string | null
  /** `Type/id` for a reference that is a search, where it was searched for. */
  searched?(reference: string): string | undefined
}

/** Ids derived from what the source calls the thing, for feeds. */
export function feedNaming(source: Source): Naming {
  return {
    idOf: (entry) => factId(source, entry.type, naturalKey(entry)),
    idOfAbsent: (type, key) => factId(source, type, key),
  }
}

function naturalKey(entry: Entry): string {
  const own = entry.urlId ?? (entry.resource && asText(entry.resource.id)) ?? entry.condition ?? entry.fullUrl
  if (own !== undefined) return own
  return `${createHash('sha256').update(printJson(entry.resource)).digest('hex')}|${entry.index}`
}

/** What a reference of the message points to. */
export type Target =
  | { readonly kind: 'entry'; readonly entry: Entry; readonly reference: string }
  | { readonly kind: 'absent'; readonly type: string; readonly id: string; readonly reference: string }
  /** contained, foreign or unknown: left as it is. */
  | { readonly kind: 'as-is' }
  /** A urn that nothing in the message bears, or a search: it points nowhere that we could know. */
  | { readonly kind: 'unresolved' }

export type Resolve = (reference: string, typeHint: string | undefined) => Target

/** A resolver for the references of one message. @see FHIR R4 bundle.html#references */
export function resolver(entries: readonly Entry[], naming: Naming, ids: ReadonlyMap<Entry, string>): Resolve {
  const byUrl = new Map<string, Entry>()
  const byName = new Map<string, Entry>()
  let home: string | undefined
  for (const entry of entries) {
    const { fullUrl, type } = entry
    const own = entry.urlId ?? (entry.resource && asText(entry.resource.id))
    if (own !== undefined) byName.set(`${type}/${own}`, entry)
    if (fullUrl === undefined) continue
    byUrl.set(fullUrl, entry)
    const address = readReference(fullUrl)
    if (address?.base) {
      home ??= address.base
      if (!byName.has(`${address.type}/${address.id}`)) byName.set(`${address.type}/${address.id}`, entry)
    }
  }
  const known = new Map<string, Target>()
  return (reference, typeHint) => {
    const before = known.get(reference)
    if (before) return before
    const target = resolve(reference)
    if (typeHint === undefined) known.set(reference, target)
    return target

    function resolve(text: string): Target {
      if (text.startsWith('#')) return { kind: 'as-is' }
      const direct = byUrl.get(text)
      if (direct) return toEntry(direct)
      if (/^urn:/i.test(text)) {
        if (typeHint === undefined || !/^[A-Z][A-Za-z]+$/.test(typeHint)) return { kind: 'unresolved' }
        return toAbsent(typeHint, text)
      }
      const address = readReference(text)
      if (!address) return isSearch(text) ? searched(text) : { kind: 'as-is' }
      const foreign = address.base !== '' && home !== undefined && address.base !== home
      const entry = foreign
        ? byUrl.get(`${address.base}${address.type}/${address.id}`)
        : byName.get(`${address.type}/${address.id}`)
      if (entry) return toEntry(entry)
      // Another server's Patient must not be taken for the sender's own of the same id.
      return toAbsent(address.type, foreign ? `${address.base}${address.type}/${address.id}` : address.id)
    }
  }

  function searched(text: string): Target {
    const met = readReference(naming.searched?.(text) ?? '')
    return met
      ? { kind: 'absent', type: met.type, id: met.id, reference: `${met.type}/${met.id}` }
      : { kind: 'unresolved' }
  }

  function toEntry(entry: Entry): Target {
    return { kind: 'entry', entry, reference: `${entry.type}/${ids.get(entry) ?? ''}` }
  }

  function toAbsent(type: string, key: string): Target {
    const id = naming.idOfAbsent(type, key)
    return id === null ? { kind: 'as-is' } : { kind: 'absent', type, id, reference: `${type}/${id}` }
  }
}

/** `Type/id`, `Type/id/_history/n` and the same behind a base URL that ends in `/`. */
export function readReference(
  text: string,
): { readonly base: string; readonly type: string; readonly id: string } | undefined {
  const found =
    /^(https?:\/\/[^\s]*\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(text)
  return found ? { base: found[1] ?? '', type: found[2] ?? '', id: found[3] ?? '' } : undefined
}

/** `Patient?identifier=system|value`: the one that a search finds. @see FHIR R4 http.html#trules */
export function isSearch(reference: string): boolean {
  return /^[A-Z][A-Za-z]+\?/.test(reference)
}
