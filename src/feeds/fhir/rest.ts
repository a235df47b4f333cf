/** What a client of the REST interface asks to be written: a POST makes a new id, a PUT keeps the id that the client gave. @see FHIR R4 http.html */
import { type Parsed, right } from '../../base/index.ts'
import type { Source } from '../source.ts'
import type { Translation } from '../translation.ts'
import { type Entry, readEntries } from './entries.ts'
import type { Naming } from './names.ts'
import { translate } from './translate.ts'

export type RestBundle = {
  readonly translation: Translation
  /** The entry of each fact, in the order of the facts: for the answer's order, If-Match and conditional requests. */
  readonly entries: readonly Entry[]
}

/**
 * @param root what `parseJson` gave: a transaction or batch bundle, or one resource
 * @param options.newId makes an id for a resource that is created
 * @param options.found ids of resources that conditional requests met (If-None-Exist, PUT Type?search), by index of entry
 */
export function translateRest(
  root: unknown,
  source: Source,
  options: { readonly newId: () => string; readonly found?: ReadonlyMap<number, string> },
): Parsed<RestBundle> {
  const content = readEntries(root)
  if (!content.ok) return content
  const naming: Naming = {
    idOf: (entry) =>
      options.found?.get(entry.index) ?? (entry.method === 'POST' ? undefined : entry.urlId) ?? options.newId(),
    idOfAbsent: () => null,
  }
  const translated = translate(content.value, source, naming, undefined)
  return translated.ok ? right(translated.value) : translated
}
