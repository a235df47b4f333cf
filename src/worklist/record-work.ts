/** What waits, and was done, about one person: for the pages of their record. One statement. */
import type { Staff } from '../access/index.ts'
import type { Int64, Sql } from '../base/index.ts'
import { type Ack, ackColumns } from './acknowledge.ts'
import { caseloadOf } from './kept-lists.ts'
import { type Task, taskColumns } from './tasks.ts'

/** A result of this person that nobody has acknowledged. */
export type WaitingResult = {
  readonly item: string
  readonly title: string
  readonly results: readonly string[]
  readonly gravity: 0 | 1 | 2
}

export type RecordWork = {
  /** Those that wait first; then the latest done. */
  readonly tasks: readonly Task[]
  readonly waiting: readonly WaitingResult[]
  /** Newest first; also those taken back. */
  readonly acks: readonly Ack[]
  /** The person stands on the reader's own caseload. */
  readonly onCaseload: boolean
}

/**
 * @param pks the person's compartments: results follow these through merges
 * @param persons every id that the person had: tasks and lists were made under one of them
 */
export async function recordWork(
  sql: Sql,
  reader: Staff,
  { pks, persons }: { readonly pks: readonly Int64[]; readonly persons: readonly string[] },
): Promise<RecordWork> {
  const [row] = await sql<
    { tasks: Task[] | null; waiting: WaitingResult[] | null; acks: Ack[] | null; onCaseload: boolean }[]
  >`
    select
      (select json_agg(x) from (
         select ${sql.unsafe(taskColumns)}, t.person from task t where t.person = any(${[...persons]}::text[])
          order by (t.done_at is null) desc, case when t.done_at is null then t.due_at end, t.done_at desc, t.id limit 30) x) as tasks,
      (select json_agg(x) from (
         select item, title, results, gravity from result_item where pk = any(${[...pks]}::bigint[]) and ack is null
          order by gravity desc, due_at limit 50) x) as waiting,
      (select json_agg(x) from (
         select ${sql.unsafe(ackColumns)} from result_ack a where a.pk = any(${[...pks]}::bigint[]) order by a.at desc, a.id limit 200) x) as acks,
      exists (select from kept_list_member where list = ${caseloadOf(reader)} and person = any(${[...persons]}::text[]) and removed_at is null) as "onCaseload"`
  return {
    tasks: (row?.tasks ?? []).map((task) => ({
      ...task,
      dueAt: new Date(task.dueAt),
      madeAt: new Date(task.madeAt),
      doneAt: task.doneAt === null ? null : new Date(task.doneAt),
    })),
    waiting: row?.waiting ?? [],
    acks: (row?.acks ?? []).map((ack) => ({
      ...ack,
      at: new Date(ack.at),
      undoneAt: ack.undoneAt === null ? null : new Date(ack.undoneAt),
    })),
    onCaseload: row?.onCaseload ?? false,
  }
}
