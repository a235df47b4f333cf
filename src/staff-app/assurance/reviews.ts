/** Uses of emergency access, and the review of each: for privacy officers. */
import type { FastifyInstance } from 'fastify'
import {
  countEmergencies,
  emergenciesWaiting,
  openReview,
  openReviews,
  settleReview,
  withTrail,
} from '../../access/index.ts'
import type { FormError } from '../../design/index.ts'
import type { WorkKind } from '../../worklist/index.ts'
import { formField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { askFor, sendPage, visitOf } from '../visit.ts'
import { reviewsView, reviewView } from './reviews-view.tsx'

type One = { Params: { use: string } }

export function reviewPages(app: FastifyInstance, { sql }: Pick<StaffNeeds, 'sql'>): void {
  app.get(routes.accessReviews, async (request, reply) => {
    const visit = visitOf(request)
    const uses = await withTrail(sql, (tx) => openReviews(tx, visit.actor, askFor(visit, 'emergency-reviews')))
    return sendPage(reply, reviewsView({ shell: visit.shell, now: visit.now, ...uses }))
  })
  app.get<One>(routes.accessReview, async (request, reply) => {
    const visit = visitOf(request)
    const use = await withTrail(sql, (tx) =>
      openReview(tx, visit.actor, request.params.use, askFor(visit, 'emergency-review')),
    )
    return sendPage(reply, reviewView({ shell: visit.shell, use }))
  })
  app.post<One>(routes.accessReview, { config: { risky: true } }, async (request, reply) => {
    const visit = visitOf(request)
    const id = request.params.use
    const decision = formField(request.body, 'decision')
    const note = formField(request.body, 'note')
    const errors: FormError[] = []
    if (decision !== 'right' && decision !== 'follow-up')
      errors.push({ field: 'decision', text: 'Choose whether it was justified' })
    if (decision === 'follow-up' && note === '') errors.push({ field: 'note', text: 'Write what is to be followed up' })
    if ((decision !== 'right' && decision !== 'follow-up') || errors.length > 0) {
      const use = await withTrail(sql, (tx) => openReview(tx, visit.actor, id, askFor(visit, 'emergency-review')))
      return sendPage(reply, reviewView({ shell: visit.shell, use, errors, note }), 422)
    }
    await withTrail(sql, (tx) =>
      settleReview(tx, visit.actor, { id, decision, note }, askFor(visit, 'emergency-reviewed')),
    )
    return reply.redirect(paths.accessReviews, 303)
  })
}

/** The same in the privacy officers' worklist: what is overdue surfaces there. */
export const reviewWork: WorkKind = {
  id: 'emergency',
  one: 'use of emergency access',
  many: 'uses of emergency access',
  permission: 'review-access',
  fallback: 'privacy-officer',
  async count(sql, _worker, now) {
    const { open, overdue } = await countEmergencies(sql, now)
    return { open, surfaced: overdue }
  },
  async page(sql, _worker, { now, limit, offset }) {
    const uses = await emergenciesWaiting(sql, { limit, offset })
    return uses.map(({ id, staffName, organisationName, at, reviewDue }) => ({
      kind: 'emergency',
      id,
      title: `Emergency access by ${staffName}`,
      note: organisationName,
      gravity: 'ordinary',
      owner: 'Privacy officers',
      raisedAt: at,
      dueAt: reviewDue,
      surfaced: reviewDue <= now ? 'overdue' : '',
      href: paths.accessReview(id),
    }))
  },
}
