/** Reading what is stored, as it was written. Every read asks for a Scope; what lies outside it answers as if it were not there. */
import { type Int64, Problem, type Sql, type Statement } from '../base/index.ts'
import { isResourceType } from '../fhir/index.ts'
import { hiddenProblem, hidesAnything, isHiddenSql } from './hidden.ts'
import { patientKey, resourceKey } from './keys.ts'
import type { Scope } from './scope.ts'
import { typeName, typeNumber } from './types.ts'

/** One version of one resource. */
export type StoredResource = {
  readonly type: string
  readonly id: string
  readonly pk: Int64
  readonly version: number
  readonly savedAt: Date
  /** The source whose message said so, and that message. */
  readonly source: string
  readonly messageId: Int64
  /** The exact JSON text; '' when this version says that it was deleted. */
  readonly body: string
}

export type HistoryEntry = StoredResource & { readonly op: 'created' | 'updated' | 'deleted' }

export type ResourceId = { readonly type: string; readonly id: string }

/** `versionRow` as selected below. */
export type VersionRow = {
  ty: number
  id: string
  pk: Int64
  ver: number
  lu: Date
  op: 'c' | 'u' | 'd'
  source: string
  message_id: Int64
  body: string
}

export function storedResource(row: VersionRow): StoredResource {
  return {
    type: typeName(row.ty),
    id: row.id,
    pk: row.pk,
    version: row.ver,
    savedAt: row.lu,
    source: row.source,
    messageId: row.message_id,
    body: row.body,
  }
}

/** The compartments that these facts stand in, each once. What is not held stands in none. Tells nothing of what the facts say. */
export async function compartmentsOfFacts(sql: Sql, facts: readonly ResourceId[]): Promise<readonly Int64[]> {
  const held = facts.filter(({ type }) => isResourceType(type))
  if (held.length === 0) return []
  const rows = await sql<{ pk: Int64 }[]>`
    select distinct r.pk
      from unnest(${held.map(({ type }) => typeNumber(type))}::smallint[], ${held.map(({ id }) => id)}::text[]) as a (ty, id)
     cross join lateral (select pk from resource r where r.id = a.id and r.ty = a.ty) r`
  return rows.map(({ pk }) => pk)
}

/**
 * The newest version that `scope` may see.
 * @throws Problem 'not-found' if there is none, or it lies outside `scope`; 'gone' if it was deleted
 * @see FHIR R4 http.html#read
 */
export async function readResource(sql: Sql, scope: Scope, { type, id }: ResourceId): Promise<StoredResource> {
  if (!isResourceType(type)) throw notFound(type, id)
  const [newest] = await sql<VersionRow[]>`
    select v.ty, v.id, v.pk, v.ver, v.lu, v.op, v.source, v.message_id, v.body
      from resource r
      join resource_version v on v.rid = r.rid and v.pk = r.pk
     where r.id = ${id} and r.ty = ${typeNumber(type)}
       and (${scope.kind === 'everyone'} or r.pk = any (${keysSeen(scope, type, id)}::bigint[])) and not ${isHiddenSql(sql, scope)}
     order by r.deleted, r.rid desc
     limit 1`
  if (!newest) await refuseHidden(sql, scope, { type, id })
  const found = storedOrProblem(newest, { type, id })
  if (found instanceof Problem) throw found
  return found
}

/** A row as the resource it is. "Not yours" and "never was" answer alike: the difference would tell a caller whom we know. */
export function storedOrProblem(row: VersionRow | undefined, { type, id }: ResourceId): StoredResource | Problem {
  if (!row) return notFound(type, id)
  return row.op === 'd' ? gone(type, id) : storedResource(row)
}

/**
 * One version by its number.
 * @throws Problem 'not-found' if there is none, or it lies outside `scope`; 'gone' if that version says it was deleted
 * @see FHIR R4 http.html#vread
 */
