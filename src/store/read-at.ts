/** Reading what was held at a past moment: the version that was current then, in the order in which it was told then. */
import type { Instant, Int64, Sql } from '../base/index.ts'
import { parseJson } from '../fhir/index.ts'
import { bodySql, isHiddenSql } from './hidden.ts'
import { indexRows } from './index-rows.ts'
import { resourceKey } from './keys.ts'
import { type ResourceId, type StoredResource, storedResource, type VersionRow } from './read.ts'
import type { StampedResource } from './read-stamped.ts'
import type { Scope } from './scope.ts'
import { isTypeName, typeNumber } from './types.ts'

/** What had ended by then: deleted by its source, or `moved` by it to another Patient. */
export type EndedResource = Omit<StoredResource, 'body'> & { readonly moved: boolean }

export type HeldThen = { readonly resources: readonly StampedResource[]; readonly ended: readonly EndedResource[] }

type Row = VersionRow & { readonly rid: Int64; readonly d: number | null; readonly moved: boolean }

/** Everything in the scope's compartments that had been received and kept by `instant`; nothing that came later. One statement. */
export async function readCompartmentsAt(sql: Sql, scope: Scope, instant: Instant): Promise<HeldThen> {
  if (scope.pks.length === 0) return { resources: [], ended: [] }
  // What is sealed now was open before, and is hidden in the past too.
  const sealedSince = sql`exists (select from resource_version v where v.rid = r.rid and v.pk = r.pk and ${isHiddenSql(sql, scope)})`
  const rows = await sql<Row[]>`
    select v.ty, v.id, v.pk, v.ver, v.lu, v.op, v.source, v.message_id, ${bodySql(sql, scope, sealedSince)} as body, v.rid,
           case when v.rid = r.rid then date_part('epoch', r.d) end as d,
           v.op = 'd' and exists (select from resource_version o where o.id = v.id and o.ty = v.ty and o.pk <> v.pk and o.message_id = v.message_id) as moved
      from resource r
     cross join lateral (
           select * from resource_version
            where id = r.id and ty = r.ty and pk = r.pk and lu <= ${new Date(instant)}
            order by ver desc limit 1) v
     where r.pk = any (${scope.pks}::bigint[])`
  return {
    resources: rows
      .flatMap((row) =>
        row.op === 'd' ? [] : [{ ...storedResource(row), rid: row.rid, dated: row.d ?? datedThen(row) }],
      )
      .sort(newestDateFirst),
    ended: rows.flatMap(({ moved, ...row }) => {
      const { body: _, ...ended } = storedResource(row)
      return row.op === 'd' ? [{ ...ended, moved }] : []
    }),
  }
}

type Placed = Pick<StampedResource, 'rid' | 'dated'>

/** The order in which compartments are read: newest clinical date first, then the last written. */
export function newestDateFirst(a: Placed, b: Placed): number {
  if (a.dated !== b.dated) return b.dated - a.dated
  return b.rid.length - a.rid.length || (a.rid < b.rid ? 1 : a.rid > b.rid ? -1 : 0)
}

// The index keeps the date of the newest version only; that of an older one is read from its text, as it was when it was written.
function datedThen({ body, pk }: Row): number {
  const read = parseJson(body)
  return read.ok ? indexRows(read.value as Parameters<typeof indexRows>[0], pk).start : -Infinity
}

/** Of these, the resources about nobody as they were held at `instant`. One statement, or none. */
export async function readReferencesAt(
  sql: Sql,
  scope: Scope,
  to: readonly ResourceId[],
  instant: Instant,
): Promise<readonly StoredResource[]> {
  const keys = to.filter(({ type }) => isTypeName(type))
  if (keys.length === 0 || (scope.kind === 'persons' && scope.pks.length === 0)) return []
  const rows = await sql<VersionRow[]>`
    select v.ty, v.id, v.pk, v.ver, v.lu, v.op, v.source, v.message_id, v.body
      from unnest(${keys.map(({ id }) => id)}::text[], ${keys.map(({ type }) => typeNumber(type))}::smallint[],
                  ${keys.map(({ type, id }) => resourceKey(type, id))}::bigint[]) as k (id, ty, pk)
     cross join lateral (
           select * from resource_version
            where id = k.id and ty = k.ty and pk = k.pk and lu <= ${new Date(instant)}
            order by ver desc limit 1) v
     where v.op <> 'd' and not ${isHiddenSql(sql, scope)}`
  return rows.map(storedResource)
}
