import { z } from 'zod'
import { opaqueId, type Parsed, right, type Tx, wrong } from '../base/index.ts'

/** One start of one device. Both opaque. */
export type StartKey = { readonly device: string; readonly start: string }

const opaque = /^[a-z0-9]{16,40}$/
const ms = z.number().int().min(0).max(86_400_000)

const startReport = z.strictObject({
  /** A hash made on the device, 16 to 40 small letters and digits: of the device, not of whoever uses it. */
  device: z.string().regex(opaque),
  /** As the operator calls the place: letters, digits, spaces and . - only, so that no name or address of a person gets in by mistake. */
  site: z.string().regex(/^[\p{L}\d][\p{L}\d .-]{0,39}$/u),
  /** Milliseconds from power-on until now, as the device counts them. */
  sincePowerOn: ms,
  /** Milliseconds from power-on until somebody had signed in to the device; absent: not known. */
  signedIn: ms.optional(),
})

/** What the start-up script tells. */
export type StartReport = z.infer<typeof startReport>

const pageTimes = z.strictObject({ firstByte: ms, readable: ms, loaded: ms })

/** What the browser measured of one page, in milliseconds since it was asked for (Navigation Timing). */
export type PageTimes = z.infer<typeof pageTimes>

/** @returns what the script told; anything more or other than that is refused whole */
export function parseStartReport(body: unknown): Parsed<StartReport> {
  return parsed(startReport, body)
}

export function parsePageTimes(body: unknown): Parsed<PageTimes> {
  return parsed(pageTimes, body)
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): Parsed<T> {
  const result = schema.safeParse(body)
  if (result.success) return right(result.data)
  const place = result.error.issues[0]?.path.join('.') ?? ''
  return wrong(place, 'This is not what a device reports.', 'See deploy/start-up/README.md.')
}

/** Starts are kept for so long; then the device's next start removes them. */
const daysKept = 400

/** Keeps a start. @returns its key: the browser shows it once, so that its first page counts for this start */
export async function recordStart(tx: Tx, report: StartReport, now: Date): Promise<StartKey> {
  const { device, site, sincePowerOn, signedIn } = report
  const start = opaqueId()
  const poweredOnAt = new Date(now.getTime() - sincePowerOn)
  const old = new Date(now.getTime() - daysKept * 86_400_000)
  await tx`delete from device_event where device = ${device} and at < ${old}`
  await tx`delete from device_start where device = ${device} and heard_at < ${old}`
  await tx`
    insert into device_start (device, start, site, powered_on_at, heard_at)
    values (${device}, ${start}, ${site}, ${poweredOnAt}, ${now})`
  if (signedIn !== undefined && signedIn <= sincePowerOn)
    await keep(tx, { device, start }, { 'sign-in': signedIn }, now)
  return { device, start }
}

/** The browser came with the start that the script was given. @returns false when there is none, it is old, or was shown before */
export async function openStart(tx: Tx, key: StartKey, now: Date): Promise<boolean> {
  if (!opaque.test(key.device) || !opaque.test(key.start)) return false
  const [row] = await tx<{ poweredOnAt: Date }[]>`
    update device_start set opened_at = ${now}
     where device = ${key.device} and start = ${key.start} and opened_at is null and heard_at > ${hoursBefore(now)}
    returning powered_on_at as "poweredOnAt"`
  if (!row) return false
  await keep(tx, key, { browser: now.getTime() - row.poweredOnAt.getTime() }, now)
  return true
}

/** A page that somebody can work with was sent to this start's browser. Only the first counts. */
export async function noteFirstPage(tx: Tx, key: StartKey, now: Date): Promise<void> {
  const [row] = await tx<{ poweredOnAt: Date }[]>`
    select powered_on_at as "poweredOnAt" from device_start
     where device = ${key.device} and start = ${key.start} and opened_at is not null and heard_at > ${hoursBefore(now)}`
  if (row) await keep(tx, key, { 'first-page': now.getTime() - row.poweredOnAt.getTime() }, now)
}

/** What the browser measured of this start's first page. Only the first counts; of an unknown start nothing is kept. */
export async function notePageTimes(tx: Tx, key: StartKey, times: PageTimes, now: Date): Promise<void> {
  const [row] = await tx<{ device: string }[]>`
    select device from device_start
     where device = ${key.device} and start = ${key.start} and opened_at is not null and heard_at > ${hoursBefore(now)}`
  if (!row) return
  const { firstByte, readable, loaded } = times
  await keep(tx, key, { 'page-first-byte': firstByte, 'page-readable': readable, 'page-loaded': loaded }, now)
}

async function keep(tx: Tx, { device, start }: StartKey, kinds: Readonly<Record<string, number>>, now: Date) {
  const within = Object.entries(kinds).filter(([, value]) => value >= 0 && value <= 86_400_000)
  await tx`
    insert into device_event (device, start, kind, ms, at)
    select ${device}, ${start}, u.kind, u.ms, ${now}
      from unnest(${within.map(([kind]) => kind)}::text[], ${within.map(([, value]) => value)}::int[]) u(kind, ms)
    on conflict (device, start, kind) do nothing`
}

/** A start that nobody followed with a page within the shift says nothing of the kit. */
function hoursBefore(now: Date): Date {
  return new Date(now.getTime() - 12 * 3_600_000)
}
