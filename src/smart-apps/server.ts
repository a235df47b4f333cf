/** The authorization server: authorization code with PKCE for registered apps, over what the vault keeps. @see SMART App Launch 2.2 */
import { createPublicKey } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import fastify, { type FastifyInstance } from 'fastify'
import Provider, { type ClientMetadata } from 'oidc-provider'
import { toAuditActor } from '../access/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Clock, Pool } from '../base/index.ts'
import type { Secrets } from '../secrets/index.ts'
import type { SmartApp } from './clients.ts'
import { type AppActor, type AppGrant, keepGrant, readGrant } from './grants.ts'
import { allAppScopes } from './scopes.ts'
import { type SigningKey, signingKeys } from './signing-keys.ts'
import { vaultAdapter } from './vault.ts'

export type AppServerNeeds = {
  readonly sql: Pool
  readonly clock: Clock
  readonly apps: readonly SmartApp[]
  readonly secrets: Secrets
  /** Where browsers reach this server, without a slash at the end. */
  readonly publicUrl: () => string
  /** FHIR resource types that scopes may name. */
  readonly types: readonly string[]
}

/** An app that showed a token: for whom it reads, whose record, and what of it. */
export type AppCaller = AppGrant & { readonly app: SmartApp; readonly allowed: readonly string[] }

/** What an app asks for, while somebody decides. */
export type Asked = { readonly app: SmartApp; readonly scopes: readonly string[] }

type Raw = { readonly request: IncomingMessage; readonly response: ServerResponse }
type Answered = { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>> }

export type AppServer = {
  /** Serves authorization, keys, user info and revocation under /oauth. */
  mount(app: FastifyInstance): void
  /** Reads the keys: again every few seconds, before a request. @throws Problem 'fault' when they do not open */
  refresh(): Promise<void>
  /** The token endpoint, for grants that apps use; its audit line is written. */
  token(
    form: URLSearchParams,
    from: { readonly address: string; readonly requestId: string; readonly authorization?: string | undefined },
  ): Promise<Answered>
  /** @returns undefined when the token is none of an app's, has expired, or its grant has ended */
  callerOf(token: string): Promise<AppCaller | undefined>
  /** What an app is called; undefined when it is registered no more. */
  nameOf(client: string): string | undefined
  /** What is asked at this consent page; undefined when it has ended, or another browser began it. */
  asked(raw: Raw): Promise<Asked | undefined>
  /** Somebody says yes: the app may read this person's record. @returns where to send the browser */
  allow(
    raw: Raw,
    by: {
      readonly actor: AppActor
      readonly person: string
      readonly patientId: string
      readonly address: string
      readonly requestId: string
    },
  ): Promise<string>
  /** Somebody says no. @returns where to send the browser */
  refuse(raw: Raw): Promise<string>
}

type Made = {
  readonly provider: Provider
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void
}

/** A key that was changed signs so much later. */
const keysReadAgainMs = 5_000
const tokenSeconds = 300
const refreshDays = 90

