/**
 * Does the trail still say what was sealed? Looks at every line, every place of the sealed order and every checkpoint, trusting nothing in the
 * database but what the keys signed.
 */
import type { Int64, Pool } from '../base/index.ts'
import { type Checkpoint, noteDigest, readCheckpoint } from './checkpoint.ts'
import { type PublicKey, signerOf } from './keys.ts'
import { type Leaf, leafBytes, unpackLeaves } from './leaves.ts'
import { type LineFields, leafOf, lineFields } from './line-text.ts'
import { Frontier, hashBytes, onesIn } from './merkle.ts'
import { type Retired, readRetired } from './retired.ts'

export type Finding = {
  /**
   * altered: the line is not what was sealed. removed: it was sealed and is gone. inserted: it is there and was never sealed, between lines that
   * were. order: the sealed order itself was changed. checkpoint: a checkpoint was changed, left out or signed by nobody known. cut-off: a
   * witnessed checkpoint has no place in this trail.
   */
  readonly kind: 'altered' | 'removed' | 'inserted' | 'order' | 'checkpoint' | 'cut-off'
  /** The line's number. */
  readonly line?: Int64
  /** Its place in the sealed order, from 0; or the first place of a range that is in doubt. */
  readonly place?: number
  readonly message: string
}

export type Verified = {
  readonly findings: readonly Finding[]
  readonly lines: number
  readonly checkpoints: number
  /** Written and not yet sealed, after the newest sealed one: the last moment, or since the server stopped. */
  readonly waiting: number
  /** Sealed more than 10 seconds after the time they bear: long transactions, a sealer that was away, or a line that was dated back. */
  readonly late: number
  readonly retired: readonly Retired[]
}

const findingsMax = 100_000
const pageLines = 20_000

type Verification = {
  readonly keys: readonly PublicKey[]
  /** Checkpoints that a witness kept, as they were published. */
  readonly witnessed?: readonly string[]
  readonly progress?: (lines: number, of: number) => void
}

export async function verifyTrail(
  pool: Pool,
  { keys, witnessed = [], progress = () => {} }: Verification,
): Promise<Verified> {
  const findings: Finding[] = []
  const found = (finding: Finding): void => {
    if (findings.length < findingsMax) findings.push(finding)
  }
  const [count] = await pool<{ size: string | null; late: string | null }[]>`
    select max(size) as size, sum(late) as late from audit_checkpoint`
  const size = Number(count?.size ?? 0)
  const retired = await readRetired(pool)
  const outside = readWitnessed(witnessed, keys, { size, found })
  const checkpoints = await verifyOrder(pool, { keys, size, outside, retired, found, progress })
  const waiting = await findUnsealed(pool, found)
  for (const { line, idFirst } of retired.filter(({ sealed }) => !sealed))
    found({
      kind: 'removed',
      line,
      message: `the month that begins with line ${idFirst} is said to be retired, and no sealed line says so`,
    })
  return { findings, lines: size, checkpoints, waiting, late: Number(count?.late ?? 0), retired }
}

type Walk = {
  readonly keys: readonly PublicKey[]
  readonly size: number
  readonly outside: ReadonlyMap<number, Checkpoint>
  readonly retired: readonly Retired[]
  readonly found: (finding: Finding) => void
  readonly progress: (lines: number, of: number) => void
}

/** A witness's checkpoint must be one of ours, so it must be signed, and our tree must have had that root at that size. */
function readWitnessed(
  notes: readonly string[],
  keys: readonly PublicKey[],
  { size, found }: Pick<Walk, 'size' | 'found'>,
): ReadonlyMap<number, Checkpoint> {
  const outside = new Map<number, Checkpoint>()
  for (const note of notes) {
    const read = readCheckpoint(note)
    const signed = signerOf(note, keys)
    if (!read.ok || 'why' in signed) {
      found({
        kind: 'checkpoint',
        message: `a witnessed checkpoint is not ours: ${'why' in signed ? signed.why : 'it cannot be read'}`,
      })
      continue
    }
    const { value } = read
    if (value.size > size)
      found({
        kind: 'cut-off',
        place: size,
        message: `a witness saw ${value.size} sealed lines at ${value.at.toISOString()}; here are ${size}`,
      })
    outside.set(value.size, value)
  }
  return outside
}

