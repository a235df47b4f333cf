import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Int64 } from './sql.ts'

/** One of several makers of ids in one process: `part` of `of`, from 0. */
export type Part = { readonly part: number; readonly of: number }

/**
 * Makes 64-bit ids that grow with time: 43 bits of milliseconds, 20 bits that begin at random in each millisecond and count up. Makers that are
 * parts of one another never make the same id; others almost never do.
 */
export function timeOrderedIds(clock: Clock, { part, of }: Part = { part: 0, of: 1 }): () => Int64 {
  const step = BigInt(of)
  let lastMs = 0n
  let count = 0n
  // Two processes in the same millisecond must not meet: begin anywhere in the lower half, leave the upper to count.
  const begin = () => {
    const any = BigInt(randomInt20() & 0x7ffff)
    return any - (any % step) + BigInt(part)
  }
  return () => {
    const ms = BigInt(clock().getTime())
    if (ms > lastMs) {
      lastMs = ms
      count = begin()
    } else {
      count += step
      if (count > 0xfffffn) {
        lastMs += 1n
        count = begin()
      }
    }
    return ((lastMs << 20n) | count).toString()
  }
}

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'

/** Random bytes for the next ids: asked for by the thousand, since asking costs as much as a short read does. */
let random = Buffer.alloc(0)
let used = 0

/** @returns where in `random` so many unused bytes begin */
function take(count: number): number {
  if (used + count > random.length) {
    random = randomBytes(4_000)
    used = 0
  }
  used += count
  return used - count
}

function randomInt20(): number {
  const at = take(4)
  return random.readUInt32BE(at) & 0xfffff
}

/** An id that tells nothing: 100 random bits as 20 letters and digits, fit for a URL and to read out over the telephone. */
export function opaqueId(): string {
  const start = take(20)
  let id = ''
  for (let at = start; at < start + 20; at += 1) id += alphabet[(random[at] ?? 0) & 31]
  return id
}
