/** The demo's invented area, sent to a running server by its systems through the real doors, as `npm start` does. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Area, demoArea, type SendProgress, sendArea } from '../../demo/index.ts'
import type { Clock } from '../../src/base/index.ts'
import type { TestPolicy } from './database.ts'
import { type RunningTestServer, runningServer } from './server.ts'

export type RunningDemo = {
  readonly server: RunningTestServer
  readonly area: Area
  readonly sent: SendProgress
}

/**
 * Starts a server and has the area's eight systems send all they have: sockets, HTTP, folders. Returns when nothing is under way any more.
 * Call it in `beforeAll`; allow it a minute.
 * @param people the cast comes first: 34 people
 */
export async function runningDemo({
  people = 30,
  seed = '2026',
  now = new Date(),
  env = {},
  clock,
  policy = 'open',
  onStatement,
}: {
  /** Who may see what: as the program says, or records open to everybody who opens records. */
  readonly policy?: TestPolicy
  readonly people?: number
  readonly seed?: string
  readonly now?: Date
  readonly env?: Readonly<Record<string, string>>
  /** The server's own. Absent: the real one. */
  readonly clock?: Clock
  /** Told of every statement of the server's. */
  readonly onStatement?: (text: string) => void
} = {}): Promise<RunningDemo> {
  // The people of the area may sign in to their own record.
  const server = await runningServer({
    env: { DEMO_PEOPLE: String(people), DEMO_SEED: seed, ...env },
    policy,
    ...(clock ? { clock } : {}),
    ...(onStatement ? { onStatement } : {}),
  })
  const area = demoArea({ people, seed, now })
  const sent = await sendArea({
    area,
    http: server.url,
    mllp: { host: '127.0.0.1', port: server.mllpPort },
    inboxDir: join(server.folder, 'inbox'),
  })
  await allTaken(server)
  return { server, area, sent }
}

/** Folders are emptied, and no message is between kept and applied. */
async function allTaken({ folder, sql }: RunningTestServer, patienceMs = 60_000): Promise<void> {
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
