/** Every route of a server that a test starts, as the router is told them: whatever is added later is among them. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'
import { afterAll } from 'vitest'

export type Route = { readonly method: string; readonly url: string }

/** Listens before the server starts. @returns what has been registered until it is called, each once */
export function collectRoutes(): () => readonly Route[] {
  const found = new Map<string, Route>()
  const began = (message: unknown): void => {
    const { fastify } = message as { readonly fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) {
        const route = { method: one, url: url.replace(/(?<=.)\/$/, '') }
        found.set(`${one} ${route.url}`, route)
      }
    })
  }
  subscribe('fastify.initialization', began)
  afterAll(() => {
    unsubscribe('fastify.initialization', began)
  })
  return () => [...found.values()].toSorted((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0))
}
