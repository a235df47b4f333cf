/**
 * Facts that were read a moment ago, kept in memory as they were parsed: a reader goes from page to page of one record, and what has not
 * changed since is neither sent by the database nor parsed again. Every look still asks the database what stands, in the transaction of
 * its audit line, under its own Scope: nothing is shown from memory that the answer did not name.
 */
import { type Int64, type Tx, together } from '../base/index.ts'
import {
  newestDateFirst,
  type ResourceId,
  readReferences,
  readStampedCompartments,
  referencesIn,
  type Scope,
  type StampedResource,
} from '../store/index.ts'
import { type Held, hold, type ReadFact, readFact } from './held.ts'
import type { SourceFreshness } from './model.ts'
import type { SafeguardingView } from './safeguarding.ts'
import { readSourceFreshness } from './sources.ts'

/** Parsed facts take some five times the room of their text: 16 MB of text at most, and nothing for longer than a quarter of an hour after the last look. */
const textMax = 16_000_000
const idleMs = 15 * 60_000

type Compartment = {
  readonly stamp: string
  readonly facts: readonly (ReadFact & Pick<StampedResource, 'rid' | 'dated'>)[]
  readonly references: readonly ResourceId[]
  readonly messages: readonly Int64[]
  readonly length: number
}

type Kept = {
  readonly compartments: ReadonlyMap<Int64, Compartment>
  readonly references: readonly ResourceId[]
  readonly messages: readonly Int64[]
  readonly length: number
  lastLook: number
  /** What was made of them together, for each way in which a reader may see them, and of which words of others. */
  readonly held: Map<SafeguardingView, { readonly of: string; readonly facts: Held }>
}

const kept = new Map<string, Kept>()

/** The facts in a scope as they stand, and who speaks. Three statements. */
export async function readHeld(
  tx: Tx,
  { scope, safeguarding = 'shown' }: { readonly scope: Scope; readonly safeguarding?: SafeguardingView },
  now: Date,
): Promise<{ readonly held: Held; readonly sources: readonly SourceFreshness[] }> {
  const record = await readKept(tx, scope, now)
  const [about, sources] = await together(
    readReferences(tx, scope, record.references),
    readSourceFreshness(tx, record.messages),
  )
  const of = JSON.stringify([
    about.map(({ type, id, version, savedAt }) => [type, id, version, savedAt.getTime()]),
    sources.map(({ source, name, organisation, kind, state }) => [source, name, organisation, kind, state]),
  ])
  const before = record.held.get(safeguarding)
  if (before?.of === of) return { held: before.facts, sources }
  const rows = [...record.compartments.values()].flatMap((compartment) => compartment.facts)
  if (record.compartments.size > 1) rows.sort(newestDateFirst)
  const facts = hold({ rows, about: about.map(readFact), sources, safeguarding })
  record.held.set(safeguarding, { of, facts })
  return { held: facts, sources }
}

async function readKept(tx: Tx, scope: Scope, now: Date): Promise<Kept> {
  const key = `${scope.pks.join(' ')}|${scope.hidden?.pattern ?? ''}|${scope.source ?? ''}`
  const before = kept.get(key)
  const stamps = before ? [...before.compartments.values()].map(({ stamp }) => stamp) : []
  const read = await readStampedCompartments(tx, scope, stamps)
  const unchanged =
    before?.compartments.size === read.length && read.every(({ resources }) => resources === undefined)
      ? before
      : undefined
  const record =
    unchanged ??
    keepOf(
      read.flatMap(({ pk, stamp, resources }) => {
        const compartment = resources === undefined ? before?.compartments.get(pk) : compartmentOf(stamp, resources)
        return compartment ? [[pk, compartment] as const] : []
      }),
    )
  record.lastLook = now.getTime()
  kept.delete(key)
  kept.set(key, record)
  forget(now.getTime())
  return record
}

function compartmentOf(stamp: string, resources: readonly StampedResource[]): Compartment {
  return {
    stamp,
    facts: resources.map(readFact),
    references: referencesIn(resources),
    messages: [...new Set(resources.map(({ messageId }) => messageId))],
    length: resources.reduce((sum, { body }) => sum + body.length, 0),
  }
}

function keepOf(compartments: readonly (readonly [Int64, Compartment])[]): Kept {
  const all = compartments.map(([, compartment]) => compartment)
  const references = new Map(all.flatMap((one) => one.references.map((to) => [`${to.type}/${to.id}`, to] as const)))
  // Of two Patients of one person, one may tell of what stands with the other.
  if (all.length > 1 && references.size > 0)
    for (const { facts } of all) for (const { type, id } of facts) references.delete(`${type}/${id}`)
  return {
    compartments: new Map(compartments),
    references: [...references.values()],
    messages: [...new Set(all.flatMap(({ messages }) => messages))],
    length: all.reduce((sum, { length }) => sum + length, 0),
    lastLook: 0,
    held: new Map(),
  }
}

/** Oldest looks first, until what is left is small and fresh enough. */
function forget(now: number): void {
  let length = 0
  for (const record of kept.values()) length += record.length
  for (const [key, record] of kept) {
    if (length <= textMax && now - record.lastLook <= idleMs) break
    kept.delete(key)
    length -= record.length
  }
}

/** Forgets all that is kept: for tests and measurements of a first look. */
export function forgetFacts(): void {
  kept.clear()
}
