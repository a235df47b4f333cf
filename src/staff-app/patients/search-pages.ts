import type { FastifyInstance } from 'fastify'
import { Problem } from '../../base/index.ts'
import { openSearch, sealSearch, searchBytesMax } from '../find/sealed-search.ts'
import { formField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths } from '../paths.ts'
import { visitOf } from '../visit.ts'
import { type Asked, openAsked, sendRecordPage } from './asked.ts'
import { momentOf } from './moment.ts'
import { searchFormView, searchView } from './search.tsx'

/**
 * Search within one record: typed by POST, shown at an opaque address that only this session opens, for this person only. The trail says
 * that the record was searched, and never for what. A past view is searched as it was known then.
 */
export function searchPages(app: FastifyInstance, { sql }: Pick<StaffNeeds, 'sql'>): void {
  const page = { what: 'record-page', detail: { section: 'search' }, also: async () => undefined }

  app.get('/patients/:person/search', async (request: Asked, reply) => {
    const opened = await openAsked(sql, { request, reply }, page)
    return opened ? sendRecordPage(reply, searchFormView(opened.model), opened.model) : reply
  })

  app.post('/patients/:person/search', async (request: Asked, reply) => {
    const typed = formField(request.body, 'words')
    const error = wrongIn(typed)
    const at = formField(request.body, 'at').slice(0, 60)
    const { token, now } = visitOf(request)
    if (error !== undefined) {
      const opened = await openAsked(sql, { request, reply, moment: momentOf(at, now) }, page)
      return opened ? sendRecordPage(reply, searchFormView(opened.model, error), opened.model, 422) : reply
    }
    const { person } = request.params
    const results = paths.patient(person, 'search', sealSearch(sealed(token, person), typed))
    return reply.redirect(at === '' ? results : `${results}?at=${encodeURIComponent(at)}`, 303)
  })

  app.get('/patients/:person/search/:result', async (request: Asked, reply) => {
    const { person, result = '' } = request.params
    const typed = openSearch(sealed(visitOf(request).token, person), result)
    if (typed === undefined)
      throw new Problem(
        'not-found',
        'These results are not open any more',
        'Search again: results end with the session that found them.',
      )
    const opened = await openAsked(sql, { request, reply }, page)
    if (!opened) return reply
    const number = Number(/^\d{1,6}$/.exec(String(request.query.page ?? ''))?.[0] ?? 1)
    return sendRecordPage(reply, searchView(opened.model, typed, { result, page: Math.max(1, number) }), opened.model)
  })
}

/** Sealed apart from searches for people, and for this person alone. */
function sealed(token: string, person: string): string {
  return `record|${person}|${token}`
}

function wrongIn(typed: string): string | undefined {
  if (!/[\p{L}\p{N}]/u.test(typed)) return 'Type a word to look for'
  if (Buffer.byteLength(typed) > searchBytesMax) return 'This is too long. Type only the words that tell most'
  return undefined
}
