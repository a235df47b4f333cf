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
export type ReviewSide = {
  readonly organisation: string
  readonly linksHref: string
  /** Absent: this role opens no records. */
  readonly recordHref?: string
}

export type ReviewModel = {
  readonly shell: StaffShell
  readonly id: string
  readonly kind: string
  readonly explanation: Explanation
  readonly sides: readonly ReviewSide[]
  readonly raisedAt: Date
  readonly messageHref?: string
  readonly settled?: { readonly by: string; readonly at: Date; readonly decision: 'same' | 'different' }
  /** The doubt is inside one record: a source's entry may belong to somebody else. */
  readonly samePerson: boolean
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
      <Sides sides={sides} />
      {settled ? (
        <Notice kind="success">
          <p>
            Decided by {settled.by} on {dateAndTime(settled.at)}:{' '}
            {settled.decision === 'same' ? 'one person' : 'two people'}.
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
  if (field === 'gender') return value.charAt(0).toUpperCase() + value.slice(1)
  return field === 'birthDate' ? longDate(value) : value
}

/** Where to look further: what makes up each record, and the record itself for those who may open it. */
function Sides({ sides }: { readonly sides: readonly ReviewSide[] }): Safe {
  return (
    <ul>
      {sides.map(({ organisation, linksHref, recordHref }) => (
        <li>
          {organisation}: <a href={linksHref}>what makes up its record</a>
          {recordHref === undefined ? undefined : (
            <>
              , <a href={recordHref}>the record</a>
            </>
          )}
        </li>
      ))}
    </ul>
  )
}

function Decision({ id, samePerson, errors }: ReviewModel): Safe {
  return (
    <form action={paths.review(id)} method="post" novalidate>
      <Radios
        name="decision"
        label="What do you decide?"
        error={errorFor(errors, 'decision')}
        choices={[
          {
            value: 'same',
            text: 'They are one person',
            hint: samePerson
              ? 'The record stays as it is.'
              : 'Their records become one. It can be undone, and no fact is changed.',
          },
          {
            value: 'different',
            text: 'They are two people',
            hint: samePerson
              ? 'The entry in doubt becomes a record of its own.'
              : 'Their records are held apart from now on, whatever a source sends.',
          },
        ]}
      />
      <Button text="Decide" />
    </form>
  )
}
