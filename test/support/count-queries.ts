import { afterAll } from 'vitest'
import type { Pool } from '../../src/base/index.ts'
import { openPool } from '../../src/store/index.ts'
import type { TestDatabase } from './database.ts'

export type CountedPool = {
  readonly sql: Pool
  /** Statements sent since the last `forget`, without those that begin and end a transaction. */
  readonly statements: () => readonly string[]
  readonly forget: () => void
}

/** A pool that notes every statement sent, so that a page's promise about their number is a test. Call it in `beforeAll`. */
export function countQueries({ options }: TestDatabase): CountedPool {
  let sent: string[] = []
  const sql = openPool({ ...options, max: 2, onStatement: (text) => sent.push(text) })
  afterAll(() => sql.end({ timeout: 5 }))
  return {
    sql,
    statements: () => sent,
    forget: () => {
      sent = []
    },
  }
}
