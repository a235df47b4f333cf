import type { Child } from '../jsx/elements.ts'
import type { Safe } from '../jsx/jsx-runtime.ts'

export type CardProps = {
  readonly heading: string
  readonly level?: 2 | 3
  /** A link at the end of the heading's line: `All problems`. */
  readonly more?: { readonly text: string; readonly href: string }
  readonly id?: string
  readonly children: Child
}

/** A white box with a heading, and a link to all of its kind. @see nhsuk card */
export function Card({ heading, level, more, id, children }: CardProps): Safe {
  return (
    <section class="nhsuk-card app-card" aria-label={heading} id={id}>
      <div class="nhsuk-card__content">
        <div class="app-card__top">
          <CardHeading level={level ?? 2}>{heading}</CardHeading>
          {more ? <a href={more.href}>{more.text}</a> : undefined}
        </div>
        {children}
      </div>
    </section>
  )
}

function CardHeading({ level, children }: { readonly level: 2 | 3; readonly children: Child }): Safe {
  return level === 2 ? <h2 class="nhsuk-card__heading">{children}</h2> : <h3 class="nhsuk-card__heading">{children}</h3>
}

export type CardLink = {
  readonly text: string
  readonly href: string
  readonly description?: Child
  readonly badge?: Child
}

/** A stack of links with a chevron, as the NHS App has them. */
export function CardLinks({ links }: { readonly links: readonly CardLink[] }): Safe {
  return (
    <ul class="app-links">
      {links.map(({ text, href, description, badge }) => (
        <li class="app-links__item">
          <div>
            <a class="app-links__link" href={href}>
              {text}
            </a>
            {description ? <p class="app-links__words">{description}</p> : undefined}
          </div>
          {badge}
        </li>
      ))}
    </ul>
  )
}
