import type { FastifyInstance } from 'fastify'
import { openOwnRecord, recordOwnAct, withTrail } from '../../access/index.ts'
import { Problem } from '../../base/index.ts'
import { endGrant, grantsOf } from '../../smart-apps/index.ts'
import type { PatientNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { askFor, sendPage, visitOf } from '../visit.ts'
import { appsView, connectView, endedView, goOnView } from './view.tsx'

type OfRequest = { Params: { uid: string } }

/** Apps that ask to see one's record, and those that may. */
export function appPages(app: FastifyInstance, { sql, appServer }: PatientNeeds): void {
  app.get<OfRequest>(routes.connect, async (request, reply) => {
    const { shell } = visitOf(request)
    const asked = await appServer?.asked({ request: request.raw, response: reply.raw })
    if (asked?.app.for !== 'patient') return sendPage(reply, endedView({ shell }), 404)
    return sendPage(reply, connectView({ shell, app: asked.app.name, scopes: asked.scopes, uid: request.params.uid }))
  })

  app.post<OfRequest>(routes.connect, async (request, reply) => {
    const visit = visitOf(request)
    const { shell, actor } = visit
    const raw = { request: request.raw, response: reply.raw }
    const asked = await appServer?.asked(raw)
    if (!appServer || asked?.app.for !== 'patient') return sendPage(reply, endedView({ shell }), 404)
    const { name, id } = asked.app
    if (actor.actingFor !== undefined)
      throw new Problem('forbidden', 'An app reads your own record only', 'Stop acting for somebody else first.')
    if (fieldOf(request.body, 'answer') !== 'yes') {
      await sql.begin((tx) => recordOwnAct(tx, actor, askFor(visit, 'app-refused', { app: id })))
      return sendPage(reply, goOnView({ shell, app: name, allowed: false, to: await appServer.refuse(raw) }))
    }
    const opened = await withTrail(sql, (tx) =>
      openOwnRecord(tx, actor, askFor(visit, 'patient-record', { section: 'apps' })),
    )
    const [first] = opened.compartments
    if (!first) throw new Problem('not-found', 'There is no record to show', 'Ask your GP practice.')
    const { person } = opened
    const { address, requestId } = visit
    const to = await appServer.allow(raw, { actor, person, patientId: first.patientId, address, requestId })
    return sendPage(reply, goOnView({ shell, app: name, allowed: true, to }))
  })

  app.get(routes.apps, async (request, reply) => {
    const visit = visitOf(request)
    const { shell, actor } = visit
    const held = await sql.begin(async (tx) => {
      await recordOwnAct(tx, actor, { ...askFor(visit, 'apps-listed'), action: 'R' })
      return [...(await grantsOf(tx, actor))]
    })
    const apps = held.map((one) => ({ ...one, name: appServer?.nameOf(one.client) ?? one.client }))
    const stopped = typeof request.query === 'object' && request.query !== null && 'stopped' in request.query
    return sendPage(reply, appsView({ shell, apps, stopped }))
  })

  app.post(routes.apps, async (request, reply) => {
    const visit = visitOf(request)
    const ended = await sql.begin(async (tx) => {
      const client = await endGrant(tx, visit.actor, fieldOf(request.body, 'grant'), visit.now)
      if (client !== undefined) await recordOwnAct(tx, visit.actor, askFor(visit, 'app-ended', { app: client }))
      return client
    })
    return reply.redirect(ended === undefined ? paths.apps : `${paths.apps}?stopped`, 303)
  })
}

function fieldOf(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return ''
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value.replaceAll('\u0000', '') : ''
}
