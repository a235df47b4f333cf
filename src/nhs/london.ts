/** Time in Europe/London. Legacy systems send local time without an offset; records keep the offset. */

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

/**
 * The offset of a local time in London: '+00:00' or '+01:00' ('+02:00' in the summers of the war).
 * @param local `YYYY-MM-DDTHH:mm…`, or a day alone, taken at noon. In the hour that comes twice in October the first is meant (summer
 *   time); in the hour that never was in March, winter time. Unreadable text gives '+00:00'.
 */
export function londonOffset(local: string): string {
  const at = asUtc(local)
  if (Number.isNaN(at)) return '+00:00'
  const year = Number(local.slice(0, 4))
  if (year >= 1996) return isSummerTime(at, year) ? '+01:00' : '+00:00'
  // Before 1996 the dates moved from year to year, and from 1968 to 1971 it was summer time all year: ask the zone tables.
  for (const hours of [2, 1]) {
    const instant = new Date(at - hours * 3_600_000)
    if (asUtc(londonLocal(instant)) === Math.floor(at / 1000) * 1000) return `+0${hours}:00`
  }
  return '+00:00'
}

/** A local London time, or a day, as the instant it was: `2024-07-04T10:20` → `2024-07-04T09:20:00.000Z`. Unreadable: undefined. */
export function londonInstant(local: string): Date | undefined {
  const at = asUtc(local.length === 10 ? `${local}T00:00` : local)
  if (Number.isNaN(at)) return undefined
  const timed = local.length === 10 ? `${local}T00:00` : local
  return new Date(at - Number(londonOffset(timed).slice(1, 3)) * 3_600_000)
}

/** An instant as London clocks showed it: `2024-07-04T10:20:00`. */
export function londonLocal(instant: Date): string {
  const year = instant.getUTCFullYear()
  // A page tells dozens of times, and asking the zone tables takes longer than telling one.
  if (year >= 1996 && year <= 9998) {
    const ms = instant.getTime()
    return new Date(isSummerTime(ms + 3_600_000, year) ? ms + 3_600_000 : ms).toISOString().slice(0, 19)
  }
  const found: Record<string, string> = {}
  for (const part of parts.formatToParts(instant)) found[part.type] = part.value
  return `${found.year?.padStart(4, '0')}-${found.month}-${found.day}T${found.hour}:${found.minute}:${found.second}`
}

/** The calendar day in London of an instant. */
export function londonDay(instant: Date): string {
  return londonLocal(instant).slice(0, 10)
}

/** Since 1996: from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October. */
function isSummerTime(localAsUtc: number, year: number): boolean {
  const begins = lastSunday(year, 2) + 2 * 3_600_000
  const ends = lastSunday(year, 9) + 2 * 3_600_000
  return localAsUtc >= begins && localAsUtc < ends
}

function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0))
  return last.getTime() - last.getUTCDay() * 86_400_000
}

/** The local time read as if it were UTC, in milliseconds; NaN when it is none. */
function asUtc(local: string): number {
  const m = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.\d+)?)?)?)?$/.exec(local)
  if (!m) return Number.NaN
  const date = new Date(0)
  date.setUTCFullYear(Number(m[1]), Number(m[2]) - 1, Number(m[3]))
  // 31 February is no day.
  if (date.getUTCDate() !== Number(m[3]) || date.getUTCMonth() + 1 !== Number(m[2])) return Number.NaN
  date.setUTCHours(m[4] === undefined ? 12 : Number(m[4]), Number(m[5] ?? 0), Number(m[6] ?? 0))
  return date.getTime()
}
