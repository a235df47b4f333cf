/** What the program was started with, told in the trail: a setting decides who may reach what, like the policy does. */
import { createHash } from 'node:crypto'
import { readAudit, recordAudit } from '../audit/index.ts'
import type { Clock, Pool } from '../base/index.ts'
import type { Config } from '../config.ts'

type Told = {
  readonly config: Config
  readonly version: string
  /** The id of the key that signs the trail. */
  readonly trailKey: string
  /** Systems and apps that are registered: each by its id and a digest of all that is declared of it. */
  readonly clients: readonly { readonly id: string }[]
  readonly apps: readonly { readonly id: string }[]
}

/** Secrets themselves, and what may hold one: only that they are set is told. */
const secret = new Set(['DATABASE_URL', 'ESTATE_KEY', 'DOWNTIME_PASSPHRASE'])

/** Writes that the server started, with its settings; and, as a line of its own, which are others than at the last start. */
export async function recordSettings(pool: Pool, clock: Clock, told: Told): Promise<void> {
  const settings = settingsOf(told)
  await pool.begin(async (tx) => {
    const { lines } = await readAudit(tx, { what: ['server-started'], limit: 1 })
    const before = lines[0]?.detail?.settings
    const changed = isSettings(before) ? changedNames(before, settings) : []
    const line = (what: string, detail: Readonly<Record<string, unknown>>) =>
      ({
        at: clock(),
        action: what === 'server-started' ? 'E' : 'U',
        what,
        actor: { kind: 'system', id: 'server', name: 'Throughline server' },
        purpose: 'SYSADMIN',
        outcome: 0,
        detail,
      }) as const
    await recordAudit(tx, [
      line('server-started', { version: told.version, settings }),
      ...(changed.length > 0 ? [line('settings-changed', { changed })] : []),
    ])
  })
}

type Settings = Readonly<Record<string, string>>

function settingsOf({ config, trailKey, clients, apps }: Told): Settings {
  const plain = Object.entries(config)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, secret.has(name) ? '(set)' : textOf(value)])
  const registered = [...clients.map((one) => ['client', one] as const), ...apps.map((one) => ['app', one] as const)]
  return Object.fromEntries([
    ...plain,
    ['trail key', trailKey],
    ...registered.map(([kind, one]) => [
      `${kind} ${one.id}`,
      createHash('sha256').update(JSON.stringify(one)).digest('hex'),
    ]),
  ])
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function changedNames(before: Settings, now: Settings): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => before[name] !== now[name]).sort()
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string')
}
