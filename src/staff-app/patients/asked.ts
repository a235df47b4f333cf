/** A page of one record, as it is now or as it was known at the moment in its address: opened, and sent so that its links stay there. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { OpenedRecord, OpenedRecordAt } from '../../access/index.ts'
import { type Pool, Problem, type Tx } from '../../base/index.ts'
import { pageHeaders, renderPage, type Safe } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { sendPage, visitOf } from '../visit.ts'
import type { RecordModel } from './frame.tsx'
import { askedMoment, atMoment, momentText } from './moment.ts'
import { openPage } from './open.ts'
import { openPast } from './open-past.ts'
import { noRecordThenView } from './past.tsx'

/** The sections that can be looked at as known at a moment, as the router knows them within `/patients/:person`. */
const past = new Set<string>(['/facts/:type/:id'])

/** For the routes that go by the moment of the address. @param section `''` for the summary, else `/medicines` */
export function hasPast(section: string): void {
  past.add(section)
}

/** A page that knows no past must not pass for a page of the past: an address with a moment is refused there (hazard H-26). */
export function refusePastElsewhere(app: FastifyInstance): void {
  app.addHook('preHandler', async (request) => {
    const { at } = (request.query ?? {}) as { readonly at?: unknown }
    const [, section] = /\/patients\/:person(.*)$/.exec(request.routeOptions.url ?? '') ?? []
    if (at === undefined || at === '' || at === 'now' || section === undefined || past.has(section)) return
    throw new Problem(
      'conflict',
      'This page shows only what is known now, and you were looking at the past',
      'Go back, or return to the record as it is now.',
    )
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
  { request, reply }: { readonly request: Asked; readonly reply: FastifyReply },
  page: {
    readonly what: string
    readonly detail: Readonly<Record<string, string>>
    readonly also: (tx: Tx, opened: OpenedRecord | OpenedRecordAt) => Promise<Extra>
  },
): Promise<{ readonly model: RecordModel; readonly extra: Extra } | undefined> {
  const visit = visitOf(request)
  const { person } = request.params
  const moment = askedMoment(request, 'at', visit.now)
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
export function sendRecordPage(reply: FastifyReply, page: Safe, { past: then, person }: RecordModel): FastifyReply {
  if (then === undefined) return sendPage(reply, page)
  return reply.headers(pageHeaders).send(atMoment(renderPage(page), { path: paths.patient(person), at: then.at }))
}

/** The same page of the person whom this one became. */
export function moved(reply: FastifyReply, person: string, request: Asked, query = ''): FastifyReply {
  const rest = request.url.split('?')[0]?.split('/patients/')[1]?.split('/').slice(1) ?? []
  return reply.redirect(paths.patient(person, ...rest.map(decodeURIComponent)) + query, 303)
}
