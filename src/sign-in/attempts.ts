/** Sign-ins that are under way: one cookie each, used once, for ten minutes. */
import { createHash, randomBytes } from 'node:crypto'
import type { Sql } from '../base/index.ts'

export type App = 'staff' | 'patient'

export const attemptMinutesMax = 10

export type Attempt = {
  /** A page of ours to go to afterwards, as the page that began it checked. */
  readonly next?: string
  /** What was proven already, where a role is still to be chosen. */
  readonly proven?: unknown
}

export type TakenAttempt = Attempt & { readonly startedAt: Date }

/** @returns the secret for the browser's cookie: 256 random bits; only its digest is kept */
export async function beginAttempt(sql: Sql, app: App, { next, proven }: Attempt, now: Date): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  await sql`
    insert into sign_in_attempt (secret_digest, app, next, proven, started_at)
    values (${digestOf(secret)}, ${app}, ${next ?? null}, ${proven === undefined ? null : JSON.stringify(proven)}::text::jsonb, ${now})`
  return secret
}

/** Takes an attempt, so that nobody takes it again. @returns undefined: unknown, of the other app, too old, or taken before */
export async function takeAttempt(sql: Sql, app: App, secret: string, now: Date): Promise<TakenAttempt | undefined> {
  const oldest = new Date(now.getTime() - attemptMinutesMax * 60_000)
  const [row] = await sql<{ next: string | null; proven: unknown; startedAt: Date }[]>`
    delete from sign_in_attempt where secret_digest = ${digestOf(secret)} and app = ${app}
    returning next, proven, started_at as "startedAt"`
  if (!row || row.startedAt.getTime() <= oldest.getTime()) return undefined
  const { startedAt } = row
  return {
    startedAt,
    ...(row.next === null ? {} : { next: row.next }),
    ...(row.proven === null ? {} : { proven: row.proven }),
  }
}

/** Remembers that a signed statement was used. @returns false when it was used before */
export async function useAssertionOnce(sql: Sql, id: string, expiresAt: Date): Promise<boolean> {
  const rows = await sql<{ one: number }[]>`
    insert into used_assertion (id_digest, expires_at) values (${digestOf(id)}, ${expiresAt}) on conflict do nothing returning 1 as one`
  return rows.length === 1
}

/** Deletes what nobody can use any more. @returns how many rows */
export async function forgetAttempts(sql: Sql, now: Date): Promise<number> {
  const oldest = new Date(now.getTime() - attemptMinutesMax * 60_000)
  const attempts = await sql`delete from sign_in_attempt where started_at <= ${oldest}`
  const used = await sql`delete from used_assertion where expires_at <= ${now}`
  return attempts.count + used.count
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
