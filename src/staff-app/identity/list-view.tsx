import { Ago, counted, Pagination, type Safe, Table } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { wordsOfKind } from './words.ts'

export type ReviewLine = {
  readonly id: string
  readonly kind: string
  readonly rule: string
  readonly raisedAt: Date
}

export type IdentityModel = {
  readonly shell: StaffShell
  readonly reviews: readonly ReviewLine[]
  readonly open: number
  /** The address of the next page; absent on the last. */
  readonly next?: string
  readonly now: Date
}

/** What we refused to guess, oldest first. */
export function identityView({ shell, reviews, open, next, now }: IdentityModel): Safe {
  return (
    <StaffPage shell={shell} title={['Identity']} at="identity" exact>
      <h1>Identity</h1>
      <p class="app-lead">
        {open === 0
          ? 'No review waits. Everybody received so far was placed by a safe rule.'
          : `${counted(open, 'review')} ${open === 1 ? 'waits' : 'wait'}. Where a rule is not sure who somebody is, a person decides; until then the records stay apart.`}
      </p>
      {reviews.length > 0 ? <Reviews reviews={reviews} now={now} /> : undefined}
      <Pagination next={next === undefined ? undefined : { href: next, page: 'Later reviews' }} />
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
        { key: 'raised', text: 'Raised' },
      ]}
      rows={reviews.map(({ id, kind, rule, raisedAt }) => ({
        what: <a href={paths.review(id)}>{wordsOfKind(kind)}</a>,
        why: rule,
        raised: <Ago at={raisedAt} now={now} />,
      }))}
    />
  )
}
