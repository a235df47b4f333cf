/** The values that FHIR R4's primitive types allow. @see FHIR R4 datatypes.html#primitive */
import { isRawNumber, numberOf } from './json.ts'
import { isXhtml } from './xhtml.ts'

/** Says what a value should have been; undefined when it is one. */
type Check = (value: unknown) => string | undefined

const time = '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?'
const zone = '(?:Z|[+-](?:(?:0\\d|1[0-3]):[0-5]\\d|14:00))'
const datePattern = /^(?!0000)\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/
const dateTimePattern = new RegExp(
  `^(?!0000)\\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\\d|3[01])(?:T${time}${zone})?)?)?$`,
)
const instantPattern = new RegExp(`^(?!0000)\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T${time}${zone}$`)
const timePattern = new RegExp(`^${time}$`)

const text = (expected: string, pattern: RegExp, also?: (value: string) => boolean): Check => {
  return (value) =>
    typeof value === 'string' && pattern.test(value) && (also === undefined || also(value)) ? undefined : expected
}

const integer = (expected: string, least: number): Check => {
  return (value) =>
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= least &&
    value <= 2147483647 &&
    !Object.is(value, -0)
      ? undefined
      : expected
}

// Control characters cannot be printed and, as NUL, cannot be stored; half a surrogate pair is no character at all.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters FHIR R4 datatypes.html#string forbids.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/
const isPlainText = (value: string) => !forbidden.test(value) && value.isWellFormed()

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['base64Binary', text('base64 text', /^[A-Za-z0-9+/\s]*(?:=\s*){0,2}$/, isWholeBase64)],
  ['boolean', (value) => (typeof value === 'boolean' ? undefined : 'true or false')],
  ['canonical', text('a canonical URL without spaces', /^\S*$/, isPlainText)],
  ['code', text('a code: no spaces around it and single ones inside', /^[^\s]+(?: [^\s]+)*$/, isPlainText)],
  ['date', text('a date: YYYY, YYYY-MM or YYYY-MM-DD', datePattern, isRealDay)],
  ['dateTime', text('a date, or a date and time to the second with a time zone', dateTimePattern, isRealDay)],
  ['decimal', (value) => (numberOf(value) === undefined ? 'a number without quotation marks' : undefined)],
  ['id', text('an id: 1 to 64 letters, digits, - and .', /^[A-Za-z0-9\-.]{1,64}$/)],
  ['instant', text('a date and time to the second with a time zone', instantPattern, isRealDay)],
  ['integer', integer('a whole number of at most 31 bits', -2147483648)],
  ['markdown', text('text', /\S/, isPlainText)],
  ['oid', text('an OID as urn:oid:1.2.3', /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/)],
  ['positiveInt', integer('a whole number of 1 or more', 1)],
  ['string', text('text', /\S/, isPlainText)],
  ['time', text('a time as hh:mm:ss', timePattern)],
  ['unsignedInt', integer('a whole number of 0 or more', 0)],
  ['uri', text('a URI without spaces', /^\S*$/, isPlainText)],
  ['url', text('a URL without spaces', /^\S*$/, isPlainText)],
  ['uuid', text('a UUID as urn:uuid:…', /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)],
  [
    'xhtml',
    (value) =>
      typeof value === 'string' && isPlainText(value) && (value === '' || isXhtml(value))
        ? undefined
        : 'safe XHTML in one div',
  ],
])

export function isPrimitive(type: string): boolean {
  return checks.has(type)
}

/**
 * Whether a JSON value is one of a FHIR primitive type. `null`, which JSON lists need as a filler, is a value of every type but xhtml.
 * @returns undefined when it is, else what was expected; never holds the value
 */
export function expectedOf(type: string, value: unknown): string | undefined {
  if (value === null && type !== 'xhtml') return undefined
  if (value !== null && typeof value === 'object' && !isRawNumber(value)) return 'one value'
  return checks.get(type)?.(value)
}

function isRealDay(value: string): boolean {
  const day = Number(value.slice(8, 10))
  return (
    value.length < 10 ||
    day <= 28 ||
    day <= new Date(Date.UTC(Number(value.slice(0, 4)), Number(value.slice(5, 7)), 0)).getUTCDate()
  )
}

function isWholeBase64(value: string): boolean {
  return value.replaceAll(/\s/g, '').length % 4 === 0
}
