import { Problem } from '../../base/index.ts'
import {
  Chart,
  type Child,
  counted,
  longDate,
  type Row,
  type Safe,
  Table,
  Tag,
  timeOfDay,
  WhatsThis,
} from '../../design/index.ts'
import { isFreshScore, type News2, type News2Recorded, type News2Set, scoreAge } from '../../record/index.ts'
import { paths } from '../paths.ts'
import { factPath, Missing, nothing, PageWords, paged, type RecordModel, RecordPage } from './frame.tsx'

export function news2Path(person: string): string {
  return paths.patient(person, 'tests', 'news2')
}

const parameterWords: Readonly<Record<News2Set['readings'][number]['parameter'], string>> = {
  respiration: 'Respiration',
  saturation: 'Oxygen saturation',
  oxygen: 'Air or oxygen',
  systolic: 'Systolic blood pressure',
  pulse: 'Pulse',
  consciousness: 'Consciousness',
  temperature: 'Temperature',
}
const riskWords = { low: 'Low', 'low-medium': 'Low to medium', medium: 'Medium', high: 'High' } as const

/** Whether there is a score or a set of readings, no older than these days. @param sinceDays absent: however old */
export function hasNews2(model: RecordModel, sinceDays?: number): boolean {
  const newest = newestNews2Ms(model)
  return newest > 0 && (sinceDays === undefined || newest >= model.now.getTime() - sinceDays * 86_400_000)
}

/** When the newest score was, recorded or computed; 0 when there is none. */
export function newestNews2Ms({ record }: RecordModel): number {
  const [set, sent] = [record.news2.sets[0], record.news2.recorded[0]]
  return Math.max(set ? Date.parse(set.until) : 0, sent ? Date.parse(sent.when) : 0)
}

/** The newest score, recorded and computed: two lines, never taken for each other (hazard H-31). Nothing when there is neither. */
export function News2Line({
  model,
  sinceDays,
  here,
}: {
  readonly model: RecordModel
  /** Absent: however old. */
  readonly sinceDays?: number
  /** On the page of all scores itself. */
  readonly here?: boolean
}): Safe {
  const { sets, recorded } = model.record.news2
  const [set, sent] = [sets[0], recorded[0]]
  if (!hasNews2(model, sinceDays)) return nothing
  const recordedLine = sent ? (
    <p>
      <strong>NEWS2 {String(sent.total)}</strong> recorded by{' '}
      <a href={factPath(model.person, sent.origin)}>{sent.origin.organisation}</a>, {moment(sent.when)}
      {agoWords(sent.when, model.now)}. {riskNow(sent, sent.when, model.now)}
    </p>
  ) : undefined
  const computedLine = set ? (
    <p>
      <Computed set={set} now={model.now} /> from the readings of {set.organisation}, {span(set)}
      {agoWords(set.until, model.now)}.{' '}
      {here ? undefined : <a href={news2Path(model.person)}>All scores and their readings</a>}
    </p>
  ) : undefined
  // The newest first: of two scores the older is never read for the present one.
  const isComputedNewer = set && sent && Date.parse(set.until) - Date.parse(sent.when) > hourMs
  return <div>{isComputedNewer ? [computedLine, recordedLine] : [recordedLine, computedLine]}</div>
}

const hourMs = 3_600_000

/** `Low risk. At least every 12 hours.`; of an old score only what it was (hazard H-73). */
function riskNow({ risk, response }: Pick<News2Recorded, 'risk' | 'response'>, when: string, now: Date): string {
  return isFreshScore(when, now)
    ? `${riskWords[risk]} risk. ${response}.`
    : `${riskWords[risk]} risk then: too old to say anything of now.`
}

/** `, 13 days ago`; '' of a fresh score. */
function agoWords(when: string, now: Date): string {
  if (Date.parse(when) - now.getTime() > hourMs) return ', a time that is still to come'
  const age = scoreAge(when, now)
  return age === '' ? '' : `, ${age} ago`
}

/** By whom, always: a total that nobody at the bedside wrote down says so. */
function Computed({ set, now }: { readonly set: News2Set; readonly now: Date }): Safe {
  const { computed, recorded } = set
  if (computed.kind !== 'scored') return <>No NEWS2 computed by Throughline ({whyNone(computed)})</>
  return (
    <>
      <strong>NEWS2 {String(computed.total)}</strong> <Tag text="Computed by Throughline" colour="blue" />{' '}
      {recorded && recorded.total !== computed.total ? (
        <span class="app-differ">differs from {String(recorded.total)} as recorded; </span>
      ) : undefined}
      {riskNow(computed, set.until, now)} Oxygen saturation scale {String(set.scale)},
    </>
  )
}

function whyNone(computed: Exclude<News2Set['computed'], { kind: 'scored' }>): string {
  switch (computed.kind) {
    case 'partial':
      return `not measured: ${computed.missing.map((one) => parameterWords[one].toLowerCase()).join(', ')}`
    case 'unusable':
      return `cannot be right: ${computed.parameters.map((one) => parameterWords[one].toLowerCase()).join(', ')}`
    case 'not-scored':
      return computed.why
  }
}

function moment(when: string): string {
  return `${longDate(when)} at ${timeOfDay(new Date(when))}`
}

