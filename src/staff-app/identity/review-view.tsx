import {
  BackLink,
  Button,
  dateAndTime,
  ErrorSummary,
  errorFor,
  type FormError,
  longDate,
  Notice,
  Radios,
  type Safe,
  spacedNhsNumber,
  Table,
  Value,
} from '../../design/index.ts'
import type { Explanation, FieldComparison } from '../../identity/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { fieldWords, verdictWords, wordsOfKind } from './words.ts'

/** One of the Patients in doubt, as its source tells of it. */
export type ReviewSide = { readonly source: string; readonly organisation: string; readonly recordHref: string }

export type ReviewModel = {
  readonly shell: StaffShell
  readonly id: string
  readonly kind: string
  readonly explanation: Explanation
  readonly sides: readonly ReviewSide[]
  readonly raisedAt: Date
  readonly messageHref?: string
  readonly settled?: { readonly by: string; readonly at: Date; readonly decision: string }
  /** What can be decided, each with what it does. */
  readonly choices: readonly { readonly value: string; readonly text: string; readonly hint: string }[]
  readonly chosen?: string
  readonly errors: readonly FormError[]
}

/** One doubt, field by field, side by side; a person decides and says why. Nothing is chosen beforehand. */
export function reviewView(model: ReviewModel): Safe {
  const { shell, kind, explanation, sides, raisedAt, messageHref, settled, errors } = model
  const heading = wordsOfKind(kind)
  return (
    <StaffPage
      shell={shell}
      title={[heading, 'Identity']}
      at="identity"
      failed={errors.length > 0}
      before={<BackLink href={paths.identity} text="All reviews" />}
    >
      <ErrorSummary errors={errors} />
      <h1>{heading}</h1>
      <p class="app-lead">{explanation.rule}</p>
      <Comparison fields={explanation.fields} sides={sides} />
      <p class="app-quiet">
        Raised {dateAndTime(raisedAt)}
        {messageHref === undefined ? undefined : (
          <>
            {' '}
            by <a href={messageHref}>this message</a>
          </>
        )}
        .
      </p>
      {sides.length > 0 ? (
        <p>
          {sides.map(({ organisation, recordHref }, place) => (
            <>
              {place === 0 ? '' : ' · '}
              <a href={recordHref}>Open the record from {organisation}</a>
            </>
          ))}
        </p>
      ) : undefined}
      {settled ? (
        <Notice kind="success">
          <p>
            Decided by {settled.by} on {dateAndTime(settled.at)}: {settled.decision}
          </p>
        </Notice>
      ) : (
        <Decision {...model} />
      )}
    </StaffPage>
  )
}

function Comparison({
  fields,
  sides,
}: {
  readonly fields: readonly FieldComparison[]
  readonly sides: readonly ReviewSide[]
}): Safe {
  const [left, right] = sides
  return (
    <Table
      caption="What each side says"
      columns={[
        { key: 'field', text: 'Field' },
        { key: 'left', text: left?.organisation ?? 'One side' },
        {
          key: 'right',
          text:
            right?.organisation === left?.organisation
              ? `${right?.organisation ?? 'The other side'} (other)`
              : (right?.organisation ?? 'The other side'),
        },
        { key: 'verdict', text: 'Compared' },
      ]}
      rows={fields.map((field) => ({
        field: fieldWords[field.field],
        left: <Value of={shown(field.field, field.left)} />,
        right: <Value of={shown(field.field, field.right)} />,
        verdict: (
          <>
            <span
              class={field.verdict === 'different' ? 'app-differ' : field.verdict === 'same' ? 'app-agree' : undefined}
            >
              {verdictWords[field.verdict]}
            </span>
            {field.note === undefined ? '' : `: ${field.note}`}
          </>
        ),
      }))}
    />
  )
}

function shown(field: FieldComparison['field'], value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  if (field === 'nhsNumber') return spacedNhsNumber(value)
  return field === 'birthDate' ? longDate(value) : value
}

function Decision({ id, choices, chosen, errors }: ReviewModel): Safe {
  return (
    <form action={paths.review(id)} method="post" novalidate>
      <Radios
        name="decision"
        label="What do you decide?"
        hint="You can undo a merge later; nothing is lost by it."
        error={errorFor(errors, 'decision')}
        choices={choices.map((choice) => ({ ...choice, checked: choice.value === chosen }))}
      />
      <Button text="Decide" />
    </form>
  )
}
