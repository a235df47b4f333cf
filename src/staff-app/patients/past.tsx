/** Looking at a record as it was known at a past moment: the words on its pages, and what stands where there is nothing to look at. */
import { Button, Details, Input, Notice, type Safe } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { momentText, momentWords } from './moment.ts'

/** The moment of a past view. */
export type Past = {
  readonly at: Date
  /** Patients that stood in this record then, and are known to be somebody else’s now. */
  readonly partedSince: number
}

const hint = 'London time. For example, 2026-05-14 10:20 or 14 May 2026'

/** Above every page of a past view (hazard H-26). @param here the address of this page without its moment */
export function AsKnownAt({
  past: { at, partedSince },
  here,
  person,
}: {
  readonly past: Past
  readonly here: string
  readonly person: string
}): Safe {
  return (
    <Notice kind="warning">
      <p>
        <strong>As known at {momentWords(at)}.</strong> What came later is not here.{' '}
        <a href={`${here}?at=now`}>Return to now</a> or{' '}
        <a href={`${paths.patient(person, 'compare')}?from=${encodeURIComponent(momentText(at))}`}>
          see what has changed since
        </a>
      </p>
      {partedSince > 0 ? (
        <p>
          <strong>Part of this is known to be of somebody else.</strong>{' '}
          {partedSince === 1 ? 'A source’s Patient' : `${partedSince} sources’ Patients`} stood in this record then and{' '}
          {partedSince === 1 ? 'was' : 'were'} parted from it since.
        </p>
      ) : undefined}
    </Notice>
  )
}

/** At the foot of every page: another moment, or two of them side by side. A GET form: it works without script, and has an address. */
export function AnotherMoment({
  here,
  person,
  at,
}: {
  readonly here: string
  readonly person: string
  readonly at?: Date
}): Safe {
  return (
    <Details summary="This record at another moment">
      <form action={here} method="get">
        <Input
          name="at"
          label="As known at"
          hint={hint}
          width={20}
          value={at === undefined ? undefined : momentText(at)}
        />
        <Button text="Show" look="secondary" />
      </form>
      <p>
        <a href={paths.patient(person, 'compare')}>Compare two moments</a>
      </p>
    </Details>
  )
}

export type NoRecordThen =
  | { readonly why: 'future'; readonly at: Date }
  | { readonly why: 'unreadable' }
  | { readonly why: 'before-first'; readonly at: Date; readonly firstKnown: Date }

/** There is no record of that moment to show: which is not an empty record (hazard H-26). */
export function noRecordThenView({
  shell,
  person,
  here,
  no,
}: {
  readonly shell: StaffShell
  readonly person: string
  readonly here: string
  readonly no: NoRecordThen
}): Safe {
  const { title, text } = wordsOf(no)
  return (
    <StaffPage shell={shell} title={[title]} at="none">
      <h1>{title}</h1>
      <p>{text}</p>
      <form action={here} method="get">
        <Input name="at" label="As known at" hint={hint} width={20} />
        <Button text="Show" look="secondary" />
      </form>
      <p>
        <a href={paths.patient(person)}>Return to the record as it is now</a>
      </p>
    </StaffPage>
  )
}

const whyNoPast: readonly (readonly [section: RegExp, title: string, why: string])[] = [
  [
    /^\/access/,
    'Who has looked is one list',
    'Lines are only ever added to it: what was known of looks then stands on the page as it is now, each line with its day.',
  ],
  [
    /^\/written$/,
    'What became of entries is known only as it is now',
    'The entries themselves, as they stood then, are in the record as it was known then.',
  ],
  [
    /^\/(?:print|summary)/,
    'A summary that leaves the screen is always of now',
    'On paper and in other systems one of the past would be taken for the present.',
  ],
  [/^\/(?:add|written|tasks)/, 'Nothing can be written into the past', 'What is written is written now.'],
]

/** A page of one record that has no past: why, and the ways on. Says nothing of the person. @param at absent: it is no moment that has passed */
export function noPastView({
  shell,
  person,
  section,
  here,
  at,
}: {
  readonly shell: StaffShell
  readonly person: string
  /** As the router knows it, within the record. */
  readonly section: string
  /** The address of the page without its moment. */
  readonly here: string
  readonly at?: Date
}): Safe {
  const [, title = 'This page shows only what is known now', why = 'You were looking at the past.'] =
    whyNoPast.find(([of]) => of.test(section)) ?? []
  return (
    <StaffPage shell={shell} title={[title]} at="none">
      <h1>{title}</h1>
      <p>{why}</p>
      <ul>
        <li>
          <a href={here}>This page as it is now</a>
        </li>
        {at === undefined ? undefined : (
          <li>
            <a href={`${paths.patient(person)}?at=${encodeURIComponent(momentText(at))}`}>
              The record as known at {momentWords(at)}
            </a>
          </li>
        )}
        <li>
          <a href={paths.patient(person)}>The record as it is now</a>
        </li>
      </ul>
    </StaffPage>
  )
}

function wordsOf(no: NoRecordThen): { readonly title: string; readonly text: string } {
  switch (no.why) {
    case 'future':
      return {
        title: 'That moment is still to come',
        text: `Nobody can know the record of ${momentWords(no.at)} yet. Choose a moment that has passed.`,
      }
    case 'unreadable':
      return { title: 'The moment could not be read', text: 'Give a day, or a day and a time, in London time.' }
    case 'before-first':
      return {
        title: 'Nothing was known yet',
        text: `By ${momentWords(no.at)} no source had told anything of this person here. The first message was kept at ${momentWords(no.firstKnown)}. This does not mean that there was nothing to know.`,
      }
  }
}
