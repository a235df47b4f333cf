import { counted, ErrorSummary, errorFor, type FormError, type Safe, SearchBox } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { PeopleTable, type PersonLine } from './people-table.tsx'

const label = 'Find a patient'
const hint = 'NHS number, or any of name, date of birth and postcode. For example: sarah ward 14/5/1958'

/** The one search box of the staff app. */
export function FindBox({
  value,
  error,
}: {
  readonly value?: string | undefined
  readonly error?: string | undefined
}): Safe {
  return <SearchBox action={paths.find} label={label} hint={hint} value={value} error={error} />
}

export type FindModel = { readonly shell: StaffShell; readonly typed?: string; readonly errors: readonly FormError[] }

export function findView({ shell, typed, errors }: FindModel): Safe {
  return (
    <StaffPage shell={shell} title={['Find a patient']} at="find" exact failed={errors.length > 0}>
      <ErrorSummary errors={errors} />
      <h1>Find a patient</h1>
      <FindBox value={typed} error={errorFor(errors, 'q')} />
      <p class="app-quiet">
        Spelling is forgiven, and a first name may be its short form. A search is recorded with your name.
      </p>
    </StaffPage>
  )
}

export type FoundModel = {
  readonly shell: StaffShell
  readonly typed: string
  readonly people: readonly PersonLine[]
  /** More were found than are shown. */
  readonly more: boolean
}

/** The people found, best first. The search itself never stands in the address. */
export function foundView({ shell, typed, people, more }: FoundModel): Safe {
  const heading =
    people.length === 0
      ? 'Nobody found'
      : `${more ? 'The best ' : ''}${counted(people.length, 'person', 'people')}${more ? '' : ' found'}`
  return (
    <StaffPage shell={shell} title={[heading, 'Find a patient']} at="find">
      <h1>{heading}</h1>
      <FindBox value={typed} />
      {more ? (
        <p class="app-lead">
          {people.length === 0
            ? 'Too many names begin like this. Type more letters of the name.'
            : 'More people may be meant than are shown. Add a date of birth, a postcode or more of the name.'}
        </p>
      ) : undefined}
      {people.length === 0 && !more ? (
        <p class="app-lead">
          No organisation has sent us anybody like this. Look for a mistyped digit, leave out the first name, or search
          by date of birth and postcode.
        </p>
      ) : undefined}
      {people.length === 0 ? undefined : (
        <PeopleTable
          caption="People found, best match first"
          people={people}
          {...(people.some(({ note }) => note !== undefined) ? { noteHeading: 'Differs from what you typed' } : {})}
        />
      )}
    </StaffPage>
  )
}
