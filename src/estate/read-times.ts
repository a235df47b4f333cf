import type { Sql } from '../base/index.ts'

/** Seconds from power-on to the first useful page at which a band ends; the last has no end. */
export const startBands = [60, 120, 300, 600, 900] as const

export type SiteTimes = {
  readonly site: string
  readonly devices: number
  readonly starts: number
  /** Milliseconds from power-on to the first useful page; null: no start came so far. */
  readonly median: number | null
  readonly p90: number | null
}

export type SlowDevice = {
  readonly device: string
  readonly site: string
  readonly starts: number
  readonly median: number
}

export type StartTimes = {
  readonly all: SiteTimes
  readonly bySite: readonly SiteTimes[]
  /** Devices with the slowest median, at most 20. */
  readonly slowest: readonly SlowDevice[]
  /** Starts in each of `startBands`, then those beyond. */
  readonly bands: readonly number[]
  /** Median milliseconds of each part of the way, of the starts that tell it. */
  readonly parts: {
    readonly signIn: number | null
    readonly browser: number | null
    readonly firstPage: number | null
    readonly pageReadable: number | null
  }
}

/** The starts heard of since an instant. One statement; reads each start of that time once. */
export async function readStartTimes(sql: Sql, since: Date): Promise<StartTimes> {
  const starts = await sql<{ device: string; site: string; kinds: Readonly<Record<string, number>> }[]>`
    select s.device, s.site,
           coalesce((select jsonb_object_agg(e.kind, e.ms) from device_event e where e.device = s.device and e.start = s.start), '{}') as kinds
      from device_start s where s.heard_at >= ${since}`
  const each = starts.map(({ device, site, kinds }) => ({ device, site, kinds, whole: kinds['first-page'] }))
  const of = (rows: typeof each, site: string): SiteTimes => ({
    site,
    devices: new Set(rows.map(({ device }) => device)).size,
    starts: rows.length,
    ...shares(rows.flatMap(({ whole }) => whole ?? [])),
  })
  const bySite = [...Map.groupBy(each, ({ site }) => site)].map(([site, rows]) => of(rows, site))
  const slowest = [...Map.groupBy(each, ({ device }) => device)]
    .flatMap(([device, rows]) => {
      const { median } = of(rows, '')
      return median === null ? [] : [{ device, site: rows.at(-1)?.site ?? '', starts: rows.length, median }]
    })
    .toSorted((a, b) => b.median - a.median || (a.device < b.device ? -1 : 1))
    .slice(0, 20)
  const whole = each.flatMap((start) => start.whole ?? [])
  const medianOf = (kind: string) => shares(each.flatMap(({ kinds }) => kinds[kind] ?? [])).median
  return {
    all: of(each, ''),
    bySite: bySite.toSorted((a, b) => (b.median ?? -1) - (a.median ?? -1) || (a.site < b.site ? -1 : 1)),
    slowest,
    bands: [...startBands, Number.POSITIVE_INFINITY].map(
      (end, place) =>
        whole.filter((ms) => ms < end * 1_000 && (place === 0 || ms >= (startBands[place - 1] ?? 0) * 1_000)).length,
    ),
    parts: {
      signIn: medianOf('sign-in'),
      browser: medianOf('browser'),
      firstPage: medianOf('first-page'),
      pageReadable: medianOf('page-readable'),
    },
  }
}

/** The value that half, and that nine of ten, do not exceed. */
function shares(values: readonly number[]): { readonly median: number | null; readonly p90: number | null } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
  return { median: at(0.5), p90: at(0.9) }
}
