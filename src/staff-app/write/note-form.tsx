import { errorFor, type FormError, Input, type Safe, Textarea, withCommas } from '../../design/index.ts'
import { type Answers, type EntryForm, plainLine, plainText, textAt } from './entry-form.ts'

const lettersMax = 4_000

export const noteForm: EntryForm = {
  kind: 'note',
  title: { add: 'Add a note', correct: 'Correct a note' },
  section: 'letters',
  fields: ['title', 'text'],
  begin: () => ({}),
  view,
  read,
  rows: (entries) =>
    entries.flatMap((entry) =>
      entry.kind === 'note'
        ? [
            { key: 'Title', value: entry.title },
            { key: 'Note', value: <Lines of={entry.text} /> },
          ]
        : [],
    ),
  warnings: () => [],
  answersOf: (resource) => ({
    title: textAt(resource, 'description'),
    text: Buffer.from(textAt(resource, 'content', 0, 'attachment', 'data'), 'base64').toString('utf8'),
  }),
}

function Lines({ of }: { readonly of: string }): Safe {
  return (
    <>
      {of.split('\n').map((line, place) => (
        <>
          {place === 0 ? undefined : <br />}
          {line}
        </>
      ))}
    </>
  )
}

function view(answers: Answers, errors: readonly FormError[]): Safe {
  return (
    <>
      <Input
        name="title"
        label="What is the note about?"
        hint="The title in the list of letters, for example: telephone call about pain"
        value={answers.title}
        error={errorFor(errors, 'title')}
        width={30}
        autocomplete="off"
      />
      <Textarea
        name="text"
        label="Note"
        hint={`At most ${withCommas(lettersMax)} letters. The patient can read it.`}
        value={answers.text}
        error={errorFor(errors, 'text')}
        rows={10}
      />
    </>
  )
}

function read(answers: Answers): ReturnType<EntryForm['read']> {
  const errors: FormError[] = []
  const title = plainLine(answers.title ?? '')
  const text = plainText(answers.text ?? '')
  if (title === '') errors.push({ field: 'title', text: 'Enter what the note is about' })
  if (title.length > 100) errors.push({ field: 'title', text: 'The title must be 100 letters or fewer' })
  if (text === '') errors.push({ field: 'text', text: 'Enter the note' })
  if (text.length > lettersMax)
    errors.push({ field: 'text', text: `The note must be ${withCommas(lettersMax)} letters or fewer` })
  return errors.length > 0 ? { ok: false, errors } : { ok: true, entries: [{ kind: 'note', title, text }] }
}
