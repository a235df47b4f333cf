import { dateAndTime, Pagination, type Safe } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { PatientPage, type PatientShell } from '../shell.tsx'

export type Look = {
  /** The newest, when there were several. */
  readonly at: Date
  readonly times: number
  /** `Dr Amina Khan, GP at Riverside Surgery`; `You`. */
  readonly who: string
  /** `Looked at your record`. */
  readonly what: string
  /** `To care for you`. */
  readonly why: string
  readonly refused: boolean
}

export type AccessModel = {
  readonly shell: PatientShell
  readonly looks: readonly Look[]
  readonly next?: string
  readonly first: boolean
}

/** Who has looked at my record, when, and why. Every look is here; none can be taken out. */
export function accessView({ shell, looks, next, first }: AccessModel): Safe {
  return (
    <PatientPage shell={shell} title="Who has looked" at="access">
      <h1>Who has looked</h1>
      <p class="app-lead">
        Every time somebody opens your record, it is written down here. Nobody can take a line out.
      </p>
      {looks.length === 0 ? (
        <p>Nobody has looked at your record before today.</p>
      ) : (
        <ol class="app-plain" reversed>
          {looks.map(({ at, times, who, what, why, refused }) => (
            <li>
              <p>
                <strong>{who}</strong>
              </p>
              <p>
                {refused ? 'Was not allowed: ' : ''}
                {what}. {why}.
              </p>
              <p class="app-quiet">
                {times > 1 ? `${times} times, last on ` : ''}
                <time datetime={at.toISOString()}>{dateAndTime(at)}</time>
              </p>
            </li>
          ))}
        </ol>
      )}
      <Pagination
        previous={first ? undefined : { href: paths.access, page: 'Newest' }}
        next={next === undefined ? undefined : { href: `${paths.access}?before=${next}`, page: 'Older' }}
      />
      <p>If you do not know why somebody looked, ask your surgery. They can find out for you.</p>
    </PatientPage>
  )
}
