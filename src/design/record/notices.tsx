import type { Child } from '../jsx/elements.ts'
import type { Safe } from '../jsx/jsx-runtime.ts'
import { counted } from '../words/numbers.ts'

/** Stands above the content when some organisations did not answer. Nothing when all did. */
export function MissingSources(props: {
  readonly missing: readonly string[]
  readonly of: number
  readonly retry?: string
}): Safe {
  const { missing, of, retry } = props
  if (missing.length === 0) return <></>
  return (
    <div class="app-notice app-notice--warning" role="region" aria-label="Missing records">
      <p>
        <strong>
          {missing.length} of {counted(of, 'organisation')} did not answer.
        </strong>{' '}
        Records from {listed(missing)} may be missing. {retry === undefined ? undefined : <a href={retry}>Try again</a>}
      </p>
    </div>
  )
}

/** `A`, `A and B`, `A, B and C`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
}

/** A coloured bar with words: warning (needs care), info, success (done). Meaning is in the words, colour only helps. */
export function Notice({
  kind,
  children,
}: {
  readonly kind: 'warning' | 'info' | 'success'
  readonly children: Child
}): Safe {
  return (
    <div class={`app-notice app-notice--${kind}`} role={kind === 'success' ? 'status' : undefined}>
      {children}
    </div>
  )
}

/** @see nhsuk inset-text */
export function InsetText({ children }: { readonly children: Child }): Safe {
  return (
    <div class="nhsuk-inset-text">
      <span class="nhsuk-u-visually-hidden">Information: </span>
      {children}
    </div>
  )
}

/** @see nhsuk warning-callout */
export function WarningCallout({
  heading,
  level = 3,
  children,
}: {
  readonly heading: string
  /** Of its heading: 2 where it stands straight under the page's own. */
  readonly level?: 2 | 3
  readonly children: Child
}): Safe {
  const words = (
    <span role="text">
      <span class="nhsuk-u-visually-hidden">Important: </span>
      {heading}
    </span>
  )
  return (
    <div class="nhsuk-card nhsuk-card--warning">
      <div class="nhsuk-card__content">
        {level === 2 ? <h2 class="nhsuk-card__heading">{words}</h2> : <h3 class="nhsuk-card__heading">{words}</h3>}
        {children}
      </div>
    </div>
  )
}
