import { Problem } from '../../src/base/index.ts'
import type { DemoMessage } from '../write/message.ts'
import { Refused } from './retry.ts'

export type HttpClient = {
  /** @returns the HTTP status: 200 applied, 422 kept but failed, 409 held @throws on what is worth another try */
  readonly post: (message: DemoMessage, signal?: AbortSignal) => Promise<number>
}

/** A system of the area, signed in by client credentials; a new token is asked for when the old one is refused. */
export function httpClient({
  base,
  id = 'demo-system',
  secret = 'demo-secret',
}: {
  readonly base: string
  readonly id?: string
  readonly secret?: string
}): HttpClient {
  let token: Promise<string> | undefined
  const signIn = async (): Promise<string> => {
    const answer = await fetch(new URL('/oauth/token', base), {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'system/*.cruds' }),
    })
    const body: unknown = await answer.json().catch(() => null)
    if (
      answer.ok &&
      typeof body === 'object' &&
      body !== null &&
      'access_token' in body &&
      typeof body.access_token === 'string'
    )
      return body.access_token
    if (answer.status === 400 || answer.status === 401)
      throw new Problem(
        'forbidden',
        `The server does not accept ${id} as a client (HTTP ${answer.status})`,
        'Start it in demo mode.',
      )
    throw new Error(`no token: HTTP ${answer.status}`)
  }
  const tokenNow = (): Promise<string> => {
    token ??= signIn().catch((fault: unknown) => {
      token = undefined
      throw fault
    })
    return token
  }
  return {
    async post({ source, bytes, contentType }, signal) {
      const answer = await fetch(new URL(`/feeds/${source}/messages`, base), {
        method: 'POST',
        headers: { authorization: `Bearer ${await tokenNow()}`, 'content-type': contentType },
        body: Buffer.from(bytes),
        ...(signal === undefined ? {} : { signal }),
      })
      await answer.arrayBuffer()
      if (answer.ok || answer.status === 409 || answer.status === 422) return answer.status
      if (answer.status === 401) token = undefined
      // 400, 403, 404, 413: asked again it would say the same.
      if (answer.status !== 401 && answer.status !== 408 && answer.status !== 429 && answer.status < 500)
        throw new Refused(`${source}: HTTP ${answer.status}`)
      throw new Error(`${source}: HTTP ${answer.status}`)
    },
  }
}
