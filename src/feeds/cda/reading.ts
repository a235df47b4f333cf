/** What one reading of a document remembers. Going to an element reads its structure; a value counts as read when it is asked for. */
import type { Issue } from '../../base/index.ts'
import type { Source } from '../source.ts'
import type { Place } from '../translation.ts'
import type { Xml } from './xml.ts'

export type Reading = {
  readonly source: Source
  /** Places of the attributes and words that a rule used. */
  readonly used: Set<Place>
  readonly notes: Issue[]
  /** Elements of the narrative by their ID, for `<reference value="#…"/>`. */
  readonly byId: ReadonlyMap<string, Xml>
  /** Characters that references may still copy out of the narrative: a document cannot make itself grow without bound. */
  readonly allowance: { left: number }
}

const structural = new Set([
  'classCode',
  'moodCode',
  'typeCode',
  'determinerCode',
  'contextControlCode',
  'contextConductionInd',
  'inversionInd',
  'xsi:type',
])

/** Children of a name; what only says what kind of thing they are is thereby read. */
export function children(reading: Reading, node: Xml | undefined, name: string): readonly Xml[] {
  if (node === undefined) return []
  const found = node.elements.filter((each) => each.name === name)
  for (const each of found) readStructure(reading, each)
  return found
}

/** The first child of a name, or of a path of names. */
export function child(reading: Reading, node: Xml | undefined, ...path: readonly string[]): Xml | undefined {
  let at = node
  for (const name of path) {
    at = at?.elements.find((each) => each.name === name)
    if (at) readStructure(reading, at)
  }
  return at
}

export function readStructure(reading: Reading, node: Xml): void {
  for (const name of Object.keys(node.attributes)) if (structural.has(name)) reading.used.add(`${node.place}/@${name}`)
  for (const each of node.elements) {
    if (each.name !== 'templateId' && each.name !== 'typeId') continue
    for (const name of Object.keys(each.attributes)) reading.used.add(`${each.place}/@${name}`)
  }
}

/** An attribute's text, trimmed; undefined when it is absent or empty. */
export function attribute(reading: Reading, node: Xml | undefined, name: string): string | undefined {
  const value = node?.attributes[name]?.trim()
  if (node === undefined || value === undefined || value === '') return undefined
  reading.used.add(`${node.place}/@${name}`)
  return value
}

/** All that stands in an element and below, blanks folded; undefined when there is nothing. */
export function wordsOf(reading: Reading, node: Xml | undefined): string | undefined {
  if (node === undefined) return undefined
  const parts: string[] = []
  collect(reading, node, parts)
  const text = parts
    .join('')
    .replaceAll(/[ \t\r\n]+/g, ' ')
    .trim()
  return text === '' ? undefined : text
}

const breaking = new Set(['br', 'paragraph', 'tr', 'item', 'table', 'list', 'td', 'th', 'caption'])

function collect(reading: Reading, node: Xml, parts: string[]): void {
  for (const each of node.content) {
    if ('words' in each) {
      if (each.words.trim() !== '') reading.used.add(each.place)
      parts.push(each.words)
    } else {
      if (breaking.has(each.name)) parts.push(' ')
      collect(reading, each, parts)
    }
  }
}

/** True when the element has a template of this root, whatever its version. */
export function hasTemplate(node: Xml, ...roots: readonly string[]): boolean {
  return node.elements.some(({ name, attributes }) => name === 'templateId' && roots.includes(attributes.root ?? ''))
}

/** `negationInd="true"` turns the meaning round: asked of every statement before anything is made of it. */
export function isNegated(reading: Reading, node: Xml): boolean {
  return attribute(reading, node, 'negationInd') === 'true'
}
