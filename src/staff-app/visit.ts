import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ask, LiveSession, Staff } from '../access/index.ts'
import { Problem } from '../base/index.ts'
import { pageHeaders, renderPage, type Safe } from '../design/index.ts'
import { withSessionEnd } from './session-end.ts'
import type { StaffShell } from './shell.tsx'

/** One request of a signed-in member of staff: what a page needs to know of it. */
export type Visit = {
  readonly actor: Staff
  /** For the frame of the page. */
  readonly shell: StaffShell
  readonly session: LiveSession
  readonly now: Date
  /** The session's token, which seals searches. Never shown or logged. */
  readonly token: string
  /** For the audit line: where the request came from, and its number in the log. */
  readonly address: string
  readonly requestId: string
}

const visits = new WeakMap<FastifyRequest, Visit>()

/** For the app's door only: remembers who is behind a request. */
export function beginVisit(request: FastifyRequest, visit: Visit): void {
  visits.set(request, visit)
}

/** Who is behind a request. Every route but sign-in, signed-out and help has one. @throws Problem 'forbidden' when nobody is */
export function visitOf(request: FastifyRequest): Visit {
  const visit = visits.get(request)
  if (!visit) throw new Problem('forbidden', 'You are not signed in', 'Sign in and try again.')
  return visit
}

/** The same, where a page is also for those who have not signed in. */
export function visitIfAny(request: FastifyRequest): Visit | undefined {
  return visits.get(request)
}

/** What this request asks for, as access and the trail want it told: `askFor(visit, 'record-page', { section: 'medicines' })`. */
export function askFor({ now, address, requestId }: Visit, what: string, detail?: Ask['detail']): Ask {
  return { what, now, address, requestId, ...(detail === undefined ? {} : { detail }) }
}

/** Sends a page with the headers that every page has. */
export function sendPage(reply: FastifyReply, page: Safe, status = 200): FastifyReply {
  const { request } = reply
  const visit = visits.get(request)
  const html = renderPage(page)
  return reply
    .code(status)
    .headers(pageHeaders)
    .send(visit === undefined || status >= 400 ? html : withSessionEnd(html, visit, request))
}
