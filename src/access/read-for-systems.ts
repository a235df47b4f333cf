/**
 * Single resources for systems, many at a time: whoever asks while a statement is under way goes with the next one. One statement decides
 * nothing (the scope has been checked), finds each resource and whose record it stands in, and writes each one's line of the trail. It commits
 * by itself, so no resource leaves without its line; and a thousand readers cost some hundred commits.
 */
import { type AuditLine, insertLines } from '../audit/index.ts'
import { type Pool, Problem } from '../base/index.ts'
import { type ResourceId, type StoredResource, storedOrProblem, typeNumber, type VersionRow } from '../store/index.ts'
import type { System } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'
import { grantsScope } from './smart-scopes.ts'
import { tellBrokenOff } from './trail.ts'

type Wanted = ResourceId & { readonly actor: System; readonly ask: Ask }
type Waiting = Wanted & {
  readonly done: (found: StoredResource | Problem) => void
  readonly failed: (fault: unknown) => void
}

/** Statements under way at once: one is written to disk while the next one reads. */
const underWayMax = 3
const togetherMax = 48

type Reads = { read(wanted: Wanted): Promise<StoredResource> }

const readsOf = new WeakMap<Pool, Reads>()

/**
 * Reads one resource for a system, decision, read and line of the trail in one statement.
 * @returns undefined when no scope of this system covers it: then `openSystem` refuses, and writes so
 * @throws Problem 'not-found' | 'gone', with the line of the trail written all the same
 */
export function readForSystem(pool: Pool, wanted: Wanted): Promise<StoredResource> | undefined {
  if (!grantsScope(wanted.actor.scopes, { interaction: 'read', type: wanted.type })) return undefined
  const reads = readsOf.get(pool) ?? makeReads(pool)
  readsOf.set(pool, reads)
  return reads.read(wanted)
}

function makeReads(pool: Pool): Reads {
  let waiting: Waiting[] = []
  let underWay = 0

  function start(): void {
    while (waiting.length > 0 && underWay < underWayMax) {
      const together = waiting.slice(0, togetherMax)
      waiting = waiting.slice(togetherMax)
      underWay += 1
      void readTogether(pool, together).finally(() => {
        underWay -= 1
        start()
      })
    }
  }
  return {
    read(wanted) {
      return new Promise<StoredResource | Problem>((done, failed) => {
        waiting.push({ ...wanted, done, failed })
        start()
      }).then((found) => {
        if (found instanceof Problem) throw found
        return found
      })
    },
  }
}

async function readTogether(pool: Pool, together: readonly Waiting[]): Promise<void> {
  try {
    const found = await readEach(pool, together)
    for (const [n, { type, id, done }] of together.entries()) done(storedOrProblem(found.get(n), { type, id }))
  } catch (fault) {
    const [only] = together
    if (only && together.length === 1) {
      // Nothing was given; that it was tried is told.
      await tellBrokenOff(pool, [lineOf(only)], fault)
      only.failed(fault)
    }
    // What fails for one must not fail for its neighbours.
    else for (const each of together) await readTogether(pool, [each])
  }
}

const lineOf = ({ actor, ask, type }: Wanted): AuditLine =>
  lineFor(actor, { ...ask, detail: { ...ask.detail, interaction: 'read', type } }, { outcome: 0 })

async function readEach(pool: Pool, together: readonly Wanted[]): Promise<ReadonlyMap<number, VersionRow>> {
  const lines = together.map(lineOf)
  const rows = await pool<(VersionRow & { n: number })[]>`
    with asked as materialized (
      select * from unnest(${together.map((_, n) => n)}::int[], ${together.map(({ type }) => typeNumber(type))}::smallint[], ${together.map(({ id }) => id)}::text[]) as a (n, ty, id)),
    found as materialized (
      select a.n, v.* from asked a
       cross join lateral (
         select v.ty, v.id, v.pk, v.ver, v.lu, v.op, v.source, v.message_id, v.body
           from resource r join resource_version v on v.rid = r.rid and v.pk = r.pk
          where r.id = a.id and r.ty = a.ty order by r.deleted, r.rid desc limit 1) v),
    who as materialized (
      select f.n, l.person from found f
       cross join lateral (select person from person_link where pk = f.pk and until is null limit 1) l
       where f.op <> 'd'),
    told as (${insertLines(pool, lines, pool`select n, person from who`)})
    select * from found`
  return new Map(rows.map((row) => [row.n, row]))
}
