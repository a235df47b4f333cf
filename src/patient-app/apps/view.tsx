import { Button, dateAndTime, Notice, type Safe } from '../../design/index.ts'
import { scopeWords } from '../../smart-apps/index.ts'
import { paths } from '../paths.ts'
import { PatientPage, type PatientShell } from '../shell.tsx'

type Shell = { readonly shell: PatientShell }

/** An app asks; the person decides. Nothing is chosen beforehand, and saying no is as easy as saying yes. */
export function connectView({
  shell,
  app,
  scopes,
  uid,
}: Shell & { readonly app: string; readonly scopes: readonly string[]; readonly uid: string }): Safe {
  return (
    <PatientPage shell={shell} title="Let an app see your record?" at="none">
      <h1>Let {app} see your record?</h1>
      <p class="app-lead">This app is not part of this service. If you agree, it may:</p>
      <ul>
        {scopeWords(scopes).map((words) => (
          <li>{words}</li>
        ))}
      </ul>
      <p>
        It cannot change anything. You can stop it at any time under “Apps that see your record”. Each look is listed
        under “Who has looked”.
      </p>
      <form action={paths.connect(uid)} method="post" novalidate>
        <Button text={`Yes, let ${app} see it`} name="answer" value="yes" />
        <Button text="No" look="secondary" name="answer" value="no" />
      </form>
    </PatientPage>
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
    <PatientPage
      shell={shell}
      title={allowed ? 'The app may see your record' : 'The app may not see your record'}
      at="none"
    >
      <h1>{allowed ? `${app} may see your record` : `${app} may not see your record`}</h1>
      <p>
        <a class="nhsuk-button" href={to}>
          Go back to {app}
        </a>
      </p>
    </PatientPage>
  )
}

export function endedView({ shell }: Shell): Safe {
  return (
    <PatientPage shell={shell} title="This request has ended" at="none" failed>
      <h1>This request has ended</h1>
      <p class="app-lead">The app asked too long ago, or from another browser. Go back to the app and begin again.</p>
    </PatientPage>
  )
}

export function appsView({
  shell,
  apps,
  stopped,
}: Shell & {
  readonly apps: readonly {
    readonly id: string
    readonly name: string
    readonly scopes: string
    readonly grantedAt: Date
  }[]
  readonly stopped: boolean
}): Safe {
  return (
    <PatientPage shell={shell} title="Apps that see your record" at="access">
      <h1>Apps that see your record</h1>
      {stopped ? (
        <Notice kind="success">
          <p role="status">The app cannot see your record any more.</p>
        </Notice>
      ) : undefined}
      {apps.length === 0 ? <p>You have let no app see your record.</p> : undefined}
      <ul class="app-plain">
        {apps.map(({ id, name, scopes, grantedAt }) => (
          <li>
            <h2>{name}</h2>
            <p>You agreed on {dateAndTime(grantedAt)}. It may:</p>
            <ul>
              {scopeWords(scopes.split(' ')).map((words) => (
                <li>{words}</li>
              ))}
            </ul>
            <form action={paths.apps} method="post" novalidate>
              <Button text={`Stop ${name}`} look="secondary" name="grant" value={id} />
            </form>
          </li>
        ))}
      </ul>
    </PatientPage>
  )
}
