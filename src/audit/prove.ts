/** Proofs for those who do not trust us: that a line is in the sealed trail, and that one checkpoint continues another. */
import { type Int64, Problem, type Sql } from '../base/index.ts'
import { readCheckpoint } from './checkpoint.ts'
import { findLeaf, rangeHashes } from './leaves.ts'
import { type LineFields, lineFields, lineText } from './line-text.ts'
import { consistencyPath, inclusionPath } from './merkle.ts'

/** Written as JSON; checked by scripts/check-proof.mjs. @see docs/security/audit-trail.md */
export type LineProof = {
  readonly format: 'throughline-audit-proof-1'
  /** The line, exactly as it is sealed. */
  readonly line: string
  /** Its place in the sealed order, from 0. */
  readonly index: number
  /** Hexadecimal, the nearest first. */
  readonly path: readonly string[]
  /** The signed checkpoint that the path leads to. */
  readonly checkpoint: string
}

export type ConsistencyProof = {
  readonly format: 'throughline-audit-consistency-1'
  readonly first: string
  readonly second: string
  readonly path: readonly string[]
}

/** @throws Problem 'not-found' when there is no such line; 'busy' when it is not sealed yet */
export async function proveLine(sql: Sql, id: Int64): Promise<LineProof> {
  const [line] = await sql<LineFields[]>`select ${lineFields(sql)} from audit_event where id = ${id}`
  if (!line) throw new Problem('not-found', 'There is no such line in the trail', 'Choose one from the trail.')
  const leaf = await findLeaf(sql, id)
  const last = await newestCheckpoint(sql)
  if (!leaf || !last || leaf.index >= last.size)
    throw new Problem('busy', 'This line is not sealed yet', 'Lines are sealed within a second: try again.')
  const path = await inclusionPath(leaf.index, last.size, rangeHashes(sql))
  return {
    format: 'throughline-audit-proof-1',
    line: lineText(line),
    index: leaf.index,
    path: path.map((hash) => hash.toString('hex')),
    checkpoint: last.note,
  }
}

/** @param first a number of lines at which a checkpoint was signed; the second is the newest checkpoint. @throws Problem 'not-found' */
export async function proveConsistency(sql: Sql, first: number): Promise<ConsistencyProof> {
  const [early] = await sql<{ note: string }[]>`select note from audit_checkpoint where size = ${String(first)}::bigint`
  const last = await newestCheckpoint(sql)
  if (!early || !last)
    throw new Problem('not-found', 'No checkpoint was signed at this size', 'Give the second line of a checkpoint.')
  const path = await consistencyPath(first, last.size, rangeHashes(sql))
  return {
    format: 'throughline-audit-consistency-1',
    first: early.note,
    second: last.note,
    path: path.map((hash) => hash.toString('hex')),
  }
}

/** The newest checkpoint; undefined while nothing is sealed. */
export async function newestCheckpoint(
  sql: Sql,
): Promise<{ readonly size: number; readonly note: string; readonly at: Date } | undefined> {
  const [row] = await sql<{ note: string }[]>`select note from audit_checkpoint order by size desc limit 1`
  const read = row && readCheckpoint(row.note)
  return row && read?.ok ? { size: read.value.size, note: row.note, at: read.value.at } : undefined
}
