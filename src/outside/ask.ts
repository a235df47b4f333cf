/** One HTTP request to a guarded address: no redirect is followed, no answer is read for ever. */
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { checkUrl, type Guard, guardedLookup } from './guard.ts'

export type HttpAnswer = { readonly status: number; readonly text: string; readonly contentType: string }

const answerMax = 1_000_000

/** @throws the socket's fault, a Problem for an address that may not be spoken to, or an Error with code 'ETIMEDOUT' */
export async function ask(
  address: string,
  {
    method,
    headers,
    body,
    timeoutMs,
    guard,
  }: {
    readonly method: 'GET' | 'POST' | 'PUT'
    readonly headers: Readonly<Record<string, string>>
    readonly body?: Uint8Array | undefined
    readonly timeoutMs: number
    readonly guard: Guard
  },
): Promise<HttpAnswer> {
  const url = checkUrl(address, guard)
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return await new Promise<HttpAnswer>((done, failed) => {
    const sent = request(
      url,
      {
        method,
        lookup: guardedLookup(guard),
        agent: false,
        headers: body === undefined ? headers : { ...headers, 'content-length': String(body.length) },
        minVersion: 'TLSv1.2',
        signal: AbortSignal.timeout(timeoutMs),
      },
      (answer) => {
        const chunks: Buffer[] = []
        let length = 0
        answer.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length <= answerMax) chunks.push(chunk)
          else answer.destroy()
        })
        answer.once('error', failed)
        answer.once('close', () =>
          done({
            status: answer.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
            contentType: answer.headers['content-type'] ?? '',
          }),
        )
      },
    )
    sent.once('error', (fault) =>
      failed(
        fault.name === 'AbortError' || fault.name === 'TimeoutError'
          ? Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })
          : fault,
      ),
    )
    sent.end(body)
  })
}