/** Walks through the sealed order: every line under it, and every checkpoint over it. @returns how many checkpoints there are */
async function verifyOrder(pool: Pool, walk: Walk): Promise<number> {
  const { size, found, progress, outside } = walk
  let frontier = new Frontier()
  let known = 0
  let checkpoints = 0
  let previous: string | undefined
  const notes = checkpointsOf(pool)
  let next = (await notes.next()).value
  const expectRoot = (): void => {
    const seen = outside.get(frontier.size)
    if (seen && !seen.root.equals(frontier.root()))
      found({ kind: 'cut-off', place: frontier.size, message: `a witness saw another trail at ${frontier.size} lines` })
  }
  for await (const row of leavesOf(pool)) {
    const first = Number(row.first)
    if (first !== known)
      found({ kind: 'order', place: known, message: `the sealed order goes from place ${known} to ${first}` })
    known = first + row.leaves.length / leafBytes
    const leaves = unpackLeaves(row.leaves)
    await compareLines(pool, leaves, { first, ...walk })
    for (const { hash } of leaves) {
      frontier.append(hash)
      if (outside.has(frontier.size)) expectRoot()
      if (next && frontier.size === next.size) {
        checkpoints += 1
        const good = checkCheckpoint(next, { previous, keys: walk.keys, found })
        if (!next.root.equals(frontier.root()) || !good) {
          if (good)
            found({
              kind: 'order',
              place: lastSize(previous),
              message: `the sealed order up to place ${next.size} is not what was signed`,
            })
          // What was signed is believed, so that the next change is found where it is.
          frontier = rebased(next) ?? frontier
        }
        previous = next.note
        next = (await notes.next()).value
      }
    }
    progress(Math.min(known, size), size)
  }
  for (; next; next = (await notes.next()).value)
    found({
      kind: 'order',
      place: frontier.size,
      message: `${next.size} lines were signed; the sealed order has ${frontier.size}`,
    })
  if (known > size)
    found({
      kind: 'order',
      place: size,
      message: `the sealed order goes on to ${known}, after the last checkpoint at ${size}`,
    })
  return checkpoints
}

const lastSize = (note: string | undefined): number => {
  const read = note === undefined ? undefined : readCheckpoint(note)
  return read?.ok ? read.value.size : 0
}

type Row = { readonly size: number; readonly root: Buffer; readonly note: string; readonly frontier: Buffer }

async function* checkpointsOf(pool: Pool): AsyncGenerator<Row, undefined> {
  for (let after = -1; ; ) {
    const rows = await pool<{ size: string; root: Buffer; note: string; frontier: Buffer }[]>`
      select size, root, note, frontier from audit_checkpoint where size > ${String(after)}::bigint order by size limit 1000`
    for (const row of rows) yield { ...row, size: Number(row.size) }
    if (rows.length < 1_000) return undefined
    after = Number(rows.at(-1)?.size)
  }
}

async function* leavesOf(pool: Pool): AsyncGenerator<{ readonly first: string; readonly leaves: Buffer }> {
  for (let after = '-1'; ; ) {
    const rows = await pool<{ first: string; leaves: Buffer }[]>`
      select first, leaves from audit_leaf where first > ${after}::bigint order by first limit 100`
    yield* rows
    const last = rows.at(-1)
    if (rows.length < 100 || !last) return
    after = last.first
  }
}

/** @returns whether its root may be believed */
function checkCheckpoint(
  { size, root, note }: Row,
  {
    previous,
    keys,
    found,
  }: { readonly previous: string | undefined; readonly keys: readonly PublicKey[]; readonly found: Walk['found'] },
): boolean {
  const at = `the checkpoint at ${size} lines`
  const signed = signerOf(note, keys)
  if ('why' in signed) {
    found({ kind: 'checkpoint', place: size, message: `${at}: ${signed.why}` })
    return false
  }
  const read = readCheckpoint(note)
  if (!read.ok || read.value.size !== size || !read.value.root.equals(root)) {
    found({ kind: 'checkpoint', place: size, message: `${at} is kept beside another signed text than its own` })
    return false
  }
  const said = read.value.previous
  if (previous === undefined ? said !== undefined : !said?.equals(noteDigest(previous)))
    found({
      kind: 'checkpoint',
      place: size,
      message: `${at} does not follow the one before it: one was left out or changed`,
    })
  return true
}

