/**
 * The shape of the database, as every room meets it: SQL stands in the function that runs it, as tagged text with values as
 * parameters. Made by `store/open-pool.ts`.
 */

/** A statement that runs when it is awaited, or a piece of one when it stands inside another. */
export type Statement<Rows extends readonly object[]> = PromiseLike<Rows & { readonly count: number }> & {
  catch<T>(onRejected: (why: unknown) => T): Promise<(Rows & { readonly count: number }) | T>
}

/** A value that is sent as JSON. */
export type JsonValue = { readonly json: string }

/** A pool or a transaction: whatever runs a tagged statement. The caller chooses the transaction by what it hands in. */
export type Sql = {
  <Rows extends readonly object[] = Record<string, never>[]>(
    strings: TemplateStringsArray,
    ...values: readonly unknown[]
  ): Statement<Rows>
  /** A value for a json or jsonb column. */
  json(value: unknown): JsonValue
  /** Text that is SQL itself: a constant of ours, never a value from outside. Awaited it runs; inside a statement it is a piece of it. */
  unsafe<Rows extends readonly object[] = Record<string, never>[]>(
    text: string,
    values?: readonly unknown[],
    options?: { readonly prepare?: boolean },
  ): Statement<Rows>
}

declare const transaction: unique symbol
/** A transaction: what is written through it is kept together or not at all. */
export type Tx = Sql & { readonly [transaction]: true }

/** The pool, from which transactions begin. */
export type Pool = Sql & {
  /**
   * Commits when `work` is done; rolls back, and throws on, what it throws.
   * @param options `keepPlans`: each statement is planned once a connection, whatever its values. For work whose statements go by the same
   *   indexes for everybody, and take longer to plan than to run: not for searches.
   */
  begin<T>(work: (tx: Tx) => Promise<T>, options?: { readonly keepPlans?: boolean }): Promise<T>
  /** One connection for oneself, outside any transaction. Give it back. */
  reserve(): Promise<Sql & { release(): void }>
  /** Waits for what is under way, at most `timeout` seconds, and closes every connection. */
  end(options?: { readonly timeout?: number }): Promise<void>
}

/** A 64-bit integer as decimal text, as PostgreSQL's bigint is read and written. Never a JavaScript number. */
export type Int64 = string
