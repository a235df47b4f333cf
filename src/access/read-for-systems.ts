/**
 * Single resources for systems, many at a time: whoever asks while a statement is under way goes with the next one. One statement decides
 * nothing (the scope has been checked), finds each resource and whose record it stands in, and writes each one's line of the trail. It commits
 * by itself, so no resource leaves without its line; and a thousand readers cost some hundred commits.
 */
import { type AuditLine, insertLines } from '../audit/index.ts'
import { type Pool, Problem, type Tx } from '../base/index.ts'
import {
  hiddenProblem,
  neverHidden,
  type ResourceId,
  type StoredResource,
  storedOrProblem,
  typeNumber,
  type VersionRow,
} from '../store/index.ts'
import type { System } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'
import { type Hides, hidesBy } from './hides-from-systems.ts'
import { type PolicyVersion, policyInForce } from './policy-in-force.ts'
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
 * @returns undefined when no scope of this system covers it, so that `openSystem` refuses and writes so; and for a system beyond care, which asks more
 * @throws Problem 'not-found' | 'gone' | 'forbidden' for what is hidden from it, with the line of the trail written all the same
 */
export function readForSystem(pool: Pool, wanted: Wanted): Promise<StoredResource> | undefined {
  const { scopes, uses } = wanted.actor
  if (uses === 'beyond-care' || !grantsScope(scopes, { interaction: 'read', type: wanted.type })) return undefined
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
    for (const [n, { type, id, done }] of together.entries()) {
      const row = found.get(n)
      done(row?.hidden ? hiddenProblem() : storedOrProblem(row, { type, id }))
    }
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

/** What the policy that was last in force hides from each system: the statement itself says when it is so no more. */
type Known = { readonly policy: PolicyVersion; readonly hides: Map<string, Hides> }

const knownOf = new WeakMap<Pool, Known>()

function hidesFrom({ policy: { policy }, hides }: Known, actor: System): Hides {
  const key = JSON.stringify([actor.id, actor.source, actor.uses, actor.within])
  const known = hides.get(key) ?? hidesBy(policy, actor)
  hides.set(key, known)
  return known
}

type Row = VersionRow & { readonly n: number | null; readonly hidden: boolean; readonly inForce: number }

async function readEach(
  pool: Pool,
  together: readonly Wanted[],
): Promise<ReadonlyMap<number | null, VersionRow & { readonly hidden: boolean }>> {
  const lines = together.map(lineOf)
  for (;;) {
    const known = knownOf.get(pool) ?? { policy: await policyInForce(pool), hides: new Map<string, Hides>() }
    const rows = await pool.begin((tx) => readBy(tx, { known, together, lines }), { keepPlans: true })
    if (rows[0]?.inForce === known.policy.id) {
      knownOf.set(pool, known)
      return new Map(rows.map((row) => [row.n, row]))
    }
    // The policy was changed meanwhile: nothing was read and nothing told by the old one.
    knownOf.delete(pool)
  }
}

async function readBy(
  tx: Tx,
  {
    known,
    together,
    lines,
  }: { readonly known: Known; readonly together: readonly Wanted[]; readonly lines: readonly AuditLine[] },
): Promise<readonly Row[]> {
  const hides = together.map(({ actor }) => hidesFrom(known, actor))
  // In the statement for those who do not see all; who opted out is asked for apart, since few systems are for other uses than care.
  return await tx<Row[]>`
    with held as materialized (
      select coalesce(max(id), 0)::int as id from policy_version),
    asked as materialized (
      select * from unnest(${together.map((_, n) => n)}::int[], ${together.map(({ type }) => typeNumber(type))}::smallint[], ${together.map(({ id }) => id)}::text[],
                           ${hides.map(({ hidden }) => hidden?.pattern ?? null)}::text[], ${hides.map(({ keptBack }) => keptBack?.restricted ?? false)}::boolean[],
                           ${hides.map(({ keptBack }) => keptBack?.objecting ?? false)}::boolean[], ${hides.map(({ source }) => source ?? null)}::text[])
               as a (n, ty, id, words, restricted, objecting, own)
       where (select id from held) = ${known.policy.id}::int),
    found as materialized (
      select a.n, v.*, v.source is distinct from a.own and (
             (a.words is not null and v.ty <> all (${neverHidden}::smallint[]) and v.body ~ a.words)
             or (a.restricted and exists (select from restricted_patient k where k.pk = v.pk offset 0))
             or (a.objecting and exists (select from objecting_patient k where k.pk = v.pk offset 0))) as hidden
        from asked a
       cross join lateral (
         select v.ty, v.id, v.pk, v.ver, v.lu, v.op, v.source, v.message_id, v.body
           from resource r join resource_version v on v.rid = r.rid and v.pk = r.pk
          where r.id = a.id and r.ty = a.ty order by r.deleted, r.rid desc limit 1) v),
    who as materialized (
      select f.n, l.person from found f
       cross join lateral (select person from person_link where pk = f.pk and until is null limit 1) l
       where f.op <> 'd' and not f.hidden),
    told as (${insertLines(tx, lines, tx`select n, person from who`, tx`(select id from held) = ${known.policy.id}::int`)})
    select h.id as "inForce", n, ty, f.id, pk, ver, lu, op, source, message_id, hidden, case when hidden then '' else body end as body
      from held h left join found f on true`
}
