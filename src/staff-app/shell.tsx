import type { LiveSession } from '../access/index.ts'
import { type Child, Page, type Safe, type Shell, timeOfDay } from '../design/index.ts'
import { paths } from './paths.ts'

/** Addresses of what the build made: `{ css: '/assets/staff.0a1b2c3d.css', icon: '/assets/icon.0a1b2c3d.svg' }`. */
export type Assets = { readonly css: string; readonly icon: string; readonly script?: string }

/** What the shell of a staff page needs to know; made once a request by `staffShell`. */
export type StaffShell = {
  readonly assets: Assets
  readonly demo: boolean
  /** Who is signed in; absent on sign-in, signed-out and error pages before sign-in. */
  readonly staff?: { readonly name: string; readonly role: string; readonly organisation: string }
  /** When it ends. */
  readonly session?: LiveSession
  /** Things that wait, for the badges of the navigation. */
  readonly waiting?: { readonly reviews?: number; readonly messages?: number }
  /** The places that this role may open. Absent: all. */
  readonly places?: readonly StaffPlace[]
}

/** A place in the main navigation; every page says where it belongs. */
export type StaffPlace = 'find' | 'worklist' | 'lists' | 'recent' | 'feeds' | 'identity' | 'trail' | 'estate' | 'none'

export type StaffPageProps = {
  readonly shell: StaffShell
  /** From the most special to the least: `['Medicines', plainName(patient)]`. The service name is added. */
  readonly title: readonly string[]
  readonly at: StaffPlace
  /** The address is the place's own page, not one within it. */
  readonly exact?: boolean
  readonly failed?: boolean
  /** Full width under the header: `<PatientBanner>`. */
  readonly above?: Child
  /** Before main: back link, section navigation. */
  readonly before?: Child
  readonly children?: Child
}

/** A page of the staff app. `children` begin with the page's one `h1`. */
export function StaffPage({ shell, title, at, exact, failed, above, before, children }: StaffPageProps): Safe {
  return (
    <Page shell={frame(shell, at, exact ?? false)} title={title} failed={failed ?? false} above={above} before={before}>
      {children}
    </Page>
  )
}

/** To the minute, and never later than it is. */
function sessionNote({ idleUntil, lastsUntil }: LiveSession): string {
  if (idleUntil >= lastsUntil) return `You will be signed out at ${timeOfDay(lastsUntil)}, after a working day.`
  return `You will be signed out at ${timeOfDay(idleUntil)} if you open nothing until then, and at ${timeOfDay(lastsUntil)} at the latest.`
}

function frame({ assets, demo, staff, session, waiting, places }: StaffShell, at: StaffPlace, exact: boolean): Shell {
  const current = exact ? ('page' as const) : ('true' as const)
  const item = (place: StaffPlace, text: string, href: string) =>
    place === at ? { place, text, href, current } : { place, text, href }
  const all = [
    item('find', 'Find a patient', paths.find),
    item('worklist', 'Worklist', paths.worklist),
    item('lists', 'Lists', paths.lists),
    item('recent', 'Recent patients', paths.recent),
    { ...item('feeds', 'Feeds', paths.feeds), count: { many: waiting?.messages ?? 0, of: 'messages wait' } },
    { ...item('identity', 'Identity', paths.identity), count: { many: waiting?.reviews ?? 0, of: 'reviews wait' } },
    item('trail', 'Trail', paths.trail),
    item('estate', 'Start-up times', paths.estate),
  ]
  return {
    service: { name: 'Shared care record', href: paths.home },
    css: assets.css,
    ...(assets.script === undefined ? {} : { script: assets.script }),
    icon: assets.icon,
    look: 'staff',
    demo,
    footer: [
      { text: 'Help', href: paths.help },
      { text: 'What words mean', href: paths.words() },
      { text: 'Keyboard', href: paths.keyboard },
    ],
    navigation:
      staff === undefined
        ? []
        : all.filter(({ place }) => places?.includes(place) ?? true).map(({ place: _place, ...rest }) => rest),
    ...(staff === undefined
      ? {}
      : {
          notes: session === undefined ? [] : [sessionNote(session)],
          account: {
            name: `${staff.name}, ${staff.role}, ${staff.organisation}`,
            signOut: paths.signOut,
            switchUser: paths.switchUser,
          },
        }),
  }
}
