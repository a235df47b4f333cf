/** Goes through the stand-in's redirects as a browser would, so that pressing a name signs in with one request and no JavaScript. */
import fastify, { type FastifyInstance } from 'fastify'
import type { CustomFetch } from 'openid-client'
import { Problem } from '../base/index.ts'
import type { StandInIdp } from './stand-in.ts'

/** Serves the stand-in under its issuer's path. @param idp asked at each request, since it is made when first needed */
export function mountStandIn(app: FastifyInstance, path: string, idp: () => Promise<StandInIdp>): void {
  // biome-ignore lint/nursery/noMisusedPromises: Fastify waits for a plugin that answers with a promise.
  void app.register(async (own: FastifyInstance) => {
    // The provider reads its bodies itself.
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', (_request, _payload, done) => done(null))
    own.all(`${path}/*`, async (request, reply) => {
      const { handle } = await idp()
      reply.hijack()
      const { raw } = request
      Object.assign(raw, { originalUrl: raw.url, url: raw.url?.slice(path.length) })
      handle(raw, reply.raw)
    })
  })
}

export type StandInAgent = {
  /** The network, as our client sees it: the stand-in answers inside this process. */
  readonly fetch: CustomFetch
  /** Follows an authorization request as the person who is named. @returns the address that the browser is sent back to */
  authorise(url: string, person: string): Promise<URL>
}

export function makeAgent(path: string, idp: () => Promise<StandInIdp>): StandInAgent {
  const inner = fastify({ routerOptions: { maxParamLength: 500 } })
  mountStandIn(inner, path, idp)
  async function ask(
    url: URL,
    { method, headers, body }: { method: string; headers: Record<string, string>; body?: string },
  ) {
    return await inner.inject({
      method: method === 'POST' ? 'POST' : 'GET',
      url: url.pathname + url.search,
      headers: { ...headers, host: url.host, 'x-forwarded-proto': url.protocol.replace(':', '') },
      ...(body === undefined ? {} : { payload: body }),
    })
  }
  return {
    async fetch(address, { method, headers, body }) {
      const sent = body === undefined || body === null ? {} : { body: String(body) }
      const answer = await ask(new URL(address), { method, headers: { ...headers }, ...sent })
      return new Response(answer.body === '' ? null : answer.body, {
        status: answer.statusCode,
        headers: { 'content-type': String(answer.headers['content-type'] ?? 'text/plain') },
      })
    },
    async authorise(url, person) {
      const cookies = new Map<string, string>()
      let at = new URL(url)
      for (let step = 0; step < 8; step += 1) {
        if (!at.pathname.startsWith(`${path}/`)) return at
        if (at.pathname.startsWith(`${path}/interaction/`)) at.searchParams.set('person', person)
        const answer = await ask(at, {
          method: 'GET',
          headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        })
        for (const { name, value } of answer.cookies) cookies.set(name, value)
        const { location } = answer.headers
        if (location === undefined) break
        at = new URL(String(location), at)
      }
      throw new Problem('fault', 'The stand-in did not finish a sign-in', 'Tell the operator.')
    },
  }
}
