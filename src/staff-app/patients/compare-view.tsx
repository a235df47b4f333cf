import {
  Button,
  counted,
  ErrorSummary,
  errorFor,
  type FormError,
  Input,
  Notice,
  type Safe,
  Tag,
} from '../../design/index.ts'
import type { Change, ComparedSection, Element } from '../../record/index.ts'
import { paths } from '../paths.ts'
import { PageWords, paged, type RecordModel, RecordPage, Sources } from './frame.tsx'
import { momentWords } from './moment.ts'

export type Comparison = {
  readonly model: RecordModel
  readonly person: string
  readonly from: Date
  readonly to: Date
  /** When the reader looked at this record before; absent: never. */
  readonly looked?: Date
  readonly typed: { readonly from: string; readonly to: string }
  readonly errors: readonly FormError[]
  readonly sections: readonly ComparedSection[]
  /** At the earlier moment something of this person was known here. */
  readonly hadBegun: boolean
}

const changesPerPage = 30
const elementsMax = 8
const words = { new: 'New', changed: 'Changed', gone: 'Gone' } as const
const colours = { new: 'blue', changed: 'yellow', gone: 'red' } as const

/** What is new, changed and gone between two moments, by section, each with who says so (hazard H-27). */
export function compareView(comparison: Comparison, page: number): Safe {
  const { model, person, from, to, looked, typed, errors, sections, hadBegun } = comparison
  const path = paths.patient(person, 'compare')
  const all = sections.flatMap(({ name, changes }) => changes.map((change) => ({ name, change })))
  const address = (number: number) => `${path}?${new URLSearchParams({ ...typed, page: String(number) })}`
  const { rows, links, words: pageWords } = paged(all, page, address, changesPerPage)
  const many = (kind: Change['kind']) => all.filter(({ change }) => change.kind === kind).length
  return (
    <RecordPage model={model} section="" within title="Compare two moments">
      {errors.length > 0 ? <ErrorSummary errors={errors} /> : undefined}
      <h1>Compare two moments</h1>
      <form action={path} method="get">
        <Input
          name="from"
          label="From"
          hint="London time. For example, 2026-05-14 10:20 or 14 May 2026"
          width={20}
          value={typed.from}
          error={errorFor(errors, 'from')}
        />
        <Input name="to" label="To" hint="Empty: now" width={20} value={typed.to} error={errorFor(errors, 'to')} />
        <Button text="Compare" look="secondary" />
      </form>
      {errors.length > 0 ? undefined : (
        <>
          <p>
            <strong>
              From {momentWords(from)} to {momentWords(to)}
              {looked && looked.getTime() === from.getTime() ? ', since you last looked' : ''}:
            </strong>{' '}
            {all.length === 0
              ? 'nothing that is known here has changed.'
              : `${many('new')} new, ${many('changed')} changed, ${many('gone')} gone.`}{' '}
            {looked === undefined ? 'You have not looked at this record before this visit.' : undefined}
          </p>
          {hadBegun ? undefined : (
            <Notice kind="info">
              <p>Nothing of this person was known here at the earlier moment, so everything is new.</p>
            </Notice>
          )}
          <PageWords words={pageWords} />
          {sections.map(({ name }) => {
            const own = rows.filter((row) => row.name === name)
            return own.length === 0 ? undefined : (
              <section>
                <h2>{name}</h2>
                <ul class="nhsuk-list nhsuk-list--border">
                  {own.map(({ change }) => (
                    <OneChange model={model} change={change} />
                  ))}
                </ul>
              </section>
            )
          })}
          {links}
        </>
      )}
    </RecordPage>
  )
}

function OneChange({ model, change }: { readonly model: RecordModel; readonly change: Change }): Safe {
  const { kind, what, elements, why, origins } = change
  const left = elements.length - elementsMax
  return (
    <li>
      <Tag text={words[kind]} colour={colours[kind]} /> <strong>{what}</strong>
      {why === '' ? undefined : <p>{why}.</p>}
      {elements.slice(0, elementsMax).map((element) => (
        <div>{elementWords(element, kind)}</div>
      ))}
      {left > 0 ? <div>and {counted(left, 'other element')}</div> : undefined}
      <Sources model={model} origins={origins.slice(0, 6)} what={what} />
    </li>
  )
}

/** `Dose: 5 mg daily, now 10 mg daily`. */
function elementWords({ label, from, to }: Element, kind: Change['kind']): string {
  if (kind === 'new') return `${label}: ${to ?? ''}`
  if (from === undefined) return `${label}: new, ${to ?? ''}`
  return to === undefined ? `${label}: ${from}, not told any more` : `${label}: ${from}, now ${to}`
}
