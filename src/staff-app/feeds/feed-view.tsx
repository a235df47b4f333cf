import {
  Ago,
  BackLink,
  dateAndTime,
  Pagination,
  type Safe,
  SectionNavigation,
  StatusTag,
  Table,
  withCommas,
} from '../../design/index.ts'
import type {
  Delivery,
  DeliveryCounts,
  FeedHealth,
  MessageLine,
  MessageStatus,
  SourceSettings,
} from '../../feeds/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { Outgoing } from './deliveries-view.tsx'

export type FeedModel = {
  readonly shell: StaffShell
  readonly feed: FeedHealth
  readonly status?: MessageStatus
  readonly messages: readonly MessageLine[]
  /** The id after which the next page begins; absent on the last. */
  readonly next?: string
  readonly first: boolean
  readonly now: Date
  /** May open a message: it holds patients' data. */
  readonly mayRead: boolean
  /** What it takes of what is written here. Absent: nothing. */
  readonly accepts?: SourceSettings['accepts']
  /** What is on its way to it. Absent: nothing. */
  readonly deliveries?: readonly Delivery[]
  readonly outgoing?: DeliveryCounts | undefined
}

const filters: readonly (readonly [MessageStatus | undefined, string])[] = [
  [undefined, 'All messages'],
  ['failed', 'Could not be applied'],
  ['held', 'Held'],
  ['kept', 'In the queue'],
  ['set-aside', 'Set aside'],
]

/** One feed: how it is doing, and its messages, newest first. */
export function feedView(model: FeedModel): Safe {
  const { shell, feed, status, messages, next, first, now, mayRead } = model
  const here = paths.feed(feed.source)
  const withStatus = (extra: string): string => `${here}?${status === undefined ? '' : `status=${status}&`}${extra}`
  return (
    <StaffPage
      shell={shell}
      title={[feed.name, 'Feeds']}
      at="feeds"
      before={<BackLink href={paths.feeds} text="All feeds" />}
    >
      <h1>{feed.name}</h1>
      <p>
        {feed.organisation}. Speaks {feed.formats.map((format) => formatNames[format]).join(' and ')}. Last heard{' '}
        {feed.lastReceivedAt === null ? 'never' : <Ago at={feed.lastReceivedAt} now={now} />}.
      </p>
      <dl class="app-figures">
        <Figure label="Received in 24 hours" many={feed.received24h} />
        <Figure label="Applied in 24 hours" many={feed.applied24h} />
        <Figure label="In the queue" many={feed.kept} />
        <Figure label="Could not be applied" many={feed.failed} />
        <Figure label="Held" many={feed.held} />
      </dl>
      <Outgoing
        accepts={model.accepts}
        deliveries={model.deliveries ?? []}
        counts={model.outgoing}
        now={now}
        mayRead={mayRead}
      />
      <h2>Received from it</h2>
      <SectionNavigation
        label="Messages by state"
        sections={filters.map(([value, text]) => ({
          text,
          href: value === undefined ? here : `${here}?status=${value}`,
          current: value === status,
        }))}
      />
      {messages.length === 0 ? <p>No messages here.</p> : <Messages messages={messages} mayRead={mayRead} />}
      <Pagination
        previous={first ? undefined : { href: withStatus(''), page: 'Newest' }}
        next={next === undefined ? undefined : { href: withStatus(`before=${next}`), page: 'Older messages' }}
      />
    </StaffPage>
  )
}

export const formatNames = {
  hl7v2: 'HL7 version 2',
  fhir: 'FHIR R4',
  'gp-connect': 'GP Connect',
  cda: 'CDA documents',
  csv: 'CSV extracts',
} as const

function Figure({ label, many }: { readonly label: string; readonly many: number }): Safe {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{withCommas(many)}</dd>
    </div>
  )
}

function Messages({ messages, mayRead }: Pick<FeedModel, 'messages' | 'mayRead'>): Safe {
  return (
    <Table
      caption="Messages, newest first"
      captionHidden
      compact
      columns={[
        { key: 'received', text: 'Received' },
        { key: 'kind', text: 'Kind' },
        { key: 'control', text: 'Their number for it' },
        { key: 'state', text: 'State' },
        { key: 'why', text: 'Why' },
      ]}
      rows={messages.map((message) => ({
        received: mayRead ? (
          <a href={paths.message(message.id)}>{dateAndTime(message.receivedAt)}</a>
        ) : (
          dateAndTime(message.receivedAt)
        ),
        kind: message.kind,
        control: message.controlId === '' ? 'It has none' : message.controlId,
        state: <MessageState status={message.status} />,
        why: message.issues[0]?.message ?? '',
      }))}
    />
  )
}

export function MessageState({ status }: { readonly status: MessageStatus }): Safe {
  switch (status) {
    case 'applied':
      return <>Applied</>
    case 'divided':
      return <>Divided into its messages</>
    case 'set-aside':
      return <>Set aside</>
    case 'kept':
      return <StatusTag status="queued" />
    case 'held':
      return <StatusTag status="differs-from-first" />
    case 'failed':
      return <StatusTag status="waits" />
  }
}
