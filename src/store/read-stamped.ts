/** Reading compartments that may be held already: what has not changed is not sent again. */
import type { Int64, Sql } from '../base/index.ts'
import { bodiesSql } from './hidden.ts'
import type { StoredResource } from './read.ts'
import { newestDateFirst } from './read-at.ts'
import type { Scope } from './scope.ts'
import { typeName } from './types.ts'

/** A resource with its place in the order of all: newest clinical date first, then the last written. */
export type StampedResource = StoredResource & {
  /** Time-ordered id of this version. */
  readonly rid: Int64
  /** Beginning of its clinical date in seconds since 1970; -Infinity when it has none. */
  readonly dated: number
}

/** One Patient compartment as it stands. */
export type StampedCompartment = {
  readonly pk: Int64
  /** Another one as soon as anything in the compartment is added, changed or deleted. */
  readonly stamp: string
  /** Its current resources; absent when the caller holds them already. */
  readonly resources?: readonly StampedResource[]
}

/**
 * The compartments of the scope; those whose stamp the caller names are told without their resources. One that holds nothing is not in
 * the answer; nothing for a scope of everyone. One statement.
 *
 * The stamp is made of the ids of all versions that are current, deletions among them: every change makes a new version, so two states
 * of one compartment share a stamp only if their ids have the same count, sum and hash. Each column of a
 * compartment's resources comes as one value: the driver takes a tenth of a second to take five thousand rows apart, and the database
 * as long to print what is not text as to read it (docs/measurements.md). They are put in order here, where that costs least.
 */
export async function readStampedCompartments(
  sql: Sql,
  scope: Scope,
  held: readonly string[],
): Promise<readonly StampedCompartment[]> {
  if (scope.pks.length === 0) return []
  const rows = await sql<Row[]>`
    with stamped as materialized (
      select pk, concat_ws('.', current_database(), pk, count(*), sum(rid), bit_xor(hashint8extended(rid, 7))) as stamp
        from resource where pk = any (${scope.pks}::bigint[]) group by pk)
    select s.pk, s.stamp, s.stamp <> all (${[...held]}::text[]) as sent, ${bodiesSql(sql, scope, sql`E'\\x01'`)} as bodies,
           types, ids, versions, rids, sources, messages, times
      from stamped s
     cross join lateral (
           select string_agg(v.body, E'\\x01') as bodies, string_agg(v.ty::text, ' ') as types, string_agg(v.id, ' ') as ids,
                  string_agg(v.ver::text, ' ') as versions, string_agg(v.rid::text, ' ') as rids, string_agg(v.source, ' ') as sources,
                  string_agg(v.message_id::text, ' ') as messages, string_agg(timestamptz_send(v.lu) || timestamptz_send(r.d), '') as times
             from resource r
             join resource_version v on v.rid = r.rid and v.pk = r.pk
            where r.pk = s.pk and not r.deleted and s.stamp <> all (${[...held]}::text[])) together`
  return rows.map((row) => ({ pk: row.pk, stamp: row.stamp, ...(row.sent ? { resources: resourcesOf(row) } : {}) }))
}

/** Each column holds one value of every resource, in one order. */
type Row = { readonly pk: Int64; readonly stamp: string; readonly sent: boolean } & {
  readonly [column in 'bodies' | 'types' | 'ids' | 'versions' | 'rids' | 'sources' | 'messages']: string | null
} & { readonly times: Uint8Array | null }

function resourcesOf({ pk, bodies, times, ...rest }: Row): readonly StampedResource[] {
  if (bodies === null || times === null) return []
  const [types, ids, versions, rids, sources, messages] = (
    ['types', 'ids', 'versions', 'rids', 'sources', 'messages'] as const
  ).map((column) => (rest[column] ?? '').split(' '))
  const texts = bodies.split('\u0001')
  // One text beside another's name would be told of the wrong fact: no column may be longer than another.
  if ([types, ids, versions, rids, sources, messages].some((column) => column?.length !== texts.length))
    throw new Error('the columns of a compartment do not match')
  const clock = new DataView(times.buffer, times.byteOffset, times.byteLength)
  return texts
    .map((body, n) => ({
      type: typeName(Number(types?.[n])),
      id: ids?.[n] ?? '',
      pk,
      version: Number(versions?.[n]),
      savedAt: new Date(Math.round(secondsAt(clock, n * 16) * 1_000)),
      source: sources?.[n] ?? '',
      messageId: messages?.[n] ?? '',
      rid: rids?.[n] ?? '',
      dated: secondsAt(clock, n * 16 + 8),
      body,
    }))
    .sort(newestDateFirst)
}

/** PostgreSQL's own clock: microseconds since 2000, its two ends standing for the infinities. */
function secondsAt(clock: DataView, place: number): number {
  const [high, low] = [clock.getInt32(place), clock.getUint32(place + 4)]
  if (high === -0x80000000 && low === 0) return -Infinity
  if (high === 0x7fffffff && low === 0xffffffff) return Infinity
  return (high * 0x1_0000_0000 + low) / 1_000_000 + 946_684_800
}
