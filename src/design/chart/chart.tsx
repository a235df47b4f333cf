import type { Child } from '../jsx/elements.ts'
import type { Safe } from '../jsx/jsx-runtime.ts'
import { Details } from '../record/details.tsx'
import { Table } from '../record/table.tsx'
import { dateAndTime, shortDate } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import { linear, niceTicks } from './scale.ts'

/** One reading. `value` null: it was taken and has no number (sample haemolysed): the line has a gap there. */
export type ChartReading = {
  readonly at: Date
  readonly value: number | null
  /** As the source wrote it: `44`, `<5`, `Haemolysed`. Shown in the table. */
  readonly text: string
  readonly source?: Child
}

export type ChartProps = {
  readonly name: string
  readonly unit: string
  /** Oldest first, all in one unit. */
  readonly readings: readonly ChartReading[]
  /** What is expected, as the newest source states it; either end may be open. */
  readonly expected?: { readonly low?: number; readonly high?: number }
  readonly id: string
  /** The conclusion in words; absent: made from the first and the last reading. */
  readonly conclusion?: string
}

// The last value stands to the right of the line, where it covers no reading.
const box = { width: 800, height: 300, left: 60, right: 710, top: 20, bottom: 250 }

/** A line through the readings with its conclusion in words, the expected range, and every reading in a table. */
export function Chart({ name, unit, readings, expected, id, conclusion: given }: ChartProps): Safe {
  const words = given ?? conclusion(readings, unit)
  // Nothing is said of sources where none are given: "not recorded" would be untrue.
  const hasSources = readings.some(({ source }) => source !== undefined)
  return (
    <figure class="app-chart" id={id}>
      <figcaption>
        <strong>
          {name}, {unit}
        </strong>
        <br />
        {words}
      </figcaption>
      {readings.some(({ value }) => value !== null) ? (
        <Drawing readings={readings} expected={expected ?? {}} label={`${name}, ${unit}. ${words}`} />
      ) : undefined}
      <Details summary={`Show ${counted(readings.length, 'reading')} as a table`}>
        <Table
          caption={`${name}, ${unit}`}
          captionHidden
          compact
          columns={[
            { key: 'at', text: 'Date' },
            { key: 'value', text: 'Result', numeric: true },
            ...(hasSources ? [{ key: 'source', text: 'From' }] : []),
          ]}
          rows={[...readings].reverse().map(({ at, text, source }) => ({
            at: <time datetime={at.toISOString()}>{dateAndTime(at)}</time>,
            value: text,
            ...(hasSources ? { source: source ?? 'Not recorded' } : {}),
          }))}
        />
      </Details>
    </figure>
  )
}

/** `Fell from 52 in Aug 2025 to 44 in Nov 2026. 16 readings.` */
export function conclusion(readings: readonly ChartReading[], unit: string): string {
  const withValue = readings.filter((reading): reading is ChartReading & { value: number } => reading.value !== null)
  const first = withValue[0]
  const last = withValue[withValue.length - 1]
  const many = `${counted(readings.length, 'reading')}.`
  if (first === undefined || last === undefined) return `No reading has a number. ${many}`
  if (first === last) return `${last.text} ${unit} on ${shortDate(last.at)}. ${many}`
  const verb = last.value < first.value ? 'Fell from' : last.value > first.value ? 'Rose from' : 'The same:'
  return `${verb} ${first.text} on ${shortDate(first.at)} to ${last.text} on ${shortDate(last.at)}. ${many}`
}

type DrawingProps = {
  readonly readings: readonly ChartReading[]
  readonly expected: { readonly low?: number; readonly high?: number }
  readonly label: string
}

