import { randomFor } from './random.ts'

/** One start of an invented device: when it was switched on, and milliseconds from then to each step. */
export type DemoStart = {
  /** Opaque, 16 letters and digits. */
  readonly device: string
  /** Says "synthetic", as everything here. */
  readonly site: string
  readonly poweredOnAt: Date
  readonly signedIn: number
  readonly scriptRan: number
  readonly browser: number
  readonly firstPage: number
  /** What the browser measured of the first page, since it was asked for. */
  readonly page: { readonly firstByte: number; readonly readable: number; readonly loaded: number }
}

/** Old kit beside new: seconds from power-on to a signed-in desktop, and how many devices there are of it. */
const sites = [
  { site: 'Ward 4 - synthetic', desktop: 190, devices: 4 },
  { site: 'Emergency department - synthetic', desktop: 75, devices: 3 },
  { site: 'Riverside Surgery - synthetic', desktop: 420, devices: 3 },
  { site: 'Community team - synthetic', desktop: 130, devices: 2 },
] as const
const startsOfEach = 3
const dayMs = 86_400_000

/** What the devices of the area would have told in the last days, as the start-up script and the browser tell it. */
export function demoStarts({ seed, now }: { readonly seed: string; readonly now: Date }): readonly DemoStart[] {
  return sites.flatMap(({ site, desktop, devices }) =>
    Array.from({ length: devices * startsOfEach }, (_, n) => {
      const number = Math.floor(n / startsOfEach)
      const random = randomFor(seed, 'start', site, n)
      const signedIn = Math.round(Math.max(20, random.near(desktop, desktop / 2)) * 1_000)
      const scriptRan = signedIn + random.int(2_000, 9_000)
      const browser = scriptRan + random.int(3_000, 15_000)
      const firstByte = random.int(60, 400)
      const readable = firstByte + random.int(200, 1_400)
      return {
        device: randomFor(seed, 'device', site, number).next().toString(36).slice(2).padEnd(16, '0').slice(0, 16),
        site,
        poweredOnAt: new Date(now.getTime() - (1 + (n % startsOfEach) * 5) * dayMs - random.int(0, 3) * 3_600_000),
        signedIn,
        scriptRan,
        browser,
        firstPage: browser + random.int(8_000, 30_000),
        page: { firstByte, readable, loaded: readable + random.int(50, 300) },
      }
    }),
  )
}
