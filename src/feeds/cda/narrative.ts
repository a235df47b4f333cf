/**
 * The readable text of a section as the few XHTML elements that FHIR allows in a narrative, written anew from words and layout alone:
 * no attribute, link, style or script of the sender passes through.
 * @see FHIR R4 narrative.html; CDA R2 §4.3.5
 */
import { attribute, type Reading, wordsOf } from './reading.ts'
import { isElement, type Xml, type XmlWords } from './xml.ts'

const tags: Readonly<Record<string, string>> = {
  table: 'table',
  thead: 'thead',
  tbody: 'tbody',
  tfoot: 'tfoot',
  tr: 'tr',
  th: 'th',
  td: 'td',
  sub: 'sub',
  sup: 'sup',
  item: 'li',
  paragraph: 'p',
  content: 'span',
  linkHtml: 'span',
  footnote: 'span',
}

const blocks = new Set(['table', 'list', 'paragraph', 'caption'])
const inTable = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr'])
const silent = new Set(['col', 'colgroup', 'renderMultiMedia', 'footnoteRef'])

/** A `text` element as the `div` of a Narrative; undefined when it says nothing. */
export function narrativeDiv(reading: Reading, text: Xml | undefined): string | undefined {
  if (text === undefined) return undefined
  const inside = text.content.map((each) => render(reading, each, false)).join('')
  return inside.trim() === '' ? undefined : `<div xmlns="http://www.w3.org/1999/xhtml">${inside}</div>`
}

function render(reading: Reading, node: Xml | XmlWords, bare: boolean): string {
  if (!isElement(node)) {
    if (node.words.trim() === '') return bare ? '' : ' '
    reading.used.add(node.place)
    return escaped(node.words.replaceAll(/[ \t\r\n]+/g, ' '))
  }
  // The anchor by which entries point at these words.
  attribute(reading, node, 'ID')
  if (silent.has(node.name)) return ''
  if (node.name === 'br') return '<br/>'
  const inside = node.content.map((each) => render(reading, each, inTable.has(node.name))).join('')
  if (node.name === 'list') return `<${listTag(reading, node)}>${listItems(reading, node)}</${listTag(reading, node)}>`
  if (node.name === 'caption') return `<b>${inside}</b>`
  const tag =
    node.elements.some(({ name }) => blocks.has(name)) && ['paragraph', 'content'].includes(node.name)
      ? 'div'
      : tags[node.name]
  if (tag === undefined || !Object.hasOwn(tags, node.name)) return inside
  if (tag === 'table') return table(reading, node)
  if (inTable.has(node.name) && inside === '') return ''
  return `<${tag}${cellSpan(reading, node)}>${inside}</${tag}>`
}

/** A caption is not allowed inside a list or, as rich text, before a table: it stands above. */
function listItems(reading: Reading, node: Xml): string {
  return node.elements
    .map((each) => (each.name === 'item' ? render(reading, each, false) : `<li>${render(reading, each, false)}</li>`))
    .join('')
}

function listTag(reading: Reading, node: Xml): 'ol' | 'ul' {
  return attribute(reading, node, 'listType') === 'ordered' ? 'ol' : 'ul'
}

function table(reading: Reading, node: Xml): string {
  const caption = node.elements
    .filter(({ name }) => name === 'caption')
    .map((each) => `<p>${render(reading, each, false)}</p>`)
    .join('')
  const rows = node.elements
    .filter(({ name }) => inTable.has(name) || name === 'td' || name === 'th')
    .map((each) => render(reading, each, true))
    .join('')
  return rows === '' ? caption : `${caption}<table>${rows}</table>`
}

function cellSpan(reading: Reading, node: Xml): string {
  if (node.name !== 'td' && node.name !== 'th') return ''
  return ['colspan', 'rowspan']
    .map((name) => [name, attribute(reading, node, name)])
    .flatMap(([name, count]) => (count !== undefined && /^[1-9]\d?$/.test(count) ? [` ${name}="${count}"`] : []))
    .join('')
}

// Control characters are no XML 1.0, and quotes need no escape outside attributes.
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A title as plain words. */
export function plainTitle(reading: Reading, node: Xml | undefined): string | undefined {
  return wordsOf(reading, node)
}

/** Every element of the narrative that carries an ID, for references from entries. The first wins. */
export function indexIds(root: Xml): ReadonlyMap<string, Xml> {
  const byId = new Map<string, Xml>()
  const visit = (node: Xml): void => {
    const id = node.attributes.ID ?? node.attributes.id
    if (id !== undefined && !byId.has(id)) byId.set(id, node)
    for (const each of node.elements) visit(each)
  }
  visit(root)
  return byId
}
