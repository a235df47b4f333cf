import { afterAll, inject } from 'vitest'
import { defaultPolicy, type Policy, readingRoles, systemRules } from '../../src/access/index.ts'
import { opaqueId, type Pool } from '../../src/base/index.ts'
import { openPool } from '../../src/store/index.ts'

export type TestDatabase = {
  /** A pool on a migrated, empty database of this test file's own. */
  readonly sql: Pool
  /** For tests that open more pools or start a server: options for `openPool`. */
  readonly options: { readonly host: string; readonly port: number; readonly user: string; readonly database: string }
}

/** `open`: whoever opens records opens anybody's, so that tests of other things need nobody to look after their people. */
export type TestPolicy = 'open' | 'default'

/** Every record opens to everybody who opens records. */
export const openPolicy: Policy = {
  ...defaultPolicy,
  systems: Object.fromEntries(systemRules.map((rule) => [rule, ['*']])) as unknown as Policy['systems'],
  people: {
    ...defaultPolicy.people,
    none: Object.fromEntries(readingRoles.map((role) => [role, 'open'])),
    'restricted-none': Object.fromEntries(readingRoles.map((role) => [role, 'open'])),
  },
}

/**
 * A clone of a database on a real PostgreSQL, dropped after the file's tests. Call it in `beforeAll` or at the top of a file.
 * @param template what is cloned, and nobody is connected to; the migrated, empty one unless told
 */
export async function testDatabase({
  policy = 'open',
  template = 'template_throughline',
}: {
  readonly policy?: TestPolicy
  readonly template?: string
} = {}): Promise<TestDatabase> {
  const { host, port, user } = inject('database')
  const database = `test_${opaqueId()}`
  const admin = openPool({ host, port, user, database: 'postgres', max: 1 })
  await admin.unsafe(`create database ${database} template ${template}`)
  const sql = openPool({ host, port, user, database, max: 8 })
  if (policy === 'open')
    await sql`insert into policy_version (id, policy, made_at, by_id, by_name, why)
              values (1, ${JSON.stringify(openPolicy)}::text::jsonb, now(), 'test', 'Test', 'Tests of other things')`
  afterAll(async () => {
    await sql.end({ timeout: 5 })
    await admin.unsafe(`drop database if exists ${database} with (force)`)
    await admin.end()
  })
  return { sql, options: { host, port, user, database } }
}
