import { timeOrderedIds } from '../base/index.ts'
import { formatNamed, makePipeline, openSources, type Pipeline, type Sources, senderOf } from '../feeds/index.ts'
import { migrate } from '../store/index.ts'
import type { CommandCall } from './command.ts'
import { type Database, openDatabase } from './database.ts'
import { openLog } from './log.ts'
import { migrationsFolder } from './places.ts'

/** What a command needs to take messages in by itself, beside a running server or without one. */
export type Workbench = { readonly database: Database; readonly sources: Sources; readonly pipeline: Pipeline }

/** Opens the database and the pipeline for one command, and closes both after it. */
export async function withWorkbench<T>(
  { config, clock }: CommandCall,
  work: (bench: Workbench) => Promise<T>,
): Promise<T> {
  const { log } = openLog(config)
  const database = await openDatabase(config, log, { exclusive: false })
  try {
    await migrate(database.pool, migrationsFolder)
    const sources = await openSources(database.pool)
    const pipeline = makePipeline({
      pool: database.pool,
      clock,
      nextId: timeOrderedIds(clock),
      log,
      format: formatNamed,
      source: (id) => sources.get(id),
      sender: senderOf(sources),
      live: config.THROUGHLINE_MODE === 'production',
    })
    const result = await work({ database, sources, pipeline })
    await pipeline.idle()
    return result
  } finally {
    await database.close()
  }
}

/** Progress on one line of a terminal; silent elsewhere, so that logs and machines see only the end. */
export function progressLine(): { show(text: string): void; end(): void } {
  const live = process.stderr.isTTY === true
  return {
    show: (text) => {
      if (live) process.stderr.write(`\r\x1b[2K${text}`)
    },
    end: () => {
      if (live) process.stderr.write('\r\x1b[2K')
    },
  }
}
