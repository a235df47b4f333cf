import type { Safe } from '../jsx/jsx-runtime.ts'

export type Section = { readonly text: string; readonly href: string; readonly current?: boolean }

/** Links between the parts of one record or one thing: links, not tabs, so that nothing is hidden and each has an address. */
export function SectionNavigation({
  label,
  sections,
}: {
  readonly label: string
  readonly sections: readonly Section[]
}): Safe {
  return (
    <nav class="app-sections" aria-label={label}>
      <ul>
        {sections.map(({ text, href, current }) => (
          <li>
            <a href={href} aria-current={current ? 'page' : undefined}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** The way back, as a landmark of its own so that no part of a page lies outside one. @see nhsuk back-link */
export function BackLink({ href, text }: { readonly href: string; readonly text: string }): Safe {
  return (
    <nav aria-label="Back">
      <a class="nhsuk-back-link" href={href}>
        {text}
      </a>
    </nav>
  )
}
