import { idleMinutesMax } from '../access/index.ts'
import { BottomNavigation, type Child, type IconName, InsetText, Page, type Safe } from '../design/index.ts'
import { paths } from './paths.ts'

/** What the shell of a patient page needs to know. */
export type PatientShell = {
  /** Addresses of what the build made. */
  readonly assets: { readonly css: string; readonly icon: string }
  readonly demo: boolean
  readonly signedIn: boolean
  /** Whose record it is, as people write it: families share a phone, and twins a birthday. */
  readonly name?: string
  /** Whose record it is while they act for somebody. Absent: their own. */
  readonly actingFor?: string
}

export type PatientPlace = 'home' | 'health' | 'access' | 'none'

export type PatientPageProps = {
  readonly shell: PatientShell
  readonly title: string
  readonly at: PatientPlace
  readonly failed?: boolean
  readonly before?: Child
  readonly children?: Child
}

const places: readonly (readonly [PatientPlace, string, string, IconName])[] = [
  ['home', 'Home', paths.home, 'home'],
  ['health', 'Your health', paths.health, 'heart'],
  ['access', 'Who has looked', paths.access, 'eye'],
]

const sessionNote = `You will be signed out after ${idleMinutesMax} minutes without opening a page.`

/** A page of the patient app. `children` begin with the page's one `h1`. The title names no person: phones show it to others. */
export function PatientPage({ shell, title, at, failed, before, children }: PatientPageProps): Safe {
  return (
    <Page
      shell={{
        service: { name: 'My shared care record', href: paths.home },
        css: shell.assets.css,
        icon: shell.assets.icon,
        look: 'patient',
        demo: shell.demo,
        navigation: [],
        footer: [
          ...(shell.signedIn
            ? [
                { text: 'Choices', href: paths.choices },
                { text: 'People you act for', href: paths.people },
                { text: 'Apps', href: paths.apps },
              ]
            : []),
          { text: 'Help', href: paths.help },
        ],
        ...(shell.signedIn
          ? { notes: [sessionNote], account: { name: shell.name ?? 'Signed in', signOut: paths.signOut } }
          : {}),
      }}
      title={[title]}
      failed={failed ?? false}
      before={
        shell.actingFor === undefined ? (
          before
        ) : (
          <>
            {before}
            <InsetText>
              <p>
                You are acting for <strong>{shell.actingFor}</strong>: this is their record, not yours.{' '}
                <a href={paths.people}>Stop, or choose somebody else</a>
              </p>
            </InsetText>
          </>
        )
      }
      below={
        shell.signedIn ? (
          <BottomNavigation
            links={places.map(([place, text, href, icon]) => ({ text, href, icon, current: place === at }))}
          />
        ) : undefined
      }
    >
      {children}
    </Page>
  )
}