function Drawing({ readings, expected, label }: DrawingProps): Safe {
  const numbers = readings.flatMap(({ value }) => (value === null ? [] : [value]))
  const ends = [expected.low, expected.high].filter((end) => end !== undefined)
  const whole = [...numbers, ...ends].every(Number.isInteger) && readings.every(({ text }) => !/\d[.,]\d/.test(text))
  const ticks = niceTicks([...numbers, ...ends], whole)
  const y = linear([ticks[0] ?? 0, ticks[ticks.length - 1] ?? 1], [box.bottom, box.top])
  const times = readings.map(({ at }) => at.getTime())
  const x = linear([Math.min(...times), Math.max(...times)], [box.left, box.right])
  const last = readings.findLast(({ value }) => value !== null)
  return (
    <svg viewBox={`0 0 ${box.width} ${box.height}`} role="img" aria-label={label} focusable="false">
      {ticks.map((tick) => (
        <>
          <line class="app-chart__grid" x1={box.left} x2={box.right} y1={place(y(tick))} y2={place(y(tick))} />
          <text x={box.left - 10} y={place(y(tick) + 6)} text-anchor="end">
            {tick}
          </text>
        </>
      ))}
      <Expected expected={expected} y={y} />
      {runs(readings).map((run) => (
        <polyline
          class="app-chart__line"
          points={run.map(({ at, value }) => `${place(x(at.getTime()))},${place(y(value))}`).join(' ')}
        />
      ))}
      {runs(readings).flatMap((run) =>
        run.map(({ at, value }) => (
          <circle
            class="app-chart__dot"
            cx={place(x(at.getTime()))}
            cy={place(y(value))}
            r={numbers.length > 60 ? 3 : 5}
          />
        )),
      )}
      <TimeAxis readings={readings} x={x} />
      {last && last.value !== null ? (
        <text class="app-chart__last" x={place(x(last.at.getTime()) + 12)} y={place(y(last.value) + 8)}>
          {last.text}
        </text>
      ) : undefined}
    </svg>
  )
}

/** Stretches without a gap: a reading without a number ends one. */
function runs(readings: readonly ChartReading[]): readonly (readonly (ChartReading & { value: number })[])[] {
  const stretches: (ChartReading & { value: number })[][] = [[]]
  for (const reading of readings) {
    if (reading.value === null) stretches.push([])
    else stretches[stretches.length - 1]?.push({ ...reading, value: reading.value })
  }
  return stretches.filter(({ length }) => length > 0)
}

function Expected({
  expected,
  y,
}: {
  readonly expected: DrawingProps['expected']
  readonly y: (value: number) => number
}): Safe {
  const { low, high } = expected
  return (
    <>
      {low === undefined ? undefined : (
        <Reference at={y(low)} text={`${low} or more is expected`} below={high !== undefined} />
      )}
      {high === undefined ? undefined : <Reference at={y(high)} text={`${high} or less is expected`} below={false} />}
    </>
  )
}

function Reference({ at, text, below }: { readonly at: number; readonly text: string; readonly below: boolean }): Safe {
  return (
    <>
      <line class="app-chart__expected" x1={box.left} x2={box.right} y1={place(at)} y2={place(at)} />
      <text x={box.left + 8} y={place(below && at + 24 < box.bottom ? at + 20 : at - 8)}>
        {text}
      </text>
    </>
  )
}

function TimeAxis({
  readings,
  x,
}: {
  readonly readings: readonly ChartReading[]
  readonly x: (time: number) => number
}): Safe {
  const first = readings[0]
  const last = readings[readings.length - 1]
  if (first === undefined || last === undefined) return <></>
  const one = readings.length === 1 || first.at.getTime() === last.at.getTime()
  return (
    <>
      <text x={place(x(first.at.getTime()))} y={box.bottom + 30} text-anchor={one ? 'middle' : 'start'}>
        {shortDate(first.at)}
      </text>
      {one ? undefined : (
        <text x={place(x(last.at.getTime()))} y={box.bottom + 30} text-anchor="end">
          {shortDate(last.at)}
        </text>
      )}
    </>
  )
}

function place(at: number): number {
  return Math.round(at * 10) / 10
}
