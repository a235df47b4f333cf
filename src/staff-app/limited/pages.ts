/** Giving a reason for a record that does not open by itself. The page that asks is the answer to the refusal: `errors/answer.ts`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  emergencyReasons,
  type Limited,
  limitedBy,
  openInEmergency,
  openRecord,
  withTrail,
} from '../../access/index.ts'
import { Problem } from '../../base/index.ts'
import type { FormError } from '../../design/index.ts'
import { formField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { isOwnPage } from '../session.ts'
import { askFor, sendPage, visitIfAny, visitOf } from '../visit.ts'
import { limitedView } from './view.tsx'

export function limitedPages(app: FastifyInstance, { sql }: Pick<StaffNeeds, 'sql'>): void {
  app.post<{ Params: { person: string } }>(routes.emergency, async (request, reply) => {
    const visit = visitOf(request)
    const { person } = request.params
    const typed = formField(request.body, 'reason')
    const note = formField(request.body, 'note')
    const wanted = formField(request.body, 'next')
    const next = isOwnPage(wanted) && wanted.startsWith(`${paths.patient(person)}`) ? wanted : paths.patient(person)
    const reason = emergencyReasons.find(([id]) => id === typed)?.[0]
    const errors: FormError[] = []
    if (reason === undefined) errors.push({ field: 'reason', text: 'Choose why you need this record' })
    if (reason === 'other' && note === '') errors.push({ field: 'note', text: 'Write your reason' })
    if (reason === undefined || errors.length > 0) {
      const limited = await limitOf()
      if (!limited) return reply.redirect(next, 303)
      return sendPage(
        reply,
        limitedView({ shell: visit.shell, limited, now: visit.now, next, note, errors, ...(reason ? { reason } : {}) }),
        422,
      )
    }
    await withTrail(sql, (tx) =>
      openInEmergency(tx, visit.actor, { person, reason, note }, askFor(visit, 'emergency-access')),
    )
    return reply.redirect(next, 303)

    /** The same page again; undefined: the record opens by now. @throws Problem when it does not open at all */
    async function limitOf(): Promise<Limited | undefined> {
      try {
        await withTrail(sql, (tx) => openRecord(tx, visit.actor, person, askFor(visit, 'record-page')))
        return undefined
      } catch (thrown) {
        const limited = thrown instanceof Problem ? limitedBy(thrown) : undefined
        if (limited) return limited
        throw thrown
      }
    }
  })
}

/** Answers a read of a limited record with the page that asks why; undefined for any other Problem. */
export function answerLimited(
  problem: Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply | undefined {
  const limited = limitedBy(problem)
  const visit = visitIfAny(request)
  if (!limited || !visit) return undefined
  const next = request.method === 'GET' ? request.url : paths.patient(limited.person)
  return sendPage(reply, limitedView({ shell: visit.shell, limited, now: visit.now, next }), 403)
}
