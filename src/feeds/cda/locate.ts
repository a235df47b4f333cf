/** Finds a place such as `/ClinicalDocument/recordTarget[1]/patientRole[1]/id[2]/@extension` in the text of a document. */
import type { Span } from '../format.ts'
import type { Place } from '../translation.ts'
import { isElement, readXml, type Xml } from './xml.ts'

/** The element, the words, or the value of the attribute; null when there is no such place. */
export function locate(text: string, place: Place): Span | null {
  const root = readXml(text)
  if (!root.ok) return null
  const name = /^(.*)\/@([^/]+)$/.exec(place)
  const node = find(root.value, name?.[1] ?? place)
  if (node === null) return null
  return name?.[2] === undefined ? node : attributeIn(text, node.start, name[2])
}

function find(root: Xml, place: Place): Span | null {
  let at: Xml = root
  while (at.place !== place) {
    const next = at.content.find((each) => place === each.place || place.startsWith(`${each.place}/`))
    if (next === undefined) return null
    if (!isElement(next)) return { start: next.start, end: next.end }
    at = next
  }
  return { start: at.start, end: at.end }
}

const attributes = /([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/gy

/** The value of an attribute within the start tag at `start`, without its quotes. */
function attributeIn(text: string, start: number, name: string): Span | null {
  let at = start + 1
  while (at < text.length && !/[\s/>]/.test(text[at] ?? '')) at += 1
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at += 1
    attributes.lastIndex = at
    const found = attributes.exec(text)
    if (found === null) return null
    at = attributes.lastIndex
    const value = found[2] ?? found[3] ?? ''
    if (found[1] === name) return { start: at - 1 - value.length, end: at - 1 }
  }
}
