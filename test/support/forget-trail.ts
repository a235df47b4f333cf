import type { Pool } from '../../src/base/index.ts'

/** Does to tables of the trail what only a superuser can: past grants, rules and triggers, in one transaction. */
export async function pastGuards(sql: Pool, tables: readonly string[], statements: readonly string[]): Promise<void> {
  await sql.begin(async (tx) => {
    await tx.unsafe('set local session_replication_role = replica')
    for (const table of tables) {
      await tx.unsafe(`drop rule audit_no_update on ${table}`)
      await tx.unsafe(`drop rule audit_no_delete on ${table}`)
    }
    for (const statement of statements) await tx.unsafe(statement)
    for (const table of tables) {
      await tx.unsafe(`create rule audit_no_update as on update to ${table} do instead select audit_event_stands()`)
      await tx.unsafe(`create rule audit_no_delete as on delete to ${table} do instead select audit_event_stands()`)
    }
  })
}

/** Empties the trail, so that a test reads only its own lines. */
export async function forgetTrail(sql: Pool): Promise<void> {
  await pastGuards(sql, [], ['truncate audit_event'])
}
