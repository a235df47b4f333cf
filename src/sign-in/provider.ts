/** One identity provider as we, its relying party, speak with it: discovery, code flow, PKCE, state, nonce. @see OpenID Connect Core 1.0 §3.1 */
import { createHash, createHmac, type webcrypto } from 'node:crypto'
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Configuration,
  type CustomFetch,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  modifyAssertion,
  PrivateKeyJwt,
} from 'openid-client'
import { guardedFetch } from '../outside/index.ts'
import type { Refused } from './refusals.ts'

/** How a client of ours is registered with a provider. */
export type ProviderSettings = {
  /** The provider's name for itself; discovery is at `<issuer>/.well-known/openid-configuration`. */
  readonly issuer: string
  readonly clientId: string
  /** Signs our assertions (private_key_jwt); the provider holds the public half. */
  readonly key: { readonly privateKey: webcrypto.CryptoKey; readonly id: string }
  /** How ID tokens must be signed; every other way is refused. `RS256`, `RS512` … */
  readonly idTokenAlgorithm: string
  readonly scope: string
  /** Sent with each request: `acr_values`, or `vtr`. */
  readonly asked: Readonly<Record<string, string>>
  /** Where the provider sends the browser back to; each provider has its own, so that answers are never mixed up. */
  readonly redirectUri: () => string
  /** Where the provider sends the browser after sign-out. */
  readonly signedOutUri: () => string
  /** The stand-in is reached inside this process. Absent: the network, by https only. */
  readonly fetch?: CustomFetch
}

export type Claims = Readonly<Record<string, unknown>>

/** What the provider vouched for: the ID token's claims, and the user info's over them, about the same subject. */
export type Proven = {
  readonly issuer: string
  readonly subject: string
  readonly idToken: Claims
  /** As the provider signed it: names its session when that is to end. */
  readonly idTokenText: string
  readonly userinfo: Claims
}

export type Provider = {
  readonly issuer: string
  readonly clientId: string
  readonly idTokenAlgorithm: string
  readonly metadata: () => Promise<ReturnType<Configuration['serverMetadata']>>
  readonly fetch: CustomFetch
  /** Where to send the browser. @param asked instead of what is asked for usually: a higher level of proof, `prompt: 'login'` */
  begin(secret: string, asked?: Readonly<Record<string, string>>): Promise<URL>
  /** Takes the browser's answer, whole: fetches tokens and user info, and checks all of it. @param answer the address with its query */
  finish(secret: string, answer: URL): Promise<Proven | Refused>
  /** Where the browser signs out at the provider too; undefined when it offers none. @param idToken of the session that is to end */
  signOutUrl(idToken?: string): Promise<string | undefined>
}

const aboutSeconds = 5

export function makeProvider(settings: ProviderSettings): Provider {
  const { issuer, clientId, idTokenAlgorithm, scope, asked: usual, redirectUri, signedOutUri } = settings
  let found: Promise<Configuration> | undefined
  const configuration = (): Promise<Configuration> => {
    found ??= discover(settings).catch((fault: unknown) => {
      // The provider may only be away for a moment: the next one asks again.
      found = undefined
      throw fault
    })
    return found
  }
  return {
    issuer,
    clientId,
    idTokenAlgorithm,
    fetch: fetchFor(settings),
    metadata: async () => (await configuration()).serverMetadata(),
    async begin(secret, asked = {}) {
      const { state, nonce, verifier } = derived(secret)
      return buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri(),
        scope,
        state,
        nonce,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...usual,
        ...asked,
      })
    },
    async finish(secret, answer) {
      const { state, nonce, verifier } = derived(secret)
      // Behind a proxy the address as we see it is another; the provider was given this one.
      const url = new URL(redirectUri())
      url.search = answer.search
      try {
        const known = await configuration()
        const tokens = await authorizationCodeGrant(known, url, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (!claims) return { refused: 'not-trusted', why: 'no ID token' }
        const userinfo = await fetchUserInfo(known, tokens.access_token, claims.sub)
        return { issuer, subject: claims.sub, idToken: claims, idTokenText: tokens.id_token ?? '', userinfo }
      } catch (thrown) {
        return refusedBy(thrown)
      }
    },
    async signOutUrl(idToken) {
      const known = await configuration()
      if (known.serverMetadata().end_session_endpoint === undefined) return undefined
      return buildEndSessionUrl(known, {
        client_id: clientId,
        post_logout_redirect_uri: signedOutUri(),
        ...(idToken === undefined ? {} : { id_token_hint: idToken }),
      }).href
    },
  }
}

/** The network is spoken to through the one guard: an answer of the provider leads us to no machine of ours. */
const fetchFor = ({ fetch }: ProviderSettings): CustomFetch => fetch ?? guardedFetch({ loopback: false })

async function discover(settings: ProviderSettings): Promise<Configuration> {
  const { issuer, clientId, key, idTokenAlgorithm, fetch } = settings
  const assertion = PrivateKeyJwt(
    { key: key.privateKey, kid: key.id },
    {
      [modifyAssertion]: (_header, payload) => {
        // An assertion lives as long as the request that carries it.
        payload.exp = Number(payload.iat) + 60
      },
    },
  )
  const configuration = await discovery(
    new URL(issuer),
    clientId,
    { id_token_signed_response_alg: idTokenAlgorithm, [clockTolerance]: aboutSeconds },
    assertion,
    {
      execute:
        fetch && issuer.startsWith('http:')
          ? [allowInsecureRequests, enableNonRepudiationChecks]
          : [enableNonRepudiationChecks],
      [customFetch]: fetchFor(settings),
      timeout: 10,
    },
  )
  return configuration
}

/** Everything that the provider sees comes from the one secret in the browser's cookie, one way: what is sent tells nothing of it. */
function derived(secret: string): { readonly state: string; readonly nonce: string; readonly verifier: string } {
  const part = (name: string) => createHmac('sha256', secret).update(name).digest('base64url')
  return { state: part('state'), nonce: part('nonce'), verifier: part('verifier') }
}

/** Names of faults only, as libraries and providers tell them: never a token, and never what a person entered. */
function refusedBy(thrown: unknown): Refused {
  if (thrown instanceof AuthorizationResponseError) {
    if (thrown.error === 'access_denied' && /consentnotgiven/i.test(thrown.error_description ?? ''))
      return { refused: 'consent-not-given', why: 'ConsentNotGiven' }
    if (thrown.error === 'access_denied') return { refused: 'not-finished', why: 'access_denied' }
    return { refused: 'provider-error', why: thrown.error.slice(0, 60) }
  }
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
  return {
    refused: code === 'OAUTH_TIMEOUT' || thrown instanceof TypeError ? 'provider-away' : 'not-trusted',
    why: code.slice(0, 60),
  }
}
