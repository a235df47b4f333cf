/** Every GET route of the two apps, as the router knows them: read from the apps themselves, so that none is forgotten. */
import fastify from 'fastify'
import { patientApp } from '../../src/patient-app/index.ts'
import { staffApp } from '../../src/staff-app/index.ts'

export async function getRoutes(): Promise<readonly string[]> {
  const app = fastify({ routerOptions: { maxParamLength: 200 } })
  const found = new Set<string>()
  app.addHook('onRoute', ({ method, url }) => {
    if ([method].flat().includes('GET')) found.add(url.replace(/(?<=.)\/$/, ''))
  })
  // Registering asks nothing of what an app is given; only requests do.
  const nothing = new Proxy({}, { get: (_, name) => (name === 'prefix' ? undefined : () => undefined) }) as never
  // biome-ignore lint/nursery/noMisusedPromises: Fastify waits for a plugin that answers with a promise.
  await app.register(staffApp, nothing)
  // biome-ignore lint/nursery/noMisusedPromises: Fastify waits for a plugin that answers with a promise.
  await app.register(patientApp, nothing)
  await app.ready()
  await app.close()
  return [...found].toSorted()
}

/** Whether an address is one of this route's. */
export function isOf(route: string, address: string): boolean {
  const pattern = route.replaceAll(/[.+*?^${}()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')
  return new RegExp(`^${pattern}$`).test(address.split(/[?#]/)[0] ?? '')
}
