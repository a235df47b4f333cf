import { counted, listed, longDate, type Row, type Safe, Table, Tag, Value, WhatsThis } from '../../design/index.ts'
import { type Medicine, type MedicineSaying, type MedicineStatus, wasHandedOverBefore } from '../../record/index.ts'
import {
  Differences,
  factPath,
  Missing,
  NothingHere,
  nothing,
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
  const at = new Date(model.record.readAt)
  const isBefore = (medicine: Medicine) => wasHandedOverBefore(medicine, at)
  const isNow = (medicine: Medicine) => isCurrentMedicine(medicine) && !isBefore(medicine)
  const current = rows.filter(isNow)
  const before = rows.filter(isBefore)
  const past = rows.filter((medicine) => !isCurrentMedicine(medicine))
  return (
    <RecordPage model={model} section="medicines" title="Medicines">
      <h1>Medicines</h1>
      <Missing model={model} retry={path} />
      <p class="app-quiet">
        One row for each medicine by its code, or by a table of common names: a brand stands with its generic. A name
        that the table does not know stands alone, even if it is the same as another’s.
      </p>
      {medicines.length > 0 ? (
        <>
          <WhatsThis of="dose" /> <WhatsThis of="duplicate therapy" />
        </>
      ) : undefined}
      <Compared model={model} />
      {medicines.length === 0 ? <NothingHere record={model.record} /> : undefined}
      <PageWords words={words} />
      {current.length > 0 ? (
        <MedicineTable
          model={model}
          caption={`Current, or not known to have ended: ${counted(medicines.filter(isNow).length, 'medicine')}`}
          medicines={current}
          all
        />
      ) : undefined}
      {before.length > 0 ? (
        <MedicineTable
          model={model}
          caption={`Handed over before and not since, whether they go on is not recorded: ${counted(medicines.filter(isBefore).length, 'medicine')}`}
          medicines={before}
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

const namedMax = 6

/** What was compared with what: a name that is not known is never taken as safe (hazard H-29). */
function Compared({ model }: { readonly model: RecordModel }): Safe {
  const { medicines, allergies } = model.record
  const unknown = medicines.filter((medicine) => isCurrentMedicine(medicine) && !medicine.known)
  const allergens = allergies.allergies.filter(({ compared }) => compared === 'by-name')
  if (medicines.length === 0 || (allergies.allergies.length === 0 && unknown.length === 0)) return nothing
  const some = (names: readonly string[]) =>
    listed(names.length > namedMax ? [...names.slice(0, namedMax), `${names.length - namedMax} more`] : names)
  return (
    <p class="app-quiet">
      Medicines not known to have ended are compared with recorded allergies and with each other by a table of common
      names: no more than a help.{' '}
      {unknown.length > 0
        ? `Not in the table, so not compared: ${some(unknown.map(({ words }) => words.generic))}. `
        : ''}
      {allergens.length > 0
        ? `Allergies not in the table, so compared by name only: ${some(allergens.map(({ substance }) => substance))}.`
        : ''}
    </p>
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

function Name({
  model,
  medicine,
  sayingsBeside,
}: {
  readonly model: RecordModel
  readonly medicine: Medicine
  /** What each source says stands in the same row: a disagreement need only be named. */
  readonly sayingsBeside?: boolean
}): Safe {
  const status = statusWords[medicine.status]
  const { generic, brand, rest } = medicine.words
  return (
    <>
      <strong>{generic}</strong>
      {brand ? ` ${brand}` : ''}
      {rest ? ` — ${rest}` : ''} {status ? <Tag text={status} colour="grey" /> : undefined}
      {medicine.concerns.map((concern) => (
        <div class={concern.grave ? 'app-differ' : 'app-quiet'}>
          {concern.grave ? <Tag text={concernWords[concern.kind]} colour="red" /> : undefined} {concern.text}
        </div>
      ))}
      {sayingsBeside && medicine.differences.length > 0 ? (
        <div>
          <Tag text="Sources disagree" colour="orange" />{' '}
          <strong>{medicine.differences.map(({ about }) => about).join(', ')}</strong>
        </div>
      ) : (
        <Differences model={model} differences={medicine.differences} />
      )}
      {medicine.alike.length === 0 ? undefined : (
        <div class="app-differ">Also on this list: {alikeWords(medicine)}</div>
      )}
    </>
  )
}

const concernWords: Readonly<Record<Medicine['concerns'][number]['kind'], string>> = {
  allergy: 'Allergy',
  'allergy-class': 'Allergy',
  'allergy-cross': 'Allergy',
  'allergy-name': 'Allergy',
  'shared-ingredient': 'Same substance twice',
  'same-class': 'Same family',
  twice: 'Twice',
  restarted: 'Started again',
}
const alikeHow: Readonly<Record<Medicine['alike'][number]['how'], string>> = {
  'another-strength': ', another strength',
  'another-form': ', another form',
  'another-brand': ', another brand: not always interchangeable',
  'same-medicine': ', the same medicine',
  'begins-alike': '',
}

function alikeWords({ alike }: Medicine): string {
  const named = alike
    .slice(0, 3)
    .map(({ name, organisations, how }) => `${name} (${organisations.join(', ')})${alikeHow[how]}`)
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
        <Dose words={dose ?? ''} />
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
    medicine: <Name model={model} medicine={medicine} sayingsBeside />,
    dose: (
      <ul class="nhsuk-list">
        {lines.map((saying) => (
          <li>
            {saying.origins[0] ? (
              <a href={factPath(model.person, saying.origins[0])}>{saying.origins[0].organisation}</a>
            ) : undefined}
            : {roleWords[saying.role].toLowerCase()}
            {sinceWords(saying)}
            {saying.status === 'current' || saying.status === 'not-recorded'
              ? ''
              : `, ${statusWords[saying.status].toLowerCase()}${endedWords(saying)}`}
            {saying.statusReason ? ` (${saying.statusReason})` : ''}
            {saying.called ? `, as ${saying.called}` : ''} — <Dose words={saying.dose} />
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

/** The prescriber's own words, never shortened; the label stands before them. */
function Dose({ words }: { readonly words: string }): Safe {
  return words ? (
    <>
      DOSE <strong>{words}</strong>
    </>
  ) : (
    <>Dose not recorded</>
  )
}

/** Since when a source has it: ` since 3 March 2021`; '' for boxes and single doses, whose day stands in its own column. */
function sinceWords({ role, started }: MedicineSaying): string {
  return started === undefined || role === 'dispensed' || role === 'given' ? '' : ` since ${longDate(started)}`
}

/** When whoever prescribed it ended it: ` on 16 November 2026`; '' while it goes on, or when nobody said. */
function endedWords({ status, ended }: MedicineSaying): string {
  return ended === undefined || going.has(status) ? '' : ` on ${longDate(ended)}`
}

function Issued({ saying }: { readonly saying: MedicineSaying }): Safe {
  if (saying.lastIssued !== undefined) return <span class="app-nowrap">{longDate(saying.lastIssued)}</span>
  if (saying.ended !== undefined && !going.has(saying.status))
    return (
      <>
        Ended <span class="app-nowrap">{longDate(saying.ended)}</span>
      </>
    )
  if (saying.started === undefined) return <Value of={undefined} />
  return (
    <>
      Started <span class="app-nowrap">{longDate(saying.started)}</span>
    </>
  )
}
