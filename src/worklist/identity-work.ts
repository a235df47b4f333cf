/** Doubts about who somebody is, as a kind of work. The page that settles them is identity's own. */
import { limits } from '../base/index.ts'
import { countOpenReviews, openReviews } from '../identity/index.ts'
import { countMax, type WorkKind } from './work-kind.ts'

/** @param way where a review is settled */
export function identityWork(words: (kind: string) => string, way: (review: string) => string): WorkKind {
  // A doubt may put one person's facts in another's record: it may not wait for long.
  const due = (raisedAt: Date) => new Date(raisedAt.getTime() + limits().dueHours.identity * 3_600_000)
  return {
    id: 'identity',
    one: 'identity review',
    many: 'identity reviews',
    permission: 'settle-identity',
    fallback: 'identity-officer',
    async count(sql, _worker, now) {
      const open = Math.min(countMax, await countOpenReviews(sql))
      const first = await openReviews(sql, { limit: 200 })
      return { open, surfaced: first.filter(({ raisedAt }) => due(raisedAt) <= now).length }
    },
    async page(sql, _worker, { now, limit, offset }) {
      const reviews = (await openReviews(sql, { limit: limit + offset })).slice(offset)
      return reviews.map(({ id, kind, raisedAt }) => ({
        kind: 'identity',
        id,
        title: words(kind),
        note: '',
        gravity: 'ordinary',
        owner: 'Identity officers',
        raisedAt,
        dueAt: due(raisedAt),
        surfaced: due(raisedAt) <= now ? 'overdue' : '',
        href: way(id),
      }))
    },
  }
}
