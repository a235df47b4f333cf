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

/** An id that tells nothing: 100 random bits as 20 letters and digits, fit for a URL and to read out over the telephone. */
export function opaqueId(): string {
  return [...randomBytes(20)].map((byte) => alphabet[byte & 31]).join('')
}
