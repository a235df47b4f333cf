import type { Child } from '../jsx/elements.ts'
import type { Safe } from '../jsx/jsx-runtime.ts'
import { Empty } from './empty.tsx'

export type SummaryRow = {
  readonly key: string
  /** Absent or '': shown as "Not recorded". */
  readonly value: Child
  readonly action?: { readonly href: string; readonly text: string; readonly hidden: string }
}

/** Keys and values. @see nhsuk summary-list */
export function SummaryList({ rows }: { readonly rows: readonly SummaryRow[] }): Safe {
  const anyAction = rows.some(({ action }) => action)
  return (
    <dl class="nhsuk-summary-list">
      {rows.map(({ key, value, action }) => (
        <div class={`nhsuk-summary-list__row${anyAction && !action ? ' nhsuk-summary-list__row--no-actions' : ''}`}>
          <dt class="nhsuk-summary-list__key">{key}</dt>
          <dd class="nhsuk-summary-list__value">
            {value === undefined || value === null || value === '' ? <Empty why="not-recorded" /> : value}
          </dd>
          {action ? (
            <dd class="nhsuk-summary-list__actions">
              <a class="nhsuk-link" href={action.href}>
                {action.text}
                <span class="nhsuk-u-visually-hidden"> {action.hidden}</span>
              </a>
            </dd>
          ) : undefined}
        </div>
      ))}
    </dl>
  )
}
