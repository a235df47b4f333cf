/** Lists of people: one's caseload, one's organisation's wards and registered people, and the lists that a team shares. */
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
import { Problem } from '../../base/index.ts'
import {
  addToList,
  caseloadOf,
  keptList,
  listsOf,
  makeTeamList,
  newListId,
  ownLists,
  practiceList,
  readKeptList,
  readList,
  takeOffList,
  wardList,
  wardsOf,
} from '../../worklist/index.ts'
import { formField, queryField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { askFor, sendPage, type Visit, visitOf } from '../visit.ts'
import { readRows } from './rows.ts'
import { type ListModel, listsView, listView } from './views.tsx'

type ListNeeds = Pick<StaffNeeds, 'sql' | 'follower'>

/** Roles with which a list can be shared. */
const sharing = (Object.keys(staffPermissions) as StaffRole[]).filter((role) => mayStaff(role, 'see-lists'))

export function listPages(app: FastifyInstance, needs: ListNeeds): void {
  app.get(routes.lists, async (request, reply) => await hub(needs, visitOf(request), reply, false))
  app.post(routes.lists, async (request, reply) => await begin(needs, request, reply))
  app.get<{ Params: { ward: string } }>(routes.ward, async (request, reply) => {
    const { ward } = request.params
    const { organisation } = visitOf(request).actor
    const here = paths.ward(ward)
    return await factList(needs, request, reply, {
      list: wardList(organisation.code, ward),
      title: ward,
      why: `Everyone whom ${organisation.name} says lies here now, by bed.`,
      here,
      empty: 'No source says that anybody lies here now',
      beds: true,
    })
  })
  app.get(routes.practice, async (request, reply) => {
    const { organisation } = visitOf(request).actor
    return await factList(needs, request, reply, {
      list: practiceList(organisation.code),
      title: `Registered at ${organisation.name}`,
      why: 'Everyone whom any source says is registered here, by name. Sources may differ: the record tells who says so.',
      here: paths.practice,
      empty: 'No source says that anybody is registered here',
      beds: false,
    })
  })
  app.get<{ Params: { list: string } }>(routes.keptList, async (request, reply) => await kept(needs, request, reply))
  app.post<{ Params: { list: string } }>(
    routes.listPeople,
    async (request, reply) => await changePeople(needs, request, reply),
  )
}

async function hub(
  { sql, follower }: ListNeeds,
  visit: Visit,
  reply: FastifyReply,
  failed: boolean,
): Promise<FastifyReply> {
  await follower?.keepUp()
  const { wards, lists } = await withTrail(sql, async (tx) => {
    await openWork(tx, visit.actor, { ...askFor(visit, 'lists'), permission: 'see-lists' })
    return { wards: await wardsOf(tx, visit.actor.organisation.code), lists: await listsOf(tx, visit.actor) }
  })
  return sendPage(
    reply,
    listsView({
      shell: visit.shell,
      organisation: visit.actor.organisation.name,
      wards,
      caseload: lists.find(({ kind }) => kind === 'caseload')?.people ?? 0,
      teams: lists
        .filter(({ kind }) => kind === 'team')
        .map(({ id, name, people, roles }) => ({
          id,
          name,
          people,
          sharedWith: roles.map((role) => `${roleNames[role].toLowerCase()}s`).join(', '),
        })),
      newList: { id: newListId(), roles: sharing.map((role) => ({ value: role, text: roleNames[role] })) },
      errors: failed ? [{ field: 'name', text: 'Give the list a name' }] : [],
    }),
    failed ? 422 : 200,
  )
}

async function begin(needs: ListNeeds, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const visit = visitOf(request)
  const name = formField(request.body, 'name').slice(0, 60)
  if (name === '') return await hub(needs, visit, reply, true)
  const id = /^[a-z0-9]{20}$/.exec(formField(request.body, 'id'))?.[0] ?? newListId()
  const given: unknown =
    typeof request.body === 'object' && request.body !== null ? Reflect.get(request.body, 'roles') : undefined
  const roles = (Array.isArray(given) ? given : [given]).filter((one): one is string => typeof one === 'string')
  await withTrail(needs.sql, async (tx) => {
    await openWork(tx, visit.actor, {
      ...askFor(visit, 'list-begun', { list: id }),
      action: 'C',
      permission: 'see-lists',
    })
    await makeTeamList(
      tx,
      { id, name, roles: roles.filter((role) => sharing.some((one) => one === role)) },
      { by: visit.actor, now: visit.now },
    )
  })
  return reply.redirect(paths.keptList(id), 303)
}

type FactList = Pick<ListModel, 'title' | 'why' | 'here'> & {
  readonly list: string
  readonly empty: string
  readonly beds: boolean
}

async function factList(
  { sql, follower }: ListNeeds,
  request: FastifyRequest,
  reply: FastifyReply,
  { list, empty, beds, ...shown }: FactList,
): Promise<FastifyReply> {
  const visit = visitOf(request)
  const behind = (await follower?.keepUp())?.behind ?? false
  const after = queryField(request.query, 'after')
  const { rows, next } = await withTrail(sql, (tx) =>
    readRows(tx, visit, { list, read: () => readList(tx, [list], after) }),
  )
  const section = { rows, empty, beds, ...(next === undefined ? {} : { next: `${shown.here}?after=${next}` }) }
  return sendPage(reply, listView({ ...shown, shell: visit.shell, now: visit.now, behind, sections: [section] }))
}

async function kept(
  { sql, follower }: ListNeeds,
  request: FastifyRequest<{ Params: { list: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const visit = visitOf(request)
  const mine = request.params.list === 'caseload'
  const id = mine ? caseloadOf(visit.actor) : request.params.list
  const here = paths.keptList(request.params.list)
  const page = Math.min(1_000, Math.max(1, Number(/^\d{1,4}$/.exec(queryField(request.query, 'page') ?? '')?.[0] ?? 1)))
  const after = queryField(request.query, 'after')
  const behind = mine ? ((await follower?.keepUp())?.behind ?? false) : false
  const { list, put, told } = await withTrail(sql, async (tx) => {
    // Decided before anybody is told whether there is such a list.
    await openWork(tx, visit.actor, { ...askFor(visit, 'lists'), permission: 'see-lists' })
    return {
      list: mine ? undefined : await keptList(tx, id, visit.actor),
      put: await readRows(tx, visit, { list: id, read: () => readKeptList(tx, id, page) }),
      told: mine
        ? await readRows(tx, visit, { list: 'answered-for', read: () => readList(tx, ownLists(visit.actor), after) })
        : undefined,
    }
  })
  const sections = [
    {
      ...(mine ? { heading: 'Put there by you' } : {}),
      rows: put.rows,
      empty: 'Nobody is on this list. Open a record and put the person on it.',
      beds: false,
      takeOff: request.params.list,
      ...(put.next === undefined ? {} : { next: `${here}?page=${put.next}` }),
    },
    ...(told
      ? [
          {
            heading: 'Those you answer for, as sources tell it',
            rows: told.rows,
            empty: 'No source names you in a care team, as key worker or for a stay that goes on.',
            beds: false,
            ...(told.next === undefined ? {} : { next: `${here}?after=${told.next}` }),
          },
        ]
      : []),
  ]
  return sendPage(
    reply,
    listView({
      shell: visit.shell,
      now: visit.now,
      title: list?.name ?? 'My caseload',
      why: list
        ? `Shared with ${list.roles.map((role) => `${roleNames[role].toLowerCase()}s`).join(', ')} of ${visit.actor.organisation.name}.`
        : 'Seen by you alone.',
      here,
      sections,
      behind,
    }),
  )
}

async function changePeople(
  { sql }: ListNeeds,
  request: FastifyRequest<{ Params: { list: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const visit = visitOf(request)
  const list = request.params.list === 'caseload' ? caseloadOf(visit.actor) : request.params.list
  const person = formField(request.body, 'person')
  const off = formField(request.body, 'do') === 'take-off'
  if (!/^[a-z0-9]{1,40}$/.test(person))
    throw new Problem('invalid', 'Nobody was chosen', 'Open the record and choose the list there.')
  await withTrail(sql, async (tx) => {
    const ask = { ...askFor(visit, off ? 'list-taken-off' : 'list-put-on', { list }), action: 'U' as const }
    await openWork(tx, visit.actor, { ...ask, permission: 'see-lists' })
    const { persons, person: now, access } = await openRecord(tx, visit.actor, person, ask)
    // Emergency access ends by itself: nobody makes it last by putting the person on a list of their own (hazard H-66).
    if (!off && access?.emergency)
      throw new Problem(
        'conflict',
        'You see this record by emergency access, which puts nobody on a list',
        'Ask somebody who looks after the person to do it.',
      )
    const by = { by: visit.actor, now: visit.now }
    if (off) await takeOffList(tx, { list, persons }, by)
    else await addToList(tx, { list, person: now }, by)
  })
  return reply.redirect(
    formField(request.body, 'back') === 'record' ? paths.patient(person) : paths.keptList(request.params.list),
    303,
  )
}
