/** A page of one record, as it is now or as it was known at the moment in its address: opened, and sent so that its links stay there. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { OpenedRecord, OpenedRecordAt } from '../../access/index.ts'
import type { Pool, Tx } from '../../base/index.ts'
import { pageHeaders, renderPage, type Safe } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { sendPage, visitOf } from '../visit.ts'
import type { RecordModel } from './frame.tsx'
import { askedMoment, atMoment, type Moment, momentText } from './moment.ts'
import { openPage } from './open.ts'
import { openPast } from './open-past.ts'
import { noPastView, noRecordThenView } from './past.tsx'

/** The sections that can be looked at as known at a moment, as the router knows them within `/patients/:person`. */
const past = new Set<string>(['/facts/:type/:id', '/compare', '/search', '/search/:result'])

/** For the routes that go by the moment of the address. @param section `''` for the summary, else `/medicines` */
export function hasPast(section: string): void {
  past.add(section)
}

/**
 * A page that knows no past must not pass for a page of the past: at an address with a moment it says why, and leads to this page as it is
 * now and to the record as it was known then (hazards H-26, H-81).
 */
export function refusePastElsewhere(app: FastifyInstance): void {
  app.addHook('preHandler', async (request, reply) => {
    const { at } = (request.query ?? {}) as { readonly at?: unknown }
    const [, section] = /\/patients\/:person(.*)$/.exec(request.routeOptions.url ?? '') ?? []
    if (at === undefined || at === '' || at === 'now' || section === undefined || past.has(section)) return
    const { shell, now } = visitOf(request)
    const { person = '' } = (request.params ?? {}) as { readonly person?: string }
    const moment = askedMoment(request, 'at', now)
    const then = moment.kind === 'past' ? { at: moment.at } : {}
    const here = request.url.split('?')[0] ?? ''
    return sendPage(reply, noPastView({ shell, person, section, here, ...then }), 409)
  })
}

export type Asked = FastifyRequest<{
  Params: { person: string; [name: string]: string }
  Querystring: Record<string, string | readonly string[] | undefined>
}>

/**
 * Opens the record as the request asks for it. Undefined: it is answered already, since the person leads to another address, or there is no
 * record of that moment.
 * @throws Problem 'forbidden' | 'not-found'
 */
export async function openAsked<Extra>(
  sql: Pool,
  {
    request,
    reply,
    moment = askedMoment(request, 'at', visitOf(request).now),
  }: {
    readonly request: Asked
    readonly reply: FastifyReply
    /** Absent: that of the address. */
    readonly moment?: Moment
  },
  page: {
    readonly what: string
    readonly detail: Readonly<Record<string, string>>
    readonly also: (tx: Tx, opened: OpenedRecord | OpenedRecordAt) => Promise<Extra>
  },
): Promise<{ readonly model: RecordModel; readonly extra: Extra } | undefined> {
  const visit = visitOf(request)
  const { person } = request.params
  if (moment.kind === 'now') {
    const opened = await openPage(sql, visit, { person, ...page })
    if (opened.movedTo === undefined) return opened
    moved(reply, opened.movedTo, request)
    return undefined
  }
  const opened = await openPast(sql, visit, { person, moment, ...page })
  if (opened.kind === 'none') {
    const here = request.url.split('?')[0] ?? ''
    sendPage(
      reply,
      noRecordThenView({ shell: visit.shell, person: opened.person, here, no: opened.no }),
      opened.no.why === 'unreadable' ? 400 : 200,
    )
    return undefined
  }
  if (opened.movedTo === undefined) return opened
  moved(
    reply,
    opened.movedTo,
    request,
    moment.kind === 'past' ? `?at=${encodeURIComponent(momentText(moment.at))}` : '',
  )
  return undefined
}

/** Sends a page of one record; one of the past with links that stay there. */
export function sendRecordPage(
  reply: FastifyReply,
  page: Safe,
  { past: then, person }: RecordModel,
  status = 200,
): FastifyReply {
  if (then === undefined) return sendPage(reply, page, status)
  return reply
    .code(status)
    .headers(pageHeaders)
    .send(atMoment(renderPage(page), { path: paths.patient(person), at: then.at }))
}

/** The same page of the person whom this one became. */
export function moved(reply: FastifyReply, person: string, request: Asked, query = ''): FastifyReply {
  const asked = request.url.split('?')[0]?.split('/patients/')[1]?.split('/').slice(1) ?? []
  // Results are sealed for the record that was searched: a record that was joined with another is searched anew, there.
  const rest = asked[0] === 'search' ? ['search'] : asked
  return reply.redirect(paths.patient(person, ...rest.map(decodeURIComponent)) + query, 303)
}
