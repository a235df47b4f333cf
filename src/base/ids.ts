import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Int64 } from './sql.ts'

/** Makes 64-bit ids that grow with time: 43 bits of milliseconds, 20 bits that begin at random in each millisecond and count up. */
export function timeOrderedIds(clock: Clock): () => Int64 {
  let lastMs = 0n
  let count = 0n
  return () => {
    const ms = BigInt(clock().getTime())
    if (ms > lastMs) {
      lastMs = ms
      // Two processes in the same millisecond must not meet: begin anywhere in the lower half, leave the upper to count.
      count = BigInt(randomBytes(4).readUInt32BE() & 0x7ffff)
    } else {
      count += 1n
      if (count > 0xfffffn) {
        lastMs += 1n
        count = 0n
      }
    }
    return ((lastMs << 20n) | count).toString()
  }
}

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'

/** Random bytes for the next ids: asked for by the hundred, since asking costs as much as a short read does. */
let random = Buffer.alloc(0)
let used = 0

/** An id that tells nothing: 100 random bits as 20 letters and digits, fit for a URL and to read out over the telephone. */
export function opaqueId(): string {
  if (used >= random.length) {
    random = randomBytes(20 * 200)
    used = 0
  }
  let id = ''
  for (const end = used + 20; used < end; used += 1) id += alphabet[(random[used] ?? 0) & 31]
  return id
}
