import type { Issue } from '../../base/index.ts'
import {
  BackLink,
  Button,
  counted,
  Details,
  dateAndTime,
  ErrorSummary,
  type FormError,
  Notice,
  type Safe,
  SummaryList,
  Table,
  withCommas,
} from '../../design/index.ts'
import type { MessageDetail } from '../../feeds/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { formatNames, MessageState } from './feed-view.tsx'
import { type OriginalModel, OriginalPart } from './original-part.tsx'

export type MessageModel = {
  readonly shell: StaffShell
  readonly message: MessageDetail
  readonly feedName: string
  readonly original: OriginalModel
  /** May try it again or set it aside. */
  readonly mayMend: boolean
  /** The person of its facts, when they are all of one. Absent: facts are listed without links. */
  readonly person?: string
  readonly errors?: readonly FormError[]
  /** What was just done: `Applied: it and all it says is in the record.` */
  readonly done?: string
}

/** One message: what became of it, why it waits and what to do, what it said, and the original. */
export function messageView({
  shell,
  message,
  feedName,
  original,
  mayMend,
  person,
  errors = [],
  done,
}: MessageModel): Safe {
  const waits = message.status === 'failed' || message.status === 'held'
  return (
    <StaffPage
      shell={shell}
      title={[`Message ${message.id}`, feedName]}
      at="feeds"
      failed={errors.length > 0}
      before={<BackLink href={paths.feed(message.source)} text={feedName} />}
    >
      <ErrorSummary errors={errors} />
      {done === undefined ? undefined : (
        <Notice kind="success">
          <p>{done}</p>
        </Notice>
      )}
      <h1>
        Message {message.kind} from {feedName}
      </h1>
      {message.issues.length > 0 ? <WhyItWaits message={message} waits={waits} /> : undefined}
      {waits && mayMend ? <Mend id={message.id} /> : undefined}
      <SummaryList
        rows={[
          { key: 'State', value: <MessageState status={message.status} /> },
          { key: 'Received', value: received(message) },
          {
            key: waits ? 'Last tried' : 'Settled',
            value: message.settledAt === null ? 'Not yet' : dateAndTime(message.settledAt),
          },
          { key: 'Language', value: formatNames[message.format] },
          { key: 'Their number for it', value: message.controlId === '' ? 'It has none' : message.controlId },
          ...(message.parentId === undefined
            ? []
            : [{ key: 'Cut from', value: <a href={paths.message(message.parentId)}>the file or batch it came in</a> }]),
        ]}
      />
      {message.translation ? (
        <WhatItSaid id={message.id} translation={message.translation} person={person} />
      ) : undefined}
      <OriginalPart {...original} />
    </StaffPage>
  )
}

function received({ receivedAt, receipts, lastReceivedAt }: MessageDetail): string {
  const once = dateAndTime(receivedAt)
  return receipts === 1
    ? once
    : `${once}, and the very same ${counted(receipts - 1, 'time')} more, last on ${dateAndTime(lastReceivedAt)}`
}

function WhyItWaits({ message, waits }: { readonly message: MessageDetail; readonly waits: boolean }): Safe {
  return (
    <Notice kind={waits ? 'warning' : 'info'}>
      <h2>{waits ? 'Why it waits, and what to do' : 'What was noted'}</h2>
      <Issues id={message.id} issues={message.issues} />
    </Notice>
  )
}

function Issues({ id, issues }: { readonly id: string; readonly issues: readonly Issue[] }): Safe {
  return (
    <ul>
      {issues.slice(0, 20).map(({ place, message, remedy }) => (
        <li>
          {place === '' ? undefined : (
            <>
              <a href={`${paths.message(id)}?place=${encodeURIComponent(place)}#original`}>{place}</a>:{' '}
            </>
          )}
          {message}
          {/[.!?]$/.test(message) ? '' : '.'} {remedy}
        </li>
      ))}
      {issues.length > 20 ? <li>And {withCommas(issues.length - 20)} more.</li> : undefined}
    </ul>
  )
}

function Mend({ id }: { readonly id: string }): Safe {
  return (
    <form action={paths.message(id)} method="post" novalidate>
      <div class="app-buttons">
        <Button text="Try again" name="do" value="replay" />
        <Button text="Set aside unapplied" look="secondary" name="do" value="set-aside" />
      </div>
      <p class="app-quiet">
        Trying again reads it with the rules of today. Setting aside keeps it for ever, and applies nothing of it.
      </p>
    </form>
  )
}

type Translation = NonNullable<MessageDetail['translation']>

type WhatItSaidProps = { readonly id: string; readonly translation: Translation; readonly person: string | undefined }

function WhatItSaid({ id, translation, person }: WhatItSaidProps): Safe {
  const { content, mapped, leftovers, lineage, notes } = translation
  return (
    <section aria-label="What it said">
      <h2>What it said</h2>
      <p>
        {counted(content, 'field')} with content: {withCommas(mapped)} read by a rule, {withCommas(leftovers.length)}{' '}
        kept only in the original. Nothing was dropped.
      </p>
      {notes.length > 0 ? (
        <Details summary={counted(notes.length, 'note')}>
          <Issues id={id} issues={notes} />
        </Details>
      ) : undefined}
      {lineage.length > 0 ? (
        <Details summary={`${counted(lineage.length, 'fact')} came of it`}>
          <Table
            caption="Facts made from this message"
            captionHidden
            compact
            columns={[
              { key: 'fact', text: 'Fact' },
              { key: 'version', text: 'Version', numeric: true },
              { key: 'elements', text: 'Elements', numeric: true },
            ]}
            rows={lineage.slice(0, 50).map(({ type, id: fact, ver, entries }) => ({
              fact: <FactName type={type} fact={fact} person={person} />,
              version: ver,
              elements: entries.length,
            }))}
          />
          {lineage.length > 50 ? <p>And {withCommas(lineage.length - 50)} more.</p> : undefined}
        </Details>
      ) : undefined}
      {leftovers.length > 0 ? <Leftovers id={id} leftovers={leftovers} /> : undefined}
    </section>
  )
}

type FactNameProps = { readonly type: string; readonly fact: string; readonly person: string | undefined }

function FactName({ type, fact, person }: FactNameProps): Safe {
  const name = (
    <>
      {type} <span class="app-quiet">{fact.slice(0, 8)}</span>
    </>
  )
  return person === undefined ? name : <a href={paths.fact(person, type, fact)}>{name}</a>
}

/** Fields that no rule used: each leads to its place in the original. */
export function Leftovers({ id, leftovers }: { readonly id: string; readonly leftovers: readonly string[] }): Safe {
  return (
    <Details summary={`${counted(leftovers.length, 'field')} kept only in the original`}>
      <ul>
        {leftovers.slice(0, 60).map((place) => (
          <li>
            <a href={`${paths.message(id)}?place=${encodeURIComponent(place)}#original`}>{place}</a>
          </li>
        ))}
        {leftovers.length > 60 ? <li>And {withCommas(leftovers.length - 60)} more.</li> : undefined}
      </ul>
    </Details>
  )
}
