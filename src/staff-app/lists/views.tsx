import {
  Button,
  CardLinks,
  counted,
  dateAndTime,
  ErrorSummary,
  errorFor,
  type FormError,
  Input,
  longDate,
  Pagination,
  type Safe,
  spacedNhsNumber,
  Table,
  Tag,
} from '../../design/index.ts'
import { freshMax, type SinceLook } from '../../worklist/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import type { ListRow } from './rows.ts'

export type ListsModel = {
  readonly shell: StaffShell
  readonly organisation: string
  readonly wards: readonly { readonly ward: string; readonly people: number }[]
  readonly caseload: number
  readonly teams: readonly {
    readonly id: string
    readonly name: string
    readonly people: number
    readonly sharedWith: string
  }[]
  readonly newList: {
    readonly id: string
    readonly roles: readonly { readonly value: string; readonly text: string }[]
  }
  readonly errors: readonly FormError[]
}

const many = (people: number) => (people >= 1000 ? '1,000 people or more' : counted(people, 'person', 'people'))

/** The lists that somebody may open. */
export function listsView({ shell, organisation, wards, caseload, teams, newList, errors }: ListsModel): Safe {
  return (
    <StaffPage shell={shell} title={['Lists']} at="lists" exact failed={errors.length > 0}>
      <ErrorSummary errors={errors} />
      <h1>Lists</h1>
      <CardLinks
        links={[
          {
            text: 'My caseload',
            href: paths.keptList('caseload'),
            description: `${many(caseload)} you put there, and those you answer for`,
          },
          {
            text: `Registered at ${organisation}`,
            href: paths.practice,
            description: 'Everyone whom a source says is registered here',
          },
          ...teams.map(({ id, name, people, sharedWith }) => ({
            text: name,
            href: paths.keptList(id),
            description: `${many(people)}. Shared with ${sharedWith}`,
          })),
        ]}
      />
      <h2>Wards of {organisation}</h2>
      {wards.length === 0 ? (
        <p class="app-empty">No source says that anybody lies on a ward here now</p>
      ) : (
        <CardLinks
          links={wards.map(({ ward, people }) => ({ text: ward, href: paths.ward(ward), description: many(people) }))}
        />
      )}
      <h2>Begin a list for a team</h2>
      <form action={paths.lists} method="post" novalidate>
        <input type="hidden" name="id" value={newList.id} />
        <Input name="name" label="Name of the list" error={errorFor(errors, 'name')} width={20} />
        <fieldset class="nhsuk-fieldset">
          <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">Shared with, at {organisation}</legend>
          <div class="app-ticks">
            {newList.roles.map(({ value, text }) => (
              <div>
                <input
                  class="nhsuk-checkboxes__input"
                  id={`role-${value}`}
                  name="roles"
                  type="checkbox"
                  value={value}
                />
                <label for={`role-${value}`}>{text}</label>
              </div>
            ))}
          </div>
        </fieldset>
        <p class="app-quiet">Your own role always shares it.</p>
        <Button text="Begin this list" look="secondary" />
      </form>
    </StaffPage>
  )
}

export type ListModel = {
  readonly shell: StaffShell
  readonly now: Date
  readonly title: string
  /** What makes somebody stand on it. */
  readonly why: string
  readonly here: string
  readonly sections: readonly {
    readonly heading?: string
    readonly rows: readonly ListRow[]
    readonly empty: string
    readonly next?: string
    /** Beds and since when; else when they were put there. */
    readonly beds: boolean
    /** Where each person can be taken off. */
    readonly takeOff?: string
  }[]
  readonly behind: boolean
}

