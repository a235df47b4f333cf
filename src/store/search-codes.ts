/** Codes in searches, and values beside them. @see FHIR R4 search.html#token, #quantity, #composite */
import type { Int64, Issue } from '../base/index.ts'
import type { SearchParameter } from '../fhir/index.ts'
import { commonParameters, openStates } from './filing.ts'
import { codeKey, codingKey } from './keys.ts'
import {
  type Criterion,
  type NumberTest,
  split,
  unreadable,
  unsupported,
  withoutBackslashes,
} from './search-criteria.ts'

type Coded = { readonly system: string | undefined; readonly code: string }

function codesOf(name: string, value: string): readonly Coded[] | Issue {
  const codes: Coded[] = []
  for (const text of split(value, ',')) {
    const [first = '', second, ...more] = split(text, '|').map(withoutBackslashes)
    if (more.length > 0) return unreadable(name, 'expected system|code')
    if (second === undefined) codes.push({ system: undefined, code: first })
    else if (second === '') return unsupported(name, 'a system without a code is not supported')
    else codes.push({ system: first, code: second })
  }
  return codes
}

const isIssue = (from: readonly Coded[] | Issue): from is Issue => !Array.isArray(from)

const withoutSystem = new Set(['code', 'boolean', 'string', 'id', 'uri', 'ContactPoint'])

/** Any token parameter except the one whose codes have rows of their own. */
export function tokenCriterion(
  type: string,
  parameter: SearchParameter,
  name: string,
  value: string,
): Criterion | Issue {
  const codes = codesOf(name, value)
  if (isIssue(codes)) return codes
  const plain = parameter.walks.every((walk) => withoutSystem.has(walk.at(-1) ?? ''))
  const tokens: Int64[] = []
  const flags: Int64[] = []
  for (const { system, code } of codes) {
    // The system of a plain code is implied by its element, so nothing was filed to compare another with.
    if (plain && system) return unsupported(name, 'this element has no system; give the code alone')
    const common = commonParameters.has(parameter.code) && !openStates.has(code)
    const key =
      system === undefined || plain
        ? codeKey(type, parameter.code, code)
        : codingKey(type, parameter.code, system, code)
    ;(common ? flags : tokens).push(key)
  }
  return { kind: 'keys', tokens, flags, own: [] }
}

/** @param parameters the parameters whose codings may match: `code`, or `code` and `component-code` */
export function codeCriterion(
  type: string,
  name: string,
  value: string,
  parameters: readonly string[],
): Criterion | Issue {
  const codes = codesOf(name, value)
  if (isIssue(codes)) return codes
  const pairs = codes.flatMap((coded) => parameters.map((parameter) => ({ parameter, ...coded })))
  return {
    kind: 'codes',
    keys: [...new Set(pairs.map(({ parameter, code }) => codeKey(type, parameter, code)))],
    flags: pairs.map(({ parameter, system, code }) =>
      system === undefined ? codeKey(type, parameter, code) : codingKey(type, parameter, system, code),
    ),
  }
}

const composites: Readonly<Record<string, readonly string[]>> = {
  'code-value-quantity': ['code'],
  'component-code-value-quantity': ['component-code'],
  'combo-code-value-quantity': ['code', 'component-code'],
}

/** `code-value-quantity=loinc|718-7$lt100||g/L`, and `value-quantity=lt100`, which waits for the code beside it. Undefined: the name is none of these. */
export function codeValueCriterion(type: string, name: string, value: string): Criterion | Issue | undefined {
  if (type !== 'Observation') return undefined
  if (name === 'value-quantity') {
    const test = numberTest(type, name, value, ['value-quantity'])
    return 'message' in test ? test : { kind: 'codes', keys: [], flags: [], value: test }
  }
  const parameters = composites[name]
  if (!parameters) return undefined
  const [code = '', quantity, ...more] = split(value, '$')
  if (quantity === undefined || more.length > 0 || split(value, ',').length > 1)
    return unreadable(name, 'expected one code$quantity')
  const criterion = codeCriterion(type, name, code, parameters)
  const units = parameters.map((parameter) => (parameter === 'code' ? 'value-quantity' : 'component-value-quantity'))
  const test = numberTest(type, name, quantity, units)
  if ('message' in test) return test
  return 'kind' in criterion && criterion.kind === 'codes' ? { ...criterion, value: test } : criterion
}

/** @see FHIR R4 search.html#number: `100` is 99.5 up to 100.5, `100.00` is 99.995 up to 100.005 */
function numberTest(type: string, name: string, value: string, parameters: readonly string[]): NumberTest | Issue {
  const [number = '', system, code] = split(value, '|').map(withoutBackslashes)
  const [, prefix = 'eq', digits = ''] = /^([a-z]{2})?(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.exec(number) ?? []
  const n = Number(digits)
  if (digits === '' || !Number.isFinite(n)) return unreadable(name, 'expected a number, with a prefix or without')
  const units = code
    ? parameters.map((parameter) =>
        system ? codingKey(type, parameter, system, code) : codeKey(type, parameter, code),
      )
    : []
  switch (prefix) {
    case 'eq': {
      const [, fraction = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(digits) ?? []
      const half = 0.5 * 10 ** (Number(exponent) - fraction.length)
      return { low: n - half, high: n + half, units }
    }
    case 'gt':
    case 'sa':
      return { above: n, units }
    case 'ge':
      return { low: n, units }
    case 'lt':
    case 'eb':
      return { high: n, units }
    case 'le':
      return { most: n, units }
    default:
      return unsupported(name, 'this prefix is not supported for numbers')
  }
}
