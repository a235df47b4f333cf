/** The FHIR R4 REST interface and the token endpoint, as routes: what is asked, which interaction answers. @see FHIR R4 http.html */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/index.ts'
import { faultPlaces } from '../base/index.ts'
import { isResourceType } from '../fhir/index.ts'
import { type Answer, sendAnswer, sendText } from './answer.ts'
import { type AppVisit, appRead, appSearch } from './app-reads.ts'
import { postBundle } from './bundle.ts'
import { capabilityText, checkWritable, smartConfiguration } from './capability.ts'
import { everything } from './everything.ts'
import type { FhirApiNeeds } from './needs.ts'
import { type Form, formSent, formWanted } from './negotiate.ts'
import { failureOf } from './outcome.ts'
import { history, read, vread } from './read.ts'
import { refuse } from './refusal.ts'
import { search } from './search.ts'
import { summary } from './summary.ts'
import { type SignIn, tokenEndpoint } from './token-endpoint.ts'
import type { Caller, Tokens } from './tokens.ts'
import { type Visit, visitOf } from './visit.ts'
import { create, type Preconditions, remove, removeWhere, represented, update, updateWhere } from './write.ts'

type OfType = { Params: { type: string } }
type OfOne = { Params: { type: string; id: string } }
type OfVersion = { Params: { type: string; id: string; version: string } }

/** Registers `/fhir` and `/oauth/token`. */
export function fhirApi(app: FastifyInstance, needs: FhirApiNeeds): void {
  const { tokens } = needs
  void app.register(tokenEndpoint, {
    tokens,
    client: needs.client,
    useOnce: needs.useOnce,
    apps: needs.apps,
    clock: needs.clock,
    tokenUrl: () => `${needs.baseUrl()}/oauth/token`,
    recordSignIn: (signIn: SignIn) => recordSignIn(needs, signIn),
  })
  void app.register(fhirRoutes, { prefix: '/fhir', needs, tokens })
}

type RouteNeeds = { readonly needs: FhirApiNeeds; readonly tokens: Tokens }

