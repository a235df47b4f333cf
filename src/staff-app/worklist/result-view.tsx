import {
  Button,
  ButtonLink,
  Details,
  dateAndTime,
  ErrorSummary,
  errorFor,
  type FormError,
  Input,
  listed,
  longDate,
  Notice,
  plainName,
  type Safe,
  Select,
  spacedNhsNumber,
  Table,
  Value,
} from '../../design/index.ts'
import type { Reading, Test } from '../../record/index.ts'
import type { Ack, Colleague, ResultItem } from '../../worklist/index.ts'
import { paths } from '../paths.ts'
import { factPath, Missing, nothing, type RecordModel, RecordPage } from '../patients/frame.tsx'
import { Result, testPath } from '../patients/tests.tsx'
import { ackLine, WorkTags } from './words.tsx'

export type ResultModel = {
  /** The item that was opened; `others`: further results of this person that wait. */
  readonly item: ResultItem
  readonly others: readonly ResultItem[]
  /** Acknowledgements of what any of these said, newest first. */
  readonly acks: readonly Ack[]
  readonly colleagues: readonly Colleague[]
  readonly organisation: string
  readonly note?: string
  readonly errors: readonly FormError[]
}

/** One result that waits, with what it says, beside the person it is about; and the person's other results that wait. */
export function resultView(model: RecordModel, shown: ResultModel): Safe {
  const { item, others, acks, errors } = shown
  const path = paths.workItem('result', item.id)
  const mine = acks.filter((ack) => ack.report === item.report)
  return (
    <RecordPage model={model} section="tests" title={item.title} within>
      <ErrorSummary errors={errors} />
      <h1>
        {item.title} <WorkTags line={item} />
      </h1>
      <Missing model={model} retry={path} />
      <p class="app-quiet">
        {item.note === '' ? '' : `${item.note}. `}Whose it is: {item.owner}.{' '}
        {item.open ? `Waits since ${dateAndTime(item.raisedAt)}` : 'Does not wait'}
        {item.open && item.dueAt ? `, to be answered by ${dateAndTime(item.dueAt)}` : ''}.
      </p>
      {mine.map((ack) => (
        <p class="app-ack">{ackLine(ack, model.record.identity.restricted)}</p>
      ))}
      {item.open ? <Answer model={model} shown={shown} path={path} /> : <Undo shown={shown} path={path} />}
      {item.open || others.length === 0 ? undefined : (
        <p>
          <a href={paths.workItem('result', others[0]?.id ?? '')}>Other results of this person wait</a>
        </p>
      )}
    </RecordPage>
  )
}

function Answer({
  model,
  shown,
  path,
}: {
  readonly model: RecordModel
  readonly shown: ResultModel
  readonly path: string
}): Safe {
  const { item, others, errors, note } = shown
  return (
    <>
      <form action={path} method="post" novalidate>
        <input type="hidden" name="seen" value={`${item.id}.${item.content}`} />
        <Values model={model} item={item} />
        <Input
          name="note"
          label="What you did, or why nothing is needed (optional)"
          hint="It stands beside the result for everyone who opens the record."
          value={note}
          error={errorFor(errors, 'note')}
          width={30}
        />
        <Buttons model={model} item={item} />
        {others.length === 0 ? undefined : <h2>Also waiting for this person</h2>}
        {others.slice(0, othersMax).map((other, place) => (
          <>
            <h3>
              {other.title} <WorkTags line={other} />
            </h3>
            <Values model={model} item={other} />
            <div class="app-ticks">
              <div>
                <input id={`also-${place}`} name="also" type="checkbox" value={`${other.id}.${other.content}`} />
                <label for={`also-${place}`}>
                  I have read this one too: acknowledge it with the first ({other.title})
                </label>
              </div>
            </div>
          </>
        ))}
        {others.length > othersMax ? (
          <p>And {others.length - othersMax} more, which are on the worklist.</p>
        ) : undefined}
        {others.length === 0 ? undefined : <Buttons model={model} item={item} />}
      </form>
      <HandOver shown={shown} path={path} />
    </>
  )
}

// A page stays within its budget (ui.md §6); the others follow when these are answered.
const othersMax = 5

/** What was done: one press answers the first result, and those ticked with it. */
function Buttons({ model, item }: { readonly model: RecordModel; readonly item: ResultItem }): Safe {
  return (
    <>
      <p>
        For <Who model={model} />
      </p>
      <div class="app-inline">
        <Button text="No action needed" name="do" value="noted" />{' '}
        <Button text="Patient told" name="do" value="told-patient" look="secondary" />{' '}
        <Button text="Other action taken" name="do" value="other" look="secondary" />{' '}
        <ButtonLink
          text="Make a task"
          href={`${paths.patient(model.person, 'tasks', 'new')}?from=${item.id}`}
          look="secondary"
        />
      </div>
    </>
  )
}

