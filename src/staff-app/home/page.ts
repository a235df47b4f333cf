import type { FastifyInstance } from 'fastify'
import { mayStaff, withTrail } from '../../access/index.ts'
import { readFeedHealth } from '../../feeds/index.ts'
import { countOpenReviews } from '../../identity/index.ts'
import type { StaffNeeds } from '../needs.ts'
import { routes } from '../paths.ts'
import { recentPeople } from '../recent/recent-people.ts'
import { sendPage, visitOf } from '../visit.ts'
import { homeView } from './view.tsx'

/** My day: what this role begins with. Counts name nobody, so they leave no line; the names of recent patients do. */
export function homePage(app: FastifyInstance, { sql }: StaffNeeds): void {
  app.get(routes.home, async (request, reply) => {
    const visit = visitOf(request)
    const { role } = visit.actor
    const { recent, waiting } = await withTrail(sql, async (tx) => ({
      recent: mayStaff(role, 'open-record') ? await recentPeople(tx, visit, 5) : undefined,
      waiting: {
        ...(mayStaff(role, 'settle-identity') ? { reviews: await countOpenReviews(tx) } : {}),
        ...(mayStaff(role, 'see-feeds')
          ? {
              messages: (await readFeedHealth(tx, visit.now)).reduce((sum, { failed, held }) => sum + failed + held, 0),
            }
          : {}),
      },
    }))
    return sendPage(
      reply,
      homeView({
        shell: { ...visit.shell, waiting },
        mayFind: mayStaff(role, 'find-people'),
        ...(recent === undefined ? {} : { recent }),
      }),
    )
  })
}
