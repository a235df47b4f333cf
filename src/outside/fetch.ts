import { ask } from './ask.ts'
import type { Guard } from './guard.ts'

const timeoutMs = 10_000

export type OutsideRequest = {
  readonly method?: string
  readonly headers?: ConstructorParameters<typeof Headers>[0] | undefined
  readonly body?: unknown
}

/**
 * What libraries that bring their own requests are given in place of `fetch` (`jose`, `openid-client`): the same guard, no redirect, an end to
 * waiting and to the answer's length.
 */
export function guardedFetch(guard: Guard): (url: string | URL, options?: OutsideRequest) => Promise<Response> {
  return async (url, { method = 'GET', headers, body } = {}) => {
    if (method !== 'GET' && method !== 'POST') throw new Error(`nothing is asked by ${method}`)
    const sent = textOf(body)
    const { status, text, contentType } = await ask(String(url), {
      method,
      headers: {
        ...(body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...Object.fromEntries(new Headers(headers ?? {})),
      },
      body: sent === undefined ? undefined : Buffer.from(sent),
      timeoutMs,
      guard,
    })
    // A body is not allowed with these.
    const none = [204, 205, 304].includes(status)
    return new Response(none ? null : text, {
      status,
      headers: contentType === '' ? {} : { 'content-type': contentType },
    })
  }
}

function textOf(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string') return body
  if (body instanceof URLSearchParams) return body.toString()
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8')
  throw new Error('a body is text, a form or bytes')
}
