import { limits } from '../../base/index.ts'
import { Card, counted, Events, listed, longDate, Notice, type Safe, SummaryList } from '../../design/index.ts'
import {
  comingUp,
  dayOf,
  earliestMs,
  headedObservations,
  inForce,
  isAdjustment,
  isEarlyWarning,
  isNews2,
  isToCome,
  loudness,
  type PartialDate,
  type Reading,
  type Test,
  wasHandedOverBefore,
} from '../../record/index.ts'
import { paths } from '../paths.ts'
import { AllergyConflict } from './allergies.tsx'
import { AdmissionNow } from './care.tsx'
import { EntryTable } from './entries.tsx'
import { Missing, NothingHere, nothing, type RecordModel, RecordPage, Sources, sectionPath } from './frame.tsx'
import { letterPath } from './letters.tsx'
import { isCurrentMedicine, MedicineTable } from './medicines.tsx'
import { hasNews2, News2Line, newestNews2Ms } from './news2.tsx'
import { Pinned } from './plans.tsx'
import { TakeOut } from './print.tsx'
import { isCurrent, isOfPastVisit, ProblemTable } from './problems.tsx'
import { SearchThisRecord } from './search.tsx'
import { Result, TestTable, testPath } from './tests.tsx'
import { timelineEvent } from './timeline.tsx'
import { WorkCard } from './work.tsx'

const few = 8

