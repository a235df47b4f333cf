import { Button, Notice, type Safe, spacedNhsNumber } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { PatientPage, type PatientShell } from '../shell.tsx'

export type SignInPatient = { readonly id: string; readonly name: string; readonly nhsNumber?: string }

export type SignInModel = {
  readonly shell: PatientShell
  /** The demo area's made-up people. Absent: people sign in with NHS login. */
  readonly people?: readonly SignInPatient[]
  /** Whether NHS login is set up here. */
  readonly canBegin?: boolean
  /** People of the demo who are not listed, to keep the page short. */
  readonly more?: number
  /** A page of ours to go to afterwards. */
  readonly next?: string
  readonly error?: string
}

/** Who are you? In the demo area a press on a name signs in. */
export function signInView({ shell, people, canBegin = false, more = 0, next, error }: SignInModel): Safe {
  return (
    <PatientPage shell={shell} title="Sign in" at="none" failed={error !== undefined}>
      <h1>Sign in</h1>
      {error === undefined ? undefined : (
        <Notice kind="warning">
          <p role="alert">{error}</p>
        </Notice>
      )}
      {people === undefined && canBegin ? (
        <>
          <p class="app-lead">
            You need an NHS login that has proved who you are, with photo identification or through your GP practice.
          </p>
          <p>
            <a
              class="nhsuk-button"
              href={next === undefined ? paths.signInStart : `${paths.signInStart}?next=${encodeURIComponent(next)}`}
            >
              Continue with NHS login
            </a>
          </p>
        </>
      ) : people === undefined ? (
        <p class="app-lead">
          You sign in with NHS login, and it is not set up on this server yet. Please try again later.
        </p>
      ) : (
        <>
          <p class="app-lead">This is a demo. Everyone in it is made up. Choose who you want to be.</p>
          {people.length === 0 ? <p>The demo people are still being loaded. Try again in a few seconds.</p> : undefined}
          <ul class="app-plain">
            {people.map(({ id, name, nhsNumber }) => (
              <li>
                <form action={paths.signIn} method="post" novalidate>
                  {next === undefined ? undefined : <input type="hidden" name="next" value={next} />}
                  <Button text={name} look="secondary" name="person" value={id} />
                  {nhsNumber === undefined ? undefined : (
                    <p class="app-quiet">NHS number {spacedNhsNumber(nhsNumber)}</p>
                  )}
                </form>
              </li>
            ))}
          </ul>
          {more > 0 ? <p>{more} more people can sign in; they are in the list of demo people.</p> : undefined}
        </>
      )}
    </PatientPage>
  )
}

/** After signing out: the record has left the screen. */
export function signedOutView({ shell }: { readonly shell: PatientShell }): Safe {
  return (
    <PatientPage shell={shell} title="You are signed out" at="none">
      <h1>You are signed out</h1>
      <p class="app-lead">Nobody who uses this device after you can see your record.</p>
      <p>
        <a class="nhsuk-button" href={paths.signIn}>
          Sign in again
        </a>
      </p>
    </PatientPage>
  )
}
