import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { openPool } from './open-pool.ts'

test('a private PostgreSQL starts on an empty folder, keeps its data over a stop, and is adopted when it was left running', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-embedded-'))
  chmodSync(folder, 0o755)
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
  chmodSync(folder, 0o755)
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

test('as root, a data folder that the database account cannot reach is kept elsewhere and linked', {
  skip: process.getuid?.() !== 0,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-embedded-'))
  chmodSync(folder, 0o700)
  try {
    const server = await startEmbeddedPostgres({ folder: join(folder, 'a'), durable: false })
    const sql = openPool({ ...server.connection, max: 1 })
    expect(await sql`select 1 as one`).toMatchObject([{ one: 1 }])
    await sql.end()
    await server.stop()
    expect(realpathSync(join(folder, 'a'))).toMatch(/^\/var\/lib\/throughline\//)
  } finally {
    rmSync(realpathSync(join(folder, 'a')), { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
})
