import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { openEstate, withTrail } from '../../access/index.ts'
import { Problem } from '../../base/index.ts'
import {
  noteFirstPage,
  notePageTimes,
  openStart,
  parsePageTimes,
  parseStartReport,
  readStartTimes,
  recordStart,
  type StartKey,
} from '../../estate/index.ts'
import type { StaffNeeds } from '../needs.ts'
import { base, paths, routes } from '../paths.ts'
import { askFor, sendPage, visitIfAny, visitOf } from '../visit.ts'
import { makeRateLimit } from './rate-limit.ts'
import { estateView } from './view.tsx'

const cookieName = 'throughline_start'
const afterwards = 'throughline_start_page'
const bodyLimit = 1_024
const daysShown = 28

/**
 * What devices and their browsers tell of a start. Open to those who have not signed in, since a device reports before anybody has; the
 * script shows a key that the operator set, the browser the start that the script was given. Nothing of a person is told, kept or answered.
 */
export function startPages(app: FastifyInstance, { sql, clock, log, estateKey, secureCookies }: StaffNeeds): void {
  const cookie = { httpOnly: true, sameSite: 'lax', secure: secureCookies } as const
  // A whole hospital may stand behind one address, and start at the same hour: who shows the key, or a start that was told, is not counted.
  const mayTry = makeRateLimit({ most: 30, windowMs: 60_000 })
  const refuseTooMany = (request: FastifyRequest): void => {
    if (!mayTry(request.ip, clock()))
      throw new Problem('busy', 'Too many reports from this address', 'Wait a minute and try again.')
  }

  app.post(routes.starts, { bodyLimit, config: { formless: 'json' } }, async (request, reply) => {
    if (!isKey(request.headers.authorization, estateKey)) {
      refuseTooMany(request)
      throw new Problem(
        'forbidden',
        'Start times are taken with the key of this place only',
        'Set ESTATE_KEY and give it to the script.',
      )
    }
    const report = parseStartReport(request.body)
    if (!report.ok) {
      const [issue] = report.issues
      throw new Problem('invalid', issue?.message ?? '', issue?.remedy ?? '')
    }
    const key = await sql.begin((tx) => recordStart(tx, report.value, clock()))
    return await reply.code(201).send({ open: paths.start(key.device, key.start) })
  })

  app.get<{ Params: StartKey }>(routes.start, async (request, reply) => {
    const { device, start } = request.params
    const known = await sql.begin((tx) => openStart(tx, { device, start }, clock()))
    // A start that is not known keeps nobody from work.
    if (known) reply.setCookie(cookieName, `${device}.${start}`, { ...cookie, path: base, maxAge: 12 * 3_600 })
    return reply.redirect(paths.home, 303)
  })

  app.post(routes.pageTimes, { bodyLimit, config: { formless: 'json' } }, async (request, reply) => {
    const key = keyIn(request.cookies[afterwards])
    if (!key) refuseTooMany(request)
    const times = parsePageTimes(request.body)
    if (key && times.ok) await sql.begin((tx) => notePageTimes(tx, key, times.value, clock()))
    return await reply.clearCookie(afterwards, { path: paths.estate }).code(204).send()
  })

  // The first page that somebody signed in is sent is counted here, so that it needs no script in the browser. From then on the start is
  // shown to the door for the page's own times only, and no other page asks the database about it.
  app.addHook('onSend', async (request, reply) => {
    const key = keyOfFirstPage(request, reply)
    if (!key) return
    reply.clearCookie(cookieName, { path: base })
    reply.setCookie(afterwards, `${key.device}.${key.start}`, { ...cookie, path: paths.estate, maxAge: 600 })
  })
  app.addHook('onResponse', async (request, reply) => {
    const key = keyOfFirstPage(request, reply)
    if (!key) return
    await sql
      .begin((tx) => noteFirstPage(tx, key, clock()))
      .catch(() => log.warn({ requestId: request.id }, 'the time of a first page could not be kept'))
  })
}

/** How long the kit takes: for those who can replace it. */
export function estatePage(app: FastifyInstance, { sql }: StaffNeeds): void {
  app.get(routes.estate, async (request, reply) => {
    const visit = visitOf(request)
    const since = new Date(visit.now.getTime() - daysShown * 86_400_000)
    const times = await withTrail(sql, async (tx) => {
      await openEstate(tx, visit.actor, askFor(visit, 'estate-page'))
      return await readStartTimes(tx, since)
    })
    return sendPage(reply, estateView({ shell: visit.shell, times, days: daysShown, now: visit.now }))
  })
}

function isKey(authorization: string | undefined, key: string | undefined): boolean {
  if (!key || !authorization?.startsWith('Bearer ')) return false
  const [given, wanted] = [Buffer.from(authorization.slice(7)), Buffer.from(key)]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function keyOfFirstPage(request: FastifyRequest, { statusCode }: FastifyReply): StartKey | undefined {
  const isPage = request.method === 'GET' && statusCode === 200 && visitIfAny(request) !== undefined
  return isPage ? keyIn(request.cookies[cookieName]) : undefined
}

function keyIn(value: string | undefined): StartKey | undefined {
  const [, device, start] = /^([a-z0-9]{16,40})\.([a-z0-9]{16,40})$/.exec(value ?? '') ?? []
  return device && start ? { device, start } : undefined
}
