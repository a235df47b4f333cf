import type { FastifyInstance } from 'fastify'
import {
  beginActing,
  choicesOf,
  chooseSharing,
  endProxy,
  openActsFor,
  openOwnRecord,
  proxiesOf,
  recordOwnAct,
  stopActing,
  withTrail,
} from '../../access/index.ts'
import { Problem } from '../../base/index.ts'
import type { PatientNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { askFor, sendPage, sessionToken, visitOf } from '../visit.ts'
import { choicesView, peopleView } from './view.tsx'

/** What a person chooses about their record: sharing, and who may act for them; and the people whom they act for themselves. */
export function choicePages(app: FastifyInstance, needs: PatientNeeds): void {
  const { sql } = needs

  app.get(routes.choices, async (request, reply) => {
    const visit = visitOf(request)
    const shown = await withTrail(sql, async (tx) => {
      const { persons } = await openOwnRecord(tx, visit.actor, askFor(visit, 'patient-record', { section: 'choices' }))
      const acting = visit.actor.actingFor !== undefined
      return {
        choices: await choicesOf(tx, persons),
        // Who else acts for somebody is not told to one of them.
        proxies: acting ? [] : await proxiesOf(tx, visit.actor, visit.now),
        acting,
      }
    })
    return sendPage(reply, choicesView({ shell: visit.shell, done: queryOf(request.query), ...shown }))
  })

  app.post(routes.choices, async (request, reply) => {
    const visit = visitOf(request)
    const what = fieldOf(request.body, 'do')
    const done = await withTrail(sql, async (tx) => {
      const ask = askFor(visit, 'patient-record', { section: 'choices' })
      const opened = await openOwnRecord(tx, visit.actor, ask)
      if (what === 'object' || what === 'share') {
        await chooseSharing(tx, visit.actor, opened, what, ask)
        return what
      }
      if (visit.actor.actingFor !== undefined)
        throw new Problem('forbidden', 'Only the person themselves ends this', 'Stop acting for them first.')
      const id = fieldOf(request.body, 'proxy')
      if (!(await endProxy(tx, visit.actor, id, visit.now)))
        throw new Problem('not-found', 'This had ended already', 'Go back to your choices.')
      const told = askFor(visit, 'choice-changed', { choice: 'end-proxy', proxy: id })
      await recordOwnAct(tx, visit.actor, { ...told, action: 'U' })
      return 'ended'
    })
    return reply.redirect(`${paths.choices}?done=${done}`, 303)
  })

  app.get(routes.people, async (request, reply) => {
    const visit = visitOf(request)
    const people = await withTrail(sql, (tx) => openActsFor(tx, visit.actor, askFor(visit, 'proxies-listed')))
    return sendPage(reply, peopleView({ shell: visit.shell, people, acting: visit.actor.actingFor }))
  })

  app.post(routes.people, async (request, reply) => {
    const visit = visitOf(request)
    const token = sessionToken(request, needs)
    const proxy = fieldOf(request.body, 'proxy')
    await withTrail(sql, async (tx) => {
      if (proxy === '') await stopActing(tx, visit.actor, token, askFor(visit, 'proxy-stopped'))
      else await beginActing(tx, visit.actor, token, proxy, askFor(visit, 'proxy-began'))
    })
    return reply.redirect(paths.home, 303)
  })
}

function fieldOf(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return ''
  const value: unknown = Reflect.get(body, name)
  // NUL stands in no text, and PostgreSQL takes none.
  return typeof value === 'string' ? value.slice(0, 100).replaceAll('\u0000', '') : ''
}

function queryOf(query: unknown): string {
  return fieldOf(query, 'done')
}
