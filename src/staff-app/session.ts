import type { FastifyReply, FastifyRequest } from 'fastify'
import { mayStaff, type Permission, readSession, roleNames, type Staff, sessionHoursMax } from '../access/index.ts'
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

export function takeCookie(reply: FastifyReply, { secureCookies }: Secure): void {
  const { name, path } = cookieFor(secureCookies)
  reply.clearCookie(name, { path, secure: secureCookies })
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
  const actor = await readSession(needs.sql, token, now)
  if (actor?.kind !== 'staff') return false
  const shell = shellFor(actor, needs)
  beginVisit(request, { actor, shell, now, token, address: request.ip, requestId: request.id })
  return true
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

/** Sends to sign-in, and back to the same page afterwards. */
export function toSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const next = request.method === 'GET' && isOwnPage(request.url) && request.url !== base ? request.url : undefined
  return reply.redirect(next === undefined ? paths.signIn : `${paths.signIn}?next=${encodeURIComponent(next)}`, 303)
}

/** Whether an address is a page of the staff app, so that sign-in leads nowhere else: also not by way of `..`. */
export function isOwnPage(address: string): boolean {
  if (!/^\/staff([/?][\w%.~/?&=+-]*)?$/.test(address) || address.length > 500) return false
  const { pathname, search } = new URL(address, 'https://here.invalid')
  return pathname + search === address
}
