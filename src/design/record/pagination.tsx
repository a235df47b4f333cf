import { Icon } from '../icons.tsx'
import type { Safe } from '../jsx/jsx-runtime.ts'

type Neighbour = { readonly href: string; readonly page: string }

/** The pages before and after this one. @see nhsuk pagination */
export function Pagination({
  previous,
  next,
}: {
  readonly previous?: Neighbour | undefined
  readonly next?: Neighbour | undefined
}): Safe {
  if (!previous && !next) return <></>
  return (
    <nav class="nhsuk-pagination" role="navigation" aria-label="Pagination">
      <ul class="nhsuk-list nhsuk-pagination__list">
        {previous ? (
          <li class="nhsuk-pagination-item--previous">
            <a class="nhsuk-pagination__link nhsuk-pagination__link--prev" href={previous.href} rel="prev">
              <NeighbourWords title="Previous" page={previous.page} />
              <Icon name="arrow-left" />
            </a>
          </li>
        ) : undefined}
        {next ? (
          <li class="nhsuk-pagination-item--next">
            <a class="nhsuk-pagination__link nhsuk-pagination__link--next" href={next.href} rel="next">
              <NeighbourWords title="Next" page={next.page} />
              <Icon name="arrow-right" />
            </a>
          </li>
        ) : undefined}
      </ul>
    </nav>
  )
}

function NeighbourWords({ title, page }: { readonly title: string; readonly page: string }): Safe {
  return (
    <>
      <span class="nhsuk-pagination__title">
        {title}
        <span class="nhsuk-u-visually-hidden"> page</span>
      </span>
      <span class="nhsuk-u-visually-hidden">:</span>
      <span class="nhsuk-pagination__page">{page}</span>
    </>
  )
}
