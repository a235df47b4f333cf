/** Tasks: something that someone is to do about a person, and its history. */
import type { Staff, StaffRole } from '../access/index.ts'
import { limits, opaqueId, Problem, type Sql, type Tx } from '../base/index.ts'
import { londonInstant } from '../nhs/index.ts'
import { homesOf } from './colleagues.ts'
import { countMax, type WorkKind, type WorkLine } from './work-kind.ts'

/** Whose a task is. A role is that role at the task's organisation. */
export type TaskOwner = { readonly kind: 'staff' | 'team' | 'role'; readonly id: string; readonly name: string }

export type Task = {
  readonly id: string
  /** As they stand now; a task follows its person through merges. */
  readonly person: string
  readonly title: string
  readonly detail: string
  readonly home: string
  readonly owner: TaskOwner
  readonly ownerLeft: boolean
  /** `2026-11-30`; null: none was given, and it is due when tasks are (WORK_DUE_HOURS). */
  readonly dueOn: string | null
  readonly dueAt: Date
  readonly madeBy: string
  readonly madeAt: Date
  readonly doneAt: Date | null
  readonly doneBy: string | null
  readonly version: number
}

export type TaskEvent = {
  readonly version: number
  readonly at: Date
  readonly byName: string
  readonly what: 'made' | 'handed-over' | 'done' | 'reopened'
  readonly note: string
}

/** Without a day a task is due in so many days: nothing waits for ever. */

type By = { readonly by: Staff; readonly now: Date }

/** @param id made by the form's page, so that a form sent twice makes one task */
export async function makeTask(
  tx: Tx,
  task: {
    readonly id: string
    readonly person: string
    readonly title: string
    readonly detail: string
    readonly owner: TaskOwner
    readonly dueOn?: string
  },
  { by, now }: By,
): Promise<string> {
  const dueAt =
    task.dueOn === undefined
      ? new Date(now.getTime() + limits().dueHours.task * 3_600_000)
      : (londonInstant(`${task.dueOn}T23:59:59`) ?? now)
  const made = await tx`
    insert into task (id, person, title, detail, home, owner_kind, owner, owner_name, due_on, due_at, made_by, made_by_name, made_at)
    values (${task.id}, ${task.person}, ${task.title}, ${task.detail}, ${by.organisation.code}, ${task.owner.kind}, ${task.owner.id}, ${task.owner.name},
            ${task.dueOn ?? null}, ${dueAt}, ${by.id}, ${by.name}, ${now})
    on conflict (id) do nothing returning id`
  if (made.length > 0)
    await note(tx, { task: task.id, version: 1, what: 'made', note: `For ${task.owner.name}` }, { by, now })
  return task.id
}

/**
 * Changes who does a task, completes it or opens it again. @param version as it was read
 * @throws Problem 'conflict' when somebody changed it since; the same completion again by the same person is done already
 */
export async function changeTask(
  tx: Tx,
  id: string,
  change: { readonly version: number; readonly note: string } & (
    | { readonly what: 'done' | 'reopened' }
    | { readonly what: 'handed-over'; readonly owner: TaskOwner }
  ),
  { by, now }: By,
): Promise<void> {
  const owner = change.what === 'handed-over' ? change.owner : undefined
  const rows = await tx<{ version: number }[]>`
    update task set version = version + 1,
           owner_kind = coalesce(${owner?.kind ?? null}, owner_kind), owner = coalesce(${owner?.id ?? null}, owner),
           owner_name = coalesce(${owner?.name ?? null}, owner_name), owner_left = owner_left and ${owner === undefined},
           done_at = ${change.what === 'done' ? now : null}, done_by = ${change.what === 'done' ? by.name : null}
     where id = ${id} and version = ${change.version} and (done_at is null) = ${change.what !== 'reopened'}
    returning version`
  const version = rows[0]?.version
  if (version === undefined) {
    const events = await taskEvents(tx, id)
    const last = events.at(-1)
    if (!last) throw new Problem('not-found', 'There is no such task', 'Go back to the worklist.')
    if (change.what === 'done' && last.what === 'done' && last.byName === by.name) return
    throw new Problem(
      'conflict',
      `${last.byName} has changed this task already`,
      'Nothing of yours was recorded. Open it to see how it is now.',
    )
  }
  const text = owner === undefined ? change.note : [`To ${owner.name}`, change.note].filter(Boolean).join('. ')
  await note(tx, { task: id, version, what: change.what, note: text }, { by, now })
}

async function note(
  tx: Tx,
  event: { task: string; version: number; what: TaskEvent['what']; note: string },
  { by, now }: By,
): Promise<void> {
  await tx`
    insert into task_event (task, version, at, by_id, by_name, what, note)
    values (${event.task}, ${event.version}, ${now}, ${by.id}, ${by.name}, ${event.what}, ${event.note})`
}

