import { Ago, counted, KindLabel, type Safe, Table } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { wordsOfKind } from './words.ts'

export type ReviewLine = {
  readonly id: string
  readonly kind: string
  readonly rule: string
  /** The sources that disagree. */
  readonly sources: readonly string[]
  readonly raisedAt: Date
}

export type MergeLine = {
  readonly id: string
  readonly survivorHref: string
  readonly reason: string
  readonly doneBy: string
  readonly doneAt: Date
  readonly records: number
}

export type IdentityModel = {
  readonly shell: StaffShell
  readonly reviews: readonly ReviewLine[]
  readonly open: number
  readonly merges: readonly MergeLine[]
  readonly now: Date
}

/** What we refused to guess, oldest first, and the merges that can be undone. */
export function identityView({ shell, reviews, open, merges, now }: IdentityModel): Safe {
  return (
    <StaffPage shell={shell} title={['Identity']} at="identity" exact>
      <h1>Identity</h1>
      <p class="app-lead">
        {open === 0
          ? 'No review waits. Everybody received so far was placed by a safe rule.'
          : `${counted(open, 'review')} ${open === 1 ? 'waits' : 'wait'}. Where a rule is not sure who somebody is, a person decides; until then the records stay apart.`}
      </p>
      {reviews.length > 0 ? <Reviews reviews={reviews} now={now} /> : undefined}
      {open > reviews.length ? <p>These are the {reviews.length} that wait longest.</p> : undefined}
      <h2>Recent merges</h2>
      {merges.length === 0 ? <p>No records have been joined.</p> : <Merges merges={merges} now={now} />}
    </StaffPage>
  )
}

function Reviews({ reviews, now }: Pick<IdentityModel, 'reviews' | 'now'>): Safe {
  return (
    <Table
      caption="Reviews that wait, oldest first"
      captionHidden
      columns={[
        { key: 'what', text: 'What is in doubt' },
        { key: 'why', text: 'Why no rule decided' },
        { key: 'sources', text: 'Sources' },
        { key: 'raised', text: 'Raised' },
      ]}
      rows={reviews.map(({ id, kind, rule, sources, raisedAt }) => ({
        what: <a href={paths.review(id)}>{wordsOfKind(kind)}</a>,
        why: rule,
        sources: sources
          .map((source) => <KindLabel text={source} />)
          .flatMap((label, place) => (place === 0 ? [label] : [' ', label])),
        raised: <Ago at={raisedAt} now={now} />,
      }))}
    />
  )
}

function Merges({ merges, now }: Pick<IdentityModel, 'merges' | 'now'>): Safe {
  return (
    <Table
      caption="Records that were joined, newest first"
      captionHidden
      columns={[
        { key: 'when', text: 'Joined' },
        { key: 'by', text: 'By' },
        { key: 'reason', text: 'Reason' },
        { key: 'record', text: 'Record' },
        { key: 'undo', text: 'Undo' },
      ]}
      rows={merges.map(({ id, survivorHref, reason, doneBy, doneAt, records }) => ({
        when: <Ago at={doneAt} now={now} />,
        by: doneBy,
        reason,
        record: <a href={survivorHref}>Open the joined record</a>,
        undo: (
          <form action={paths.undoMerge(id)} method="post" novalidate>
            <button class="app-link-button" type="submit">
              Undo: part {counted(records, 'record')} again
            </button>
          </form>
        ),
      }))}
    />
  )
}
