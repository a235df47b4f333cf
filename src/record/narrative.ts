/**
 * A sender's HTML read into plain blocks: headings, paragraphs, lists and tables of text. Nothing of its markup, links, images or
 * styles passes, so nothing in a document can act on the page that shows it (hazard H-10). Total: no text makes it throw.
 */
import type { Block } from './model.ts'

const token =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[([\s\S]*?)(?:\]\]>|$)|<[!?][^>]*>?|<(\/?)([a-zA-Z][a-zA-Z0-9:-]*)(?:"[^"]*"|'[^']*'|[^"'>])*>?|([^<]+|<)/g
const dropped = new Set(['script', 'style', 'template', 'noscript', 'svg', 'math', 'iframe', 'object', 'head'])
const blockTags = new Set([
  'p',
  'div',
  'section',
  'article',
  'blockquote',
  'pre',
  'br',
  'hr',
  'dl',
  'dt',
  'dd',
  'ul',
  'ol',
  'table',
  'paragraph',
  'content',
  'caption',
  'li',
  'item',
  'list',
])
const rowTags = new Set(['tr'])
const cellTags = new Set(['td', 'th'])
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  pound: '£',
  ndash: '–',
  mdash: '—',
  deg: '°',
  micro: 'µ',
  hellip: '…',
}

export function readNarrative(html: string): readonly Block[] {
  const blocks: Block[] = []
  let text = ''
  let heading = false
  let items: string[] | undefined
  let rows: string[][] | undefined
  let skipped = ''
  const flush = () => {
    const words = text.replaceAll(/\s+/g, ' ').trim()
    text = ''
    if (words === '') return
    if (rows) {
      // Text in a table outside any cell is kept as a row of its own.
      rows.push([words])
    } else if (items) items.push(words)
    else blocks.push({ kind: heading ? 'heading' : 'paragraph', text: words })
  }
  for (const [whole, cdata, slash, tag, plain] of html.matchAll(token)) {
    const name = tag?.toLowerCase() ?? ''
    if (skipped) {
      if (slash === '/' && name === skipped) skipped = ''
      continue
    }
    if (plain !== undefined) text += decode(plain)
    else if (cdata !== undefined) text += cdata
    else if (name === '') continue
    else if (dropped.has(name)) skipped = slash === '' && !whole.endsWith('/>') ? name : ''
    else if (/^h[1-6]$/.test(name)) {
      flush()
      heading = slash === ''
    } else if (cellTags.has(name)) {
      if (slash === '/') closeCell()
      else flush()
    } else if (rowTags.has(name)) {
      flush()
      if (slash === '') rows?.push([])
    } else if (name === 'table') {
      flush()
      if (slash === '') rows ??= []
      else closeTable()
    } else if (name === 'ul' || name === 'ol' || name === 'list') {
      flush()
      if (slash === '' && !rows) items ??= []
      else if (slash === '/') closeList()
    } else if (rows) text += blockTags.has(name) ? ' ' : ''
    else if (blockTags.has(name)) flush()
  }
  flush()
  closeList()
  closeTable()
  return blocks

  function closeCell() {
    rows ??= []
    const words = text.replaceAll(/\s+/g, ' ').trim()
    text = ''
    const row = rows.at(-1)
    if (row) row.push(words)
    else rows.push([words])
  }
  function closeTable() {
    const kept = rows?.filter((row) => row.some((cell) => cell !== '')) ?? []
    rows = undefined
    if (kept.length > 0) blocks.push({ kind: 'table', rows: kept })
  }
  function closeList() {
    if (items && items.length > 0) blocks.push({ kind: 'list', items })
    items = undefined
  }
}

function decode(text: string): string {
  return text.replaceAll(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|[a-zA-Z]+);/g, (whole, name: string) => {
    if (!name.startsWith('#')) return entities[name] ?? whole
    const point = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? String.fromCodePoint(point) : '\ufffd'
  })
}
