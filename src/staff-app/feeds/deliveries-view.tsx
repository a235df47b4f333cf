/** What goes back to a source: what it accepts, what waits, what it refused; and one delivery with its whole ledger. */
import {
  Ago,
  BackLink,
  Button,
  counted,
  dateAndTime,
  ErrorSummary,
  errorFor,
  type FormError,
  Input,
  Notice,
  type Safe,
  SummaryList,
  Table,
  Tag,
  withCommas,
} from '../../design/index.ts'
import {
  type Delivery,
  type DeliveryCounts,
  type DeliveryEvent,
  overdueMs,
  type SourceSettings,
} from '../../feeds/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

const kindNames: Readonly<Record<string, string>> = {
  observation: 'readings',
  allergy: 'allergies',
  problem: 'problems',
  note: 'notes',
}
const oneNames: Readonly<Record<string, string>> = {
  observation: 'Reading',
  allergy: 'Allergy',
  problem: 'Problem',
  note: 'Note',
}
const actionNames = { add: '', change: ', correction', withdraw: ', withdrawal' } as const

/** On a feed's page. Nothing when the source takes nothing and never did. */
export function Outgoing({
  accepts,
  deliveries,
  counts,
  now,
  mayRead,
}: {
  readonly accepts: SourceSettings['accepts']
  readonly deliveries: readonly Delivery[]
  /** Of all that is open, also beyond the list. */
  readonly counts: Pick<DeliveryCounts, 'refused' | 'overdue' | 'waiting'> | undefined
  readonly now: Date
  readonly mayRead: boolean
}): Safe {
  if (!accepts && deliveries.length === 0) return <>{undefined}</>
  const { refused, overdue } = counts ?? { refused: 0, overdue: 0 }
  const hidden = (counts ? counts.refused + counts.waiting : 0) - deliveries.filter(isOpen).length
  return (
    <>
      <h2>Sent to this system</h2>
      <p>
        {accepts
          ? `It takes ${accepts.kinds.map((kind) => kindNames[kind]).join(', ')} as ${accepts.as === 'fhir' ? 'FHIR R4' : 'HL7 version 2'} at ${accepts.to}.`
          : 'It takes nothing at the moment: what waits goes on waiting.'}
      </p>
      {refused + overdue > 0 ? (
        <Notice kind="warning">
          <p>
            <strong>Somebody must look.</strong>{' '}
            {refused > 0 ? `${counted(refused, 'entry', 'entries')} ${refused === 1 ? 'was' : 'were'} refused. ` : ''}
            {overdue > 0
              ? `${counted(overdue, 'entry', 'entries')} ${overdue === 1 ? 'has' : 'have'} waited for more than ${overdueMs / 3_600_000} hours; each is still tried again and again.`
              : ''}
          </p>
        </Notice>
      ) : undefined}
      {deliveries.length === 0 ? (
        <p>Nothing was written for it yet.</p>
      ) : (
        <Table
          caption="Entries on their way, then the newest that arrived"
          captionHidden
          compact
          columns={[
            { key: 'written', text: 'Written' },
            { key: 'what', text: 'Entry' },
            { key: 'state', text: 'State' },
            { key: 'why', text: 'What it said' },
          ]}
          rows={deliveries.map((delivery) => ({
            written: <a href={paths.delivery(delivery.id)}>{dateAndTime(delivery.writtenAt)}</a>,
            what: `${oneNames[delivery.kind] ?? delivery.kind}${actionNames[delivery.action]}`,
            state: <DeliveryState delivery={delivery} now={now} />,
            why: mayRead ? (delivery.said ?? '') : '',
          }))}
        />
      )}
      {hidden > 0 ? <p class="app-quiet">And {withCommas(hidden)} more that wait or were refused.</p> : undefined}
    </>
  )
}

const isOpen = ({ status }: Delivery) => status === 'waiting' || status === 'refused'

function isOverdue({ status, writtenAt }: Delivery, now: Date): boolean {
  return status === 'waiting' && now.getTime() - writtenAt.getTime() > overdueMs
}

