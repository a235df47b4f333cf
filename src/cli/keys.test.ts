import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { readAudit } from '../audit/index.ts'
import type { Pool } from '../base/index.ts'
import { type Config, readConfig } from '../config.ts'
import { resealColumn, sealedUnder } from '../store/index.ts'
import { keys } from './keys.ts'
import { sealedColumns } from './sealed-columns.ts'
import { openSecrets } from './secret-keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'throughline-keys-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'ring')
let now = new Date()
const clock = () => now
let sql: Pool
let config: Config
beforeAll(async () => {
  const database = await testDatabase()
  ;({ sql } = database)
  const { host, port, user, database: name } = database.options
  config = configOf({
    DATABASE_URL: `postgres://${user}@${encodeURIComponent(host)}:${port}/${name}`,
    SECRETS_KEY_FILE: file,
  })
  await run('new', file)
})

function configOf(env: Readonly<Record<string, string>>): Config {
  const read = readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent', ...env })
  if (!read.ok) throw new Error(JSON.stringify(read.issues))
  return read.value
}

/** @returns the exit code, and what was told as JSON */
async function run(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly told: Record<string, unknown> }> {
  const said: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text))
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  try {
    const code = await keys.run({ config, clock, args: [...args, '--json'], json: true })
    return { code, told: JSON.parse(said.join('')) as Record<string, unknown> }
  } finally {
    log.mockRestore()
    error.mockRestore()
  }
}

const [artifacts] = sealedColumns.filter(({ table }) => table === 'app_artifact')
const placeOf = (n: number) => `app artifact Grant ${n.toString(16).padStart(64, '0')}`
async function keep(from: number, to: number): Promise<void> {
  const secrets = openSecrets(config, clock)
  for (let n = from; n < to; n += 1)
    await sql`insert into app_artifact (kind, id_digest, sealed)
              values ('Grant', decode(${n.toString(16).padStart(64, '0')}, 'hex'), ${secrets.seal(placeOf(n), `secret ${n}`)})`
}
async function readAll(): Promise<readonly (string | undefined)[]> {
  const secrets = openSecrets(config, clock)
  const rows = await sql<
    { id: string; sealed: string }[]
  >`select encode(id_digest, 'hex') as id, sealed from app_artifact order by 1`
  return rows.map(({ id, sealed }) => secrets.open(`app artifact Grant ${id}`, sealed))
}
const secretsTo = (to: number) => Array.from({ length: to }, (_, n) => `secret ${n}`)

describe('throughline keys', () => {
  test('a new file is for its owner alone, and is never written over', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await expect(run('new', file)).rejects.toThrow('is there already')
  })

  test('rotate: a program that runs seals with the new key at once, and everything sealed before still opens, under the new key', async () => {
    const running = openSecrets(config, clock)
    await keep(0, 250)
    const before = running.currentId()
    const { code, told } = await run('rotate')
    expect([code, told.done, told.unreadable, told.wentOn]).toEqual([0, 250, 0, false])
    expect(running.currentId()).toBe(told.key)
    expect(told.key).not.toBe(before)
    expect(await readAll()).toEqual(secretsTo(250))
    if (artifacts) expect([...(await sealedUnder(sql, artifacts)).keys()]).toEqual([told.key])
    const lines = (await readAudit(sql, { what: ['key-made', 'keys-rotated'] })).lines
    expect(lines.map(({ what, detail }) => [what, detail?.key])).toEqual([
      ['keys-rotated', told.key],
      ['key-made', told.key],
    ])
    // Names of keys, never keys.
    for (const line of readFileSync(file, 'utf8')
      .split('\n')
      .filter((one) => one.startsWith('k')))
      expect(JSON.stringify(lines)).not.toContain(line.split(' ')[2])
  })

  test('a rotation that broke off leaves everything readable, and goes on with the same key', async () => {
    const secrets = openSecrets(config, clock)
    const { told: first } = await run('rotate')
    await keep(250, 251)
    // What the program before it had sealed in the meantime, and a rotation that is killed after its first hundred.
    const older = openSecrets(configOf({ SECRETS_KEY_FILE: await ringOfBefore() }), clock)
    await sql`update app_artifact set sealed = ${older.seal(placeOf(250), 'secret 250')} where encode(id_digest, 'hex') = ${(250).toString(16).padStart(64, '0')}`
    await sql.begin(async (tx) => {
      for (let n = 0; n < 250; n += 1)
        await tx`update app_artifact set sealed = ${older.seal(placeOf(n), `secret ${n}`)} where id_digest = decode(${n.toString(16).padStart(64, '0')}, 'hex')`
    })
    const killed = () => {
      throw new Error('killed')
    }
    if (artifacts) await expect(resealColumn(sql, secrets, artifacts, killed)).rejects.toThrow('killed')
    expect(await readAll()).toEqual(secretsTo(251))
    const { told } = await run('rotate')
    expect([told.key, told.done, told.wentOn]).toEqual([first.key, 151, true])
    expect(await readAll()).toEqual(secretsTo(251))
  })

  test('what was changed by hand does not open: it is told of, and neither lost nor believed', async () => {
    const [row] = await sql<{ sealed: string }[]>`select sealed from app_artifact order by id_digest limit 1`
    const moved = sql`update app_artifact set sealed = ${row?.sealed ?? ''} where id_digest = decode(${(1).toString(16).padStart(64, '0')}, 'hex')`
    await moved
    expect((await readAll())[1]).toBeUndefined()
    const { code, told } = await run('rotate')
    expect([code, told.done, told.unreadable]).toEqual([1, 250, 1])
    await sql`delete from app_artifact where id_digest = decode(${(1).toString(16).padStart(64, '0')}, 'hex')`
  })

  test('prune: a key goes once it seals nothing and another has sealed for an hour; never the newest', async () => {
    const { told: soon } = await run('prune')
    expect(soon.gone).toEqual([])
    now = new Date(now.getTime() + 3_600_000 + 1_000)
    const { told } = await run('prune')
    expect(told).toMatchObject({ left: 1 })
    expect(await readAll()).toEqual(secretsTo(251).filter((text) => text !== 'secret 1'))
    expect((await run('prune')).told).toEqual({ gone: [], left: 1 })
  })

  test('with a ring that lacks a key it says how much is lost, and ends with a problem', async () => {
    const kept = readFileSync(file, 'utf8')
    rmSync(file)
    await run('new', file)
    const { code, told } = await run()
    expect([code, told.lost]).toEqual([1, [{ id: expect.any(String), sealed: 250 }]])
    writeFileSync(file, kept, { mode: 0o600 })
  })

  test.each([0o644, 0o660, 0o604])(
    'keys that others may read or change (mode %o) are refused, with the remedy',
    async (mode) => {
      chmodSync(file, mode)
      await expect(run()).rejects.toThrow('others on this machine can read or change')
      chmodSync(file, 0o600)
    },
  )
})

/** The ring as it was before its newest key. */
async function ringOfBefore(): Promise<string> {
  const path = join(folder, 'ring-before')
  const [heading = '', _newest, ...earlier] = readFileSync(file, 'utf8').split('\n')
  writeFileSync(path, [heading, ...earlier].join('\n'), { mode: 0o600 })
  return path
}
