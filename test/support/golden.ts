/** Golden records: what a careful reader expects of one person's pages, written by hand in `test/golden/*.md`, and how a page is held to it. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type DefaultTreeAdapterMap, parse } from 'parse5'
import { attribute, elementsOf, readPage, wordsOf } from './page.ts'

export type Golden = {
  /** The file's name without `.md`. */
  readonly file: string
  readonly name: string
  /** What is typed into the search box. */
  readonly find: string
  /** Which of several records that are found: the one whose banner says this. Absent: only one is found. */
  readonly whose?: string
  readonly readings: readonly Reading[]
}

/** What one member of staff expects to see. */
export type Reading = { readonly reader: string; readonly expected: readonly Expectation[] }

export type Expectation = {
  /** `summary`, or the last word of the page's address. */
  readonly page: string
  readonly where: string
  readonly says: string
}

const folder = fileURLToPath(new URL('../golden', import.meta.url))

/** All of them, by name. A file that cannot be read throws: an expectation that nobody checks is worse than none. */
export function goldenRecords(): readonly Golden[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .toSorted()
    .map((name) => readGolden(name.slice(0, -3), readFileSync(`${folder}/${name}`, 'utf8')))
}

function readGolden(file: string, text: string): Golden {
  const lines = text.split('\n')
  const said = (key: string) =>
    lines
      .find((line) => line.startsWith(`${key}: `))
      ?.slice(key.length + 2)
      .trim()
  const needed = (key: string) => {
    const value = said(key)
    if (!value) throw new Error(`test/golden/${file}.md has no line "${key}: ..."`)
    return value
  }
  const whose = said('Whose banner says')
  const readings: { readonly reader: string; readonly expected: Expectation[] }[] = [
    { reader: needed('Reader'), expected: [] },
  ]
  for (const line of lines) {
    const as = /^## As (\S+)$/.exec(line)?.[1]
    if (as !== undefined) readings.push({ reader: as, expected: [] })
    if (!line.startsWith('|') || line.startsWith('| ---') || line.startsWith('| Page |')) continue
    const cells = line.split('|').map((cell) => cell.trim())
    const [, page = '', where = '', says = ''] = cells
    if (cells.length !== 5 || !page || !where || !says)
      throw new Error(`test/golden/${file}.md: no row of three: ${line}`)
    readings.at(-1)?.expected.push({ page, where, says })
  }
  if (readings.some(({ expected }) => expected.length === 0)) throw new Error(`test/golden/${file}.md expects nothing`)
  return {
    file,
    name: lines[0]?.replace(/^# /, '') ?? file,
    find: needed('Find'),
    ...(whose === undefined ? {} : { whose }),
    readings,
  }
}

/** What a page does not say that it should, or says that it should not; undefined when it is as expected. */
export function unlike({ where, says }: Expectation, html: string): string | undefined {
  const page = readPage(html)
  const parts = says.split(' · ')
  const [place = '', named = ''] = where.split(': ')
  switch (place) {
    case 'banner':
      return inOrder(page.banner, parts)
    case 'no banner':
      return nowhere(page.banner, parts)
    case 'page':
      return inOrder(page.main, parts)
    case 'nowhere':
      return nowhere(page.words, parts)
    case 'once': {
      const times = page.main.split(says).length - 1
      return times === 1 ? undefined : `"${says}" stands ${times} times`
    }
    case 'row': {
      const found = page.rows.filter((row) => inOrder(row, parts) === undefined)
      const near = page.rows.filter((row) => row.toLowerCase().includes((parts[0] ?? '').toLowerCase()))
      return found.length > 0 ? undefined : `no row with ${says}. Near: ${near.join(' // ') || 'none'}`
    }
    case 'card':
      return inOrder(wordsOf(cardOf(html, named)), parts)
    case 'list':
      return sameList(headsOf(cardOf(html, named)), says.split('; '))
    default:
      return `no such place: ${where}`
  }
}

function inOrder(text: string, parts: readonly string[]): string | undefined {
  let from = 0
  for (const part of parts) {
    const at = text.indexOf(part, from)
    if (at < 0) return `not "${part}"${from > 0 ? ' after the others' : ''} in: ${text || 'nothing'}`
    from = at + part.length
  }
  return undefined
}

function nowhere(text: string, parts: readonly string[]): string | undefined {
  const found = parts.filter((part) => text.toLowerCase().includes(part.toLowerCase()))
  return found.length === 0 ? undefined : `says "${found.join('" and "')}"`
}

/** Each row begins with one of those expected, and each expected begins one row. */
function sameList(heads: readonly string[], expected: readonly string[]): string | undefined {
  const left = [...heads]
  const missing = expected.filter((name) => {
    const at = left.findIndex((head) => head.toLowerCase().startsWith(name.toLowerCase()))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  return missing.length === 0 && left.length === 0
    ? undefined
    : `missing: ${missing.join('; ') || 'none'}. Not expected: ${left.join('; ') || 'none'}`
}

type Element = DefaultTreeAdapterMap['element']

function cardOf(html: string, heading: string): Element | undefined {
  return elementsOf(parse(html)).find(
    (element) => attribute(element, 'aria-label') === heading && attribute(element, 'class').includes('nhsuk-card'),
  )
}

/** The row headers of the card's tables, without the column names that only phones show. */
function headsOf(card: Element | undefined): readonly string[] {
  if (card === undefined) return []
  return elementsOf(card)
    .filter((element) => element.tagName === 'th' && attribute(element, 'scope') === 'row')
    .map((element) =>
      element.childNodes
        .filter((child) => !('tagName' in child && attribute(child, 'aria-hidden') === 'true'))
        .map(wordsOf)
        .join(' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
}
