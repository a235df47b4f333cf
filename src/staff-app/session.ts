import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  type Actor,
  type EndedSession,
  endedSession,
  type LiveSession,
  lookAtSession,
  mayStaff,
  type Permission,
  roleNames,
  type Staff,
  sessionHoursMax,
  sessionName,
} from '../access/index.ts'
import { attemptMinutesMax } from '../sign-in/index.ts'
import type { StaffNeeds } from './needs.ts'
import { base, paths } from './paths.ts'
import type { StaffPlace, StaffShell } from './shell.tsx'
import { beginVisit } from './visit.ts'

/**
 * The session's cookie. Over TLS its name makes browsers hold it to this host and to TLS, so that nobody beside us can set it; such a name
 * needs the whole site as its path.
 */
const cookieFor = (secure: boolean) => ({
  name: secure ? '__Host-throughline_staff' : 'throughline_staff',
  path: secure ? '/' : base,
})
/** For the key in forms. */
export const sessionCookieName = (secure: boolean): string => cookieFor(secure).name
const attemptFor = (secure: boolean) => ({
  name: secure ? '__Host-throughline_staff_begun' : 'throughline_staff_begun',
  path: secure ? '/' : base,
})

const beforeFor = (secure: boolean) => ({
  name: secure ? '__Host-throughline_staff_before' : 'throughline_staff_before',
  path: secure ? '/' : base,
})

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked by the page itself or about the session's end: nobody opened anything, and the time goes on running. */
    quiet?: true
    /** Reviews, policy, exports: it asks for a strong proof of who somebody is, made a short while ago. */
    risky?: true
  }
}

type Secure = Pick<StaffNeeds, 'secureCookies'>

/** The session's token as the browser sent it; '' when it sent none. */
export function sessionToken(request: FastifyRequest, { secureCookies }: Secure): string {
  return request.cookies[cookieFor(secureCookies).name] ?? ''
}

export function giveCookie(reply: FastifyReply, token: string, { secureCookies }: Secure): void {
  const { name, path } = cookieFor(secureCookies)
  reply.setCookie(name, token, {
    path,
    httpOnly: true,
    sameSite: 'lax',
    secure: secureCookies,
    maxAge: sessionHoursMax * 3_600,
  })
}

/** Takes the cookie away, and leaves the name of the session that is over: the next person here is led to none of its pages. */
export function takeCookie(reply: FastifyReply, { secureCookies }: Secure, token = ''): void {
  const { name, path } = cookieFor(secureCookies)
  reply.clearCookie(name, { path, secure: secureCookies })
  if (token === '') return
  const before = beforeFor(secureCookies)
  reply.setCookie(before.name, sessionName(token), {
    path: before.path,
    httpOnly: true,
    sameSite: 'lax',
    secure: secureCookies,
    maxAge: sessionHoursMax * 3_600,
  })
}

export function forgetBefore(request: FastifyRequest, reply: FastifyReply, { secureCookies }: Secure): void {
  const { name, path } = beforeFor(secureCookies)
  if (request.cookies[name] !== undefined) reply.clearCookie(name, { path, secure: secureCookies })
}

/** The session that this browser had last, when it is over. */
export async function sessionBefore(request: FastifyRequest, needs: StaffNeeds): Promise<EndedSession | undefined> {
  const { sql, clock, secrets } = needs
  const token = sessionToken(request, needs)
  const name = request.cookies[beforeFor(needs.secureCookies).name] ?? ''
  if (token !== '') return await endedSession(sql, { token }, clock(), secrets)
  return name === '' ? undefined : await endedSession(sql, { name }, clock(), secrets)
}

/** Whoever sat here last: their session may go on or be over. */
export async function lastHere(request: FastifyRequest, needs: StaffNeeds): Promise<Actor | undefined> {
  const live = await lookAtSession(needs.sql, sessionToken(request, needs), needs.clock(), 'quiet')
  return (live ?? (await sessionBefore(request, needs)))?.actor
}

/** The secret of a sign-in that is under way: it ties the provider's answer to this browser. */
export function attemptSecret(request: FastifyRequest, { secureCookies }: Secure): string {
  return request.cookies[attemptFor(secureCookies).name] ?? ''
}

export function giveAttempt(reply: FastifyReply, secret: string, { secureCookies }: Secure): void {
  const { name, path } = attemptFor(secureCookies)
  reply.setCookie(name, secret, {
    path,
    httpOnly: true,
    sameSite: 'lax',
    secure: secureCookies,
    maxAge: attemptMinutesMax * 60,
  })
}

export function takeAttempt(reply: FastifyReply, { secureCookies }: Secure): void {
  const { name, path } = attemptFor(secureCookies)
  reply.clearCookie(name, { path, secure: secureCookies })
}

/** Finds who is behind a request and begins their visit. @returns false when nobody is signed in */
export async function recognise(request: FastifyRequest, needs: StaffNeeds): Promise<boolean> {
  const token = sessionToken(request, needs)
  if (token === '') return false
  const now = needs.clock()
  const session = await lookAtSession(needs.sql, token, now, request.routeOptions.config.quiet ? 'quiet' : 'page')
  if (session?.actor.kind !== 'staff') return false
  const { actor } = session
  const shell = { ...shellFor(actor, needs), session }
  beginVisit(request, { actor, shell, session, now, token, address: request.ip, requestId: request.id })
  return true
}

/** Seconds until the session ends, when nothing is opened until then. */
export function secondsLeft({ session, now }: { readonly session: LiveSession; readonly now: Date }): number {
  return Math.max(0, Math.floor((session.idleUntil.getTime() - now.getTime()) / 1_000))
}

const ways: readonly (readonly [StaffPlace, Permission])[] = [
  ['find', 'find-people'],
  ['worklist', 'see-worklist'],
  ['lists', 'see-lists'],
  ['recent', 'open-record'],
  ['feeds', 'see-feeds'],
  ['identity', 'settle-identity'],
  ['trail', 'read-trail'],
  ['estate', 'see-estate'],
]

/** The frame for somebody: only the places that their role may open. The doors check again. */
function shellFor(actor: Staff, { assets, demo }: StaffNeeds): StaffShell {
  return {
    assets,
    demo,
    staff: { name: actor.name, role: roleNames[actor.role], organisation: actor.organisation.name },
    places: ways.filter(([, permission]) => mayStaff(actor.role, permission)).map(([place]) => place),
  }
}

/** Sends to sign-in, and back to the same page afterwards; who was signed out by the clock is told so first. */
export async function toSignIn(request: FastifyRequest, reply: FastifyReply, needs: StaffNeeds): Promise<FastifyReply> {
  const next = request.method === 'GET' && isOwnPage(request.url) && request.url !== base ? request.url : undefined
  const before = sessionToken(request, needs) === '' ? undefined : await sessionBefore(request, needs)
  return reply.redirect(withNext(isByClock(before) ? paths.signedOut : paths.signIn, next), 303)
}

/** Whether a session ended by itself, and not by its reader or its provider. */
export function isByClock(before: EndedSession | undefined): boolean {
  return before?.why === 'idle' || before?.why === 'too-long'
}

export function withNext(path: string, next: string | undefined): string {
  return next === undefined ? path : `${path}?next=${encodeURIComponent(next)}`
}

/** Whether an address is a page of the staff app, so that sign-in leads nowhere else: also not by way of `..`. */
export function isOwnPage(address: string): boolean {
  if (!/^\/staff([/?][\w%.~/?&=+-]*)?$/.test(address) || address.length > 500) return false
  const { pathname, search } = new URL(address, 'https://here.invalid')
  return pathname + search === address
}
