import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Clock, type Issue, type Log, Problem } from '../base/index.ts'
import type { Format, FormatId } from './format.ts'
import type { Receipt } from './message.ts'
import type { Pipeline } from './pipeline.ts'
import { recogniseFormat } from './recognise-format.ts'
import type { Source } from './source.ts'
import type { Sources } from './sources.ts'

export type FeedsHttpNeeds = {
  readonly pipeline: Pipeline
  readonly sources: Sources
  readonly format: (id: string) => Format | undefined
  readonly clock: Clock
  readonly log: Log
  /**
   * Decides whether the caller may speak for this source, and leaves the audit line.
   * @throws Problem 'forbidden', or an error with its own HTTP `status`, `headers` and `issues` (401: no token that holds now)
   */
  readonly authorise: (request: FastifyRequest, source: string) => Promise<void>
  readonly lengthMax?: number
}

const status: Record<Receipt['status'], number> = { applied: 200, duplicate: 200, divided: 200, failed: 422, held: 409 }

const formatOf: readonly (readonly [RegExp, FormatId])[] = [
  [/hl7-v2/i, 'hl7v2'],
  [/text\/csv/i, 'csv'],
]

/** `POST /feeds/<source>/messages`: one body in any format that the source declares. Answered after the commit. */
export async function feedsHttp(app: FastifyInstance, needs: FeedsHttpNeeds): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: needs.lengthMax ?? 32_000_000 },
    (_request, body, done) => done(null, body),
  )
  app.setErrorHandler((fault, request, reply) => {
    if (isRefusal(fault))
      return reply.code(fault.status).headers(fault.headers).send({ status: 'refused', issues: fault.issues })
    const problem = fault instanceof Problem ? fault : undefined
    const code = problem
      ? {
          invalid: 400,
          'not-found': 404,
          gone: 410,
          conflict: 409,
          forbidden: 403,
          'too-many': 429,
          busy: 503,
          fault: 500,
        }[problem.kind]
      : ((fault as { statusCode?: number }).statusCode ?? 500)
    if (code >= 500)
      needs.log.error({ requestId: request.id, code, ...about(fault) }, 'a feed request was not answered')
    const remedy =
      problem?.remedy ??
      (code === 413 ? 'Send it in smaller messages.' : 'Try again; if it goes on, tell the operator.')
    return reply.code(code).send({
      status: 'refused',
      issues: [
        {
          place: '',
          message: problem?.message ?? (code === 413 ? 'The body is too large' : 'Something went wrong on our side'),
          remedy,
        },
      ],
    })
  })
  type One = FastifyRequest<{ Params: { source: string } }>
  // Before the body is read: who is not known sends nothing, and fills no memory.
  const onRequest = async (request: One) => await needs.authorise(request, request.params.source)
  app.post<{ Params: { source: string } }>('/:source/messages', { onRequest }, async (request, reply) => {
    const source = needs.sources.get(request.params.source)
    if (!source) throw new Problem('not-found', 'No such source is declared', 'Declare the source first.')
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array()
    if (body.length === 0) throw new Problem('invalid', 'The request has no body', 'Send one message as the body.')
    const receipt = await needs.pipeline.receive(arrivalOf(source, body, request.headers['content-type'] ?? '', needs))
    return reply.code(status[receipt.status]).send(answer(receipt))
  })
}

/** What `authorise` may throw beside a Problem: an answer that HTTP has a number of its own for, as 401. */
type Refusal = Error & {
  readonly status: number
  readonly issues: readonly Issue[]
  readonly headers: Readonly<Record<string, string>>
}

function isRefusal(fault: unknown): fault is Refusal {
  if (!(fault instanceof Error)) return false
  const { status: said, issues, headers } = fault as Partial<Refusal>
  return typeof said === 'number' && said >= 400 && said < 500 && Array.isArray(issues) && typeof headers === 'object'
}

/** Of a fault: where it arose and what the database called it. Never its text alone from the driver's detail, which may quote a row. */
function about(fault: unknown): Readonly<Record<string, unknown>> {
  if (!(fault instanceof Error)) return { fault: 'unknown' }
  const cause = fault.cause instanceof Error ? fault.cause : fault
  return {
    fault: fault instanceof Problem ? fault.kind : fault.name,
    ...('code' in cause ? { databaseCode: cause.code } : {}),
    stack: cause.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 8),
  }
}

function arrivalOf(source: Source, body: Uint8Array, contentType: string, { format, clock }: FeedsHttpNeeds) {
  const said = formatOf.find(([pattern, id]) => pattern.test(contentType) && source.formats.includes(id))?.[1]
  const id = said ?? recogniseFormat(body, source.formats)
  const language = id && format(id)
  if (!id || !language) {
    throw new Problem(
      'invalid',
      `The body is in none of the formats that this source declares (${source.formats.join(', ')})`,
      'Correct the body, or declare its format.',
    )
  }
  return { ...language.envelope(body, source), source: source.id, format: id, body, receivedAt: clock() }
}

function answer({ messageId, status: said, issues, written, parts }: Receipt): Readonly<Record<string, unknown>> {
  return {
    messageId,
    status: said,
    issues: issues satisfies readonly Issue[],
    facts: written.length,
    ...(parts ? { parts } : {}),
  }
}