/** What is usually wanted first: alerts, current problems and medicines, newest results and events, care and support. */
export function summaryView(model: RecordModel): Safe {
  const { record, person } = model
  const problems = record.problems.filter(isCurrent)
  const found = record.problems.filter(isOfPastVisit)
  const handedOver = record.medicines.filter((one) => wasHandedOverBefore(one, new Date(record.readAt)))
  const medicines = record.medicines.filter((one) => isCurrentMedicine(one) && !handedOver.includes(one))
  // A decision or a pregnancy that comes as an observation has a place of its own: it is no test.
  const headed = headedObservations(record.headings)
  const all = [
    ...record.vitalSigns,
    ...record.tests.filter((test) => !isAdjustment(test) && !headed.has(test.origins[0]?.id ?? '')),
  ]
  const tests = all.filter((test) => !isToldOtherwise(model, test)).sort((a, b) => newestAndLoudest(a, b, model.now))
  const unseen = tests.slice(few).filter(({ latest }) => loudness(latest) > 0 && isRecent(latest, model.now))
  const alerts = [...record.headings.safeguarding, ...record.headings.alerts].filter((entry) =>
    inForce(entry, record.readAt),
  )
  const spoke = new Set(record.sources.filter(({ facts }) => facts > 0).map(({ organisation }) => organisation))
  const silent = [
    ...new Set(
      record.sources
        .filter(({ organisation, state }) => state !== 'never-heard' && !spoke.has(organisation))
        .map(({ organisation }) => organisation),
    ),
  ]
  const waiting = record.sources.reduce((sum, source) => sum + source.waiting, 0)
  const coming = comingUp({ appointments: record.appointments, encounters: record.visitsAhead }, model.now)
  const happened = record.events.filter((event) => !isToCome(event, model.now)).slice(0, 6)
  const more = (text: string, total: number) => (total > few ? `All ${total} ${text}` : `All ${text}`)
  return (
    <RecordPage model={model} section="" title="Summary">
      <div class="app-title">
        <h1>Summary</h1>
        <SearchThisRecord person={person} />
      </div>
      {model.past || model.lookedBefore === undefined ? undefined : (
        <p>
          <a href={paths.patient(person, 'compare')}>What changed since you last looked</a>
        </p>
      )}
      <Missing model={model} retry={sectionPath(person, '')} />
      <AdmissionNow model={model} />
      <AllergyConflict model={model} />
      <Pinned model={model} />
      {record.identity.differences.length > 0 ? (
        <Notice kind="warning">
          <p>
            <strong>Sources differ about who this is:</strong>{' '}
            {listed(
              record.identity.differences.map(({ about }) =>
                about.toLowerCase().replace('nhs', 'NHS').replace('gp ', 'GP '),
              ),
            )}
            . <a href={sectionPath(person, 'sources')}>See who says what</a>
          </p>
        </Notice>
      ) : undefined}
      {alerts.length > 0 ? (
        <Card heading="Alerts" more={{ text: 'All alerts', href: sectionPath(person, 'about') }}>
          <EntryTable model={model} caption="Alerts" entries={alerts.slice(0, few)} hidden />
        </Card>
      ) : undefined}
      <div class="app-columns">
        <div>
          <Card
            heading="Current problems"
            more={{ text: more('problems', problems.length), href: sectionPath(person, 'problems') }}
          >
            {problems.length === 0 ? (
              <NoneNow model={model} all={record.problems.length} what="past problem" />
            ) : (
              <ProblemTable model={model} caption="Current problems" problems={problems.slice(0, few)} hidden />
            )}
            <Beside
              lead="Found at visits that are over"
              all={found.map(({ title, since }) => ({ title, on: since }))}
            />
          </Card>
          <Card
            heading="Current medicines"
            more={{ text: more('medicines', medicines.length), href: sectionPath(person, 'medicines') }}
          >
            {medicines.length === 0 ? (
              <NoneNow model={model} all={record.medicines.length} what="past medicine" />
            ) : (
              <MedicineTable model={model} caption="Current medicines" medicines={medicines.slice(0, few)} hidden />
            )}
            <Beside
              lead="Handed over before and not since, whether they go on is not recorded"
              all={handedOver.map(({ name, sayings }) => ({ title: name, on: sayings[0]?.lastIssued }))}
            />
          </Card>
          <Card
            heading="Latest tests and readings"
            more={{ text: more('tests', all.length), href: sectionPath(person, 'tests') }}
          >
            <News2Line model={model} sinceDays={scoreDays} />
            {all.length === 0 ? (
              <NothingHere record={record} />
            ) : tests.length === 0 ? (
              <p class="app-empty">Nothing but early warning scores</p>
            ) : (
              <TestTable model={model} caption="Latest tests and readings" tests={tests.slice(0, few)} hidden />
            )}
            <AlsoMarked model={model} tests={unseen} />
          </Card>
        </div>
        <div>
          {coming.length > 0 ? (
            <Card heading="Coming up" more={{ text: 'All that is planned', href: sectionPath(person, 'referrals') }}>
              <Events events={coming.slice(0, 3).map((entry) => timelineEvent(model, entry))} />
            </Card>
          ) : undefined}
          <WorkCard model={model} />
          <LatestLetters model={model} />
          <Card heading="Latest events" more={{ text: 'Full timeline', href: sectionPath(person, 'timeline') }}>
            {happened.length === 0 ? (
              <NothingHere record={record} />
            ) : (
              <Events events={happened.map(({ entry }) => timelineEvent(model, entry()))} />
            )}
          </Card>
          <CareAndSupport model={model} />
          <Card heading="Sources" more={{ text: 'Who supplied what', href: sectionPath(person, 'sources') }}>
            <p>
              {counted(record.facts, 'fact')} from{' '}
              {counted(record.sources.filter(({ facts }) => facts > 0).length, 'source')}, {record.elsewhere} of them on
              no page but that of the sources.{' '}
              {silent.length > 0 ? `Nothing about this person has come from ${listed(silent)}.` : ''}
              {waiting > 0
                ? ` ${counted(waiting, 'message')} of all sources ${waiting === 1 ? 'waits' : 'wait'} to be put right.`
                : ''}
            </p>
          </Card>
          <Card heading="Take with you">{model.past ? undefined : <TakeOut person={person} />}</Card>
        </div>
      </div>
    </RecordPage>
  )
}

/** What is neither known to go on nor to have ended: named beneath what goes on, with its day (hazard H-70). */
function Beside({
  lead,
  all,
}: {
  readonly lead: string
  readonly all: readonly { readonly title: string; readonly on: PartialDate | undefined }[]
}): Safe {
  if (all.length === 0) return <>{undefined}</>
  const some = all.slice(0, besideMax)
  return (
    <p class="app-quiet">
      {lead}:{' '}
      {listed([
        ...some.map(({ title, on }) => (on === undefined ? title : `${title} (${longDate(on)})`)),
        ...(all.length > some.length ? [`${all.length - some.length} more`] : []),
      ])}
      .
    </p>
  )
}

/** How long a score of the last stay is of use beside what has happened since; with its age, and never as the present one (hazard H-73). */
const scoreDays = 14

