import type { FastifyInstance } from 'fastify'
import { openRecord, recordOwnAct, withTrail } from '../../access/index.ts'
import { Problem } from '../../base/index.ts'
import { formField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { routes } from '../paths.ts'
import { recentPeople } from '../recent/recent-people.ts'
import { askFor, sendPage, visitOf } from '../visit.ts'
import { connectView, endedView, goOnView } from './view.tsx'

type OfRequest = { Params: { uid: string } }
const shownMax = 10

/** A clinical app beside the record: a member of staff lets it read one person's. */
export function appPages(app: FastifyInstance, { sql, appServer }: Pick<StaffNeeds, 'sql' | 'appServer'>): void {
  app.get<OfRequest>(routes.connect, async (request, reply) => {
    const visit = visitOf(request)
    const { shell } = visit
    const asked = await appServer?.asked({ request: request.raw, response: reply.raw })
    if (asked?.app.for !== 'staff') return sendPage(reply, endedView({ shell }), 404)
    const recent = await withTrail(sql, (tx) => recentPeople(tx, visit, shownMax))
    const people = recent.flatMap(({ name, href, bornOn, nhsNumber }) => {
      const person = href?.split('/').at(-1)
      return person === undefined
        ? []
        : [{ person: decodeURIComponent(person), name, about: [bornOn, nhsNumber].filter(Boolean).join(', ') }]
    })
    return sendPage(
      reply,
      connectView({ shell, app: asked.app.name, scopes: asked.scopes, uid: request.params.uid, people }),
    )
  })

  app.post<OfRequest>(routes.connect, async (request, reply) => {
    const visit = visitOf(request)
    const { shell, actor } = visit
    const raw = { request: request.raw, response: reply.raw }
    const asked = await appServer?.asked(raw)
    if (!appServer || asked?.app.for !== 'staff') return sendPage(reply, endedView({ shell }), 404)
    const { name, id } = asked.app
    const patient = formField(request.body, 'patient')
    if (patient === '') {
      await sql.begin((tx) => recordOwnAct(tx, actor, askFor(visit, 'app-refused', { app: id })))
      return sendPage(reply, goOnView({ shell, app: name, allowed: false, to: await appServer.refuse(raw) }))
    }
    const opened = await withTrail(sql, (tx) =>
      openRecord(tx, actor, patient, askFor(visit, 'record-page', { section: 'apps' })),
    )
    const [first] = opened.compartments
    if (!first) throw new Problem('not-found', 'This record was not found', 'Search for the person again.')
    const { person } = opened
    const { address, requestId } = visit
    const to = await appServer.allow(raw, { actor, person, patientId: first.patientId, address, requestId })
    return sendPage(reply, goOnView({ shell, app: name, allowed: true, to }))
  })
}
