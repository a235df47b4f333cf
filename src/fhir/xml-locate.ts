/** Finds a place such as `Bundle.entry[3].resource.code` in FHIR XML. */
import { parseXml, XmlElement } from '@rgrove/parse-xml'
import { isResourceType } from './search/index.ts'

/**
 * Where the element at `place` stands in `text`, as UTF-16 offsets, end exclusive. Places are those of JSON: lists count from 0, and
 * the element that only wraps a resource is not counted.
 * @returns null when the text is not XML, holds a document type, or has nothing there
 */
export function locateInXml(text: string, place: string): { readonly start: number; readonly end: number } | null {
  if (/<!DOCTYPE/i.test(text)) return null
  let element: XmlElement | null
  try {
    element = parseXml(text, { includeOffsets: true }).root
  } catch {
    return null
  }
  const steps = [...place.matchAll(/([^.[\]]+)(?:\[(\d+)\])?/g)].map(([, name = '', index]) => ({
    name,
    index: Number(index ?? 0),
  }))
  if (element && steps[0]?.name === element.name) steps.shift()
  for (const { name, index } of steps) {
    // Element.id and Extension.url are attributes: the element that bears them is the nearest place.
    if (element && Object.hasOwn(element.attributes, name) && childrenOf(element).every((child) => child.name !== name))
      break
    element = unwrapped(childrenOf(element).filter((child) => child.name === name.replace(/^_/, ''))[index])
  }
  return element ? { start: element.start, end: element.end } : null
}

function childrenOf(element: XmlElement | null): readonly XmlElement[] {
  return element?.children.filter((child): child is XmlElement => child instanceof XmlElement) ?? []
}

function unwrapped(element: XmlElement | undefined): XmlElement | null {
  const [only] = childrenOf(element ?? null)
  return only && isResourceType(only.name) ? only : (element ?? null)
}
