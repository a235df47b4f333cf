/**
 * Patient app: the pages at /app, where people see their own record in plain words, and who has looked.
 * Called by server.ts. Never holds SQL or rules, and never shows anybody's record but the signed-in person's own, or that of somebody whom they act for.
 */
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { guardForms } from '../access/index.ts'
import { Problem } from '../base/index.ts'
import { isOwnForm } from '../design/index.ts'
import { accessPage } from './access/page.ts'
import { appPages } from './apps/pages.ts'
import { choicePages } from './choices/pages.ts'
import { answerProblems } from './errors/answer.ts'
import { helpView } from './errors/view.tsx'
import { healthPages } from './health/pages.ts'
import { homePage } from './home/page.ts'
import type { PatientNeeds } from './needs.ts'
import { base, isConnectPage, paths, routes } from './paths.ts'
import { signInPages } from './sign-in/pages.ts'
import { recognise, sendPage, sessionCookieName, visitIfAny } from './visit.ts'

export type { PatientNeeds } from './needs.ts'

/** Mounts every page of the patient app at /app. */
export async function patientApp(app: FastifyInstance, needs: PatientNeeds): Promise<void> {
  const inside: FastifyPluginAsync = async (own) => {
    own.addHook('onRequest', async (request, reply) => {
      if (!visitIfAny(request))
        return reply.redirect(
          isConnectPage(request.url) ? `${paths.signIn}?next=${encodeURIComponent(request.url)}` : paths.signIn,
          303,
        )
    })
    homePage(own, needs)
    healthPages(own, needs)
    accessPage(own, needs)
    appPages(own, needs)
    choicePages(own, needs)
  }
  const whole: FastifyPluginAsync = async (all) => {
    await all.register(cookie)
    await all.register(formbody, { bodyLimit: 16_384 })
    answerProblems(all, needs)
    all.addHook('onRequest', async (request) => {
      refuseForeignForm(request)
      await recognise(request, needs)
    })
    guardForms(all, { sessionCookie: sessionCookieName(needs.secureCookies), path: base, secure: needs.secureCookies })
    signInPages(all, needs)
    all.get(routes.help, async (request, reply) =>
      sendPage(reply, helpView({ shell: visitIfAny(request)?.shell ?? { ...needs, signedIn: false } })),
    )
    await all.register(inside)
  }
  await app.register(whole, { prefix: base })
}

function refuseForeignForm({ method, headers }: FastifyRequest): void {
  if (method === 'GET' || method === 'HEAD' || isOwnForm(headers)) return
  throw new Problem('forbidden', 'This form was sent from another site', 'Open the page here and try again.')
}
