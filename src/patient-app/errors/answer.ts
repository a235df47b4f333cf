import type { FastifyInstance, FastifyRequest } from 'fastify'
import { faultPlaces, Problem, type ProblemKind, toProblem } from '../../base/index.ts'
import type { PatientNeeds } from '../needs.ts'
import type { PatientShell } from '../shell.tsx'
import { sendPage, visitIfAny } from '../visit.ts'
import { errorView } from './view.tsx'

const statusOf: Readonly<Record<ProblemKind, number>> = {
  invalid: 400,
  'not-found': 404,
  gone: 410,
  conflict: 409,
  forbidden: 403,
  'too-many': 429,
  busy: 503,
  fault: 500,
}

/** The one place that turns a Problem into a page for patients. */
export function answerProblems(app: FastifyInstance, { assets, demo, log }: PatientNeeds): void {
  const shellOf = (request: FastifyRequest): PatientShell =>
    visitIfAny(request)?.shell ?? { assets, demo, signedIn: false }
  app.setErrorHandler((thrown, request, reply) => {
    const problem = problemOf(thrown)
    if (problem.kind === 'fault') {
      const fault = faultPlaces(problem)
      log.error({ requestId: request.id, route: request.routeOptions.url ?? '', fault }, 'a patient page failed')
    }
    return sendPage(
      reply,
      errorView({ shell: shellOf(request), problem, requestId: request.id }),
      statusOf[problem.kind],
    )
  })
  app.setNotFoundHandler((request, reply) => {
    const problem = new Problem('not-found', 'There is no page at this address', 'Go to your home page.')
    return sendPage(reply, errorView({ shell: shellOf(request), problem, requestId: request.id }), 404)
  })
}

function problemOf(thrown: unknown): Problem {
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined
  if (!(thrown instanceof Problem) && typeof status === 'number' && status >= 400 && status < 500) {
    return new Problem('invalid', 'What was sent could not be read', 'Go back and try again.')
  }
  return toProblem(thrown)
}
