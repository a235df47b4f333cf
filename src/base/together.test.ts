import { expect, test } from 'vitest'
import { together } from './index.ts'

test('what is asked for together is given in its order, however it came', async () => {
  const later = new Promise<string>((done) => setImmediate(() => done('later')))
  expect(await together(later, 1, Promise.resolve('now'))).toEqual(['later', 1, 'now'])
})

test('when one fails, it is told only after the others are done: nothing is still being sent', async () => {
  let done = false
  const slow = new Promise<void>((end) =>
    setImmediate(() => {
      done = true
      end()
    }),
  )
  await expect(together(Promise.reject(new Error('first')), slow, Promise.reject(new Error('second')))).rejects.toThrow(
    'first',
  )
  expect(done).toBe(true)
})
