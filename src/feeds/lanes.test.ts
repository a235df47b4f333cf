import { expect, test } from 'vitest'
import { makeLanes } from './lanes.ts'

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

test('order is kept within a key while keys run side by side, and a fence parts what came before it from what comes after', async () => {
  const done: string[] = []
  let together = 0
  let mostTogether = 0
  const lanes = makeLanes<string, string>({
    count: 3,
    itemsMax: 2,
    weightMax: 100,
    weigh: () => 1,
    keys: (item) => [item.slice(0, 1)],
    fences: (item) => item.startsWith('fence'),
    awaitMore: () => false,
    run: async (batch) => {
      together += 1
      mostTogether = Math.max(mostTogether, together)
      await pause(batch.join('').length % 5)
      done.push(...batch)
      together -= 1
      return batch
    },
  })
  const before = ['a1', 'b1', 'c1', 'a2', 'b2', 'd1', 'e1', 'a3']
  const after = ['a4', 'b3', 'c2', 'd2']
  const answers = await Promise.all([...before, 'fence', ...after].map((item) => lanes.add(item)))
  expect(answers).toEqual([...before, 'fence', ...after])
  const at = done.indexOf('fence')
  expect(done.slice(0, at).sort()).toEqual([...before].sort())
  expect(done.slice(at + 1).sort()).toEqual([...after].sort())
  for (const key of 'abcde') {
    const own = done.filter((item) => item.startsWith(key) && item !== 'fence')
    expect(own).toEqual([...own].sort())
  }
  expect(mostTogether).toBeGreaterThan(1)
})

test('a fence that fails fails alone, and the lanes go on', async () => {
  const lanes = makeLanes<string, string>({
    count: 2,
    itemsMax: 2,
    weightMax: 100,
    weigh: () => 1,
    keys: (item) => [item],
    fences: (item) => item === 'bad',
    awaitMore: () => false,
    run: async (batch) => {
      if (batch.includes('bad')) throw new Error('no')
      return batch
    },
  })
  const [one, bad, two] = await Promise.allSettled([lanes.add('x'), lanes.add('bad'), lanes.add('y')])
  expect([one.status, bad.status, two.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('what comes while every lane is at work goes together when one is free, but for what must follow something under way', async () => {
  const batches: string[][] = []
  const gates: (() => void)[] = []
  const lanes = makeLanes<string, string>({
    count: 2,
    itemsMax: 10,
    weightMax: 100,
    weigh: () => 1,
    keys: (item) => [item.slice(0, 1)],
    fences: () => false,
    awaitMore: () => false,
    run: async (batch) => {
      batches.push([...batch])
      await new Promise<void>((open) => gates.push(open))
      return batch
    },
  })
  const open = async (n: number) => {
    while (gates.length <= n) await new Promise((done) => setImmediate(done))
    gates[n]?.()
  }
  const answers = [lanes.add('a1')]
  while (gates.length < 1) await new Promise((done) => setImmediate(done))
  answers.push(lanes.add('b1'))
  while (gates.length < 2) await new Promise((done) => setImmediate(done))
  answers.push(...['a2', 'c1', 'b2', 'd1', 'a3'].map((item) => lanes.add(item)))
  await open(1)
  await open(2)
  await open(0)
  await open(3)
  expect(await Promise.all(answers)).toEqual(['a1', 'b1', 'a2', 'c1', 'b2', 'd1', 'a3'])
  expect(batches).toEqual([['a1'], ['b1'], ['c1', 'b2', 'd1'], ['a2', 'a3']])
  await lanes.idle()
})
