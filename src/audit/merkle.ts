/** The Merkle tree of RFC 6962: hashes, roots and proofs. Pure. @see RFC 6962 §2.1; docs/security/audit-trail.md */
import { hash } from 'node:crypto'

export const hashBytes = 32
const leafMark = Buffer.from([0])
const nodeMark = Buffer.from([1])

export function leafHash(line: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([leafMark, line]), 'buffer')
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([nodeMark, left, right]), 'buffer')
}

/** The greatest power of two below `size`, which is at least 2. */
export function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}

/** A subtree that is complete: `place` counts those of its level from 0. */
export type CompleteNode = { readonly level: number; readonly place: number; readonly hash: Buffer }

/**
 * The right edge of a tree that grows: the roots of its complete subtrees, largest first, one for each 1 in the binary form of its size.
 * Enough to append and to tell the root.
 */
export class Frontier {
  #size: number
  readonly #hashes: Buffer[]

  constructor(size = 0, hashes: readonly Buffer[] = []) {
    if (hashes.length !== onesIn(size)) throw new Error('a frontier has one hash for each 1 of its size')
    this.#size = size
    this.#hashes = [...hashes]
  }

  get size(): number {
    return this.#size
  }

  get hashes(): readonly Buffer[] {
    return this.#hashes
  }

  /** @returns the subtrees that became complete by it, the smallest first; the leaf itself is not among them */
  append(leaf: Buffer): readonly CompleteNode[] {
    const complete: CompleteNode[] = []
    let node = leaf
    let level = 0
    let count = this.#size
    for (; count % 2 === 1; count = Math.floor(count / 2)) {
      node = nodeHash(this.#hashes.pop() ?? node, node)
      level += 1
      complete.push({ level, place: Math.floor(count / 2), hash: node })
    }
    this.#hashes.push(node)
    this.#size += 1
    return complete
  }

  root(): Buffer {
    let root = this.#hashes.at(-1)
    if (!root) return hash('sha256', Buffer.alloc(0), 'buffer')
    for (let n = this.#hashes.length - 2; n >= 0; n -= 1) root = nodeHash(this.#hashes[n] ?? root, root)
    return root
  }
}

export function onesIn(size: number): number {
  let ones = 0
  for (let left = size; left > 0; left = Math.floor(left / 2)) ones += left % 2
  return ones
}

/** Tells the hash of the subtree over the leaves from `start` to before `end`, as RFC 6962 divides a tree. */
export type RangeHash = (start: number, end: number) => Promise<Buffer>

/** The hashes that lead from leaf `index` to the root of `size` leaves, the nearest first. @see RFC 6962 §2.1.1 */
export async function inclusionPath(index: number, size: number, range: RangeHash): Promise<readonly Buffer[]> {
  const path: Buffer[] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const middle = start + splitOf(end - start)
    path.push(await (index < middle ? range(middle, end) : range(start, middle)))
    if (index < middle) end = middle
    else start = middle
  }
  return path.reverse()
}

/** The hashes that prove that the tree of `first` leaves is the beginning of that of `second`. @see RFC 6962 §2.1.2 */
export async function consistencyPath(first: number, second: number, range: RangeHash): Promise<readonly Buffer[]> {
  if (first < 1 || first >= second) return []
  const path: Buffer[] = []
  let [start, end] = [0, second]
  let whole = true
  while (first !== end) {
    const middle = start + splitOf(end - start)
    if (first <= middle) {
      path.push(await range(middle, end))
      end = middle
    } else {
      path.push(await range(start, middle))
      start = middle
      whole = false
    }
  }
  if (!whole) path.push(await range(start, end))
  return path.reverse()
}

/** The root that a path leads to; undefined when the path is not of this shape. @see RFC 9162 §2.1.3.2 */
export function rootByInclusion(
  leaf: Buffer,
  { index, size, path }: { readonly index: number; readonly size: number; readonly path: readonly Buffer[] },
): Buffer | undefined {
  if (index < 0 || index >= size) return undefined
  let [node, last, root] = [index, size - 1, leaf]
  for (const step of path) {
    if (last === 0) return undefined
    if (node % 2 === 1 || node === last) {
      root = nodeHash(step, root)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else root = nodeHash(root, step)
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  }
  return last === 0 ? root : undefined
}

type Tree = { readonly size: number; readonly root: Buffer }

/** Whether the second tree begins with the first. @see RFC 9162 §2.1.4.2 */
export function isConsistent(first: Tree, second: Tree, path: readonly Buffer[]): boolean {
  if (first.size > second.size) return false
  if (first.size === second.size) return path.length === 0 && first.root.equals(second.root)
  if (first.size === 0) return path.length === 0
  const steps = [...path]
  let [node, last] = [first.size - 1, second.size - 1]
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  const begin = node === 0 ? first.root : steps.shift()
  if (!begin) return false
  let [old, grown] = [begin, begin]
  for (const step of steps) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      old = nodeHash(step, old)
      grown = nodeHash(step, grown)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else grown = nodeHash(grown, step)
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  }
  return last === 0 && old.equals(first.root) && grown.equals(second.root)
}
