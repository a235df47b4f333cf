import type { Safe } from '../jsx/jsx-runtime.ts'

/** How many wait: a number in a circle, with its words for screen readers. Nothing when none do. */
export function CountBadge({ many, of }: { readonly many: number; readonly of: string }): Safe {
  if (many === 0) return <></>
  return (
    <span class="app-count">
      {many > 999 ? '999+' : many}
      <span class="nhsuk-u-visually-hidden"> {of}</span>
    </span>
  )
}
