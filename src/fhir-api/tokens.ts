/** Tokens of systems: who was given one, what for, and until when. Kept by digest, so that what is kept opens nothing. */
import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../base/index.ts'
import type { Client } from './clients.ts'
import { Refusal } from './refusal.ts'
import type { Scopes } from './scopes.ts'

/** A system that has shown who it is. */
export type Caller = { readonly client: Client; readonly scopes: Scopes }

export type Tokens = {
  issue(caller: Caller): string
  /** @throws Refusal 401 when the header holds no token that holds now */
  callerOf(authorization: string | undefined): Caller
  /** Whether a system was given this token, and it has not been forgotten. */
  knows(token: string): boolean
  /** Remembers the id of an assertion until it expires. @returns false when it was used before */
  useOnce(assertionId: string, expiresAtMs: number): boolean
}

export const tokenLifetimeSeconds = 300
/** Beyond this many at one time, the oldest are forgotten: their holders ask again. */
const keptMax = 100_000

/** Held in memory: after a restart systems get a 401 and ask again, as they do every five minutes anyway. */
export function makeTokens(clock: Clock): Tokens {
  const callers = new Map<string, { readonly caller: Caller; readonly expiresAtMs: number }>()
  const used = new Map<string, number>()

  function forget(): void {
    const now = clock().getTime()
    // Both maps are in order of time, so the first that still holds ends the walk.
    for (const [digest, { expiresAtMs }] of callers) {
      if (expiresAtMs > now && callers.size < keptMax) break
      callers.delete(digest)
    }
    if (used.size < 1000) return
    for (const [id, expiresAtMs] of used) if (expiresAtMs <= now) used.delete(id)
  }

  return {
    issue(caller) {
      forget()
      const token = randomBytes(32).toString('base64url')
      callers.set(digestOf(token), { caller, expiresAtMs: clock().getTime() + tokenLifetimeSeconds * 1000 })
      return token
    },
    knows: (token) => callers.has(digestOf(token)),
    callerOf(authorization) {
      const token = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization ?? '')?.[1]
      if (token === undefined) throw unauthorised('login', 'No access token was sent', 'Bearer realm="fhir"')
      const kept = callers.get(digestOf(token))
      if (!kept || kept.expiresAtMs <= clock().getTime()) {
        throw unauthorised(
          'expired',
          'The access token is not known or has expired',
          'Bearer realm="fhir", error="invalid_token"',
        )
      }
      return kept.caller
    },
    useOnce(assertionId, expiresAtMs) {
      forget()
      const before = used.get(assertionId)
      if (before !== undefined && before > clock().getTime()) return false
      used.set(assertionId, expiresAtMs)
      return true
    },
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}

function unauthorised(code: 'login' | 'expired', message: string, challenge: string): Refusal {
  return new Refusal(
    401,
    code,
    [{ place: '', message, remedy: 'Ask for a token at /oauth/token and send it as Authorization: Bearer.' }],
    {
      'www-authenticate': challenge,
    },
  )
}