function rebased({ size, root, frontier }: Row): Frontier | undefined {
  if (frontier.length !== onesIn(size) * hashBytes) return undefined
  const hashes = Array.from({ length: onesIn(size) }, (_, n) => frontier.subarray(n * hashBytes, (n + 1) * hashBytes))
  const again = new Frontier(size, hashes)
  return again.root().equals(root) ? again : undefined
}

async function compareLines(
  pool: Pool,
  leaves: readonly Leaf[],
  { first, found, retired }: { readonly first: number } & Pick<Walk, 'found' | 'retired'>,
): Promise<void> {
  const rows = await pool<LineFields[]>`
    select ${lineFields(pool)} from audit_event where id = any (${leaves.map(({ id }) => id)}::bigint[])`
  const lines = new Map(rows.map((line) => [line.id, line]))
  for (const [n, { id, hash }] of leaves.entries()) {
    const line = lines.get(id)
    const place = first + n
    if (line) {
      if (!leafOf(line).equals(hash))
        found({ kind: 'altered', line: id, place, message: `line ${id} is not what was sealed` })
    } else if (
      !retired.some((range) => range.sealed && BigInt(id) >= BigInt(range.idFirst) && BigInt(id) < BigInt(range.idNext))
    )
      found({ kind: 'removed', line: id, place, message: `line ${id} was sealed and is gone` })
  }
}

/** Lines that are in no place of the sealed order, and lines that are in two. @returns how many wait at the end */
async function findUnsealed(pool: Pool, found: Walk['found']): Promise<number> {
  const [newest] = await pool<{ id: Int64 | null }[]>`select max(id_max) as id from audit_leaf`
  let waiting = 0
  for (let after = '-1'; ; ) {
    const page = await pool<{ id: Int64 }[]>`
      select id from audit_event where id > ${after}::bigint order by id limit ${pageLines}::int`
    const last = page.at(-1)
    if (!last) return waiting
    const places = await placesOf(pool, page[0]?.id ?? '0', last.id)
    for (const { id } of page) {
      const times = places.get(id) ?? 0
      if (times > 1) found({ kind: 'order', line: id, message: `line ${id} was sealed ${times} times` })
      if (times > 0) continue
      if (newest?.id == null || BigInt(id) > BigInt(newest.id)) waiting += 1
      else if (!(await sealedSoon(pool, id)))
        found({ kind: 'inserted', line: id, message: `line ${id} was never sealed, and stands before lines that were` })
    }
    after = last.id
  }
}

async function placesOf(pool: Pool, from: Int64, to: Int64): Promise<ReadonlyMap<Int64, number>> {
  const places = new Map<Int64, number>()
  const rows = await pool<
    { leaves: Buffer }[]
  >`select leaves from audit_leaf where id_max >= ${from} and id_min <= ${to}`
  for (const { leaves } of rows) for (const { id } of unpackLeaves(leaves)) places.set(id, (places.get(id) ?? 0) + 1)
  return places
}

/** A transaction that ended while we looked is sealed within a second, when a server runs; one whose line its own sealer saw never is. */
async function sealedSoon(pool: Pool, id: Int64): Promise<boolean> {
  const [row] = await pool<{ passed: boolean; running: boolean }[]>`
    select coalesce(pg_visible_in_snapshot(e.xid, s.seen), false) as passed,
           e.xid >= pg_snapshot_xmin(pg_current_snapshot()) or e.at > now() - interval '1 minute' as running
      from audit_event e left join audit_sealer s on true where e.id = ${id}`
  if (!row || row.passed || !row.running) return false
  for (let tries = 0; tries < 20; tries += 1) {
    await new Promise((done) => setTimeout(done, 100))
    const [sealed] = await pool<{ leaves: Buffer }[]>`
      select leaves from audit_leaf where id_max >= ${id} and id_min <= ${id} order by first desc limit 1`
    if (sealed && unpackLeaves(sealed.leaves).some((leaf) => leaf.id === id)) return true
  }
  return false
}
