import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openPool } from '../../src/store/open-pool.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    database: { readonly host: string; readonly port: number; readonly user: string }
  }
}

/** One PostgreSQL for the whole run, with one migrated template that each test file clones. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-test-'))
  // As root the database runs under another account, which must be able to walk in.
  chmodSync(folder, 0o755)
  const server = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    durable: false,
    settings: { max_connections: '200' },
  })
  const { host, port, user } = server.connection
  const admin = openPool({ host, port, user, database: 'postgres', max: 1 })
  await admin`create database template_throughline`
  const template = openPool({ host, port, user, database: 'template_throughline', max: 1 })
  await migrate(template, fileURLToPath(new URL('../../migrations', import.meta.url)))
  await template.end()
  await admin.end()
  project.provide('database', { host, port, user })
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
