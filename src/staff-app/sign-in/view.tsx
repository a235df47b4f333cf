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
  readonly error?: string
}

/** Who works here? In the demo area a press on a name signs in; there is nothing to remember (WCAG 3.3.8). */
export function signInView({ shell, people, canBegin = false, next, error }: SignInModel): Safe {
  return (
    <StaffPage shell={shell} title={['Sign in']} at="none" failed={error !== undefined}>
      <h1>Sign in</h1>
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

/** After signing out: the record has left the screen. */
export function signedOutView({ shell }: { readonly shell: StaffShell }): Safe {
  return (
    <StaffPage shell={shell} title={['You are signed out']} at="none">
      <h1>You are signed out</h1>
      <p class="app-lead">
        No record is open on this screen. What you looked at stays in the record of who has looked.
      </p>
      <p>
        <a class="nhsuk-button" href={paths.signIn}>
          Sign in again
        </a>
      </p>
    </StaffPage>
  )
}
