/** What somebody had written when their session ended: shown to them alone, taken back into its form, or deleted. */
import type { FastifyInstance } from 'fastify'
import { draftsOf, dropDraft, keepDraft, showDraft } from '../../access/index.ts'
import { Problem } from '../../base/index.ts'
import { formField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { isOwnPage } from '../session.ts'
import { askFor, sendPage, type Visit, visitOf } from '../visit.ts'
import { draftIn, personIn } from './keep.ts'
import { draftView } from './view.tsx'

type One = { Params: { draft: string } }

/** Forms that show their answers once more, with the patient's name, before anything is saved. */
const isChecked = /^\/staff\/patients\/[^/]+\/(?:add\/\w+|entries\/[^/]+\/[^/]+\/correct)$/
/** Risky acts that are about no record: sent again, as they were, once somebody has confirmed who they are. */
const isConfirmed = /^\/staff\/assurance\/(?:policy|reviews\/[^/]+)$/
const goesOn = (address: string): boolean => isChecked.test(address) || isConfirmed.test(address)

export function draftPages(app: FastifyInstance, { sql, secrets }: StaffNeeds): void {
  const draftOf = async (visit: Visit, id: string) => {
    const draft = (await draftsOf(sql, visit.actor, secrets, visit.now)).find((one) => one.id === id)
    if (draft) return draft
    throw new Problem(
      'not-found',
      'This text is kept no more',
      'Texts are kept for a day, or until you go on with them.',
    )
  }

  app.get<One>(routes.draft, async (request, reply) => {
    const visit = visitOf(request)
    const draft = await draftOf(visit, request.params.draft)
    await sql.begin((tx) => showDraft(tx, visit.actor, askFor(visit, 'draft'), personIn(draft.address)))
    return sendPage(reply, draftView({ shell: visit.shell, draft, goesOn: goesOn(draft.address) }))
  })

  app.post<One>(routes.draft, async (request, reply) => {
    const visit = visitOf(request)
    const { id, address } = await draftOf(visit, request.params.draft)
    await sql.begin((tx) => dropDraft(tx, visit.actor, id, askFor(visit, 'draft-dropped')))
    // The same form, sent to the page that checks it.
    if (formField(request.body, 'act') === 'go-on' && goesOn(address)) return reply.redirect(address, 307)
    return reply.redirect(paths.home, 303)
  })

  // Our module keeps what is being written, a moment before the session ends.
  app.post(routes.drafts, { config: { formless: 'json', quiet: true }, bodyLimit: 65_536 }, async (request, reply) => {
    const visit = visitOf(request)
    const { body } = request
    const address = formField(body, 'address')
    if (!isOwnPage(address)) throw new Problem('invalid', 'This is no form of ours', 'Open the page again.')
    const fields: unknown = typeof body === 'object' && body !== null && 'fields' in body ? body.fields : {}
    const draft = draftIn(fields, { address, from: request.headers.referer, token: visit.token })
    const ask = askFor(visit, 'draft-kept')
    const id = await sql.begin((tx) => keepDraft(tx, visit.actor, draft, { secrets, ask, person: personIn(address) }))
    return await reply.header('cache-control', 'no-store').send({ next: paths.draft(id) })
  })
}
