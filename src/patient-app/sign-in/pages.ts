import type { FastifyInstance } from 'fastify'
import { refuseSignIn, signIn, signOut } from '../../access/index.ts'
import type { PatientNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { giveCookie, sendPage, sessionToken, takeCookie } from '../visit.ts'
import { type SignInModel, signedOutView, signInView } from './view.tsx'

const shownMax = 60

/** Sign-in, sign-out, and the page that says so. In the demo area choosing a name signs in. */
export function signInPages(app: FastifyInstance, needs: PatientNeeds): void {
  const { sql, clock, assets, demo, standIn } = needs
  const shell = { assets, demo, signedIn: false }
  const model = (error?: string): SignInModel => {
    if (standIn === undefined) return { shell }
    const { patients } = standIn.people()
    return {
      shell,
      people: patients.slice(0, shownMax).map(({ id, name, nhsNumber }) => ({ id, name, nhsNumber })),
      more: Math.max(0, patients.length - shownMax),
      ...(error === undefined ? {} : { error }),
    }
  }

  app.get(routes.signIn, async (_request, reply) => sendPage(reply, signInView(model())))

  app.post(routes.signIn, async (request, reply) => {
    const actor = standIn?.actorFor(personIn(request.body))
    if (actor?.kind !== 'patient') {
      await sql.begin((tx) => refuseSignIn(tx, 'patient', { now: clock(), address: request.ip, requestId: request.id }))
      return sendPage(reply, signInView(model('Choose one of the people on this page.')), 422)
    }
    const token = await sql.begin((tx) =>
      signIn(tx, actor, { now: clock(), address: request.ip, requestId: request.id }),
    )
    giveCookie(reply, token, needs)
    return reply.redirect(paths.home, 303)
  })

  app.post(routes.signOut, async (request, reply) => {
    const token = sessionToken(request)
    if (token !== '') {
      await sql.begin((tx) => signOut(tx, token, { now: clock(), address: request.ip, requestId: request.id }))
    }
    takeCookie(reply)
    return reply.redirect(paths.signedOut, 303)
  })

  app.get(routes.signedOut, async (_request, reply) => sendPage(reply, signedOutView({ shell })))
}

function personIn(body: unknown): string {
  return typeof body === 'object' && body !== null && 'person' in body && typeof body.person === 'string'
    ? body.person
    : ''
}
