import type { Safe } from '../jsx/jsx-runtime.ts'

/** A part of a text: offsets in UTF-16 units, end exclusive. */
export type Highlight = { readonly start: number; readonly end: number }

/**
 * The original message, exactly as it came, with the very field marked and reachable at `#field`.
 * @param highlight absent: nothing is marked; outside the text: it is cut to fit
 */
export function Original({
  text,
  highlight,
  label,
}: {
  readonly text: string
  readonly highlight?: Highlight | undefined
  readonly label: string
}): Safe {
  const start = Math.max(0, Math.min(highlight?.start ?? 0, text.length))
  const end = Math.max(start, Math.min(highlight?.end ?? 0, text.length))
  return (
    <div class="app-original" role="region" aria-label={label}>
      <pre class="app-original__text">
        {visible(text.slice(0, start))}
        {highlight === undefined ? undefined : (
          <mark id="field" class="app-original__field">
            {visible(text.slice(start, end))}
          </mark>
        )}
        {visible(text.slice(end))}
      </pre>
    </div>
  )
}

/** HL7 v2 ends a segment with a carriage return, which a page does not show: every line ends as a line here. */
function visible(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n')
}
