import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { codingKey } from './keys.ts'

test('codes are remembered without the long messages that they stood in', () => {
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
    const message = Buffer.from(`${filling}|a-long-identifier-${n}|https://example.org/codes/${n}`).toString()
    const [, code = '', system = ''] = message.split('|')
    codingKey('Observation', 'code', system, code)
  }
  expect(held() - before).toBeLessThan(40_000_000)
})
