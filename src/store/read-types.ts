import type { Sql } from '../base/index.ts'
import { isHiddenSql } from './hidden.ts'
import { type DatedRow, type HeldResource, heldResource } from './read-compartments.ts'
import type { Scope } from './scope.ts'
import { typeNumber } from './types.ts'

/** The current resources of these types of the scope's persons; nothing for a scope of everyone. One statement, by compartment and type. */
export async function readTypes(sql: Sql, scope: Scope, types: readonly string[]): Promise<readonly HeldResource[]> {
  if (scope.pks.length === 0) return []
  const rows = await sql<DatedRow[]>`
    select v.ty, v.id, v.pk, v.ver, v.lu, v.op, v.source, v.message_id, v.body, case when r.d > '-infinity' then extract(epoch from r.d)::float8 end as d
      from unnest(${scope.pks}::bigint[]) u(pk)
     cross join lateral (select * from resource where pk = u.pk and ty = any(${types.map(typeNumber)}::smallint[]) and not deleted offset 0) r
     cross join lateral (select * from resource_version where rid = r.rid and pk = r.pk limit 1) v
     where not ${isHiddenSql(sql, scope)}`
  return rows.map(heldResource)
}
