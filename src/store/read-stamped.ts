/** Reading compartments that may be held already: what has not changed is not sent again. */
import type { Int64, Sql } from '../base/index.ts'
import { bodySql } from './hidden.ts'
import type { StoredResource } from './read.ts'
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
 * of one compartment share a stamp only if their ids have the same count, sum and hash. Resources come as one text each compartment:
 * the driver takes a tenth of a second to take five thousand rows apart (docs/measurements.md).
 */
export async function readStampedCompartments(
  sql: Sql,
  scope: Scope,
  held: readonly string[],
): Promise<readonly StampedCompartment[]> {
  if (scope.pks.length === 0) return []
  const rows = await sql<{ pk: Int64; stamp: string; resources: string | null }[]>`
    with stamped as materialized (
      select pk, concat_ws('.', current_database(), pk, count(*), sum(rid), bit_xor(hashint8extended(rid, 7))) as stamp
        from resource where pk = any (${scope.pks}::bigint[]) group by pk)
    select s.pk, s.stamp, case when s.stamp <> all (${[...held]}::text[]) then coalesce(a.resources, '') end as resources
      from stamped s
     cross join lateral (
           select string_agg(concat_ws(' ', o.ty, o.id, o.ver, date_part('epoch', o.lu), o.source, o.message_id, o.rid, o.d) || E'\\x02' || o.body, E'\\x01') as resources
             from (select v.ty, v.id, v.ver, v.lu, v.source, v.message_id, v.rid, ${bodySql(sql, scope)} as body, date_part('epoch', r.d) as d
                     from resource r
                     join resource_version v on v.rid = r.rid and v.pk = r.pk
                    where r.pk = s.pk and not r.deleted and s.stamp <> all (${[...held]}::text[])
                    order by r.d desc, r.rid desc) o) a`
  return rows.map(({ pk, stamp, resources }) => ({
    pk,
    stamp,
    ...(resources === null ? {} : { resources: resources === '' ? [] : resources.split('\u0001').map(of(pk)) }),
  }))
}

const of =
  (pk: Int64) =>
  (text: string): StampedResource => {
    const end = text.indexOf('\u0002')
    const [ty, id = '', ver, lu, source = '', messageId = '', rid = '', d] = text.slice(0, end).split(' ')
    return {
      type: typeName(Number(ty)),
      id,
      pk,
      version: Number(ver),
      savedAt: new Date(Math.round(Number(lu) * 1_000)),
      source,
      messageId,
      rid,
      dated: Number(d),
      body: text.slice(end + 1),
    }
  }
