/** The door of one app: from the press on "Sign in" to a session, or to a refusal that says why. */
import { type Ask, type Patient, refuseSignIn, type SessionProof, type Staff, signIn } from '../access/index.ts'
import type { Clock, Pool } from '../base/index.ts'
import type { Secrets } from '../secrets/index.ts'
import { type App, beginAttempt, type TakenAttempt, takeAttempt } from './attempts.ts'
import { linkLogin } from './login-link.ts'
import type { Proven, Provider } from './provider.ts'
import { isRefused, type Refused } from './refusals.ts'
import type { RoleChoice, StaffProven } from './staff-claims.ts'

type From = Pick<Ask, 'address' | 'requestId'>

export type Entered<A> = {
  readonly kind: 'in'
  readonly actor: A
  readonly proof: SessionProof
  readonly next?: string
}
export type Choosing = { readonly kind: 'choose'; readonly secret: string; readonly choices: readonly RoleChoice[] }
export type TurnedAway = { readonly kind: 'refused'; readonly next?: string } & Refused
/** Somebody who is signed in proved again that it is they. @property session whose it is, as `sessionName` names it */
export type Confirmed = {
  readonly kind: 'confirmed'
  readonly session: string
  readonly assurance: string
  readonly next?: string
}
export type Outcome<A> = Entered<A> | Choosing | Confirmed | TurnedAway

export type Door<A extends Staff | Patient> = {
  /** @returns where to send the browser, and the secret for its cookie */
  begin(
    next: string | undefined,
    asked?: Readonly<Record<string, string>>,
  ): Promise<{ readonly url: string; readonly secret: string }>
  /**
   * The same for somebody who is signed in already: they prove now, by a strong level, that it is still they.
   * @param of the session, and the account that opened it
   */
  beginConfirm(next: string | undefined, of: Confirms): Promise<{ readonly url: string; readonly secret: string }>
  /** Takes the provider's answer. A refusal is in the trail when this returns. */
  finish(secret: string, answer: URL, from: From): Promise<Outcome<A>>
  /** Takes the choice of a role after `finish` asked for one. */
  choose(secret: string, roleId: string, from: From): Promise<Outcome<A>>
  /** Opens the session, ends the one that this browser had, and writes both to the trail. @returns the session's token */
  enter(entered: Entered<A>, from: From, replaces?: string): Promise<string | TurnedAway>
  /** Where the browser ends the provider's session too; undefined when it offers none, or is away. */
  signOutUrl(idToken?: string): Promise<string | undefined>
  readonly provider: Provider
}

export type Confirms = { readonly session: string; readonly issuer: string; readonly subject: string }

export type DoorNeeds = {
  readonly sql: Pool
  readonly clock: Clock
  readonly provider: Provider
  /** Seals what is kept of the provider's answer. */
  readonly secrets: Secrets
  /** Levels that are enough for what is risky. Absent: this door has no such acts. */
  readonly strong?: readonly string[]
}

const aboutMs = 5_000

/** What was proven, while its owner chooses a role: it holds the provider's token, and stands sealed. */
type Kept = { readonly choices: readonly RoleChoice[]; readonly proof: SessionProof }
const choiceAs = 'choice of a role'

type Judged<A> =
  | { readonly actor: A; readonly assurance: string }
  | { readonly choices: readonly RoleChoice[]; readonly assurance: string }
  | Refused

