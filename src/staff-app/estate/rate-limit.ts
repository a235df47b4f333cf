/** So many in each window for each address; a bounded number of addresses is remembered, so that nobody can fill the memory. */
export function makeRateLimit({
  most,
  windowMs,
  addressesMax = 10_000,
}: {
  readonly most: number
  readonly windowMs: number
  readonly addressesMax?: number
}): (address: string, now: Date) => boolean {
  let began = 0
  let many = new Map<string, number>()
  return (address, now) => {
    if (now.getTime() - began >= windowMs) {
      began = now.getTime()
      many = new Map()
    }
    const so = many.get(address) ?? 0
    if (so >= most || (so === 0 && many.size >= addressesMax)) return false
    many.set(address, so + 1)
    return true
  }
}
