import type { Safe } from '../jsx/jsx-runtime.ts'
import { ago, dateAndTime } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'

/** `2 days ago`, with the full date and time for machines and on hover. */
export function Ago({ at, now }: { readonly at: Date; readonly now: Date }): Safe {
  return (
    <time datetime={at.toISOString()} title={dateAndTime(at)}>
      {ago(at, now)}
    </time>
  )
}

export type SourceLineProps = {
  readonly organisation: string
  readonly updated: Date
  readonly now: Date
  /** Other sources that say the same. */
  readonly others?: number
  /** Where this fact's lineage is shown. */
  readonly href?: string
  /** For screen readers, so that each link says where it goes: `Type 2 diabetes`. */
  readonly what?: string
  /** Leaves out `From: ` and `updated`, for a table with a column of its own. */
  readonly short?: boolean
}

/** `From: Riverside Surgery, updated 2 days ago and 1 other source`. */
export function SourceLine({ organisation, updated, now, others, href, what, short }: SourceLineProps): Safe {
  const tail = others ? ` and ${counted(others, 'other source')}` : ''
  const words = (
    <>
      {short ? '' : 'From: '}
      {organisation}, {short ? '' : 'updated '}
      <Ago at={updated} now={now} />
      {tail}
    </>
  )
  return (
    <span class="app-source">
      {href === undefined ? (
        words
      ) : (
        <a href={href}>
          {words}
          {what ? <span class="nhsuk-u-visually-hidden">: where {what} came from</span> : undefined}
        </a>
      )}
    </span>
  )
}
