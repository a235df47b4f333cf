/** Reads a search: which resources are wanted, in which order, and what of it cannot be answered. Pure. @see FHIR R4 search.html */
import type { Int64, Issue } from '../base/index.ts'
import { foldSearchText, type SearchParameter, searchParameters } from '../fhir/index.ts'
import { mainCodeOf, mainDateOf, unfiledParameters } from './filing.ts'
import { patientKey, referenceKey, stringKey, uriKey } from './keys.ts'
import { codeCriterion, codeValueCriterion, tokenCriterion } from './search-codes.ts'
import { dateTests } from './search-dates.ts'

/** One condition; all of a search's must hold. Within one, any alternative is enough. */
export type Criterion =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  /** `tokens` lead, `flags` filter; `own`: in that compartment with that flag. */
  | {
      readonly kind: 'keys'
      readonly tokens: readonly Int64[]
      readonly flags: readonly Int64[]
      readonly own: readonly { readonly pk: Int64; readonly key: Int64 }[]
    }
  /** Rows of resource_code; `flags` confirm the code's system where one is asked for. */
  | {
      readonly kind: 'codes'
      readonly keys: readonly Int64[]
      readonly flags: readonly Int64[]
      readonly value?: NumberTest
    }
  | { readonly kind: 'date' | 'saved'; readonly tests: readonly DateTest[] }
  | { readonly kind: 'string'; readonly key: Int64; readonly prefixes: readonly string[] }

export type DatePrefix = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'sa' | 'eb'
/** Instants as ISO text; `end` exclusive. */
export type DateTest = { readonly prefix: DatePrefix; readonly start: string; readonly end: string }
/** `low` <= value < `high`, or strictly above `above`, or at most `most`. Unit flags, of which one must fit when they are given. */
export type NumberTest = {
  readonly low?: number
  readonly high?: number
  readonly above?: number
  readonly most?: number
  readonly units: readonly Int64[]
}

export type SortOrder = '-date' | 'date' | '-saved' | 'saved'

export type SearchRequest = {
  readonly type: string
  readonly criteria: readonly Criterion[]
  readonly sort: SortOrder
  /** 0: only the total is wanted. */
  readonly count: number
  readonly total: boolean
  /** Error: the value cannot be read. Warning: the parameter is not supported, and was not used. */
  readonly issues: readonly Issue[]
}

type Answer = Criterion | Issue
export const isIssue = (answer: Answer): answer is Issue => 'message' in answer

/** @param parameters names with modifiers, and values, decoded, in order: [['code', 'http://loinc.org|718-7'], ['_sort', '-date']] */
export function readSearch(
  type: string,
  parameters: readonly (readonly [name: string, value: string])[],
): SearchRequest {
  const criteria: Criterion[] = []
  const issues: Issue[] = []
  // What is asked for by when it was saved comes in that order.
  let sort: SortOrder = mainDateOf(type) && !parameters.some(([name]) => name === '_lastUpdated') ? '-date' : '-saved'
  let count = 50
  let total = false
  for (const [name, value] of parameters) {
    if (name === '_count') {
      if (/^\d{1,9}$/.test(value)) count = Math.min(Number(value), 1000)
      else issues.push(unreadable(name, 'expected a whole number'))
    } else if (name === '_total') {
      if (value === 'accurate' || value === 'estimate') total = true
      else if (value !== 'none') issues.push(unreadable(name, 'expected accurate, estimate or none'))
    } else if (name === '_sort') {
      const order = sortOrder(type, value)
      if (order) sort = order
      else issues.push(unsupported(name, `sorting ${type} by this is not supported`))
    } else {
      const answer = readCriterion(type, name, value)
      if (isIssue(answer)) issues.push(answer)
      else criteria.push(answer)
    }
  }
  return { type, criteria: withCodes(criteria, issues), sort, count, total: total || count === 0, issues }
}

function sortOrder(type: string, value: string): SortOrder | undefined {
  const down = value.startsWith('-')
  const by = down ? value.slice(1) : value
  const main = mainDateOf(type)
  if (by === '_lastUpdated') return down ? '-saved' : 'saved'
  if (main && (by === main || by === 'date')) return down ? '-date' : 'date'
  return undefined
}

/** `code=X&value-quantity=gt5` speaks of one thing: the value stands beside the code. */
function withCodes(criteria: readonly Criterion[], issues: Issue[]): readonly Criterion[] {
  const isBare = (one: Criterion) => one.kind === 'codes' && one.keys.length === 0
  const code = criteria.find((one) => one.kind === 'codes' && one.keys.length > 0)
  if (code?.kind === 'codes') return criteria.map((one) => (isBare(one) ? { ...one, keys: code.keys } : one))
  if (criteria.some(isBare)) issues.push(unsupported('value-quantity', 'a value is searched together with its code'))
  return criteria.filter((one) => !isBare(one))
}

