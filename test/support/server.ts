/** The whole server inside the test's own process: real sockets, real HTTP, real PostgreSQL; with no other data than what the test sends. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { afterAll, expect } from 'vitest'
import { connectMllp, type MllpClient } from '../../bench/mllp-client.ts'
import type { Clock, Log, Pool } from '../../src/base/index.ts'
import { writeNewKey } from '../../src/cli/seal-keys.ts'
import { writeKeys } from '../../src/cli/secret-keys.ts'
import { readConfig } from '../../src/config.ts'
import type { Patience } from '../../src/door-limits.ts'
import { checkFeeds } from '../../src/feeds/index.ts'
import { withNewKey } from '../../src/secrets/index.ts'
import { startServer } from '../../src/server.ts'
import { checkStore, openPool } from '../../src/store/index.ts'
import { type TestDatabase, type TestPolicy, testDatabase } from './database.ts'
import { formKey, noSession } from './form-key.ts'

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url))

/** What `POST /feeds/<source>/messages` says of a message. */
export type FeedAnswer = {
  readonly http: number
  readonly status: string
  readonly messageId?: string
  readonly facts?: number
  readonly issues: readonly { readonly place: string; readonly message: string; readonly remedy?: string }[]
  readonly parts?: Readonly<Record<string, number>>
}

export type RunningTestServer = {
  readonly url: string
  readonly mllpPort: number
  /** Its data folder; `inbox/<source>/` under it takes files. */
  readonly folder: string
  /** Looks into its database from beside. */
  readonly sql: Pool
  /** The same for a command that is run beside it. */
  readonly databaseUrl: string
  /** All that it logged, as JSON lines. */
  readonly logged: () => string
  /** A connection for HL7 v2, closed after the file's tests. */
  mllp(): Promise<MllpClient>
  /** A token of the demo's system client. */
  token(): Promise<string>
  feed(source: string, body: Uint8Array | string, contentType?: string): Promise<FeedAnswer>
  /** A browser without JavaScript, signed in as one of the demo's staff. */
  staff(person: string): Promise<Staff>
  /** What `throughline check` finds broken: nothing, if all is well. */
  broken(): Promise<readonly string[]>
}

export type Page = { readonly status: number; readonly html: string; readonly location: string }
export type Staff = {
  get(path: string): Promise<Page>
  post(path: string, form: Readonly<Record<string, string>>): Promise<Page>
  /** Types into the search box. @returns the addresses of the records found */
  find(typed: string): Promise<readonly string[]>
}

export type ServerWishes = {
  /** Who may see what: as the program says, or records open to everybody who opens records. */
  readonly policy?: TestPolicy
  readonly env?: Readonly<Record<string, string>>
  readonly clock?: Clock
  /** Told of every statement of the server's, so that a page's promise about their number is a test. */
  readonly onStatement?: (text: string) => void
  /** How slow somebody may be; else as in the program. */
  readonly patience?: Patience
  /** Given the app before its first route. */
  readonly begun?: (app: FastifyInstance) => void
  /** The database that it has a clone of, and the key that sealed the trail in it; the empty one and a new key unless told. */
  readonly from?: { readonly template: string; readonly trailKey: string }
}

/** Starts a server in demo mode with nobody in it. Call it in `beforeAll`; it is closed after the file's tests. */
export async function runningServer({
  from,
  policy = 'open',
  ...wishes
}: ServerWishes = {}): Promise<RunningTestServer> {
  const database = await testDatabase({ policy, ...(from ? { template: from.template } : {}) })
  const { server, close } = await serverOn(database, { ...wishes, ...(from ? { trailKey: from.trailKey } : {}) })
  afterAll(close)
  return server
}

