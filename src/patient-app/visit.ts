import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Ask, type Patient, readSession, sessionHoursMax } from '../access/index.ts'
import { Problem } from '../base/index.ts'
import { pageHeaders, renderPage, type Safe } from '../design/index.ts'
import { attemptMinutesMax } from '../sign-in/index.ts'
import type { PatientNeeds } from './needs.ts'
import { base } from './paths.ts'
import type { PatientShell } from './shell.tsx'

/** One request of a signed-in patient. */
export type Visit = {
  readonly actor: Patient
  readonly shell: PatientShell
  readonly now: Date
  readonly address: string
  readonly requestId: string
}

/** Over TLS the names make browsers hold the cookies to this host and to TLS; such a name needs the whole site as its path. */
const cookieFor = (secure: boolean, of: 'throughline_patient' | 'throughline_patient_begun') => ({
  name: secure ? `__Host-${of}` : of,
  path: secure ? '/' : base,
})
/** For the key in forms. */
export const sessionCookieName = (secure: boolean): string => cookieFor(secure, 'throughline_patient').name
const visits = new WeakMap<FastifyRequest, Visit>()

type Secure = Pick<PatientNeeds, 'secureCookies'>

/** The session's token as the browser sent it; '' when it sent none. */
export function sessionToken(request: FastifyRequest, { secureCookies }: Secure): string {
  return request.cookies[cookieFor(secureCookies, 'throughline_patient').name] ?? ''
}

export function giveCookie(reply: FastifyReply, token: string, { secureCookies }: Secure): void {
  const { name, path } = cookieFor(secureCookies, 'throughline_patient')
  const maxAge = sessionHoursMax * 3_600
  reply.setCookie(name, token, { path, httpOnly: true, sameSite: 'lax', secure: secureCookies, maxAge })
}

export function takeCookie(reply: FastifyReply, { secureCookies }: Secure): void {
  const { name, path } = cookieFor(secureCookies, 'throughline_patient')
  reply.clearCookie(name, { path, secure: secureCookies })
}

/** The secret of a sign-in that is under way: it ties the provider's answer to this browser. */
export function attemptSecret(request: FastifyRequest, { secureCookies }: Secure): string {
  return request.cookies[cookieFor(secureCookies, 'throughline_patient_begun').name] ?? ''
}

export function giveAttempt(reply: FastifyReply, secret: string, { secureCookies }: Secure): void {
  const { name, path } = cookieFor(secureCookies, 'throughline_patient_begun')
  const maxAge = attemptMinutesMax * 60
  reply.setCookie(name, secret, { path, httpOnly: true, sameSite: 'lax', secure: secureCookies, maxAge })
}

export function takeAttempt(reply: FastifyReply, { secureCookies }: Secure): void {
  const { name, path } = cookieFor(secureCookies, 'throughline_patient_begun')
  reply.clearCookie(name, { path, secure: secureCookies })
}

/** Finds who is behind a request and begins their visit. */
export async function recognise(request: FastifyRequest, needs: PatientNeeds): Promise<void> {
  const { sql, clock, assets, demo } = needs
  const token = sessionToken(request, needs)
  if (token === '') return
  const now = clock()
  const actor = await readSession(sql, token, now)
  if (actor?.kind !== 'patient') return
  const actingFor = actor.actingFor?.name
  const shell = { assets, demo, signedIn: true, name: actor.name, ...(actingFor === undefined ? {} : { actingFor }) }
  visits.set(request, { actor, shell, now, address: request.ip, requestId: request.id })
}

export function visitIfAny(request: FastifyRequest): Visit | undefined {
  return visits.get(request)
}

/** Who is behind a request. @throws Problem 'forbidden' when nobody is */
export function visitOf(request: FastifyRequest): Visit {
  const visit = visits.get(request)
  if (!visit) throw new Problem('forbidden', 'You are not signed in', 'Sign in and try again.')
  return visit
}

/** What this request asks for, as access and the trail want it told. */
export function askFor({ now, address, requestId }: Visit, what: string, detail?: Ask['detail']): Ask {
  return { what, now, address, requestId, ...(detail === undefined ? {} : { detail }) }
}

/** Sends a page with the headers that every page has. */
export function sendPage(reply: FastifyReply, page: Safe, status = 200): FastifyReply {
  return reply.code(status).headers(pageHeaders).send(renderPage(page))
}
