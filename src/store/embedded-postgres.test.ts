import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { openPool } from './open-pool.ts'

test('a private PostgreSQL starts on an empty folder, keeps its data over a stop, and is adopted when it was left running', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-embedded-'))
  try {
    const first = await startEmbeddedPostgres({ folder: join(folder, 'a'), durable: false })
    expect(first.adopted).toBe(false)
    const sql = openPool({ ...first.connection, max: 1 })
    await sql`create table kept (n int)`
    await sql`insert into kept values (7)`
    const again = await startEmbeddedPostgres({ folder: join(folder, 'a'), durable: false })
    expect(again).toMatchObject({ adopted: true, pid: first.pid })
    await sql.end()
    await again.stop()
    const second = await startEmbeddedPostgres({ folder: join(folder, 'a'), durable: false })
    expect(second.adopted).toBe(false)
    const reopened = openPool({ ...second.connection, max: 1 })
    expect(await reopened`select n from kept`).toMatchObject([{ n: 7 }])
    await reopened.end()
    await second.stop()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a killed PostgreSQL comes back with what was committed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-embedded-'))
  try {
    const first = await startEmbeddedPostgres({ folder: join(folder, 'a') })
    const sql = openPool({ ...first.connection, max: 1 })
    await sql`create table kept (n int)`
    await sql`insert into kept values (7)`
    process.kill(first.pid, 'SIGKILL')
    await sql.end({ timeout: 1 }).catch(() => {})
    const second = await startEmbeddedPostgres({ folder: join(folder, 'a') })
    const reopened = openPool({ ...second.connection, max: 1 })
    expect(await reopened`select n from kept`).toMatchObject([{ n: 7 }])
    await reopened.end()
    await second.stop()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
