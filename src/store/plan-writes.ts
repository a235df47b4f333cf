/** Decides, without the database, what a batch of writes becomes: versions to add, rows to make or change, and the answers. */
import { type Int64, Problem } from '../base/index.ts'
import { parseJson } from '../fhir/index.ts'
import { bodyText, checkId, contentOf, contentText } from './body-text.ts'
import { type IndexRows, indexRows, noIndexRows } from './index-rows.ts'
import { typeNumber } from './types.ts'
import type { Write, Written } from './write.ts'

/** What is held now under one key. */
export type Held = {
  readonly rid: Int64
  readonly version: number
  readonly deleted: boolean
  /** When its source says it was so, at the latest the moment it was saved: a source's fast clock cannot freeze its facts. */
  readonly asOfMs: number
  readonly body: string
}

/** The current row of one resource after the batch. */
export type PlannedRow = {
  readonly pk: Int64
  readonly ty: number
  readonly id: string
  readonly held: Held | undefined
  rid: Int64
  version: number
  deleted: boolean
  asOf: Date | undefined
  index: IndexRows
  /** Which writes of the batch it answers. */
  readonly writes: number[]
}

/** A fact that ends under another Patient: the version of its ending, and the time as of which it was held there. */
export type Former = { readonly version: number; readonly asOfMs: number }

export type PlannedVersion = {
  readonly row: PlannedRow
  readonly rid: Int64
  readonly version: number
  readonly op: 'c' | 'u' | 'd'
  readonly source: string
  readonly messageId: Int64
  readonly body: string
}

export type Plan = { readonly rows: readonly PlannedRow[]; readonly versions: readonly PlannedVersion[] }

type State = {
  version: number
  deleted: boolean
  asOfMs: number
  content: string | undefined
  /** What is held, read when somebody builds on it. */
  resource: () => Write['resource'] | undefined
  row: PlannedRow | undefined
}

export const keyOf = (write: Write) => `${write.resource.id} ${write.resource.resourceType} ${write.pk}`

/**
 * @param turns indexes into `writes`, in order
 * @param held by `keyOf`; absent means that there is none
 * @param elsewhere by `keyOf`: the same fact under another Patient, where it ends
 * @param answers filled at the indexes of `turns`
 */
export function planWrites(
  {
    writes,
    turns,
    held,
    elsewhere,
    answers,
  }: {
    writes: readonly Write[]
    turns: readonly number[]
    held: ReadonlyMap<string, Held>
    elsewhere: ReadonlyMap<string, Former>
    answers: Written[]
  },
  { now, nextId }: { readonly now: Date; readonly nextId: () => Int64 },
): Plan {
  const savedAt = now.toISOString()
  const states = new Map<string, State>()
  const last = new Map<string, Write>()
  const versions: PlannedVersion[] = []
  const rows: PlannedRow[] = []
  for (const turn of turns) {
    const write = writes[turn]
    if (!write) continue
    const { pk, source, messageId } = write
    const { resourceType: type, id } = write.resource
    const key = keyOf(write)
    let state = states.get(key)
    if (!state) {
      checkId(type, id)
      state = stateOf(held.get(key), type, id, elsewhere.get(key))
      states.set(key, state)
    }
    refuseUnexpected(write, state)
    const asOf = write.asOf === undefined ? undefined : instantOf(write.asOf, write)
    const asOfMs = Math.min(asOf?.getTime() ?? Infinity, now.getTime())
    const resource = completed(write, state)
    const content = write.op === 'put' ? contentText(resource, source) : undefined
    const outcome = decide(write, state, asOfMs, content)
    if (outcome === 'unchanged' || outcome === 'superseded') {
      answers[turn] = { type, id, version: state.version, outcome }
      // The answer rests on a version of this batch, so it stands or falls with it.
      state.row?.writes.push(turn)
      continue
    }
    const rid = nextId()
    const version = state.version + 1
    if (!state.row) {
      state.row = {
        pk,
        ty: typeNumber(type),
        id,
        held: held.get(key),
        rid,
        version,
        deleted: false,
        asOf,
        index: noIndexRows,
        writes: [],
      }
      rows.push(state.row)
    }
    const { row } = state
    Object.assign(row, { rid, version, deleted: outcome === 'deleted', asOf })
    row.writes.push(turn)
    last.set(key, { ...write, resource })
    Object.assign(state, { version, deleted: row.deleted, asOfMs, content, resource: () => resource })
    const body = content === undefined ? '' : bodyText(type, id, version, savedAt, content)
    versions.push({
      row,
      rid,
      version,
      op: outcome === 'created' ? 'c' : outcome === 'updated' ? 'u' : 'd',
      source,
      messageId,
      body,
    })
    answers[turn] = { type, id, version, outcome, ...(elsewhere.has(key) ? { moved: true as const } : {}) }
  }
  for (const [key, write] of last) {
    const row = states.get(key)?.row
    if (row && !row.deleted) row.index = indexRows(write.resource, write.pk)
  }
  // One order for everybody: two writers that touch the same resources wait for each other, never in a circle.
  rows.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.ty - b.ty || (a.pk < b.pk ? -1 : 1)))
  return { rows, versions }
}

function stateOf(held: Held | undefined, type: string, id: string, former: Former | undefined): State {
  // Its history goes on from where it ends under the other Patient, and so does its time: an older message does not bring it back.
  const version = Math.max(held?.version ?? 0, former?.version ?? 0)
  const asOfMs = Math.max(held?.asOfMs ?? -Infinity, former?.asOfMs ?? -Infinity)
  const content = held && !held.deleted ? contentOf(held.body, type, id, held.version) : undefined
  const resource = () => (held && !held.deleted ? readHeld(held.body, type, id) : undefined)
  return { version, deleted: held?.deleted ?? true, asOfMs, content, resource, row: undefined }
}

function completed({ resource, complete, op }: Write, state: State): Write['resource'] {
  return complete && op === 'put' ? complete(state.deleted ? undefined : state.resource()) : resource
}

function readHeld(body: string, type: string, id: string): Write['resource'] {
  const parsed = parseJson(body)
  if (!parsed.ok) throw new Problem('fault', `${type}/${id}: the stored text is not JSON`, 'Run throughline check.')
  return parsed.value as Write['resource']
}

function decide(write: Write, state: State, asOfMs: number, content: string | undefined): Written['outcome'] {
  if (asOfMs < state.asOfMs) return 'superseded'
  if (write.op === 'delete') return state.deleted ? 'unchanged' : 'deleted'
  if (state.deleted) return 'created'
  return state.content === content ? 'unchanged' : 'updated'
}

function refuseUnexpected({ expected, resource }: Write, state: State): void {
  const current = state.deleted ? 0 : state.version
  if (expected === undefined || expected === current) return
  throw new Problem(
    'conflict',
    `${resource.resourceType}/${resource.id} is at version ${current}, not ${expected}`,
    'Read it again, and repeat the change on the newer version.',
  )
}

function instantOf(text: string, { resource }: Write): Date {
  const date = new Date(text)
  if (Number.isNaN(date.getTime()))
    throw new Problem(
      'invalid',
      `The time as of which ${resource.resourceType}/${resource.id} is told is no instant`,
      'Give it as ISO 8601 with an offset.',
    )
  return date
}
