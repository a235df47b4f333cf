import { expect, test } from 'vitest'
import { batcher } from './batcher.ts'

const limits = { itemsMax: 3, weightMax: 100, weigh: () => 1 }

test('what arrives while a batch runs makes the next batch, in order', async () => {
  const batches: number[][] = []
  let release = () => {}
  const gate = new Promise<void>((done) => {
    release = done
  })
  const { add } = batcher<number, number>(async (batch) => {
    batches.push([...batch])
    if (batches.length === 1) await gate
    return batch.map((n) => n * 10)
  }, limits)
  const first = add(1)
  await new Promise((done) => setTimeout(done, 5))
  const rest = [2, 3, 4, 5].map((n) => add(n))
  release()
  expect(await Promise.all([first, ...rest])).toEqual([10, 20, 30, 40, 50])
  expect(batches).toEqual([[1], [2, 3, 4], [5]])
})

test('a batch that fails fails its own items only', async () => {
  const { add } = batcher<number, number>(
    async (batch) => {
      if (batch.includes(1)) throw new Error('no')
      return batch
    },
    { ...limits, itemsMax: 1 },
  )
  const [one, two] = await Promise.allSettled([add(1), add(2)])
  expect([one.status, two.status]).toEqual(['rejected', 'fulfilled'])
})

test('one item heavier than the limit still goes, alone', async () => {
  const { add } = batcher<number, number>(async (batch) => batch, { itemsMax: 10, weightMax: 5, weigh: (n) => n })
  expect(await Promise.all([add(50), add(1)])).toEqual([50, 1])
})
