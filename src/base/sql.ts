import type postgres from 'postgres'

/** A pool or a transaction: whatever runs a tagged statement. The caller chooses the transaction by what it hands in. */
export type Sql = postgres.Sql | postgres.TransactionSql
/** A transaction: what is written through it is kept together or not at all. */
export type Tx = postgres.TransactionSql
/** The pool, from which transactions begin. */
export type Pool = postgres.Sql

/** A 64-bit integer as decimal text, as PostgreSQL's bigint is read and written. Never a JavaScript number. */
export type Int64 = string
