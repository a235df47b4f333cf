/**
 * The JSX runtime: an element becomes a string of HTML at once. Text and attributes are escaped by default; `raw` is for
 * this file and the icons alone. Called by the compiler (`jsxImportSource`). Never reads anything but its arguments.
 */
import type { Child, Elements } from './elements.ts'
import { safeUrl } from './url.ts'

/** HTML that is safe to send: made by JSX, or by `raw` from constant text of ours. */
export class Safe {
  readonly html: string
  constructor(html: string) {
    this.html = html
  }
}

type Props = Readonly<Record<string, unknown>>
type Component = (props: never) => Safe

const voids = new Set(['area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr'])
const addresses = new Set(['href', 'src', 'action', 'formaction'])
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Constant HTML of our own (icons, doctype). Never given anything that came from outside. */
export function raw(html: string): Safe {
  return new Safe(html)
}

/** Text as it may stand between tags and within quoted attributes. Control characters that HTML forbids become U+FFFD. */
export function escapeHtml(text: string): string {
  if (!/[&<>"'\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)) return text
  return text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
    .replaceAll(/[&<>"']/g, (found) => escapes[found] ?? '')
}

function printChild(child: unknown): string {
  if (child instanceof Safe) return child.html
  if (typeof child === 'string') return escapeHtml(child)
  if (typeof child === 'number') return String(child)
  if (child === undefined || child === null || typeof child === 'boolean') return ''
  if (Array.isArray(child)) return child.map(printChild).join('')
  throw new TypeError('A page may hold text, numbers and elements only')
}

function printAttribute(name: string, value: unknown): string {
  if (value === undefined || value === null || value === false) return ''
  if (!/^[a-z][a-z0-9-]*$/i.test(name) || /^(on|style$)/i.test(name))
    throw new TypeError(`A page may not have the attribute ${name}`)
  if (value === true) return ` ${name}`
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new TypeError(`The attribute ${name} must be text or a number`)
  const text = addresses.has(name) ? safeUrl(String(value)) : String(value)
  return text === undefined ? '' : ` ${name}="${escapeHtml(text)}"`
}

/** One element, or what a component makes of its properties. */
export function jsx(type: string | Component, props: Props): Safe {
  if (typeof type === 'function') return type(props as never)
  let html = `<${type}`
  for (const name in props) if (name !== 'children') html += printAttribute(name, props[name])
  if (voids.has(type)) return new Safe(`${html}>`)
  return new Safe(`${html}>${printChild(props['children'])}</${type}>`)
}

export const jsxs = jsx
export const jsxDEV = jsx

/** Children without an element around them. */
export function Fragment({ children }: { readonly children?: Child }): Safe {
  return new Safe(printChild(children))
}

/** A whole page as it is sent. */
export function renderPage(page: Safe): string {
  return `<!DOCTYPE html>${page.html}`
}

export declare namespace JSX {
  type Element = Safe
  type ElementType = keyof Elements | Component
  type IntrinsicElements = Elements
  interface ElementChildrenAttribute {
    children: unknown
  }
}
