/** What an interaction gives back: sent as HTTP when asked alone, or as an entry of a bundle's response. */
import { Problem } from '../base/index.ts'
import { parseJson, printXml } from '../fhir/index.ts'
import type { Written } from '../store/index.ts'
import { type Form, fhirJson, fhirXml } from './negotiate.ts'

export type Answer = {
  readonly status: number
  /** FHIR JSON text, exactly as it is stored where it is a resource. Absent: nothing to say. */
  readonly body?: string
  readonly version?: number
  readonly savedAt?: Date
  /** Relative to the FHIR base: `Patient/1/_history/2`. */
  readonly location?: string
}

type Reply = {
  code(status: number): Reply
  header(name: string, value: string): Reply
  send(body?: string): unknown
}

export function sendAnswer(
  reply: Reply,
  { status, body, version, savedAt, location }: Answer,
  { base, form }: { readonly base: string; readonly form: Form },
): unknown {
  reply.code(status)
  if (version !== undefined) reply.header('etag', etagOf(version))
  if (savedAt !== undefined) reply.header('last-modified', savedAt.toUTCString())
  if (location !== undefined) reply.header(status === 201 ? 'location' : 'content-location', `${base}/${location}`)
  return body === undefined ? reply.send() : sendText(reply, body, form)
}

/** @param json FHIR JSON text. It is parsed only for those who want XML. */
export function sendText(reply: Reply, json: string, form: Form): unknown {
  if (form === 'json') return reply.header('content-type', fhirJson).send(json)
  const parsed = parseJson(json)
  if (!parsed.ok) throw new Problem('fault', 'What is stored is not JSON', 'Run throughline check.')
  return reply.header('content-type', fhirXml).send(printXml(parsed.value))
}

export function etagOf(version: number): string {
  return `W/"${version}"`
}

/** `W/"3"`, `"3"` → 3; undefined when it is no version of ours. */
export function versionOfEtag(etag: string): number | undefined {
  const found = /^(?:W\/)?"(\d{1,9})"$/.exec(etag.trim())
  return found ? Number(found[1]) : undefined
}

export function locationOf({ type, id, version }: Pick<Written, 'type' | 'id' | 'version'>): string {
  return `${type}/${id}/_history/${version}`
}
