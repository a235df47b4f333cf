/** The text of a version. It is stored as it is served, so the parts that the store sets stand first and can be cut off again. */
import type { FhirResource } from 'fhir/r4.js'
import { type Instant, Problem } from '../base/index.ts'
import { printJson } from '../fhir/index.ts'

type Stored = FhirResource & { readonly id: string }

/** All that a resource says, as JSON text without its opening: what follows `"lastUpdated":"…"` in the stored text. */
export function contentText(resource: Stored, source: string): string {
  const { resourceType, id, meta, ...rest } = resource
  const { versionId: _versionId, lastUpdated: _lastUpdated, source: ownSource, ...otherMeta } = meta ?? {}
  const metaText = printJson({ source: ownSource ?? `urn:throughline:source:${source}`, ...otherMeta })
  const restText = printJson(rest)
  const text = `,${metaText.slice(1)}${restText === '{}' ? '}' : `,${restText.slice(1)}`}`
  refuseUnstorable(text, resourceType, id)
  return text
}

/** The whole text of a version. @param savedAt in UTC with milliseconds */
export function bodyText(type: string, id: string, version: number, savedAt: Instant, content: string): string {
  return `${opening(type, id, version)}"${savedAt}"${content}`
}

/** The content of a stored text, to compare with `contentText`. */
export function contentOf(body: string, type: string, id: string, version: number): string {
  // An ISO instant in quotes has 26 characters.
  return body.slice(opening(type, id, version).length + 26)
}

const opening = (type: string, id: string, version: number) =>
  `{"resourceType":"${type}","id":"${id}","meta":{"versionId":"${version}","lastUpdated":`

// An even run of backslashes before the u means that it is text about an escape, not an escape.
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i

/** NUL and halves of surrogate pairs are no characters: XML cannot say them and PostgreSQL cannot index them. */
function refuseUnstorable(text: string, type: string, id: string): void {
  if (!text.includes('\\u') || !unstorable.test(text)) return
  throw new Problem(
    'invalid',
    `${type}/${id} holds a character that is none (NUL or half of a surrogate pair)`,
    'Remove it at the source and send again.',
  )
}

const idPattern = /^[A-Za-z0-9\-.]{1,64}$/

/** @throws Problem 'invalid' for an id that FHIR does not allow. @see FHIR R4 datatypes.html#id */
export function checkId(type: string, id: string): void {
  if (typeof id !== 'string' || !idPattern.test(id))
    throw new Problem('invalid', `The id of a ${type} is not a FHIR id`, 'Use 1 to 64 letters, digits, "-" and ".".')
}
