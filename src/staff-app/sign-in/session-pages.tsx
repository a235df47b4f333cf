/** When the session ends, and staying: pages that work without JavaScript, and the same for our module. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { lookAtSession } from '../../access/index.ts'
import { Button, type Safe, timeOfDay } from '../../design/index.ts'
import { formField, queryField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { isOwnPage, secondsLeft, sessionToken, withNext } from '../session.ts'
import { warnSeconds } from '../session-end.ts'
import { StaffPage } from '../shell.tsx'
import { sendPage, type Visit, visitIfAny, visitOf } from '../visit.ts'

export function sessionPages(app: FastifyInstance, needs: StaffNeeds): void {
  const { sql, clock } = needs

  // A page that gave way leads here. It never puts the end off: somebody must press.
  app.get(routes.session, { config: { quiet: true } }, async (request, reply) => {
    const next = ownNext(queryField(request.query, 'next'))
    const visit = visitIfAny(request)
    if (!visit) return reply.redirect(withNext(paths.signedOut, next), 303)
    const left = secondsLeft(visit)
    reply.header('refresh', `${left + 1};url=${withNext(paths.signedOut, next)}`)
    return sendPage(reply, sessionView({ visit, left, next }))
  })

  app.post(routes.session, { config: { quiet: true } }, async (request, reply) => {
    const next = ownNext(formField(request.body, 'next'))
    return (await stay(request))
      ? reply.redirect(next ?? paths.home, 303)
      : reply.redirect(withNext(paths.signedOut, next), 303)
  })

  app.get(routes.sessionLeft, { config: { quiet: true } }, async (request, reply) => {
    const visit = visitIfAny(request)
    return await reply.header('cache-control', 'no-store').send({ seconds: visit ? secondsLeft(visit) : 0 })
  })

  app.post(
    routes.sessionStay,
    { config: { formless: 'json', quiet: true }, bodyLimit: 100 },
    async (request, reply) => {
      const live = await stay(request)
      const seconds = live ? secondsLeft({ session: live, now: visitOf(request).now }) : 0
      return await reply.header('cache-control', 'no-store').send({ seconds })
    },
  )

  async function stay(request: FastifyRequest) {
    return await lookAtSession(sql, sessionToken(request, needs), clock(), 'stay')
  }
}

const ownNext = (next: string | undefined): string | undefined =>
  next !== undefined && isOwnPage(next) ? next : undefined

function sessionView({
  visit: { shell, session },
  left,
  next,
}: {
  readonly visit: Visit
  readonly left: number
  readonly next: string | undefined
}): Safe {
  const last = session.idleUntil >= session.lastsUntil
  return (
    <StaffPage shell={shell} title={['Are you still there?']} at="none">
      <h1>
        {left <= warnSeconds
          ? 'You will be signed out in 2 minutes'
          : `You are signed in until ${timeOfDay(session.idleUntil)}`}
      </h1>
      <p class="app-lead">
        {last
          ? `A sign-in lasts for a working day, and this one ends at ${timeOfDay(session.lastsUntil)}. Finish what you are doing, then sign in again.`
          : 'Nothing was opened for a while, so the page has left the screen. It is kept for you.'}
      </p>
      <form action={paths.session} method="post" novalidate>
        {next === undefined ? undefined : <input type="hidden" name="next" value={next} />}
        <Button text={last ? 'Go back to the page' : 'Stay signed in'} />
      </form>
      <form action={paths.signOut} method="post" novalidate>
        <Button text="Sign out" look="secondary" />
      </form>
    </StaffPage>
  )
}
