import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Patient, refuseSignIn, signOut } from '../../access/index.ts'
import { endByProvider, type Outcome } from '../../sign-in/index.ts'
import type { PatientNeeds } from '../needs.ts'
import { isConnectPage, paths, routes } from '../paths.ts'
import { attemptSecret, giveAttempt, giveCookie, sendPage, sessionToken, takeAttempt, takeCookie } from '../visit.ts'
import { refusedView } from './refused-view.tsx'
import { type SignInModel, signedOutView, signInView } from './view.tsx'

const shownMax = 60

/** Sign-in by NHS login, sign-out, and the pages that say so. In the demo area choosing a name goes through the stand-in in its place. */
export function signInPages(app: FastifyInstance, needs: PatientNeeds): void {
  const { sql, clock, assets, demo, standIn, door } = needs
  const shell = { assets, demo, signedIn: false }
  const byName = door?.byStandIn
  const model = (error?: string, wanted?: string): SignInModel => {
    const next = wanted !== undefined && isConnectPage(wanted) ? { next: wanted } : {}
    if (standIn === undefined || byName === undefined) return { shell, canBegin: door !== undefined, ...next }
    const { patients } = standIn.people()
    return {
      shell,
      ...next,
      canBegin: true,
      people: patients.slice(0, shownMax).map(({ id, name, nhsNumber }) => ({ id, name, nhsNumber })),
      more: Math.max(0, patients.length - shownMax),
      ...(error === undefined ? {} : { error }),
    }
  }
  const fromOf = (request: FastifyRequest) => ({ address: request.ip, requestId: request.id })

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    outcome: Outcome<Patient>,
  ): Promise<FastifyReply> {
    if (outcome.kind !== 'in' || !door) return refused(reply, outcome)
    const token = await door.enter(outcome, fromOf(request), sessionToken(request, needs))
    if (typeof token !== 'string') return refused(reply, token)
    giveCookie(reply, token, needs)
    return reply.redirect(outcome.next !== undefined && isConnectPage(outcome.next) ? outcome.next : paths.home, 303)
  }

  function refused(reply: FastifyReply, outcome: Outcome<Patient>): FastifyReply {
    const kind = outcome.kind === 'refused' ? outcome.refused : 'not-trusted'
    return sendPage(reply, refusedView({ shell, refused: kind }), kind === 'provider-away' ? 503 : 403)
  }

  app.get(routes.signIn, async (request, reply) =>
    sendPage(reply, signInView(model(undefined, fieldOf(request.query, 'next')))),
  )

  app.get(routes.signInStart, async (request, reply) => {
    if (!door) return sendPage(reply, signInView(model()), 503)
    const { query } = request
    const prove = typeof query === 'object' && query !== null && 'prove' in query
    // Somebody who was let in below P9 goes back to be proven, and not straight in again as they were.
    const next = fieldOf(query, 'next')
    const begun = await door
      .begin(isConnectPage(next) ? next : undefined, prove ? { prompt: 'login' } : {})
      .catch(() => undefined)
    if (!begun) return refused(reply, { kind: 'refused', refused: 'provider-away', why: 'discovery' })
    giveAttempt(reply, begun.secret, needs)
    return reply.header('cache-control', 'no-store').redirect(begun.url, 303)
  })

  app.get(routes.signInBack, async (request, reply) => {
    if (!door) return sendPage(reply, signInView(model()), 503)
    const outcome = await door.finish(
      attemptSecret(request, needs),
      new URL(request.url, 'https://here.invalid'),
      fromOf(request),
    )
    takeAttempt(reply, needs)
    return await answer(request, reply, outcome)
  })

  app.post(routes.signIn, async (request, reply) => {
    const person = fieldOf(request.body, 'person')
    const next = fieldOf(request.body, 'next')
    if (!byName || !standIn?.people().patients.some(({ id }) => id === person)) {
      await sql.begin((tx) => refuseSignIn(tx, 'patient', { now: clock(), ...fromOf(request) }))
      return sendPage(reply, signInView(model('Choose one of the people on this page.')), 422)
    }
    return await answer(request, reply, await byName(person, isConnectPage(next) ? next : undefined, fromOf(request)))
  })

  app.post(routes.signOut, async (request, reply) => {
    const token = sessionToken(request, needs)
    if (token !== '') {
      await sql.begin((tx) => signOut(tx, token, { now: clock(), ...fromOf(request) }))
    }
    takeCookie(reply, needs)
    return reply.redirect(paths.signedOut, 303)
  })

  app.post(routes.signOutByProvider, { config: { formless: 'signed' } }, async (request, reply) => {
    const ended =
      door &&
      (await endByProvider(
        { sql, clock, provider: door.provider },
        fieldOf(request.body, 'logout_token'),
        fromOf(request),
      ))
    return await reply
      .code(ended === undefined ? 400 : 200)
      .header('cache-control', 'no-store')
      .send(ended === undefined ? { error: 'invalid_request' } : {})
  })

  app.get(routes.signedOut, async (_request, reply) => sendPage(reply, signedOutView({ shell })))
}

function fieldOf(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return ''
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value.replaceAll('\u0000', '') : ''
}
