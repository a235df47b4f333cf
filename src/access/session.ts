import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { recordAudit } from '../audit/index.ts'
import type { Sql, Tx } from '../base/index.ts'
import type { Actor } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'

/** A clinical desk is shared: 15 minutes without a look end a session, and so does a working day (facts/access-and-safety.md §2). */
export const idleMinutesMax = 15
export const sessionHoursMax = 12
const touchEveryMs = 60_000

/** What a session was opened on, so that its provider can end it, and a risky act can ask how well somebody proved who they are. */
export type SessionProof = {
  readonly issuer: string
  readonly subject: string
  /** The provider's name for its own session; absent where it tells none. */
  readonly sid?: string
  /** The provider's acr or vot. */
  readonly assurance: string
}

/**
 * Signs an actor in. The session is always a new one: a cookie that somebody brought along opens nothing afterwards.
 * @param how what proved it; and the session that this browser had, which ends now: shared PCs change hands without a sign-out
 * @returns the cookie's value: 256 random bits; only its digest is kept
 */
export async function signIn(
  tx: Tx,
  actor: Actor,
  ask: Omit<Ask, 'what'>,
  { proof, replaces }: { readonly proof?: SessionProof; readonly replaces?: string } = {},
): Promise<string> {
  if (replaces !== undefined && replaces !== '') await endFor(tx, actor, replaces, ask)
  const token = randomBytes(32).toString('base64url')
  await tx`
    insert into session (token_digest, actor, started_at, seen_at, issuer, subject, sid, assurance)
    values (${digest(token)}, ${JSON.stringify(actor)}::text::jsonb, ${ask.now}, ${ask.now},
            ${proof?.issuer ?? null}, ${proof?.subject ?? null}, ${proof?.sid ?? null}, ${proof?.assurance ?? null})`
  await recordAudit(tx, [lineFor(actor, { ...ask, what: 'sign-in', action: 'E' }, { outcome: 0 })])
  return token
}

/**
 * Writes that somebody was refused at sign-in: who they said they were is not repeated, since it may be anything.
 * @param subject the account, where a provider proved it
 */
export async function refuseSignIn(
  tx: Tx,
  kind: 'staff' | 'patient',
  { now, address, requestId, detail }: Omit<Ask, 'what'>,
  subject?: string,
): Promise<void> {
  await recordAudit(tx, [
    {
      at: now,
      action: 'E',
      what: 'sign-in-refused',
      actor: { kind, id: subject ?? 'unknown', name: 'Not known' },
      purpose: 'HOPERAT',
      outcome: 4,
      ...(detail === undefined ? {} : { detail }),
      ...(address === undefined ? {} : { address }),
      ...(requestId === undefined ? {} : { requestId }),
    },
  ])
}

/** Writes what somebody did about their own account: an app refused or ended, a passkey kept. */
export async function recordOwnAct(tx: Tx, actor: Actor, ask: Ask): Promise<void> {
  await recordAudit(tx, [lineFor(actor, { action: 'E', ...ask }, { outcome: 0 })])
}

/** Ends the session of whoever sat here before. */
async function endFor(tx: Tx, next: Actor, token: string, ask: Omit<Ask, 'what'>): Promise<void> {
  const [row] = await tx<{ actor: Actor }[]>`
    update session set ended_at = ${ask.now} where token_digest = ${digest(token)} and ended_at is null returning actor`
  if (!row) return
  const { detail: _of, ...rest } = ask
  const what = row.actor.kind === next.kind && row.actor.id === next.id ? 'sign-out' : 'switch-user'
  await recordAudit(tx, [lineFor(row.actor, { ...rest, what, action: 'E' }, { outcome: 0 })])
}

/**
 * Ends every session that a provider says is over. @param of the provider's session, or every one of a subject
 * @returns how many ended
 */
export async function endSessionsOf(
  tx: Tx,
  of: { readonly issuer: string; readonly sid?: string; readonly subject?: string },
  ask: Omit<Ask, 'what'>,
): Promise<number> {
  const { issuer, sid, subject } = of
  if (sid === undefined && subject === undefined) return 0
  const ended = await tx<{ actor: Actor }[]>`
    update session set ended_at = ${ask.now}
     where issuer = ${issuer} and ended_at is null
       and (${sid ?? null}::text is null or sid = ${sid ?? null}) and (${subject ?? null}::text is null or subject = ${subject ?? null})
    returning actor`
  await recordAudit(
    tx,
    ended.map(({ actor }) =>
      lineFor(actor, { ...ask, what: 'sign-out', action: 'E', detail: { by: 'provider' } }, { outcome: 0 }),
    ),
  )
  return ended.length
}

/** Whoever a cookie belongs to; undefined when it is unknown, ended, idle too long or too old. One statement, which mostly only reads. */
export async function readSession(sql: Sql, token: string, now: Date): Promise<Actor | undefined> {
  if (!/^[\w-]{43}$/.test(token)) return undefined
  const idleSince = new Date(now.getTime() - idleMinutesMax * 60_000)
  const oldest = new Date(now.getTime() - sessionHoursMax * 3_600_000)
  const touchBefore = new Date(now.getTime() - touchEveryMs)
  const [row] = await sql<{ actor: Actor }[]>`
    with live as (
      select actor, seen_at from session
       where token_digest = ${digest(token)} and ended_at is null and seen_at > ${idleSince} and started_at > ${oldest}),
    touched as (
      update session set seen_at = ${now}
       where token_digest = ${digest(token)} and exists (select from live where seen_at < ${touchBefore}))
    select actor from live`
  return row?.actor
}

/** Signs out: the cookie is worth nothing from now on. */
export async function signOut(tx: Tx, token: string, ask: Omit<Ask, 'what'>): Promise<void> {
  const [row] = await tx<{ actor: Actor }[]>`
    update session set ended_at = ${ask.now} where token_digest = ${digest(token)} and ended_at is null returning actor`
  if (row) await recordAudit(tx, [lineFor(row.actor, { ...ask, what: 'sign-out', action: 'E' }, { outcome: 0 })])
}

/** Deletes sessions that can never be used again. @returns how many */
export async function forgetSessions(sql: Sql, now: Date): Promise<number> {
  const oldest = new Date(now.getTime() - sessionHoursMax * 3_600_000)
  const gone = await sql`delete from session where ended_at is not null or started_at <= ${oldest}`
  return gone.count
}

/** What a form of this session carries, so that no other site can send it (CSRF). */
export function formToken(token: string): string {
  return createHash('sha256').update(`form|${token}`).digest('base64url')
}

export function isFormToken(token: string, given: string): boolean {
  const expected = Buffer.from(formToken(token))
  const got = Buffer.from(given)
  return expected.length === got.length && timingSafeEqual(expected, got)
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
