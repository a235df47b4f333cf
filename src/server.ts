/** Wires the rooms together and listens. Decides nothing. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import underPressure from '@fastify/under-pressure'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { makeMonths, makeWitness, newestCheckpoint, startSealer } from './audit/index.ts'
import { type Clock, type Log, opaqueId, type Pool, Problem, timeOrderedIds, toProblem } from './base/index.ts'
import { registeredApps } from './cli/app-settings.ts'
import { readClients } from './cli/clients.ts'
import { demoClients, prepareDemo } from './cli/demo-area.ts'
import { authoriseFeed } from './cli/feed-authority.ts'
import { measure } from './cli/metrics.ts'
import { refuseDemoData } from './cli/production.ts'
import { startPurge } from './cli/purge.ts'
import { sealKeys } from './cli/seal-keys.ts'
import { openSecrets } from './cli/secret-keys.ts'
import { recordSettings } from './cli/settings-told.ts'
import { signInSettings } from './cli/sign-in-settings.ts'
import { type Config, isLoopbackName } from './config.ts'
import { isThisMachine, limitDoors, limitSlowReaders, type Patience, patience } from './door-limits.ts'
import {
  feedsHttp,
  formatNamed,
  type Helper,
  listenMllp,
  makePipeline,
  makeSender,
  openSources,
  type Source,
  senderOf,
  spread,
  watchFolders,
} from './feeds/index.ts'
import { resourceTypes } from './fhir/index.ts'
import { fhirApi, makeTokens, type Tokens } from './fhir-api/index.ts'
import { patientApp } from './patient-app/index.ts'
import { makeDoors, mountStandIn, useAssertionOnce } from './sign-in/index.ts'
import { makeAppServer } from './smart-apps/index.ts'
import { demoPeople, resultRoles, staffApp, taskRoles } from './staff-app/index.ts'
import { migrate } from './store/index.ts'
import { makeFollower } from './worklist/index.ts'

export type ServerNeeds = {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly pool: Pool
  readonly migrationsFolder: string
  readonly assetsFolder: string
  /** So many milliseconds behind with its work, it answers 503 until it has caught up. 0: it never does. Default 3,000. */
  readonly behindMs?: number
  /** Starts the threads that work on messages beside this one (docs/decisions/0009). Absent: this one does it all. */
  readonly helpers?: (source: (id: string) => Source | undefined) => readonly Helper[]
  /** How slow somebody may be. */
  readonly patience?: Patience
  /** Told of the app before its first route: for whoever must know every route there is. */
  readonly begun?: (app: FastifyInstance) => void
}

export type RunningServer = {
  readonly url: string
  readonly mllpPort: number
  /** Takes nothing more in, finishes what is under way, and lets go of every port. */
  close(): Promise<void>
}

