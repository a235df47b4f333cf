/** A past moment in an address: read as people type it, and carried from page to page of one record. */
import type { FastifyRequest } from 'fastify'
import { londonInstant, londonLocal, patientDate } from '../../nhs/index.ts'

export type Moment =
  | { readonly kind: 'now' }
  | { readonly kind: 'past'; readonly at: Date }
  | { readonly kind: 'future'; readonly at: Date }
  | { readonly kind: 'unreadable' }

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const iso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})$/
const numbers = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ,]+(.+))?$/
const slashes = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ ,]+(?:at )?(.+))?$/
const words = /^(\d{1,2}) ([a-z]{3,9})\.? (\d{4})(?:[ ,]+(?:at )?(.+))?$/i
const clock = /^(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2}))? ?(am|pm)?$/i

/**
 * London time, as typed: `2026-05-14T10:20`, `14 May 2026 10:20am`, `14/5/2026`; an instant with its zone; nothing and `now` are now.
 * A day without a time is its end: what was known that day. Today's end is now.
 */
export function momentOf(typed: string, now: Date): Moment {
  const text = typed.trim().replaceAll(/\s+/g, ' ')
  if (text === '' || /^now$/i.test(text)) return { kind: 'now' }
  const at = iso.test(text) ? new Date(text) : localMoment(text)
  if (!at || Number.isNaN(at.getTime())) return { kind: 'unreadable' }
  if (at.getTime() <= now.getTime()) return { kind: 'past', at }
  const endOfToday =
    !iso.test(text) &&
    /T23:59:59/.test(londonLocal(at)) &&
    londonLocal(at).slice(0, 10) === londonLocal(now).slice(0, 10)
  return endOfToday ? { kind: 'now' } : { kind: 'future', at }
}

function localMoment(text: string): Date | undefined {
  const [year, month, day, time] = partsOf(text)
  if (year === undefined || month === undefined || day === undefined) return undefined
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const checked = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(checked.getTime()) || checked.toISOString().slice(0, 10) !== date) return undefined
  if (time === undefined) {
    const last = londonInstant(`${date}T23:59:59`)
    return last && new Date(last.getTime() + 999)
  }
  const [, hours = '', minutes = '00', seconds = '00', half] = clock.exec(time.trim()) ?? []
  const hour = half ? (Number(hours) % 12) + (/pm/i.test(half) ? 12 : 0) : Number(hours)
  if (hours === '' || hour > 23 || Number(minutes) > 59 || Number(seconds) > 59 || (half && Number(hours) > 12))
    return undefined
  return londonInstant(`${date}T${String(hour).padStart(2, '0')}:${minutes}:${seconds}`)
}

function partsOf(text: string): readonly (string | undefined)[] {
  const found = numbers.exec(text)
  if (found) return found.slice(1)
  const slashed = slashes.exec(text)
  if (slashed) return [slashed[3], slashed[2], slashed[1], slashed[4]]
  const said = words.exec(text)
  const month = months.indexOf(said?.[2]?.slice(0, 3).toLowerCase() ?? '')
  return said && month >= 0 ? [said[3], String(month + 1), said[1], said[4]] : []
}

/** `14 May 2026, 10:20am`; with seconds where the minute does not say it all. */
export function momentWords(at: Date): string {
  const local = londonLocal(at)
  const hour = Number(local.slice(11, 13))
  const seconds = at.getTime() % 60_000 === 0 ? '' : local.slice(16, 19)
  return `${patientDate(local.slice(0, 10))}, ${hour % 12 || 12}:${local.slice(14, 16)}${seconds}${hour < 12 ? 'am' : 'pm'}`
}

/** For an address, and for the field of a form: London time to the minute, or the exact instant where that would be another. */
export function momentText(at: Date): string {
  const local = londonLocal(at).slice(0, 16)
  return londonInstant(local)?.getTime() === at.getTime() ? local : at.toISOString()
}

/** What a request asks for in a parameter. */
export function askedMoment({ query }: FastifyRequest, name: string, now: Date): Moment {
  const value = (query as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string'
    ? momentOf(value.slice(0, 60), now)
    : { kind: value === undefined ? 'now' : 'unreadable' }
}

/**
 * A finished page of one record that stays at its moment: every link, picture and search form within the record carries it, and forms that
 * would change anything are taken out of what the reader sees: nobody can act on the past (hazard H-26).
 */
export function atMoment(html: string, { path, at }: { readonly path: string; readonly at: Date }): string {
  const moment = `at=${encodeURIComponent(momentText(at))}`
  const begins = html.indexOf('<main')
  const main = html
    .slice(begins)
    .replaceAll(/<form\b[^>]*\bmethod="post"[^>]*>[\s\S]*?<\/form>/g, (form) =>
      form.startsWith(`<form action="${path}/search"`) ? form : '',
    )
  return (html.slice(0, begins) + main)
    .replaceAll(/ (href|src)="([^"#]*)(#[^"]*)?"/g, (whole, name: string, href: string, place = '') =>
      isWithin(href, path) && !isWithin(href, `${path}/compare`) && !/[?;&]at=/.test(href)
        ? ` ${name}="${href}${href.includes('?') ? '&amp;' : '?'}${moment}${place}"`
        : whole,
    )
    .replaceAll(
      /(<form\b[^>]*\baction="([^"]*)"[^>]*>)([\s\S]*?<\/form>)/g,
      (whole, begin: string, action: string, rest: string) =>
        isWithin(action, path) && !rest.includes('name="at"')
          ? `${begin}<input type="hidden" name="at" value="${momentText(at)}">${rest}`
          : whole,
    )
}

function isWithin(address: string, path: string): boolean {
  return address === path || address.startsWith(`${path}/`) || address.startsWith(`${path}?`)
}
