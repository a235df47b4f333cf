/** What a client of the REST interface asks to be written: a POST makes a new id, a PUT keeps the id that the client gave. @see FHIR R4 http.html */
import { type Issue, type Parsed, right } from '../../base/index.ts'
import type { Source } from '../source.ts'
import type { Translation } from '../translation.ts'
import { type Content, type Entry, readEntries } from './entries.ts'
import { asObject, asText } from './json-object.ts'
import { isSearch, type Naming } from './names.ts'
import { translate } from './translate.ts'

export type RestBundle = {
  readonly translation: Translation
  /** The entry of each fact, in the order of the facts: for the answer's order, If-Match and conditional requests. */
  readonly entries: readonly Entry[]
}

export type RestOptions = {
  /** Makes an id for a resource that is created. */
  readonly newId: () => string
  /** Ids of resources that conditional requests met (ifNoneExist, PUT Type?search), by index of entry. */
  readonly found?: ReadonlyMap<number, string>
  /** What is held now of resources that are to be changed or deleted, as parsed, by index of entry: whom they are about. */
  readonly held?: ReadonlyMap<number, unknown>
  /** `Type/id` for each reference that is a search (`searchReferences`). */
  readonly searched?: ReadonlyMap<string, string>
}

/** The writes that a request asks for, before anything is decided: which resources must be looked up first. */
export type RestContent = Content

/**
 * Reads a transaction or batch bundle, or one resource.
 * @param root what `parseJson` gave
 * @param putId the id in the address, when one resource was PUT there
 */
export function readRest(root: unknown, putId?: string): Parsed<RestContent> {
  const content = readEntries(root)
  if (!content.ok || putId === undefined) return content
  const entries = content.value.entries.map((entry) => ({ ...entry, method: 'PUT' as const, urlId: putId }))
  return right({ ...content.value, entries })
}

export function translateRest(content: RestContent, source: Source, options: RestOptions): Parsed<RestBundle> {
  const naming: Naming = {
    idOf: (entry) =>
      options.found?.get(entry.index) ?? (entry.method === 'POST' ? undefined : entry.urlId) ?? options.newId(),
    idOfAbsent: () => null,
    searched: (reference) => options.searched?.get(reference),
  }
  const entries = content.entries.map((entry) => {
    const was = asObject(options.held?.get(entry.index))
    return was ? { ...entry, was } : entry
  })
  const translated = translate({ ...content, entries }, source, naming, undefined)
  if (!translated.ok) return translated
  const issues = moved(translated.value.entries, translated.value.translation, source)
  return issues.length > 0 ? { ok: false, issues } : right(translated.value)
}

/** A resource stands in its patient's record: with another patient it would stay in the first one's record as well. */
function moved(entries: readonly Entry[], { facts, subjects }: Translation, source: Source): readonly Issue[] {
  return entries.flatMap((entry, index): Issue[] => {
    const subject = facts[index]?.subject ?? null
    if (!entry.was || entry.method === 'DELETE' || entry.type === 'Patient') return []
    const alone = translate(
      { kind: '', entries: [{ ...entry, resource: entry.was }], used: 0, leftovers: [], notes: [] },
      source,
      { idOf: ({ urlId = '' }) => urlId, idOfAbsent: () => null },
      undefined,
    )
    const before = alone.ok ? alone.value.translation : undefined
    const beforeSubject = before?.facts[0]?.subject ?? null
    const idBefore = beforeSubject === null ? null : before?.subjects[beforeSubject]?.patientId
    const idNow = subject === null ? null : subjects[subject]?.patientId
    if (before === undefined || idBefore === idNow) return []
    return [
      {
        place: entry.place,
        message: `This would move the ${entry.type} into another record`,
        remedy: 'Delete it where it is, and create it in the right record.',
      },
    ]
  })
}

/** References that are searches, such as `Practitioner?identifier=system|value`, each once. */
export function searchReferences({ entries }: RestContent): readonly string[] {
  const found = new Set<string>()
  for (const { resource } of entries) collect(resource)
  return [...found]

  function collect(value: unknown): void {
    if (Array.isArray(value)) value.forEach(collect)
    const object = asObject(value)
    if (!object) return
    const reference = asText(object.reference)
    if (reference !== undefined && isSearch(reference)) found.add(reference)
    Object.values(object).forEach(collect)
  }
}
