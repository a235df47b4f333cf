/** Maps a number in `from` to a place in `to`, in a straight line. A range of no width maps to the middle. */
export function linear(from: readonly [number, number], to: readonly [number, number]): (value: number) => number {
  const width = from[1] - from[0]
  if (width === 0) return () => (to[0] + to[1]) / 2
  return (value) => to[0] + ((value - from[0]) / width) * (to[1] - to[0])
}

/**
 * A range with round ends that holds all values, and the round steps within it: three to seven of them.
 * @param whole there is nothing between two whole numbers, as of a score: fewer steps then
 */
export function niceTicks(values: readonly number[], whole = false): readonly number[] {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const span = high - low || Math.abs(high) || 1
  const rough = span / 3
  const power = 10 ** Math.floor(Math.log10(rough))
  const round = power * (rough / power >= 5 ? 5 : rough / power >= 2 ? 2 : 1)
  const step = whole ? Math.max(1, round) : round
  const first = Math.floor(low / step)
  const last = Math.max(Math.ceil(high / step), first + 1)
  const decimals = Math.max(0, -Math.floor(Math.log10(step)))
  return Array.from({ length: last - first + 1 }, (_, place) => Number(((first + place) * step).toFixed(decimals)))
}
