import { join } from 'node:path'
import { type Log, type Pool, Problem } from '../base/index.ts'
import type { Config } from '../config.ts'
import { openPool, type PoolOptions, startEmbeddedPostgres } from '../store/index.ts'

/** The database that this process uses: one of one's own, or the private one that it starts and keeps running. */
export type Database = {
  readonly pool: Pool
  /** How another thread of this program reaches the same database. */
  readonly connection: PoolOptions
  /** What to tell the operator: 'PostgreSQL of your own' or 'private PostgreSQL under ./data'. */
  readonly about: string
  close(): Promise<void>
}

/**
 * A prepared statement keeps the plan of its first runs, when the tables are small and reading them whole looks cheap; a minute later they are not.
 * Everything on the way of a message or a page has its index, so tables are read whole only where nothing else is possible.
 */
const byIndex = { enable_seqscan: 'off', random_page_cost: '1.1' } as const

/** One server per database, since one person's messages are put in order within a process: 'thrl' as a number. */
const serverLock = 1_952_999_020

type Connection =
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string }
  | { readonly url: string }

/**
 * Opens the database: `DATABASE_URL`, else the private PostgreSQL under `DATA_DIR`, which is started again should it die.
 * @param exclusive refuse when another copy of the program uses the same data folder (the server); commands beside it may share
 * @throws Problem 'conflict' when another copy has the data folder or the database; 'busy' when DATABASE_URL cannot be reached
 */
export async function openDatabase(
  config: Config,
  log: Log,
  { exclusive }: { readonly exclusive: boolean },
): Promise<Database> {
  if (config.DATABASE_URL !== undefined) {
    const pool = openPool({ url: config.DATABASE_URL, max: config.DATABASE_POOL, settings: byIndex })
    try {
      await checkVersion(pool)
      const held = exclusive ? await holdAlone({ url: config.DATABASE_URL }, 'the database of DATABASE_URL') : undefined
      return {
        pool,
        connection: { url: config.DATABASE_URL, settings: byIndex },
        about: 'PostgreSQL of your own (DATABASE_URL)',
        async close() {
          await held?.release().catch(() => {})
          await pool.end({ timeout: 5 })
        },
      }
    } catch (fault) {
      await pool.end({ timeout: 1 })
      throw fault
    }
  }
  const folder = join(config.DATA_DIR, 'postgres')
  let server = await startEmbeddedPostgres({ folder })
  const folderName = `the data folder ${config.DATA_DIR}`
  let lock = exclusive ? await holdAlone(server.connection, folderName) : undefined
  const pool = openPool({ ...server.connection, max: config.DATABASE_POOL, settings: byIndex })
  let closing = false
  let restarting = false

  const watch = setInterval(() => {
    if (closing || restarting || server.isRunning()) return
    restarting = true
    log.error({ pid: server.pid }, 'the private PostgreSQL has died; starting it again')
    void startEmbeddedPostgres({ folder })
      .then(async (again) => {
        server = again
        // The lock went with the server that held it.
        if (exclusive) lock = await holdAlone(again.connection, folderName)
        log.warn({ pid: again.pid }, 'the private PostgreSQL is back')
      })
      .catch((fault) =>
        log.error(
          { fault: fault instanceof Error ? fault.message : 'unknown' },
          'the private PostgreSQL could not be started again',
        ),
      )
      .finally(() => {
        restarting = false
      })
  }, 200)

  return {
    pool,
    connection: { ...server.connection, settings: byIndex },
    about: `private PostgreSQL under ${config.DATA_DIR}`,
    async close() {
      closing = true
      clearInterval(watch)
      await lock?.release().catch(() => {})
      await pool.end({ timeout: 5 })
      // A command beside a running server leaves the server's database alone.
      if (exclusive || !server.adopted) await server.stop()
    },
  }
}

/** Holds an advisory lock on a connection of its own: the database lets go of it when this process ends, however it ends. */
async function holdAlone(connection: Connection, place: string): Promise<{ release(): Promise<void> }> {
  const pool = openPool({ ...connection, max: 1 })
  const held = await pool.reserve()
  const release = async () => {
    held.release()
    await pool.end({ timeout: 1 })
  }
  // A copy that was killed a moment ago is let go of as soon as the database notices.
  for (let tries = 0; tries < 5; tries += 1) {
    if (tries > 0) await new Promise((done) => setTimeout(done, 200))
    const [row] = await held<{ mine: boolean }[]>`select pg_try_advisory_lock(${serverLock}) as mine`
    if (row?.mine) return { release }
  }
  await release()
  throw new Problem(
    'conflict',
    `Another copy of Throughline is running on ${place}`,
    'Stop that copy first, or give this one another DATA_DIR or DATABASE_URL.',
  )
}

async function checkVersion(pool: Pool): Promise<void> {
  const [row] = await pool<{ version: number }[]>`select current_setting('server_version_num')::int as version`.catch(
    (fault) => {
      throw new Problem(
        'busy',
        `The database of DATABASE_URL cannot be used: ${fault instanceof Error ? fault.message : 'unknown'}`,
        'Start it, or correct DATABASE_URL; the account and the database must exist.',
        fault,
      )
    },
  )
  if (!row || row.version < 150_000)
    throw new Problem(
      'invalid',
      `DATABASE_URL is PostgreSQL ${Math.floor((row?.version ?? 0) / 10_000)}, expected 15 to 18`,
      'Use a newer PostgreSQL.',
    )
}