export function makeAppServer(needs: AppServerNeeds): AppServer {
  const { sql, clock, apps, publicUrl, secrets } = needs
  let made: Made | undefined
  let keys: readonly SigningKey[] = []
  let madeOf = ''
  let readAt = Number.NEGATIVE_INFINITY
  const refresh = async () => {
    readAt = clock().getTime()
    const found = await signingKeys(sql, secrets, clock())
    const of = [...found.map(({ id }) => id), ...secrets.ids()].join(' ')
    if (of === madeOf) return
    keys = found
    madeOf = of
    made = undefined
  }
  // The issuer is known only once the server listens. All that the server remembers is in the database: made anew, it goes on.
  const ready = async (): Promise<Made> => {
    if (madeOf === '' || Math.abs(clock().getTime() - readAt) >= keysReadAgainMs) await refresh()
    made ??= makeServer(needs, keys)
    return made
  }
  const inner = fastify()
  mountAt(inner, ready, publicUrl, [[['POST'], '/token']])

  async function details({ request, response }: Raw) {
    const { provider } = await ready()
    try {
      return await provider.interactionDetails(request, response)
    } catch {
      return undefined
    }
  }

  return {
    mount: (app) => mountAt(app, ready, publicUrl),
    refresh,
    async token(form, { address, requestId, authorization }) {
      const answer = await inner.inject({
        method: 'POST',
        url: '/oauth/token',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          ...(authorization === undefined ? {} : { authorization }),
        },
        payload: form.toString(),
      })
      const granted = answer.statusCode === 200
      const body = answer.json<{ access_token?: string; error?: string }>()
      const caller = body.access_token === undefined ? undefined : await callerOf(body.access_token)
      await sql.begin((tx) =>
        recordAudit(tx, [
          {
            at: clock(),
            action: 'E',
            what: 'app-token',
            actor: caller ? toAuditActor(caller.actor) : { kind: 'system', id: 'unknown', name: 'Unknown app' },
            purpose: caller?.actor.kind === 'staff' ? 'TREAT' : 'PATRQT',
            outcome: granted ? 0 : 4,
            ...(caller ? { person: caller.person } : {}),
            detail: caller
              ? { app: caller.app.id, grant: plainGrant(form.get('grant_type')) }
              : { refused: body.error ?? 'refused' },
            address,
            requestId,
          },
        ]),
      )
      return {
        status: answer.statusCode,
        body: answer.body,
        headers: { 'content-type': 'application/json; charset=utf-8' },
      }
    },
    callerOf,
    nameOf: (client) => apps.find(({ id }) => id === client)?.name,
    async asked(raw) {
      const found = await details(raw)
      const app = apps.find(({ id }) => id === found?.params.client_id)
      if (!found || !app) return undefined
      const allowed = new Set(app.scopes.split(' '))
      const scopes = String(found.params.scope ?? '')
        .split(' ')
        .filter((scope) => allowed.has(scope))
      return { app, scopes }
    },
    async allow(raw, { actor, person, patientId, address, requestId }) {
      const { provider } = await ready()
      const found = await provider.interactionDetails(raw.request, raw.response)
      const client = String(found.params.client_id)
      const app = apps.find(({ id }) => id === client)
      const allowed = new Set(app?.scopes.split(' '))
      const scopes = String(found.params.scope ?? '')
        .split(' ')
        .filter((scope) => allowed.has(scope))
        .join(' ')
      const accountId = `${actor.kind}:${actor.id}`
      const grant = new provider.Grant({ clientId: client, accountId })
      grant.addOIDCScope(scopes)
      const grantId = await grant.save()
      const now = clock()
      await sql.begin(async (tx) => {
        await keepGrant(tx, grantId, { client, actor, person, patientId, scopes }, now)
        await recordAudit(tx, [
          {
            at: now,
            action: 'C',
            what: 'app-allowed',
            actor: toAuditActor(actor),
            purpose: actor.kind === 'staff' ? 'TREAT' : 'PATRQT',
            outcome: 0,
            person,
            detail: { app: client, scopes },
            address,
            requestId,
          },
        ])
      })
      return pathOf(
        await provider.interactionResult(
          raw.request,
          raw.response,
          { login: { accountId, remember: false }, consent: { grantId } },
          { mergeWithLastSubmission: false },
        ),
      )
    },
    async refuse(raw) {
      const { provider } = await ready()
      return pathOf(
        await provider.interactionResult(
          raw.request,
          raw.response,
          { error: 'access_denied', error_description: 'The user did not agree' },
          { mergeWithLastSubmission: false },
        ),
      )
    },
  }

  async function callerOf(token: string): Promise<AppCaller | undefined> {
    const kept = await (await ready()).provider.AccessToken.find(token)
    if (!kept?.grantId || kept.clientId === undefined) return undefined
    const grant = await readGrant(sql, kept.grantId)
    const app = apps.find(({ id }) => id === kept.clientId)
    if (!grant || !app || grant.client !== app.id) return undefined
    return { ...grant, app, allowed: (kept.scope ?? '').split(' ') }
  }
}

/** What browsers and apps ask of the provider itself. Its token endpoint is asked by ours only. */
const served: readonly (readonly [methods: readonly ('GET' | 'POST' | 'OPTIONS')[], path: string])[] = [
  [['GET'], '/authorize'],
  [['GET'], '/authorize/:uid(^[\\w-]{1,64}$)'],
  [['GET', 'OPTIONS'], '/jwks'],
  [['GET', 'OPTIONS'], '/.well-known/openid-configuration'],
  [['GET', 'POST', 'OPTIONS'], '/me'],
  [['POST', 'OPTIONS'], '/revoke'],
  [['OPTIONS'], '/token'],
]

/** The provider reads its bodies itself, and believes no header that names it otherwise than we do. */
function mountAt(
  app: FastifyInstance,
  ready: () => Promise<Made>,
  publicUrl: () => string,
  more: typeof served = [],
): void {
  // biome-ignore lint/nursery/noMisusedPromises: Fastify waits for a plugin that answers with a promise.
  void app.register(async (own: FastifyInstance) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', (_request, _payload, done) => done(null))
    // Each by its exact address and method: the provider takes `/token/` and `/TOKEN` for its own, past our count and our audit line.
    for (const [method, path] of [...served, ...more])
      own.route<{ Params: { uid?: string } }>({
        method: [...method],
        url: `/oauth${path}`,
        handler: async (request, reply) => {
          const { handle } = await ready()
          for (const [name, value] of Object.entries(reply.getHeaders()))
            if (value !== undefined) reply.raw.setHeader(name, value)
          reply.hijack()
          const { raw } = request
          const { host, protocol } = new URL(publicUrl())
          raw.headers.host = host
          raw.headers['x-forwarded-proto'] = protocol.replace(':', '')
          delete raw.headers['x-forwarded-host']
          const query = /\?.*/s.exec(raw.url ?? '')?.[0] ?? ''
          const plain = path.replace(/:uid.*/, request.params.uid ?? '')
          Object.assign(raw, { originalUrl: `/oauth${plain}${query}`, url: plain + query })
          handle(raw, reply.raw)
        },
      })
  })
}

