import { type EmergencyUse, isStaffRole, reasonWords, roleNames, situationWords } from '../../access/index.ts'
import {
  BackLink,
  Button,
  dateAndTime,
  ErrorSummary,
  errorFor,
  type FormError,
  Radios,
  type Safe,
  SummaryList,
  Table,
  Tag,
  Textarea,
} from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

type ListModel = {
  readonly shell: StaffShell
  readonly waiting: readonly EmergencyUse[]
  readonly reviewed: readonly EmergencyUse[]
  readonly now: Date
}

/** Every use of emergency access: those that wait for a review, and the latest reviewed. */
export function reviewsView({ shell, waiting, reviewed, now }: ListModel): Safe {
  return (
    <StaffPage shell={shell} title={['Emergency access']} at="none">
      <h1>Emergency access</h1>
      <p>
        Every use is reviewed. The patient sees who looked. <a href={paths.policy}>Who may see what</a> says when a
        record does not open by itself.
      </p>
      <h2>{waiting.length === 0 ? 'Nothing waits' : `${waiting.length} to review`}</h2>
      {waiting.length === 0 ? undefined : (
        <Table
          caption="Uses that wait for a review, the longest due first"
          captionHidden
          columns={[
            { key: 'who', text: 'Who' },
            { key: 'when', text: 'When' },
            { key: 'why', text: 'Reason' },
            { key: 'due', text: 'Review due' },
          ]}
          rows={waiting.map((use) => ({
            who: <a href={paths.accessReview(use.id)}>{use.staffName}</a>,
            when: dateAndTime(use.at),
            why: reasonWords(use.reason),
            due: (
              <>
                {dateAndTime(use.reviewDue)} {use.reviewDue <= now ? <Tag text="Overdue" colour="red" /> : undefined}
              </>
            ),
          }))}
        />
      )}
      <h2>Reviewed</h2>
      {reviewed.length === 0 ? (
        <p>None so far.</p>
      ) : (
        <Table
          caption="The latest reviewed"
          captionHidden
          columns={[
            { key: 'who', text: 'Who' },
            { key: 'when', text: 'When' },
            { key: 'decision', text: 'Decision' },
            { key: 'by', text: 'Reviewed by' },
          ]}
          rows={reviewed.map((use) => ({
            who: <a href={paths.accessReview(use.id)}>{use.staffName}</a>,
            when: dateAndTime(use.at),
            decision: use.decision ? decisions[use.decision] : 'Not recorded',
            by: `${use.reviewedByName ?? 'Not recorded'}${use.reviewedAt ? `, ${dateAndTime(use.reviewedAt)}` : ''}`,
          }))}
        />
      )}
    </StaffPage>
  )
}

const decisions = { right: 'Justified', 'follow-up': 'To be followed up' } as const

/** One use, and the form that settles it. */
export function reviewView({
  shell,
  use,
  errors = [],
  note = '',
}: {
  readonly shell: StaffShell
  readonly use: EmergencyUse
  readonly errors?: readonly FormError[]
  readonly note?: string
}): Safe {
  const title = 'Review emergency access'
  return (
    <StaffPage
      shell={shell}
      title={[`${errors.length > 0 ? 'Error: ' : ''}${title}`]}
      at="none"
      before={<BackLink href={paths.accessReviews} text="All uses" />}
    >
      <ErrorSummary errors={errors} />
      <h1>{title}</h1>
      <SummaryList
        rows={[
          {
            key: 'Who',
            value: `${use.staffName}, ${isStaffRole(use.role) ? roleNames[use.role] : use.role}, ${use.organisationName}`,
          },
          { key: 'When', value: `${dateAndTime(use.at)} until ${dateAndTime(use.until)}` },
          { key: 'Why it did not open by itself', value: situationWords[use.situation] },
          { key: 'Reason given', value: reasonWords(use.reason) },
          { key: 'In their words', value: use.note },
          {
            key: 'What was looked at',
            value: (
              <a href={`${paths.trail}?actor=${encodeURIComponent(`staff:${use.staff}`)}&person=${use.person}`}>
                Lines of the trail
              </a>
            ),
          },
        ]}
      />
      {use.decision ? (
        <>
          <h2>{decisions[use.decision]}</h2>
          <p>
            {use.reviewedByName ?? 'Not recorded'}
            {use.reviewedAt ? `, ${dateAndTime(use.reviewedAt)}` : ''}
          </p>
          <p>{use.reviewNote}</p>
        </>
      ) : (
        <form action={paths.accessReview(use.id)} method="post" novalidate autocomplete="off">
          <Radios
            name="decision"
            label="Was it justified?"
            error={errorFor(errors, 'decision')}
            choices={[
              { value: 'right', text: 'Yes, it was justified' },
              { value: 'follow-up', text: 'No, or not clear: follow it up' },
            ]}
          />
          <Textarea name="note" label="What you found" error={errorFor(errors, 'note')} value={note} rows={4} />
          <Button text="Save the review" />
        </form>
      )}
    </StaffPage>
  )
}
