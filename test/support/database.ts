import postgres from 'postgres'
import { afterAll, inject } from 'vitest'
import { opaqueId, type Pool } from '../../src/base/index.ts'

export type TestDatabase = {
  /** A pool on a migrated, empty database of this test file's own. */
  readonly sql: Pool
  /** For tests that open more pools or start a server: options for `postgres(...)`. */
  readonly options: { readonly host: string; readonly port: number; readonly user: string; readonly database: string }
}

/** A clone of the migrated template on a real PostgreSQL, dropped after the file's tests. Call it in `beforeAll` or at the top of a file. */
export async function testDatabase(): Promise<TestDatabase> {
  const { host, port, user } = inject('database')
  const database = `test_${opaqueId()}`
  const admin = postgres({ host, port, user, database: 'postgres', max: 1, onnotice: () => {} })
  await admin`create database ${admin(database)} template template_throughline`
  const sql = postgres({ host, port, user, database, max: 8, onnotice: () => {} })
  afterAll(async () => {
    await sql.end({ timeout: 5 })
    await admin`drop database if exists ${admin(database)} with (force)`
    await admin.end()
  })
  return { sql, options: { host, port, user, database } }
}
