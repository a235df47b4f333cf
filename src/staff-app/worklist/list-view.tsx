import { limits } from '../../base/index.ts'
import {
  Ago,
  counted,
  dateAndTime,
  longDate,
  Notice,
  Pagination,
  type Safe,
  spacedNhsNumber,
  Table,
} from '../../design/index.ts'
import type { WorkLine } from '../../worklist/index.ts'
import type { PersonLine } from '../find/people-table.tsx'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { WorkTags } from './words.tsx'

export type WorklistModel = {
  readonly shell: StaffShell
  readonly now: Date
  /** Every kind that the reader may see, with how many wait. */
  readonly kinds: readonly {
    readonly id: string
    readonly many: string
    readonly open: number
    readonly surfaced: number
  }[]
  /** The one kind that is shown; absent: the most urgent of all. */
  readonly kind?: string
  readonly lines: readonly (WorkLine & { readonly who?: PersonLine })[]
  readonly page: number
  readonly more: boolean
  /** Facts that came are not all looked at yet. */
  readonly behind: boolean
  /** What was just done, in words. */
  readonly done?: { readonly text: string; readonly href: string }
}

/** What waits for the reader: critical first, then overdue and unowned, then the rest (hazards H-47, H-48). */
export function worklistView(model: WorklistModel): Safe {
  const { shell, kinds, kind, lines, page, more, behind, done, now } = model
  const shown = kinds.filter(({ id }) => kind === undefined || id === kind)
  const open = shown.reduce((sum, each) => sum + each.open, 0)
  const surfaced = shown.reduce((sum, each) => sum + each.surfaced, 0)
  const href = (number: number) =>
    `${paths.worklist}?${new URLSearchParams({ ...(kind === undefined ? {} : { kind }), page: String(number) })}`
  return (
    <StaffPage shell={shell} title={['Worklist']} at="worklist" exact>
      <h1>Worklist</h1>
      {done ? (
        <Notice kind="success">
          <p>
            {done.text} <a href={done.href}>See it, or take it back</a>
          </p>
        </Notice>
      ) : undefined}
      {behind ? (
        <Notice kind="warning">
          <p>
            <strong>This list is not complete yet.</strong> Results that came lately are still being read in.{' '}
            <a href={paths.worklist}>Refresh</a>
          </p>
        </Notice>
      ) : undefined}
      <p class="app-lead">
        {open === 0
          ? 'Nothing waits for you.'
          : `${counted(open, 'thing waits', 'things wait')}${surfaced === 0 ? '.' : `, ${surfaced} of them overdue or without an owner.`}`}{' '}
        <span class="app-quiet">
          Last updated {dateAndTime(now)}. <a href={kind === undefined ? paths.worklist : href(page)}>Refresh</a>
        </span>
      </p>
      <Kinds model={model} />
      {lines.length === 0 ? undefined : <Lines lines={lines} now={now} />}
      {kind === undefined && open > lines.length ? (
        <p>These are the most urgent {lines.length}. Choose one kind above to see all of it.</p>
      ) : undefined}
      <Pagination
        previous={kind !== undefined && page > 1 ? { href: href(page - 1), page: `${page - 1}` } : undefined}
        next={kind !== undefined && more ? { href: href(page + 1), page: `${page + 1}` } : undefined}
      />
      {kinds.some(({ id }) => id === 'result') ? (
        <p class="app-quiet">
          Results that were reported more than {limits().historyDays} days before they came here are in the record and
          not on this list. It does not replace the laboratory’s telephone call.
        </p>
      ) : undefined}
    </StaffPage>
  )
}

function Kinds({ model: { kinds, kind } }: { readonly model: WorklistModel }): Safe {
  if (kinds.length < 2) return <>{undefined}</>
  const all = { id: undefined, many: 'everything', open: kinds.reduce((sum, { open }) => sum + open, 0) }
  return (
    <nav aria-label="Kinds of work">
      <ul class="nhsuk-list app-inline">
        {[all, ...kinds].map(({ id, many, open }) => (
          <li>
            {id === kind ? (
              <strong aria-current="page">
                {sentence(many)} ({open})
              </strong>
            ) : (
              <a href={id === undefined ? paths.worklist : `${paths.worklist}?kind=${id}`}>
                {sentence(many)} ({open})
              </a>
            )}
          </li>
        ))}
      </ul>
    </nav>
  )
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

function Lines({ lines, now }: Pick<WorklistModel, 'lines' | 'now'>): Safe {
  return (
    <Table
      caption="What waits, the most urgent first"
      captionHidden
      columns={[
        { key: 'what', text: 'What' },
        { key: 'who', text: 'Patient' },
        { key: 'owner', text: 'Owner' },
        { key: 'since', text: 'Waiting since' },
      ]}
      rows={lines.map((line) => ({
        what: (
          <>
            <a href={line.href ?? paths.workItem(line.kind, line.id)}>{line.title}</a> <WorkTags line={line} />
            {line.note === '' ? undefined : <div class="app-quiet">{line.note}</div>}
          </>
        ),
        who: line.who ? <Who who={line.who} /> : <span class="app-quiet">No one person</span>,
        owner: line.owner,
        since: <Ago at={line.raisedAt} now={now} />,
      }))}
    />
  )
}

function Who({ who: { name, bornOn, age, nhsNumber } }: { readonly who: PersonLine }): Safe {
  const born = bornOn === undefined ? 'birth date not known' : `${longDate(bornOn)}${age ? ` (${age})` : ''}`
  return (
    <>
      {name}
      <div class="app-quiet">
        {born}
        {nhsNumber === undefined ? '' : `, ${spacedNhsNumber(nhsNumber)}`}
      </div>
    </>
  )
}
