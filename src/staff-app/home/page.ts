import type { FastifyInstance } from 'fastify'
import { draftsOf, mayStaff, withTrail } from '../../access/index.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { recentAndResume } from '../recent/recent-people.ts'
import { sendPage, visitOf } from '../visit.ts'
import { kindsFor } from '../worklist/kinds.ts'
import { countWork, topOfAll } from '../worklist/read-worklist.ts'
import { homeView } from './view.tsx'

/** My day: what this role begins with. Counts and titles of work name nobody, so they leave no line; the names of recent patients do. */
export function homePage(
  app: FastifyInstance,
  needs: Pick<StaffNeeds, 'sql' | 'follower' | 'moreWork' | 'secrets'>,
): void {
  app.get(routes.home, async (request, reply) => {
    const visit = visitOf(request)
    const { role } = visit.actor
    const kinds = kindsFor(needs, visit.actor)
    await needs.follower?.keepUp()
    const { recent, work, top, drafts } = await withTrail(needs.sql, async (tx) => ({
      recent: mayStaff(role, 'open-record') ? await recentAndResume(tx, visit, 5) : undefined,
      drafts: await draftsOf(tx, visit.actor, needs.secrets, visit.now),
      work: await countWork(tx, visit, kinds),
      top: await topOfAll(tx, visit, kinds),
    }))
    return sendPage(
      reply,
      homeView({
        shell: visit.shell,
        mayFind: mayStaff(role, 'find-people'),
        guardsAccess: mayStaff(role, 'manage-policy'),
        work,
        ...(top === undefined ? {} : { top }),
        drafts: drafts.map(({ id, keptAt }) => ({ href: paths.draft(id), keptAt })),
        ...(recent === undefined ? {} : { recent: recent.people }),
        ...(recent?.resume === undefined ? {} : { resume: recent.resume }),
      }),
    )
  })
}
