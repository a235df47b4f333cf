import { Icon } from '../icons.tsx'
import type { Safe } from '../jsx/jsx-runtime.ts'
import { CountBadge } from '../record/count-badge.tsx'
import type { Shell } from './page.tsx'

export type NavigationItem = {
  readonly text: string
  readonly href: string
  /** page: this very page. true: a page within this section. */
  readonly current?: 'page' | 'true'
  /** Things that wait here; 0 shows nothing. */
  readonly count?: { readonly many: number; readonly of: string }
}

/** Who is signed in, and where to sign out or make room for the next user of a shared PC (both by POST). */
export type Account = {
  readonly name: string
  readonly href?: string
  readonly signOut: string
  readonly switchUser?: string
}

/** The service's name, the account and the main navigation. No NHS logo: it is not ours to ship. @see nhsuk header */
export function Header({ shell }: { readonly shell: Pick<Shell, 'service' | 'account' | 'navigation'> }): Safe {
  return (
    <header class="nhsuk-header" role="banner">
      <div class="nhsuk-header__container nhsuk-width-container">
        <div class="nhsuk-header__service">
          <a class="nhsuk-header__service-name" href={shell.service.href}>
            {shell.service.name}
          </a>
        </div>
        {shell.account ? <AccountNavigation account={shell.account} /> : undefined}
      </div>
      {shell.navigation.length > 0 ? <MainNavigation items={shell.navigation} /> : undefined}
    </header>
  )
}

function AccountNavigation({ account }: { readonly account: Account }): Safe {
  return (
    <nav class="nhsuk-header__account" aria-label="Account">
      <ul class="nhsuk-header__account-list">
        <li class="nhsuk-header__account-item">
          {account.href === undefined ? (
            <>
              <Icon name="user" />
              {account.name}
            </>
          ) : (
            <a class="nhsuk-header__account-link" href={account.href}>
              <Icon name="user" />
              {account.name}
            </a>
          )}
        </li>
        {account.switchUser === undefined ? undefined : <AccountAct action={account.switchUser} text="Switch user" />}
        <AccountAct action={account.signOut} text="Sign out" />
      </ul>
    </nav>
  )
}

function AccountAct({ action, text }: { readonly action: string; readonly text: string }): Safe {
  return (
    <li class="nhsuk-header__account-item">
      <form class="nhsuk-header__account-form" action={action} method="post" novalidate>
        <button class="nhsuk-header__account-button" type="submit">
          {text}
        </button>
      </form>
    </li>
  )
}

function MainNavigation({ items }: { readonly items: readonly NavigationItem[] }): Safe {
  return (
    <nav class="nhsuk-header__navigation" aria-label="Menu">
      <div class="nhsuk-header__navigation-container nhsuk-width-container">
        <ul class="nhsuk-header__navigation-list">
          {items.map(({ text, href, current, count }) => (
            <li class={`nhsuk-header__navigation-item${current ? ' nhsuk-header__navigation-item--current' : ''}`}>
              <a class="nhsuk-header__navigation-link" href={href} aria-current={current}>
                {current ? <strong class="nhsuk-header__navigation-item-current-fallback">{text}</strong> : text}
                {count ? <CountBadge many={count.many} of={count.of} /> : undefined}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </nav>
  )
}
