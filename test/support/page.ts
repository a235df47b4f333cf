/** A page as its reader meets it: parsed as a browser would, read as words, rows and links. */
import { type DefaultTreeAdapterMap, parse } from 'parse5'

type Node = DefaultTreeAdapterMap['node']
export type PageElement = DefaultTreeAdapterMap['element']

export type ReadPage = {
  /** All that can be read on the page, with single spaces. */
  readonly words: string
  /** The patient's banner; '' where there is none. */
  readonly banner: string
  /** The content without banner, header and navigation. */
  readonly main: string
  /** The words of each row of each table. */
  readonly rows: readonly string[]
  readonly links: readonly { readonly href: string; readonly words: string }[]
  /** What is marked in an original message; undefined when nothing is. */
  readonly marked: string | undefined
}

export function readPage(html: string): ReadPage {
  const document = parse(html)
  const all = elementsOf(document)
  const main = all.find(({ tagName }) => tagName === 'main')
  const mark = all.find((element) => attribute(element, 'id') === 'field')
  return {
    words: wordsOf(document),
    banner: wordsOf(all.find((element) => attribute(element, 'aria-label') === 'Patient')),
    main: wordsOf(main),
    rows: all.filter(({ tagName }) => tagName === 'tr').map(wordsOf),
    links: all
      .filter(({ tagName }) => tagName === 'a')
      .map((element) => ({ href: attribute(element, 'href'), words: wordsOf(element) })),
    marked: mark === undefined ? undefined : textOf(mark),
  }
}

/** Every element under this node, in the page's order. */
export function elementsOf(node: Node): readonly PageElement[] {
  const here = 'tagName' in node ? [node] : []
  const within = 'childNodes' in node ? node.childNodes.flatMap(elementsOf) : []
  return [...here, ...within]
}

export function attribute(element: PageElement, name: string): string {
  return element.attrs.find((one) => one.name === name)?.value ?? ''
}

function textOf(node: Node | undefined): string {
  if (node === undefined) return ''
  if (node.nodeName === '#text' && 'value' in node) return node.value
  if ('tagName' in node && (node.tagName === 'style' || node.tagName === 'script')) return ''
  if (!('childNodes' in node)) return ''
  const inline = 'tagName' in node && /^(a|span|strong|em|abbr|mark|b|i)$/.test(node.tagName)
  const text = node.childNodes.map(textOf).join('')
  return inline ? text : ` ${text} `
}

/** What can be read in a part of a page, with single spaces. */
export function wordsOf(node: Node | undefined): string {
  return textOf(node).replaceAll(/\s+/g, ' ').trim()
}
