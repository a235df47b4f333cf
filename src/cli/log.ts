import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Log } from '../base/index.ts'
import type { Config } from '../config.ts'

/** Where the log goes: standard output in production; in demo mode a file under the data folder, so that the terminal can show progress. */
export function openLog(config: Config): { readonly log: Log; readonly about: string } {
  const toTerminal = config.LOG_TO_TERMINAL ?? config.THROUGHLINE_MODE === 'production'
  if (toTerminal) return { log: pino({ level: config.LOG_LEVEL }), about: 'standard output' }
  mkdirSync(config.DATA_DIR, { recursive: true })
  const path = join(config.DATA_DIR, 'throughline.log')
  return {
    log: pino({ level: config.LOG_LEVEL }, pino.destination({ dest: path, sync: false, mkdir: true, mode: 0o600 })),
    about: path,
  }
}