/** Starts a server on this database. @returns the server, and what ends it */
export async function serverOn(
  { sql, options }: TestDatabase,
  {
    env = {},
    clock = () => new Date(),
    onStatement,
    begun,
    patience,
    trailKey,
  }: Omit<ServerWishes, 'from' | 'policy'> & { readonly trailKey?: string } = {},
): Promise<{ readonly server: RunningTestServer; readonly close: () => Promise<void> }> {
  const pool = openPool({
    ...options,
    max: 8,
    ...(onStatement ? { onStatement } : {}),
  })
  const folder = mkdtempSync(join(tmpdir(), 'throughline-flow-'))
  // Production has no key of its own making.
  const keyFile = join(folder, 'trail-key.pem')
  if (trailKey === undefined) writeNewKey(keyFile)
  else writeFileSync(keyFile, trailKey, { mode: 0o600 })
  const secretsFile = join(folder, 'secrets.keys')
  writeKeys(secretsFile, withNewKey('', new Date()))
  const config = readConfig({
    DATA_DIR: folder,
    AUDIT_KEY_FILE: keyFile,
    SECRETS_KEY_FILE: secretsFile,
    DEMO_PEOPLE: '0',
    PORT: '0',
    MLLP_PORT: '0',
    // One test asks more in a minute than a person does; the limits have tests of their own.
    RATE_SESSION_MAX: '1000000',
    RATE_ADDRESS_MAX: '1000000',
    ...env,
  })
  if (!config.ok) throw new Error(JSON.stringify(config.issues))
  const lines: string[] = []
  const note =
    (level: string) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void =>
      void lines.push(JSON.stringify({ level, ...fields, message }))
  const log: Log = { info: note('info'), warn: note('warn'), error: note('error') }
  const started = await startServer({
    config: config.value,
    clock,
    log,
    pool,
    migrationsFolder,
    assetsFolder: await builtAssets(folder),
    // However slow the machine that runs the tests is.
    behindMs: 0,
    ...(begun ? { begun } : {}),
    ...(patience ? { patience } : {}),
  })
  const connections: MllpClient[] = []
  const close = async () => {
    for (const connection of connections) connection.close()
    await started.close()
    await pool.end({ timeout: 5 })
    rmSync(folder, { recursive: true, force: true })
  }

  let kept: Promise<string> | undefined
  const token = () => {
    kept ??= askForToken(started.url)
    return kept
  }
  const server: RunningTestServer = {
    url: started.url,
    mllpPort: started.mllpPort,
    folder,
    sql,
    databaseUrl: `postgres://${options.user}@${encodeURIComponent(options.host)}:${options.port}/${options.database}`,
    logged: () => lines.join('\n'),
    async mllp() {
      const connection = await connectMllp({ host: '127.0.0.1', port: started.mllpPort })
      connections.push(connection)
      return connection
    },
    token,
    async feed(source, body, contentType = 'application/octet-stream') {
      const answer = await fetch(`${started.url}/feeds/${source}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await token()}`, 'content-type': contentType },
        body: Buffer.from(body),
      })
      return { http: answer.status, ...((await answer.json()) as Omit<FeedAnswer, 'http'>) }
    },
    staff: (person) => signedIn(started.url, person, () => lines.slice(-20).join('\n')),
    async broken() {
      const findings = [...(await checkFeeds(sql)), ...(await checkStore(sql))]
      return findings.filter(({ broken }) => broken > 0).map(({ promise, broken }) => `${broken} × not: ${promise}`)
    },
  }
  return { server, close }
}

/** The stylesheets, built beside the data when the project has not been built. */
async function builtAssets(folder: string): Promise<string> {
  const built = fileURLToPath(new URL('../../dist/assets', import.meta.url))
  try {
    readFileSync(join(built, 'manifest.json'))
    return built
  } catch {
    const { buildCss } = (await import('../../scripts/build-css.mjs')) as {
      buildCss: (into: string) => Promise<unknown>
    }
    await buildCss(join(folder, 'assets'))
    return join(folder, 'assets')
  }
}

async function askForToken(url: string): Promise<string> {
  const answer = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('demo-system:demo-secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'system/*.cruds' }),
  })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { access_token: string }).access_token
}

async function signedIn(url: string, person: string, logged: () => string): Promise<Staff> {
  let cookie = noSession
  const ask = async (path: string, form?: Readonly<Record<string, string>>): Promise<Page> => {
    const answer = await fetch(new URL(path, url), {
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { method: 'POST', body: new URLSearchParams({ ...formKey(cookie), ...form }) } : {}),
    })
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
    return { status: answer.status, html: await answer.text(), location: answer.headers.get('location') ?? '' }
  }
  const entered = await ask('/staff/sign-in', { person })
  expect(entered.status, `${entered.html.slice(-2_000)}\n${logged()}`).toBe(303)
  return {
    get: (path) => ask(path),
    post: (path, form) => ask(path, form),
    async find(typed) {
      const sent = await ask('/staff/find', { q: typed })
      expect(sent.status).toBe(303)
      const found = await ask(sent.location)
      expect(found.status).toBe(200)
      return [
        ...new Set([...found.html.matchAll(/href="(\/staff\/patients\/[^"/?#]+)"/g)].flatMap(([, path]) => path ?? [])),
      ]
    },
  }
}
