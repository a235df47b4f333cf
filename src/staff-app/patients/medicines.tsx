import { counted, listed, longDate, type Row, type Safe, Table, Tag, Value } from '../../design/index.ts'
import type { Medicine, MedicineSaying, MedicineStatus } from '../../record/index.ts'
import {
  Differences,
  factPath,
  Missing,
  NothingHere,
  PageWords,
  paged,
  type RecordModel,
  RecordPage,
  Sources,
  sectionPath,
} from './frame.tsx'

/** Medicines of all sources, one row each by code; what each source says stands side by side (hazard H-05). */
export function medicinesView(model: RecordModel, page: number): Safe {
  const { medicines } = model.record
  const path = sectionPath(model.person, 'medicines')
  const { rows, links, words } = paged(medicines, page, (number) => `${path}?page=${number}`, 25)
  const current = rows.filter(isCurrentMedicine)
  const past = rows.filter((medicine) => !isCurrentMedicine(medicine))
  return (
    <RecordPage model={model} section="medicines" title="Medicines">
      <h1>Medicines</h1>
      <Missing model={model} retry={path} />
      <p class="app-quiet">
        One row for each medicine by its code. A medicine sent without a code stands alone, even if its name is the same
        as another's.
      </p>
      {medicines.length === 0 ? <NothingHere record={model.record} /> : undefined}
      <PageWords words={words} />
      {current.length > 0 ? (
        <MedicineTable
          model={model}
          caption={`Current, or not known to have ended: ${counted(medicines.filter(isCurrentMedicine).length, 'medicine')}`}
          medicines={current}
          all
        />
      ) : undefined}
      {past.length > 0 ? (
        <MedicineTable
          model={model}
          caption={`Past: ${counted(medicines.filter((medicine) => !isCurrentMedicine(medicine)).length, 'medicine')}`}
          medicines={past}
          all
        />
      ) : undefined}
      {links}
    </RecordPage>
  )
}

const going = new Set<MedicineStatus>(['current', 'on-hold', 'planned', 'not-taking', 'not-recorded'])

export function isCurrentMedicine({ status }: Medicine): boolean {
  return going.has(status)
}

export function MedicineTable({
  model,
  caption,
  medicines,
  all,
  hidden,
}: {
  readonly model: RecordModel
  readonly caption: string
  readonly medicines: readonly Medicine[]
  /** Every source's word, not only the one that counts most. */
  readonly all?: boolean
  readonly hidden?: boolean
}): Safe {
  return (
    <Table
      caption={caption}
      captionHidden={hidden ?? false}
      compact
      columns={[
        { key: 'medicine', text: 'Medicine' },
        { key: 'dose', text: 'Dose' },
        { key: 'issued', text: 'Last issued' },
        { key: 'from', text: 'From' },
      ]}
      rows={medicines.map((medicine) =>
        all && medicine.sayings.length > 1 ? sideBySide(model, medicine) : oneLine(model, medicine),
      )}
    />
  )
}

const statusWords: Readonly<Record<MedicineStatus, string>> = {
  current: '',
  'on-hold': 'On hold',
  planned: 'Planned',
  'not-taking': 'Not taking',
  'not-recorded': 'Status not recorded',
  stopped: 'Stopped',
  completed: 'Completed',
  'entered-in-error': 'Entered in error',
}
const roleWords = {
  prescribed: 'Prescribed',
  dispensed: 'Dispensed',
  given: 'Given',
  reported: 'Reported by the patient or family',
  recorded: 'On their list',
} as const

function Name({ model, medicine }: { readonly model: RecordModel; readonly medicine: Medicine }): Safe {
  const status = statusWords[medicine.status]
  return (
    <>
      {medicine.name} {status ? <Tag text={status} colour="grey" /> : undefined}
      <Differences model={model} differences={medicine.differences} />
      {medicine.alike.length === 0 ? undefined : (
        <div class="app-differ">Also on this list: {alikeWords(medicine)}</div>
      )}
    </>
  )
}

function alikeWords({ alike }: Medicine): string {
  const named = alike.slice(0, 3).map(({ name, organisations }) => `${name} (${organisations.join(', ')})`)
  return listed(alike.length > named.length ? [...named, `${alike.length - named.length} more`] : named)
}

function oneLine(model: RecordModel, medicine: Medicine): Row {
  const [first] = medicine.sayings
  const dose = medicine.sayings.find((saying) => saying.dose !== '')?.dose
  return {
    medicine: <Name model={model} medicine={medicine} />,
    dose: medicine.differences.some(({ about }) => about === 'Dose') ? (
      'See what each source says'
    ) : (
      <>
        <Value of={dose} />
        {first === undefined || going.has(first.status) ? undefined : (
          <div class="app-quiet">
            {statusWords[first.status]}
            {endedWords(first)}
            {first.statusReason ? ` (${first.statusReason})` : ''}
          </div>
        )}
      </>
    ),
    issued: first ? <Issued saying={first} /> : undefined,
    from: <Sources model={model} origins={medicine.origins} what={medicine.name} />,
  }
}

const sayingsMax = 8

function sideBySide(model: RecordModel, medicine: Medicine): Row {
  const lines = medicine.sayings.slice(0, sayingsMax)
  return {
    medicine: <Name model={model} medicine={medicine} />,
    dose: (
      <ul class="nhsuk-list">
        {lines.map((saying) => (
          <li>
            {saying.origins[0] ? (
              <a href={factPath(model.person, saying.origins[0])}>{saying.origins[0].organisation}</a>
            ) : undefined}
            : {roleWords[saying.role].toLowerCase()}
            {saying.status === 'current' || saying.status === 'not-recorded'
              ? ''
              : `, ${statusWords[saying.status].toLowerCase()}${endedWords(saying)}`}
            {saying.statusReason ? ` (${saying.statusReason})` : ''}.{' '}
            {saying.dose ? <strong>{saying.dose}</strong> : 'Dose not recorded'}
          </li>
        ))}
        {medicine.sayings.length > lines.length ? (
          <li>
            and {counted(medicine.sayings.length - lines.length, 'earlier entry', 'earlier entries')}, in the timeline
          </li>
        ) : undefined}
      </ul>
    ),
    issued: (
      <ul class="nhsuk-list">
        {lines.map((saying) => (
          <li>
            <Issued saying={saying} />
          </li>
        ))}
      </ul>
    ),
    from: <Sources model={model} origins={medicine.origins} what={medicine.name} />,
  }
}

/** When whoever prescribed it ended it: ` on 16 November 2026`; '' while it goes on, or when nobody said. */
function endedWords({ status, ended }: MedicineSaying): string {
  return ended === undefined || going.has(status) ? '' : ` on ${longDate(ended)}`
}

function Issued({ saying }: { readonly saying: MedicineSaying }): Safe {
  if (saying.lastIssued !== undefined) return <>{longDate(saying.lastIssued)}</>
  if (saying.ended !== undefined && !going.has(saying.status)) return <>Ended {longDate(saying.ended)}</>
  return saying.started === undefined ? <Value of={undefined} /> : <>Started {longDate(saying.started)}</>
}
