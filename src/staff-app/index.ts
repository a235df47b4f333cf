/**
 * Staff app: the pages at /staff. Find a person, read one record, watch the feeds, settle who is who.
 * Called by server.ts. Never holds SQL or rules: each page asks access, reads through the rooms below, and writes HTML.
 */
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { guardForms } from '../access/index.ts'
import { Problem } from '../base/index.ts'
import { isOwnForm } from '../design/index.ts'
import { appPages } from './apps/pages.ts'
import { trailPages } from './assurance/pages.ts'
import { policyPages } from './assurance/policy-pages.ts'
import { reviewPages } from './assurance/reviews.ts'
import { isLate, keepLate } from './drafts/keep.ts'
import { draftPages } from './drafts/pages.ts'
import { answerProblems } from './errors/answer.ts'
import { estatePage, startPages } from './estate/pages.ts'
import { feedPages } from './feeds/pages.ts'
import { findPages } from './find/pages.ts'
import { helpPage } from './help/page.ts'
import { homePage } from './home/page.ts'
import { identityPages } from './identity/pages.ts'
import { limitedPages } from './limited/pages.ts'
import { listPages } from './lists/pages.ts'
import type { StaffNeeds } from './needs.ts'
import { base } from './paths.ts'
import { patientPages } from './patients/index.ts'
import { recentPage } from './recent/page.ts'
import { recognise, sessionCookieName, toSignIn } from './session.ts'
import { askToConfirm, confirmPages } from './sign-in/confirm-pages.tsx'
import { signInPages } from './sign-in/pages.ts'
import { sessionPages } from './sign-in/session-pages.tsx'
import { visitIfAny } from './visit.ts'
import { worklistPages } from './worklist/pages.ts'
import { taskPages } from './worklist/task-pages.ts'
import { writePages } from './write/pages.ts'

export type { StaffNeeds } from './needs.ts'
export { paths as staffPaths } from './paths.ts'
export type { Assets } from './shell.tsx'
export { demoPeople } from './sign-in/demo-people.ts'
export { resultRoles } from './worklist/pages.ts'
export { taskRoles } from './worklist/task-pages.ts'

/** Mounts every page of the staff app at /staff. */
export async function staffApp(app: FastifyInstance, needs: StaffNeeds): Promise<void> {
  const inside: FastifyPluginAsync = async (staff) => {
    staff.addHook('onRequest', async (request, reply) => {
      if (!visitIfAny(request) && !(await isLate(request, needs))) return await toSignIn(request, reply, needs)
    })
    // After the key of the form was read: nobody fills another's drafts.
    staff.addHook('preHandler', async (request, reply) => await keepLate(request, reply, needs))
    staff.addHook('preHandler', async (request, reply) => await askToConfirm(request, reply, needs))
    confirmPages(staff, needs)
    draftPages(staff, needs)
    homePage(staff, needs)
    findPages(staff, needs)
    recentPage(staff, needs)
    feedPages(staff, needs)
    identityPages(staff, needs)
    patientPages(staff, needs)
    estatePage(staff, needs)
    writePages(staff, needs)
    trailPages(staff, needs)
    reviewPages(staff, needs)
    policyPages(staff, needs)
    limitedPages(staff, needs)
    worklistPages(staff, needs)
    taskPages(staff, needs)
    listPages(staff, needs)
    appPages(staff, needs)
  }
  const whole: FastifyPluginAsync = async (staff) => {
    await staff.register(cookie)
    await staff.register(formbody, { bodyLimit: 65_536 })
    answerProblems(staff, needs)
    staff.addHook('onRequest', async (request) => {
      refuseForeignForm(request)
      await recognise(request, needs)
    })
    guardForms(staff, {
      sessionCookie: sessionCookieName(needs.secureCookies),
      path: base,
      secure: needs.secureCookies,
    })
    signInPages(staff, needs)
    sessionPages(staff, needs)
    helpPage(staff, needs)
    startPages(staff, needs)
    await staff.register(inside)
  }
  await app.register(whole, { prefix: base })
}

/** SameSite cookies already keep other sites out; this does so in every browser, and for sign-in too. */
function refuseForeignForm({ method, headers }: FastifyRequest): void {
  if (method === 'GET' || method === 'HEAD' || isOwnForm(headers)) return
  throw new Problem('forbidden', 'This form was sent from another site', 'Open the page here and try again.')
}
