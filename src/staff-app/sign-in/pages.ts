import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { draftsOf, isSame, refuseSignIn, roleNames, type Staff, signOut } from '../../access/index.ts'
import { endByProvider, type Outcome } from '../../sign-in/index.ts'
import { noteColleagues } from '../../worklist/index.ts'
import { formField, queryField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import {
  attemptSecret,
  forgetBefore,
  giveAttempt,
  giveCookie,
  isOwnPage,
  lastHere,
  sessionBefore,
  sessionToken,
  takeAttempt,
  takeCookie,
  withNext,
} from '../session.ts'
import { sendPage } from '../visit.ts'
import { confirmed } from './confirm-pages.tsx'
import { chooseRoleView, refusedView } from './refused-view.tsx'
import { type SignInModel, signedOutView, signInView } from './view.tsx'

/**
 * Sign-in by NHS CIS2, sign-out, and the pages that say so. In the demo area choosing a name goes through the stand-in in its place.
 * Leaving for the provider is a link and no form: browsers hold forms to our own site, also over redirects.
 */
export function signInPages(app: FastifyInstance, needs: StaffNeeds): void {
  const { sql, clock, assets, demo, standIn, door } = needs
  const shell = { assets, demo }
  const byName = door?.byStandIn
  const model = (next: string | undefined, error?: string): SignInModel => ({
    shell,
    canBegin: door !== undefined,
    ...(standIn === undefined || byName === undefined
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
  const fromOf = (request: FastifyRequest) => ({ address: request.ip, requestId: request.id })

  /** A session, a choice of roles, or a refusal that says why. */
  async function answer(request: FastifyRequest, reply: FastifyReply, outcome: Outcome<Staff>): Promise<FastifyReply> {
    if (outcome.kind === 'confirmed') return await confirmed(request, reply, { outcome, needs })
    if (outcome.kind === 'choose') {
      giveAttempt(reply, outcome.secret, needs)
      const choices = outcome.choices.map((one) => ({ ...one, roleName: roleNames[one.staff.role] }))
      return sendPage(reply, chooseRoleView({ shell, choices }))
    }
    if (outcome.kind === 'refused' || !door) return refused(reply, outcome)
    await noteColleagues(sql, [outcome.actor], clock())
    const last = await lastHere(request, needs)
    const token = await door.enter(outcome, fromOf(request), sessionToken(request, needs))
    if (typeof token !== 'string') return refused(reply, token)
    giveCookie(reply, token, needs)
    forgetBefore(request, reply, needs)
    // The page that somebody was on is theirs to go back to, and nobody's who sits down after them.
    const next = last === undefined || isSame(last, outcome.actor) ? outcome.next : undefined
    return reply.redirect(next !== undefined && isOwnPage(next) ? next : paths.home, 303)
  }

  function refused(reply: FastifyReply, outcome: Outcome<Staff>): FastifyReply {
    const { next } = 'next' in outcome ? outcome : {}
    const kind = outcome.kind === 'refused' ? outcome.refused : 'not-trusted'
    return sendPage(
      reply,
      refusedView({ shell, refused: kind, ...(next !== undefined && isOwnPage(next) ? { next } : {}) }),
      kind === 'provider-away' ? 503 : 403,
    )
  }

  app.get(routes.signIn, async (request, reply) => {
    const { query } = request
    const switched = queryField(query, 'switched') !== undefined
    return sendPage(reply, signInView({ ...model(queryField(query, 'next')), ...(switched ? { switched } : {}) }))
  })

  app.get(routes.signInStart, async (request, reply) => {
    if (!door) return sendPage(reply, signInView(model(undefined)), 503)
    const next = queryField(request.query, 'next')
    // Where somebody was signed in, the provider may still know them: whoever comes now says who they are.
    const last = await lastHere(request, needs)
    const begun = await door
      .begin(next !== undefined && isOwnPage(next) ? next : undefined, last === undefined ? {} : { prompt: 'login' })
      .catch(() => undefined)
    if (!begun) return refused(reply, { kind: 'refused', refused: 'provider-away', why: 'discovery' })
    giveAttempt(reply, begun.secret, needs)
    return reply.header('cache-control', 'no-store').redirect(begun.url, 303)
  })

  app.get(routes.signInBack, async (request, reply) => {
    if (!door) return sendPage(reply, signInView(model(undefined)), 503)
    const outcome = await door.finish(
      attemptSecret(request, needs),
      new URL(request.url, 'https://here.invalid'),
      fromOf(request),
    )
    takeAttempt(reply, needs)
    return await answer(request, reply, outcome)
  })

  app.post(routes.signInRole, async (request, reply) => {
    if (!door) return sendPage(reply, signInView(model(undefined)), 503)
    const outcome = await door.choose(attemptSecret(request, needs), formField(request.body, 'role'), fromOf(request))
    takeAttempt(reply, needs)
    return await answer(request, reply, outcome)
  })

  app.post(routes.signIn, async (request, reply) => {
    const next = formField(request.body, 'next')
    const person = formField(request.body, 'person')
    if (!byName || !standIn?.people().staff.some(({ id }) => id === person)) {
      await sql.begin((tx) => refuseSignIn(tx, 'staff', { now: clock(), ...fromOf(request) }))
      return sendPage(reply, signInView(model(next, 'Choose one of the people on this page.')), 422)
    }
    return await answer(request, reply, await byName(person, isOwnPage(next) ? next : undefined, fromOf(request)))
  })

  const end = async (request: FastifyRequest, reply: FastifyReply, what: 'sign-out' | 'switch-user'): Promise<void> => {
    const token = sessionToken(request, needs)
    if (token !== '') await sql.begin((tx) => signOut(tx, token, { now: clock(), ...fromOf(request) }, what))
    takeCookie(reply, needs, token)
    // What the browser kept of pages goes; over plain HTTP browsers take no such word.
    if (needs.secureCookies) reply.header('clear-site-data', '"cache"')
  }

  app.post(routes.signOut, async (request, reply) => {
    await end(request, reply, 'sign-out')
    // A form may lead to no other site, also not over redirects: the page that it leads to goes on to the provider.
    const there = await door?.signOutUrl()
    return reply.redirect(there === undefined ? paths.signedOut : `${paths.signedOut}?provider=yes`, 303)
  })

  app.get(routes.signOutAtProvider, { config: { quiet: true } }, async (request, reply) => {
    const before = await sessionBefore(request, needs)
    const there = before?.why === 'sign-out' ? await door?.signOutUrl(before.idToken) : undefined
    return reply.header('cache-control', 'no-store').redirect(there ?? paths.signedOut, 303)
  })

  app.post(routes.switchUser, async (request, reply) => {
    await end(request, reply, 'switch-user')
    return reply.redirect(`${paths.signIn}?switched=yes`, 303)
  })

  app.post(routes.signOutByProvider, { config: { formless: 'signed' } }, async (request, reply) => {
    const ended =
      door &&
      (await endByProvider(
        { sql, clock, provider: door.provider },
        formField(request.body, 'logout_token'),
        fromOf(request),
      ))
    return await reply
      .code(ended === undefined ? 400 : 200)
      .header('cache-control', 'no-store')
      .send(ended === undefined ? { error: 'invalid_request' } : {})
  })

  app.get(routes.signedOut, { config: { quiet: true } }, async (request, reply) => {
    const before = await sessionBefore(request, needs)
    const asked = queryField(request.query, 'next')
    const next = asked !== undefined && isOwnPage(asked) ? asked : undefined
    const drafts = before ? await draftsOf(sql, before.actor, needs.secrets, clock()) : []
    const atProvider = queryField(request.query, 'provider') !== undefined && before?.why === 'sign-out'
    if (atProvider) reply.header('refresh', `0;url=${paths.signOutAtProvider}`)
    return sendPage(
      reply,
      signedOutView({
        shell,
        why: before?.why ?? 'sign-out',
        written: drafts.length > 0,
        again: withNext(paths.signIn, next),
        kept: next !== undefined,
        ...(atProvider ? { atProvider: paths.signOutAtProvider } : {}),
      }),
    )
  })
}
