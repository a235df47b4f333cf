import { Ago, counted, listed, longDate, Notice, type Safe, Table } from '../../design/index.ts'
import type { SourcePart } from '../../record/index.ts'
import { EntryTable } from './entries.tsx'
import {
  Differences,
  factPath,
  Missing,
  PageWords,
  paged,
  type RecordModel,
  RecordPage,
  sectionPath,
} from './frame.tsx'

/** Who supplied what and when, what they disagree about, and every entry that fits no other page (hazards H-07, H-08). */
export function sourcesView(model: RecordModel, page: number): Safe {
  const { record, person, now } = model
  const path = sectionPath(person, 'sources')
  const { rows, links, words } = paged(record.other, page, (number) => `${path}?page=${number}`)
  const waiting = record.sources.filter((source) => source.waiting > 0)
  const here = record.sources.reduce((sum, { waitingHere = 0 }) => sum + waitingHere, 0)
  const all = waiting.reduce((sum, source) => sum + source.waiting, 0)
  // A feed that is declared and has never spoken is no part of anybody's record.
  const heard = record.sources.filter(
    ({ facts, state, waiting: many }) => facts > 0 || many > 0 || state !== 'never-heard',
  )
  const unheard = record.sources.filter((source) => !heard.includes(source) && source.name !== 'Senders not recognised')
  return (
    <RecordPage model={model} section="sources" title="Sources">
      <h1>Who supplied what, and when</h1>
      <Missing model={model} retry={path} />
      {waiting.length === 0 ? undefined : (
        <Notice kind="info">
          <p>
            {here === 0
              ? ''
              : `${counted(here, 'message')} about this person ${here === 1 ? 'waits' : 'wait'} to be put right and ${here === 1 ? 'is' : 'are'} not shown. `}
            {counted(all, 'message')} of all people {all === 1 ? 'waits' : 'wait'}:{' '}
            {waiting.map((source) => `${source.waiting} from ${source.name}`).join(', ')}.
            {all > here ? ' Those that do not say whom they are about may be about this person.' : ''}
          </p>
        </Notice>
      )}
      <Table
        caption="Sources"
        captionHidden
        compact
        columns={[
          { key: 'source', text: 'Source' },
          { key: 'facts', text: 'Facts here', numeric: true },
          { key: 'what', text: 'What' },
          { key: 'last', text: 'Last about this person' },
          { key: 'feed', text: 'Feed last heard' },
        ]}
        rows={heard.map((source) => ({
          source: `${source.organisation}${source.name === source.organisation ? '' : ` (${source.name})`}`,
          facts: source.facts,
          what: source.facts === 0 ? 'Nothing about this person' : kinds(source),
          last:
            source.lastAboutPerson === undefined ? 'Never' : <Ago at={new Date(source.lastAboutPerson)} now={now} />,
          feed: (
            <>
              {source.lastReceived === undefined ? (
                'Never heard from'
              ) : (
                <Ago at={new Date(source.lastReceived)} now={now} />
              )}
              {source.state === 'failing' ? (
                <strong class="app-differ"> Its newest messages could not be applied</strong>
              ) : undefined}
              {source.waitingHere ? (
                <strong class="app-differ">
                  {' '}
                  {counted(source.waitingHere, 'message')} about this person could not be applied
                </strong>
              ) : undefined}
            </>
          ),
        }))}
      />
      {unheard.length === 0 ? undefined : (
        <p class="app-quiet">Never heard from: {listed(unheard.map(({ organisation }) => organisation))}.</p>
      )}
      {record.identity.differences.length > 0 ? (
        <>
          <h2>What sources say differently about the person</h2>
          <Differences model={model} differences={record.identity.differences} />
        </>
      ) : undefined}
      {record.unreadable.length > 0 ? (
        <>
          <h2>{counted(record.unreadable.length, 'entry', 'entries')} that cannot be read</h2>
          <ul>
            {record.unreadable.slice(0, 50).map((origin) => (
              <li>
                <a href={factPath(person, origin)}>
                  {origin.type} from {origin.organisation}, {longDate(origin.savedAt)}
                </a>
              </li>
            ))}
          </ul>
        </>
      ) : undefined}
      <h2>Other entries: {record.other.length}</h2>
      <p class="app-quiet">
        Everything a source sent that has no place on another page. Together the pages of this record show all{' '}
        {counted(record.facts, 'fact')}.
      </p>
      <PageWords words={words} />
      {record.other.length > 0 ? (
        <EntryTable model={model} caption="Other entries" entries={rows} hidden kinds />
      ) : undefined}
      {links}
    </RecordPage>
  )
}

function kinds({ counts }: SourcePart): string {
  return counts
    .map(({ type, count }) => {
      const own = type.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
      const [one, many] = typeWords[type] ?? [own, `${own.replace(/y$/, 'ie')}s`]
      return counted(count, one, many)
    })
    .join(', ')
}

/** What clinicians call FHIR's types. Others are told by their own name. */
const typeWords: Readonly<Record<string, readonly [one: string, many: string]>> = {
  AllergyIntolerance: ['allergy entry', 'allergy entries'],
  Communication: ['note', 'notes'],
  Composition: ['document', 'documents'],
  Condition: ['problem', 'problems'],
  DiagnosticReport: ['report', 'reports'],
  DocumentReference: ['letter or file', 'letters or files'],
  Encounter: ['contact or stay', 'contacts or stays'],
  Flag: ['alert', 'alerts'],
  Immunization: ['vaccination', 'vaccinations'],
  List: ['list', 'lists'],
  MedicationAdministration: ['medicine given', 'medicines given'],
  MedicationDispense: ['medicine dispensed', 'medicines dispensed'],
  MedicationRequest: ['prescription', 'prescriptions'],
  MedicationStatement: ['medicine listed', 'medicines listed'],
  Observation: ['test result or reading', 'test results or readings'],
  Patient: ['set of patient details', 'sets of patient details'],
  ServiceRequest: ['request', 'requests'],
}
