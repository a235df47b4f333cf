/**
 * XML as a tree with places and offsets. Document types are refused before parsing, so no entity but XML's own five is ever expanded and
 * nothing is ever fetched; depth, size and number of elements are bounded.
 */
import { parseXml, XmlCdata, XmlElement, type XmlNode, XmlText } from '@rgrove/parse-xml'
import { type Parsed, right, wrong } from '../../base/index.ts'
import type { Place } from '../translation.ts'

/** An element. `name` is local for HL7 v3 (`id`), with a known prefix for its extensions (`sdtc:id`), else as written. */
export type Xml = {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly elements: readonly Xml[]
  readonly content: readonly (Xml | XmlWords)[]
  readonly place: Place
  readonly start: number
  readonly end: number
}

export type XmlWords = { readonly words: string; readonly place: Place; readonly start: number; readonly end: number }

/** Largest document met so far: 249 kB, 5,400 tags, 34 deep, 0.5 million characters of places. */
export const xmlLimits = {
  lengthMax: 32 * 1024 * 1024,
  depthMax: 128,
  tagsMax: 400_000,
  /** Characters of all places together: long names, nested deep, would otherwise grow without bound. */
  placesMax: 64_000_000,
} as const

const prefixes: Readonly<Record<string, string>> = {
  'urn:hl7-org:v3': '',
  'urn:hl7-org:sdtc': 'sdtc:',
  'NPFIT:HL7:Localisation': 'npfit:',
  'urn:nhs-itk:ns:201005': 'itk:',
  'http://schemas.xmlsoap.org/soap/envelope/': 'soap:',
}

/** The root element of an XML text. Issues give line and column, never content. */
export function readXml(text: string): Parsed<Xml> {
  if (text.length > xmlLimits.lengthMax) {
    return wrong('', `The document has ${text.length} characters; at most ${xmlLimits.lengthMax} are read`)
  }
  const outside = scan(text)
  if (outside !== undefined) return wrong('', outside.message, outside.remedy)
  try {
    const { root } = parseXml(text, { includeOffsets: true })
    if (root === null) return wrong('', 'Found no element, expected an XML document')
    const room = { left: xmlLimits.placesMax }
    const tree = build(root, {}, `/${root.name}`, room)
    return room.left < 0
      ? wrong('', 'The names in the document are too long or nested too deep to be read')
      : right(tree)
  } catch (thrown) {
    return wrong(
      '',
      `The text is not well-formed XML${where(thrown)}`,
      'Send the document whole and as its system wrote it.',
    )
  }
}

/** The parser's own message quotes the text, which may be about a patient: only its numbers are passed on. */
function where(thrown: unknown): string {
  const line = Reflect.get(Object(thrown), 'line')
  const column = Reflect.get(Object(thrown), 'column')
  return typeof line === 'number' && typeof column === 'number' ? `: line ${line}, column ${column}` : ''
}

const noDoctype = {
  message: 'The document has a DOCTYPE; document types and their entities are never read',
  remedy: 'Send the document without a DOCTYPE.',
}

/** One pass over the tags: a document type, nesting deeper than we read, or more tags than we read. */
function scan(text: string): { readonly message: string; readonly remedy?: string } | undefined {
  let depth = 0
  let tags = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    if (text.startsWith('<!--', at)) at = after(text, '-->', at + 4)
    else if (text.startsWith('<![CDATA[', at)) at = after(text, ']]>', at + 9)
    else if (text.startsWith('<?', at)) at = after(text, '?>', at + 2)
    else if (text.startsWith('<!', at)) return noDoctype
    else {
      const end = endOfTag(text, at + 1)
      if (text[at + 1] === '/') depth -= 1
      else if (text[end - 2] !== '/') depth += 1
      tags += 1
      at = end
    }
    if (depth > xmlLimits.depthMax) return { message: `The document nests deeper than ${xmlLimits.depthMax} elements` }
    if (tags > xmlLimits.tagsMax) return { message: `The document has more than ${xmlLimits.tagsMax} tags` }
  }
  return undefined
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found < 0 ? text.length : found + mark.length
}

/** The end of a tag: the first `>` outside quotes. */
function endOfTag(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const c = text[at]
    if (c === '>') return at + 1
    if (c === '"' || c === "'") at = after(text, c, at + 1) - 1
  }
  return text.length
}

function build(
  element: XmlElement,
  outer: Readonly<Record<string, string>>,
  place: Place,
  room: { left: number },
): Xml {
  room.left -= place.length * (1 + Object.keys(element.attributes).length)
  const spaces = { ...outer }
  const attributes: Record<string, string> = {}
  for (const [name, value] of Object.entries(element.attributes)) {
    if (name === 'xmlns') spaces[''] = value
    else if (name.startsWith('xmlns:')) spaces[name.slice(6)] = value
    else if (name !== '__proto__') attributes[name] = value
  }
  const seen = new Map<string, number>()
  let words = 0
  const content: (Xml | XmlWords)[] = []
  for (const child of room.left < 0 ? [] : element.children) {
    if (child instanceof XmlElement) {
      const nth = (seen.get(child.name) ?? 0) + 1
      seen.set(child.name, nth)
      content.push(build(child, spaces, `${place}/${child.name}[${nth}]`, room))
    } else if (child instanceof XmlText || child instanceof XmlCdata) {
      words += 1
      content.push({ words: child.text, place: `${place}/text()[${words}]`, ...span(child) })
    }
  }
  const elements = content.filter(isElement)
  return { name: nameIn(element.name, spaces), attributes, elements, content, place, ...span(element) }
}

function span(node: XmlNode): { readonly start: number; readonly end: number } {
  return { start: node.start, end: node.end }
}

function nameIn(written: string, spaces: Readonly<Record<string, string>>): string {
  const colon = written.indexOf(':')
  const uri = spaces[colon < 0 ? '' : written.slice(0, colon)]
  if (uri === undefined || uri === '') return written
  // A name of another language must never be taken for one of ours.
  return (Object.hasOwn(prefixes, uri) ? (prefixes[uri] ?? '') : 'other:') + written.slice(colon + 1)
}

export function isElement(node: Xml | XmlWords): node is Xml {
  return 'elements' in node
}

/** Calls `visit` for the place of every attribute and every run of words with content, in document order. */
export function eachLeaf(node: Xml, visit: (place: Place) => void): void {
  for (const [name, value] of Object.entries(node.attributes)) {
    // Where a schema may be found is about the file, not about anybody.
    if (value.trim() !== '' && !name.endsWith(':schemaLocation')) visit(`${node.place}/@${name}`)
  }
  for (const child of node.content) {
    if (isElement(child)) eachLeaf(child, visit)
    else if (child.words.trim() !== '') visit(child.place)
  }
}