/** A score that the line above tells, with its age; or an old one, which would be read as of now. Both stand with the tests. */
function isToldOtherwise(model: RecordModel, test: Test): boolean {
  if (!isEarlyWarning(test)) return false
  const ms = earliestMs(test.latest?.when)
  // One that is not final yet is not in that line: it stands for itself when it is the newer one.
  if (isNews2(test.key) && hasNews2(model, scoreDays)) return ms === undefined || ms <= newestNews2Ms(model)
  return ms !== undefined && ms < model.now.getTime() - scoreDays * 86_400_000
}

const alsoMax = 8

function isRecent(reading: Reading | undefined, now: Date): boolean {
  return (earliestMs(reading?.when) ?? 0) > now.getTime() - limits().markedDays * 86_400_000
}

/** What a laboratory calls critical first, while it is recent; then the newest day, and of one day what is marked first (hazard H-75). */
function newestAndLoudest({ latest: a }: Test, { latest: b }: Test, now: Date): number {
  const isCritical = (reading: Reading | undefined) => Number(loudness(reading) === 2 && isRecent(reading, now))
  const day = (reading: Reading | undefined) => earliestMs(reading?.when && dayOf(reading.when)) ?? 0
  return isCritical(b) - isCritical(a) || day(b) - day(a) || loudness(b) - loudness(a)
}

/** Marked results of the last month for which the table has no room are named: a short list never hides one (hazard H-75). */
function AlsoMarked({ model, tests }: { readonly model: RecordModel; readonly tests: readonly Test[] }): Safe {
  if (tests.length === 0) return nothing
  const left = tests.length - alsoMax
  return (
    <p>
      <strong>Also marked in the last {limits().markedDays} days:</strong>{' '}
      {tests.slice(0, alsoMax).map((test, place) => (
        <>
          {place > 0 ? '; ' : ''}
          <a href={testPath(model.person, test.key)}>{test.name}</a>{' '}
          {test.latest ? <Result reading={test.latest} /> : undefined}
        </>
      ))}
      {left > 0 ? `; and ${left} more` : ''}
    </p>
  )
}

const besideMax = 5

/** What has ended is not "none recorded" (hazard H-01): the record holds it, one press away. */
function NoneNow({
  model,
  all,
  what,
}: {
  readonly model: RecordModel
  readonly all: number
  readonly what: string
}): Safe {
  if (all === 0) return <NothingHere record={model.record} />
  return <p class="app-empty">None recorded as current, and {counted(all, what)}</p>
}

/** The last discharge letter is two presses from the start page (ui.md §6). */
function LatestLetters({ model }: { readonly model: RecordModel }): Safe {
  const { record, person } = model
  return (
    <Card heading="Latest letters" more={{ text: 'All letters', href: sectionPath(person, 'letters') }}>
      {record.letters.length === 0 ? (
        <NothingHere record={record} />
      ) : (
        <Events
          events={record.letters.slice(0, 3).map(({ key, title, when, author, origins }) => ({
            kind: 'Letter',
            title,
            href: letterPath(person, key),
            ...(when === undefined ? {} : { on: when }),
            ...(author === '' ? {} : { summary: author }),
            source: <Sources model={model} origins={origins} what={title} />,
          }))}
        />
      )}
    </Card>
  )
}

function CareAndSupport({ model }: { readonly model: RecordModel }): Safe {
  const { record, person } = model
  const going = record.carePlans.filter(
    ({ status, until }) => status === '' && (until === undefined || dayOf(until) >= dayOf(record.readAt)),
  )
  const rows = [
    ...record.identity.contacts.slice(0, 3).map(({ name, relation, phone }) => ({
      key: relation || 'Contact',
      value: [name, phone].filter(Boolean).join(', '),
    })),
    ...going.slice(0, 4).map((entry) => ({
      key: entry.kind,
      value: (
        <>
          {entry.title}
          <br />
          <Sources model={model} origins={entry.origins} what={entry.title} />
        </>
      ),
    })),
  ]
  return (
    <Card heading="Care and support" more={{ text: 'Contacts', href: sectionPath(person, 'contacts') }}>
      {rows.length === 0 ? <NothingHere record={record} /> : <SummaryList rows={rows} />}
    </Card>
  )
}
