/** The pages of writing: the form, "check your answers", and withdrawing. One screen each; name and NHS number stand beside every button that writes. */
import {
  BackLink,
  Button,
  ErrorSummary,
  errorFor,
  type FormError,
  InsetText,
  longDate,
  Notice,
  Radios,
  type Safe,
  SummaryList,
  type SummaryRow,
  Textarea,
} from '../../design/index.ts'
import type { PersonRecord } from '../../record/index.ts'
import { type RecordModel, RecordPage } from '../patients/frame.tsx'
import type { Answers, EntryForm } from './entry-form.ts'

export type FormModel = {
  readonly model: RecordModel
  readonly form: EntryForm
  readonly correcting: boolean
  /** Where the form is sent. */
  readonly action: string
  readonly back: string
}

export function formView(
  { model, form, correcting, action, back }: FormModel,
  answers: Answers,
  errors: readonly FormError[] = [],
): Safe {
  const title = correcting ? form.title.correct : form.title.add
  return (
    <RecordPage model={model} section={form.section} title={`${errors.length > 0 ? 'Error: ' : ''}${title}`} within>
      <BackLink href={back} text="Back to the record" />
      <ErrorSummary errors={errors} />
      <h1>{title}</h1>
      <form action={action} method="post" novalidate autocomplete="off">
        {form.view(answers, errors, correcting)}
        <Whose record={model.record} />
        <Button text="Continue" name="step" value="check" />
      </form>
    </RecordPage>
  )
}

/** Nothing has been saved yet: what will be, what the record says against it, and for whom. */
export function checkView(
  { model, form, action, correcting }: FormModel,
  {
    rows,
    warnings,
    draft,
    accepting,
    trouble,
  }: {
    readonly rows: readonly SummaryRow[]
    readonly warnings: readonly string[]
    readonly draft: string
    /** Names of the sources to which it will be sent. */
    readonly accepting: readonly string[]
    /** Why it was not saved the first time. */
    readonly trouble?: string
  },
): Safe {
  return (
    <RecordPage model={model} section={form.section} title="Check your answers" within>
      {trouble === undefined ? undefined : <ErrorSummary errors={[{ field: 'save', text: trouble }]} />}
      <h1>Check your answers</h1>
      {warnings.map((words) => (
        <Notice kind="warning">
          <p>
            <strong>Check this first.</strong> {words}
          </p>
        </Notice>
      ))}
      <SummaryList rows={rows} />
      <p>
        {accepting.length === 0
          ? 'It will stand in this record. No other system that knows this person takes such entries from here.'
          : `It will stand in this record, and be sent to ${accepting.join(', ')}.`}
      </p>
      <Whose record={model.record} />
      <form action={action} method="post" id="save">
        <input type="hidden" name="draft" value={draft} />
        <Button text={correcting ? 'Save the correction' : 'Save to this record'} name="step" value="save" />{' '}
        <Button text="Change the answers" name="step" value="change" look="secondary" />
      </form>
    </RecordPage>
  )
}

export const withdrawReasons = [
  ['wrong-patient', 'It is about another patient'],
  ['wrong-value', 'What I wrote is wrong'],
  ['twice', 'It was entered twice'],
  ['other', 'Another reason'],
] as const

export function withdrawView(
  model: RecordModel,
  {
    rows,
    action,
    back,
    draft,
    answers,
    errors,
    section,
  }: {
    readonly rows: readonly SummaryRow[]
    readonly action: string
    readonly back: string
    readonly draft: string
    readonly answers: Answers
    readonly errors: readonly FormError[]
    readonly section: EntryForm['section']
  },
): Safe {
  const title = 'Withdraw an entry'
  return (
    <RecordPage model={model} section={section} title={`${errors.length > 0 ? 'Error: ' : ''}${title}`} within>
      <BackLink href={back} text="Back to the record" />
      <ErrorSummary errors={errors} />
      <h1>{title}</h1>
      <p>
        It will be marked as entered in error, here and in the systems that it was sent to. It is not deleted: everybody
        can still see that it stood here.
      </p>
      <SummaryList rows={rows} />
      <form action={action} method="post" novalidate autocomplete="off">
        <input type="hidden" name="draft" value={draft} />
        <Radios
          name="reason"
          label="Why do you withdraw it?"
          legendSize="s"
          small
          error={errorFor(errors, 'reason')}
          choices={withdrawReasons.map(([value, text]) => ({ value, text, checked: answers.reason === value }))}
        />
        <Textarea
          name="words"
          label="In your own words (needed for another reason)"
          value={answers.words}
          error={errorFor(errors, 'words')}
          rows={2}
        />
        <Whose record={model.record} />
        <Button text="Withdraw the entry" look="warning" name="step" value="save" />
      </form>
    </RecordPage>
  )
}

/** For whom: the last thing read before the button is pressed (hazard H-53). */
function Whose({ record }: { readonly record: PersonRecord }): Safe {
  const { name, nhsNumber, bornOn } = record.identity
  return (
    <InsetText>
      <p>
        For <strong>{'value' in name ? name.text : 'a person whose name is not recorded'}</strong>
        {'value' in bornOn ? `, born ${longDate(bornOn.value)}` : ', birth date not recorded'}, NHS number{' '}
        <strong>{'value' in nhsNumber ? nhsNumber.text : 'not recorded'}</strong>
      </p>
    </InsetText>
  )
}
