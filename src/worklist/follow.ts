/** Keeps what is derived from facts up to date: follows the change feed of a few types, in steps that may be repeated or killed at any moment. */
import type { StaffRole } from '../access/index.ts'
import type { Clock, Int64, Log, Pool, Tx } from '../base/index.ts'
import { allEndedBefore, type Change, type ChangePoint, changesAfter, holdersOf } from '../store/index.ts'
import { surfaceLeft } from './colleagues.ts'
import { fileOnLists } from './file-lists.ts'
import { takeInReports } from './take-in.ts'

/** What is done with the changes of a type. */
type Followed = {
  readonly type: string
  readonly again?: true
  readonly take: (tx: Tx, changes: readonly Change[], now: Date) => Promise<void>
}

// In this order: whose a result is, is told by where the person lies and is registered.
const followed: readonly Followed[] = [
  { type: 'Patient', take: fileOnLists },
  { type: 'Encounter', take: fileOnLists },
  { type: 'CareTeam', take: fileOnLists },
  { type: 'EpisodeOfCare', take: fileOnLists },
  { type: 'DiagnosticReport', take: takeInReports },
  // A result may be corrected beneath a report that says the same as before.
  {
    type: 'Observation',
    again: true,
    take: async (tx, changes, now) => {
      const ids = changes.map(({ id }) => id)
      const reports = await holdersOf(tx, { type: 'DiagnosticReport', parameter: 'result', target: 'Observation', ids })
      await takeInReports(tx, reports, now)
    },
  },
]

const stepMax = 200
const lookBackEveryMs = 60_000
const restMs = 2_000

export type Follower = {
  /** Takes in what changed since the last time. `behind`: there is more, and what is shown is not complete yet (hazard H-47). */
  keepUp(): Promise<{ readonly behind: boolean }>
  /** Keeps up by itself, a tenth of the time at most: messages that arrive come first. */
  start(): void
  stop(): Promise<void>
}

export type FollowerNeeds = {
  readonly pool: Pool
  readonly clock: Clock
  readonly log: Log
  /** Who may own results, and tasks: whoever may not any more has left. */
  readonly resultRoles: readonly StaffRole[]
  readonly taskRoles: readonly StaffRole[]
}

export function makeFollower({ pool, clock, log, resultRoles, taskRoles }: FollowerNeeds): Follower {
  const seen = new Map<string, Map<Int64, Date>>()
  let lookedBack = -Infinity
  let under: Promise<{ behind: boolean }> | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const once = async (): Promise<{ behind: boolean }> => {
    const now = clock()
    const back = now.getTime() - lookedBack >= lookBackEveryMs
    if (back) lookedBack = now.getTime()
    let behind = false
    for (const one of followed) {
      const known = seen.get(one.type) ?? new Map<Int64, Date>()
      seen.set(one.type, known)
      behind = (await pool.begin((tx) => step(tx, one, { now, known, back, log }))) || behind
    }
    if (back) await pool.begin((tx) => surfaceLeft(tx, { resultRoles, taskRoles }, now))
    return { behind }
  }
  const keepUp = (): Promise<{ behind: boolean }> => {
    under ??= once().finally(() => {
      under = undefined
    })
    return under
  }
  const turn = async (): Promise<void> => {
    const began = performance.now()
    const { behind } = await keepUp().catch((fault: unknown) => {
      log.warn(
        { fault: fault instanceof Error ? fault.name : 'unknown' },
        'the worklist could not be kept up to date; it is tried again',
      )
      return { behind: false }
    })
    if (stopped) return
    timer = setTimeout(() => void turn(), behind ? Math.max(100, 9 * (performance.now() - began)) : restMs)
    timer.unref()
  }
  return {
    keepUp,
    start: () => void turn(),
    async stop() {
      stopped = true
      clearTimeout(timer)
      await under?.catch(() => undefined)
    },
  }
}

const beginning = new Date(0)
const nothingLate = { late: [], upTo: new Date(8.64e15) }
const lateMax = 2_000

/**
 * One step of one type, in one transaction: what is new; and now and then what was saved before the point already reached, but by a
 * transaction that ended later. Two servers take turns by the cursor's row.
 * @param known what this process has taken in and may meet again
 * @returns whether there is more
 */