function span({ from, until }: News2Set): string {
  const [first, last] = [timeOfDay(new Date(from)), timeOfDay(new Date(until))]
  return `${longDate(from)} ${first === last ? first : `${first} to ${last}`}`
}

const setsPerPage = 12
const pointsMax = 20

/**
 * Every set of readings with its score, and the course of both kinds of total.
 * @throws Problem 'not-found' when there is neither a score nor a set
 */
export function news2View(model: RecordModel, page: number): Safe {
  const { news2 } = model.record
  if (news2.sets.length + news2.recorded.length === 0)
    throw new Problem('not-found', 'This record has no NEWS2', 'Choose one from the list of tests.')
  const path = news2Path(model.person)
  const { rows, links, words } = paged(news2.sets, page, (number) => `${path}?page=${number}`, setsPerPage)
  const alone = news2.recorded.filter(({ origin }) => !news2.sets.some(({ recorded }) => recorded?.origin === origin))
  return (
    <RecordPage model={model} section="tests" title="NEWS2" within>
      <h1>NEWS2</h1>
      <WhatsThis of="NEWS2" />
      <Missing model={model} retry={path} />
      <News2Line model={model} here />
      <p class="app-quiet">
        Computed only from a whole set: seven readings of one source within 15 minutes. It does not replace the score
        that staff record at the bedside. Scores and responses: Royal College of Physicians, NEWS2, 2017.
      </p>
      <Trend
        id="recorded"
        name="NEWS2 as recorded"
        points={news2.recorded.map(({ when, total }) => ({ at: when, total }))}
      />
      <Trend
        id="computed"
        name="NEWS2 computed by Throughline"
        points={news2.sets.flatMap(({ until, computed }) =>
          computed.kind === 'scored' ? [{ at: until, total: computed.total }] : [],
        )}
      />
      <PageWords words={words} />
      {rows.length > 0 ? (
        <Table
          caption={counted(news2.sets.length, 'set of readings', 'sets of readings')}
          compact
          columns={[
            { key: 'when', text: 'When' },
            { key: 'readings', text: 'Readings' },
            { key: 'computed', text: 'Computed by Throughline' },
            { key: 'recorded', text: 'Recorded' },
          ]}
          rows={rows.map((set) => setRow(model, set))}
        />
      ) : undefined}
      {links}
      {alone.length > 0 ? <Alone model={model} recorded={alone} /> : undefined}
    </RecordPage>
  )
}

function Trend({
  id,
  name,
  points,
}: {
  readonly id: string
  readonly name: string
  readonly points: readonly { readonly at: string; readonly total: number }[]
}): Safe {
  if (points.length < 2) return nothing
  const drawn = points.slice(0, pointsMax).toReversed()
  const [first, last] = [drawn[0]?.total ?? 0, drawn.at(-1)?.total ?? 0]
  const highest = Math.max(...drawn.map(({ total }) => total))
  const course =
    first === last ? `${last} at first and last` : `${last < first ? 'Fell' : 'Rose'} from ${first} to ${last}`
  return (
    <Chart
      id={id}
      name={name}
      unit="of 20"
      readings={drawn.map(({ at, total }) => ({ at: new Date(at), value: total, text: String(total) }))}
      conclusion={`${course}${highest > Math.max(first, last) ? `, highest ${highest}` : ''}. ${counted(points.length, 'score')}.${points.length > pointsMax ? ` The last ${pointsMax} are drawn.` : ''}`}
    />
  )
}

function setRow(model: RecordModel, set: News2Set): Row {
  const { computed, recorded, readings } = set
  return {
    when: (
      <>
        {span(set)}
        <div class="app-quiet">{set.organisation}</div>
      </>
    ),
    readings: (
      <ul class="nhsuk-list">
        {readings.map(({ parameter, text, band, origin }) => (
          <li>
            <a href={factPath(model.person, origin)}>{parameterWords[parameter]}</a> {text}
            {band === undefined ? '' : band === 0 ? ' scores 0' : <strong> scores {String(band)}</strong>}
          </li>
        ))}
      </ul>
    ),
    computed:
      computed.kind === 'scored'
        ? score(computed.total, riskWords[computed.risk], recorded ? recorded.total !== computed.total : false)
        : `No total: ${whyNone(computed)}`,
    recorded: recorded ? (
      <a href={factPath(model.person, recorded.origin)}>
        {String(recorded.total)} at {timeOfDay(new Date(recorded.when))}
      </a>
    ) : (
      'Not recorded'
    ),
  }
}

function score(total: number, risk: string, differs: boolean): Child {
  return (
    <>
      <strong>{String(total)}</strong>, {risk.toLowerCase()} risk
      {differs ? <div class="app-differ">Differs from what was recorded</div> : undefined}
    </>
  )
}

/** Totals that came without a set of readings. */
function Alone({ model, recorded }: { readonly model: RecordModel; readonly recorded: News2['recorded'] }): Safe {
  return (
    <Table
      caption="Recorded without their readings"
      compact
      columns={[
        { key: 'when', text: 'When' },
        { key: 'total', text: 'NEWS2', numeric: true },
        { key: 'from', text: 'From' },
      ]}
      rows={recorded.slice(0, setsPerPage).map(({ when, total, risk, origin }) => ({
        when: moment(when),
        total: score(total, riskWords[risk], false),
        from: <a href={factPath(model.person, origin)}>{origin.organisation}</a>,
      }))}
    />
  )
}
