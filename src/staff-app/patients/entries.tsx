import { KindLabel, longDate, type Safe, Table, Tag, Value } from '../../design/index.ts'
import { type Entry, sentences } from '../../record/index.ts'
import { type RecordModel, Sources } from './frame.tsx'

/** Dated entries of any kind in a table: contacts, procedures, vaccinations, care packages, what fits nowhere else. */
export function EntryTable({
  model,
  caption,
  entries,
  kinds,
  hidden,
}: {
  readonly model: RecordModel
  readonly caption: string
  readonly entries: readonly Entry[]
  /** With the kind of each, for mixed lists. */
  readonly kinds?: boolean
  readonly hidden?: boolean
}): Safe {
  return (
    <Table
      caption={caption}
      captionHidden={hidden ?? false}
      compact
      columns={[
        { key: 'what', text: 'What' },
        { key: 'when', text: 'When' },
        { key: 'from', text: 'From' },
      ]}
      rows={entries.map((entry) => ({
        what: (
          <>
            {kinds ? <KindLabel text={entry.kind} /> : undefined} {entry.title}{' '}
            {entry.status ? <Tag text={entry.status} colour="grey" /> : undefined}
            {entry.detail || entry.people.length > 0 ? (
              <div class="app-quiet">{sentences(entry.detail, entry.people.join(', '))}</div>
            ) : undefined}
          </>
        ),
        when: <When entry={entry} />,
        from: <Sources model={model} origins={entry.origins} what={entry.title} />,
      }))}
    />
  )
}

export function When({ entry: { when, until } }: { readonly entry: Pick<Entry, 'when' | 'until'> }): Safe {
  if (when === undefined) return <Value of={until === undefined ? undefined : `Until ${longDate(until)}`} />
  return (
    <>
      {until === undefined || longDate(until) === longDate(when)
        ? longDate(when)
        : `${longDate(when)} to ${longDate(until)}`}
    </>
  )
}
