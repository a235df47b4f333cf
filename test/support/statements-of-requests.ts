/** Which statements a request sent, told apart from those of the work that goes on beside it: followers, the sender, the sealer, timers. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { afterAll } from 'vitest'

/** Sent with a request whose statements are asked for; servers of this process know it, and none passes it on. */
export const markHeader = 'x-statements-of'

export type StatementsOfRequests = {
  /** Given to the server's pool. */
  readonly onStatement: (text: string) => void
  /** What the request with this mark sent so far, without what begins and ends a transaction. */
  readonly of: (mark: string) => readonly string[]
}

/**
 * A statement belongs to a request when it is sent by what the request started: Node carries that through every promise and callback.
 * What the server does by itself, however soon, belongs to none. Call it in `beforeAll` or at the top of a file.
 */
export function statementsOfRequests(): StatementsOfRequests {
  const byMark = new Map<string, string[]>()
  const current = new AsyncLocalStorage<string[]>()
  const begun = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage }
    const mark = request.headers[markHeader]
    if (typeof mark !== 'string') return
    const list = byMark.get(mark) ?? []
    byMark.set(mark, list)
    current.enterWith(list)
  }
  subscribe('http.server.request.start', begun)
  afterAll(() => void unsubscribe('http.server.request.start', begun))
  return {
    onStatement: (text) => void current.getStore()?.push(text),
    of: (mark) => (byMark.get(mark) ?? []).filter((text) => !/^\s*(?:begin|commit|rollback)\b/i.test(text)),
  }
}
