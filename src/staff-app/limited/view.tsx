/** The page in place of a record that does not open by itself. Nothing is chosen for the reader, and nothing of the patient is here but name and age (hazard H-66). */
import { type Answer, emergencyReasons, type Limited, type Situation } from '../../access/index.ts'
import {
  Button,
  ErrorSummary,
  errorFor,
  type FormError,
  Radios,
  type Safe,
  Textarea,
  WarningCallout,
} from '../../design/index.ts'
import { ageText } from '../../nhs/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

const whys: Readonly<Record<Situation, string>> = {
  relationship: 'This record opens only with a reason, even for those who look after the person.',
  none: 'Nothing in this record shows that you or your organisation looks after this person now: no registration, admission, referral, appointment, list or open case.',
  restricted: 'This person’s details are restricted.',
  'restricted-none':
    'This person’s details are restricted, and nothing in the record shows that you look after them now.',
  objection: 'This person has objected to sharing their record.',
  family: 'This person has the same surname and address as you.',
  colleague: 'This person works for the same organisation as you.',
  own: 'This is your own record.',
}

export type LimitedModel = {
  readonly shell: StaffShell
  readonly limited: Limited
  readonly now: Date
  /** Where the reader wanted to go, within the staff app. */
  readonly next: string
  readonly note?: string
  readonly reason?: string
  readonly errors?: readonly FormError[]
}

export function limitedView({ shell, limited, now, next, note = '', reason, errors = [] }: LimitedModel): Safe {
  const { person, answer, situation, minutes, name, bornOn } = limited
  const age = bornOn === undefined ? '' : ageText(bornOn, now)
  const title = titles[answer]
  return (
    <StaffPage shell={shell} title={[`${errors.length > 0 ? 'Error: ' : ''}${title}`]} at="none">
      <ErrorSummary errors={errors} />
      <h1>{title}</h1>
      <p class="app-lead">
        <strong>{name ?? 'Name not known'}</strong>
        {age === '' ? '' : `, aged ${age}`}
      </p>
      <p>{whys[situation]}</p>
      <WarningCallout heading="If you go on" level={2}>
        <ul>
          <li>Your name, your reason and all that you look at are recorded.</li>
          <li>The privacy officer is told today, and reviews every use.</li>
          <li>The patient can see that you looked, and when.</li>
          <li>The record stays open to you for {minutes} minutes.</li>
        </ul>
      </WarningCallout>
      <form action={paths.patient(person, 'emergency')} method="post" novalidate autocomplete="off">
        <input type="hidden" name="next" value={next} />
        <Radios
          name="reason"
          label="Why do you need this record?"
          error={errorFor(errors, 'reason')}
          choices={emergencyReasons.map(([value, text]) => ({
            value,
            text,
            ...(value === reason ? { checked: true } : {}),
          }))}
        />
        <Textarea
          name="note"
          label="More about your reason"
          hint="For the review. You may leave it empty, unless you chose another reason."
          error={errorFor(errors, 'note')}
          value={note}
          rows={3}
        />
        <Button text="View the record" />
      </form>
      <p>
        <a href={paths.home}>Go back</a>
      </p>
    </StaffPage>
  )
}

const titles: Readonly<Record<Extract<Answer, 'reason' | 'break-glass'>, string>> = {
  reason: 'You need a reason to see this record',
  'break-glass': 'You can see this record in an emergency',
}
