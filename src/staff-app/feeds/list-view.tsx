import { Ago, counted, Empty, type Safe, StatusTag, Table, withCommas } from '../../design/index.ts'
import type { DeliveryCounts, FeedHealth } from '../../feeds/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

export type FeedsModel = {
  readonly shell: StaffShell
  readonly feeds: readonly FeedHealth[]
  readonly now: Date
  /** What is on its way to them. Absent: nothing. */
  readonly outgoing?: readonly DeliveryCounts[]
}

const silentAfterMs = 86_400_000

/** Every system that feeds us: when it last spoke, and whether anything of it waits. */
export function feedsView({ shell, feeds, now, outgoing = [] }: FeedsModel): Safe {
  const waiting = feeds.reduce((sum, { failed, held }) => sum + failed + held, 0)
  return (
    <StaffPage shell={shell} title={['Feeds']} at="feeds" exact>
      <h1>Feeds</h1>
      <p class="app-lead">
        {waiting === 0
          ? 'No message waits: all that was received has been applied or is in the queue.'
          : `${counted(waiting, 'message')} ${waiting === 1 ? 'waits' : 'wait'} for somebody. ${waiting === 1 ? 'It is' : 'They are'} kept, and the ones behind go on.`}
      </p>
      {feeds.length === 0 ? <p>No system feeds us yet.</p> : <FeedsTable feeds={feeds} now={now} outgoing={outgoing} />}
      <p class="app-quiet">
        Last updated <Ago at={now} now={now} />. <a href={paths.feeds}>Refresh</a>
      </p>
    </StaffPage>
  )
}

function FeedsTable({
  feeds,
  now,
  outgoing,
}: Pick<FeedsModel, 'feeds' | 'now'> & { readonly outgoing: readonly DeliveryCounts[] }): Safe {
  const sending = new Map(outgoing.map((counts) => [counts.target, counts]))
  return (
    <Table
      caption="Systems that feed this record"
      captionHidden
      columns={[
        { key: 'name', text: 'Feed' },
        { key: 'organisation', text: 'Organisation' },
        { key: 'last', text: 'Last heard' },
        { key: 'day', text: 'In 24 hours', numeric: true },
        { key: 'queue', text: 'In the queue', numeric: true },
        { key: 'waiting', text: 'Waiting', numeric: true },
        { key: 'sending', text: 'To be sent to it' },
        { key: 'state', text: 'State' },
      ]}
      rows={feeds.map((feed) => ({
        name: <a href={paths.feed(feed.source)}>{feed.name}</a>,
        organisation: feed.organisation,
        last: feed.lastReceivedAt === null ? 'Never' : <Ago at={feed.lastReceivedAt} now={now} />,
        day: withCommas(feed.received24h),
        queue: withCommas(feed.kept),
        waiting:
          feed.failed + feed.held === 0 ? (
            '0'
          ) : (
            <a href={paths.feed(feed.source)}>{withCommas(feed.failed + feed.held)}</a>
          ),
        sending: sendingWords(sending.get(feed.source)),
        state: <FeedState feed={feed} now={now} />,
      }))}
    />
  )
}

/** The ordinary state has words and no tag. */
export function FeedState({ feed, now }: { readonly feed: FeedHealth; readonly now: Date }): Safe {
  if (feed.lastReceivedAt === null) return <Empty why="not-known" />
  if (feed.failed + feed.held > 0) return <StatusTag status="waits" />
  if (now.getTime() - feed.lastReceivedAt.getTime() > silentAfterMs) return <StatusTag status="silent" />
  return <>Speaking</>
}

/** Refused first, then what has waited too long: both need somebody. */
function sendingWords(counts: DeliveryCounts | undefined): string {
  if (!counts) return ''
  return [
    counts.refused > 0 ? `${withCommas(counts.refused)} refused` : '',
    counts.overdue > 0 ? `${withCommas(counts.overdue)} overdue` : '',
    counts.waiting > counts.overdue ? `${withCommas(counts.waiting - counts.overdue)} waiting` : '',
  ]
    .filter(Boolean)
    .join(', ')
}