function DeliveryState({ delivery, now }: { readonly delivery: Delivery; readonly now: Date }): Safe {
  switch (delivery.status) {
    case 'accepted':
      return <>Accepted</>
    case 'cancelled':
      return <>Not sent</>
    case 'refused':
      return <Tag text="Refused" colour="red" />
    case 'waiting':
      return (
        <>
          {isOverdue(delivery, now) ? <Tag text="Overdue" colour="orange" /> : <Tag text="Waiting" colour="yellow" />}
          {delivery.attempts > 0 ? ` tried ${counted(delivery.attempts, 'time')}` : ''}
        </>
      )
  }
}

const eventNames: Readonly<Record<string, string>> = {
  queued: 'Written',
  attempt: 'Sent',
  accepted: 'Accepted',
  refused: 'Refused',
  'no-answer': 'No answer',
  retry: 'To be sent again',
  cancelled: 'Given up',
}

export function deliveryView({
  shell,
  delivery,
  now,
  mayRead,
  mayMend,
  errors,
}: {
  readonly shell: StaffShell
  readonly delivery: Delivery & { readonly events: readonly DeliveryEvent[] }
  readonly now: Date
  readonly mayRead: boolean
  readonly mayMend: boolean
  readonly errors: readonly FormError[]
}): Safe {
  const { targetName, target, status } = delivery
  const here = paths.delivery(delivery.id)
  const what = `${oneNames[delivery.kind] ?? delivery.kind}${actionNames[delivery.action]}`
  return (
    <StaffPage
      shell={shell}
      title={[`${what} to ${targetName}`, 'Feeds']}
      at="feeds"
      before={<BackLink href={paths.feed(target)} text={targetName} />}
    >
      <ErrorSummary errors={errors} />
      <h1>
        {what} to {targetName}
      </h1>
      <SummaryList
        rows={[
          { key: 'State', value: <DeliveryState delivery={delivery} now={now} /> },
          { key: 'Written', value: `${dateAndTime(delivery.writtenAt)} by ${delivery.writtenBy}` },
          { key: 'Our number for it', value: delivery.controlId },
          { key: 'What was sent', value: `${delivery.type}, version ${delivery.version}` },
          ...(status === 'waiting' ? [{ key: 'Tried next', value: <Ago at={delivery.nextAt} now={now} /> }] : []),
        ]}
      />
      <h2>What was done</h2>
      <Table
        caption="Everything that was done with it, oldest first"
        captionHidden
        compact
        columns={[
          { key: 'at', text: 'When' },
          { key: 'what', text: 'What' },
          { key: 'by', text: 'Who' },
          { key: 'said', text: 'What was said' },
        ]}
        rows={shortened(delivery.events).map(({ at, what: done, by, said }) => ({
          at: dateAndTime(at),
          what: eventNames[done] ?? done,
          by: by ?? 'Throughline',
          said: mayRead ? (said ?? '') : '',
        }))}
      />
      {delivery.events.length > eventsMax ? (
        <p class="app-quiet">The first and the newest of {delivery.events.length} lines are shown.</p>
      ) : undefined}
      {mayMend && (status === 'waiting' || status === 'refused' || status === 'cancelled') ? (
        <form action={here} method="post">
          <Button text="Send it again now" name="do" value="retry" look="secondary" />
        </form>
      ) : undefined}
      {mayMend && (status === 'waiting' || status === 'refused') ? (
        <form action={here} method="post" novalidate>
          <Input
            name="reason"
            label="Why it is not to be sent (the record shows it)"
            error={errorFor(errors, 'reason')}
            width={30}
            autocomplete="off"
          />
          <Button text="Give it up" name="do" value="cancel" look="warning" />
        </form>
      ) : undefined}
    </StaffPage>
  )
}

const eventsMax = 60

/** Hourly tries over weeks: how it began, and how it stands. */
function shortened(events: readonly DeliveryEvent[]): readonly DeliveryEvent[] {
  return events.length <= eventsMax ? events : [...events.slice(0, 10), ...events.slice(10 - eventsMax)]
}