/** @param judge what the claims make of somebody: who they are here, several roles to choose from, or a refusal */
export function makeDoor<A extends Staff | Patient>(
  { sql, clock, provider, secrets, strong = [] }: DoorNeeds,
  app: App,
  judge: (proven: Proven, now: Date) => Judged<A>,
): Door<A> {
  async function refuse(
    refused: Refused,
    { next, subject, from }: { readonly next?: string | undefined; readonly subject?: string; readonly from: From },
  ): Promise<TurnedAway> {
    await sql.begin((tx) =>
      refuseSignIn(tx, app, { now: clock(), ...from, detail: { refused: refused.refused, why: refused.why } }, subject),
    )
    return { kind: 'refused', ...refused, ...(next === undefined ? {} : { next }) }
  }
  async function confirmed(
    { next, startedAt }: TakenAttempt,
    of: Confirms,
    { secret, answer, from }: { readonly secret: string; readonly answer: URL; readonly from: From },
  ): Promise<Confirmed | TurnedAway> {
    const proven = await provider.finish(secret, answer)
    if (isRefused(proven)) return await refuse(proven, { next, from })
    const { subject, idToken, issuer } = proven
    if (issuer !== of.issuer || subject !== of.subject)
      return await refuse({ refused: 'other-person', why: 'another confirmed' }, { next, subject, from })
    const { acr, auth_time: provenAt } = idToken
    // A provider that remembers somebody has not asked whether it is still they.
    if (typeof provenAt !== 'number' || provenAt * 1_000 < startedAt.getTime() - aboutMs)
      return await refuse({ refused: 'too-weak', why: 'proven before it was asked' }, { next, subject, from })
    if (typeof acr !== 'string' || !strong.includes(acr))
      return await refuse({ refused: 'too-weak', why: 'confirmed too weakly' }, { next, subject, from })
    return { kind: 'confirmed', session: of.session, assurance: acr, ...(next === undefined ? {} : { next }) }
  }
  return {
    provider,
    async begin(next, asked) {
      const secret = await beginAttempt(sql, app, next === undefined ? {} : { next }, clock())
      return { url: (await provider.begin(secret, asked)).href, secret }
    },
    async beginConfirm(next, of) {
      const kept = { ...(next === undefined ? {} : { next }), proven: { confirms: of } }
      const secret = await beginAttempt(sql, app, kept, clock())
      const asked = { acr_values: strong.join(' '), max_age: '0', prompt: 'login' }
      return { url: (await provider.begin(secret, asked)).href, secret }
    },
    async finish(secret, answer, from) {
      const attempt = await takeAttempt(sql, app, secret, clock())
      const confirms = attempt && confirmsOf(attempt.proven)
      if (attempt && confirms) return await confirmed(attempt, confirms, { secret, answer, from })
      if (!attempt || attempt.proven !== undefined)
        return await refuse({ refused: 'expired', why: 'no such attempt' }, { from })
      const { next } = attempt
      const proven = await provider.finish(secret, answer)
      if (isRefused(proven)) return await refuse(proven, { next, from })
      const judged = judge(proven, clock())
      const { subject } = proven
      if (isRefused(judged)) return await refuse(judged, { next, subject, from })
      const proof = proofOf(proven, judged.assurance)
      if ('choices' in judged) {
        const { choices } = judged
        return {
          kind: 'choose',
          choices,
          secret: await beginAttempt(
            sql,
            app,
            { ...attempt, proven: secrets.seal(choiceAs, JSON.stringify({ choices, proof })) },
            clock(),
          ),
        }
      }
      return { kind: 'in', actor: judged.actor, proof, ...(next === undefined ? {} : { next }) }
    },
    async choose(secret, roleId, from) {
      const attempt = await takeAttempt(sql, app, secret, clock())
      const opened = typeof attempt?.proven === 'string' ? secrets.open(choiceAs, attempt.proven) : undefined
      const kept = opened === undefined ? undefined : (JSON.parse(opened) as Kept)
      if (!kept) return await refuse({ refused: 'expired', why: 'no such choice' }, { from })
      const chosen = kept.choices.find((one) => one.roleId === roleId)
      const next = attempt?.next
      if (!chosen)
        return await refuse(
          { refused: 'not-their-role', why: 'the role chosen is none of theirs' },
          { next, subject: kept.proof.subject, from },
        )
      // Only the staff door asks for a choice, and only of staff.
      return { kind: 'in', actor: chosen.staff as A, proof: kept.proof, ...(next === undefined ? {} : { next }) }
    },
    async enter({ actor, proof, next }, from, replaces) {
      const now = clock()
      const done = await sql.begin(async (tx): Promise<string | Refused> => {
        const linked = actor.kind === 'patient' ? await linkLogin(tx, proof, actor, now) : {}
        if (isRefused(linked)) return linked
        const detail = { issuer: proof.issuer, assurance: proof.assurance }
        return await signIn(
          tx,
          actor,
          { now, ...from, detail },
          { proof, secrets, ...(replaces === undefined ? {} : { replaces }) },
        )
      })
      return typeof done === 'string' ? done : await refuse(done, { next, subject: proof.subject, from })
    },
    signOutUrl: async (idToken) => await provider.signOutUrl(idToken).catch(() => undefined),
  }
}

function confirmsOf(kept: unknown): Confirms | undefined {
  return typeof kept === 'object' && kept !== null && 'confirms' in kept ? (kept.confirms as Confirms) : undefined
}

/** The same words for staff of one role and of several. */
export function judgedStaff(proven: StaffProven | Refused): Judged<Staff> {
  if (isRefused(proven) || 'choices' in proven) return proven
  return { actor: proven.staff, assurance: proven.assurance }
}

function proofOf({ issuer, subject, idToken, idTokenText }: Proven, assurance: string): SessionProof {
  const { sid } = idToken
  return { issuer, subject, assurance, idToken: idTokenText, ...(typeof sid === 'string' && sid !== '' ? { sid } : {}) }
}
