/** A GP practice's FHIR endpoint, as far as it takes what others write: conditional create and update, kept in memory. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Asked = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Practice = {
  readonly port: number
  /** Every request, in order. */
  readonly received: readonly Asked[]
  /** Resources held, by the identifier that was given as the condition. */
  readonly held: ReadonlyMap<string, string>
  close(): Promise<void>
}

type Answer = { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }

/** @param judge what to answer instead of the usual; undefined: the usual */
export async function openPractice({
  port = 0,
  judge = busy,
}: {
  readonly port?: number
  readonly judge?: (asked: Asked, times: number) => Answer | undefined
} = {}): Promise<Practice> {
  const received: Asked[] = []
  const held = new Map<string, string>()
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const asked = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers as Asked['headers'],
        body,
      }
      received.push(asked)
      const times = received.filter(({ headers }) => headers['x-request-id'] === asked.headers['x-request-id']).length
      const { status, body: text = '', headers = {} } = judge(asked, times) ?? take(asked)
      response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers }).end(text)
    })
  })
  function take({ method, url, headers, body }: Asked): Answer {
    const condition = method === 'POST' ? headers['if-none-exist'] : url.split('?')[1]
    const key = decodeURIComponent(condition ?? '')
    if (key === '') return { status: 412, body: outcome('A condition is needed') }
    const before = held.has(key)
    if (method === 'PUT' || !before) held.set(key, body)
    return { status: before ? 200 : 201 }
  }
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', done)
  })
  return {
    port: (server.address() as AddressInfo).port,
    received,
    held,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}

/** Answers "busy" to the first try of every note, and takes the second: the same each time. */
function busy({ url }: Asked, times: number): Answer | undefined {
  return url.includes('/DocumentReference') && times === 1
    ? { status: 503, body: outcome('Busy, try again') }
    : undefined
}

export function outcome(diagnostics: string): string {
  return JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'processing', diagnostics }],
  })
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
