/** How much one address, one session or one system may ask for in a minute, and how long anybody may take over it. */
import { createHash } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Log, Problem } from './base/index.ts'
import type { Config } from './config.ts'

export type DoorNeeds = {
  readonly config: Pick<
    Config,
    'RATE_ADDRESS_MAX' | 'RATE_SESSION_MAX' | 'RATE_SYSTEM_MAX' | 'CONNECTIONS_MAX' | 'TRUSTED_PROXIES'
  >
  /** The system whose token this request shows; undefined when it shows none that holds. */
  readonly systemOf: (request: FastifyRequest) => string | undefined
}

const minuteMs = 60_000
/** Of probes and of our own files, which browsers keep. */
const free = /^\/(?:live|ready|metrics|assets\/)/
const sessions = /(?:^|;\s*)((?:__Host-)?throughline_(?:staff|patient))=([\w-]{43})(?:;|$)/
/** In an emergency nobody waits for a minute to pass: what opens a record by breaking the glass is never counted out. */
const emergency = /^\/staff\/patients\/[^/?]+\/emergency(?:\?|$)/

/**
 * A system with a token is counted by itself, whatever address it comes from. Everybody else is counted by address (a hospital may be one), and
 * who sends a session's cookie by that also. This machine itself is no address of anybody: it is a proxy that was not declared, or its operator.
 * @throws Problem 'too-many', with Retry-After set, which each door answers in its own language
 */
export async function limitDoors(app: FastifyInstance, { config, systemOf }: DoorNeeds): Promise<void> {
  await app.register(rateLimit, { global: false, cache: 20_000 })
  const within = (max: number, key: (request: FastifyRequest) => string) =>
    app.createRateLimit({ max, timeWindow: minuteMs, keyGenerator: key })
  const system = within(config.RATE_SYSTEM_MAX, (request) => `system ${systemOf(request) ?? ''}`)
  const address = within(config.RATE_ADDRESS_MAX, ({ ip }) => `address ${network(ip)}`)
  const session = within(config.RATE_SESSION_MAX, (request) => `session ${sessionOf(request) ?? ''}`)
  app.addHook('onRequest', async (request, reply) => {
    if (free.test(request.url) || emergency.test(request.url)) return
    const asked =
      systemOf(request) === undefined
        ? [...(isThisMachine(request.ip) ? [] : [address]), ...(sessionOf(request) === undefined ? [] : [session])]
        : [system]
    for (const limit of asked) {
      const counted = await limit(request)
      if (counted.isAllowed || !counted.isExceeded) continue
      reply.header('retry-after', String(Math.max(1, counted.ttlInSeconds)))
      throw new Problem('too-many', 'Too many requests were made in a minute', 'Wait a minute, then go on.')
    }
  })
  // Whoever sends a byte now and then holds a connection, and no more than so many may be held.
  app.server.maxConnections = config.CONNECTIONS_MAX
  app.server.maxRequestsPerSocket = 10_000
}

/** How slow somebody may be, in milliseconds, before their connection is let go. */
export type Patience = {
  /** To send the head of a request. */
  readonly headMs: number
  /** To send a whole request. */
  readonly requestMs: number
  /** Without a byte in either direction. */
  readonly idleMs: number
  /** To take an answer that is held in memory: this, and the time that its length takes at the slowest rate. */
  readonly answerMs: number
  readonly slowestBytesPerMs: number
  /** How often the first two are looked after. */
  readonly checkMs: number
}

export const patience: Patience = {
  headMs: 20_000,
  requestMs: 120_000,
  idleMs: 300_000,
  answerMs: 60_000,
  slowestBytesPerMs: 8,
  checkMs: 5_000,
}

/** Smaller answers lie in the network's own memory as soon as they are sent. */
const smallAnswer = 65_536

/** Whoever asks for much and takes it byte by byte holds it in our memory. Register it before answers are compressed: then their length is known. */
export function limitSlowReaders(app: FastifyInstance, { answerMs, slowestBytesPerMs }: Patience, log: Log): void {
  app.addHook('onSend', async (request, { raw }, payload) => {
    const length = typeof payload === 'string' || payload instanceof Uint8Array ? payload.length : 0
    if (length <= smallAnswer) return payload
    const end = setTimeout(
      () => {
        log.warn({ requestId: request.id }, 'a connection was closed: its answer was not taken in time')
        raw.destroy()
      },
      answerMs + length / slowestBytesPerMs,
    )
    end.unref()
    raw.once('close', () => clearTimeout(end))
    return payload
  })
}

export function isThisMachine(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(address)
}

/** One household or ward has a whole /64 of IPv6 addresses to choose from. */
function network(address: string): string {
  return address.includes(':') && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address
}

/** A session by the digest of its cookie: the token itself is in no memory but the browser's. */
function sessionOf({ headers }: FastifyRequest): string | undefined {
  const [, name, token] = sessions.exec(headers.cookie ?? '') ?? []
  return token === undefined ? undefined : createHash('sha256').update(`${name}|${token}`).digest('base64url')
}