/** Repeated beside every button that writes: right person, right result. */
export function Who({ model }: { readonly model: RecordModel }): Safe {
  const { name, nhsNumber } = model.record.identity
  const words =
    'value' in name
      ? plainName({ family: name.value.family || name.value.text, given: name.value.given })
      : 'Name not known'
  return (
    <strong>
      {words}
      {'value' in nhsNumber ? `, NHS number ${spacedNhsNumber(nhsNumber.value)}` : ', NHS number not known'}
    </strong>
  )
}

type Shown = { readonly test: Test; readonly reading: Reading; readonly before: Reading | undefined }

/** The report's own results as the record shows them, each beside the one before. */
function Values({ model, item }: { readonly model: RecordModel; readonly item: ResultItem }): Safe {
  const { record, person } = model
  const ids = new Set(item.results)
  const rows = [...record.vitalSigns, ...record.tests].flatMap((test): readonly Shown[] =>
    test.readings.flatMap((reading, place) =>
      reading.origins.some(({ type, id }) => type === 'Observation' && ids.has(id))
        ? [{ test, reading, before: test.readings[place + 1] }]
        : [],
    ),
  )
  const report = record.timeline.find(({ origins }) =>
    origins.some(({ type, id }) => type === 'DiagnosticReport' && id === item.report),
  )
  if (item.status === 'withdrawn')
    return (
      <Notice kind="warning">
        <p>
          <strong>Its source has taken this result back.</strong> It is no longer in this person’s record. Somebody
          acted on it: make sure that nothing which was done because of it still stands.
        </p>
      </Notice>
    )
  return (
    <>
      {report?.detail ? <p>{report.detail}</p> : undefined}
      {rows.length === 0 ? (
        <p>
          This report has no results of its own here.{' '}
          <a href={factPath(person, { type: 'DiagnosticReport', id: item.report })}>Read it as it came</a>
        </p>
      ) : (
        <Table
          caption={`What ${item.title} says`}
          captionHidden
          compact
          columns={[
            { key: 'test', text: 'Test' },
            { key: 'result', text: 'Result', numeric: true },
            { key: 'range', text: 'Range' },
            { key: 'before', text: 'Before', numeric: true },
            { key: 'when', text: 'When' },
          ]}
          rows={rows.map(({ test, reading, before }) => ({
            test: <a href={testPath(person, test.key)}>{test.name}</a>,
            result: (
              <>
                <Result reading={reading} />
                {reading.comment ? <div class="app-quiet">{reading.comment}</div> : undefined}
              </>
            ),
            range: <Value of={reading.range} />,
            before: before ? (
              <>
                <Result reading={before} />
                <div class="app-quiet">{before.when === undefined ? 'No date' : longDate(before.when)}</div>
              </>
            ) : (
              <span class="app-quiet">No earlier one</span>
            ),
            when: <Value of={reading.when === undefined ? undefined : longDate(reading.when)} />,
          }))}
        />
      )}
    </>
  )
}

function HandOver({
  shown: { item, colleagues, organisation },
  path,
}: {
  readonly shown: ResultModel
  readonly path: string
}): Safe {
  return (
    <Details summary="Hand this result over">
      <form action={path} method="post" novalidate>
        <Select
          name="to"
          label="Who will answer it"
          choices={[
            { value: '', text: `Everyone at ${organisation}` },
            ...colleagues.map(({ id, name }) => ({ value: id, text: name })),
          ]}
        />
        <p class="app-quiet">
          It stays due when it is due. It comes back to everyone here when it is overdue, or when they leave.
        </p>
        <Button text={`Hand over ${item.title}`} name="do" value="hand-over" look="secondary" />
      </form>
    </Details>
  )
}

function Undo({ shown: { item, errors, acks }, path }: { readonly shown: ResultModel; readonly path: string }): Safe {
  const now = acks.find((ack) => ack.report === item.report && ack.undoneAt === null)
  if (!now || now.action === 'withdrawn') return nothing
  return (
    <Details summary="Take this acknowledgement back">
      <form action={path} method="post" novalidate>
        <Input name="reason" label="Why must it be looked at again?" error={errorFor(errors, 'reason')} width={30} />
        <p class="app-quiet">What {listed([now.byName])} recorded stays, and says that you took it back.</p>
        <Button text="Take it back" name="do" value="undo" look="secondary" />
      </form>
    </Details>
  )
}
