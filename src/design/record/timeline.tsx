import type { Child } from '../jsx/elements.ts'
import type { Safe } from '../jsx/jsx-runtime.ts'
import { longDate } from '../words/dates.ts'
import { KindLabel } from './tag.tsx'

export type TimelineEvent = {
  /** A day (whole or partial) or instant; absent: date not recorded, shown last. */
  readonly on?: string
  /** The kind as a word: `Test`, `Letter`, `Hospital`. */
  readonly kind: string
  readonly title: string
  readonly href?: string
  readonly summary?: Child
  readonly source?: Child
}

/** What happened, newest first, under headings of years. Give the events in order. */
export function Timeline({
  events,
  level,
}: {
  readonly events: readonly TimelineEvent[]
  readonly level?: 2 | 3
}): Safe {
  const years = Map.groupBy(events, ({ on }) => on?.slice(0, 4) ?? 'Date not recorded')
  return (
    <>
      {[...years].map(([year, inYear]) => (
        <>
          {level === 3 ? <h3 class="app-timeline__year">{year}</h3> : <h2 class="app-timeline__year">{year}</h2>}
          <Events events={inYear} />
        </>
      ))}
    </>
  )
}

/** The same without headings, for a short list within a card. */
export function Events({ events }: { readonly events: readonly TimelineEvent[] }): Safe {
  return (
    <ol class="app-timeline">
      {events.map(({ on, kind, title, href, summary, source }) => (
        <li class="app-timeline__event">
          <p class="app-timeline__when">
            {on === undefined ? 'Date not recorded' : <time datetime={on}>{longDate(on)}</time>}{' '}
            <KindLabel text={kind} />
          </p>
          <p class="app-timeline__title">{href === undefined ? title : <a href={href}>{title}</a>}</p>
          {summary ? <p class="app-timeline__words">{summary}</p> : undefined}
          {source ? <div class="app-timeline__source">{source}</div> : undefined}
        </li>
      ))}
    </ol>
  )
}
