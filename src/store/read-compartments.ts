/** Reading all that is held about some people. */
import { type Int64, Problem, type Sql } from '../base/index.ts'
import { isHiddenSql } from './hidden.ts'
import { resourceKey } from './keys.ts'
import { type ResourceId, type ResourceKey, type StoredResource, storedResource, type VersionRow } from './read.ts'
import type { Scope } from './scope.ts'
import { typeNumber } from './types.ts'

export type HeldResource = StoredResource & {
  /** The beginning of its clinical date; absent when it has none. */
  readonly date?: Date
}

/** A version and the beginning of its clinical date, in seconds since 1970: the driver reads years before 100 wrongly. */
export type DatedRow = VersionRow & { d: number | null }

export function heldResource(row: DatedRow): HeldResource {
  return row.d === null ? storedResource(row) : { ...storedResource(row), date: new Date(Math.round(row.d * 1000)) }
}

/** Every current resource of the scope's persons, newest clinical date first; nothing for a scope of everyone. One statement. */
export async function readCompartments(sql: Sql, scope: Scope): Promise<readonly HeldResource[]> {
  if (scope.pks.length === 0) return []
  const rows = await sql<DatedRow[]>`
    select v.ty, v.id, v.pk, v.ver, v.lu, v.op, v.source, v.message_id, v.body, case when r.d > '-infinity' then extract(epoch from r.d)::float8 end as d
      from resource r
      join resource_version v on v.rid = r.rid and v.pk = r.pk
     where r.pk = any (${scope.pks}::bigint[]) and not r.deleted and not ${isHiddenSql(sql, scope)}
     order by r.d desc, r.rid desc`
  return rows.map(heldResource)
}

/** The current resources under these keys that `scope` may see; deleted and absent ones are left out. */
export async function readByKeys(
  sql: Sql,
  scope: Scope,
  keys: readonly ResourceKey[],
): Promise<readonly HeldResource[]> {
  const seen = keys.filter(
    ({ type, id, pk }) =>
      scope.kind === 'everyone' || scope.pks.includes(pk) || (type !== 'Patient' && pk === resourceKey(type, id)),
  )
  if (seen.length === 0) return []
  const rows = await sql<DatedRow[]>`
    select v.ty, v.id, v.pk, v.ver, v.lu, v.op, v.source, v.message_id, v.body, case when r.d > '-infinity' then extract(epoch from r.d)::float8 end as d
      from unnest(${seen.map(({ id }) => id)}::text[], ${seen.map(({ type }) => typeNumber(type))}::smallint[],
                  ${seen.map(({ pk }) => pk)}::bigint[]) as k (id, ty, pk)
     cross join lateral (select * from resource where id = k.id and ty = k.ty and pk + 0 = k.pk and not deleted limit 1) r
     cross join lateral (select * from resource_version where rid = r.rid and pk = r.pk limit 1) v
     where not ${isHiddenSql(sql, scope)}`
  return rows.map(heldResource)
}

/**
 * All about one Patient compartment, and the resources about nobody that it refers to: medicines, people, organisations, places.
 * At most two statements.
 * @throws Problem 'not-found' when the compartment is not in `scope`
 */
export async function everythingOf(
  sql: Sql,
  scope: Scope,
  pk: Int64,
): Promise<{ readonly resources: readonly HeldResource[]; readonly about: readonly HeldResource[] }> {
  if (scope.kind !== 'everyone' && !scope.pks.includes(pk))
    throw new Problem('not-found', 'The Patient was not found', 'Check the id.')
  const resources = await readCompartments(sql, { ...scope, pks: [pk] })
  return { resources, about: await readReferenced(sql, scope, resources) }
}

/** The resources about nobody that these refer to, which are not among them. */
export async function readReferenced(
  sql: Sql,
  scope: Scope,
  from: readonly StoredResource[],
): Promise<readonly HeldResource[]> {
  return await readReferences(sql, scope, referencesIn(from))
}

/**
 * Where the texts of these resources refer to beyond each other, each place once; Patients are compartments, and not among them. A person's
 * facts name each other thousands of times, and a few places all the time: only what is left is taken apart.
 */
export function referencesIn(from: readonly (ResourceId & { readonly body: string })[]): readonly ResourceId[] {
  const own = new Map<string, string>()
  // Of unlike types under one id, all but the first.
  const alike = new Set<string>()
  for (const { type, id } of from) {
    if (own.has(id)) alike.add(`${type}/${id}`)
    else own.set(id, type)
  }
  const isOwn = (type: string, id: string) => own.get(id) === type || (alike.size > 0 && alike.has(`${type}/${id}`))
  const wanted = new Map<string, ResourceId>()
  let last = ' '
  for (const { body } of from) {
    for (let at = body.indexOf(opening); at >= 0; at = body.indexOf(opening, at)) {
      at += opening.length
      if (body.startsWith('Patient/', at) || body.startsWith(last, at)) continue
      const end = body.indexOf('"', at)
      if (end < 0) break
      const slash = body.indexOf('/', at)
      if (slash < end && isOwn(body.slice(at, slash), body.slice(slash + 1, end))) continue
      last = body.slice(at, end + 1)
      const [, type = '', id = ''] = placePattern.exec(last) ?? []
      if (type !== '' && type !== 'Patient' && !isOwn(type, id)) wanted.set(`${type}/${id}`, { type, id })
    }
  }
  return [...wanted.values()]
}

const opening = '"reference":"'
const placePattern = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})["/]/

/** Of these, the resources about nobody: medicines, people, organisations, places. */
export async function readReferences(
  sql: Sql,
  scope: Scope,
  to: readonly ResourceId[],
): Promise<readonly HeldResource[]> {
  return await readByKeys(sql, scope, keysOfNobody(to))
}

function keysOfNobody(ids: readonly ResourceId[]): ResourceKey[] {
  return ids.flatMap(({ type, id }) => {
    try {
      typeNumber(type)
    } catch {
      return [] // a reference to a type that is none is the sender's text, not a failure of the read
    }
    return [{ type, id, pk: resourceKey(type, id) }]
  })
}
