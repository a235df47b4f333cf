/** Reading what is stored, as it was written. Every read asks for a Scope; what lies outside it answers as if it were not there. */
import { type Int64, Problem, type Sql, type Tx } from '../base/index.ts'
import { isResourceType } from '../fhir/index.ts'
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
       and (${scope.kind === 'everyone'} or r.pk = any (${keysSeen(scope, type, id)}::bigint[]))
     order by r.deleted, r.rid desc
     limit 1`
  // "Not yours" and "never was" answer alike: the difference would tell a caller whom we know.
  if (!newest) throw notFound(type, id)
  if (newest.op === 'd') throw gone(type, id)
  return storedResource(newest)
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
      from resource_version
     where id = ${id} and ty = ${typeNumber(type)} and ver = ${version}
       and (${scope.kind === 'everyone'} or pk = any (${keysSeen(scope, type, id)}::bigint[]))
     order by rid desc
     limit 1`
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
      from resource_version
     where id = ${id} and ty = ${typeNumber(type)}
       and (${scope.kind === 'everyone'} or pk = any (${keysSeen(scope, type, id)}::bigint[]))
     order by rid desc`
  if (rows.length === 0) throw notFound(type, id)
  return rows.map((row) => ({ ...storedResource(row), op: operations[row.op] }))
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

/** What is held under a key, for who builds the next version of it. */
export type CurrentBody = ResourceKey & {
  readonly version: number
  readonly deleted: boolean
  readonly body: string
  /** When its source says this was so; absent: as of receipt. */
  readonly asOf?: Date
}

/**
 * The current versions under these keys; keys that hold nothing are left out. For writers only (feeds): nobody is shown what it returns.
 * Until the transaction ends no other writer changes those of a Patient, so a version built on them loses nothing. What is about nobody (a ward, a
 * practice, a clinician) is not locked: nearly every message names it and hardly any changes it, and writers would wait for each other.
 */
export async function currentBodies(tx: Tx, keys: readonly ResourceKey[]): Promise<readonly CurrentBody[]> {
  if (keys.length === 0) return []
  const ofSomebody = keys.filter((key) => key.pk !== resourceKey(key.type, key.id))
  const ofNobody = keys.filter((key) => key.pk === resourceKey(key.type, key.id))
  const rows = [...(await locked(tx, ofSomebody)), ...(await found(tx, ofNobody))]
  // A second statement: having waited for the lock, the first does not yet see the version that it waited for.
  const bodies = await tx<{ rid: Int64; body: string }[]>`
    select v.rid, v.body
      from unnest(${rows.map(({ rid }) => rid)}::bigint[], ${rows.map(({ pk }) => pk)}::bigint[]) as k (rid, pk)
     cross join lateral (select * from resource_version where rid = k.rid and pk = k.pk limit 1) v`
  const bodyOf = new Map(bodies.map(({ rid, body }) => [rid, body]))
  return rows.map(({ ty, id, pk, rid, ver, deleted, as_of }) => ({
    type: typeName(ty),
    id,
    pk,
    version: ver,
    deleted,
    body: bodyOf.get(rid) ?? '',
    ...(as_of && { asOf: as_of }),
  }))
}

const columnsOf = (keys: readonly ResourceKey[]) =>
  [keys.map(({ id }) => id), keys.map(({ type }) => typeNumber(type)), keys.map(({ pk }) => pk)] as const

async function locked(tx: Tx, keys: readonly ResourceKey[]): Promise<readonly LockedRow[]> {
  if (keys.length === 0) return []
  const [ids, types, pks] = columnsOf(keys.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)))
  return await tx<LockedRow[]>`
    select r.ty, r.id, r.pk, r.rid, r.ver, r.deleted, r.as_of
      from unnest(${ids}::text[], ${types}::smallint[], ${pks}::bigint[]) as k (id, ty, pk)
     cross join lateral (select * from resource where id = k.id and ty = k.ty and pk + 0 = k.pk limit 1 for update) r`
}

async function found(tx: Tx, keys: readonly ResourceKey[]): Promise<readonly LockedRow[]> {
  if (keys.length === 0) return []
  const [ids, types, pks] = columnsOf(keys)
  return await tx<LockedRow[]>`
    select r.ty, r.id, r.pk, r.rid, r.ver, r.deleted, r.as_of
      from unnest(${ids}::text[], ${types}::smallint[], ${pks}::bigint[]) as k (id, ty, pk)
     cross join lateral (select * from resource where id = k.id and ty = k.ty and pk + 0 = k.pk limit 1) r`
}

type LockedRow = { ty: number; id: string; pk: Int64; rid: Int64; ver: number; deleted: boolean; as_of: Date | null }
