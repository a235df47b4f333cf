import type { FastifyInstance, FastifyRequest } from 'fastify'
import { faultPlaces, Problem, type ProblemKind, toProblem } from '../../base/index.ts'
import { answerLimited } from '../limited/pages.ts'
import type { StaffNeeds } from '../needs.ts'
import type { StaffShell } from '../shell.tsx'
import { sendPage, visitIfAny } from '../visit.ts'
import { errorView } from './view.tsx'

/** The one place that turns a Problem into a page. @see style.md §7 */
export const statusOf: Readonly<Record<ProblemKind, number>> = {
  invalid: 400,
  'not-found': 404,
  gone: 410,
  conflict: 409,
  forbidden: 403,
  'too-many': 429,
  busy: 503,
  fault: 500,
}

/** Pages for what cannot be done: each says what to do. Faults of ours are logged, without a word of what was asked. */
export function answerProblems(app: FastifyInstance, { assets, demo, log }: StaffNeeds): void {
  const shellOf = (request: FastifyRequest): StaffShell => visitIfAny(request)?.shell ?? { assets, demo }
  app.setErrorHandler((thrown, request, reply) => {
    const problem = problemOf(thrown)
    if (problem.kind === 'fault') {
      log.error(
        { requestId: request.id, route: request.routeOptions.url ?? '', fault: faultPlaces(problem) },
        'a staff page failed',
      )
    }
    const limited = answerLimited(problem, request, reply)
    if (limited) return limited
    const { kind, message, remedy } = problem
    return sendPage(
      reply,
      errorView({ shell: shellOf(request), kind, message, remedy, requestId: request.id }),
      statusOf[kind],
    )
  })
  app.setNotFoundHandler((request, reply) =>
    sendPage(
      reply,
      errorView({
        shell: shellOf(request),
        kind: 'not-found',
        message: 'There is no page at this address',
        remedy: 'Check the address, or begin from the start page.',
        requestId: request.id,
      }),
      404,
    ),
  )
}

/** What Fastify throws for a body too large or of another kind is the sender's to mend; all else unknown is ours. */
function problemOf(thrown: unknown): Problem {
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined
  // The server takes no more while it is behind (under-pressure): nothing is broken, and later is better.
  if (!(thrown instanceof Problem) && status === 503)
    return new Problem('busy', 'Too much is asked of us at this moment', 'Wait a few seconds and try again.')
  if (!(thrown instanceof Problem) && typeof status === 'number' && status >= 400 && status < 500) {
    return new Problem('invalid', 'What was sent could not be read', 'Go back and try again.')
  }
  return toProblem(thrown)
}
