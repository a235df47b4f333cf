import { createHash } from 'node:crypto'
import pg from 'pg'
import { type JsonValue, type Pool, Problem, type Sql, type Statement, type Tx } from '../base/index.ts'

export type PoolOptions = {
  /** `postgres://…`; or the parts below, `host` being a folder for a Unix socket. */
  readonly url?: string
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly database?: string
  /** Connections at most. Default 8. */
  readonly max?: number
  /** PostgreSQL settings of every connection. */
  readonly settings?: Readonly<Record<string, string>>
  /** Told of every statement that is sent, begin and commit excepted: tests count them. */
  readonly onStatement?: (text: string) => void
}

/** Anything that runs a query: the pool, or one connection of it. */
type Runner = { query(config: pg.QueryConfig): Promise<pg.QueryResult> }

const dateOid = 1082
// A calendar day has no time zone: it stays text. (timestamptz becomes a Date, bigint and numeric stay text.)
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === dateOid ? (text: string) => text : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig

/**
 * Opens a pool of connections. Nothing is connected before the first statement. A connection that is lost fails what was under way
 * on it with code `CONNECTION_CLOSED` and is replaced; nothing else is disturbed.
 * @see docs/decisions/0003
 */
export function openPool({ url, onStatement, settings = {}, max = 8, ...parts }: PoolOptions): Pool {
  const pool = new pg.Pool({
    ...(url === undefined ? parts : { connectionString: url }),
    max,
    types,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    // Statements that do not wait for one another's answers travel together; they run one after another all the same.
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: 30_000,
    idleTimeoutMillis: 60_000,
    application_name: 'throughline',
  })
  // An idle connection that is lost is no fault of anybody's work: the pool has let go of it already.
  pool.on('error', () => {})
  let closing: Promise<void> | undefined
  return Object.assign(makeSql(pool, onStatement), {
    async begin<T>(work: (tx: Tx) => Promise<T>, { keepPlans = false } = {}): Promise<T> {
      const client = await connect(pool)
      let lost: Error | undefined
      const began = run(client, { text: keepPlans ? beginKeepingPlans : 'begin' })
      // Travels with the first statement; should it fail, so does what follows, and it is told below.
      began.catch(() => {})
      try {
        const result = await work(makeSql(client, onStatement) as Tx)
        await began
        await run(client, { text: 'commit' })
        return result
      } catch (fault) {
        await run(client, { text: 'rollback' }).catch((why: unknown) => {
          // A connection that cannot roll back is not given to anyone else.
          lost = why instanceof Error ? why : new Error('rollback failed')
        })
        throw fault
      } finally {
        client.release(lost)
      }
    },
    async reserve() {
      const client = await connect(pool)
      return Object.assign(makeSql(client, onStatement), { release: () => client.release() })
    },
    async end({ timeout = 5 }: { readonly timeout?: number } = {}) {
      closing ??= pool.end()
      let timer: NodeJS.Timeout | undefined
      const waited = new Promise<void>((done) => {
        timer = setTimeout(done, timeout * 1_000)
      })
      await Promise.race([closing, waited])
      clearTimeout(timer)
    },
  })
}

/** One message, and nothing that outlives the transaction. */
const beginKeepingPlans = 'begin; set local plan_cache_mode = force_generic_plan'

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    const client = await pool.connect()
    // Lost between two statements of a transaction: the next one fails, which is where it is dealt with.
    if (client.listenerCount('error') === 0) client.on('error', () => {})
    return client
  } catch (fault) {
    throw asClosed(fault)
  }
}

/** Statement texts met so far and the names under which connections keep them prepared. */
const names = new Map<string, string>()
const namesMax = 2_000

