import type { ProblemKind } from '../../base/index.ts'
import type { Safe } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

export type ErrorModel = {
  readonly shell: StaffShell
  readonly kind: ProblemKind
  readonly message: string
  readonly remedy: string
  /** By which an operator finds the log line. */
  readonly requestId: string
}

const headings: Readonly<Record<ProblemKind, string>> = {
  invalid: 'This could not be read',
  'not-found': 'Page not found',
  gone: 'This is no longer here',
  conflict: 'Something changed in the meantime',
  forbidden: 'You cannot see this',
  'too-many': 'Too many requests',
  busy: 'The service is busy',
  fault: 'Something went wrong on our side',
}

/** What happened, and what to do: never a dead end, never a blank page. */
export function errorView({ shell, kind, message, remedy, requestId }: ErrorModel): Safe {
  return (
    <StaffPage shell={shell} title={[headings[kind]]} at="none">
      <h1>{headings[kind]}</h1>
      <p class="app-lead">{message}.</p>
      <p>{remedy}</p>
      {kind === 'forbidden' && shell.staff ? (
        <p>
          You are signed in as {shell.staff.name}, {shell.staff.role}. What may be seen depends on the role. That you
          asked is written down.
        </p>
      ) : undefined}
      <ul>
        <li>
          <a href={paths.home}>Go to the start page</a>
        </li>
        {shell.places?.includes('find') === false ? undefined : (
          <li>
            <a href={paths.find}>Find a patient</a>
          </li>
        )}
      </ul>
      {kind === 'fault' || kind === 'busy' ? (
        <p class="app-quiet">If you report this, give the number {requestId}.</p>
      ) : undefined}
    </StaffPage>
  )
}
