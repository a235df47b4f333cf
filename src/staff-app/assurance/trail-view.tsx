import { type AuditPage, auditKinds, auditKindWords, type KeptLine } from '../../audit/index.ts'
import {
  Ago,
  Button,
  counted,
  DateInput,
  type DateParts,
  Details,
  dateAndTime,
  ErrorSummary,
  errorFor,
  type FormError,
  Input,
  Pagination,
  type Safe,
  Select,
  Table,
  withCommas,
} from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { type TrailQuery, trailSearch } from './trail-query.ts'

/** The form as it was typed. */
export type Typed = {
  readonly patient: string
  readonly staff: string
  readonly what: string
  readonly organisation: string
  readonly from: DateParts
  readonly to: DateParts
  readonly refused: boolean
}

export type TrailModel = {
  readonly shell: StaffShell
  readonly now: Date
  readonly query: TrailQuery
  readonly page: AuditPage
  readonly organisations: readonly string[]
  readonly sealed: { readonly size: number; readonly at: Date } | undefined
  readonly typed?: Typed
  readonly errors?: readonly FormError[]
}

/** The trail, newest first: what was asked for above, what there is below. */
export function trailView({ shell, now, query, page, organisations, sealed, typed, errors = [] }: TrailModel): Safe {
  const said = filtersOf(query, page.lines[0]?.actor.name)
  const { before: _, ...filters } = query
  const here = (more: TrailQuery) => `${paths.trail}?${trailSearch({ ...filters, ...more })}`
  const search = trailSearch(filters)
  return (
    <StaffPage shell={shell} title={['Trail']} at="trail" exact failed={errors.length > 0}>
      <ErrorSummary errors={errors} />
      <h1>Trail: who did what</h1>
      <p class="app-quiet">
        {sealed ? (
          <>
            {withCommas(sealed.size)} lines are sealed, the last <Ago at={sealed.at} now={now} />.
          </>
        ) : (
          'No line is sealed yet.'
        )}{' '}
        Looking at the trail is recorded with your name.
      </p>
      <Details summary="Search the trail" open={errors.length > 0}>
        <SearchForm query={query} organisations={organisations} typed={typed} errors={errors} />
      </Details>
      {said.length === 0 ? undefined : (
        <p>
          Only: {said.join('; ')}. <a href={paths.trail}>Show all</a>
        </p>
      )}
      {page.lines.length === 0 ? (
        <p class="app-lead">No line of the trail is like this.</p>
      ) : (
        <Lines page={page} here={here} />
      )}
      <Pagination
        previous={query.before === undefined ? undefined : { href: here({}), page: 'Newest' }}
        next={page.next === undefined ? undefined : { href: here({ before: page.next }), page: 'Earlier lines' }}
      />
      <p>
        Take out all that this search finds:{' '}
        <a href={`${paths.trailExport}?${search}${search ? '&' : ''}form=csv`}>CSV</a>,{' '}
        <a href={`${paths.trailExport}?${search}${search ? '&' : ''}form=ndjson`}>FHIR AuditEvents (NDJSON)</a>
      </p>
    </StaffPage>
  )
}

function Lines({ page, here }: { readonly page: AuditPage; readonly here: (more: TrailQuery) => string }): Safe {
  return (
    <Table
      caption="Lines of the trail, newest first"
      captionHidden
      compact
      columns={[
        { key: 'when', text: 'When' },
        { key: 'who', text: 'Who' },
        { key: 'what', text: 'What' },
        { key: 'person', text: 'About' },
      ]}
      rows={page.lines.map((line) => ({
        when: <a href={paths.trailLine(line.id)}>{dateAndTime(new Date(line.at))}</a>,
        who: (
          <>
            <a href={here({ actors: [`${line.actor.kind}:${line.actor.id}`] })}>{line.actor.name}</a>
            {line.actor.organisation ? `, ${line.actor.organisation}` : ''}
          </>
        ),
        what: whatWords(line),
        person: line.person === undefined ? '' : <a href={here({ person: line.person })}>{shortId(line.person)}</a>,
      }))}
    />
  )
}

/** Enough to see that two lines are of one person. */
const shortId = (person: string): string => (person.length > 8 ? `${person.slice(0, 8)}…` : person)

export function whatWords({ what, outcome }: Pick<KeptLine, 'what' | 'outcome'>): Safe | string {
  const words = auditKindWords(what)
  return outcome === 0 ? words : <strong>Refused or failed: {words}</strong>
}

function filtersOf(
  { person, actors, what, organisation, refused, from, to }: TrailQuery,
  actorName: string | undefined,
): readonly string[] {
  return [
    person === undefined ? '' : `about person ${shortId(person)}`,
    actors === undefined
      ? ''
      : actors.length === 1
        ? `by ${actorName ?? actors[0]?.split(':')[1]}`
        : `by ${counted(actors.length, 'person', 'people')} of this name`,
    what === undefined ? '' : auditKindWords(what),
    organisation ?? '',
    refused ? 'refused or failed' : '',
    from === undefined ? '' : `from ${from}`,
    to === undefined ? '' : `to ${to}`,
  ].filter(Boolean)
}

const dateParts = (day: string | undefined): DateParts => {
  const [year = '', month = '', date = ''] = day?.split('-') ?? []
  return { day: date, month, year }
}

type FormProps = Pick<TrailModel, 'query' | 'organisations'> & {
  readonly typed: Typed | undefined
  readonly errors: readonly FormError[]
}

function SearchForm({ query, organisations, typed, errors }: FormProps): Safe {
  const what = typed?.what ?? query.what ?? ''
  const organisation = typed?.organisation ?? query.organisation ?? ''
  const refused = typed?.refused ?? query.refused ?? false
  const all = (text: string) => ({ value: '', text, checked: false })
  return (
    <form method="post" action={paths.trail} novalidate>
      <Input
        name="patient"
        label="Patient"
        hint="NHS number, or name and date of birth"
        value={typed?.patient}
        width={30}
        error={errorFor(errors, 'patient')}
      />
      <Input
        name="staff"
        label="Who did it"
        hint="Name, or part of it"
        value={typed?.staff}
        width={30}
        error={errorFor(errors, 'staff')}
      />
      <Select
        name="what"
        label="What was done"
        choices={[
          all('Anything'),
          ...Object.entries(auditKinds).map(([value, text]) => ({ value, text, checked: value === what })),
        ]}
      />
      <Select
        name="organisation"
        label="Organisation"
        choices={[
          all('Any'),
          ...organisations.map((name) => ({ value: name, text: name, checked: name === organisation })),
        ]}
      />
      <Select
        name="refused"
        label="Outcome"
        choices={[all('Any'), { value: 'yes', text: 'Refused or failed only', checked: refused }]}
      />
      <DateInput
        name="from"
        legend="From"
        value={typed?.from ?? dateParts(query.from)}
        error={errorFor(errors, 'from')}
      />
      <DateInput name="to" legend="To" value={typed?.to ?? dateParts(query.to)} error={errorFor(errors, 'to')} />
      <Button text="Search the trail" />
    </form>
  )
}
