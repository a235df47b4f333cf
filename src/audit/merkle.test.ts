/** @see RFC 6962 §2.1, whose worked examples these trees are; a slow definition is held against the fast one. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  consistencyPath,
  Frontier,
  inclusionPath,
  isConsistent,
  leafHash,
  nodeHash,
  rootByInclusion,
  splitOf,
} from './merkle.ts'

const leaves = Array.from({ length: 300 }, (_, n) => leafHash(Buffer.from(`line ${n}`)))

/** MTH as the RFC writes it. */
function slowRoot(of: readonly Buffer[]): Buffer {
  const [only] = of
  if (!only) return createHash('sha256').digest()
  if (of.length === 1) return only
  const split = splitOf(of.length)
  return nodeHash(slowRoot(of.slice(0, split)), slowRoot(of.slice(split)))
}
const range = async (start: number, end: number) => slowRoot(leaves.slice(start, end))
const tree = (size: number) => ({ size, root: slowRoot(leaves.slice(0, size)) })

test('the root of an empty tree and of one leaf are those of the RFC', () => {
  expect(new Frontier().root().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(leafHash(Buffer.alloc(0)).toString('hex')).toBe(
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  )
})

test('a tree that grows has the root of the definition at every size, and tells each subtree once it is complete', () => {
  const frontier = new Frontier()
  for (const [n, leaf] of leaves.entries()) {
    for (const { level, place, hash } of frontier.append(leaf))
      expect(hash.equals(slowRoot(leaves.slice(place * 2 ** level, (place + 1) * 2 ** level)))).toBe(true)
    expect(frontier.root().equals(tree(n + 1).root)).toBe(true)
  }
})

test('every line proves its place, and no other line, place or tree does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.nat(299), fc.nat(299), async (size, seed, other) => {
      const index = seed % size
      const path = await inclusionPath(index, size, range)
      const leaf = leaves[index] ?? Buffer.alloc(0)
      const { root } = tree(size)
      expect(rootByInclusion(leaf, { index, size, path })?.equals(root)).toBe(true)
      if (other % size !== index) {
        expect(rootByInclusion(leaves[other % size] ?? leaf, { index, size, path })?.equals(root)).toBe(false)
        expect(rootByInclusion(leaf, { index: other % size, size, path })?.equals(root) ?? false).toBe(false)
      }
      expect(rootByInclusion(leaf, { index, size, path: [...path, leaf] })?.equals(root) ?? false).toBe(false)
      if (path.length > 0)
        expect(rootByInclusion(leaf, { index, size, path: path.slice(1) })?.equals(root) ?? false).toBe(false)
    }),
  )
})

test('a tree proves that it begins with an earlier one, and with no other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), async (a, b) => {
      const [first, second] = a < b ? [a, b] : [b, a]
      const path = await consistencyPath(first, second, range)
      expect(isConsistent(tree(first), tree(second), path)).toBe(true)
      const forged = { size: first, root: leafHash(Buffer.from('forged')) }
      expect(isConsistent(forged, tree(second), path)).toBe(false)
      expect(isConsistent(tree(first), { ...tree(second), root: forged.root }, path)).toBe(false)
    }),
  )
})
