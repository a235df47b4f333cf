import type { Sql } from '../base/index.ts'

/** Looks at every item and task: is what somebody said still there, and does nothing wait for nobody? Reads whole tables: for the operator. */
export async function checkWorklist(
  sql: Sql,
): Promise<readonly { readonly promise: string; readonly broken: number }[]> {
  const [row] = await sql<{ unsaid: number; untold: number; homeless: number }[]>`
    select (select count(*) from result_item i where ack is not null
              and not exists (select 1 from result_ack a where a.id = i.ack and a.pk = i.pk and a.undone_at is null))::int as unsaid,
           (select count(*) from task t where version <> (select count(*) from task_event e where e.task = t.id))::int as untold,
           (select count(*) from result_item i where not exists (select 1 from resource r where r.pk = i.pk and r.id = i.id))::int as homeless`
  return [
    { promise: 'every result that does not wait says who answered it', broken: row?.unsaid ?? 0 },
    { promise: 'every change of a task is kept', broken: row?.untold ?? 0 },
    { promise: 'every result that waits or waited stands in a record', broken: row?.homeless ?? 0 },
  ]
}
