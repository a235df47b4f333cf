/** What came of one attempt. */
export type Outcome =
  /** The receiver has it, and says so. */
  | { readonly what: 'accepted'; readonly said: string }
  /** The receiver has read it and will not have it: a human decides. */
  | { readonly what: 'refused'; readonly said: string }
  /** Nobody knows whether the receiver has it: the very same is sent again. */
  | { readonly what: 'no-answer'; readonly said: string }

export const said = (what: Outcome['what'], words: string): Outcome => ({ what, said: clip(words) })

/** A receiver's words, fit to be kept and shown: one line, not too long, nothing that cannot be seen. */
function clip(words: string): string {
  const line = words
    .replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .toWellFormed()
    .trim()
  return line.length <= 300 ? line : `${line.slice(0, 299)}\u2026`
}
