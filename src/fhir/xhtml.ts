/** Narrative XHTML: well formed, and nothing in it that acts. @see FHIR R4 narrative.html#xhtml, txt-1 */

const elements = new Set(
  (
    'a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre q samp small span strong ' +
    'sub sup table tbody td tfoot th thead tr tt ul var'
  ).split(' '),
)
const attributes = new Set(
  (
    'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class colspan compact coords dir frame ' +
    'headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type ' +
    'valign value vspace width xml:lang xml:space xmlns'
  ).split(' '),
)

const tag = /<(?:!--[\s\S]*?--|(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?))>/y
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const entity = /&(?!(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);)/

/** Whether `text` is one `div` of FHIR's narrative XHTML. Linear in its length. */
export function isXhtml(text: string): boolean {
  const trimmed = text.trim()
  if (!/^<div[\s>/]/.test(trimmed)) return false
  const open: string[] = []
  let at = 0
  while (at < trimmed.length) {
    const next = trimmed.indexOf('<', at)
    const between = next < 0 ? trimmed.slice(at) : trimmed.slice(at, next)
    // Content after the closing div stands outside of it.
    if ((open.length === 0 && between.trim() !== '') || entity.test(between)) return false
    if (next < 0) break
    tag.lastIndex = next
    const found = tag.exec(trimmed)
    if (!found) return false
    at = tag.lastIndex
    const [, closing, name, given = '', empty] = found
    if (name === undefined) continue
    if (closing === '/') {
      if (open.pop() !== name) return false
    } else {
      if ((open.length === 0 && next > 0) || !elements.has(name) || !areSafe(given)) return false
      if (empty !== '/') open.push(name)
    }
  }
  return open.length === 0
}

function areSafe(given: string): boolean {
  for (const [, name = '', double, single] of given.matchAll(attribute)) {
    const value = double ?? single ?? ''
    if (!attributes.has(name) || entity.test(value)) return false
    if (name === 'xmlns' && value !== 'http://www.w3.org/1999/xhtml') return false
    if ((name === 'href' || name === 'src') && isActive(value)) return false
  }
  return true
}

/** Browsers skip spaces and control characters inside a scheme, and read entities in it: `java&#x73;cript:` acts. */
function isActive(link: string): boolean {
  const scheme = /^[^:/?#]*:/.exec(link.replaceAll(/&(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z]\w*);/g, '%'))?.[0]
  if (scheme === undefined) return false
  return (
    !/^(?:https?|mailto|tel|cid|urn|oid):$/i.test(scheme) && !/^data:\s*image\/(?:png|jpeg|gif|webp)[;,]/i.test(link)
  )
}
