import type { FastifyInstance } from 'fastify'
import { withTrail } from '../../access/index.ts'
import type { StaffNeeds } from '../needs.ts'
import { routes } from '../paths.ts'
import { sendPage, visitOf } from '../visit.ts'
import { recentPeople } from './recent-people.ts'
import { recentView } from './view.tsx'

/** The records this member of staff opened, newest first. */
export function recentPage(app: FastifyInstance, { sql }: StaffNeeds): void {
  app.get(routes.recent, async (request, reply) => {
    const visit = visitOf(request)
    const people = await withTrail(sql, (tx) => recentPeople(tx, visit, 25))
    return sendPage(reply, recentView({ shell: visit.shell, people }))
  })
}
