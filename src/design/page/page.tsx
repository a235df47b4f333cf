import type { Child } from '../jsx/elements.ts'
import type { Safe } from '../jsx/jsx-runtime.ts'
import { Footer, type FooterLink } from './footer.tsx'
import { type Account, Header, type NavigationItem } from './header.tsx'

/** What stays the same on every page of one app. */
export type Shell = {
  readonly service: { readonly name: string; readonly href: string }
  /** Addresses of the hashed stylesheet and of the favicon. */
  readonly css: string
  readonly icon: string
  /** Address of the app's one module, which only adds to what works without it. */
  readonly script?: string
  readonly navigation: readonly NavigationItem[]
  /** Absent: nobody is signed in. */
  readonly account?: Account
  readonly footer: readonly FooterLink[]
  readonly feedback?: string
  /** Sentences at the foot: when the session ends. */
  readonly notes?: readonly string[]
  /** Demo area: every page says that its people are made up. */
  readonly demo: boolean
  /** With the icons and bottom bar of the patient app. */
  readonly look: 'staff' | 'patient'
}

export type PageProps = {
  readonly shell: Shell
  /** Parts from the most special to the service: `['Medicines', 'WARD, Sarah']`; the service name is added. */
  readonly title: readonly string[]
  /** `Error: ` goes before the title (422 pages). */
  readonly failed?: boolean
  /** Full width between header and main: patient banner, section navigation. */
  readonly above?: Child
  /** Before `<main>`, within its width: back link, breadcrumb. */
  readonly before?: Child
  /** After the footer: bottom navigation. */
  readonly below?: Child
  readonly children?: Child
}

/** A whole page: head, skip link, header, what stands above, main and footer. */
export function Page({ shell, title, failed, above, before, below, children }: PageProps): Safe {
  return (
    <html lang="en-GB" class={shell.look === 'staff' ? 'app-staff' : 'app-patient'}>
      <head>
        <meta charset="utf-8" />
        <title>{`${failed ? 'Error: ' : ''}${[...title, shell.service.name].join(' – ')}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="theme-color" content="#005eb8" />
        <link rel="icon" href={shell.icon} type="image/svg+xml" />
        <link rel="stylesheet" href={shell.css} />
        {shell.script === undefined ? undefined : <script type="module" src={shell.script} />}
      </head>
      <body>
        <a class="nhsuk-skip-link" href="#maincontent">
          Skip to main content
        </a>
        <Header shell={shell} />
        {above}
        <div class="nhsuk-width-container">
          {before}
          <main class="nhsuk-main-wrapper" id="maincontent">
            {children}
          </main>
        </div>
        <Footer shell={shell} />
        {below}
      </body>
    </html>
  )
}
