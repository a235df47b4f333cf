import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { parseTime } from './time.ts'

test('what one message said is no time, whatever was read of another before', () => {
  expect(parseTime('20260514', true)).toBe('2026-05-14')
  expect(parseTime('20260514 or day')).toHaveProperty('trouble')
  expect(parseTime('202605140000', true)).toBe('2026-05-14')
  expect(parseTime('202605140000')).toBe('2026-05-14T00:00:00+01:00')
  expect(parseTime('202605140000', true)).toBe('2026-05-14')
})

test('times are remembered without the long messages that they stood in', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const filling = Buffer.alloc(4_000_000, 'x').toString('latin1')
  const held = () => {
    collect()
    const { external, heapUsed } = process.memoryUsage()
    return external + heapUsed
  }
  const before = held()
  for (let n = 10; n < 50; n += 1) {
    const message = Buffer.from(`${filling}|202605141020${n}`).toString()
    const [, time = ''] = message.split('|')
    parseTime(time)
  }
  expect(held() - before).toBeLessThan(40_000_000)
})
