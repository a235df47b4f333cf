/** FHIR read, vread and history of one resource. @see FHIR R4 http.html#read, #vread, #history */
import { readForSystem } from '../access/index.ts'
import { Problem } from '../base/index.ts'
import { readHistory, readResource, readVersion, type StoredResource } from '../store/index.ts'
import { type Answer, etagOf, locationOf } from './answer.ts'
import { readTrailEvent } from './audit-events.ts'
import { bundleText, historyEntry } from './bundle-text.ts'
import type { FhirApiNeeds } from './needs.ts'
import { looking, type Visit } from './visit.ts'

export type ResourceName = { readonly type: string; readonly id: string }

export async function read(
  needs: FhirApiNeeds,
  visit: Visit,
  { type, id }: ResourceName,
  { ifNoneMatch }: { readonly ifNoneMatch?: string | undefined } = {},
): Promise<Answer> {
  if (type === 'AuditEvent') return await readTrailEvent(needs, visit, id)
  const look = { interaction: 'read', type, what: 'fhir-read', detail: { id: plainId(id) } } as const
  const { actor, address, requestId } = visit
  const ask = { what: look.what, now: needs.clock(), detail: look.detail, address, requestId }
  const found = await (readForSystem(needs.sql, { actor, ask, type, id }) ??
    looking(needs, visit, look, async (tx, scope) => one(await readResource(tx, scope, { type, id }))))
  const answer = answerOf(found)
  if (!ifNoneMatch?.split(',').some((etag) => etag.trim() === etagOf(found.version))) return answer
  return { status: 304, version: found.version, savedAt: found.savedAt }
}

export async function vread(
  needs: FhirApiNeeds,
  visit: Visit,
  { type, id }: ResourceName,
  versionId: string,
): Promise<Answer> {
  const version = /^[1-9]\d{0,8}$/.test(versionId) ? Number(versionId) : undefined
  const look = {
    interaction: 'read',
    type,
    what: 'fhir-vread',
    detail: { id: plainId(id), version: version ?? 'none' },
  } as const
  return answerOf(
    await looking(needs, visit, look, async (tx, scope) => {
      if (version === undefined)
        throw new Problem('not-found', `${type}/${plainId(id)} has no such version`, 'Read its history.')
      return one(await readVersion(tx, scope, { type, id }, version))
    }),
  )
}

/** All versions of one resource, newest first; `_count` and `_since` narrow it. */
export async function history(
  needs: FhirApiNeeds,
  visit: Visit,
  { type, id }: ResourceName,
  query: URLSearchParams,
  base: string,
): Promise<Answer> {
  const { count, since } = historyLimits(query)
  const versions = await looking(
    needs,
    visit,
    { interaction: 'read', type, what: 'fhir-history', detail: { id: plainId(id) } },
    async (tx, scope) => {
      const all = await readHistory(tx, scope, { type, id })
      return { value: all, shown: all.slice(0, 1) }
    },
  )
  const wanted = since === undefined ? versions : versions.filter(({ savedAt }) => savedAt >= since)
  const entries = wanted.slice(0, count).map((version) => historyEntry(version, base))
  const self = `${base}/${type}/${id}/_history${query.size === 0 ? '' : `?${query}`}`
  return { status: 200, body: bundleText({ type: 'history', total: wanted.length, links: [['self', self]], entries }) }
}

function historyLimits(query: URLSearchParams): { readonly count?: number; readonly since?: Date } {
  for (const name of query.keys()) {
    if (name !== '_count' && name !== '_since')
      throw new Problem('invalid', 'History knows _count and _since only', 'Leave other parameters out.')
  }
  const count = query.get('_count')
  const since = query.get('_since')
  if (count !== null && !/^\d{1,9}$/.test(count))
    throw new Problem('invalid', '_count is not a whole number', 'Correct it.')
  const instant = since === null ? undefined : new Date(since)
  if (instant && Number.isNaN(instant.getTime()))
    throw new Problem('invalid', '_since is not an instant', 'Write it as 2026-11-22T10:20:00Z.')
  return { ...(count === null ? {} : { count: Number(count) }), ...(instant ? { since: instant } : {}) }
}

export function answerOf(found: StoredResource): Answer {
  return { status: 200, body: found.body, version: found.version, savedAt: found.savedAt, location: locationOf(found) }
}

function one(found: StoredResource) {
  return { value: found, shown: [found] }
}

/** What a caller sends as an id may be anything, and the trail and the log hold ids only. */
export function plainId(id: string): string {
  return /^[A-Za-z0-9\-.]{1,64}$/.test(id) ? id : '(not an id)'
}
