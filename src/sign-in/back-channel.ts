/** A provider tells that somebody signed out there: their sessions here end too. @see OpenID Connect Back-Channel Logout 1.0 §2.6 */
import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from 'jose'
import { type Ask, endSessionsOf } from '../access/index.ts'
import type { Clock, Pool } from '../base/index.ts'
import { useAssertionOnce } from './attempts.ts'
import type { Provider } from './provider.ts'

const event = 'http://schemas.openid.net/event/backchannel-logout'
/** A statement that holds longer could be kept and used again. */
const ageSecondsMax = 300

/** @returns how many sessions ended; undefined: the statement does not hold, and nothing was done */
export async function endByProvider(
  { sql, clock, provider }: { readonly sql: Pool; readonly clock: Clock; readonly provider: Provider },
  logoutToken: string,
  from: Pick<Ask, 'address' | 'requestId'>,
): Promise<number | undefined> {
  const now = clock()
  const { jwks_uri: keysAt } = await provider.metadata()
  if (keysAt === undefined) return undefined
  const { fetch } = provider
  const keys = createRemoteJWKSet(new URL(keysAt), {
    [customFetch]: (url, { headers }) =>
      fetch(url, { method: 'GET', headers: Object.fromEntries(headers), body: undefined, redirect: 'manual' }),
  })
  let claims: JWTPayload
  try {
    const { payload } = await jwtVerify(logoutToken, keys, {
      algorithms: [provider.idTokenAlgorithm],
      issuer: provider.issuer,
      audience: provider.clientId,
      requiredClaims: ['iat', 'jti', 'events'],
      maxTokenAge: ageSecondsMax,
      clockTolerance: 5,
      currentDate: now,
    })
    claims = payload
  } catch {
    return undefined
  }
  const { events, nonce, sid, sub, jti } = claims
  // An ID token must not pass for a statement of sign-out: it has a nonce, and no such event.
  if (nonce !== undefined || typeof events !== 'object' || events === null || !Object.hasOwn(events, event))
    return undefined
  const of = {
    issuer: provider.issuer,
    ...(typeof sid === 'string' ? { sid } : {}),
    ...(sub === undefined ? {} : { subject: sub }),
  }
  if (!('sid' in of) && !('subject' in of)) return undefined
  return await sql.begin(async (tx) => {
    const until = new Date(now.getTime() + (ageSecondsMax + 10) * 1_000)
    if (!(await useAssertionOnce(tx, `logout\n${provider.issuer}\n${jti}`, until))) return undefined
    return await endSessionsOf(tx, of, { now, ...from })
  })
}
