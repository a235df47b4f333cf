/** What to index of a found value, by its data type. @see FHIR R4 search.html#token and the sections after it */
import { numberOf } from '../json.ts'
import { type DateRange, dateRange } from './dates.ts'
import type { SearchParameter } from './parameters.ts'
import { walkSearchParameters } from './walk.ts'

/** Takes what a resource can be found by. `code` is the search parameter's. */
export type SearchSink = {
  /** `system` undefined: the value has none; null: it cannot have one (a code, a boolean, a telephone number). */
  token(code: string, system: string | undefined | null, value: string): void
  /** A literal reference `Type/id`. */
  reference(code: string, type: string, id: string): void
  /** A canonical or other address, and references that are not `Type/id`. */
  uri(code: string, uri: string): void
  date(code: string, range: DateRange): void
  /** As it stands; see `foldSearchText`. */
  string(code: string, text: string): void
  quantity(code: string, quantity: SearchQuantity): void
}

export type SearchQuantity = {
  readonly value: number
  readonly system?: string
  readonly code?: string
  readonly unit?: string
}

type Content = Readonly<Record<string, unknown>>

/** Hands all that `resource` can be searched by to `sink`. Content of the wrong shape is passed over: validation speaks of it. */
export function extractSearchValues(resource: { readonly resourceType: string }, sink: SearchSink): void {
  walkSearchParameters(resource, (parameter, datatype, value) => emit(sink, parameter, datatype, value))
}

function emit(sink: SearchSink, parameter: SearchParameter, datatype: string, value: unknown): void {
  if (datatype === 'Extension') {
    emitExtension(sink, parameter, value as Content)
    return
  }
  switch (parameter.type) {
    case 'token':
      emitToken(sink, parameter.code, datatype, value)
      return
    case 'reference':
    case 'uri':
      emitReference(sink, parameter.code, datatype, value)
      return
    case 'date':
      emitDate(sink, parameter.code, datatype, value)
      return
    case 'string':
      emitString(sink, parameter.code, datatype, value)
      return
    case 'quantity':
    case 'number':
      emitQuantity(sink, parameter.code, value)
      return
  }
}

function emitExtension(sink: SearchSink, parameter: SearchParameter, extension: Content): void {
  for (const key in extension) {
    if (!key.startsWith('value') || key.length === 5) continue
    const type = key.slice(5)
    emit(
      sink,
      parameter,
      /^(String|Code|Boolean|Uri|Date|DateTime|Instant|Canonical|Id)$/.test(type) ? lower(type) : type,
      extension[key],
    )
  }
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

function emitToken(sink: SearchSink, code: string, datatype: string, value: unknown): void {
  if (typeof value === 'string') {
    sink.token(code, null, value)
    return
  }
  if (typeof value === 'boolean') {
    sink.token(code, null, String(value))
    return
  }
  if (!isContent(value)) return
  switch (datatype) {
    case 'CodeableConcept':
      if (Array.isArray(value.coding))
        for (const coding of value.coding) if (isContent(coding)) emitPair(sink, code, coding.system, coding.code)
      return
    case 'Coding':
      emitPair(sink, code, value.system, value.code)
      return
    case 'Identifier':
      emitPair(sink, code, value.system, value.value)
      return
    case 'ContactPoint':
      if (typeof value.value === 'string') sink.token(code, null, value.value)
      return
  }
}

function emitPair(sink: SearchSink, code: string, system: unknown, value: unknown): void {
  if (typeof value === 'string') sink.token(code, typeof system === 'string' ? system : undefined, value)
}

const literal = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]+)?$/

function emitReference(sink: SearchSink, code: string, datatype: string, value: unknown): void {
  const address = datatype === 'Reference' && isContent(value) ? value.reference : value
  if (typeof address !== 'string') return
  const found = datatype === 'Reference' ? literal.exec(address) : null
  if (found) {
    sink.reference(code, found[1] ?? '', found[2] ?? '')
    return
  }
  // '#p1' points into its own resource: nothing to find it by.
  if (address.startsWith('#')) return
  sink.uri(code, address)
  // A canonical with a version is also found without it.
  const bar = datatype === 'canonical' ? address.indexOf('|') : -1
  if (bar > 0) sink.uri(code, address.slice(0, bar))
}

function emitDate(sink: SearchSink, code: string, datatype: string, value: unknown): void {
  const range = typeof value === 'string' ? dateRange(value) : isContent(value) ? spanOf(datatype, value) : undefined
  if (range) sink.date(code, range)
}

function spanOf(datatype: string, value: Content): DateRange | undefined {
  if (datatype === 'Period') return periodRange(value)
  if (datatype !== 'Timing') return undefined
  const events = Array.isArray(value.event) ? value.event : []
  const ranges = events
    .map((event) => (typeof event === 'string' ? dateRange(event) : undefined))
    .filter((range) => range !== undefined)
  const repeat = isContent(value.repeat) ? value.repeat : undefined
  const bounds = repeat && isContent(repeat.boundsPeriod) ? periodRange(repeat.boundsPeriod) : undefined
  if (bounds) ranges.push(bounds)
  if (ranges.length === 0) return undefined
  return { start: Math.min(...ranges.map((range) => range.start)), end: Math.max(...ranges.map((range) => range.end)) }
}

/** @see FHIR R4 datatypes.html#Period: an absent end is open */
function periodRange(period: Content): DateRange | undefined {
  const start = typeof period.start === 'string' ? dateRange(period.start) : undefined
  const end = typeof period.end === 'string' ? dateRange(period.end) : undefined
  if (!start && !end) return undefined
  return { start: start?.start ?? Number.NEGATIVE_INFINITY, end: end?.end ?? Number.POSITIVE_INFINITY }
}

const nameParts = ['text', 'family', 'given', 'prefix', 'suffix']
const addressParts = ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country']

function emitString(sink: SearchSink, code: string, datatype: string, value: unknown): void {
  if (typeof value === 'string') {
    sink.string(code, value)
    return
  }
  if (!isContent(value)) return
  const parts = datatype === 'HumanName' ? nameParts : datatype === 'Address' ? addressParts : ['text']
  for (const part of parts) {
    const found = value[part]
    if (typeof found === 'string') sink.string(code, found)
    else if (Array.isArray(found)) for (const text of found) if (typeof text === 'string') sink.string(code, text)
  }
}

function emitQuantity(sink: SearchSink, code: string, value: unknown): void {
  const plain = numberOf(value)
  if (plain !== undefined) {
    sink.quantity(code, { value: plain })
    return
  }
  const quantity = isContent(value) ? quantityOf(value) : undefined
  if (quantity) sink.quantity(code, quantity)
}

/** A Quantity (or Money) as searched for; undefined when it has no number. */
export function quantityOf(content: Content): SearchQuantity | undefined {
  const value = numberOf(content.value)
  if (value === undefined) return undefined
  const { system, code, unit, currency } = content
  return {
    value,
    ...(typeof system === 'string' && { system }),
    ...(typeof code === 'string' ? { code } : typeof currency === 'string' && { code: currency }),
    ...(typeof unit === 'string' && { unit }),
  }
}

function isContent(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const ligatures: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
}

/** Small letters and digits, no accents, marks or spaces, at most 100: how strings are compared. @see FHIR R4 search.html#string */
export function foldSearchText(text: string): string {
  if (/^[a-z0-9]{0,100}$/.test(text)) return text
  return text
    .slice(0, 400)
    .toLowerCase()
    .replaceAll(/[ßæœøđðþłħı]/g, (letter) => ligatures[letter] ?? letter)
    .normalize('NFD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .slice(0, 100)
}
