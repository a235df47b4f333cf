/** Tokens of receivers: SMART backend services, private_key_jwt. @see SMART App Launch 2.0, client-confidential-asymmetric; RFC 7523 */
import { createPrivateKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { type Clock, opaqueId, Problem } from '../../base/index.ts'
import { parseJson } from '../../fhir/index.ts'
import type { Guard } from '../../outside/index.ts'
import { ask } from '../../outside/index.ts'
import type { Accepts } from './accepts.ts'
import { at, textAt } from './json-path.ts'

type Auth = NonNullable<Accepts['auth']>

export type TokenFor = {
  /** @throws Problem when no key is configured, or the token was refused */
  get(auth: Auth, timeoutMs: number): Promise<string>
  /** It is not accepted any more. */
  forget(auth: Auth): void
}

/** @param keyPem our private key, PKCS#8: EC P-384 (ES384) or RSA (RS384). Absent: no receiver that wants tokens can be spoken to. */
export function makeTokenFor({
  clock,
  guard,
  keyPem,
}: {
  readonly clock: Clock
  readonly guard: Guard
  readonly keyPem?: string
}): TokenFor {
  const held = new Map<string, { readonly token: string; readonly until: number }>()
  const name = ({ tokenUrl, clientId, scope = '' }: Auth) => `${tokenUrl} ${clientId} ${scope}`
  return {
    forget: (auth) => void held.delete(name(auth)),
    async get(auth, timeoutMs) {
      const kept = held.get(name(auth))
      if (kept && kept.until > clock().getTime()) return kept.token
      if (keyPem === undefined)
        throw new Problem('invalid', 'It wants a token, and we have no key of our own', 'Set OUTBOUND_KEY.')
      const assertion = await signed(auth, keyPem, clock())
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        ...(auth.scope === undefined ? {} : { scope: auth.scope }),
      })
      const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
      const { status, text } = await ask(auth.tokenUrl, {
        method: 'POST',
        headers,
        body: Buffer.from(form.toString()),
        timeoutMs,
        guard,
      })
      const parsed = parseJson(text)
      const token = parsed.ok ? textAt(parsed.value, 'access_token') : undefined
      if (status !== 200 || token === undefined || !/^[\x21-\x7e]+$/.test(token))
        throw new Problem(
          'forbidden',
          `It gave us no token (HTTP ${status})`,
          'Register our key and client id with the receiver.',
        )
      const seconds = parsed.ok ? at(parsed.value, 'expires_in') : undefined
      held.set(name(auth), {
        token,
        until: clock().getTime() + (typeof seconds === 'number' ? Math.max(0, seconds - 30) : 0) * 1_000,
      })
      return token
    },
  }
}

async function signed({ tokenUrl, clientId, keyId }: Auth, keyPem: string, now: Date): Promise<string> {
  const key = createPrivateKey(keyPem)
  const seconds = Math.floor(now.getTime() / 1_000)
  return await new SignJWT({})
    .setProtectedHeader({
      alg: key.asymmetricKeyType === 'ec' ? 'ES384' : 'RS384',
      typ: 'JWT',
      ...(keyId === undefined ? {} : { kid: keyId }),
    })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(tokenUrl)
    .setJti(opaqueId())
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + 240)
    .sign(key)
}
