import { Button, type Safe } from '../../design/index.ts'
import type { Refusal, RoleChoice } from '../../sign-in/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

type Words = { readonly heading: string; readonly why: string; readonly next: string }

const again = 'Sign in again.'

/** What happened and what to do, for each way of being turned away. Nothing here tells what a provider said of anybody. */
const words: Readonly<Record<Refusal, Words>> = {
  'not-finished': {
    heading: 'You did not finish signing in',
    why: 'You turned back at NHS CIS2, or it did not accept what you entered.',
    next: again,
  },
  'consent-not-given': {
    heading: 'You did not agree to share your details',
    why: 'This record needs to know who you are.',
    next: again,
  },
  'provider-error': {
    heading: 'NHS CIS2 could not sign you in',
    why: 'It did not accept the way this service asked.',
    next: 'Try again. If it happens again, tell your service desk: the setting of this service must be checked.',
  },
  'provider-away': {
    heading: 'NHS CIS2 cannot be reached now',
    why: 'Nobody can sign in until it answers.',
    next: 'Try again in a few minutes. If you need a record now, use the downtime pack of your ward or practice.',
  },
  'not-trusted': {
    heading: 'This sign-in could not be trusted',
    why: 'What came back from NHS CIS2 does not belong to the sign-in that began on this computer.',
    next: 'Sign in again from this page, not from a link that somebody sent you.',
  },
  expired: {
    heading: 'This sign-in took too long',
    why: 'It was begun more than 10 minutes ago, or it was used already.',
    next: again,
  },
  'too-weak': {
    heading: 'You need a stronger way to sign in',
    why: 'This record asks for a smartcard, a security key or an authenticator app.',
    next: 'Sign in again with one of these. Your registration authority gives them out.',
  },
  'needs-proof': {
    heading: 'You need to prove who you are',
    why: 'Your account has not been proven well enough.',
    next: 'Ask your registration authority.',
  },
  'too-young': {
    heading: 'You cannot sign in here',
    why: 'This account is too young.',
    next: 'Ask your service desk.',
  },
  'no-role': {
    heading: 'You have no role that can use this record',
    why: 'NHS CIS2 knows you, but none of your national roles is one that this record is set up for.',
    next: 'Ask your registration authority to check your role, or your privacy officer if you think this record should know it.',
  },
  'other-organisation': {
    heading: 'Your organisation does not share this record',
    why: 'The role that you chose is at an organisation that does not take part.',
    next: 'If you work at another organisation too, sign in again and choose your role there.',
  },
  'not-their-role': {
    heading: 'This role is not yours',
    why: 'The role that was chosen is none of those that NHS CIS2 knows you in now.',
    next: 'Sign in again and choose one of your roles.',
  },
  'other-person': {
    heading: 'This account belongs to somebody else',
    why: 'It was linked to another person before.',
    next: 'Ask your service desk.',
  },
}

export type RefusedModel = { readonly shell: StaffShell; readonly refused: Refusal; readonly next?: string }

/** A refusal that explains itself: what happened, why, and what to do now. */
export function refusedView({ shell, refused, next }: RefusedModel): Safe {
  const { heading, why, next: advice } = words[refused]
  return (
    <StaffPage shell={shell} title={[heading]} at="none" failed>
      <h1>{heading}</h1>
      <p class="app-lead">{why}</p>
      <p>{advice}</p>
      <p>That you were not let in has been written down, as every sign-in is.</p>
      <p>
        <a
          class="nhsuk-button"
          href={next === undefined ? paths.signIn : `${paths.signIn}?next=${encodeURIComponent(next)}`}
        >
          Back to sign in
        </a>
      </p>
    </StaffPage>
  )
}

/** Somebody with several roles says in which they work now: it decides what they may see. */
export function chooseRoleView({
  shell,
  choices,
}: {
  readonly shell: StaffShell
  readonly choices: readonly (RoleChoice & { readonly roleName: string })[]
}): Safe {
  return (
    <StaffPage shell={shell} title={['Choose your role']} at="none">
      <h1>Where are you working now?</h1>
      <p class="app-lead">
        You have several roles. The one you choose decides what you can see, and is written down with all you open.
      </p>
      <ul class="app-people">
        {choices.map(({ roleId, roleName, staff }) => (
          <li>
            <form action={paths.signInRole} method="post" novalidate>
              <Button text={`${roleName}, ${staff.organisation.name}`} look="secondary" name="role" value={roleId} />
            </form>
          </li>
        ))}
      </ul>
    </StaffPage>
  )
}
