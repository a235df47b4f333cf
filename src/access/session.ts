import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { recordAudit } from '../audit/index.ts'
import type { Sql, Tx } from '../base/index.ts'
import type { Secrets } from '../secrets/index.ts'
import type { Actor, Patient } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'

/** A clinical desk is shared: 15 minutes without a look end a session, and so does a working day (facts/access-and-safety.md §2). */
export const idleMinutesMax = 15
export const sessionHoursMax = 12
const touchEveryMs = 60_000
const idleMs = idleMinutesMax * 60_000
const lastsMs = sessionHoursMax * 3_600_000
const tokenShape = /^[\w-]{43}$/
const keptAs = (key: Buffer): string => `session ${key.toString('hex')}`

/** What a session was opened on, so that its provider can end it, and a risky act can ask how well somebody proved who they are. */
export type SessionProof = {
  readonly issuer: string
  readonly subject: string
  /** The provider's name for its own session; absent where it tells none. */
  readonly sid?: string
  /** The provider's acr or vot. */
  readonly assurance: string
  /** Kept sealed while the session lives: it names the provider's session when that is ended. */
  readonly idToken?: string
}

/** A session that somebody is in. */
export type LiveSession = {
  readonly actor: Actor
  readonly startedAt: Date
  /** When it ends unless a page is opened before; never later than `lastsUntil`. */
  readonly idleUntil: Date
  /** When it ends whatever is done. */
  readonly lastsUntil: Date
  /** When and how well its reader proved who they are; absent: by no provider. */
  readonly proven?: { readonly at: Date; readonly assurance: string; readonly issuer: string; readonly subject: string }
}

