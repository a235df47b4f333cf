import { Button, type Safe } from '../../design/index.ts'
import { scopeWords } from '../../smart-apps/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

type Shell = { readonly shell: StaffShell }

/** Which record an app may read for a member of staff: one of those they opened last. */
export function connectView({
  shell,
  app,
  scopes,
  uid,
  people,
}: Shell & {
  readonly app: string
  readonly scopes: readonly string[]
  readonly uid: string
  readonly people: readonly { readonly person: string; readonly name: string; readonly about: string }[]
}): Safe {
  return (
    <StaffPage shell={shell} title={['Let an app read a record?']} at="none">
      <h1>Let {app} read a record?</h1>
      <p class="app-lead">
        It reads as you: it sees what you may see, and each look is written down in your name. It may:
      </p>
      <ul>
        {scopeWords(scopes).map((words) => (
          <li>{words}</li>
        ))}
      </ul>
      <h2>Whose record?</h2>
      {people.length === 0 ? (
        <p>You have opened no record yet. Open the record first, then begin again in the app.</p>
      ) : undefined}
      <ul class="app-people">
        {people.map(({ person, name, about }) => (
          <li>
            <form action={paths.connect(uid)} method="post" novalidate>
              <Button text={name} look="secondary" name="patient" value={person} />
              <span class="app-quiet">{about}</span>
            </form>
          </li>
        ))}
      </ul>
      <form action={paths.connect(uid)} method="post" novalidate>
        <Button text="Do not let it in" look="secondary" />
      </form>
    </StaffPage>
  )
}

/** The way back to the app is a link: a form of ours leads to no other site. */
export function goOnView({
  shell,
  app,
  allowed,
  to,
}: Shell & { readonly app: string; readonly allowed: boolean; readonly to: string }): Safe {
  return (
    <StaffPage shell={shell} title={[allowed ? 'The app may read the record' : 'The app was not let in']} at="none">
      <h1>{allowed ? `${app} may read the record` : `${app} was not let in`}</h1>
      <p>
        <a class="nhsuk-button" href={to}>
          Go back to {app}
        </a>
      </p>
    </StaffPage>
  )
}

export function endedView({ shell }: Shell): Safe {
  return (
    <StaffPage shell={shell} title={['This request has ended']} at="none" failed>
      <h1>This request has ended</h1>
      <p class="app-lead">The app asked too long ago, or from another browser. Go back to the app and begin again.</p>
    </StaffPage>
  )
}
