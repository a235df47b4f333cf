import type { Highlight } from '../../design/index.ts'

/** A part of a long text with the marked field in it. */
export type Excerpt = {
  readonly text: string
  readonly highlight?: Highlight
  /** Characters left out before and after; 0 and 0: the text is whole. */
  readonly before: number
  readonly after: number
}

const contextLength = 900

/**
 * At most about `lengthMax` characters around the marked field, cut at line ends where there are any near. A page stays small
 * (ui.md §6) however long the message.
 */
export function excerpt(text: string, highlight: Highlight | undefined, lengthMax: number): Excerpt {
  if (text.length <= lengthMax) return { text, ...(highlight ? { highlight } : {}), before: 0, after: 0 }
  // Some lines before the field tell where it stands; it is seen without scrolling far.
  const first = highlight ? Math.max(0, Math.min(highlight.start - contextLength, text.length - lengthMax)) : 0
  const start = lineStart(text, first)
  const end = Math.min(text.length, start + lengthMax)
  return {
    text: text.slice(start, end),
    ...(highlight ? { highlight: { start: highlight.start - start, end: Math.min(highlight.end, end) - start } } : {}),
    before: start,
    after: text.length - end,
  }
}

/** Back to the beginning of the line when that is near. */
function lineStart(text: string, at: number): number {
  for (let back = at; back > Math.max(0, at - 200); back -= 1) {
    const letter = text[back - 1]
    if (letter === '\n' || letter === '\r') return back
  }
  return at
}
