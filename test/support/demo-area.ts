/** The demo's invented area, sent to a running server by its systems through the real doors, as `npm start` does. */
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Area, demoArea, type SendProgress, sendArea } from '../../demo/index.ts'
import type { Clock } from '../../src/base/index.ts'
import { openPool } from '../../src/store/index.ts'
import type { TestDatabase, TestPolicy } from './database.ts'
import { type RunningTestServer, runningServer, serverOn } from './server.ts'

export type RunningDemo = {
  readonly server: RunningTestServer
  readonly area: Area
  readonly sent: SendProgress
}

type Wishes = {
  /** Who may see what: as the program says, or records open to everybody who opens records. */
  readonly policy?: TestPolicy
  readonly people?: number
  readonly seed?: string
  /** The day on which the area tells what it tells. Absent: now. */
  readonly now?: Date
  /** The server's own. Absent: the real one. */
  readonly clock?: Clock
  readonly env?: Readonly<Record<string, string>>
  /** Told of every statement of the server's. */
  readonly onStatement?: (text: string) => void
}

/**
 * A server with the area in it, as its eight systems sent it: sockets, HTTP, folders. They send it once in a run of tests; each file has a
 * clone of what came of it, and a server of its own. Call it in `beforeAll`.
 * @param people the cast comes first: 34 people
 */
export async function runningDemo({
  people = 30,
  seed = '2026',
  now,
  env = {},
  clock,
  policy = 'open',
  onStatement,
}: Wishes = {}): Promise<RunningDemo> {
  const {
    template,
    now: sentAt,
    sent,
    trailKey,
  } = await sentArea({ people, seed, ...(now ? { now } : {}), ...(clock ? { clock } : {}) })
  const server = await runningServer({
    // The people of the area may sign in to their own record.
    env: { DEMO_PEOPLE: String(people), DEMO_SEED: seed, ...env },
    policy,
    ...(clock ? { clock } : {}),
    ...(onStatement ? { onStatement } : {}),
    from: { template, trailKey },
  })
  return { server, area: demoArea({ people, seed, now: new Date(sentAt) }), sent }
}

type SentArea = {
  readonly now: string
  readonly sent: SendProgress
  /** What sealed the trail of the time when it was sent. */
  readonly trailKey: string
}

/** The database into which the area was sent, made by whoever asks first; the others wait for it. */
type Asked = { readonly people: number; readonly seed: string; readonly now?: Date; readonly clock?: Clock }

async function sentArea(asked: Asked): Promise<SentArea & { readonly template: string }> {
  const { host, port, user } = inject('database')
  const admin = openPool({ host, port, user, database: 'postgres', max: 1 })
  const alone = await admin.reserve()
  try {
    const { people, seed, now } = asked
    const template = `template_demo_${people}_${seed}${now ? `_${now.getTime()}` : ''}`
    // Held until this connection ends, so also when we fail.
    await alone`select pg_advisory_lock(hashtext(${template}))`
    const [told] = await alone<{ told: string | null }[]>`
      select shobj_description(oid, 'pg_database') as told from pg_database where datname = ${template}`
    if (told?.told) return { template, ...(JSON.parse(told.told) as SentArea) }
    await alone.unsafe(`drop database if exists ${template} with (force)`)
    await alone.unsafe(`create database ${template} template template_throughline`)
    const sent = await sendInto({ host, port, user, database: template }, asked)
    await alone.unsafe(`comment on database ${template} is '${JSON.stringify(sent).replaceAll("'", "''")}'`)
    return { template, ...sent }
  } finally {
    alone.release()
    await admin.end()
  }
}

async function sendInto(
  options: TestDatabase['options'],
  { people, seed, now = new Date(), clock }: Asked,
): Promise<SentArea> {
  const sql = openPool({ ...options, max: 2 })
  const { server, close } = await serverOn(
    { sql, options },
    {
      env: { DEMO_PEOPLE: String(people), DEMO_SEED: seed },
      ...(clock ? { clock } : {}),
    },
  )
  try {
    const sent = await sendArea({
      area: demoArea({ people, seed, now }),
      http: server.url,
      mllp: { host: '127.0.0.1', port: server.mllpPort },
      inboxDir: join(server.folder, 'inbox'),
    })
    await allTaken(server)
    const trailKey = readFileSync(join(server.folder, 'trail-key.pem'), 'utf8')
    return { now: now.toISOString(), sent, trailKey }
  } finally {
    await close()
    await sql.end({ timeout: 5 })
  }
}

/** Folders are emptied, and no message is between kept and applied. */
async function allTaken({ folder, sql }: RunningTestServer, patienceMs = 200_000): Promise<void> {
  const until = Date.now() + patienceMs
  for (;;) {
    const files = await filesLeft(join(folder, 'inbox'))
    const [row] = await sql<{ under_way: number }[]>`
      select count(*)::int as under_way from message where status = 'kept'`
    if (files === 0 && row?.under_way === 0) return
    if (Date.now() > until)
      throw new Error(`still ${files} files in the folders and ${row?.under_way} messages under way`)
    await new Promise((done) => setTimeout(done, 50))
  }
}

async function filesLeft(inbox: string): Promise<number> {
  const folders = await readdir(inbox, { withFileTypes: true }).catch(() => [])
  const lists = await Promise.all(
    folders.filter((one) => one.isDirectory()).map(({ name }) => readdir(join(inbox, name), { withFileTypes: true })),
  )
  return lists.flat().filter((one) => one.isFile()).length
}
