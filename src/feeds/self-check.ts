import type { Sql } from '../base/index.ts'

/** One promise about what is stored, and how many rows break it. */
export type Finding = { readonly promise: string; readonly broken: number }

/** Looks at every message: is what was applied explained, and is anything lost? Reads whole tables: for the operator, not for pages. */
export async function checkFeeds(sql: Sql): Promise<readonly Finding[]> {
  const [row] = await sql<
    { unexplained: number; uncounted: number; fleeting: number; orphans: number; untold: number; unwritten: number }[]
  >`
    select (select count(*) from message m where m.status = 'applied'
              and not exists (select 1 from message_translation t where t.message_id = m.id))::int as unexplained,
           (select count(*) from message_translation where content <> mapped + json_array_length(leftovers::json))::int as uncounted,
           (select count(*) from message_translation t join message m on m.id = t.message_id where m.status <> 'applied')::int as fleeting,
           (select count(*) from resource_version v where not exists (select 1 from message m where m.id = v.message_id and m.status = 'applied'))::int as orphans,
           (select count(*) from delivery d where not exists (
              select 1 from resource_version v where v.id = d.fact_id and v.ver = d.fact_version))::int as untold,
           (select count(*) from delivery d where not exists (
              select 1 from delivery_event e where e.pk = d.pk and e.delivery_id = d.id and e.what = 'queued'))::int as unwritten`
  return [
    { promise: 'every applied message says what became of its fields', broken: row?.unexplained ?? 0 },
    { promise: 'in every message, content = mapped + kept only in the original', broken: row?.uncounted ?? 0 },
    { promise: 'only applied messages have facts', broken: row?.fleeting ?? 0 },
    { promise: 'every version of a fact comes from an applied message', broken: row?.orphans ?? 0 },
    { promise: 'every delivery tells a version of a fact that is kept', broken: row?.untold ?? 0 },
    { promise: 'every delivery has its ledger from the beginning', broken: row?.unwritten ?? 0 },
  ]
}