function makeServer({ sql, clock, apps, secrets, publicUrl, types }: AppServerNeeds, keys: readonly SigningKey[]) {
  const issuer = `${publicUrl()}/oauth`
  const scopes = [...allAppScopes(types)]
  const provider = new Provider(issuer, {
    adapter: vaultAdapter(sql, clock, secrets),
    clients: apps.map((app): ClientMetadata => clientOf(app)),
    jwks: {
      keys: keys.map(({ id, jwk }) => ({ ...jwk, use: 'sig', kid: id, alg: 'RS256' })),
    },
    scopes,
    claims: { openid: ['sub'], fhirUser: ['fhirUser'] },
    clientAuthMethods: ['none', 'private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: {
      keys: [...secrets.derived('cookies of the authorization server')],
      long: { signed: true, path: '/' },
      short: { signed: true },
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      userinfo: { enabled: true },
      rpInitiatedLogout: { enabled: false },
    },
    routes: { authorization: '/authorize', token: '/token', revocation: '/revoke', jwks: '/jwks', userinfo: '/me' },
    interactions: {
      url: (ctx, { uid }) =>
        `/${apps.find(({ id }) => id === ctx.oidc.client?.clientId)?.for === 'staff' ? 'staff' : 'app'}/connect/${uid}`,
    },
    extraParams: ['aud', 'launch'],
    // Always asked anew: a PC on a ward is shared, and a yes is for one person's record.
    loadExistingGrant: async (ctx) => {
      const grantId = ctx.oidc.result?.consent?.grantId
      return grantId === undefined ? undefined : await provider.Grant.find(grantId)
    },
    findAccount: (_ctx, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    rotateRefreshToken: true,
    expiresWithSession: async () => false,
    ttl: {
      AccessToken: tokenSeconds,
      AuthorizationCode: 60,
      IdToken: tokenSeconds,
      Interaction: 600,
      Session: 600,
      Grant: refreshDays * 86_400,
      RefreshToken: refreshDays * 86_400,
    },
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    renderError(ctx, out) {
      ctx.type = 'text/plain'
      ctx.body = `This app could not be let in: ${out.error}.\n`
    },
  })
  provider.proxy = true
  // SMART tells the app whose record it may read, beside the token.
  provider.use(async (ctx, next) => {
    await next()
    const body: unknown = ctx.body
    if (ctx.oidc?.route !== 'token' || typeof body !== 'object' || body === null || !('access_token' in body)) return
    const grantId = ctx.oidc.entities.AccessToken?.grantId
    const grant = grantId === undefined ? undefined : await readGrant(sql, grantId)
    if (grant) Object.assign(body, { patient: grant.patientId, need_patient_banner: true })
  })
  // A token asked for at another address than ours would be meant for another server.
  provider.use(async (ctx, next) => {
    if (ctx.path === '/authorize') {
      const aud = new URL(ctx.href).searchParams.get('aud')
      if (aud?.replace(/\/$/, '') !== `${publicUrl()}/fhir`) {
        ctx.status = 400
        ctx.body = 'This app does not ask for this server (aud).\n'
        return
      }
    }
    await next()
  })
  const callback = provider.callback()
  return { provider, handle: (request: IncomingMessage, response: ServerResponse) => void callback(request, response) }
}

function clientOf({ id, redirectUris, scopes, keys, name }: SmartApp): ClientMetadata {
  const native = redirectUris.every((uri) => /^http:\/\/(127\.0\.0\.1|\[::1\])[:/]/.test(uri) || !/^https?:/.test(uri))
  return {
    client_id: id,
    client_name: name,
    application_type: native ? 'native' : 'web',
    redirect_uris: [...redirectUris],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: scopes,
    token_endpoint_auth_method: keys ? 'private_key_jwt' : 'none',
    ...(keys
      ? {
          jwks: {
            keys: keys.keys.map((key) => ({
              ...createPublicKey({ key, format: 'jwk' }).export({ format: 'jwk' }),
              kid: key.kid,
              use: 'sig',
            })),
          },
        }
      : {}),
  }
}

function plainGrant(grant: string | null): string {
  return grant === 'authorization_code' || grant === 'refresh_token' ? grant : 'other'
}

/** On our own site: pages link to no other. */
function pathOf(address: string): string {
  const { pathname, search } = new URL(address)
  return pathname + search
}