function fhirRoutes(app: FastifyInstance, { needs, tokens }: RouteNeeds): void {
  const callers = new WeakMap<FastifyRequest, Caller>()
  const appVisits = new WeakMap<FastifyRequest, AppVisit>()
  const forms = new WeakMap<FastifyRequest, Form>()
  const base = () => `${needs.baseUrl()}/fhir`
  const startedAt = needs.clock()
  const answerMax = needs.answerBytesMax ?? 64_000_000
  let capability: string | undefined

  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: needs.bodyBytesMax ?? 32_000_000 },
    (_request, body, done) => done(null, body),
  )
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('cache-control', 'no-store')
    // No id and no name holds NUL, and PostgreSQL takes none.
    if (/%00/.test(request.url.split('?')[0] ?? ''))
      throw refuse(404, 'not-found', 'There is nothing at this address', 'Check the id.')
    forms.set(request, formWanted(request.headers.accept, queryOf(request).get('_format') ?? undefined))
    // Before the body is read: who is not known sends nothing.
    if (request.routeOptions.config && 'open' in request.routeOptions.config) return
    const app = await appOf(request)
    if (app) appVisits.set(request, { caller: app, address: request.ip, requestId: request.id })
    else callers.set(request, tokens.callerOf(request.headers.authorization))
  })
  app.setErrorHandler((thrown, request, reply) => fail(thrown, request, reply))
  app.setNotFoundHandler((request, reply) =>
    fail(
      refuse(
        404,
        'not-supported',
        'There is no such interaction here',
        'See the capability statement at /fhir/metadata.',
      ),
      request,
      reply,
    ),
  )

  app.get('/metadata', { config: { open: true } }, async (request, reply) => {
    capability ??= capabilityText({
      base: base(),
      tokenUrl: `${needs.baseUrl()}/oauth/token`,
      software: needs.software,
      startedAt,
    })
    sendText(reply, capability, formOfAnswer(request))
    return reply
  })
  app.get('/.well-known/smart-configuration', { config: { open: true } }, async (_request, reply) =>
    reply
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(smartConfiguration(`${needs.baseUrl()}/oauth`, needs.apps !== undefined))),
  )

  app.get<OfOne>('/:type/:id', async (request, reply) => {
    const { type, id } = named(request)
    const app = appVisits.get(request)
    if (app) return send(request, reply, await appRead(needs, app, { type, id }))
    return send(
      request,
      reply,
      await read(needs, visit(request), { type, id }, { ifNoneMatch: request.headers['if-none-match'] }),
    )
  })
  app.get<OfVersion>('/:type/:id/_history/:version', async (request, reply) =>
    send(request, reply, await vread(needs, visit(request), named(request), request.params.version)),
  )
  app.get<OfOne>('/:type/:id/_history', async (request, reply) =>
    send(request, reply, await history(needs, visit(request), named(request), withoutFormat(request), base())),
  )
  app.get<{ Params: { id: string } }>('/Patient/:id/$everything', async (request, reply) =>
    send(request, reply, await everything(needs, visit(request), request.params.id, queryOf(request), base())),
  )
  app.get<{ Params: { id: string } }>('/Patient/:id/$summary', async (request, reply) =>
    send(request, reply, await summary(needs, visit(request), request.params.id, queryOf(request), base())),
  )
  app.get<OfType>('/:type', async (request, reply) => send(request, reply, await searched(request, queryOf(request))))
  app.post<OfType>('/:type/_search', async (request, reply) => {
    const query = new URLSearchParams([...queryOf(request), ...formOf(request)])
    return send(request, reply, await searched(request, query))
  })
  app.post<OfType>('/:type', async (request, reply) =>
    sendWritten(
      request,
      reply,
      await create(needs, visit(request), held(request), bodyOf(request), preconditionsOf(request)),
    ),
  )
  app.put<OfOne>('/:type/:id', async (request, reply) =>
    sendWritten(
      request,
      reply,
      await update(
        needs,
        visit(request),
        { type: held(request), id: request.params.id },
        bodyOf(request),
        preconditionsOf(request),
      ),
    ),
  )
  app.put<OfType>('/:type', async (request, reply) =>
    sendWritten(
      request,
      reply,
      await updateWhere(
        needs,
        visit(request),
        held(request),
        withoutFormat(request).toString(),
        bodyOf(request),
        preconditionsOf(request),
      ),
    ),
  )
  app.delete<OfOne>('/:type/:id', async (request, reply) =>
    send(request, reply, await remove(needs, visit(request), named(request), preconditionsOf(request))),
  )
  app.delete<OfType>('/:type', async (request, reply) =>
    send(request, reply, await removeWhere(needs, visit(request), held(request), withoutFormat(request).toString())),
  )
  app.post('/', async (request, reply) =>
    send(request, reply, await postBundle(needs, visit(request), bodyOf(request), { base: base(), answerMax })),
  )

  /** A refusal of the form itself is told in JSON. */
  function formOfAnswer(request: FastifyRequest): Form {
    return forms.get(request) ?? 'json'
  }

  async function searched(request: FastifyRequest<OfType>, query: URLSearchParams): Promise<Answer> {
    const type = typeOf(request)
    const app = appVisits.get(request)
    if (app) return await appSearch(needs, app, { type, query }, base())
    return await search(needs, visit(request), { type, query, lenient: isLenient(request) }, base())
  }

  async function appOf(request: FastifyRequest) {
    const token = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(request.headers.authorization ?? '')?.[1]
    // Systems are told apart without asking the database.
    return token === undefined || tokens.knows(token) ? undefined : await needs.apps?.callerOf(token)
  }

  function visit(request: FastifyRequest): Visit {
    if (appVisits.has(request))
      throw refuse(
        403,
        'forbidden',
        'An app reads and searches one record, and does nothing else',
        'Read or search by type.',
      )
    const caller = callers.get(request)
    if (!caller) throw new Error('fhir-api: a route without a caller')
    return visitOf(caller, { address: request.ip, requestId: request.id })
  }

  function send(request: FastifyRequest, reply: FastifyReply, answer: Answer) {
    // What was written is told, however long it is; what is only read can be asked for in parts.
    if (answer.status === 200 && answer.version === undefined && (answer.body?.length ?? 0) > answerMax) throw tooLong
    sendAnswer(reply, answer, { base: base(), form: formOfAnswer(request) })
    return reply
  }

  async function sendWritten(request: FastifyRequest, reply: FastifyReply, answer: Answer) {
    const minimal = /(?:^|[,;\s])return=(?:minimal|OperationOutcome)/.test(preferOf(request))
    return send(request, reply, minimal ? answer : await represented(needs, visit(request), answer))
  }

  function fail(thrown: unknown, request: FastifyRequest, reply: FastifyReply) {
    const { status, headers, body, isFault } = failureOf(thrown)
    if (isFault)
      needs.log.error(
        { requestId: request.id, route: request.routeOptions.url ?? '', fault: faultPlaces(thrown) },
        'a FHIR request failed',
      )
    sendText(reply.code(status).headers(headers), body, formOfAnswer(request))
    return reply
  }
}

