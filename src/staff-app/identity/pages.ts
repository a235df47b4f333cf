import type { FastifyInstance } from 'fastify'
import { mayStaff, openIdentity, withTrail } from '../../access/index.ts'
import { Problem, type Tx } from '../../base/index.ts'
import type { FormError } from '../../design/index.ts'
import {
  countOpenReviews,
  linksOf,
  type Member,
  mergesOf,
  openReviews,
  type ReviewInFull,
  readReview,
  settleReview,
  undoMerge,
} from '../../identity/index.ts'
import { formField, queryField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { askFor, sendPage, type Visit, visitOf } from '../visit.ts'
import { linksView } from './links-view.tsx'
import { identityView } from './list-view.tsx'
import { type ReviewModel, reviewView } from './review-view.tsx'

const pageLength = 50

/** What we refused to guess: the list, one review, the decision, and undoing a merge. */
export function identityPages(app: FastifyInstance, needs: StaffNeeds): void {
  const { sql, sources } = needs
  const organisation = (source: string): string => sources.get(source)?.organisation.name ?? source

  app.get(routes.identity, async (request, reply) => {
    const visit = visitOf(request)
    const after = readAfter(queryField(request.query, 'after'))
    const { reviews, open } = await withTrail(sql, async (tx) => {
      await openIdentity(tx, visit.actor, askFor(visit, 'identity-reviews'))
      return {
        reviews: await openReviews(tx, { limit: pageLength, ...(after === undefined ? {} : { after }) }),
        open: await countOpenReviews(tx),
      }
    })
    const last = reviews.length === pageLength ? reviews.at(-1) : undefined
    return sendPage(
      reply,
      identityView({
        shell: { ...visit.shell, waiting: { reviews: open } },
        open,
        now: visit.now,
        reviews: reviews.map(({ id, kind, explanation, raisedAt }) => ({ id, kind, rule: explanation.rule, raisedAt })),
        ...(last === undefined ? {} : { next: `${paths.identity}?after=${last.raisedAt.toISOString()}_${last.id}` }),
      }),
    )
  })

  app.get<{ Params: { review: string } }>(routes.review, async (request, reply) => {
    const visit = visitOf(request)
    const review = await withTrail(sql, async (tx) => {
      const found = await reviewIfAny(tx, request.params.review)
      const ask = askFor(visit, 'identity-review', { review: found?.id ?? 'none' })
      // Decided and written down before anybody is told whether there is such a review.
      await openIdentity(tx, visit.actor, ask, found ? personsIn(found) : [])
      return found
    })
    if (!review) throw noSuchReview()
    return sendPage(reply, reviewView(reviewModel(visit, { review, organisation, errors: [] })))
  })

  app.post<{ Params: { review: string } }>(routes.review, async (request, reply) => {
    const visit = visitOf(request)
    const id = request.params.review
    const decision = formField(request.body, 'decision')
    const chosen = decision === 'same' || decision === 'different' ? decision : undefined
    const review = await withTrail(sql, async (tx) => {
      const found = await reviewIfAny(tx, id)
      const ask = {
        ...askFor(visit, 'identity-decision', { review: found?.id ?? 'none', decision: chosen ?? 'none' }),
        action: 'U' as const,
      }
      await openIdentity(tx, visit.actor, ask, found ? personsIn(found) : [])
      if (chosen && found) await settleReview(tx, id, chosen, { by: visit.actor.name, now: visit.now })
      return found
    })
    if (!review) throw noSuchReview()
    if (chosen) return reply.redirect(paths.review(id), 303)
    const errors = [{ field: 'decision', text: 'Choose whether these are one person or two' }]
    return sendPage(reply, reviewView(reviewModel(visit, { review, organisation, errors })), 422)
  })

  app.get<{ Params: { person: string } }>(routes.links, async (request, reply) => {
    const visit = visitOf(request)
    const { person } = request.params
    const { links, merges } = await withTrail(sql, async (tx) => {
      await openIdentity(tx, visit.actor, askFor(visit, 'identity-links'), [person])
      return { links: await linksOf(tx, person), merges: await mergesOf(tx, person) }
    })
    return sendPage(
      reply,
      linksView({
        shell: visit.shell,
        ...(mayStaff(visit.actor.role, 'open-record') ? { recordHref: paths.patient(person) } : {}),
        links: links.map(({ source, since, until, explanation }) => ({
          organisation: organisation(source),
          since,
          rule: explanation.rule,
          ...(until === null ? {} : { until }),
        })),
        merges: merges.map(({ id, reason, doneBy, doneAt, pks, undoneAt, undoneBy }) => ({
          id,
          reason,
          by: doneBy,
          at: doneAt,
          moved: pks.length,
          ...(undoneAt === null ? {} : { undone: { by: undoneBy ?? '', at: undoneAt } }),
        })),
      }),
    )
  })

  app.post<{ Params: { merge: string } }>(routes.undoMerge, async (request, reply) => {
    const visit = visitOf(request)
    const { merge } = request.params
    const back = await withTrail(sql, async (tx) => {
      const ask = { ...askFor(visit, 'identity-undo-merge', { merge }), action: 'U' as const }
      await openIdentity(tx, visit.actor, ask)
      return undoMerge(tx, merge, { by: visit.actor.name, now: visit.now })
    })
    return reply.redirect(paths.links(back.person), 303)
  })
}

async function reviewIfAny(tx: Tx, id: string): Promise<ReviewInFull | undefined> {
  return await readReview(tx, id).catch((thrown: unknown) => {
    if (thrown instanceof Problem && thrown.kind === 'not-found') return undefined
    throw thrown
  })
}

function noSuchReview(): Problem {
  return new Problem('not-found', 'There is no such review', 'Go back to the list.')
}

function personsIn({ members }: ReviewInFull): readonly string[] {
  return [...new Set(members.map(({ person }) => person))]
}

type Shown = {
  readonly review: ReviewInFull
  readonly organisation: (source: string) => string
  readonly errors: readonly FormError[]
}

function reviewModel({ shell, actor }: Visit, { review, organisation, errors }: Shown): ReviewModel {
  const { id, kind, explanation, members, raisedAt, messageId, settledAt, settledBy, decision } = review
  return {
    shell,
    id,
    kind,
    explanation,
    errors,
    raisedAt,
    sides: members.map(({ source, person }: Member) => ({
      organisation: organisation(source),
      linksHref: paths.links(person),
      ...(mayStaff(actor.role, 'open-record') ? { recordHref: paths.patient(person) } : {}),
    })),
    samePerson: personsIn(review).length < 2,
    ...(messageId === null || !mayStaff(actor.role, 'read-messages') ? {} : { messageHref: paths.message(messageId) }),
    ...(settledAt === null || decision === null ? {} : { settled: { by: settledBy ?? '', at: settledAt, decision } }),
  }
}

function readAfter(text: string | undefined): { readonly raisedAt: Date; readonly id: string } | undefined {
  const [at = '', id = ''] = text?.split('_') ?? []
  const raisedAt = new Date(at)
  return id === '' || Number.isNaN(raisedAt.getTime()) ? undefined : { raisedAt, id }
}