/** The policy of ui.md §1: nothing inline, nothing from elsewhere. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    scriptSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
}

/** @throws Problem 'conflict' when a port is taken */
export async function startServer({
  config,
  clock,
  log,
  pool,
  migrationsFolder,
  assetsFolder,
  behindMs = 3_000,
  helpers: startHelpers = () => [],
  patience: patient = patience,
  begun,
}: ServerNeeds): Promise<RunningServer> {
  const keys = sealKeys(config)
  const secrets = openSecrets(config, clock)
  await migrate(pool, migrationsFolder)
  await refuseDemoData(pool, config)
  await makeMonths(pool, clock())
  const demo = config.THROUGHLINE_MODE === 'demo' ? await prepareDemo({ config, pool, clock }) : undefined
  const sources = await openSources(pool)
  const helpers = startHelpers((id) => sources.get(id))
  const own = makePipeline({
    pool,
    clock,
    nextId: timeOrderedIds(clock, { part: 0, of: helpers.length + 1 }),
    log,
    format: formatNamed,
    source: (id) => sources.get(id),
    sender: senderOf(sources),
    live: config.THROUGHLINE_MODE === 'production',
  })
  const pipeline = spread({ own, helpers, format: formatNamed })
  const guard = { loopback: config.OUTBOUND_LOOPBACK ?? demo !== undefined }
  const sender = makeSender({
    pool,
    clock,
    log,
    guard,
    ...(config.OUTBOUND_KEY ? { keyPem: readPem('OUTBOUND_KEY', config.OUTBOUND_KEY).toString('utf8') } : {}),
  })
  const tokens = makeTokens(clock)
  const metrics = measure({ pipeline })
  const follower = makeFollower({ pool, clock, log, resultRoles, taskRoles })
  const assets = JSON.parse(readFileSync(join(assetsFolder, 'manifest.json'), 'utf8')) as Readonly<
    Record<'staff.css' | 'staff.js' | 'patient.css' | 'icon.svg', string>
  >

  let url = ''
  const registered = registeredApps(config)
  const appServer =
    registered.length === 0
      ? undefined
      : makeAppServer({
          sql: pool,
          clock,
          apps: registered,
          secrets,
          publicUrl: () => config.PUBLIC_URL ?? url,
          types: resourceTypes,
        })
  // In the demo the first app makes the key: making one takes a good part of a second.
  if (config.THROUGHLINE_MODE === 'production') await appServer?.refresh()
  const refreshing = setInterval(
    () => void sources.refresh().catch(() => log.warn({}, 'the sources could not be read again')),
    5_000,
  )

  const app: FastifyInstance = fastify({
    genReqId: () => opaqueId(),
    bodyLimit: config.BODY_MAX,
    requestTimeout: patient.requestMs,
    connectionTimeout: patient.idleMs,
    http: { headersTimeout: patient.headMs, connectionsCheckingInterval: patient.checkMs },
    keepAliveTimeout: 72_000,
    trustProxy: config.TRUSTED_PROXIES?.split(',').map((one) => one.trim()) ?? false,
    routerOptions: { maxParamLength: 200 },
  })
  begun?.(app)
  const secureCookies = config.PUBLIC_URL?.startsWith('https:') ?? false
  const headers = await securityHeaders(secureCookies)
  app.addHook('onRequest', async (_request, { raw }) => {
    // On the answer itself, so that those who write it without us send them too.
    for (const [name, value] of headers) raw.setHeader(name, value)
  })
  limitSlowReaders(app, patient, log)
  await app.register(compress, {
    global: true,
    threshold: 1_024,
    encodings: ['br', 'gzip', 'identity'],
    requestEncodings: ['identity'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } },
  })
  await app.register(underPressure, { maxEventLoopDelay: behindMs, retryAfter: 5 })
  await app.register(fastifyStatic, {
    root: assetsFolder,
    prefix: '/assets/',
    immutable: true,
    maxAge: '365d',
    index: false,
  })
  // What says otherwise says so itself: our own files, by their names for ever. Who is behind us keeps nothing.
  app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
  answerOutsideApps(app, log)
  await limitDoors(app, { config, systemOf: (request) => systemOf(tokens, request) })
  app.addHook('onRequest', async (request, reply) => {
    // By this number whoever is asked for help finds the lines of the log and of the trail.
    reply.header('x-request-id', request.id)
    // No id and no name holds NUL, and PostgreSQL takes none: there is nothing there, and nobody is at fault.
    if (request.url.includes('%00') && /%00/.test(request.url.split('?')[0] ?? ''))
      throw new Problem('not-found', 'There is nothing at this address', 'Check the address.')
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    metrics.answered({ method: request.method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1_000 })
    // The route's pattern, never the address: an address may tell about whom somebody asked.
    log.info(
      {
        requestId: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'answered',
    )
  })

  const witness = makeWitness(
    {
      ...(config.AUDIT_WITNESS_FILE === undefined ? {} : { file: config.AUDIT_WITNESS_FILE }),
      ...(config.AUDIT_WITNESS_URL === undefined ? {} : { url: config.AUDIT_WITNESS_URL }),
      everySeconds: config.AUDIT_WITNESS_SECONDS,
    },
    { clock, log, guard: { loopback: demo !== undefined } },
  )
  // For anybody: how many lines were sealed and what proves them names nobody.
  app.get('/audit/checkpoint', async (_request, reply) => {
    const newest = await newestCheckpoint(pool)
    if (!newest) return await reply.code(404).send('Nothing is sealed yet.\n')
    return await reply
      .header('content-type', 'text/plain; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(newest.note)
  })
  app.get('/audit/keys', async () => ({
    keys: keys().all.map(({ id, name, bytes }) => ({
      id,
      name,
      algorithm: 'Ed25519',
      publicKey: bytes.toString('base64'),
    })),
  }))

  let ready = false
  app.get('/live', async () => ({ live: true }))
  app.get('/ready', async (_request, reply) => {
    const database = await pool`select 1`.then(
      () => true,
      () => false,
    )
    return await reply
      .code(ready && database ? 200 : 503)
      .send({ ready: ready && database, database, listeners: ready })
  })
  app.get('/metrics', async (request, reply) => {
    // Operators read it on the machine itself. What a proxy on this machine passes on comes from elsewhere.
    if (!isThisMachine(request.ip) || forwarded.some((name) => request.headers[name] !== undefined))
      return await reply.code(403).send('Metrics are served on this machine only.\n')
    return await reply.header('content-type', metrics.contentType).send(await metrics.text())
  })
  // RFC 9116: whom to tell of a weakness. It ends each year, so that nobody trusts one that is forgotten.
  app.get('/.well-known/security.txt', async (_request, reply) => {
    const contact = config.SECURITY_CONTACT
    if (contact === undefined) return await reply.code(404).send('No contact is configured: see SECURITY_CONTACT.\n')
    const expires = new Date(Date.UTC(clock().getUTCFullYear() + 1, clock().getUTCMonth(), 1)).toISOString()
    const here = config.PUBLIC_URL?.startsWith('https:')
      ? `Canonical: ${config.PUBLIC_URL}/.well-known/security.txt\n`
      : ''
    return await reply
      .header('content-type', 'text/plain; charset=utf-8')
      .send(`Contact: ${contact}\nExpires: ${expires}\nPreferred-Languages: en\n${here}`)
  })
  app.get('/', async (_request, reply) => await reply.redirect('/staff', 302))

  const doors = await makeDoors({
    sql: pool,
    clock,
    settings: signInSettings(config),
    publicUrl: () => config.PUBLIC_URL ?? url,
    mode: config.THROUGHLINE_MODE,
    standIn: demo?.standIn,
    secrets,
  })
  for (const { path, idp } of doors.standIns) mountStandIn(app, path, idp)

  appServer?.mount(app)

  const apps = {
    sql: pool,
    clock,
    log,
    demo: demo !== undefined,
    standIn: demo?.standIn,
    appServer,
    secrets,
    secureCookies,
    estateKey: config.ESTATE_KEY,
    sources,
    format: formatNamed,
    pipeline,
    wakeSender: () => sender.wake(),
    follower,
  }
  // biome-ignore lint/nursery/noMisusedPromises: Fastify waits for a plugin that answers with a promise.
  await app.register(staffApp, {
    ...apps,
    door: doors.staff,
    risky: { acrs: config.CIS2_ACR_STRONG.split(' '), minutes: config.CONFIRM_MINUTES },
    publicUrl: () => config.PUBLIC_URL ?? url,
    assets: { css: assets['staff.css'], script: assets['staff.js'], icon: assets['icon.svg'] },
  })
  // biome-ignore lint/nursery/noMisusedPromises: Fastify waits for a plugin that answers with a promise.
  await app.register(patientApp, {
    ...apps,
    door: doors.patient,
    assets: { css: assets['patient.css'], icon: assets['icon.svg'] },
  })
  if (demo) {
    const { standIn } = demo
    app.get('/demo/people.json', async () => await demoPeople(pool, standIn))
  }
  const clients = [...readClients(config.CLIENTS_FILE), ...(demo ? demoClients() : [])]
  await recordSettings(pool, clock, {
    config,
    version: metrics.version,
    trailKey: keys().all[0]?.id ?? '',
    clients,
    apps: registered ?? [],
  })
  await app.register(fhirApi, {
    sql: pool,
    clock,
    log,
    tokens,
    baseUrl: () => config.PUBLIC_URL ?? url,
    client: (id) => clients.find((one) => one.id === id),
    source: (id) => sources.get(id),
    receive: pipeline.receive,
    apps: appServer,
    useOnce: (id, expiresAt) => useAssertionOnce(pool, id, expiresAt),
    software: { name: 'Throughline', version: metrics.version },
    bodyBytesMax: config.BODY_MAX,
    answerBytesMax: config.ANSWER_MAX,
  })
  // biome-ignore lint/nursery/noMisusedPromises: Fastify waits for a plugin that answers with a promise.
  await app.register(feedsHttp, {
    prefix: '/feeds',
    pipeline,
    sources,
    format: formatNamed,
    clock,
    log,
    lengthMax: config.BODY_MAX,
    authorise: authoriseFeed({
      pool,
      clock,
      tokens,
      ...(demo ? { declare: (id) => demo.declare({ id, sources }) } : {}),
    }),
  })

  const live = config.THROUGHLINE_MODE === 'production'
  const mllpHost = config.MLLP_HOST ?? config.HOST
  if (live && !config.MLLP_TLS_KEY && !isLoopbackName(mllpHost))
    log.warn(
      { host: mllpHost },
      'HL7 v2 is received in the clear, from whoever reaches this port: see docs/decisions/0007',
    )
  try {
    url = await app.listen({ host: config.HOST, port: config.PORT })
    await pipeline.resume()
    const mllp = await listenMllp({
      pipeline,
      sources,
      clock,
      log,
      host: mllpHost,
      port: config.MLLP_PORT,
      frameLengthMax: config.MLLP_FRAME_MAX,
      live,
      ...(demo ? { declare: (sender) => demo.declareSender({ sender, sources }) } : {}),
      ...tlsOf(config),
    })
    const folders = watchFolders({
      inbox: join(config.DATA_DIR, 'inbox'),
      pipeline,
      sources,
      format: formatNamed,
      clock,
      log,
    })
    const sealer = startSealer({ pool, keys, clock, log, sealed: ({ note }) => witness.tell(note) })
    sender.start()
    follower.start()
    const purging = startPurge({ pool, clock, log })
    ready = true
    return {
      url,
      mllpPort: mllp.port,
      async close() {
        ready = false
        clearInterval(refreshing)
        await purging.stop()
        await follower.stop()
        await Promise.all([mllp.close(), folders.close(), app.close()])
        await sender.close()
        await pipeline.idle()
        // Last, so that whatever was done until now is sealed.
        await sealer.close()
        await witness.close()
      },
    }
  } catch (fault) {
    clearInterval(refreshing)
    await app.close()
    if (fault instanceof Error && 'code' in fault && fault.code === 'EADDRINUSE') {
      throw new Problem(
        'conflict',
        `A port is taken already: ${fault.message.replace(/^listen EADDRINUSE: address already in use /, '')}`,
        'Stop what uses it, or choose others with PORT and MLLP_PORT.',
      )
    }
    throw fault
  }
}

/** Helmet's headers are the same for every answer: made once, since it makes them anew each time. */
async function securityHeaders(overTls: boolean): Promise<readonly (readonly [string, string])[]> {
  const once = fastify()
  await once.register(helmet, {
    contentSecurityPolicy,
    strictTransportSecurity: overTls,
    referrerPolicy: { policy: 'same-origin' },
  })
  once.get('/', async () => '')
  const { headers } = await once.inject('/')
  await once.close()
  const its = Object.entries(headers).filter(([name]) => !/^(?:content-(?:type|length)|date|connection)$/.test(name))
  return its.map(([name, value]) => [name, String(value)])
}

/** What is outside the apps is asked by programs: a failure is one line of text, or OAuth's own shape. */
function answerOutsideApps(app: FastifyInstance, log: Log): void {
  const statuses = {
    invalid: 400,
    'not-found': 404,
    gone: 410,
    conflict: 409,
    forbidden: 403,
    'too-many': 429,
    busy: 503,
    fault: 500,
  } as const
  app.setErrorHandler((thrown, request, reply) => {
    const said = thrown instanceof Error && 'statusCode' in thrown ? Number(thrown.statusCode) : 500
    const problem = toProblem(thrown)
    const status = thrown instanceof Problem ? statuses[thrown.kind] : said >= 400 && said < 600 ? said : 500
    if (status === 500)
      log.error(
        { requestId: request.id, fault: problem.cause instanceof Error ? problem.cause.name : problem.kind },
        'a request failed',
      )
    if (request.url.startsWith('/oauth/'))
      return reply.code(status).send({
        error: status < 500 && status !== 429 ? 'invalid_request' : 'temporarily_unavailable',
        error_description:
          status < 500 && thrown instanceof Problem
            ? `${problem.message}. ${problem.remedy}`
            : 'The request could not be answered',
      })
    return reply
      .code(status)
      .header('content-type', 'text/plain; charset=utf-8')
      .send(
        thrown instanceof Problem ? `${problem.message}. ${problem.remedy}\n` : 'The request could not be answered.\n',
      )
  })
}

/** The client behind a token that holds; undefined for any other request. */
function systemOf(tokens: Tokens, { headers }: FastifyRequest): string | undefined {
  if (headers.authorization === undefined) return undefined
  try {
    return tokens.callerOf(headers.authorization).client.id
  } catch {
    return undefined
  }
}

const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const

function tlsOf(config: Config) {
  if (!config.MLLP_TLS_KEY || !config.MLLP_TLS_CERT) return {}
  const ca = config.MLLP_TLS_CA
    ? { ca: readPem('MLLP_TLS_CA', config.MLLP_TLS_CA), requestCert: true, rejectUnauthorized: true }
    : {}
  return {
    tls: {
      key: readPem('MLLP_TLS_KEY', config.MLLP_TLS_KEY),
      cert: readPem('MLLP_TLS_CERT', config.MLLP_TLS_CERT),
      minVersion: 'TLSv1.2' as const,
      ...ca,
    },
  }
}

function readPem(setting: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (fault) {
    throw new Problem('invalid', `${setting} names a file that cannot be read: ${path}`, 'Correct the path.', fault)
  }
}
