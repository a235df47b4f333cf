/** Which parameters the handlers of a server read: seen as they read them, so that one that is added later is known too. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { afterAll } from 'vitest'

/**
 * Listens before the server starts.
 * @returns the names that have been read of the query (GET) or form (POST) of each route so far, by `POST /staff/find`
 */
export function parametersRead(): (route: string) => readonly string[] {
  const read = new Map<string, Set<string>>()
  const watched = (fields: object, names: Set<string>): object => {
    const note = (name: string | symbol) => {
      if (typeof name === 'string') names.add(name)
    }
    return new Proxy(fields, {
      get(target, name, receiver) {
        note(name)
        return Reflect.get(target, name, receiver) as unknown
      },
      has(target, name) {
        note(name)
        return Reflect.has(target, name)
      },
      getOwnPropertyDescriptor(target, name) {
        note(name)
        return Reflect.getOwnPropertyDescriptor(target, name)
      },
    })
  }
  const watch = async (request: FastifyRequest): Promise<void> => {
    const name = `${request.method} ${(request.routeOptions.url ?? '').replace(/(?<=.)\/$/, '')}`
    const names = read.get(name) ?? new Set()
    read.set(name, names)
    const { query, body } = request
    if (request.method === 'GET' && typeof query === 'object' && query !== null) request.query = watched(query, names)
    if (isFields(body)) request.body = watched(body, names)
  }
  const began = (message: unknown): void => {
    ;(message as { readonly fastify: FastifyInstance }).fastify.addHook('preValidation', watch)
  }
  subscribe('fastify.initialization', began)
  afterAll(() => {
    unsubscribe('fastify.initialization', began)
  })
  return (route) => [...(read.get(route) ?? [])].filter((name) => name !== 'form-key' && name !== 'toJSON').toSorted()
}

/** What a form's parser makes; other bodies are things of their own. */
function isFields(body: unknown): body is object {
  if (typeof body !== 'object' || body === null) return false
  return !(body instanceof URLSearchParams || body instanceof Uint8Array || Array.isArray(body))
}