function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined) return known
  // Texts come from templates, so they are few; should somebody make them up endlessly, the rest is not prepared.
  if (names.size >= namesMax) return undefined
  const name = `t${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
  names.set(text, name)
  return name
}

async function run(runner: Runner, config: pg.QueryConfig): Promise<pg.QueryResult> {
  try {
    return await runner.query(config)
  } catch (fault) {
    throw asClosed(fault)
  }
}

/** The driver tells of lost connections in words; the rooms above go by codes. */
function asClosed(fault: unknown): unknown {
  if (
    fault instanceof Error &&
    !('code' in fault) &&
    /connection|client (was|has)|not queryable|timeout exceeded/i.test(fault.message)
  ) {
    return Object.assign(new Error('The connection to the database was lost', { cause: fault }), {
      code: 'CONNECTION_CLOSED',
    })
  }
  return fault
}

class Piece<Rows extends readonly object[]> implements Statement<Rows> {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
  readonly #send: (text: string, values: unknown[]) => Promise<Rows & { readonly count: number }>
  #sent: Promise<Rows & { readonly count: number }> | undefined

  constructor(strings: readonly string[], values: readonly unknown[], send: Piece<Rows>['send']) {
    this.strings = strings
    this.values = values
    this.#send = send
  }

  send(text: string, values: unknown[]): Promise<Rows & { readonly count: number }> {
    return this.#send(text, values)
  }

  #run(): Promise<Rows & { readonly count: number }> {
    if (!this.#sent) {
      const values: unknown[] = []
      this.#sent = this.#send(write(this, values), values)
    }
    return this.#sent
  }

  // biome-ignore lint/suspicious/noThenProperty: a statement runs when it is awaited; until then it may become a piece of another.
  then<A, B = never>(
    onDone?: ((rows: Rows & { readonly count: number }) => A | PromiseLike<A>) | null,
    onFailed?: ((why: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#run().then(onDone, onFailed)
  }

  catch<T>(onRejected: (why: unknown) => T): Promise<(Rows & { readonly count: number }) | T> {
    return this.#run().catch(onRejected)
  }
}

/** The whole text, pieces within pieces, with values as $1, $2 … */
function write(piece: Piece<readonly object[]>, values: unknown[]): string {
  let text = piece.strings[0] ?? ''
  piece.values.forEach((value, n) => {
    text += value instanceof Piece ? write(value, values) : place(value, values)
    text += piece.strings[n + 1] ?? ''
  })
  return text
}

/** One value as a parameter, with its type said where the database could not guess it. */
function place(value: unknown, values: unknown[]): string {
  if (value === undefined)
    throw new Problem(
      'fault',
      'A statement was given an undefined value',
      'Tell the operator: this is a mistake of ours.',
    )
  if (isJson(value)) {
    values.push(value.json)
    return `$${values.length}::jsonb`
  }
  values.push(
    value instanceof Uint8Array && !Buffer.isBuffer(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : value,
  )
  const at = `$${values.length}`
  if (value instanceof Date) return `${at}::timestamptz`
  if (value instanceof Uint8Array) return `${at}::bytea`
  if (typeof value === 'boolean') return `${at}::boolean`
  return at
}

const isJson = (value: unknown): value is JsonValue =>
  typeof value === 'object' && value !== null && 'json' in value && typeof value.json === 'string'

function makeSql(runner: Runner, onStatement: PoolOptions['onStatement']): Sql {
  const sender =
    <Rows extends readonly object[]>(prepare: boolean, simple: boolean) =>
    async (text: string, values: unknown[]) => {
      onStatement?.(text)
      const name = prepare ? nameOf(text) : undefined
      // Without values the simple protocol is used, which takes several statements at once (migrations).
      const result = await run(runner, simple ? { text } : { text, values, ...(name === undefined ? {} : { name }) })
      // Not enumerable: rows are compared as the plain list they are.
      return Object.defineProperty((result.rows ?? []) as unknown as Rows & { readonly count: number }, 'count', {
        value: result.rowCount ?? 0,
      })
    }
  const sql = <Rows extends readonly object[]>(strings: TemplateStringsArray, ...values: readonly unknown[]) =>
    new Piece<Rows>(strings, values, sender<Rows>(true, false))
  return Object.assign(sql, {
    json: (value: unknown): JsonValue => ({ json: JSON.stringify(value) }),
    unsafe: <Rows extends readonly object[]>(
      text: string,
      values?: readonly unknown[],
      { prepare = false }: { readonly prepare?: boolean } = {},
    ) => {
      const whole = new Piece<Rows>(
        [text],
        [],
        async () => await sender<Rows>(prepare, values === undefined)(text, [...(values ?? [])]),
      )
      return whole
    },
  }) as Sql
}
