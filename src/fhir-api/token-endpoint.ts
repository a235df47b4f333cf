/** `POST /oauth/token`: a system shows who it is and is given a token. @see SMART Backend Services; RFC 6749 §4.4, §5; RFC 7523 */
import type { FastifyInstance } from 'fastify'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import type { Clock } from '../base/index.ts'
import type { AppServer } from '../smart-apps/index.ts'
import { type Client, secretFits } from './clients.ts'
import { narrowScopes, parseScopes, printScopes } from './scopes.ts'
import { type Tokens, tokenLifetimeSeconds } from './tokens.ts'

export type TokenNeeds = {
  readonly tokens: Tokens
  readonly client: (id: string) => Client | undefined
  readonly clock: Clock
  /** The address of this endpoint as clients call it: the audience of their assertions. */
  readonly tokenUrl: () => string
  readonly useOnce: ((assertionId: string, expiresAt: Date) => Promise<boolean>) | undefined
  /** The grants that apps use; absent: there are no apps. */
  readonly apps: Pick<AppServer, 'token'> | undefined
  /** Leaves the audit line of a token given or refused; when it fails no token is given. */
  readonly recordSignIn: (signIn: SignIn) => Promise<void>
}

export type SignIn = {
  /** What the caller says it is; known only when `client` is there. */
  readonly client?: Client
  readonly granted: boolean
  readonly reason?: string
  readonly address: string
  readonly requestId: string
}

class TokenError extends Error {
  readonly error: 'invalid_request' | 'invalid_client' | 'invalid_scope' | 'unsupported_grant_type'
  readonly client: Client | undefined
  constructor(error: TokenError['error'], description: string, client?: Client) {
    super(description)
    this.error = error
    this.client = client
  }
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** An assertion that holds longer could be found and used by another. @see SMART Backend Services: exp, no more than five minutes */
const assertionLifetimeSeconds = 300

/** Refusals of one address within a minute that are judged and written to the trail one by one. */
const refusalsMax = 30

export function tokenEndpoint(app: FastifyInstance, needs: TokenNeeds): void {
  const refusals = refusalCounter(needs.clock)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 64_000 },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  )
  app.post('/oauth/token', async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
    const from = { address: request.ip, requestId: request.id }
    reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
    const tooMany = () =>
      reply.code(429).header('retry-after', '60').send({
        error: 'invalid_client',
        error_description: 'Too many refused requests from this address; wait a minute',
      })
    // A secret can be guessed, a signature cannot: who signs is judged always, so that nobody is locked out by a neighbour.
    if (refusals.of(request.ip) >= refusalsMax && form.get('client_assertion') === null) return await tooMany()
    const grant = form.get('grant_type')
    if (needs.apps && (grant === 'authorization_code' || grant === 'refresh_token')) {
      if (refusals.of(request.ip) >= refusalsMax) return await tooMany()
      const { status, body, headers } = await needs.apps.token(form, {
        ...from,
        authorization: request.headers.authorization,
      })
      if (status !== 200) refusals.add(request.ip)
      return await reply.code(status).headers(headers).send(body)
    }
    try {
      const client = await authenticate(needs, form, request.headers.authorization)
      const scopes = grantedScopes(form, client)
      await needs.recordSignIn({ client, granted: true, ...from })
      return await reply.send({
        access_token: needs.tokens.issue({ client, scopes }),
        token_type: 'bearer',
        expires_in: tokenLifetimeSeconds,
        scope: printScopes(scopes),
      })
    } catch (thrown) {
      if (!(thrown instanceof TokenError)) throw thrown
      // The trail tells that it began; a flood of lines would hide the others.
      if (refusals.add(request.ip) > refusalsMax) return await tooMany()
      await needs.recordSignIn({
        ...(thrown.client ? { client: thrown.client } : {}),
        granted: false,
        reason: thrown.error,
        ...from,
      })
      if (thrown.error === 'invalid_client') reply.code(401).header('www-authenticate', 'Basic realm="token"')
      else reply.code(400)
      return await reply.send({ error: thrown.error, error_description: thrown.message })
    }
  })
}

