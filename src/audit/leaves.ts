/** The sealed order as it is kept: 40 bytes a line, its id and its leaf hash. */
import type { Int64, Sql } from '../base/index.ts'
import { Frontier, hashBytes, type RangeHash, splitOf } from './merkle.ts'

export const leafBytes = 8 + hashBytes
/** Subtrees from this level on are kept when they are complete; below, they are made from the leaves. */
export const keptLevel = 12
const keptSize = 2 ** keptLevel

export type Leaf = { readonly id: Int64; readonly hash: Buffer }

export function unpackLeaves(leaves: Buffer): readonly Leaf[] {
  return Array.from({ length: leaves.length / leafBytes }, (_, n) => ({
    id: leaves.readBigInt64BE(n * leafBytes).toString(),
    hash: leaves.subarray(n * leafBytes + 8, (n + 1) * leafBytes),
  }))
}

/** Where a line was sealed; undefined: it is not (yet). */
export async function findLeaf(
  sql: Sql,
  id: Int64,
): Promise<{ readonly index: number; readonly hash: Buffer } | undefined> {
  // Nearly always the first row is it: only lines that came late stand in a row that reaches over others.
  const rows = await sql<{ first: string; leaves: Buffer }[]>`
    select first, leaves from audit_leaf where id_max >= ${id} and id_min <= ${id} order by id_max, id_min`
  for (const { first, leaves } of rows) {
    const wanted = Buffer.alloc(8)
    wanted.writeBigInt64BE(BigInt(id))
    for (let at = 0; at < leaves.length; at += leafBytes) {
      if (leaves.compare(wanted, 0, 8, at, at + 8) === 0)
        return { index: Number(first) + at / leafBytes, hash: leaves.subarray(at + 8, at + leafBytes) }
    }
  }
  return undefined
}

/** Tells the hash of any subtree that a proof asks for: kept ones by one look, the rest from the leaves of at most one last piece. */
export function rangeHashes(sql: Sql): RangeHash {
  const range: RangeHash = async (start, end) => {
    const size = end - start
    const level = Math.log2(size)
    if (Number.isInteger(level) && level >= keptLevel) {
      const [node] = await sql<{ hash: Buffer }[]>`
        select hash from audit_node where level = ${level}::int and place = ${start / size}::bigint`
      if (node) return node.hash
    }
    if (size <= keptSize) return await fromLeaves(sql, start, end)
    const middle = start + splitOf(size)
    const frontier = [await range(start, middle), await range(middle, end)] as const
    return joined(frontier)
  }
  return range
}

function joined([left, right]: readonly [Buffer, Buffer]): Buffer {
  return new Frontier(3, [left, right]).root()
}

async function fromLeaves(sql: Sql, start: number, end: number): Promise<Buffer> {
  const rows = await sql<{ first: string; leaves: Buffer }[]>`
    select first, leaves from audit_leaf
     where first >= (select max(first) from audit_leaf where first <= ${start}::bigint) and first < ${end}::bigint
     order by first`
  const frontier = new Frontier()
  for (const { first, leaves } of rows) {
    for (const [n, { hash }] of unpackLeaves(leaves).entries()) {
      const index = Number(first) + n
      if (index >= start && index < end) frontier.append(hash)
    }
  }
  if (frontier.size !== end - start)
    throw new Error(`the sealed order lacks lines between ${start} and ${end}: run throughline audit verify`)
  return frontier.root()
}
