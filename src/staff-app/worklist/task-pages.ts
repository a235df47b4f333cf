/** Tasks about a person: making one from their record or from a result, handing it over, completing it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  mayStaff,
  openRecord,
  openWork,
  roleNames,
  type StaffRole,
  staffPermissions,
  withTrail,
} from '../../access/index.ts'
import { Problem, type Sql } from '../../base/index.ts'
import type { FormError } from '../../design/index.ts'
import {
  acknowledge,
  changeTask,
  colleaguesAt,
  listsOf,
  makeTask,
  newTaskId,
  readResultItems,
  readTask,
  type TaskOwner,
  taskEvents,
} from '../../worklist/index.ts'
import { formField, queryField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths } from '../paths.ts'
import { openPage } from '../patients/open.ts'
import { askFor, sendPage, type Visit, visitOf } from '../visit.ts'
import { newTaskView, type TaskAnswers, taskView } from './task-view.tsx'

type TaskNeeds = Pick<StaffNeeds, 'sql'>
type Asked = FastifyRequest<{ Params: { person: string } }>

/** Who may do tasks, and so own one. */
export const taskRoles = (Object.keys(staffPermissions) as StaffRole[]).filter((role) => mayStaff(role, 'do-tasks'))

const noTask = () => new Problem('not-found', 'There is no such task', 'Go back to the worklist.')

export function taskPages(app: FastifyInstance, needs: TaskNeeds): void {
  app.get('/patients/:person/tasks/new', async (request: Asked, reply) => {
    const from = queryField(request.query, 'from') ?? ''
    const seen = /^[a-z0-9]{1,40}$/.test(from) ? await resultSeen(needs, visitOf(request), from) : undefined
    return await showForm(
      needs,
      request,
      reply,
      {
        id: newTaskId(),
        title: seen?.title ?? '',
        detail: '',
        to: '',
        day: '',
        month: '',
        year: '',
        seen: seen?.seen ?? '',
      },
      [],
    )
  })
  app.post('/patients/:person/tasks/new', async (request: Asked, reply) => await postNew(needs, request, reply))
}

async function resultSeen({ sql }: TaskNeeds, { actor, now }: Visit, item: string) {
  const [found] = await readResultItems(sql, actor, item, now)
  return found?.open ? { title: `Follow up: ${found.title}`, seen: `${found.id}.${found.content}` } : undefined
}

/** Whoever of the reader's organisation may do it: everyone of a role, a team, one colleague; oneself first. */
async function ownersFor(sql: Sql, { actor, now }: Visit): Promise<readonly TaskOwner[]> {
  const colleagues = await colleaguesAt(sql, { organisation: actor.organisation.code, roles: taskRoles }, now)
  const teams = (await listsOf(sql, actor)).filter(({ kind }) => kind === 'team')
  const roles = [...new Set([actor.role, ...colleagues.map(({ role }) => role)])]
  return [
    { kind: 'staff', id: actor.id, name: actor.name },
    ...roles.map(
      (role): TaskOwner => ({
        kind: 'role',
        id: role,
        name: `Every ${roleNames[role].toLowerCase()} at ${actor.organisation.name}`,
      }),
    ),
    ...teams.map(({ id, name }): TaskOwner => ({ kind: 'team', id, name })),
    ...colleagues.filter(({ id }) => id !== actor.id).map(({ id, name }): TaskOwner => ({ kind: 'staff', id, name })),
  ]
}

export const ownerValue = ({ kind, id }: TaskOwner): string => `${kind}:${id}`

async function showForm(
  needs: TaskNeeds,
  request: Asked,
  reply: FastifyReply,
  answers: TaskAnswers,
  errors: readonly FormError[],
): Promise<FastifyReply> {
  const visit = visitOf(request)
  const { person } = request.params
  const { model, extra, movedTo } = await openPage(needs.sql, visit, {
    person,
    what: 'task-form',
    detail: {},
    also: async (tx) => {
      await openWork(tx, visit.actor, { ...askFor(visit, 'task-form'), permission: 'do-tasks' })
      return await ownersFor(tx, visit)
    },
  })
  if (movedTo !== undefined) return reply.redirect(paths.patient(movedTo, 'tasks', 'new'), 303)
  return sendPage(reply, newTaskView(model, { answers, owners: extra, errors }), errors.length > 0 ? 422 : 200)
}

