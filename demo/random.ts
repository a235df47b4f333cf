/** Chance that always falls the same way: everything in the area is drawn from a seed and a name, so adding one person never changes another. */
export type Random = {
  /** 0 to just below 1. */
  readonly next: () => number
  /** A whole number, both ends included. */
  readonly int: (min: number, max: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <T>(list: readonly [T, ...(readonly T[])]) => T
  /** A bell-shaped number around `mean`. */
  readonly near: (mean: number, spread: number) => number
}

/** @param names what the numbers are for: the same seed and names give the same numbers, in order */
export function randomFor(seed: string, ...names: readonly (string | number)[]): Random {
  let state = fold([seed, ...names].join('\u0000'))
  const next = (): number => {
    // mulberry32: small, quick, good enough for inventing lives; never for secrets.
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => list[int(0, list.length - 1)] ?? list[0],
    near: (mean, spread) => mean + (next() + next() + next() - 1.5) * spread,
  }
}

/** FNV-1a, 32 bits, stirred once more. */
function fold(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> 0
}
