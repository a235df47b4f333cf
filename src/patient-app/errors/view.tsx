import type { Problem, ProblemKind } from '../../base/index.ts'
import type { Safe } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { PatientPage, type PatientShell } from '../shell.tsx'

export type ErrorModel = {
  readonly shell: PatientShell
  readonly problem: Pick<Problem, 'kind' | 'message' | 'remedy'>
  readonly requestId: string
}

const words: Readonly<Record<ProblemKind, readonly [heading: string, whatToDo: string]>> = {
  invalid: ['We could not read that', 'Go back and try again.'],
  'not-found': ['Page not found', 'Check the address, or go to your home page.'],
  gone: ['This is no longer here', 'Go to your home page to see what is.'],
  conflict: ['Something has changed', 'Go back, refresh the page and try again.'],
  forbidden: ['You cannot see this page', 'Go to your home page, or sign in again.'],
  'too-many': ['Too many requests', 'Wait a minute and try again.'],
  busy: ['We are busy', 'Wait a minute and try again.'],
  fault: [
    'Sorry, something went wrong',
    'Try again. If it goes on, try later. If you need care now, call your surgery or 111.',
  ],
}

/** What happened, and what to do. */
export function errorView({ shell, problem: { kind, message, remedy }, requestId }: ErrorModel): Safe {
  const [heading, whatToDo] = words[kind]
  return (
    <PatientPage shell={shell} title={heading} at="none">
      <h1>{heading}</h1>
      {kind === 'conflict' || kind === 'not-found' ? (
        <p class="app-lead">
          {message}. {remedy}
        </p>
      ) : (
        <p class="app-lead">{whatToDo}</p>
      )}
      <p>
        <a href={paths.home}>Go to your home page</a>
      </p>
      {kind === 'fault' || kind === 'busy' ? (
        <p class="app-quiet">If you tell us about this, give the number {requestId}.</p>
      ) : undefined}
    </PatientPage>
  )
}

/** Help, in the same place on every page. */
export function helpView({ shell }: { readonly shell: PatientShell }): Safe {
  return (
    <PatientPage shell={shell} title="Help" at="none">
      <h1>Help</h1>
      <h2>If you need care</h2>
      <p>
        Call your surgery. If it is closed, call 111. In an emergency call 999. Nobody watches this app for messages.
      </p>
      <h2>If something in your record is wrong</h2>
      <p>Each thing says who it is from. Tell that place: only they can put it right.</p>
      <h2>What the words mean</h2>
      <ul>
        <li>“None recorded” means that places answered, and they have nothing.</li>
        <li>“Not recorded” means that nobody wrote it down. It does not mean no.</li>
        <li>“Not available now” means that a place did not answer.</li>
      </ul>
      <h2>Who can see your record</h2>
      <p>
        People who care for you. <a href={paths.access}>See who has looked</a>.
      </p>
    </PatientPage>
  )
}
