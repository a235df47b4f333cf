import type { Annotation } from 'fhir/r4.js'
import type { Segment } from './message.ts'
import { type Reading, repeats, type Trace, use, value, whole } from './reading.ts'

/** NTE rows as one comment; a repetition is a line. */
export function comments(
  reading: Reading,
  segments: readonly Segment[],
  trace: Trace,
  element: 'note' | 'conclusion',
): Annotation[] {
  const lines = segments.flatMap((nte) => {
    use(reading, value(reading, nte, 1))
    const text = repeats(reading, nte, 3).flatMap((one) => whole(one) ?? [])
    for (const line of text) trace(element === 'note' ? 'note[0].text' : element, line, 'NTE-3 comment')
    for (const field of [2, 4]) for (const one of repeats(reading, nte, field)) use(reading, one.place)
    return text.map((line) => line.text)
  })
  return lines.length === 0 ? [] : [{ text: lines.join('\n') }]
}
