import {
  DateInput,
  errorFor,
  type FormError,
  Input,
  listed,
  longDate,
  Radios,
  type Safe,
  Textarea,
} from '../../design/index.ts'
import { type Answers, type EntryForm, plainLine, plainText, textAt } from './entry-form.ts'
import { dayParts, readDay } from './when.ts'

const certainties = [
  ['confirmed', 'Confirmed'],
  ['provisional', 'Working diagnosis, not confirmed'],
] as const

export const problemForm: EntryForm = {
  kind: 'problem',
  title: { add: 'Add a problem', correct: 'Correct a problem' },
  section: 'problems',
  fields: ['title', 'certainty', 'since-day', 'since-month', 'since-year', 'comment'],
  begin: () => ({}),
  view,
  read,
  rows: (entries) =>
    entries.flatMap((entry) =>
      entry.kind === 'problem'
        ? [
            { key: 'Problem', value: entry.title },
            { key: 'Certainty', value: certainties.find(([value]) => value === entry.certainty)?.[1] ?? '' },
            { key: 'Since', value: entry.since === undefined ? '' : longDate(entry.since) },
            { key: 'Comment', value: entry.comment ?? '' },
          ]
        : [],
    ),
  warnings: (entries, record) =>
    entries.flatMap((entry) => {
      if (entry.kind !== 'problem') return []
      return record.problems
        .filter(
          ({ title, status }) => title.toLowerCase() === entry.title.toLowerCase() && status !== 'entered-in-error',
        )
        .map(
          ({ title, origins }) =>
            `${title} is recorded already by ${listed([...new Set(origins.map(({ organisation }) => organisation))])}. What you write will stand beside it.`,
        )
    }),
  answersOf: (resource) => {
    const [year = '', month = '', day = ''] = textAt(resource, 'onsetDateTime').split('-')
    return {
      title: textAt(resource, 'code', 'text'),
      certainty: textAt(resource, 'verificationStatus', 'coding', 0, 'code'),
      'since-year': year,
      'since-month': month,
      'since-day': day,
      comment: textAt(resource, 'note', 0, 'text'),
    }
  },
}

function view(answers: Answers, errors: readonly FormError[]): Safe {
  return (
    <>
      <Input
        name="title"
        label="Problem or diagnosis"
        value={answers.title}
        error={errorFor(errors, 'title')}
        width={30}
        autocomplete="off"
      />
      <Radios
        name="certainty"
        label="How certain is it?"
        legendSize="s"
        small
        error={errorFor(errors, 'certainty')}
        choices={certainties.map(([value, text]) => ({ value, text, checked: answers.certainty === value }))}
      />
      <DateInput
        name="since"
        legend="Since when? (optional)"
        hint="A year alone, or a month and a year, will do"
        value={dayParts(answers, 'since')}
        error={errorFor(errors, 'since')}
      />
      <Textarea
        name="comment"
        label="Comment (optional)"
        value={answers.comment}
        error={errorFor(errors, 'comment')}
        rows={3}
      />
    </>
  )
}

function read(answers: Answers, now: Date): ReturnType<EntryForm['read']> {
  const errors: FormError[] = []
  const title = plainLine(answers.title ?? '')
  const comment = plainText(answers.comment ?? '')
  const certainty = certainties.find(([value]) => value === answers.certainty)?.[0]
  if (title === '') errors.push({ field: 'title', text: 'Enter the problem or diagnosis' })
  if (title.length > 200) errors.push({ field: 'title', text: 'The problem must be 200 letters or fewer' })
  if (!certainty) errors.push({ field: 'certainty', text: 'Choose how certain it is' })
  const since = readSince(answers)
  if (since === undefined) errors.push({ field: 'since', text: 'Enter a year, a month and a year, or a whole date' })
  else if (since !== '' && since > now.toISOString().slice(0, since.length))
    errors.push({ field: 'since', text: 'The date must be in the past' })
  if (comment.length > 1_000) errors.push({ field: 'comment', text: 'The comment must be 1,000 letters or fewer' })
  if (errors.length > 0 || !certainty || since === undefined) return { ok: false, errors }
  const entry = { kind: 'problem' as const, title, certainty }
  return {
    ok: true,
    entries: [{ ...entry, ...(since === '' ? {} : { since }), ...(comment === '' ? {} : { comment }) }],
  }
}

/** A partial date; '' when nothing was typed; undefined when it is none. */
function readSince(answers: Answers): string | undefined {
  const { day, month, year } = dayParts(answers, 'since')
  const [d, m, y] = [day.trim(), month.trim(), year.trim()]
  if (d === '' && m === '' && y === '') return ''
  if (!/^(?:18|19|20)\d\d$/.test(y)) return undefined
  if (d !== '') return readDay({ day: d, month: m, year: y })
  if (m === '') return y
  return /^\d{1,2}$/.test(m) && Number(m) >= 1 && Number(m) <= 12 ? `${y}-${m.padStart(2, '0')}` : undefined
}
