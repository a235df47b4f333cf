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
      if (raw !== '') content += countField(raw, fieldPlace(segment, field), message.delimiters, used, leftovers)
    }
  }
  return { content, mapped: content - leftovers.length, leftovers }
}

/** A name or delimiters are no content; text that belongs to no segment is. */
function firstContentField(segment: Segment): number {
  if (segment.name === 'line') return 0
  return segment.name === 'MSH' ? 3 : 1
}

/**
 * Counts the smallest parts of a field with content, and adds to `leftovers` those that no rule used: neither the part itself nor
 * anything above it, from the field down.
 */
function countField(
  raw: string,
  field: Place,
  { repetition, component, subcomponent }: Delimiters,
  used: ReadonlySet<Place>,
  leftovers: Place[],
): number {
  let count = 0
  const fieldUsed = used.has(field)
  const repetitions = splitBy(raw, repetition)
  for (let r = 0; r < repetitions.length; r++) {
    const whole = repetitions[r] ?? ''
    if (whole === '') continue
    const repetitionPlace = `${field}[${r + 1}]`
    const repetitionUsed = fieldUsed || used.has(repetitionPlace)
    const components = splitBy(whole, component)
    for (let c = 0; c < components.length; c++) {
      const text = components[c] ?? ''
      if (text === '') continue
      const subs = splitBy(text, subcomponent)
      const alone = components.length === 1 && subs.length === 1
      const componentPlace = repetitionUsed || alone ? repetitionPlace : `${repetitionPlace}.${c + 1}`
      const componentUsed = repetitionUsed || used.has(componentPlace)
      for (let s = 0; s < subs.length; s++) {
        if (subs[s] === '') continue
        count += 1
        if (componentUsed) continue
        const place = subs.length > 1 ? `${componentPlace}.${s + 1}` : componentPlace
        if (!used.has(place)) leftovers.push(place)
      }
    }
  }
  return count
}

const splitBy = (text: string, delimiter: string): readonly string[] =>
  delimiter === '' || !text.includes(delimiter) ? [text] : text.split(delimiter)