function readCriterion(type: string, name: string, value: string): Answer {
  const [code = '', modifier] = name.split(/:(.*)/s)
  if (/^,*$/.test(value)) return unreadable(name, 'it has no value')
  if (value.includes('\u0000')) return unreadable(name, 'it holds the character NUL')
  if (name === '_id') return { kind: 'ids', ids: split(value, ',') }
  if (name === '_lastUpdated') return dateTests('saved', name, value)
  const codeValue = codeValueCriterion(type, name, value)
  if (codeValue) return codeValue
  const parameter = searchParameters(type).get(code)
  if (!parameter)
    return unsupported(
      name,
      code.includes('.') || name.includes('.')
        ? 'chained searches are not supported'
        : `${type} has no such search parameter, or it is not supported`,
    )
  if (modifier !== undefined && parameter.type !== 'reference')
    return unsupported(name, `the modifier :${/^[a-z-]+$/i.test(modifier) ? modifier : ''} is not supported`)
  if (code === 'combo-code' && type === 'Observation')
    return codeCriterion(type, name, value, ['code', 'component-code'])
  if (unfiledParameters.has(code)) return unsupported(name, 'this search parameter is not supported')
  switch (parameter.type) {
    case 'token':
      if (code === mainCodeOf(type) || (type === 'Observation' && code === 'component-code'))
        return codeCriterion(type, name, value, [code])
      return tokenCriterion(type, parameter, name, value)
    case 'reference':
      return referenceCriterion(type, parameter, name, value, modifier)
    case 'uri':
      return keysOf(split(value, ',').map((uri) => ({ key: uriKey(type, code, uri), filters: code.startsWith('_') })))
    case 'date':
      return code === mainDateOf(type)
        ? dateTests('date', name, value)
        : unsupported(name, 'this date is not supported; the main date is')
    case 'string':
      return stringCriterion(type, code, name, value)
    default:
      return unsupported(name, 'numbers are searched together with their code: code-value-quantity')
  }
}

function keysOf(all: readonly { readonly key: Int64; readonly filters: boolean }[]): Criterion {
  return {
    kind: 'keys',
    tokens: all.filter((one) => !one.filters).map((one) => one.key),
    flags: all.filter((one) => one.filters).map((one) => one.key),
    own: [],
  }
}

const literal = /^(?:.*\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/

function referenceCriterion(
  type: string,
  parameter: SearchParameter,
  name: string,
  value: string,
  modifier: string | undefined,
): Answer {
  if (modifier !== undefined && !/^[A-Z][A-Za-z]+$/.test(modifier))
    return unsupported(name, 'of modifiers only a resource type is supported')
  const tokens: Int64[] = []
  const own: { pk: Int64; key: Int64 }[] = []
  for (const text of split(value, ',')) {
    const [, target, id] = literal.exec(text) ?? []
    // Another server's resource is found by its whole address.
    if (/^(?:https?|urn):/.test(text)) tokens.push(uriKey(type, parameter.code, text))
    if (!target && !/^[A-Za-z0-9\-.]{1,64}$/.test(text)) {
      if (/^(?:https?|urn):/.test(text)) continue
      return unreadable(name, 'expected Type/id')
    }
    if (target && modifier && target !== modifier) return unreadable(name, `expected a reference to ${modifier}`)
    const targets = target ? [target] : modifier ? [modifier] : parameter.targets
    if (!targets) return unreadable(name, 'expected Type/id, because it may refer to any type')
    for (const one of targets) {
      const key = referenceKey(type, parameter.code, one, id ?? text)
      tokens.push(key)
      if (one === 'Patient') own.push({ pk: patientKey(id ?? text), key })
    }
  }
  return { kind: 'keys', tokens, flags: [], own }
}

function stringCriterion(type: string, code: string, name: string, value: string): Answer {
  const prefixes = split(value, ',').map(foldSearchText)
  if (prefixes.some((prefix) => prefix === '')) return unreadable(name, 'expected at least one letter or digit')
  return { kind: 'string', key: stringKey(type, code), prefixes }
}

/** Splits at `separator`, but not at one with a backslash before it. @see FHIR R4 search.html#escaping */
export function split(text: string, separator: ',' | '|' | '$'): string[] {
  const parts: string[] = ['']
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === separator) parts.push('')
    else parts[parts.length - 1] += character === '\\' ? character + text.charAt(++i) : character
  }
  return parts.length > 1 || separator !== ',' ? parts.filter((part) => separator !== ',' || part !== '') : parts
}

/** Takes the backslashes away after all splitting is done. */
export function withoutBackslashes(text: string): string {
  return text.replaceAll(/\\([\\,$|])/g, '$1')
}

export function unsupported(place: string, message: string): Issue {
  return {
    place,
    message: `Not used: ${message}`,
    remedy: 'Leave it out, or see the capability statement.',
    severity: 'warning',
  }
}

export function unreadable(place: string, message: string): Issue {
  return { place, message: `The value cannot be read: ${message}`, remedy: 'Correct the search.', severity: 'error' }
}
