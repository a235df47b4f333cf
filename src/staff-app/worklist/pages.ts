/** The worklist and its items. Looking changes nothing; every answer is a form, and its line of the trail is kept with it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { mayStaff, openRecord, openWork, type StaffRole, staffPermissions, withTrail } from '../../access/index.ts'
import { Problem, type Tx } from '../../base/index.ts'
import type { FormError } from '../../design/index.ts'
import {
  acknowledge,
  acksOf,
  colleaguesAt,
  handOverResult,
  isAckAction,
  type ResultItem,
  readResultItems,
  type Seen,
  undoAcknowledgement,
} from '../../worklist/index.ts'
import { formField, queryField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { openPage } from '../patients/open.ts'
import { askFor, sendPage, type Visit, visitOf } from '../visit.ts'
import { kindsFor } from './kinds.ts'
import { worklistView } from './list-view.tsx'
import { readWorklist } from './read-worklist.ts'
import { type ResultModel, resultView } from './result-view.tsx'
import { postTask, taskPage } from './task-pages.ts'

/** Who may answer results, and so own one. */
export const resultRoles = (Object.keys(staffPermissions) as StaffRole[]).filter((role) =>
  mayStaff(role, 'answer-results'),
)

type WorkNeeds = Pick<StaffNeeds, 'sql' | 'follower' | 'moreWork'>
type Asked = FastifyRequest<{ Params: { item: string } }>

export function worklistPages(app: FastifyInstance, needs: WorkNeeds): void {
  app.get(routes.worklist, async (request, reply) => {
    const visit = visitOf(request)
    const kinds = kindsFor(needs, visit.actor)
    const asked = queryField(request.query, 'kind')
    const kind = kinds.some(({ id }) => id === asked) ? asked : undefined
    const page = Math.min(
      10_000,
      Math.max(1, Number(/^\d{1,5}$/.exec(queryField(request.query, 'page') ?? '')?.[0] ?? 1)),
    )
    const behind = (await needs.follower?.keepUp())?.behind ?? false
    const read = await withTrail(needs.sql, (tx) => readWorklist(tx, visit, { kinds, kind, page }))
    const done = doneWords(queryField(request.query, 'done'))
    return sendPage(
      reply,
      worklistView({
        shell: visit.shell,
        now: visit.now,
        page,
        behind,
        ...read,
        ...(kind === undefined ? {} : { kind }),
        ...(done ? { done } : {}),
      }),
    )
  })
  app.get(routes.workItem, async (request: Asked, reply) => await itemPage(needs, request, reply))
  app.post(routes.workItem, async (request: Asked, reply) => {
    const { kind, id } = itemOf(request)
    return kind === 'task' ? await postTask(needs, request, reply, id) : await postResult(needs, request, reply, id)
  })
}

const doneText: Readonly<Record<string, string>> = {
  result: 'The result is acknowledged.',
  task: 'The task is changed.',
}

function doneWords(text: string | undefined): { readonly text: string; readonly href: string } | undefined {
  const { kind, id } = split(text ?? '')
  const words = doneText[kind]
  return words === undefined || id === '' ? undefined : { text: words, href: paths.workItem(kind, id) }
}

function split(item: string): { readonly kind: string; readonly id: string } {
  const [, kind = '', id = ''] = /^([a-z]+)-([a-z0-9]{1,40})$/.exec(item) ?? []
  return { kind, id }
}

function itemOf({ params }: Asked): { readonly kind: string; readonly id: string } {
  return split(params.item)
}

export const noSuchItem = () =>
  new Problem('not-found', 'There is no such thing on the worklist', 'Go back to the worklist.')

async function itemPage(needs: WorkNeeds, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const { kind, id } = itemOf(request)
  if (kind === 'task') return await taskPage(needs, request, reply, id)
  const shown = await openResult(needs, visitOf(request), kind === 'result' ? id : '', [])
  return sendPage(reply, shown.page)
}

