import { type EndedSession, idleMinutesMax, sessionHoursMax } from '../../access/index.ts'
import { Button, Notice, type Safe } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

export type SignInPerson = {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly organisation: string
}

export type SignInModel = {
  readonly shell: StaffShell
  /** The demo area's made-up staff. Absent: people sign in with NHS CIS2. */
  readonly people?: readonly SignInPerson[]
  /** Whether NHS CIS2 is set up here. */
  readonly canBegin?: boolean
  /** A page of ours to go to afterwards. */
  readonly next?: string
  /** Somebody made room for the next user of this PC. */
  readonly switched?: boolean
  readonly error?: string
}

/** Who works here? In the demo area a press on a name signs in; there is nothing to remember (WCAG 3.3.8). */
export function signInView({ shell, people, canBegin = false, next, switched = false, error }: SignInModel): Safe {
  return (
    <StaffPage shell={shell} title={['Sign in']} at="none" failed={error !== undefined}>
      <h1>Sign in</h1>
      {switched ? (
        <Notice kind="success">
          <p>The last user is signed out, and their pages are closed. The next one can sign in.</p>
        </Notice>
      ) : undefined}
      {error === undefined ? undefined : (
        <Notice kind="warning">
          <p role="alert">{error}</p>
        </Notice>
      )}
      {people !== undefined ? (
        <DemoPeople people={people} next={next} />
      ) : canBegin ? (
        <Begin next={next} />
      ) : (
        <NotSetUp />
      )}
    </StaffPage>
  )
}

function Begin({ next }: { readonly next: string | undefined }): Safe {
  return (
    <>
      <p class="app-lead">Sign in with your smartcard, security key or authenticator app.</p>
      <p>
        <a
          class="nhsuk-button"
          href={next === undefined ? paths.signInStart : `${paths.signInStart}?next=${encodeURIComponent(next)}`}
        >
          Sign in with NHS CIS2
        </a>
      </p>
    </>
  )
}

function NotSetUp(): Safe {
  return (
    <p class="app-lead">
      Staff sign in with NHS CIS2, and it is not set up on this server. Ask the operator to set it up; nobody can sign
      in until then.
    </p>
  )
}

function DemoPeople({
  people,
  next,
}: {
  readonly people: readonly SignInPerson[]
  readonly next: string | undefined
}): Safe {
  return (
    <>
      <p class="app-lead">
        This is a demo area. Everyone in it is made up. Choose who you are: what you can see depends on your role.
      </p>
      {[...Map.groupBy(people, ({ role }) => role)].map(([role, inRole]) => (
        <>
          <h2>{role}</h2>
          <ul class="app-people">
            {inRole.map((person) => (
              <li>
                <form action={paths.signIn} method="post" novalidate>
                  {next === undefined ? undefined : <input type="hidden" name="next" value={next} />}
                  <Button text={person.name} look="secondary" name="person" value={person.id} />
                  <span class="app-quiet">{person.organisation}</span>
                </form>
              </li>
            ))}
          </ul>
        </>
      ))}
    </>
  )
}

export type SignedOutModel = {
  readonly shell: StaffShell
  readonly why: EndedSession['why']
  /** Whether text that was not sent is kept for whoever was here. */
  readonly written: boolean
  /** Whether the way back leads to a page. */
  readonly kept: boolean
  readonly again: string
  /** Where the provider's session ends. */
  readonly atProvider?: string
}

const reasons: Readonly<Record<EndedSession['why'], string>> = {
  idle: `Nothing was opened here for ${idleMinutesMax} minutes.`,
  'too-long': `A sign-in lasts ${sessionHoursMax} hours at most.`,
  provider: 'Your sign-in with NHS CIS2 has ended, so it ended here too.',
  'sign-out': '',
  'switch-user': 'This PC was made ready for its next user.',
}

/** The record has left the screen: why, what is kept, and the way back to it. */
export function signedOutView({ shell, why, written, kept, again, atProvider }: SignedOutModel): Safe {
  return (
    <StaffPage shell={shell} title={['You are signed out']} at="none">
      <h1>You are signed out</h1>
      <p class="app-lead">
        {reasons[why]} No record is open on this screen. What you looked at stays in the record of who has looked.
      </p>
      {kept || written ? (
        <p>
          {written && kept
            ? 'The page you were on and what you had written are kept for you. '
            : written
              ? 'What you had written is kept for you. '
              : 'The page you were on is kept for you. '}
          Only you are led back, when you sign in again.
        </p>
      ) : undefined}
      <p>
        <a class="nhsuk-button" href={again}>
          Sign in again
        </a>
      </p>
      {atProvider === undefined ? undefined : (
        <p>
          You are being signed out of NHS CIS2 too. <a href={atProvider}>Sign out of NHS CIS2 now</a>
        </p>
      )}
    </StaffPage>
  )
}
