/** Before something risky somebody proves again, and strongly, that it is they: at the provider, without any JavaScript. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { keepDraft, proveAgain, type Staff, sessionName } from '../../access/index.ts'
import { Problem } from '../../base/index.ts'
import { Button, ButtonLink, type Safe } from '../../design/index.ts'
import type { Confirmed, Outcome } from '../../sign-in/index.ts'
import { draftIn } from '../drafts/keep.ts'
import { formField, queryField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { giveAttempt, isOwnPage, sessionToken, withNext } from '../session.ts'
import { StaffPage } from '../shell.tsx'
import { askFor, sendPage, type Visit, visitIfAny, visitOf } from '../visit.ts'

/** Sends whoever has not proven enough to do so; what their form held is kept meanwhile. @returns undefined: go on */
export async function askToConfirm(
  request: FastifyRequest,
  reply: FastifyReply,
  { sql, secrets, risky }: StaffNeeds,
): Promise<FastifyReply | undefined> {
  const visit = visitIfAny(request)
  if (!visit || !risky || request.routeOptions.config.risky !== true || isProven(visit, risky)) return undefined
  if (request.method === 'GET') return reply.redirect(withNext(paths.confirm, request.url), 303)
  const draft = draftIn(request.body, {
    address: request.url.split('?')[0] ?? '',
    from: request.headers.referer,
    token: visit.token,
  })
  const id = await sql.begin((tx) => keepDraft(tx, visit.actor, draft, { secrets, ask: askFor(visit, 'draft-kept') }))
  return reply.redirect(withNext(paths.confirm, paths.draft(id)), 303)
}

function isProven({ session: { proven }, now }: Visit, { acrs, minutes }: NonNullable<StaffNeeds['risky']>): boolean {
  return (
    proven !== undefined && acrs.includes(proven.assurance) && now.getTime() - proven.at.getTime() < minutes * 60_000
  )
}

export function confirmPages(app: FastifyInstance, needs: StaffNeeds): void {
  const { door } = needs
  const nextIn = (next: string | undefined) => (next !== undefined && isOwnPage(next) ? next : undefined)

  app.get(routes.confirm, async (request, reply) => {
    const visit = visitOf(request)
    const next = nextIn(queryField(request.query, 'next'))
    return sendPage(reply, confirmView({ visit, next, demo: door?.confirmByStandIn !== undefined }))
  })

  app.get(routes.confirmStart, async (request, reply) => {
    const visit = visitOf(request)
    const next = nextIn(queryField(request.query, 'next'))
    const begun = await door?.beginConfirm(next, accountOf(visit)).catch(() => undefined)
    if (!begun) throw new Problem('busy', 'NHS CIS2 cannot be reached now', 'Try again in a few minutes.')
    giveAttempt(reply, begun.secret, needs)
    return reply.header('cache-control', 'no-store').redirect(begun.url, 303)
  })

  // In the demo one press goes to the stand-in and back, as at sign-in.
  app.post(routes.confirm, async (request, reply) => {
    const visit = visitOf(request)
    const next = nextIn(formField(request.body, 'next'))
    const { address, requestId } = visit
    const outcome: Outcome<Staff> | undefined = await door?.confirmByStandIn?.(visit.actor.id, next, accountOf(visit), {
      address,
      requestId,
    })
    if (outcome?.kind !== 'confirmed') return reply.redirect(withNext(paths.confirm, next), 303)
    return await confirmed(request, reply, { outcome, needs })
  })
}

function accountOf({ session: { proven }, token }: Visit) {
  if (proven) return { session: sessionName(token), issuer: proven.issuer, subject: proven.subject }
  throw new Problem('forbidden', 'This sign-in cannot be confirmed', 'Sign out, and sign in again.')
}

/** The provider says that it is they: for the session that asked, and for no other that this browser may have by now. */
export async function confirmed(
  request: FastifyRequest,
  reply: FastifyReply,
  { outcome, needs }: { readonly outcome: Confirmed; readonly needs: StaffNeeds },
): Promise<FastifyReply> {
  const token = sessionToken(request, needs)
  const { sql, clock } = needs
  const done =
    token !== '' &&
    sessionName(token) === outcome.session &&
    (await sql.begin((tx) =>
      proveAgain(tx, token, outcome.assurance, {
        now: clock(),
        address: request.ip,
        requestId: request.id,
        detail: { assurance: outcome.assurance },
      }),
    ))
  if (!done) throw new Problem('conflict', 'You signed out, or somebody else signed in since', 'Sign in again.')
  const { next } = outcome
  return reply.redirect(next !== undefined && isOwnPage(next) ? next : paths.home, 303)
}

function confirmView({
  visit: { shell, actor },
  next,
  demo,
}: {
  readonly visit: Visit
  readonly next: string | undefined
  readonly demo: boolean
}): Safe {
  return (
    <StaffPage shell={shell} title={['Confirm that it is you']} at="none">
      <h1>Confirm that it is you</h1>
      <p class="app-lead">
        Reviews, changes of who may see what, and copies of the trail ask for a strong sign-in of the last minutes. What
        you filled in is kept, and nothing was done yet.
      </p>
      {demo ? (
        <form action={paths.confirm} method="post" novalidate>
          {next === undefined ? undefined : <input type="hidden" name="next" value={next} />}
          <Button text={`Confirm as ${actor.name}`} />
        </form>
      ) : (
        <p>
          <ButtonLink text="Confirm with NHS CIS2" href={withNext(paths.confirmStart, next)} />
        </p>
      )}
      <p>
        Use your smartcard or security key. <a href={paths.home}>Go back without it</a>
      </p>
    </StaffPage>
  )
}
