/**
 * What all of these give, asked for at once: statements that do not wait for one another's answers travel together. Should one fail, the others
 * are awaited first, so that nothing is still being sent when a transaction is rolled back and its connection given to somebody else.
 * @throws what the first of them threw, in their order
 */
export async function together<T extends readonly unknown[]>(
  ...all: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(all)
  return await Promise.all(all)
}
