import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Pool, Problem } from '../base/index.ts'

/** Any one process at a time: 'thru' as a number. */
const migrationLock = 1_953_000_053

/**
 * Brings the tables to the newest form: runs each numbered `.sql` file of `folder` that has not run here, in order, all in one transaction.
 * @returns the names of the files that ran; empty when nothing was to do
 * @throws Problem 'conflict' when a file that ran here has changed since, or the database is newer than this program
 */
export async function migrate(pool: Pool, folder: string): Promise<readonly string[]> {
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .sort()
  return await pool.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${migrationLock})`
    await tx`set local client_min_messages = warning`
    await tx`create table if not exists migration (name text primary key, digest text not null, ran_at timestamptz not null default now())`
    const ran = new Map(
      (await tx<{ name: string; digest: string }[]>`select name, digest from migration`).map((row) => [
        row.name,
        row.digest,
      ]),
    )
    const unknown = [...ran.keys()].find((name) => !files.includes(name))
    if (unknown)
      throw new Problem(
        'conflict',
        `The database has migration ${unknown}, which this program does not know`,
        'Run the newer program, or restore an older copy of the database.',
      )
    const done: string[] = []
    for (const name of files) {
      const text = readFileSync(join(folder, name), 'utf8')
      const digest = createHash('sha256').update(text).digest('hex')
      const before = ran.get(name)
      if (before === digest) continue
      if (before !== undefined)
        throw new Problem(
          'conflict',
          `Migration ${name} ran here in another form`,
          'A migration is never edited: add a new one.',
        )
      await tx.unsafe(text)
      await tx`insert into migration (name, digest) values (${name}, ${digest})`
      done.push(name)
    }
    return done
  })
}
