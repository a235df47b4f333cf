import { counted, longDate, type Row, type Safe, Table, Tag, Value } from '../../design/index.ts'
import type { Problem } from '../../record/index.ts'
import {
  AddHere,
  Differences,
  Missing,
  NothingHere,
  PageWords,
  paged,
  type RecordModel,
  RecordPage,
  Sources,
  sectionPath,
} from './frame.tsx'

/** Problems as recorded: those that go on first, then the past. */
export function problemsView(model: RecordModel, page: number): Safe {
  const { problems } = model.record
  const path = sectionPath(model.person, 'problems')
  const { rows, links, words } = paged(problems, page, (number) => `${path}?page=${number}`, 40)
  const current = rows.filter(isCurrent)
  const found = rows.filter(isOfPastVisit)
  const isPast = (problem: Problem) => !isCurrent(problem) && !isOfPastVisit(problem)
  const past = rows.filter(isPast)
  return (
    <RecordPage model={model} section="problems" title="Problems">
      <h1>Problems</h1>
      <AddHere model={model} kind="problem" />
      <Missing model={model} retry={path} />
      {problems.length === 0 ? <NothingHere record={model.record} /> : undefined}
      <PageWords words={words} />
      {current.length > 0 ? (
        <ProblemTable
          model={model}
          caption={`Current: ${counted(problems.filter(isCurrent).length, 'problem')}`}
          problems={current}
        />
      ) : undefined}
      {found.length > 0 ? (
        <ProblemTable
          model={model}
          caption={`Found at visits that are over: ${counted(problems.filter(isOfPastVisit).length, 'diagnosis', 'diagnoses')}`}
          problems={found}
        />
      ) : undefined}
      {past.length > 0 ? (
        <ProblemTable
          model={model}
          caption={`Past: ${counted(problems.filter(isPast).length, 'problem')}`}
          problems={past}
        />
      ) : undefined}
      {links}
    </RecordPage>
  )
}

/** Going on, or not known to have ended. */
export function isCurrent({ status, ofPastVisit }: Problem): boolean {
  return status === 'active' || (status === 'not-recorded' && !ofPastVisit)
}

/** The reason of a stay that is over: no problem of today, and nobody says that it has ended (hazard H-70). */
export function isOfPastVisit({ ofPastVisit }: Problem): boolean {
  return ofPastVisit === true
}

export function ProblemTable({
  model,
  caption,
  problems,
  hidden,
}: {
  readonly model: RecordModel
  readonly caption: string
  readonly problems: readonly Problem[]
  readonly hidden?: boolean
}): Safe {
  return (
    <Table
      caption={caption}
      captionHidden={hidden ?? false}
      compact
      columns={[
        { key: 'problem', text: 'Problem' },
        { key: 'since', text: 'Since' },
        { key: 'from', text: 'From' },
      ]}
      rows={problems.map((problem) => problemRow(model, problem))}
    />
  )
}

const words: Readonly<Record<Problem['status'], string>> = {
  active: '',
  'not-recorded': 'Status not recorded',
  inactive: 'Inactive',
  resolved: 'Resolved',
  refuted: 'Refuted',
  'entered-in-error': 'Entered in error',
}

function problemRow(model: RecordModel, problem: Problem): Row {
  const status = words[problem.status]
  return {
    problem: (
      <>
        {problem.title} {status ? <Tag text={status} colour="grey" /> : undefined}
        {problem.certainty && !/^(confirmed|refuted|entered-in-error)$/.test(problem.certainty) ? (
          <span class="app-quiet"> ({problem.certainty})</span>
        ) : undefined}
        {problem.notes.map((note) => (
          <div class="app-quiet">{note}</div>
        ))}
        <Differences model={model} differences={problem.differences} />
      </>
    ),
    since: (
      <>
        {problem.since === undefined ? <Value of={undefined} /> : longDate(problem.since)}
        {problem.ended === undefined ? undefined : ` to ${longDate(problem.ended)}`}
      </>
    ),
    from: <Sources model={model} origins={problem.origins} what={problem.title} />,
  }
}
