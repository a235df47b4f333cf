import postgres from 'postgres'
import { afterAll } from 'vitest'
import type { Pool } from '../../src/base/index.ts'
import type { TestDatabase } from './database.ts'

export type CountedPool = {
  readonly sql: Pool
  /** Statements sent since the last `forget`, without the words that begin and end a transaction, and what the driver asks for itself. */
  readonly statements: () => readonly string[]
  readonly forget: () => void
}

/** A pool that notes every statement sent, so that a page's promise about their number is a test. Call it in `beforeAll`. */
export function countQueries({ options }: TestDatabase): CountedPool {
  let sent: string[] = []
  const sql = postgres({
    ...options,
    max: 2,
    onnotice: () => {},
    debug: (_connection, query) => {
      if (!/^\s*(begin|commit|rollback|savepoint)\b|pg_catalog\.pg_type/i.test(query)) sent.push(query)
    },
  })
  afterAll(() => sql.end({ timeout: 5 }))
  return {
    sql,
    statements: () => sent,
    forget: () => {
      sent = []
    },
  }
}
