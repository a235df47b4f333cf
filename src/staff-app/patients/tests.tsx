import {
  Chart,
  counted,
  dateAndTime,
  longDate,
  type Row,
  type Safe,
  Table,
  Tag,
  Value,
  WhatsThis,
} from '../../design/index.ts'
import {
  isEarlyWarning,
  properTests,
  type Reading,
  rangeMark,
  readingWords,
  scoreAge,
  type Test,
} from '../../record/index.ts'
import { paths } from '../paths.ts'
import {
  AddHere,
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
import { News2Line } from './news2.tsx'
import { AckOf } from './work.tsx'

/** Every test and reading with its newest value; each leads to its trend. */
export function testsView(model: RecordModel, page: number): Safe {
  const { vitalSigns } = model.record
  const tests = properTests(model.record)
  const path = sectionPath(model.person, 'tests')
  const { rows, links, words } = paged([...vitalSigns, ...tests], page, (number) => `${path}?page=${number}`)
  const group = (caption: string, chosen: readonly Test[]) =>
    chosen.length > 0 ? <TestTable model={model} caption={caption} tests={chosen} /> : undefined
  return (
    <RecordPage model={model} section="tests" title="Tests and readings">
      <h1>Tests and readings</h1>
      <AddHere model={model} kind="observation" />
      <Missing model={model} retry={path} />
      {tests.length + vitalSigns.length === 0 ? <NothingHere record={model.record} /> : undefined}
      <PageWords words={words} />
      <NewSince model={model} />
      <News2Line model={model} />
      {group(
        'Readings',
        rows.filter((test) => test.group === 'vital-signs'),
      )}
      {byReport(rows.filter((test) => test.group === 'laboratory')).map(([report, chosen]) =>
        group(report === '' ? 'Laboratory tests' : `Laboratory: ${report}`, chosen),
      )}
      {group(
        'Other observations',
        rows.filter((test) => test.group === 'other'),
      )}
      {links}
    </RecordPage>
  )
}

/** As laboratories report them: the newest report first, its tests together. '' for tests that came in none. */
function byReport(tests: readonly Test[]): readonly (readonly [string, readonly Test[]])[] {
  const groups = new Map<string, Test[]>()
  for (const test of tests) groups.set(test.report ?? '', [...(groups.get(test.report ?? '') ?? []), test])
  return [...groups]
}

/** Came to us since this reader last looked, before this sitting: `New`. Nothing for a first look, when all would be. */
function isNew({ lookedBefore }: RecordModel, { origins }: Pick<Reading, 'origins'>): boolean {
  return lookedBefore !== undefined && origins.some(({ savedAt }) => Date.parse(savedAt) > lookedBefore.getTime())
}

/** Since when `New` is said, and how many tests have something new. Nothing for a first look. */
function NewSince({ model }: { readonly model: RecordModel }): Safe {
  const { lookedBefore, record } = model
  if (lookedBefore === undefined) return nothing
  const fresh = [...properTests(record), ...record.vitalSigns].filter((test) => isNew(model, test))
  return (
    <p class="app-quiet">
      You last looked on {dateAndTime(lookedBefore)}. Since then{' '}
      {fresh.length === 0 ? 'nothing new has come' : `something new has come for ${counted(fresh.length, 'test')}`}.
    </p>
  )
}

export function testPath(person: string, key: string): string {
  return paths.patient(person, 'tests', key)
}

export function TestTable({
  model,
  caption,
  tests,
  hidden,
}: {
  readonly model: RecordModel
  readonly caption: string
  readonly tests: readonly Test[]
  readonly hidden?: boolean
}): Safe {
  return (
    <Table
      caption={caption}
      captionHidden={hidden ?? false}
      compact
      columns={[
        { key: 'test', text: 'Test' },
        { key: 'latest', text: 'Latest', numeric: true },
        { key: 'range', text: 'Range' },
        { key: 'when', text: 'When' },
        { key: 'from', text: 'From' },
      ]}
      rows={tests.map((test): Row => {
        const { latest } = test
        return {
          test: <a href={testPath(model.person, test.key)}>{test.name}</a>,
          latest: latest ? <Result model={model} reading={latest} /> : undefined,
          range: <Value of={latest?.range} />,
          when: <WhenTaken test={test} now={model.now} />,
          from: latest ? <Sources model={model} origins={latest.origins} what={test.name} /> : undefined,
        }
      })}
    />
  )
}

/** The day of the newest reading; an early warning score of another day says that it tells nothing of now (hazard H-73). */
function WhenTaken({ test, now }: { readonly test: Test; readonly now: Date }): Safe {
  const when = test.latest?.when
  const age = isEarlyWarning(test) ? scoreAge(when, now) : ''
  return (
    <>
      <Value of={when === undefined ? undefined : longDate(when)} />
      {age === '' ? undefined : <div class="app-differ">{age} ago: says nothing of now</div>}
    </>
  )
}

const statusWords: Readonly<Record<string, string>> = {
  preliminary: 'Preliminary',
  registered: 'Not yet available',
  amended: 'Amended',
  corrected: 'Corrected',
  cancelled: 'Cancelled',
  'entered-in-error': 'Entered in error',
  unknown: 'Status not known',
}

/** The value with its flag in words and a mark, never by colour alone. */
export function Result({
  reading,
  model,
}: {
  readonly reading: Reading
  /** Absent: nothing is known of when its reader last looked. */
  readonly model?: RecordModel
}): Safe {
  const status = statusWords[reading.status]
  const outside = rangeMark(reading)
  return (
    <>
      {reading.flag ? <strong>{readingWords(reading)}</strong> : readingWords(reading)}
      {reading.flag ? (
        <>
          {' '}
          <span class="app-differ">
            <span aria-hidden="true">{mark(reading.flag)}</span> {reading.flag}
          </span>
        </>
      ) : undefined}{' '}
      {outside ? <span class="app-differ">{outside}</span> : undefined}{' '}
      {status ? <Tag text={status} colour="grey" /> : undefined}{' '}
      {model && isNew(model, reading) ? <Tag text="New" colour="blue" /> : undefined}
    </>
  )
}

// Beside the word, for the eye only.
function mark(flag: string): string {
  return /high|above/i.test(flag) ? '▲' : /low|below/i.test(flag) ? '▼' : '●'
}

/** One test: a line for each unit and component, then every reading. Unlike units never share an axis (hazard H-06). */
export function testView(model: RecordModel, test: Test, page: number): Safe {
  const path = testPath(model.person, test.key)
  const { rows, links, words } = paged(test.readings, page, (number) => `${path}?page=${number}`, readingsPerPage)
  // A chart carries a table of what it draws: all charts of a page share one budget of points (ui.md §6).
  const pointsMax = Math.max(
    12,
    Math.floor(pointsPerPage / Math.max(1, test.trends.filter(({ points }) => points.length > 1).length)),
  )
  const mixed = new Set(test.trends.map(({ name, unit }) => (name ? '' : unit))).size > 1
  return (
    <RecordPage model={model} section="tests" title={test.name} within>
      <h1>{test.name}</h1>
      <WhatsThis of={test.name} />
      <Missing model={model} retry={path} />
      {mixed ? (
        <p class="app-quiet">
          Results came in different units. Each unit has its own chart; nothing has been converted.
        </p>
      ) : undefined}
      {test.trends.map((trend, place) => {
        const drawn = trend.points.slice(-pointsMax)
        const expected = {
          ...(trend.low === undefined ? {} : { low: trend.low }),
          ...(trend.high === undefined ? {} : { high: trend.high }),
        }
        return trend.points.length < 2 ? undefined : (
          <>
            <Chart
              id={`trend-${place + 1}`}
              name={trend.name || test.name}
              unit={trend.unit || 'no unit recorded'}
              readings={drawn.map(({ at, value, text }) => ({ at: new Date(at), value, text }))}
              expected={expected}
              conclusion={`${trend.conclusion}. ${counted(trend.points.length, 'reading')}.${trend.points.length > pointsMax ? ` The last ${pointsMax} are drawn.` : ''}`}
            />
            {trend.leftOut > 0 ? (
              <p class="app-quiet">
                {counted(trend.leftOut, 'result')} given as a limit (such as “less than 5”){' '}
                {trend.leftOut === 1 ? 'is' : 'are'} in the table and not in the line.
              </p>
            ) : undefined}
          </>
        )
      })}
      <PageWords words={words} />
      <Table
        caption={counted(test.readings.length, 'result')}
        compact
        columns={[
          { key: 'when', text: 'When' },
          { key: 'result', text: 'Result', numeric: true },
          { key: 'range', text: 'Range' },
          { key: 'from', text: 'From' },
        ]}
        rows={rows.map(
          (reading): Row => ({
            when: <Value of={reading.when === undefined ? undefined : longDate(reading.when)} />,
            result: (
              <>
                <Result model={model} reading={reading} />
                {reading.comment ? <div class="app-quiet">{reading.comment}</div> : undefined}
                {reading.called ? <div class="app-quiet">Called “{reading.called}”</div> : undefined}
                <AckOf model={model} ids={reading.origins.map(({ id }) => id)} />
              </>
            ),
            range: <Value of={reading.range} />,
            from: reading.origins.map((origin) => <a href={factPath(model.person, origin)}>{origin.organisation}</a>),
          }),
        )}
      />
      {links}
    </RecordPage>
  )
}

const pointsPerPage = 40
const readingsPerPage = 30
