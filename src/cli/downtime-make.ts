/** Making downtime packs: one sealed file a list, whole or not there at all. Stopped half-way, the next run goes on with the lists that are not done. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openRecordsForPack, staffPermissions, withTrail } from '../access/index.ts'
import { type Clock, type Log, type Pool, Problem } from '../base/index.ts'
import { londonLocal } from '../nhs/index.ts'
import {
  indexPage,
  type PackPerson,
  personPage,
  pressed,
  readForSummary,
  type Summary,
  sealPack,
  summarise,
} from '../record/index.ts'
import { type AnyList, everyList, everyoneOn, makeFollower } from '../worklist/index.ts'

export type PackNeeds = {
  readonly pool: Pool
  readonly clock: Clock
  readonly log: Log
  readonly folder: string
  /** Never logged, and never in an argument. */
  readonly passphrase: string
  readonly keepHours: number
  readonly demo: boolean
}

export type PackRun = {
  readonly made: readonly {
    readonly file: string
    readonly title: string
    readonly people: number
    readonly missed: number
  }[]
  /** Lists whose file of this hour was there already. */
  readonly kept: number
  readonly removed: number
}

export type PackAsked = {
  /** Absent: every list. */
  readonly wanted?: (list: AnyList) => boolean
  /** Makes also what was made within this hour. */
  readonly again?: boolean
  readonly progress?: (words: string) => void
}

/** The maker, as the trail and the person see it. */
const maker = { kind: 'system', id: 'downtime-pack', name: 'Downtime pack', scopes: ['system/*.r'] } as const
const peopleAtOnce = 20
/** Lines a section: a page for each person, and not a book. */
const linesMax = 15
const ours = /^downtime-[a-z0-9-]+-\d{4}-\d\d-\d\dT\d\d\.html(?:\.tmp)?$/

export async function makePacks(needs: PackNeeds, { wanted, again, progress }: PackAsked = {}): Promise<PackRun> {
  const { pool, clock, folder, log } = needs
  await catchUp(needs)
  const lists = (await everyList(pool)).filter((list) => wanted?.(list) ?? true)
  const hour = londonLocal(clock()).slice(0, 13)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const there = new Set(await readdir(folder))
  const made: PackRun['made'][number][] = []
  let kept = 0
  for (const [place, list] of lists.entries()) {
    const file = `downtime-${slugOf(list)}-${hour}.html`
    if (there.has(file) && again !== true) {
      kept += 1
      continue
    }
    progress?.(`list ${place + 1} of ${lists.length}`)
    const one = await makePack(needs, list, join(folder, file))
    if (one.people > 0 || one.missed > 0) made.push({ file, title: list.title, ...one })
  }
  const removed = await removeOld(needs, made.length + kept > 0)
  log.info(
    { made: made.length, kept, removed, people: made.reduce((sum, { people }) => sum + people, 0) },
    'downtime packs were made',
  )
  return { made, kept, removed }
}

/** Lists follow the facts a moment later: a pack waits until they have caught up. */
async function catchUp({ pool, clock, log }: PackNeeds): Promise<void> {
  const roles = Object.keys(staffPermissions) as (keyof typeof staffPermissions)[]
  const follower = makeFollower({ pool, clock, log, resultRoles: roles, taskRoles: roles })
  while ((await follower.keepUp()).behind);
}

async function makePack(
  { pool, clock, passphrase, demo }: PackNeeds,
  list: AnyList,
  path: string,
): Promise<{ readonly people: number; readonly missed: number }> {
  const listed = await everyoneOn(pool, list)
  if (listed.length === 0) return { people: 0, missed: 0 }
  const madeAt = clock()
  const people: PackPerson[] = []
  const boxes: Buffer[] = []
  let missed = 0
  for (let at = 0; at < listed.length; at += peopleAtOnce) {
    const some = listed.slice(at, at + peopleAtOnce)
    const summaries = await read(some.map(({ person }) => person))
    for (const { person, place } of some) {
      const summary = summaries.get(person)
      if (!summary) {
        missed += 1
        continue
      }
      boxes.push(await pressed(personPage({ demo }, summary, place)))
      const { name, nhsNumber, allergies, restricted, asAt } = summary
      people.push({ number: boxes.length, place, summary: { name, nhsNumber, allergies, restricted, asAt } })
    }
    // A nightly run holds up nobody's page.
    await new Promise<void>((next) => setImmediate(next))
  }
  const index = await pressed(indexPage({ title: list.title, madeAt, demo }, people, missed))
  const file = await sealPack([index, ...boxes], { title: list.title, madeAt, demo, passphrase })
  await writeFile(`${path}.tmp`, file, { mode: 0o600, flush: true })
  await rename(`${path}.tmp`, path)
  return { people: people.length, missed }

  /** The trail's lines, and the reading that they tell of, in one transaction. */
  async function read(persons: readonly string[]): Promise<ReadonlyMap<string, Summary>> {
    const now = clock()
    return await withTrail(pool, async (tx) => {
      const records = await openRecordsForPack(tx, maker, persons, {
        what: 'downtime-pack',
        purpose: 'TREAT',
        now,
        detail: { list: list.kind },
      })
      const summaries = new Map<string, Summary>()
      for (const opened of records) {
        const { record } = await readForSummary(tx, opened, now)
        summaries.set(opened.person, summarise(record, { doubts: opened.doubts.length, max: linesMax }))
      }
      return summaries
    })
  }
}

/** Fit for a file's name; the digest keeps lists apart whose names look alike. */
function slugOf({ id, kind, title }: AnyList): string {
  const words = title
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 48)
  return `${kind}-${words}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`
}

/** Packs older than they may be kept, and what a stopped run left. While no newer one was made, the newest stay: an old pack is better than none. */
async function removeOld({ folder, keepHours, clock }: PackNeeds, newer: boolean): Promise<number> {
  if (!newer) return 0
  const before = clock().getTime() - keepHours * 3_600_000
  let removed = 0
  for (const name of await readdir(folder)) {
    if (!ours.test(name)) continue
    const path = join(folder, name)
    const { mtimeMs } = await stat(path)
    if (mtimeMs >= before && !(name.endsWith('.tmp') && mtimeMs < clock().getTime() - 3_600_000)) continue
    await rm(path)
    removed += 1
  }
  return removed
}

/** @throws Problem 'not-found' when no list fits */
export function noSuchList(lists: readonly AnyList[]): Problem {
  return new Problem(
    'not-found',
    'There is no such list with people on it',
    `Lists are: ${lists.map(({ id }) => id).join('; ') || 'none yet'}.`,
  )
}
