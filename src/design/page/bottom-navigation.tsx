import { Icon, type IconName } from '../icons.tsx'
import type { Safe } from '../jsx/jsx-runtime.ts'

export type BottomLink = {
  readonly text: string
  readonly href: string
  readonly icon: IconName
  readonly current?: boolean
}

/** The patient app's main places: at the foot of the screen on a phone, static at zoom and in print. */
export function BottomNavigation({ links }: { readonly links: readonly BottomLink[] }): Safe {
  return (
    <nav class="app-bottom" aria-label="Main">
      <ul>
        {links.map(({ text, href, icon, current }) => (
          <li>
            <a href={href} aria-current={current ? 'page' : undefined}>
              <Icon name={icon} />
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
