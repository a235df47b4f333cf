import type { Child } from '../jsx/elements.ts'
import type { Safe } from '../jsx/jsx-runtime.ts'

/** Something most readers do not need, one press away. @see nhsuk details */
export function Details({
  summary,
  open,
  children,
}: {
  readonly summary: string
  readonly open?: boolean
  readonly children: Child
}): Safe {
  return (
    <details class="nhsuk-details" open={open}>
      <summary class="nhsuk-details__summary">
        <span class="nhsuk-details__summary-text">{summary}</span>
      </summary>
      <div class="nhsuk-details__text">{children}</div>
    </details>
  )
}
