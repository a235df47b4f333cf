/** Every kind of work that the list shows: those of the rooms below, and those wired in. */
import { mayStaff, type Staff } from '../../access/index.ts'
import { countWaiting, listWaiting } from '../../feeds/index.ts'
import { countMax, identityWork, resultWork, taskWork, type WorkKind } from '../../worklist/index.ts'
import { reviewWork } from '../assurance/reviews.ts'
import { wordsOfKind } from '../identity/words.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths } from '../paths.ts'

const dayMs = 86_400_000

/** Messages that could not be applied. They are mended on the pages of their feed. */
const messageWork: WorkKind = {
  id: 'message',
  one: 'failed message',
  many: 'failed messages',
  permission: 'mend-feeds',
  fallback: 'integration-analyst',
  async count(sql, _worker, now) {
    const { open, old } = await countWaiting(sql, { before: new Date(now.getTime() - dayMs), most: countMax })
    return { open, surfaced: old }
  },
  async page(sql, _worker, { now, limit, offset }) {
    const messages = await listWaiting(sql, { limit, offset })
    return messages.map(({ id, kind, feed, receivedAt, issues, status }) => {
      const dueAt = new Date(receivedAt.getTime() + dayMs)
      return {
        kind: 'message',
        id,
        title: `${kind} from ${feed}`,
        note: status === 'held' ? 'Held: another message came under its number before' : (issues[0]?.message ?? ''),
        gravity: 'ordinary',
        owner: 'Integration analysts',
        raisedAt: receivedAt,
        dueAt,
        surfaced: dueAt <= now ? 'overdue' : '',
        href: paths.message(id),
      } as const
    })
  },
}

const own: readonly WorkKind[] = [
  resultWork,
  taskWork,
  identityWork(wordsOfKind, paths.review),
  messageWork,
  reviewWork,
]

/** The kinds that somebody may see. */
export function kindsFor(
  { moreWork = [] }: Pick<StaffNeeds, 'moreWork'>,
  { role }: Pick<Staff, 'role'>,
): readonly WorkKind[] {
  return [...own, ...moreWork].filter(({ permission }) => mayStaff(role, permission))
}