/** What was done to a task, oldest first. */
export async function taskEvents(sql: Sql, id: string): Promise<readonly TaskEvent[]> {
  return await sql<TaskEvent[]>`
    select version, at, by_name as "byName", what, note from task_event where task = ${id} order by version`
}

export const taskColumns = `t.id, t.title, t.detail, t.home, json_build_object('kind', t.owner_kind, 'id', t.owner, 'name', t.owner_name) as owner,
  t.owner_left as "ownerLeft", t.due_on::text as "dueOn", t.due_at as "dueAt", t.made_by_name as "madeBy", t.made_at as "madeAt",
  t.done_at as "doneAt", t.done_by as "doneBy", t.version`

/** Where a person stands now: up the merges. */
const standing = `
  cross join lateral (
    with recursive up as (
      select id, merged_into, 0 as steps from person where id = t.person
      union all
      select p.id, p.merged_into, steps + 1 from up join person p on p.id = up.merged_into where steps < 100)
    select id as person from up where merged_into is null) now`

/** One task; undefined when there is none. */
export async function readTask(sql: Sql, id: string): Promise<Task | undefined> {
  const [row] = await sql<
    Task[]
  >`select ${sql.unsafe(taskColumns)}, now.person from task t ${sql.unsafe(standing)} where t.id = ${id}`
  return row
}

/** Every task about a person, under any of the ids they had: those that wait first, the longest due first; then the latest done. */
export async function tasksOf(sql: Sql, persons: readonly string[]): Promise<readonly Task[]> {
  return await sql<Task[]>`
    select ${sql.unsafe(taskColumns)}, t.person from task t where t.person = any(${[...persons]}::text[])
     order by (t.done_at is null) desc, case when t.done_at is null then t.due_at end, t.done_at desc, t.id limit 100`
}

const fallback: StaffRole = 'clinician'

export const taskWork: WorkKind = {
  id: 'task',
  one: 'task',
  many: 'tasks',
  permission: 'do-tasks',
  fallback,
  async count(sql, worker, now) {
    const homes = await homesOf(sql, worker, { table: 'task', fallback, now })
    const [row] = await sql<{ open: number; surfaced: number }[]>`
      select count(*)::int as open, count(*) filter (where due_at <= ${now})::int as surfaced
        from (select * from (${openFor(sql, worker, homes, { now, most: countMax })}) x limit ${countMax}) counted`
    return row ?? { open: 0, surfaced: 0 }
  },
  async page(sql, worker, { now, limit, offset }) {
    const homes = await homesOf(sql, worker, { table: 'task', fallback, now })
    const rows = await sql<Task[]>`
      with page as materialized (
        select * from (${openFor(sql, worker, homes, { now, most: limit + offset })}) x order by due_at, id limit ${limit} offset ${offset})
      select ${sql.unsafe(taskColumns)}, now.person from page t ${sql.unsafe(standing)} order by t.due_at, t.id`
    return rows.map((task) => taskLine(task, worker, now))
  },
}

/** One's own, one's teams' and one's role's; and of everyone at home what is overdue or was somebody's who left, for the fallback role. */
function openFor(sql: Sql, worker: Staff, homes: readonly string[], { now, most }: { now: Date; most: number }) {
  const { id, role, organisation } = worker
  return sql`
    (select * from task where done_at is null and owner = ${id} and owner_kind = 'staff' order by due_at limit ${most})
    union
    (select * from task where done_at is null and owner = ${role} and owner_kind = 'role' and home = ${organisation.code} order by due_at limit ${most})
    union
    (select t.* from kept_list l
      cross join lateral (select * from task where done_at is null and owner = l.id and owner_kind = 'team' order by due_at limit ${most}) t
      where l.organisation = ${organisation.code} and l.kind = 'team' and ${role} = any(l.roles) and l.ended_at is null)
    ${
      role === fallback
        ? sql`union
    (select x.* from unnest(${[...homes]}::text[]) h(home)
      cross join lateral (select * from task where done_at is null and home = h.home and due_at <= ${now} order by due_at limit ${most}) x)`
        : sql``
    }`
}

export function taskLine(task: Task, worker: Pick<Staff, 'id'>, now: Date): WorkLine {
  const { id, title, person, owner, ownerLeft, madeAt, madeBy, dueAt } = task
  return {
    kind: 'task',
    id,
    title,
    person,
    note: `From ${madeBy}`,
    gravity: 'ordinary',
    owner: owner.kind === 'staff' && owner.id === worker.id ? 'You' : owner.name,
    raisedAt: madeAt,
    dueAt,
    surfaced: ownerLeft ? 'owner-left' : dueAt <= now ? 'overdue' : '',
  }
}

export const newTaskId = opaqueId
