import { type Issue, type Parsed, wrong } from '../base/index.ts'
import { foldName, foldPostcode, parseNhsNumber } from '../nhs/index.ts'

/** What is known of someone who is looked for; what is absent does not matter. */
export type PeopleQuery = {
  /** Ten digits with a right check digit. */
  readonly nhsNumber?: string
  /** Names in any order, as typed. */
  readonly name?: string
  /** `1958`, `1958-05` or `1958-05-03`. */
  readonly birthDate?: string
  /** The same in the other century, where the year was typed with two digits. */
  readonly orBirthDate?: string
  /** Whole, or its first half. */
  readonly postcode?: string
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

type Pattern = { readonly pattern: RegExp; readonly read: (m: RegExpExecArray) => PeopleQuery | Issue }

/** Each is looked for in what the earlier ones left over; what is left at the end is a name. */
const patterns: readonly Pattern[] = [
  { pattern: /(?<!\d)\d{3}[ \u00a0-]?\d{3}[ \u00a0-]?\d{4}(?!\d)/, read: readNhsNumber },
  { pattern: /\b(\d{4})-(\d\d)(?:-(\d\d))?\b/, read: ([, y, m, d]) => readDate(y, m, d) },
  { pattern: /\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b/, read: ([, d, m, y]) => readDate(y, m, d) },
  { pattern: /\b(\d{1,2})[/.-](\d{1,2})[/.-](\d\d)\b/, read: ([, d, m, y]) => readShortYear(y, m, d) },
  { pattern: /\b(\d{1,2})[/.](\d{4})\b/, read: ([, m, y]) => readDate(y, m) },
  { pattern: /\b(\d{1,2})[ -]?([a-z]{3})[a-z]*[ -]?(\d{4})\b/i, read: ([, d, m, y]) => readDate(y, monthNumber(m), d) },
  { pattern: /\b([a-z]{3})[a-z]* (\d{4})\b/i, read: ([, m, y]) => readDate(y, monthNumber(m)) },
  { pattern: /\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b/i, read: ([text]) => ({ postcode: foldPostcode(text) }) },
  { pattern: /\b[a-z]{1,2}\d[a-z\d]?\b/i, read: ([text]) => ({ postcode: foldPostcode(text) }) },
  { pattern: /\b(1[89]\d\d|20\d\d)\b/, read: ([, y]) => readDate(y) },
]

/**
 * Reads what someone typed into one search box: `Fictitious Ada 3/4/1958`, `999 000 0018`, `ada ZE1 0AA`, `smith 1958`.
 * Dates are read as in Britain: day, month, year.
 * @returns every part that looks like a number or date but cannot be one, with what is wrong
 */
export function parsePeopleQuery(text: string): Parsed<PeopleQuery> {
  let rest = text.slice(0, 200)
  let query: PeopleQuery = {}
  const issues: Issue[] = []
  for (const { pattern, read } of patterns) {
    const m = pattern.exec(rest)
    if (!m) continue
    const part = read(m)
    // Jun 1958 is a month, Lee 1958 a name and a year: what is no date is left for the patterns below.
    if ('message' in part && part.message === '') continue
    rest = `${rest.slice(0, m.index)} ${rest.slice(m.index + m[0].length)}`
    if ('message' in part) issues.push(part)
    else query = { ...part, ...query }
  }
  const name = rest.trim()
  if (foldName(name) !== '') query = { ...query, name }
  if (issues.length > 0) return { ok: false, issues }
  return checkPeopleQuery(query)
}

/** Whether there is enough to search by: a year of birth or half a postcode alone is half the town. */
export function checkPeopleQuery(query: PeopleQuery): Parsed<PeopleQuery> {
  const { nhsNumber, name, birthDate, postcode } = query
  const enough =
    nhsNumber ||
    (name && foldName(name).length >= 2) ||
    birthDate?.length === 10 ||
    (postcode && foldPostcode(postcode).length >= 5)
  if (enough) return { ok: true, value: query }
  return wrong(
    '',
    'This is too little to search by.',
    'Give a name, a whole date of birth, a whole postcode or an NHS number.',
  )
}

function readNhsNumber([text]: RegExpExecArray): PeopleQuery | Issue {
  const parsed = parseNhsNumber(text, 'NHS number')
  if (parsed.ok) return { nhsNumber: parsed.value }
  return parsed.issues[0] ?? { place: 'NHS number', message: 'This is not an NHS number.' }
}

function readDate(year = '', month?: string, day?: string): PeopleQuery | Issue {
  if (month === 'none') return { place: '', message: '' }
  const parts = [year, month?.padStart(2, '0'), day?.padStart(2, '0')].filter((part) => part !== undefined)
  const birthDate = parts.join('-')
  const whole = `${birthDate}-01-01`.slice(0, 10)
  const date = new Date(`${whole}T00:00:00Z`)
  if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(whole)) return { birthDate }
  return { place: 'date of birth', message: 'There is no such day.', remedy: 'Write day, month and year: 3/4/1958.' }
}

/** `14/5/58`: 1958, or else 2058. The nearer century is no more likely in a hospital: both are looked for. */
function readShortYear(year = '', month?: string, day?: string): PeopleQuery | Issue {
  const [then, later] = [readDate(`19${year}`, month, day), readDate(`20${year}`, month, day)]
  if ('message' in then) return later
  return 'message' in later || later.birthDate === undefined ? then : { ...then, orBirthDate: later.birthDate }
}

function monthNumber(name = ''): string {
  const place = months.indexOf(name.toLowerCase())
  return place < 0 ? 'none' : `${place + 1}`
}
