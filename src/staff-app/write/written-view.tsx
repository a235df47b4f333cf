/** What was written here in one record, and what became of it on its way to others. */
import { ButtonLink, counted, dateAndTime, Notice, type Row, type Safe, Table } from '../../design/index.ts'
import type { Delivery } from '../../feeds/index.ts'
import { isOwnSource } from '../../fhir/index.ts'
import type { Origin, PersonRecord } from '../../record/index.ts'
import { paths } from '../paths.ts'
import { factPath, type RecordModel, RecordPage } from '../patients/frame.tsx'
import { deliveryWords } from './delivery-words.ts'

export const addLinks = [
  ['observation', 'Add readings'],
  ['allergy', 'Add an allergy'],
  ['problem', 'Add a problem'],
  ['note', 'Add a note'],
] as const

export function writtenView(
  model: RecordModel,
  {
    deliveries,
    done,
    mine,
  }: {
    readonly deliveries: readonly Delivery[]
    readonly done: string
    /** Ids of facts that the reader wrote and may change. */
    readonly mine: ReadonlySet<string>
  },
): Safe {
  const entries = ownEntries(model.record)
  return (
    <RecordPage model={model} section="written" title="Written here">
      {done === '' ? undefined : (
        <Notice kind="success">
          <p>
            <strong>
              {done === 'withdrawn'
                ? 'It is withdrawn: the record says that it was entered in error.'
                : `Saved: ${counted(Number(done) || 1, 'entry', 'entries')} ${done === '1' ? 'stands' : 'stand'} in this record.`}
            </strong>
          </p>
        </Notice>
      )}
      <h1 id="written">Written here</h1>
      {model.mayWrite ? (
        <p>
          {addLinks.map(([kind, text]) => (
            <>
              <ButtonLink text={text} href={paths.patient(model.person, 'add', kind)} look="secondary" />{' '}
            </>
          ))}
        </p>
      ) : undefined}
      {entries.length === 0 ? (
        <p class="app-empty">Nothing was written here yet</p>
      ) : (
        <Table
          caption="Entries, newest first"
          captionHidden
          compact
          columns={[
            { key: 'what', text: 'Entry' },
            { key: 'from', text: 'Written at' },
            { key: 'when', text: 'When' },
            { key: 'delivery', text: 'Sent on' },
            ...(mine.size > 0 ? [{ key: 'change', text: 'Change' }] : []),
          ]}
          rows={entries.map((entry) => rowOf(model, entry, { deliveries, mine }))}
        />
      )}
    </RecordPage>
  )
}

type OwnEntry = { readonly title: string; readonly withdrawn: boolean; readonly origin: Origin }

function rowOf(
  model: RecordModel,
  { title, withdrawn, origin }: OwnEntry,
  { deliveries, mine }: { readonly deliveries: readonly Delivery[]; readonly mine: ReadonlySet<string> },
): Row {
  const own = deliveries.filter(({ type, factId }) => type === origin.type && factId === origin.id)
  const change = (to: 'correct' | 'withdraw', text: string) => (
    <a href={paths.patient(model.person, 'entries', origin.type, origin.id, to)}>
      {text}
      <span class="nhsuk-u-visually-hidden"> {title}</span>
    </a>
  )
  return {
    what: (
      <>
        <a href={factPath(model.person, origin)}>{title}</a>
        {withdrawn ? <span class="app-quiet"> (entered in error)</span> : undefined}
      </>
    ),
    from: origin.organisation,
    when: dateAndTime(new Date(origin.savedAt)),
    delivery: own.length === 0 ? 'To nobody' : own.map((delivery) => <div>{deliveryWords(delivery, model.now)}</div>),
    change:
      mine.has(origin.id) && !withdrawn ? (
        <>
          {change('correct', 'Correct')} {change('withdraw', 'Withdraw')}
        </>
      ) : (
        ''
      ),
  }
}

/** From every section, newest first, each once. */
export function ownEntries(record: PersonRecord): readonly OwnEntry[] {
  const found = new Map<string, OwnEntry>()
  const add = (title: string, origins: readonly Origin[], withdrawn: boolean) => {
    for (const origin of origins)
      if (isOwnSource(origin.source) && !found.has(`${origin.type}/${origin.id}`))
        found.set(`${origin.type}/${origin.id}`, { title, withdrawn, origin })
  }
  for (const { substance, origins } of record.allergies.allergies) add(substance, origins, false)
  for (const { substance, origins } of record.allergies.withdrawn) add(substance, origins, true)
  for (const { text, origins } of record.allergies.negatives) add(text, origins, false)
  for (const { title, origins, status } of record.problems) add(title, origins, status === 'entered-in-error')
  for (const { name, readings } of [...record.vitalSigns, ...record.tests])
    for (const reading of readings) add(name, reading.origins, reading.status === 'entered-in-error')
  for (const { title, origins, status } of record.letters) add(title, origins, status === 'entered-in-error')
  return [...found.values()].sort((a, b) => b.origin.savedAt.localeCompare(a.origin.savedAt))
}
