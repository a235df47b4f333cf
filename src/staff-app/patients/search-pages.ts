import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../../base/index.ts'
import { openSearch, sealSearch, searchBytesMax } from '../find/sealed-search.ts'
import { formField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths } from '../paths.ts'
import { sendPage, visitOf } from '../visit.ts'
import { openPage } from './open.ts'
import { searchFormView, searchView } from './search.tsx'

type Asked = FastifyRequest<{ Params: { person: string; result: string }; Querystring: { page?: string } }>

/**
 * Search within one record: typed by POST, shown at an opaque address that only this session opens, for this person only. The trail says
 * that the record was searched, and never for what.
 */
export function searchPages(app: FastifyInstance, { sql }: Pick<StaffNeeds, 'sql'>): void {
  const open = (request: Asked) =>
    openPage(sql, visitOf(request), {
      person: request.params.person,
      what: 'record-page',
      detail: { section: 'search' },
      also: async () => undefined,
    })

  app.get('/patients/:person/search', async (request: Asked, reply) => {
    const { model } = await open(request)
    return sendPage(reply, searchFormView(model))
  })

  app.post('/patients/:person/search', async (request: Asked, reply) => {
    const typed = formField(request.body, 'words')
    const error = wrongIn(typed)
    if (error !== undefined) return sendPage(reply, searchFormView((await open(request)).model, error), 422)
    const { token } = visitOf(request)
    const { person } = request.params
    return reply.redirect(paths.patient(person, 'search', sealSearch(sealed(token, person), typed)), 303)
  })

  app.get('/patients/:person/search/:result', async (request: Asked, reply) => {
    const { person, result } = request.params
    const typed = openSearch(sealed(visitOf(request).token, person), result)
    if (typed === undefined)
      throw new Problem(
        'not-found',
        'These results are not open any more',
        'Search again: results end with the session that found them.',
      )
    const { model, movedTo } = await open(request)
    // A record that was joined with another is searched anew, there.
    if (movedTo !== undefined) return reply.redirect(paths.patient(movedTo, 'search'), 303)
    const page = /^\d{1,6}$/.test(request.query.page ?? '') ? Number(request.query.page) : 1
    return sendPage(reply, searchView(model, typed, { result, page: Math.max(1, page) }))
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
