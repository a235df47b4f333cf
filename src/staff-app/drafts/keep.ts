/** A form that was sent after its session had ended: nothing is done, and what was written is kept for whoever wrote it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Draft, type EndedSession, keepDraft } from '../../access/index.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths } from '../paths.ts'
import { isByClock, isOwnPage, sessionBefore, sessionToken, withNext } from '../session.ts'
import { openDraft } from '../write/seal.ts'

const late = new WeakMap<FastifyRequest, EndedSession>()

/** Whether a request is a form of somebody whose time was up: it goes on until its body and its key are read. */
export async function isLate(request: FastifyRequest, needs: StaffNeeds): Promise<boolean> {
  if (request.method !== 'POST' || sessionToken(request, needs) === '') return false
  const before = await sessionBefore(request, needs)
  if (before === undefined || !isByClock(before) || before.actor.kind !== 'staff') return false
  late.set(request, before)
  return true
}

/** @returns undefined when the request is not late */
export async function keepLate(
  request: FastifyRequest,
  reply: FastifyReply,
  needs: StaffNeeds,
): Promise<FastifyReply | undefined> {
  const before = late.get(request)
  if (!before) return undefined
  const { sql, clock, secrets } = needs
  const draft = draftIn(request.body, {
    address: request.url.split('?')[0] ?? '',
    from: request.headers.referer,
    token: sessionToken(request, needs),
  })
  const ask = { what: 'draft-kept', now: clock(), address: request.ip, requestId: request.id }
  const id = await sql.begin((tx) =>
    keepDraft(tx, before.actor, draft, { secrets, ask, person: personIn(draft.address) }),
  )
  return reply.redirect(withNext(paths.signedOut, paths.draft(id)), 303)
}

/**
 * @param from the page that held the form, as the browser tells it
 * @param token of the session that it was filled in: answers that were checked already were sealed with it
 */
export function draftIn(
  body: unknown,
  { address, from, token }: { readonly address: string; readonly from?: string | undefined; readonly token: string },
): Draft {
  const fields: Record<string, string | readonly string[]> = {}
  for (const [name, value] of Object.entries(typeof body === 'object' && body !== null ? body : {}))
    if (typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string')))
      fields[name] = value
  const checked = typeof fields.draft === 'string' ? openDraft(token, fields.draft) : undefined
  const { draft: _sealed, step: _step, ...rest } = fields
  const page = from !== undefined && URL.canParse(from) ? new URL(from).pathname + new URL(from).search : ''
  return { address, ...(isOwnPage(page) ? { page } : {}), fields: { ...rest, ...checked?.answers } }
}

/** The person whose record an address is in. */
export function personIn(address: string): string | undefined {
  const [, person] = /^\/staff\/patients\/([^/?]+)/.exec(address) ?? []
  return person === undefined ? undefined : decodeURIComponent(person)
}
