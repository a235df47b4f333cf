import type { FastifyInstance } from 'fastify'
import { mayStaff, openFeeds, withTrail } from '../../access/index.ts'
import { Problem, type Tx } from '../../base/index.ts'
import type { FormError } from '../../design/index.ts'
import {
  cancelDelivery,
  deliveriesTo,
  listMessages,
  type MessageStatus,
  openDeliveries,
  readDelivery,
  readFeedHealth,
  readMessage,
  retryDelivery,
  setAsideMessage,
} from '../../feeds/index.ts'
import { formField, queryField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { askFor, sendPage, type Visit, visitOf } from '../visit.ts'
import { deliveryView } from './deliveries-view.tsx'
import { doneWords } from './done.ts'
import { feedView } from './feed-view.tsx'
import { feedsView } from './list-view.tsx'
import { messageView } from './message-view.tsx'
import { originalOf } from './original.ts'
import { personsOfMessage } from './person-of-message.ts'

const statuses: ReadonlySet<string> = new Set<MessageStatus>([
  'kept',
  'applied',
  'failed',
  'held',
  'divided',
  'set-aside',
])
const pageLength = 50

/** Feeds, one feed, one message with why it waits, and one entry on its way to another system. */
export function feedPages(app: FastifyInstance, needs: StaffNeeds): void {
  const { sql, pipeline } = needs
  deliveryPages(app, needs)

  app.get(routes.feeds, async (request, reply) => {
    const visit = visitOf(request)
    const feeds = await withTrail(sql, async (tx) => {
      await openFeeds(tx, visit.actor, askFor(visit, 'feeds'))
      return { feeds: await readFeedHealth(tx, visit.now), outgoing: await openDeliveries(tx, visit.now) }
    })
    return sendPage(reply, feedsView({ shell: visit.shell, ...feeds, now: visit.now }))
  })

  app.get<{ Params: { source: string } }>(routes.feed, async (request, reply) => {
    const visit = visitOf(request)
    const { source } = request.params
    const status = statusAsked(queryField(request.query, 'status'))
    const before = numberAsked(queryField(request.query, 'before'))
    const page = await withTrail(sql, async (tx) => {
      await openFeeds(tx, visit.actor, askFor(visit, 'feed', { source }))
      const feed = (await readFeedHealth(tx, visit.now)).find((each) => each.source === source)
      if (!feed) throw new Problem('not-found', 'There is no feed of this name', 'Choose one from the list of feeds.')
      const asked = { source, ...(status === undefined ? {} : { status }), ...(before === undefined ? {} : { before }) }
      const outgoing = (await openDeliveries(tx, visit.now)).find(({ target }) => target === source)
      return { feed, messages: await listMessages(tx, asked), deliveries: await deliveriesTo(tx, source), outgoing }
    })
    const last = page.messages.length === pageLength ? page.messages.at(-1) : undefined
    return sendPage(
      reply,
      feedView({
        ...page,
        shell: visit.shell,
        now: visit.now,
        first: before === undefined,
        mayRead: mayStaff(visit.actor.role, 'read-messages'),
        accepts: needs.sources.get(source)?.settings.accepts,
        ...(status === undefined ? {} : { status }),
        ...(last === undefined ? {} : { next: last.id }),
      }),
    )
  })

  app.get<{ Params: { message: string } }>(routes.message, async (request, reply) => {
    const visit = visitOf(request)
    const id = messageNumber(request.params.message)
    const { message, persons } = await withTrail(sql, async (tx) => {
      const found = await readMessage(tx, id)
      const about = found ? await personsOfMessage(tx, found) : []
      // Decided and written down before anybody is told whether there is such a message.
      await openFeeds(tx, visit.actor, askFor(visit, 'message', { message: id }), 'read-messages', about)
      return { message: found, persons: about }
    })
    if (!message) throw noSuchMessage()
    const [only, second] = persons
    const person = second === undefined && mayStaff(visit.actor.role, 'open-record') ? only : undefined
    const place = queryField(request.query, 'place')
    const done = doneWords(queryField(request.query, 'done'), message.status)
    return sendPage(
      reply,
      messageView({
        shell: visit.shell,
        message,
        feedName: needs.sources.get(message.source)?.name ?? message.source,
        original: originalOf(needs, {
          format: message.format,
          source: message.source,
          body: message.body,
          place,
          whole: queryField(request.query, 'whole') !== undefined,
          wholeHref: `${paths.message(id)}?${place === undefined ? '' : `place=${encodeURIComponent(place)}&`}whole=yes#original`,
        }),
        mayMend: mayStaff(visit.actor.role, 'mend-feeds'),
        ...(person === undefined ? {} : { person }),
        ...(done === undefined ? {} : { done }),
      }),
    )
  })

  app.post<{ Params: { message: string } }>(routes.message, async (request, reply) => {
    const visit = visitOf(request)
    const id = messageNumber(request.params.message)
    const what = formField(request.body, 'do')
    if (what !== 'replay' && what !== 'set-aside') {
      throw new Problem(
        'invalid',
        'Nothing was chosen to do with this message',
        'Go back and press one of the buttons.',
      )
    }
    await withTrail(sql, async (tx) => {
      const ask = { ...askFor(visit, `message-${what}`, { message: id }), action: 'U' as const }
      await openFeeds(tx, visit.actor, ask, 'mend-feeds')
      if (!(await readMessage(tx, id))) throw noSuchMessage()
      if (what === 'set-aside') await setAsideMessage(tx, id, { by: visit.actor.name, now: visit.now })
    })
    // After the commit of the line that says who asked: the pipeline works in transactions of its own.
    if (what === 'replay') await pipeline.replay(id)
    return reply.redirect(`${paths.message(id)}?done=${what}`, 303)
  })
}

/** An entry on its way to another system. */
function deliveryPages(app: FastifyInstance, { sql, wakeSender }: Pick<StaffNeeds, 'sql' | 'wakeSender'>): void {
  type Asked = { readonly Params: { readonly delivery: string } }
  const read = async (tx: Tx, id: string) => {
    const found = await readDelivery(tx, numberAsked(id) ?? '0')
    if (!found) throw new Problem('not-found', 'There is no such delivery', 'Choose one from its feed.')
    return found
  }
  const page = (visit: Visit, delivery: Awaited<ReturnType<typeof read>>, errors: readonly FormError[]) =>
    deliveryView({
      shell: visit.shell,
      delivery,
      now: visit.now,
      errors,
      mayRead: mayStaff(visit.actor.role, 'read-messages'),
      mayMend: mayStaff(visit.actor.role, 'mend-feeds'),
    })

  app.get<Asked>(routes.delivery, async (request, reply) => {
    const visit = visitOf(request)
    const id = request.params.delivery
    const delivery = await withTrail(sql, async (tx) => {
      await openFeeds(tx, visit.actor, askFor(visit, 'delivery', { delivery: numberAsked(id) ?? '' }))
      return await read(tx, id)
    })
    return sendPage(reply, page(visit, delivery, []))
  })

  app.post<Asked>(routes.delivery, async (request, reply) => {
    const visit = visitOf(request)
    const id = request.params.delivery
    const what = formField(request.body, 'do')
    const reason = formField(request.body, 'reason')
    if (what !== 'retry' && what !== 'cancel')
      throw new Problem('invalid', 'Nothing was chosen to do with this entry', 'Go back and press one of the buttons.')
    const by = { by: visit.actor.name, now: visit.now }
    const errors: FormError[] = []
    const delivery = await withTrail(sql, async (tx) => {
      const ask = { ...askFor(visit, `delivery-${what}`, { delivery: numberAsked(id) ?? '' }), action: 'U' as const }
      await openFeeds(tx, visit.actor, ask, 'mend-feeds')
      const found = await read(tx, id)
      if (what === 'retry') await retryDelivery(tx, found.id, by)
      else if (reason === '') errors.push({ field: 'reason', text: 'Enter why it is not to be sent' })
      else await cancelDelivery(tx, found.id, { ...by, reason })
      return found
    })
    if (errors.length > 0) return sendPage(reply, page(visit, delivery, errors), 422)
    wakeSender()
    return reply.redirect(paths.delivery(delivery.id), 303)
  })
}

function statusAsked(text: string | undefined): MessageStatus | undefined {
  return text !== undefined && statuses.has(text) ? (text as MessageStatus) : undefined
}

function numberAsked(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,19}$/.test(text) && BigInt(text) <= 0x7fff_ffff_ffff_ffffn ? text : undefined
}

function messageNumber(text: string): string {
  const number = numberAsked(text)
  if (number === undefined) throw noSuchMessage()
  return number
}

function noSuchMessage(): Problem {
  return new Problem('not-found', 'There is no such message', 'Choose one from its feed.')
}
