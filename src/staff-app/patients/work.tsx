/** What waits and was done about this person: tasks, results nobody has acknowledged, and the reader's own caseload. */
import { Card, dateAndTime, longDate, type Safe, Tag } from '../../design/index.ts'
import type { Ack, RecordWork } from '../../worklist/index.ts'
import { paths } from '../paths.ts'
import { ackLine } from '../worklist/words.tsx'
import { nothing, type RecordModel } from './frame.tsx'

/** On the summary. Nothing when nothing was read for this page. */
export function WorkCard({ model }: { readonly model: RecordModel }): Safe {
  const { work, person, record, now } = model
  if (!work) return nothing
  const open = work.tasks.filter(({ doneAt }) => doneAt === null)
  const { restricted } = record.identity
  return (
    <Card heading="Work" more={{ text: 'Make a task', href: paths.patient(person, 'tasks', 'new') }}>
      {work.waiting.length === 0 ? undefined : (
        <ul class="nhsuk-list">
          {work.waiting.slice(0, 5).map(({ item, title, gravity }) => (
            <li>
              {model.mayAnswer ? <a href={paths.workItem('result', item)}>{title}</a> : title}, to acknowledge{' '}
              {gravity === 2 ? (
                <Tag text="Critical" colour="red" />
              ) : gravity === 1 ? (
                <Tag text="Abnormal" colour="orange" />
              ) : undefined}
            </li>
          ))}
          {work.waiting.length > 5 ? <li>and {work.waiting.length - 5} more results</li> : undefined}
        </ul>
      )}
      {open.length === 0 ? (
        <p class="app-empty">No task waits about this person here</p>
      ) : (
        <ul class="nhsuk-list">
          {open.slice(0, 5).map(({ id, title, owner, dueOn, dueAt }) => (
            <li>
              <a href={paths.workItem('task', id)}>{title}</a>
              {restricted ? '' : `, ${owner.name}`}, by {dueOn === null ? dateAndTime(dueAt) : longDate(dueOn)}{' '}
              {dueAt <= now ? <Tag text="Overdue" colour="yellow" /> : undefined}
            </li>
          ))}
          {open.length > 5 ? <li>and {open.length - 5} more tasks</li> : undefined}
        </ul>
      )}
      <form action={paths.listPeople('caseload')} method="post">
        <input type="hidden" name="person" value={person} />
        <input type="hidden" name="back" value="record" />
        <button class="app-link-button" type="submit" name="do" value={work.onCaseload ? 'take-off' : 'put-on'}>
          {work.onCaseload ? 'Take off my caseload' : 'Put on my caseload'}
        </button>
      </form>
    </Card>
  )
}

/** Beside a result: that it waits, or who acknowledged it, when, and what they did. */
export function AckOf({ model, ids }: { readonly model: RecordModel; readonly ids: readonly string[] }): Safe {
  const { work } = model
  if (!work) return nothing
  const waits = work.waiting.find(({ results }) => results.some((id) => ids.includes(id)))
  const acks = work.acks.filter(({ results }) => results.some((id) => ids.includes(id)))
  return (
    <>
      {waits ? (
        <div>
          {model.mayAnswer ? (
            <a href={paths.workItem('result', waits.item)}>Acknowledge {waits.title}</a>
          ) : (
            'Not acknowledged yet'
          )}
        </div>
      ) : undefined}
      {acks.slice(0, 3).map((ack) => (
        <div class="app-quiet">{ackWordsOf(ack, model)}</div>
      ))}
    </>
  )
}

/** Of somebody whose whereabouts are protected, nothing says which organisation looks after them (hazard H-21). */
function ackWordsOf(ack: Ack, { record }: Pick<RecordModel, 'record'>): string {
  return ackLine(ack, record.identity.restricted)
}

export type { RecordWork }