export async function readVersion(
  sql: Sql,
  scope: Scope,
  { type, id }: ResourceId,
  version: number,
): Promise<StoredResource> {
  if (!isResourceType(type) || !Number.isInteger(version) || version < 1 || version > 2147483647)
    throw notFound(type, id)
  const [found] = await sql<VersionRow[]>`
    select ty, id, pk, ver, lu, op, source, message_id, body
      from resource_version v
     where id = ${id} and ty = ${typeNumber(type)} and ver = ${version}
       and (${scope.kind === 'everyone'} or pk = any (${keysSeen(scope, type, id)}::bigint[])) and not ${isHiddenSql(sql, scope)}
       and not ${isHiddenNow(sql, scope, { type, id })}
     order by rid desc
     limit 1`
  if (!found) await refuseHidden(sql, scope, { type, id })
  if (!found) throw notFound(type, id)
  if (found.op === 'd') throw gone(type, id)
  return storedResource(found)
}

const operations = { c: 'created', u: 'updated', d: 'deleted' } as const

/**
 * All versions, newest first, deletions among them.
 * @throws Problem 'not-found' if there is none, or it lies outside `scope`
 * @see FHIR R4 http.html#history
 */
export async function readHistory(sql: Sql, scope: Scope, { type, id }: ResourceId): Promise<readonly HistoryEntry[]> {
  if (!isResourceType(type)) throw notFound(type, id)
  const rows = await sql<VersionRow[]>`
    select ty, id, pk, ver, lu, op, source, message_id, body
      from resource_version v
     where id = ${id} and ty = ${typeNumber(type)}
       and (${scope.kind === 'everyone'} or pk = any (${keysSeen(scope, type, id)}::bigint[])) and not ${isHiddenSql(sql, scope)}
       and not ${isHiddenNow(sql, scope, { type, id })}
     order by rid desc`
  if (rows.length === 0) await refuseHidden(sql, scope, { type, id })
  if (rows.length === 0) throw notFound(type, id)
  return rows.map((row) => ({ ...storedResource(row), op: operations[row.op] }))
}

/** What is hidden as it stands now is hidden in all its versions: what was sealed since was open before. */
function isHiddenNow(sql: Sql, scope: Scope, { type, id }: ResourceId): Statement<object[]> {
  if (!hidesAnything(scope)) return sql`false`
  return sql`v.pk = any (array(select r.pk from resource r join resource_version v on v.rid = r.rid and v.pk = r.pk
      where r.id = ${id} and r.ty = ${typeNumber(type)} and ${isHiddenSql(sql, scope)}))`
}

/** What is hidden is not told as absent. @throws Problem 'forbidden' when it is there, in sight, and hidden */
async function refuseHidden(sql: Sql, scope: Scope, { type, id }: ResourceId): Promise<void> {
  if (!hidesAnything(scope)) return
  const [there] = await sql`
    select 1 from resource where id = ${id} and ty = ${typeNumber(type)} and not deleted
       and (${scope.kind === 'everyone'} or pk = any (${keysSeen(scope, type, id)}::bigint[])) limit 1`
  if (there) throw hiddenProblem()
}

/** The keys under which a scope of persons may find this resource: theirs, and its own if it is about nobody. */
function keysSeen(scope: Scope, type: string, id: string): readonly Int64[] {
  return type === 'Patient' ? scope.pks.filter((pk) => pk === patientKey(id)) : [...scope.pks, resourceKey(type, id)]
}

const notFound = (type: string, id: string) =>
  new Problem(
    'not-found',
    isResourceType(type) ? `${type}/${plain(id)} was not found` : 'There is no such resource type',
    'Check the id.',
  )
const gone = (type: string, id: string) => new Problem('gone', `${type}/${plain(id)} was deleted`, 'Read its history.')

// What a caller sends as an id may be anything; only what can be one is repeated.
const plain = (id: string) => (/^[A-Za-z0-9\-.]{1,64}$/.test(id) ? id : '(no id)')

export type ResourceKey = ResourceId & { readonly pk: Int64 }