async function step(
  tx: Tx,
  followed: Followed,
  {
    now,
    known,
    back,
    log,
  }: { readonly now: Date; readonly known: Map<Int64, Date>; readonly back: boolean; readonly log: Log },
): Promise<boolean> {
  const { type, again } = followed
  await tx`insert into follow_cursor (type, head_at, head_rid, tail_at) values (${type}, ${beginning}, 0, ${beginning}) on conflict do nothing`
  const [cursor] = await tx<{ headAt: Date; headRid: Int64; tailAt: Date }[]>`
    select head_at as "headAt", head_rid as "headRid", tail_at as "tailAt" from follow_cursor where type = ${type} for update`
  if (!cursor) return false
  const feed = { type, ...(again ? { again } : {}) }
  let head: ChangePoint = { savedAt: cursor.headAt, rid: cursor.headRid }
  const { late, upTo } = back ? await lateChanges(tx, { feed, tail: cursor.tailAt, head, known }) : nothingLate
  const fresh = await changesAfter(tx, { ...feed, after: head, limit: stepMax })
  const changes = [...late, ...fresh]
  await takeAll(tx, followed, { changes, now, log })
  for (const { rid, savedAt } of changes) known.set(rid, savedAt)
  head = fresh.at(-1) ?? head
  const ended = back ? await allEndedBefore(tx, now) : cursor.tailAt
  const tail = new Date(
    Math.max(cursor.tailAt.getTime(), Math.min(ended.getTime(), head.savedAt.getTime(), upTo.getTime())),
  )
  if (fresh.length > 0 || tail > cursor.tailAt)
    await tx`update follow_cursor set head_at = ${head.savedAt}, head_rid = ${head.rid}, tail_at = ${tail} where type = ${type}`
  for (const [rid, savedAt] of known) if (savedAt < tail) known.delete(rid)
  return fresh.length === stepMax
}

/**
 * Takes changes in, together. One that cannot be taken in is left out and told to the operator: nobody's facts keep other people's results
 * off the list (hazard H-47).
 */
async function takeAll(
  tx: Tx,
  { type, take }: Followed,
  { changes, now, log }: { readonly changes: readonly Change[]; readonly now: Date; readonly log: Log },
): Promise<void> {
  if (changes.length === 0) return
  const fault = await attempt(tx, () => take(tx, changes, now))
  if (fault === undefined) return
  for (const change of changes) {
    const own = changes.length === 1 ? fault : await attempt(tx, () => take(tx, [change], now))
    if (own === undefined) continue
    const code = own instanceof Error && 'code' in own ? String(own.code) : ''
    const why = code || (own instanceof Error ? own.name : 'unknown')
    log.error({ type, id: change.id, why }, 'a fact could not be taken into worklist and lists; others were')
  }
}

/** @returns what `work` threw, after undoing it. @throws what is not its fault: the connection was lost, another transaction was in the way */
async function attempt(tx: Tx, work: () => Promise<void>): Promise<unknown> {
  await tx`savepoint taking`
  try {
    await work()
    await tx`release savepoint taking`
    return undefined
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && /^(08|40|53|55|57|CONNECTION)/.test(String(fault.code)))
      throw fault
    await tx`rollback to savepoint taking`
    return fault ?? new Error('unknown')
  }
}

async function lateChanges(
  tx: Tx,
  {
    feed,
    tail,
    head,
    known,
  }: {
    readonly feed: { readonly type: string; readonly again?: true }
    readonly tail: Date
    readonly head: ChangePoint
    readonly known: ReadonlyMap<Int64, Date>
  },
): Promise<{ readonly late: readonly Change[]; readonly upTo: Date }> {
  const late: Change[] = []
  let after: ChangePoint = { savedAt: tail, rid: '-9223372036854775808' }
  for (;;) {
    const page = await changesAfter(tx, { ...feed, after, limit: lateMax })
    const within = page.filter(
      ({ savedAt, rid }) =>
        savedAt < head.savedAt || (savedAt.getTime() === head.savedAt.getTime() && BigInt(rid) <= BigInt(head.rid)),
    )
    late.push(...within.filter(({ rid }) => !known.has(rid)))
    const last = within.at(-1)
    if (!last || within.length < lateMax) return { late, upTo: nothingLate.upTo }
    // The rest waits for the next time: a step stays small.
    if (late.length >= lateMax) return { late, upTo: last.savedAt }
    after = last
  }
}
