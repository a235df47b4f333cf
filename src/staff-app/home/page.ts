import type { FastifyInstance } from 'fastify'
import { mayStaff, withTrail } from '../../access/index.ts'
import type { StaffNeeds } from '../needs.ts'
import { routes } from '../paths.ts'
import { recentPeople } from '../recent/recent-people.ts'
import { sendPage, visitOf } from '../visit.ts'
import { kindsFor } from '../worklist/kinds.ts'
import { countWork, topOfAll } from '../worklist/read-worklist.ts'
import { homeView } from './view.tsx'

/** My day: what this role begins with. Counts and titles of work name nobody, so they leave no line; the names of recent patients do. */
export function homePage(app: FastifyInstance, needs: Pick<StaffNeeds, 'sql' | 'follower' | 'moreWork'>): void {
  app.get(routes.home, async (request, reply) => {
    const visit = visitOf(request)
    const { role } = visit.actor
    const kinds = kindsFor(needs, visit.actor)
    await needs.follower?.keepUp()
    const { recent, work, top } = await withTrail(needs.sql, async (tx) => ({
      recent: mayStaff(role, 'open-record') ? await recentPeople(tx, visit, 5) : undefined,
      work: await countWork(tx, visit, kinds),
      top: await topOfAll(tx, visit, kinds),
    }))
    return sendPage(
      reply,
      homeView({
        shell: visit.shell,
        mayFind: mayStaff(role, 'find-people'),
        work,
        ...(top === undefined ? {} : { top }),
        ...(recent === undefined ? {} : { recent }),
      }),
    )
  })
}
