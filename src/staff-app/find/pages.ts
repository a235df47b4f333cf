import type { FastifyInstance } from 'fastify'
import { openFind, withTrail } from '../../access/index.ts'
import { Problem } from '../../base/index.ts'
import type { FormError } from '../../design/index.ts'
import { findPeople, parsePeopleQuery } from '../../identity/index.ts'
import { formField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { askFor, sendPage, visitOf } from '../visit.ts'
import { differenceWords } from './difference-words.ts'
import { personLine } from './person-line.ts'
import { openSearch, sealSearch, searchBytesMax } from './sealed-search.ts'
import { findView, foundView } from './view.tsx'

/** Finding somebody: typed by POST, shown at an opaque address that only this session opens. */
export function findPages(app: FastifyInstance, { sql }: StaffNeeds): void {
  app.get(routes.find, async (request, reply) =>
    sendPage(reply, findView({ shell: visitOf(request).shell, errors: [] })),
  )

  app.post(routes.find, async (request, reply) => {
    const { shell, token } = visitOf(request)
    const typed = formField(request.body, 'q')
    const errors = wrongIn(typed)
    if (errors.length > 0) return sendPage(reply, findView({ shell, typed, errors }), 422)
    return reply.redirect(paths.found(sealSearch(token, typed)), 303)
  })

  app.get<{ Params: { result: string } }>(routes.found, async (request, reply) => {
    const visit = visitOf(request)
    const typed = openSearch(visit.token, request.params.result)
    const query = typed === undefined ? undefined : parsePeopleQuery(typed)
    if (typed === undefined || !query?.ok) {
      throw new Problem(
        'not-found',
        'These results are not open any more',
        'Search again: results end with the session that found them.',
      )
    }
    const ask = askFor(visit, 'patient-search', { fields: Object.keys(query.value) })
    let more = false
    const found = await withTrail(sql, (tx) =>
      openFind(tx, visit.actor, ask, async () => {
        const answer = await findPeople(tx, query.value)
        more = answer.more
        return answer.people
      }),
    )
    const people = found.map(({ person, members, differences, restricted }) => ({
      ...personLine(person, members, { role: visit.actor.role, now: visit.now, restricted }),
      ...(differences.length === 0 ? {} : { note: differences.map(differenceWords).join('. ') }),
    }))
    return sendPage(reply, foundView({ shell: visit.shell, typed, people, more }))
  })
}

function wrongIn(typed: string): readonly FormError[] {
  if (typed === '') return [{ field: 'q', text: 'Type a name, a date of birth, a postcode or an NHS number' }]
  if (Buffer.byteLength(typed) > searchBytesMax)
    return [{ field: 'q', text: 'This is too long. Type only the names that tell most, and the date of birth' }]
  const query = parsePeopleQuery(typed)
  if (query.ok) return []
  return query.issues.map(({ message, remedy }) => ({ field: 'q', text: [message, remedy].filter(Boolean).join(' ') }))
}
