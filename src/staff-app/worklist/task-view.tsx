import { limits } from '../../base/index.ts'
import {
  Button,
  counted,
  DateInput,
  Details,
  dateAndTime,
  ErrorSummary,
  errorFor,
  type FormError,
  Input,
  longDate,
  type Safe,
  Select,
  SummaryList,
  Textarea,
} from '../../design/index.ts'
import type { Task, TaskEvent, TaskOwner } from '../../worklist/index.ts'
import { paths } from '../paths.ts'
import { type RecordModel, RecordPage } from '../patients/frame.tsx'
import { Who } from './result-view.tsx'

export type TaskAnswers = {
  readonly id: string
  readonly title: string
  readonly detail: string
  readonly to: string
  readonly day: string
  readonly month: string
  readonly year: string
  /** The result that this task answers, with what it said: acknowledged together with the task. */
  readonly seen: string
}

const value = ({ kind, id }: TaskOwner): string => `${kind}:${id}`

/** What is to be done about this person, by whom and by when. */
export function newTaskView(
  model: RecordModel,
  {
    answers,
    owners,
    errors,
  }: { readonly answers: TaskAnswers; readonly owners: readonly TaskOwner[]; readonly errors: readonly FormError[] },
): Safe {
  const { id, title, detail, to, day, month, year, seen } = answers
  return (
    <RecordPage model={model} section="" title="Make a task" within>
      <ErrorSummary errors={errors} />
      <h1>Make a task</h1>
      {seen === '' ? undefined : <p>Making this task also acknowledges the result that it follows up.</p>}
      <form action={paths.patient(model.person, 'tasks', 'new')} method="post" novalidate>
        <input type="hidden" name="id" value={id} />
        <input type="hidden" name="seen" value={seen} />
        <Input name="title" label="What is to be done" value={title} error={errorFor(errors, 'title')} width={30} />
        <Textarea name="detail" label="More about it (optional)" value={detail} rows={3} />
        <Select
          name="to"
          label="Who will do it"
          error={errorFor(errors, 'to')}
          choices={owners.map((owner) => ({ value: value(owner), text: owner.name, checked: value(owner) === to }))}
        />
        <DateInput
          name="due"
          legend="By when"
          hint={`For example, 30 11 2026. Left empty, it is due in ${dueWords(limits().dueHours.task)}.`}
          error={errorFor(errors, 'due')}
          value={{ day, month, year }}
        />
        <p>
          For <Who model={model} />
        </p>
        <Button text="Make this task" />
      </form>
    </RecordPage>
  )
}

const eventWords: Readonly<Record<TaskEvent['what'], string>> = {
  made: 'Made',
  'handed-over': 'Handed over',
  done: 'Completed',
  reopened: 'Opened again',
}

/** One task, what became of it, and what can be done with it. */
export function taskView(
  model: RecordModel,
  {
    task,
    events,
    owners,
  }: { readonly task: Task; readonly events: readonly TaskEvent[]; readonly owners: readonly TaskOwner[] },
): Safe {
  const path = paths.workItem('task', task.id)
  return (
    <RecordPage model={model} section="" title={task.title} within>
      <h1>{task.title}</h1>
      <SummaryList
        rows={[
          {
            key: 'Who does it',
            value: `${task.owner.name}${task.ownerLeft ? ' (has left: it waits for everyone here)' : ''}`,
          },
          {
            key: 'By when',
            value: task.dueOn === null ? `${dateAndTime(task.dueAt)} (no day was given)` : longDate(task.dueOn),
          },
          ...(task.detail === '' ? [] : [{ key: 'More', value: task.detail }]),
          {
            key: 'So far',
            value: events.map(({ at, byName, what, note }) => (
              <div>
                {eventWords[what]} by {byName}, {dateAndTime(at)}
                {note === '' ? '' : `: ${note}`}
              </div>
            )),
          },
        ]}
      />
      <p>
        For <Who model={model} />
      </p>
      <form action={path} method="post" novalidate>
        <input type="hidden" name="version" value={String(task.version)} />
        {task.doneAt === null ? (
          <>
            <Input name="note" label="What was done (optional)" width={30} />
            <Button text="Complete this task" name="do" value="done" />
          </>
        ) : (
          <Button text="Open this task again" name="do" value="reopened" look="secondary" />
        )}
      </form>
      {task.doneAt === null ? (
        <Details summary="Hand this task over">
          <form action={path} method="post" novalidate>
            <input type="hidden" name="version" value={String(task.version)} />
            <Select
              name="to"
              label="Who will do it"
              choices={owners.map((owner) => ({ value: value(owner), text: owner.name }))}
            />
            <Button text="Hand it over" name="do" value="handed-over" look="secondary" />
          </form>
        </Details>
      ) : undefined}
    </RecordPage>
  )
}

/** `7 days`, `36 hours`. */
function dueWords(hours: number): string {
  return hours % 24 === 0 ? counted(hours / 24, 'day') : counted(hours, 'hour')
}