/** A session that is over: who was in it, and why it ended. It opens nothing. */
export type EndedSession = {
  readonly actor: Actor
  readonly why: 'idle' | 'too-long' | 'sign-out' | 'switch-user' | 'provider'
  readonly idToken?: string
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
  {
    proof,
    replaces,
    secrets,
  }: { readonly proof?: SessionProof; readonly replaces?: string; readonly secrets?: Secrets | undefined } = {},
): Promise<string> {
  if (replaces !== undefined && replaces !== '') await endFor(tx, actor, replaces, ask)
  const token = randomBytes(32).toString('base64url')
  await tx`
    insert into session (token_digest, actor, started_at, seen_at, issuer, subject, sid, assurance, proven_at, kept)
    values (${digest(token)}, ${JSON.stringify(actor)}::text::jsonb, ${ask.now}, ${ask.now},
            ${proof?.issuer ?? null}, ${proof?.subject ?? null}, ${proof?.sid ?? null}, ${proof?.assurance ?? null}, ${ask.now},
            ${proof?.idToken === undefined ? null : (secrets?.seal(keptAs(digest(token)), proof.idToken) ?? null)})`
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
    update session set ended_at = ${ask.now},
           ended_by = case when actor ->> 'kind' = ${next.kind} and actor ->> 'id' = ${next.id} then 'sign-out' else 'switch-user' end
     where token_digest = ${digest(token)} and ended_at is null returning actor`
  if (!row) return
  const { detail: _of, ...rest } = ask
  const what = isSame(row.actor, next) ? 'sign-out' : 'switch-user'
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
    update session set ended_at = ${ask.now}, ended_by = 'provider'
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

/**
 * The session that a cookie belongs to; undefined when it is unknown, ended, idle too long or too old. One statement, which mostly only reads.
 * @param look `page`: somebody opened something, and the time until the end begins anew. `stay`: the same, written at once. `quiet`: nobody did
 */
export async function lookAtSession(
  sql: Sql,
  token: string,
  now: Date,
  look: 'page' | 'stay' | 'quiet' = 'page',
): Promise<LiveSession | undefined> {
  if (!tokenShape.test(token)) return undefined
  const idleSince = new Date(now.getTime() - idleMs)
  const oldest = new Date(now.getTime() - lastsMs)
  const touchBefore = new Date(look === 'quiet' ? 0 : now.getTime() - (look === 'stay' ? 0 : touchEveryMs))
  const [row] = await sql<Live[]>`
    with live as (
      select actor, started_at, seen_at, proven_at, assurance, issuer, subject from session
       where token_digest = ${digest(token)} and ended_at is null and seen_at > ${idleSince} and started_at > ${oldest}),
    touched as (
      update session set seen_at = ${now}
       where token_digest = ${digest(token)} and exists (select from live where seen_at < ${touchBefore}))
    select actor, started_at as "startedAt", seen_at as "seenAt", proven_at as "provenAt", assurance, issuer, subject from live`
  if (!row) return undefined
  const { actor, startedAt, seenAt, provenAt, assurance, issuer, subject } = row
  const seen = seenAt < touchBefore ? now : seenAt
  const lastsUntil = new Date(startedAt.getTime() + lastsMs)
  return {
    actor,
    startedAt,
    idleUntil: new Date(Math.min(seen.getTime() + idleMs, lastsUntil.getTime())),
    lastsUntil,
    ...(provenAt === null || assurance === null || issuer === null || subject === null
      ? {}
      : { proven: { at: provenAt, assurance, issuer, subject } }),
  }
}

type Live = {
  readonly actor: Actor
  readonly startedAt: Date
  readonly seenAt: Date
  readonly provenAt: Date | null
  readonly assurance: string | null
  readonly issuer: string | null
  readonly subject: string | null
}

/** Whoever a cookie belongs to, as `lookAtSession` finds them. */
export async function readSession(sql: Sql, token: string, now: Date): Promise<Actor | undefined> {
  return (await lookAtSession(sql, token, now))?.actor
}

/** Its reader proved again who they are, for something risky: well enough for a while from now on. */
export async function proveAgain(tx: Tx, token: string, assurance: string, ask: Omit<Ask, 'what'>): Promise<boolean> {
  const [row] = await tx<{ actor: Actor }[]>`
    update session set proven_at = ${ask.now}, seen_at = ${ask.now}, assurance = ${assurance}
     where token_digest = ${digest(token)} and ended_at is null returning actor`
  if (!row) return false
  await recordAudit(tx, [lineFor(row.actor, { ...ask, what: 'confirmed', action: 'E' }, { outcome: 0 })])
  return true
}

/** Names a session that is over to its browser: who had it knows nothing that opens anything. */
export const sessionName = (token: string): string => digest(token).toString('base64url')

/**
 * The session that a browser had before, while it is remembered (a day at most): to say why it ended, and to keep its pages from the next.
 * @param before the cookie's token, or the name that it was given at sign-out. @returns undefined while somebody is in it
 */
export async function endedSession(
  sql: Sql,
  before: { readonly token: string } | { readonly name: string },
  now: Date,
  secrets?: Secrets,
): Promise<EndedSession | undefined> {
  const text = 'token' in before ? before.token : before.name
  if (!tokenShape.test(text)) return undefined
  const key = 'token' in before ? digest(text) : Buffer.from(text, 'base64url')
  const [row] = await sql<Ended[]>`
    select actor, started_at as "startedAt", seen_at as "seenAt", ended_at as "endedAt", ended_by as "endedBy", kept
      from session where token_digest = ${key}`
  if (!row) return undefined
  const why = whyEnded(row, now)
  if (why === undefined) return undefined
  const idToken = row.kept === null ? undefined : secrets?.open(keptAs(key), row.kept)
  return { actor: row.actor, why, ...(idToken === undefined ? {} : { idToken }) }
}

type Ended = {
  readonly actor: Actor
  readonly startedAt: Date
  readonly seenAt: Date
  readonly endedAt: Date | null
  readonly endedBy: EndedSession['why'] | null
  readonly kept: string | null
}

function whyEnded({ startedAt, seenAt, endedAt, endedBy }: Ended, now: Date): EndedSession['why'] | undefined {
  if (endedAt !== null) return endedBy ?? 'sign-out'
  if (now.getTime() - startedAt.getTime() >= lastsMs && now.getTime() - seenAt.getTime() < idleMs) return 'too-long'
  if (now.getTime() - seenAt.getTime() >= idleMs) return 'idle'
  return now.getTime() - startedAt.getTime() >= lastsMs ? 'too-long' : undefined
}

export function isSame(one: Actor, other: Actor): boolean {
  return one.kind === other.kind && one.id === other.id
}

/** For access only: whom this session acts for from now on. */
export async function setActingFor(tx: Tx, token: string, actor: Patient): Promise<void> {
  await tx`update session set actor = ${JSON.stringify(actor)}::text::jsonb where token_digest = ${digest(token)} and ended_at is null`
}

/** Signs out, or makes room for the next user of a shared PC: the cookie is worth nothing from now on. */
export async function signOut(
  tx: Tx,
  token: string,
  ask: Omit<Ask, 'what'>,
  what: 'sign-out' | 'switch-user' = 'sign-out',
): Promise<void> {
  const [row] = await tx<{ actor: Actor }[]>`
    update session set ended_at = ${ask.now}, ended_by = ${what}
     where token_digest = ${digest(token)} and ended_at is null returning actor`
  if (row) await recordAudit(tx, [lineFor(row.actor, { ...ask, what, action: 'E' }, { outcome: 0 })])
}

/**
 * Deletes sessions that can never be used again, some time after they ended: until then a browser is told why.
 * @returns how many
 */
export async function forgetSessions(sql: Sql, now: Date): Promise<number> {
  const gone = await sql`delete from session where started_at <= ${new Date(now.getTime() - 2 * lastsMs)}`
  // The provider's token is of use for a moment after the end only.
  const idle = new Date(now.getTime() - 2 * idleMs)
  await sql`update session set kept = null where kept is not null and (ended_at <= ${idle} or seen_at <= ${idle})`
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
