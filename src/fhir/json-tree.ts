/**
 * JSON text as a tree of places: for showing where something stands, and for telling what is wrong with a text.
 * Slower than JSON.parse; used only when a person is to be shown a place.
 * @see RFC 8259
 */
import type { Issue } from '../base/index.ts'

/** A value and where it stands: UTF-16 offsets, end exclusive. */
export type JsonNode = {
  readonly start: number
  readonly end: number
  readonly members?: readonly { readonly key: string; readonly keyStart: number; readonly value: JsonNode }[]
  readonly items?: readonly JsonNode[]
}

export type JsonTree =
  | { readonly ok: true; readonly node: JsonNode }
  | { readonly ok: false; readonly offset: number; readonly expected: string }

const space = /[ \t\n\r]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 §7 forbids exactly these unescaped.
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const depthMax = 512

class Fault {
  readonly offset: number
  readonly expected: string
  constructor(offset: number, expected: string) {
    this.offset = offset
    this.expected = expected
  }
}

/** The tree of a JSON text, or the first offset where it stops being JSON. */
export function readJsonTree(text: string): JsonTree {
  try {
    const node = readValue(text, skip(text, 0), 0)
    const end = skip(text, node.end)
    return end === text.length ? { ok: true, node } : { ok: false, offset: end, expected: 'expected the end' }
  } catch (thrown) {
    if (thrown instanceof Fault) return { ok: false, offset: thrown.offset, expected: thrown.expected }
    throw thrown
  }
}

/** An issue for each key that stands twice in one object; empty when there is none or the text is not JSON. */
export function duplicateKeys(text: string): readonly Issue[] {
  const tree = readJsonTree(text)
  const issues: Issue[] = []
  if (tree.ok) collectDuplicates(tree.node, '', issues)
  return issues
}

function collectDuplicates(node: JsonNode, place: string, issues: Issue[]): void {
  const seen = new Set<string>()
  for (const { key, value } of node.members ?? []) {
    const at = place === '' ? key : `${place}.${key}`
    if (seen.has(key))
      issues.push({ place: at, message: 'The key stands twice in one object', remedy: 'Send it once.' })
    seen.add(key)
    collectDuplicates(value, at, issues)
  }
  for (const [index, item] of (node.items ?? []).entries()) collectDuplicates(item, `${place}[${index}]`, issues)
}

function readValue(text: string, at: number, depth: number): JsonNode {
  if (depth > depthMax) throw new Fault(at, `at most ${depthMax} levels are read`)
  const c = text[at]
  if (c === '{') return readObject(text, at, depth)
  if (c === '[') return readArray(text, at, depth)
  const end = c === '"' ? match(string, text, at) : match(scalar, text, at)
  if (end < 0) throw new Fault(at, at >= text.length ? 'the text ends too soon' : 'expected a value')
  return { start: at, end }
}

function readObject(text: string, start: number, depth: number): JsonNode {
  const members: { key: string; keyStart: number; value: JsonNode }[] = []
  let at = skip(text, start + 1)
  if (text[at] === '}') return { start, end: at + 1, members }
  for (;;) {
    const keyEnd = match(string, text, at)
    if (keyEnd < 0)
      throw new Fault(at, at >= text.length ? 'the text ends too soon' : 'expected a key in double quotes')
    const colon = skip(text, keyEnd)
    if (text[colon] !== ':') throw new Fault(colon, 'expected a colon')
    const value = readValue(text, skip(text, colon + 1), depth + 1)
    members.push({ key: JSON.parse(text.slice(at, keyEnd)) as string, keyStart: at, value })
    at = skip(text, value.end)
    if (text[at] === '}') return { start, end: at + 1, members }
    if (text[at] !== ',') throw new Fault(at, 'expected a comma or the end of the object')
    at = skip(text, at + 1)
  }
}

function readArray(text: string, start: number, depth: number): JsonNode {
  const items: JsonNode[] = []
  let at = skip(text, start + 1)
  if (text[at] === ']') return { start, end: at + 1, items }
  for (;;) {
    const item = readValue(text, at, depth + 1)
    items.push(item)
    at = skip(text, item.end)
    if (text[at] === ']') return { start, end: at + 1, items }
    if (text[at] !== ',') throw new Fault(at, 'expected a comma or the end of the array')
    at = skip(text, at + 1)
  }
}

function skip(text: string, at: number): number {
  return match(space, text, at)
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}