/** How often each address was refused in the minute that is under way. */
function refusalCounter(clock: Clock): { of(address: string): number; add(address: string): number } {
  let since = 0
  let counts = new Map<string, number>()
  const current = (): Map<string, number> => {
    const now = clock().getTime()
    if (now - since >= 60_000 || now < since || counts.size > 10_000) {
      since = now
      counts = new Map()
    }
    return counts
  }
  return {
    of: (address) => current().get(address) ?? 0,
    add(address) {
      const count = (current().get(address) ?? 0) + 1
      counts.set(address, count)
      return count
    },
  }
}

async function authenticate(
  needs: TokenNeeds,
  form: URLSearchParams,
  authorization: string | undefined,
): Promise<Client> {
  for (const name of ['grant_type', 'scope', 'client_assertion', 'client_assertion_type']) {
    if (form.getAll(name).length > 1) throw new TokenError('invalid_request', `${name} was sent twice`)
  }
  if (form.get('grant_type') !== 'client_credentials')
    throw new TokenError('unsupported_grant_type', 'grant_type must be client_credentials')
  const assertion = form.get('client_assertion')
  if (assertion === null) return byBasic(needs, authorization)
  if (form.get('client_assertion_type') !== assertionType)
    throw new TokenError('invalid_request', `client_assertion_type must be ${assertionType}`)
  return await byAssertion(needs, assertion)
}

function byBasic({ client }: TokenNeeds, authorization: string | undefined): Client {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined)
    throw new TokenError('invalid_client', 'Send a client_assertion signed with your private key')
  const [id = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const known = client(decodePart(id))
  if (!known || !secretFits(known, decodePart(rest.join(':'))))
    throw new TokenError('invalid_client', 'The client is not known, or its secret is wrong', known)
  return known
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function decodePart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return ''
  }
}

async function byAssertion(
  { client, clock, tokens, tokenUrl, useOnce }: TokenNeeds,
  assertion: string,
): Promise<Client> {
  const claimed = claimedIssuer(assertion)
  const known = claimed === undefined ? undefined : client(claimed)
  if (!known?.keys) throw new TokenError('invalid_client', 'The client is not registered with keys')
  const now = clock()
  let claims: { readonly exp?: number; readonly jti?: string }
  try {
    const verified = await jwtVerify(assertion, createLocalJWKSet(known.keys), {
      algorithms: ['ES384', 'RS384'],
      issuer: known.id,
      subject: known.id,
      audience: tokenUrl(),
      requiredClaims: ['exp', 'jti', 'iss', 'sub', 'aud'],
      currentDate: now,
      clockTolerance: 10,
    })
    claims = verified.payload
  } catch {
    throw new TokenError(
      'invalid_client',
      'The assertion is not signed by this client, not for this address, or has expired',
      known,
    )
  }
  const { exp = 0, jti } = claims
  if (exp - now.getTime() / 1000 > assertionLifetimeSeconds + 10)
    throw new TokenError('invalid_client', 'The assertion holds longer than five minutes', known)
  // A jti is unique for its issuer only.
  const until = (exp + 10) * 1000
  const once = async (id: string) => await (useOnce ? useOnce(id, new Date(until)) : tokens.useOnce(id, until))
  if (typeof jti !== 'string' || jti === '' || !(await once(`${known.id}\n${jti}`))) {
    throw new TokenError('invalid_client', 'The assertion was used before', known)
  }
  return known
}

function claimedIssuer(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss
  } catch {
    return undefined
  }
}

function grantedScopes(form: URLSearchParams, client: Client) {
  const wanted = form.get('scope') ?? ''
  if (wanted.trim() === '')
    throw new TokenError('invalid_scope', 'Say which scopes you need: system/Patient.rs', client)
  const granted = narrowScopes(parseScopes(wanted), parseScopes(client.scopes))
  if (granted.size === 0)
    throw new TokenError(
      'invalid_scope',
      `None of these scopes can be given; this client may have ${client.scopes}`,
      client,
    )
  return granted
}
