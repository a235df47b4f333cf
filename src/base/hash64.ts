import xxhash from 'xxhash-wasm'
import type { Int64 } from './sql.ts'

const { h64 } = await xxhash()

/** A 64-bit hash (xxHash64, seed 0) as a signed decimal, to be stored as bigint. Stable for ever: it is on disk. Not for secrets. */
export function hash64(text: string): Int64 {
  return BigInt.asIntN(64, h64(text)).toString()
}