/** People on one list, each leading to their record. */
export function listView({ shell, now, title, why, here, sections, behind }: ListModel): Safe {
  return (
    <StaffPage shell={shell} title={[title, 'Lists']} at="lists">
      <h1>{title}</h1>
      <p class="app-quiet">
        {why} Last updated {dateAndTime(now)}. <a href={here}>Refresh</a>
      </p>
      {behind ? (
        <div class="app-notice app-notice--warning">
          <p>
            <strong>This list is not complete yet.</strong> What came lately is still being read in.
          </p>
        </div>
      ) : undefined}
      {sections.map(({ heading, rows, empty, next, beds, takeOff }) => (
        <section aria-label={heading ?? title}>
          {heading ? <h2>{heading}</h2> : undefined}
          {rows.length === 0 ? (
            <p class="app-empty">{empty}</p>
          ) : (
            <People rows={rows} title={heading ?? title} beds={beds} takeOff={takeOff} />
          )}
          <Pagination next={next === undefined ? undefined : { href: next, page: 'The next 50' }} />
        </section>
      ))}
    </StaffPage>
  )
}

function People({
  rows,
  title,
  beds,
  takeOff,
}: {
  readonly rows: readonly ListRow[]
  readonly title: string
  readonly beds: boolean
  readonly takeOff?: string | undefined
}): Safe {
  return (
    <Table
      caption={title}
      captionHidden
      columns={
        [
          ...(beds ? [{ key: 'bed', text: 'Bed' }] : []),
          { key: 'name', text: 'Name' },
          { key: 'born', text: 'Born' },
          { key: 'nhs', text: 'NHS number' },
          { key: 'allergies', text: 'Allergies' },
          { key: 'fresh', text: 'New since you looked' },
          { key: 'waiting', text: 'Results waiting', numeric: true as const },
          ...(takeOff === undefined ? [] : [{ key: 'off', text: 'Take off' }]),
        ] as unknown as Parameters<typeof Table>[0]['columns']
      }
      rows={rows.map(({ person, who, place, since, allergies, alert, restricted, waiting, sinceLook }) => ({
        bed: (
          <>
            {place === '' ? <span class="app-empty">Bed not recorded</span> : place}
            {since === null ? undefined : <div class="app-quiet">since {longDate(since)}</div>}
          </>
        ),
        name: (
          <>
            {who.href === undefined ? who.name : <a href={who.href}>{who.name}</a>}
            {who.died ? ' (died)' : ''}
            {restricted ? (
              <>
                {' '}
                <Tag text="Restricted record" colour="purple" />
              </>
            ) : undefined}
          </>
        ),
        born:
          who.bornOn === undefined ? (
            <span class="app-empty">Not recorded</span>
          ) : (
            `${longDate(who.bornOn)}${who.age ? ` (${who.age})` : ''}`
          ),
        nhs:
          who.nhsNumber === undefined ? (
            <span class="app-empty">Not recorded</span>
          ) : (
            <span class="app-nowrap">{spacedNhsNumber(who.nhsNumber)}</span>
          ),
        allergies: alert ? <span class="app-differ">{allergies}</span> : allergies,
        fresh: <Fresh person={person} since={sinceLook} />,
        waiting: String(waiting),
        off: takeOff === undefined ? undefined : <TakeOff list={takeOff} person={person} name={who.name} />,
      }))}
    />
  )
}

/** Never opened is not "nothing new", and nothing new is not "nothing" (hazard H-82). */
function Fresh({ person, since }: { readonly person: string; readonly since: SinceLook | undefined }): Safe {
  if (since === undefined) return <span class="app-empty">Not opened by you yet</span>
  const { looked, fresh } = since
  return (
    <>
      {fresh === 0 ? (
        'Nothing new'
      ) : (
        <a href={paths.patient(person, 'tests')}>
          {fresh >= freshMax ? `${freshMax} or more` : String(fresh)}
          <span class="nhsuk-u-visually-hidden"> results and readings</span>
        </a>
      )}
      <div class="app-quiet">since {dateAndTime(looked)}</div>
    </>
  )
}

function TakeOff({
  list,
  person,
  name,
}: {
  readonly list: string
  readonly person: string
  readonly name: string
}): Safe {
  return (
    <form action={paths.listPeople(list)} method="post">
      <input type="hidden" name="person" value={person} />
      <button class="app-link-button" type="submit" name="do" value="take-off">
        Take off<span class="nhsuk-u-visually-hidden"> {name}</span>
      </button>
    </form>
  )
}
