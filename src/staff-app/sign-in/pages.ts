import type { FastifyInstance } from 'fastify'
import { refuseSignIn, roleNames, signIn, signOut } from '../../access/index.ts'
import { noteColleagues } from '../../worklist/index.ts'
import { formField, queryField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { giveCookie, isOwnPage, sessionToken, takeCookie } from '../session.ts'
import { sendPage } from '../visit.ts'
import { type SignInModel, signedOutView, signInView } from './view.tsx'

/** Sign-in, sign-out, and the page that says so. In the demo area choosing a name signs in. */
export function signInPages(app: FastifyInstance, needs: StaffNeeds): void {
  const { sql, clock, assets, demo, standIn } = needs
  const model = (next: string | undefined, error?: string): SignInModel => ({
    shell: { assets, demo },
    ...(standIn === undefined
      ? {}
      : {
          people: standIn.people().staff.map(({ id, name, role, organisation }) => ({
            id,
            name,
            role: roleNames[role],
            organisation: organisation.name,
          })),
        }),
    ...(next !== undefined && isOwnPage(next) ? { next } : {}),
    ...(error === undefined ? {} : { error }),
  })

  app.get(routes.signIn, async (request, reply) =>
    sendPage(reply, signInView(model(queryField(request.query, 'next')))),
  )

  app.post(routes.signIn, async (request, reply) => {
    const next = formField(request.body, 'next')
    const actor = standIn?.actorFor(formField(request.body, 'person'))
    if (actor?.kind !== 'staff') {
      await sql.begin((tx) => refuseSignIn(tx, 'staff', { now: clock(), address: request.ip, requestId: request.id }))
      return sendPage(reply, signInView(model(next, 'Choose one of the people on this page.')), 422)
    }
    const token = await sql.begin(async (tx) => {
      await noteColleagues(tx, [actor], clock())
      return await signIn(tx, actor, { now: clock(), address: request.ip, requestId: request.id })
    })
    giveCookie(reply, token, needs)
    return reply.redirect(isOwnPage(next) ? next : paths.home, 303)
  })

  app.post(routes.signOut, async (request, reply) => {
    const token = sessionToken(request)
    if (token !== '') {
      await sql.begin((tx) => signOut(tx, token, { now: clock(), address: request.ip, requestId: request.id }))
    }
    takeCookie(reply)
    return reply.redirect(paths.signedOut, 303)
  })

  app.get(routes.signedOut, async (_request, reply) => sendPage(reply, signedOutView({ shell: { assets, demo } })))
}
