/** A day and a time of day as people type them, in London. */
import type { DateParts } from '../../design/index.ts'
import { londonInstant, londonLocal, londonOffset } from '../../nhs/index.ts'
import type { Answers } from './entry-form.ts'

export function dayParts(answers: Answers, name: string): DateParts {
  const part = (one: string) => answers[`${name}-${one}`] ?? ''
  return { day: part('day'), month: part('month'), year: part('year') }
}

/** The answers for a moment: `taken-day`, `taken-month`, `taken-year`, `taken-time`. */
export function momentAnswers(name: string, at: Date): Answers {
  const [year = '', month = '', day = '', time = ''] = londonLocal(at).split(/[-T]/)
  return {
    [`${name}-day`]: String(Number(day)),
    [`${name}-month`]: String(Number(month)),
    [`${name}-year`]: year,
    [`${name}-time`]: time.slice(0, 5),
  }
}

/** A whole day as `YYYY-MM-DD`; undefined when no calendar has it. */
export function readDay({ day, month, year }: DateParts): string | undefined {
  if (!/^\d{1,2}$/.test(day.trim()) || !/^\d{1,2}$/.test(month.trim()) || !/^\d{4}$/.test(year.trim())) return undefined
  const text = `${year.trim()}-${month.trim().padStart(2, '0')}-${day.trim().padStart(2, '0')}`
  const date = new Date(`${text}T00:00:00Z`)
  return Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text) ? undefined : text
}

/** `14:05`, `1405`, `14.05`, `9:30`, `2:05pm` as `HH:MM`; undefined when no clock shows it. */
export function readTime(typed: string): string | undefined {
  const found = /^(\d{1,2})[:.]?(\d\d)\s*(am|pm)?$/i.exec(typed.trim())
  if (!found) return undefined
  const half = found[3]?.toLowerCase()
  const given = Number(found[1])
  if (half !== undefined && (given < 1 || given > 12)) return undefined
  const hour = half === undefined ? given : (given % 12) + (half === 'pm' ? 12 : 0)
  if (hour > 23 || Number(found[2]) > 59) return undefined
  return `${String(hour).padStart(2, '0')}:${found[2]}`
}

/** A FHIR dateTime with London's offset, and the instant. */
export function momentOf(day: string, time: string): { readonly text: string; readonly at: Date } | undefined {
  const local = `${day}T${time}:00`
  const at = londonInstant(local)
  return at && { text: `${local}${londonOffset(local)}`, at }
}
