import { type Highlight, Original, type Safe, withCommas } from '../../design/index.ts'
import { excerpt } from './excerpt.ts'

const lengthMax = 6_000

/** What is shown of an original message, and the marked place in it. */
export type OriginalModel = {
  readonly text: string
  /** The place that is marked, as the standard writes it: `PID[1]-7[1]`. */
  readonly place?: string
  /** Absent with a place: it could not be found in the text. */
  readonly highlight?: Highlight
  /** Show all of a long message. */
  readonly whole: boolean
  /** This page with the whole message. */
  readonly wholeHref: string
}

export function OriginalPart({ text, place, highlight, whole, wholeHref }: OriginalModel): Safe {
  const part = excerpt(text, highlight, whole ? Number.POSITIVE_INFINITY : lengthMax)
  const cut = part.before + part.after
  return (
    <section aria-label="Original message">
      <h2 id="original">Original message</h2>
      {place === undefined || place === '' ? undefined : (
        <p>
          {highlight ? (
            <>
              Marked: <strong class="app-place">{place}</strong>. <a href="#field">Go to the marked field</a>
            </>
          ) : (
            <>
              The place <strong class="app-place">{place}</strong> cannot be marked in this text.
            </>
          )}
        </p>
      )}
      {part.before > 0 ? <p class="app-quiet">{withCommas(part.before)} characters come before this.</p> : undefined}
      <Original text={part.text} highlight={part.highlight} label="Original message, exactly as it came" />
      {part.after > 0 ? <p class="app-quiet">{withCommas(part.after)} characters come after this.</p> : undefined}
      {cut > 0 ? (
        <p>
          <a href={wholeHref}>Show the whole message</a>
        </p>
      ) : undefined}
    </section>
  )
}
