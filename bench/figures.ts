/** Milliseconds at which so many percent were done, to two places. */
export function percentiles(times: readonly number[]): {
  readonly p50: number
  readonly p95: number
  readonly p99: number
} {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN, 2)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

export function rounded(n: number, places = 0): number {
  return Number(n.toFixed(places))
}

/** Runs `work` for 0 … count-1 on so many workers at once. @returns the milliseconds each took, and all together */
export async function inParallel(
  count: number,
  workers: number,
  work: (n: number, worker: number) => Promise<void>,
): Promise<{ readonly each: readonly number[]; readonly allMs: number }> {
  const each: number[] = []
  let next = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let n = next++; n < count; n = next++) {
        const start = performance.now()
        await work(n, worker)
        each.push(performance.now() - start)
      }
    }),
  )
  return { each, allMs: performance.now() - began }
}
