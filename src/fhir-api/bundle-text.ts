/** Bundles as text. Resources stand in them exactly as they are stored: they are never parsed to be sent. @see FHIR R4 bundle.html */
import type { HistoryEntry, StoredResource } from '../store/index.ts'
import { type Answer, etagOf } from './answer.ts'

export type Link = readonly [relation: 'self' | 'next', url: string]

type Shape = {
  readonly type: 'searchset' | 'history' | 'transaction-response' | 'batch-response'
  readonly total?: number
  /** Entries were left out that the holder may know of: HL7's mark for it stands on the Bundle. */
  readonly redacted?: boolean
  readonly links?: readonly Link[]
  /** JSON text of each entry. */
  readonly entries: readonly string[]
}

export function bundleText({ type, total, redacted = false, links = [], entries }: Shape): string {
  const link =
    links.length === 0 ? '' : `,"link":${JSON.stringify(links.map(([relation, url]) => ({ relation, url })))}`
  // An empty list is no FHIR: a bundle without entries has none.
  const entry = entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`
  const meta = redacted
    ? ',"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"REDACTED"}]}'
    : ''
  return `{"resourceType":"Bundle"${meta},"type":"${type}"${total === undefined ? '' : `,"total":${total}`}${link}${entry}}`
}

export function searchEntry({ type, id, body }: StoredResource, base: string, mode: 'match' | 'include'): string {
  return `{"fullUrl":${JSON.stringify(`${base}/${type}/${id}`)},"resource":${body},"search":{"mode":"${mode}"}}`
}

/** What went with the search that is no match: warnings. @param outcome OperationOutcome text */
export function outcomeEntry(outcome: string): string {
  return `{"resource":${outcome},"search":{"mode":"outcome"}}`
}

export function historyEntry({ type, id, version, savedAt, op, body }: HistoryEntry, base: string): string {
  const method = op === 'created' ? 'POST' : op === 'updated' ? 'PUT' : 'DELETE'
  const status = op === 'created' ? '201 Created' : op === 'updated' ? '200 OK' : '204 No Content'
  const request = { method, url: op === 'created' ? type : `${type}/${id}` }
  const response = { status, etag: etagOf(version), lastModified: savedAt.toISOString() }
  const resource = op === 'deleted' ? '' : `"resource":${body},`
  return `{"fullUrl":${JSON.stringify(`${base}/${type}/${id}`)},${resource}"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}}`
}

const phrases: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  422: 'Unprocessable Entity',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** An entry of a transaction's or batch's answer. @param answer its body is a resource when it succeeded, an OperationOutcome when not */
export function responseEntry(answer: Answer): string {
  const { status, version, savedAt, location, body } = answer
  const response = JSON.stringify({
    status: `${status} ${phrases[status] ?? ''}`.trimEnd(),
    ...(location === undefined ? {} : { location }),
    ...(version === undefined ? {} : { etag: etagOf(version) }),
    ...(savedAt === undefined ? {} : { lastModified: savedAt.toISOString() }),
  })
  if (body === undefined) return `{"response":${response}}`
  return status < 400
    ? `{"resource":${body},"response":${response}}`
    : `{"response":${response.slice(0, -1)},"outcome":${body}}}`
}
