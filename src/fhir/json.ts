/**
 * JSON as FHIR needs it: a number keeps the text it came with (`1.50` is not `1.5`), a key stands once.
 * @see FHIR R4 json.html, datatypes.html#decimal ("the precision of the decimal value has significance")
 */
import { type Parsed, right, wrong } from '../base/index.ts'
import { duplicateKeys, readJsonTree } from './json-tree.ts'

/** A number whose text JavaScript would have changed; `printJson` writes `rawJSON` as it stands. Made by `parseJson` and `jsonNumber`. */
export type RawNumber = { readonly rawJSON: string }

export type JsonLimits = {
  /** Length of the text in UTF-16 units. Default 64 Mi. */
  readonly lengthMax?: number
  /** Arrays and objects inside one another. Default 128. */
  readonly depthMax?: number
  /** What to do with `{"a":1,"a":2}`: JSON says nothing, FHIR content must not hold it. Default 'last-wins'. */
  readonly duplicateKeys?: 'refuse' | 'last-wins'
}

type JsonWithSource = {
  rawJSON(text: string): RawNumber
  isRawJSON(value: unknown): value is RawNumber
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
}
// Node 24 has these (TC39 "JSON.parse source text access"); TypeScript's library does not know them yet.
const json = JSON as unknown as JsonWithSource

/**
 * Reads JSON text. Numbers are JavaScript numbers where those print the same text again, else `RawNumber`.
 * Issues give line and column, never content.
 */
export function parseJson(text: string, limits: JsonLimits = {}): Parsed<unknown> {
  const { lengthMax = 64 * 1024 * 1024, depthMax = 128 } = limits
  if (text.length > lengthMax)
    return wrong('', `The JSON text has ${text.length} characters; at most ${lengthMax} are read`)
  const scan = scanJson(text)
  if (scan.depth > depthMax) return wrong('', `The JSON nests ${scan.depth} levels deep; at most ${depthMax} are read`)
  let value: unknown
  try {
    value = scan.rawNumbers ? json.parse(text, keepText) : JSON.parse(text)
  } catch {
    return wrong('', describeFault(text))
  }
  // A tree with fewer members than the text has colons lost some to a second member of the same name.
  if (limits.duplicateKeys === 'refuse' && countMembers(value) !== scan.colons) {
    const issues = duplicateKeys(text)
    if (issues.length > 0) return { ok: false, issues }
  }
  return right(value)
}

/** JSON text of a value, every number as it came. Undefined members are left out. */
export function printJson(value: unknown): string {
  return JSON.stringify(value)
}

/** A number that prints as `text`. @throws SyntaxError when `text` is not a JSON number */
export function jsonNumber(text: string): number | RawNumber {
  return String(Number(text)) === text ? Number(text) : json.rawJSON(text)
}

export function isRawNumber(value: unknown): value is RawNumber {
  return typeof value === 'object' && value !== null && json.isRawJSON(value)
}

/** The nearest JavaScript number of a value that `parseJson` gave; undefined when it is no number or beyond 1.8E308. */
export function numberOf(value: unknown): number | undefined {
  const n = typeof value === 'number' ? value : isRawNumber(value) ? Number(value.rawJSON) : Number.NaN
  return Number.isFinite(n) ? n : undefined
}

/** The text of a number as its sender wrote it; undefined when the value is no number. */
export function numberText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : isRawNumber(value) ? value.rawJSON : undefined
}

function keepText(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) return value
  return String(value) === context.source ? value : json.rawJSON(context.source)
}

/** One pass over the characters, about a third of the cost of JSON.parse: enough to know which slower ways are needed. */
function scanJson(text: string): { readonly colons: number; readonly depth: number; readonly rawNumbers: boolean } {
  const length = text.length
  let colons = 0
  let depth = 0
  let depthMax = 0
  let rawNumbers = false
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) {
      for (i++; i < length; i++) {
        const inside = text.charCodeAt(i)
        if (inside === 0x22) break
        if (inside === 0x5c) i++
      }
    } else if (c === 0x3a) colons++
    else if (c === 0x7b || c === 0x5b) {
      depth++
      if (depth > depthMax) depthMax = depth
    } else if (c === 0x7d || c === 0x5d) depth--
    else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
      const start = i
      let plain = c !== 0x2d
      for (i++; i < length; i++) {
        const d = text.charCodeAt(i)
        if (d >= 0x30 && d <= 0x39) continue
        if (d !== 0x2e && d !== 0x65 && d !== 0x45 && d !== 0x2b && d !== 0x2d) break
        plain = false
      }
      // Up to 15 digits and nothing else always print as they were read.
      if (!rawNumbers && !(plain && i - start <= 15)) {
        const source = text.slice(start, i)
        rawNumbers = String(Number(source)) !== source
      }
      i--
    }
  }
  return { colons, depth: depthMax, rawNumbers }
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null || json.isRawJSON(value)) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countMembers(item)
    return count
  }
  for (const member of Object.values(value)) count += 1 + (typeof member === 'object' ? countMembers(member) : 0)
  return count
}

function describeFault(text: string): string {
  const tree = readJsonTree(text)
  if (tree.ok) return 'The text is not JSON'
  const before = text.slice(0, tree.offset)
  const line = before.split('\n').length
  return `The text is not JSON: ${tree.expected} at line ${line}, column ${tree.offset - before.lastIndexOf('\n')}`
}