async function postNew(needs: TaskNeeds, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const visit = visitOf(request)
  const { person } = request.params
  const field = (name: string) => formField(request.body, name)
  const answers: TaskAnswers = {
    id: /^[a-z0-9]{20}$/.exec(field('id'))?.[0] ?? newTaskId(),
    title: field('title').slice(0, 120),
    detail: field('detail').slice(0, 2_000),
    to: field('to'),
    day: field('due-day'),
    month: field('due-month'),
    year: field('due-year'),
    seen: field('seen').slice(0, 100),
  }
  const dueOn = dayOf(answers)
  const errors: FormError[] = [
    ...(answers.title === '' ? [{ field: 'title', text: 'Say what is to be done' }] : []),
    ...(dueOn === 'wrong'
      ? [{ field: 'due', text: 'There is no such day. Write day, month and year, or nothing' }]
      : []),
  ]
  if (errors.length > 0) return await showForm(needs, request, reply, answers, errors)
  const made = await withTrail(needs.sql, async (tx) => {
    const [item, content] = answers.seen.split('.')
    const ask = { ...askFor(visit, 'task-made', { task: answers.id, ...(item ? { item } : {}) }), action: 'C' as const }
    await openWork(tx, visit.actor, { ...ask, permission: 'do-tasks' })
    await openRecord(tx, visit.actor, person, ask)
    const owner = (await ownersFor(tx, visit)).find((one) => ownerValue(one) === answers.to)
    if (!owner) return false
    if (item && content) {
      const [result] = await readResultItems(tx, visit.actor, item, visit.now)
      if (result?.person !== person) throw noTask()
      await openWork(tx, visit.actor, {
        ...askFor(visit, 'result-acknowledged', { item, do: 'task' }),
        action: 'U',
        permission: 'answer-results',
        person,
      })
      await acknowledge(tx, [{ item, content }], {
        by: visit.actor,
        now: visit.now,
        action: 'task',
        note: answers.title,
      })
    }
    await makeTask(
      tx,
      {
        id: answers.id,
        person,
        title: answers.title,
        detail: answers.detail,
        owner,
        ...(dueOn === undefined || dueOn === 'wrong' ? {} : { dueOn }),
      },
      { by: visit.actor, now: visit.now },
    )
    return true
  })
  if (!made) return await showForm(needs, request, reply, answers, [{ field: 'to', text: 'Choose who will do it' }])
  return reply.redirect(paths.workItem('task', answers.id), 303)
}

/** `2026-11-30`; undefined: no day was given. */
function dayOf({ day, month, year }: TaskAnswers): string | undefined {
  if (day + month + year === '') return undefined
  if (!/^\d{1,2}$/.test(day) || !/^\d{1,2}$/.test(month) || !/^\d{4}$/.test(year)) return 'wrong'
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : 'wrong'
}

export async function taskPage(
  needs: TaskNeeds,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<FastifyReply> {
  const visit = visitOf(request)
  const task = await readTask(needs.sql, id)
  await withTrail(needs.sql, (tx) =>
    openWork(tx, visit.actor, { ...askFor(visit, 'worklist-item', { item: id }), permission: 'do-tasks' }),
  )
  if (!task) throw noTask()
  const { model, extra } = await openPage(needs.sql, visit, {
    person: task.person,
    what: 'worklist-item',
    detail: { item: id },
    also: async (tx) => ({ events: await taskEvents(tx, id), owners: await ownersFor(tx, visit) }),
  })
  return sendPage(reply, taskView(model, { task, ...extra }))
}

export async function postTask(
  needs: TaskNeeds,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<FastifyReply> {
  const visit = visitOf(request)
  const what = formField(request.body, 'do')
  const version = Number(/^\d{1,9}$/.exec(formField(request.body, 'version'))?.[0] ?? 0)
  const note = formField(request.body, 'note').slice(0, 500)
  await withTrail(needs.sql, async (tx) => {
    const task = await readTask(tx, id)
    const ask = { ...askFor(visit, 'task-changed', { task: id, do: what }), action: 'U' as const }
    await openWork(tx, visit.actor, { ...ask, permission: 'do-tasks' })
    if (!task) throw noTask()
    await openRecord(tx, visit.actor, task.person, ask)
    const by = { by: visit.actor, now: visit.now }
    if (what === 'done' || what === 'reopened') return await changeTask(tx, id, { what, version, note }, by)
    const owner = (await ownersFor(tx, visit)).find((one) => ownerValue(one) === formField(request.body, 'to'))
    if (what !== 'handed-over' || !owner)
      throw new Problem('invalid', 'Nobody was chosen', 'Open the task and choose who will do it.')
    await changeTask(tx, id, { what, version, note, owner }, by)
  })
  return reply.redirect(what === 'done' ? `${paths.worklist}?done=task-${id}` : paths.workItem('task', id), 303)
}
