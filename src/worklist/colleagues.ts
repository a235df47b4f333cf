import type { Staff, StaffRole } from '../access/index.ts'
import type { Sql } from '../base/index.ts'

/** Someone who works here: signed in within the last 30 days. */
export type Colleague = Pick<Staff, 'id' | 'name' | 'role'>

/** Who has not signed in for so long is taken to have left: what they owned surfaces (hazard H-47). */
export const colleagueDays = 30

const seenSince = (now: Date) => new Date(now.getTime() - colleagueDays * 86_400_000)

/** Notes who works here, in which role and for which organisation. Called at sign-in; one statement. */
export async function noteColleagues(sql: Sql, staff: readonly Omit<Staff, 'kind'>[], now: Date): Promise<void> {
  const rows = staff.map(({ id, name, role, organisation, codes }) => ({
    id,
    name,
    role,
    organisation: organisation.code,
    organisation_name: organisation.name,
    codes: codes ?? [],
    seen_at: now,
  }))
  await sql`
    insert into colleague select * from jsonb_populate_recordset(null::colleague, ${sql.json(rows)})
    on conflict (id) do update set name = excluded.name, role = excluded.role, organisation = excluded.organisation,
      organisation_name = excluded.organisation_name, codes = excluded.codes, seen_at = greatest(colleague.seen_at, excluded.seen_at)`
}

/** Who works at an organisation now, in one of these roles, by name. */
export async function colleaguesAt(
  sql: Sql,
  { organisation, roles }: { readonly organisation: string; readonly roles: readonly StaffRole[] },
  now: Date,
): Promise<readonly Colleague[]> {
  return await sql<Colleague[]>`
    select id, name, role from colleague
     where organisation = ${organisation} and role = any(${[...roles]}::text[]) and seen_at > ${seenSince(now)}
     order by name, id limit 200`
}

/**
 * Gives back to everyone what belongs to somebody who has left, lost the role or changed organisation: it is due at once.
 * @returns how many surfaced
 */
export async function surfaceLeft(
  sql: Sql,
  { resultRoles, taskRoles }: { readonly resultRoles: readonly StaffRole[]; readonly taskRoles: readonly StaffRole[] },
  now: Date,
): Promise<number> {
  const results = await sql`
    update result_item i set owner_left = true, due_at = least(due_at, ${now})
     where ack is null and owner is not null and not owner_left
       and not exists (select from colleague c where c.id = i.owner and c.organisation = i.home
                          and c.role = any(${[...resultRoles]}::text[]) and c.seen_at > ${seenSince(now)})`
  const tasks = await sql`
    update task t set owner_left = true, due_at = least(due_at, ${now})
     where done_at is null and owner_kind = 'staff' and not owner_left
       and not exists (select from colleague c where c.id = t.owner and c.organisation = t.home
                          and c.role = any(${[...taskRoles]}::text[]) and c.seen_at > ${seenSince(now)})`
  return results.count + tasks.count
}

/**
 * The organisations whose work surfaces to `worker`: their own; and, when they hold the fallback role, those that have nobody in it, if
 * either these sent it or the sender has nobody either. A list of organisations with open work, by a walk from one to the next.
 */
export async function homesOf(
  sql: Sql,
  { organisation, role }: Pick<Staff, 'organisation' | 'role'>,
  {
    table,
    fallback,
    now,
  }: { readonly table: 'result_item' | 'task'; readonly fallback: StaffRole; readonly now: Date },
): Promise<readonly string[]> {
  if (role !== fallback) return [organisation.code]
  const open = table === 'task' ? 'done_at is null' : 'ack is null'
  const rows = await sql<{ home: string }[]>`
    with recursive walk as (
      (select home from ${sql.unsafe(table)} where ${sql.unsafe(open)} order by home limit 1)
      union all
      select (select t.home from ${sql.unsafe(table)} t where ${sql.unsafe(open)} and t.home > walk.home order by t.home limit 1)
        from walk where walk.home is not null)
    select home from walk
     where home is not null and home <> ${organisation.code}
       and not exists (select from colleague c where c.organisation = walk.home and c.role = ${fallback} and c.seen_at > ${seenSince(now)})`
  return [organisation.code, ...rows.map(({ home }) => home)]
}
