import type { Sql } from '../base/index.ts'

/** Looks at every resource: has it its version, its history without gaps, and no index row of a version that is no longer current? */
export async function checkStore(sql: Sql): Promise<readonly { readonly promise: string; readonly broken: number }[]> {
  const [row] = await sql<{ bodiless: number; gaps: number; stale: number }[]>`
    select (select count(*) from resource r
             where not exists (select 1 from resource_version v where v.rid = r.rid and v.pk = r.pk and v.ver = r.ver))::int as bodiless,
           (select count(*) from (select 1 from resource_version group by ty, id having count(*) <> max(ver) or min(ver) <> 1) g)::int as gaps,
           (select count(*) from resource_code c where not exists (select 1 from resource r where r.rid = c.rid))::int
             + (select count(*) from resource_string s where not exists (select 1 from resource r where r.rid = s.rid))::int as stale`
  return [
    { promise: 'every current resource has the text of its version', broken: row?.bodiless ?? 0 },
    { promise: 'every history counts from 1 without gaps or doubles', broken: row?.gaps ?? 0 },
    { promise: 'every index row belongs to a current version', broken: row?.stale ?? 0 },
  ]
}
