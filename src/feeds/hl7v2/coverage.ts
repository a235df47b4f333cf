import type { Coverage, Place } from '../translation.ts'
import type { Delimiters, Segment } from './message.ts'
import { fieldPlace, type Reading } from './reading.ts'

/** Compares what the message holds with what rules used of it: content = mapped + leftovers, always. */
export function coverageOf({ message, used }: Pick<Reading, 'message' | 'used'>): Coverage {
  let content = 0
  const leftovers: Place[] = []
  for (const segment of message.segments) {
    const first = firstContentField(segment)
    for (let field = first; field < segment.fields.length; field++) {
      const raw = segment.fields[field] ?? ''
      if (raw === '') continue
      for (const leaf of leavesOf(raw, fieldPlace(segment, field), message.delimiters)) {
        content++
        if (!leaf.some((place) => used.has(place))) leftovers.push(leaf[leaf.length - 1] ?? '')
      }
    }
  }
  return { content, mapped: content - leftovers.length, leftovers }
}

/** A name or delimiters are no content; text that belongs to no segment is. */
function firstContentField(segment: Segment): number {
  if (segment.name === 'line') return 0
  return segment.name === 'MSH' ? 3 : 1
}

/** Each smallest part with content, as the places that stand for it, from the field down to the part itself. */
function leavesOf(raw: string, field: Place, delimiters: Delimiters): readonly (readonly Place[])[] {
  const leaves: Place[][] = []
  splitBy(raw, delimiters.repetition).forEach((repetition, r) => {
    if (repetition === '') return
    const repetitionPlace = `${field}[${r + 1}]`
    const components = splitBy(repetition, delimiters.component)
    components.forEach((component, c) => {
      if (component === '') return
      const subs = splitBy(component, delimiters.subcomponent)
      const alone = components.length === 1 && subs.length === 1
      const componentPlace = alone ? repetitionPlace : `${repetitionPlace}.${c + 1}`
      subs.forEach((sub, s) => {
        if (sub === '') return
        const places = [field, repetitionPlace]
        if (componentPlace !== repetitionPlace) places.push(componentPlace)
        if (subs.length > 1) places.push(`${componentPlace}.${s + 1}`)
        leaves.push(places)
      })
    })
  })
  return leaves
}

const splitBy = (text: string, delimiter: string): readonly string[] =>
  delimiter === '' || !text.includes(delimiter) ? [text] : text.split(delimiter)
