import { Ago, counted, Details, type Safe, Table, withCommas } from '../../design/index.ts'
import { type SiteTimes, type StartTimes, startBands } from '../../estate/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

export type EstateModel = {
  readonly shell: StaffShell
  readonly times: StartTimes
  readonly days: number
  readonly now: Date
}

/** How long people wait from pressing the power button to a page they can work with, by device and site. */
export function estateView({ shell, times, days, now }: EstateModel): Safe {
  const { all } = times
  return (
    <StaffPage shell={shell} title={['Start-up times']} at="estate" exact>
      <h1>Start-up times</h1>
      {all.starts === 0 ? <NoStarts days={days} /> : <Times times={times} days={days} />}
      <h2>What is kept</h2>
      <p>
        A meaningless number for the device, the site that its operator named, and how long each part of a start took.
        Not who used it, not where it is on the network, and nothing about patients. Starts are removed after 400 days.
      </p>
      <p class="app-quiet">
        Last updated <Ago at={now} now={now} />. <a href={paths.estate}>Refresh</a>
      </p>
    </StaffPage>
  )
}

function NoStarts({ days }: { readonly days: number }): Safe {
  return (
    <>
      <p class="app-lead">No device has reported a start in the last {days} days.</p>
      <p>
        Devices report when the script in <code>deploy/start-up</code> runs at sign-in. Its README says how to set it
        up.
      </p>
    </>
  )
}

function Times({ times, days }: { readonly times: StartTimes; readonly days: number }): Safe {
  const { all, bySite, slowest, bands, parts } = times
  const came = bands.reduce((sum, many) => sum + many, 0)
  return (
    <>
      <p class="app-lead">
        {all.median === null
          ? `${counted(all.starts, 'start')} in ${days} days; none has come as far as a page yet.`
          : `Half of all starts take ${lasting(all.median)} or less from power-on to the first page. One in ten takes longer than ${lasting(all.p90)}.`}
      </p>
      <dl class="app-figures">
        <Figure name="Median, power-on to first page" value={lasting(all.median)} />
        <Figure name="Nine of ten within" value={lasting(all.p90)} />
        <Figure name={`Starts in ${days} days`} value={withCommas(all.starts)} />
        <Figure name="Devices" value={withCommas(all.devices)} />
      </dl>
      {came === 0 ? undefined : <Distribution bands={bands} came={came} />}
      {came === all.starts ? undefined : (
        <p>
          {counted(all.starts - came, 'start')} did not come as far as a page, and{' '}
          {all.starts - came === 1 ? 'is' : 'are'} not in these times.
        </p>
      )}
      <h2>Where the time goes</h2>
      <Table
        caption="Median time from power-on to each step"
        captionHidden
        columns={[
          { key: 'step', text: 'Step' },
          { key: 'time', text: 'Median', numeric: true },
        ]}
        rows={[
          { step: 'Power-on until signed in to the device', time: lasting(parts.signIn) },
          { step: 'Power-on until the browser asks for a page', time: lasting(parts.browser) },
          { step: 'Power-on until the first page after sign-in', time: lasting(parts.firstPage) },
          { step: 'That page alone, until it can be read', time: lasting(parts.pageReadable) },
        ]}
      />
      <h2>By site</h2>
      <Table
        caption="Start-up times by site, slowest first"
        captionHidden
        columns={[
          { key: 'site', text: 'Site' },
          { key: 'devices', text: 'Devices', numeric: true },
          { key: 'starts', text: 'Starts', numeric: true },
          { key: 'median', text: 'Median', numeric: true },
          { key: 'p90', text: 'Nine of ten within', numeric: true },
        ]}
        rows={bySite.slice(0, 50).map(siteRow)}
      />
      {slowest.length === 0 ? undefined : (
        <>
          <h2>Slowest devices</h2>
          <Table
            caption="Devices with the slowest starts"
            captionHidden
            columns={[
              { key: 'device', text: 'Device' },
              { key: 'site', text: 'Site' },
              { key: 'starts', text: 'Starts', numeric: true },
              { key: 'median', text: 'Median', numeric: true },
            ]}
            rows={slowest.map(({ device, site, starts, median }) => ({
              device: <code>{device.slice(0, 8)}</code>,
              site,
              starts: withCommas(starts),
              median: lasting(median),
            }))}
          />
          <p class="app-quiet">
            The script prints the same eight letters on the device itself when it runs with “show”.
          </p>
        </>
      )}
    </>
  )
}

function siteRow({ site, devices, starts, median, p90 }: SiteTimes) {
  return { site, devices: withCommas(devices), starts: withCommas(starts), median: lasting(median), p90: lasting(p90) }
}

function Figure({ name, value }: { readonly name: string; readonly value: string }): Safe {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

const bandNames = [...startBands, undefined].map((end, place) => {
  const from = place === 0 ? undefined : (startBands[place - 1] ?? 0) / 60
  if (from === undefined) return 'Less than 1 minute'
  return end === undefined ? `${from} minutes or more` : `${from} to ${end / 60} minutes`
})

const bar = { left: 190, width: 520, height: 26, gap: 10 }

/** How many starts took how long: bars with their numbers, and the same as a table. */
function Distribution({ bands, came }: { readonly bands: readonly number[]; readonly came: number }): Safe {
  const most = Math.max(...bands, 1)
  const slow = bands.slice(4).reduce((sum, many) => sum + many, 0)
  const words = `${counted(slow, 'start')} of ${withCommas(came)} took 10 minutes or more.`
  return (
    <figure class="app-chart">
      <figcaption>
        <strong>How long starts take</strong>
        <br />
        {words}
      </figcaption>
      <svg
        viewBox={`0 0 800 ${bands.length * (bar.height + bar.gap)}`}
        role="img"
        aria-label={`How long starts take. ${words}`}
        focusable="false"
      >
        {bands.map((many, place) => {
          const y = place * (bar.height + bar.gap)
          const width = Math.round((many / most) * bar.width)
          return (
            <>
              <text x={bar.left - 10} y={y + 19} text-anchor="end">
                {bandNames[place]}
              </text>
              <rect class="app-chart__dot" x={bar.left} y={y} width={Math.max(width, 1)} height={bar.height} />
              <text x={bar.left + width + 8} y={y + 19}>
                {many}
              </text>
            </>
          )
        })}
      </svg>
      <Details summary="Show as a table">
        <Table
          caption="Starts by time from power-on to first page"
          captionHidden
          compact
          columns={[
            { key: 'band', text: 'Time' },
            { key: 'many', text: 'Starts', numeric: true },
          ]}
          rows={bands.map((many, place) => ({ band: bandNames[place] ?? '', many: withCommas(many) }))}
        />
      </Details>
    </figure>
  )
}

/** `840 ms`, `12 s`, `4 min 10 s`. */
export function lasting(ms: number | null): string {
  if (ms === null) return 'Not measured'
  if (ms < 1_000) return `${ms} ms`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`
}