/** @throws Problem 'forbidden' when the role answers no results; 'not-found' */
async function openResult(needs: WorkNeeds, visit: Visit, id: string, errors: readonly FormError[], note?: string) {
  const [item, ...rest] = await readResultItems(needs.sql, visit.actor, id, visit.now)
  if (item?.id !== id || item.person === undefined) throw await refused(needs, visit, id)
  const { model, extra } = await openPage(needs.sql, visit, {
    person: item.person,
    what: 'worklist-item',
    detail: { item: id },
    also: async (tx, { compartments }) => {
      await openWork(tx, visit.actor, { ...askFor(visit, 'worklist-item', { item: id }), permission: 'answer-results' })
      return {
        acks: await acksOf(
          tx,
          compartments.map(({ pk }) => pk),
        ),
        colleagues: await colleaguesAt(
          tx,
          { organisation: visit.actor.organisation.code, roles: resultRoles },
          visit.now,
        ),
      }
    },
  })
  const shown: ResultModel = {
    item,
    others: rest.filter(({ open }) => open),
    ...extra,
    organisation: visit.actor.organisation.name,
    errors,
    ...(note === undefined ? {} : { note }),
  }
  return { item, page: resultView(model, shown) }
}

/** Who may not answer learns no more than that; who may, that there is none. */
async function refused({ sql }: WorkNeeds, visit: Visit, id: string): Promise<Problem> {
  await withTrail(sql, (tx) =>
    openWork(tx, visit.actor, {
      ...askFor(visit, 'worklist-item', { item: id || 'none' }),
      permission: 'answer-results',
    }),
  )
  return noSuchItem()
}

async function postResult(needs: WorkNeeds, request: Asked, reply: FastifyReply, id: string): Promise<FastifyReply> {
  const visit = visitOf(request)
  const what = formField(request.body, 'do')
  const note = formField(request.body, 'note').slice(0, 500)
  const reason = formField(request.body, 'reason').slice(0, 500)
  const errors = wrongIn({ what, note, reason })
  if (errors.length > 0) return sendPage(reply, (await openResult(needs, visit, id, errors, note)).page, 422)
  const items = await readResultItems(needs.sql, visit.actor, id, visit.now)
  const [item] = items
  if (item?.id !== id || item.person === undefined) throw await refused(needs, visit, id)
  await withTrail(needs.sql, async (tx) => {
    const seen = isAckAction(what) ? seenOf(request.body, items) : []
    const names: Readonly<Record<string, string>> = {
      undo: 'acknowledgement-undone',
      'hand-over': 'result-handed-over',
    }
    const detail = { item: id, do: what, ...(seen.length > 1 ? { items: seen.map((one) => one.item) } : {}) }
    const ask = { ...askFor(visit, names[what] ?? 'result-acknowledged', detail), action: 'U' as const }
    await openWork(tx, visit.actor, { ...ask, permission: 'answer-results' })
    if (item.person) await openRecord(tx, visit.actor, item.person, ask)
    if (what === 'undo') return await undoAcknowledgement(tx, id, { by: visit.actor, now: visit.now, reason })
    if (what === 'hand-over') return await handOver(tx, visit, id, formField(request.body, 'to'))
    if (!isAckAction(what))
      throw new Problem('invalid', 'Nothing was chosen', 'Open the result and choose what you did.')
    await acknowledge(tx, seen, { by: visit.actor, now: visit.now, action: what, note })
  })
  return reply.redirect(isAckAction(what) ? `${paths.worklist}?done=result-${id}` : paths.workItem('result', id), 303)
}

async function handOver(tx: Tx, visit: Visit, id: string, to: string): Promise<void> {
  const home = visit.actor.organisation.code
  const all = await colleaguesAt(tx, { organisation: home, roles: resultRoles }, visit.now)
  if (to !== '' && !all.some((one) => one.id === to))
    throw new Problem(
      'conflict',
      'Whom you chose does not work here any more',
      'Open the result and choose somebody else.',
    )
  await handOverResult(tx, id, { home, ...(to === '' ? {} : { owner: to }) })
}

function wrongIn({ what, note, reason }: { what: string; note: string; reason: string }): readonly FormError[] {
  if (what === 'other' && note === '') return [{ field: 'note', text: 'Say what you did' }]
  if (what === 'undo' && reason === '') return [{ field: 'reason', text: 'Say why it must be looked at again' }]
  return []
}

/** What the form says was read: the item itself, and those ticked. Only results of the same person go together. */
function seenOf(body: unknown, items: readonly ResultItem[]): readonly Seen[] {
  const field = (name: string): readonly unknown[] => {
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
    return Array.isArray(value) ? value : [value]
  }
  const read = [...field('seen').slice(0, 1), ...field('also').slice(0, 50)]
  return read.flatMap((text) => {
    const [item = '', content = ''] = typeof text === 'string' ? text.split('.') : []
    return items.some(({ id }) => id === item) ? [{ item, content }] : []
  })
}
