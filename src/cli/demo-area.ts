import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import {
  type Area,
  accepting,
  type DemoStaff,
  demoArea,
  demoPatients,
  demoSources,
  demoStaff,
  demoStarts,
} from '../../demo/index.ts'
import { type StaffRole, type StandIn, type StandInPeople, standInProvider } from '../access/index.ts'
import { type Clock, type Pool, Problem } from '../base/index.ts'
import type { Config } from '../config.ts'
import { noteFirstPage, notePageTimes, openStart, readStartTimes, recordStart } from '../estate/index.ts'
import { type FormatId, type Sources, saveSource } from '../feeds/index.ts'
import { type Client, demoClient } from '../fhir-api/index.ts'
import { noteColleagues } from '../worklist/index.ts'

/** What the demo remembers between starts, beside the database: without its day the area would say other things under the same numbers. */
export type DemoState = {
  readonly people: number
  readonly seed: number
  readonly now: string
  readonly sent: boolean
  /** Where its two systems listen that take what staff write. */
  readonly receivers?: { readonly hospital: number; readonly practice: number }
}

/** What the demo adds to the server; absent in production. */
export type Demo = {
  readonly standIn: StandIn
  /** Declares a source by the name under which somebody sends to it: the demo is a sandbox. */
  declare(wanted: { readonly id: string; readonly sources: Sources }): Promise<void>
  /** The same for an HL7 v2 sender. */
  declareSender(wanted: {
    readonly sender: { readonly application: string; readonly facility: string }
    readonly sources: Sources
  }): Promise<void>
}

/** A sandbox is not a store: beyond this many, senders must be declared. */
const sandboxMax = 50
const writerId = 'demo-system'
const everyFormat: readonly FormatId[] = ['hl7v2', 'fhir', 'gp-connect', 'cda']

/** What each of the invented staff may do. */
const rights = {
  gp: 'clinician',
  'practice-nurse': 'nurse',
  'ward-doctor': 'clinician',
  'hospital-nurse': 'nurse',
  pharmacist: 'pharmacist',
  'community-nurse': 'nurse',
  'social-worker': 'social-worker',
  'mental-health-worker': 'clinician',
  'integration-analyst': 'integration-analyst',
  'identity-officer': 'identity-officer',
  'privacy-officer': 'privacy-officer',
  'booking-clerk': 'booking-clerk',
} as const satisfies Readonly<Record<string, StaffRole>>

const staffOf = (one: DemoStaff) => ({ ...one, role: rights[one.role] })

const statePath = (config: Config) => join(config.DATA_DIR, 'demo.json')

/** The area of this data folder; made up anew when the settings ask for another. */
export function readDemoState(config: Config, clock: Clock): DemoState {
  const wanted = { people: config.DEMO_PEOPLE, seed: config.DEMO_SEED }
  try {
    const kept = JSON.parse(readFileSync(statePath(config), 'utf8')) as DemoState
    if (kept.seed === wanted.seed)
      return { ...kept, people: wanted.people, sent: kept.sent && kept.people === wanted.people }
  } catch {
    // The first start, or a file that was cut off: the same area is drawn again.
  }
  return { ...wanted, now: clock().toISOString(), sent: false }
}

export function writeDemoState(config: Config, state: DemoState): void {
  mkdirSync(config.DATA_DIR, { recursive: true })
  const path = statePath(config)
  writeFileSync(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(`${path}.new`, path)
}

export function areaOf({ people, seed, now }: DemoState): Area {
  return demoArea({ people, seed: String(seed), now: new Date(now) })
}

/** Declares the eight sources and opens the stand-in sign-in. */
export async function prepareDemo({
  config,
  pool,
  clock,
}: {
  readonly config: Config
  readonly pool: Pool
  readonly clock: Clock
}): Promise<Demo> {
  const before = readDemoState(config, clock)
  const receivers = before.receivers ?? { hospital: await freePort(), practice: await freePort() }
  const state = { ...before, receivers }
  writeDemoState(config, state)
  for (const source of demoSources()) await saveSource(pool, accepting(source, receivers), clock)
  await saveSource(
    pool,
    {
      id: writerId,
      name: 'Demo system',
      kind: 'other',
      organisation: { code: 'DEMO', name: 'Demo system (synthetic)' },
      formats: ['fhir'],
      settings: { nhsNumbersTraced: true },
    },
    clock,
  )
  // They work here from the first day: what they own does not surface as if they had left.
  await noteColleagues(pool, demoStaff().map(staffOf), clock())
  if (state.people > 0) await keepStarts(pool, state)
  let people: StandInPeople | undefined
  const standIn = standInProvider('demo', () => {
    const all = people ?? {
      staff: demoStaff().map(staffOf),
      patients: demoPatients(areaOf(state)).filter(({ nhsNumber }) => nhsNumber !== ''),
    }
    people = all
    return all
  })
  if (!standIn) throw new Problem('fault', 'The stand-in sign-in is for the demo only', 'Tell the operator.')

  async function declareIn(sources: Sources, source: Parameters<typeof saveSource>[1]): Promise<void> {
    if (sources.all().length >= sandboxMax)
      throw new Problem('conflict', 'The sandbox has as many sources as it takes', 'Use one that is declared.')
    await saveSource(pool, source, clock)
    await sources.refresh()
  }
  const sandbox = (id: string, name: string) => ({
    id,
    name: `${name} (sandbox)`,
    kind: 'other' as const,
    organisation: { code: 'SANDBOX', name: `${name} (synthetic sandbox)` },
    formats: everyFormat,
  })
  return {
    standIn,
    async declare({ id, sources }) {
      if (sources.get(id) || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) return
      await declareIn(sources, { ...sandbox(id, id), settings: { nhsNumbersTraced: true } })
    },
    async declareSender({ sender: { application, facility }, sources }) {
      const name = `${application} ${facility}`
        .trim()
        .replace(/[^\w -]/g, '')
        .slice(0, 60)
      const id = `mllp-${name}`
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/-$/, '')
        .slice(0, 60)
      if (application === '' || sources.get(id)) return
      await declareIn(sources, {
        ...sandbox(id, name),
        settings: {
          hl7v2: { sendingApplication: application, ...(facility === '' ? {} : { sendingFacility: facility }) },
          nhsNumbersTraced: true,
        },
      })
    },
  }
}

/** Starts of invented devices, each at its own time, so that the page of start-up times has something to show; not where any was heard of. */
async function keepStarts(pool: Pool, { seed, now }: DemoState): Promise<void> {
  const { all } = await readStartTimes(pool, new Date(0))
  if (all.starts > 0) return
  await pool.begin(async (tx) => {
    for (const start of demoStarts({ seed: String(seed), now: new Date(now) })) {
      const after = (ms: number) => new Date(start.poweredOnAt.getTime() + ms)
      const { device, site, signedIn, scriptRan, browser, firstPage, page } = start
      const key = await recordStart(tx, { device, site, sincePowerOn: scriptRan, signedIn }, after(scriptRan))
      await openStart(tx, key, after(browser))
      await noteFirstPage(tx, key, after(firstPage))
      await notePageTimes(tx, key, page, after(firstPage))
    }
  })
}

/** A port of this machine that nobody uses now; the demo's receivers keep it from then on. */
async function freePort(): Promise<number> {
  return await new Promise((done, failed) => {
    const probe = createServer()
    probe.once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const at = probe.address()
      probe.close(() => done(typeof at === 'object' && at !== null ? at.port : 0))
    })
  })
}

/** Clients that may ask for a token in the demo. */
export function demoClients(): readonly Client[] {
  return [demoClient(writerId)]
}
