/**
 * The demo's stand-in for CIS2 and NHS login: a real OpenID provider over invented people, spoken to by the same client as the real ones.
 * It signs in whoever is named, so it cannot be made in production.
 */
import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import type { JWK } from 'jose'
import Provider, { type Adapter, type AdapterPayload, type Configuration } from 'oidc-provider'
import { Problem } from '../base/index.ts'
import type { Claims } from './provider.ts'

export type StandInClient = {
  readonly clientId: string
  readonly publicKey: JWK & { readonly kid: string }
  readonly redirectUri: string
  readonly signedOutUri: string
  readonly backChannelUri?: string
}

export type StandInNeeds = {
  readonly mode: 'demo' | 'production'
  readonly issuer: string
  readonly like: 'cis2' | 'nhs-login'
  readonly client: StandInClient
  /** The claims of an invented person; undefined: nobody. */
  readonly claimsOf: (id: string) => Claims | undefined
}

export type StandInIdp = {
  readonly issuer: string
  /** Answers one request; `url` without the path that the issuer stands at. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void
  readonly signingKey: KeyObject
}

/** The session that a person chose, as the stand-in's own page sends it back. */
const interactionPath = '/interaction'

/** Sign-ins and tokens of the demo, the newest. */
const keptMax = 20_000

let keys: Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }> | undefined

/** One key for a process: making one takes a good part of a second on an old machine. */
export function demoKey(): Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }> {
  keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return keys
}

/** @throws Problem 'invalid' in production */
export async function makeStandIn({ mode, issuer, like, client, claimsOf }: StandInNeeds): Promise<StandInIdp> {
  if (mode !== 'demo')
    throw new Problem(
      'invalid',
      'The stand-in identity provider is for the demo only',
      'Set CIS2_ISSUER and NHS_LOGIN_ISSUER.',
    )
  const { privateKey } = await demoKey()
  const algorithm = like === 'cis2' ? 'RS256' : 'RS512'
  const staff = like === 'cis2'
  const scopes: Readonly<Record<string, readonly string[]>> = staff
    ? {
        openid: ['sub', 'authentication_assurance_level', 'id_assurance_level', 'selected_roleid'],
        profile: ['name', 'nhsid_useruid'],
        nationalrbacaccess: ['nhsid_nrbac_roles'],
        associatedorgs: ['nhsid_user_orgs'],
        selectedrole: ['selected_roleid'],
      }
    : {
        openid: ['sub', 'vot', 'vtm'],
        profile: ['nhs_number', 'family_name', 'birthdate', 'identity_proofing_level'],
        profile_extended: ['given_name'],
      }
  const configuration: Configuration = {
    adapter: memoryAdapter(),
    clients: [
      {
        client_id: client.clientId,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'RS512',
        id_token_signed_response_alg: algorithm,
        jwks: { keys: [{ ...client.publicKey, use: 'sig' }] },
        redirect_uris: [client.redirectUri],
        post_logout_redirect_uris: [client.signedOutUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        ...(client.backChannelUri === undefined
          ? {}
          : { backchannel_logout_uri: client.backChannelUri, backchannel_logout_session_required: true }),
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', kid: 'stand-in' }] },
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256', 'RS512'],
      clientAuthSigningAlgValues: ['RS512'],
    },
    clientAuthMethods: ['private_key_jwt'],
    conformIdTokenClaims: false,
    acrValues: staff ? ['AAL3_ANY', 'AAL2_ANY', 'AAL2_OR_AAL3_ANY'] : [],
    claims: Object.fromEntries(Object.entries(scopes).map(([scope, claims]) => [scope, [...claims]])),
    extraParams: staff ? [] : ['vtr'],
    pkce: { required: () => true },
    cookies: { keys: [randomBytes(32).toString('base64url')], short: { path: '/' } },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      backchannelLogout: { enabled: true },
    },
    interactions: {
      url: (_ctx, interaction) => `${new URL(issuer).pathname.replace(/\/$/, '')}${interactionPath}/${interaction.uid}`,
    },
    findAccount: (_ctx, sub) => {
      const claims = claimsOf(sub)
      return claims === undefined ? undefined : { accountId: sub, claims: async () => ({ ...claims, sub }) }
    },
    // The invented people agree to all that is asked.
    async loadExistingGrant(ctx) {
      const { client: asking, session } = ctx.oidc
      if (!asking || session?.accountId === undefined) return undefined
      const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId })
      grant.addOIDCScope([...ctx.oidc.requestParamScopes].join(' '))
      grant.addOIDCClaims([...Object.values(scopes).flat()])
      await grant.save()
      return grant
    },
    ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Interaction: 600, Session: 3_600, Grant: 3_600 },
    renderError(ctx, out) {
      ctx.type = 'text/plain'
      ctx.body = `${out.error}\n`
    },
  }
  const provider: Provider = new Provider(issuer, configuration)
  provider.proxy = true
  const answer = provider.callback()
  return {
    issuer,
    signingKey: privateKey,
    handle(request, response) {
      if (request.url?.startsWith(`${interactionPath}/`)) void chosen(request, response)
      else void answer(request, response)
    },
  }

  /** Somebody was chosen: the provider goes on as after any other way of proving it. */
  async function chosen(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const person = new URL(request.url ?? '/', 'http://here.invalid').searchParams.get('person') ?? ''
    const result =
      claimsOf(person) === undefined
        ? { error: 'access_denied', error_description: 'Nobody was chosen' }
        : { login: { accountId: person, amr: ['N3_SMARTCARD'], ...(staff ? { acr: 'AAL3_ANY' } : {}) } }
    try {
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
    } catch {
      response.statusCode = 400
      response.end('This sign-in has ended. Begin again.\n')
    }
  }
}

/** Kept in memory: the demo's sign-ins end with the process. */
function memoryAdapter(): (name: string) => Adapter {
  const kept = new Map<string, AdapterPayload>()
  const byUid = new Map<string, string>()
  const remember = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
    map.delete(key)
    map.set(key, value)
    if (map.size > keptMax) map.delete(map.keys().next().value ?? '')
  }
  return (name) => {
    const key = (id: string) => `${name}:${id}`
    return {
      async upsert(id, payload) {
        remember(kept, key(id), payload)
        if (payload.uid !== undefined) remember(byUid, key(payload.uid), id)
      },
      find: async (id) => kept.get(key(id)),
      findByUserCode: async () => undefined,
      findByUid: async (uid) => kept.get(key(byUid.get(key(uid)) ?? '')),
      async consume(id) {
        const payload = kept.get(key(id))
        if (payload) payload.consumed = true
      },
      async destroy(id) {
        kept.delete(key(id))
      },
      async revokeByGrantId(grantId) {
        for (const [at, payload] of kept) if (payload.grantId === grantId) kept.delete(at)
      },
    }
  }
}
