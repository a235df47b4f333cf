import { londonOffset } from '../../nhs/index.ts'

/** A date format made ready. `shape` is equal for formats that could read one text in two ways. */
export type DateFormat = { readonly pattern: RegExp; readonly parts: readonly Part[]; readonly shape: string }

type Part = 'YYYY' | 'YY' | 'MMM' | 'MM' | 'DD' | 'HH' | 'mm' | 'ss'

const tokens = /YYYY|YY|MMM|MM|DD|HH|mm|ss/g

const patterns: Readonly<Record<Part, string>> = {
  YYYY: '(\\d{4})',
  YY: '(\\d{2})',
  MMM: '([A-Za-z]{3})',
  MM: '(\\d{1,2})',
  DD: '(\\d{1,2})',
  HH: '(\\d{1,2})',
  mm: '(\\d{2})',
  ss: '(\\d{2})',
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** `DD/MM/YYYY HH:mm` and the like. Undefined when it is no format: no year, a part twice, letters that mean nothing. */
export function compileDateFormat(format: string): DateFormat | undefined {
  const parts = (format.match(tokens) ?? []) as readonly Part[]
  const between = format.split(tokens)
  if (!parts.some((part) => part === 'YYYY' || part === 'YY') || new Set(parts).size !== parts.length) return undefined
  if (between.some((sign) => /[A-SU-Za-z0-9]/.test(sign))) return undefined
  const tight = between.slice(1, -1).includes('')
  // Without signs between them only two digits tell a day from a month.
  const pieces = parts.map((part) =>
    tight && (part === 'MM' || part === 'DD' || part === 'HH') ? '(\\d{2})' : patterns[part],
  )
  const signs = between.map((sign) => sign.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
  const pattern = new RegExp(`^${signs[0]}${pieces.map((piece, n) => piece + (signs[n + 1] ?? '')).join('')}$`)
  const width: Readonly<Record<Part, string>> = {
    YYYY: '9999',
    YY: '99',
    MMM: 'aaa',
    MM: '99',
    DD: '99',
    HH: '99',
    mm: '99',
    ss: '99',
  }
  return {
    pattern,
    parts,
    shape: between.map((sign, n) => sign + (parts[n] === undefined ? '' : width[parts[n]])).join(''),
  }
}

/**
 * A date (`2024-07-04`, or less when the format has no day) or a time with London's offset. Undefined: not by this format, or no such day.
 * Two digits of a year up to 29 are of this century, all others of the last.
 */
export function readDate(text: string, format: DateFormat): string | undefined {
  const found = format.pattern.exec(text)
  if (found === null) return undefined
  const part = (name: Part): string | undefined => {
    const at = format.parts.indexOf(name)
    return at < 0 ? undefined : found[at + 1]
  }
  const short = part('YY')
  const year = part('YYYY') ?? (short === undefined ? '' : `${Number(short) < 30 ? '20' : '19'}${short}`)
  const named = part('MMM')
  const month = named === undefined ? part('MM') : String(months.indexOf(named.toLowerCase()) + 1)
  if (month === undefined) return year
  if (Number(month) < 1 || Number(month) > 12) return undefined
  const day = part('DD')
  const monthly = `${year}-${month.padStart(2, '0')}`
  if (day === undefined) return monthly
  const date = `${monthly}-${day.padStart(2, '0')}`
  if (!isDay(date)) return undefined
  const hour = part('HH')
  if (hour === undefined) return date
  const [minute, second] = [part('mm') ?? '00', part('ss') ?? '00']
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const local = `${date}T${hour.padStart(2, '0')}:${minute}:${second}`
  return local + londonOffset(local)
}

function isDay(date: string): boolean {
  const at = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date) && !date.startsWith('0000')
}