const tooLong = refuse(
  400,
  'too-costly',
  'The answer would be longer than this server sends at once',
  'Ask for less at a time: a smaller _count, a shorter time, or _type.',
)

function typeOf(request: FastifyRequest<OfType>): string {
  const { type } = request.params
  if (!isResourceType(type))
    throw refuse(404, 'not-supported', 'There is no such resource type in FHIR R4', 'Check the address.')
  return type
}

/** A type that can be held here. */
function held(request: FastifyRequest<OfType>): string {
  const type = typeOf(request)
  checkWritable(type)
  return type
}

function named(request: FastifyRequest<OfOne>): { readonly type: string; readonly id: string } {
  return { type: typeOf(request), id: request.params.id }
}

function queryOf(request: FastifyRequest): URLSearchParams {
  const mark = request.url.indexOf('?')
  return new URLSearchParams(mark < 0 ? '' : request.url.slice(mark + 1))
}

function withoutFormat(request: FastifyRequest): URLSearchParams {
  const query = queryOf(request)
  query.delete('_format')
  query.delete('_pretty')
  return query
}

function formOf(request: FastifyRequest): URLSearchParams {
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array()
  if (body.length > 0 && !/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')) {
    throw refuse(415, 'not-supported', 'A search is posted as a form', 'Send it as application/x-www-form-urlencoded.')
  }
  return new URLSearchParams(new TextDecoder().decode(body))
}

function bodyOf(request: FastifyRequest): Uint8Array {
  formSent(request.headers['content-type'])
  return request.body instanceof Uint8Array ? request.body : new Uint8Array()
}

function preconditionsOf({ headers }: FastifyRequest): Preconditions {
  const ifNoneExist = headers['if-none-exist']
  return {
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    ifNoneExist: typeof ifNoneExist === 'string' ? ifNoneExist : undefined,
  }
}

function preferOf({ headers }: FastifyRequest): string {
  return [headers.prefer ?? ''].flat().join(',')
}

function isLenient(request: FastifyRequest): boolean {
  return /(?:^|[,;\s])handling=lenient/.test(preferOf(request))
}

async function recordSignIn(
  { sql, clock }: FhirApiNeeds,
  { client, granted, reason, address, requestId }: SignIn,
): Promise<void> {
  await sql.begin((tx) =>
    recordAudit(tx, [
      {
        at: clock(),
        action: 'E',
        what: 'system-token',
        purpose: 'HOPERAT',
        outcome: granted ? 0 : 4,
        address,
        requestId,
        actor: { kind: 'system', id: client?.id ?? 'unknown', name: client?.name ?? 'Unknown system' },
        detail: reason === undefined ? {} : { refused: reason },
      },
    ]),
  )
}
