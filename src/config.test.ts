import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

test.each([
  [{}, true],
  [{ HOST: '0.0.0.0' }, true],
  [{ THROUGHLINE_MODE: 'production' }, true],
  [{ THROUGHLINE_MODE: 'production', HOST: '0.0.0.0' }, false],
  [{ THROUGHLINE_MODE: 'production', HOST: '127.evil.example' }, false],
  [{ THROUGHLINE_MODE: 'production', PUBLIC_URL: 'http://record.example' }, false],
  [{ THROUGHLINE_MODE: 'production', HOST: '0.0.0.0', PUBLIC_URL: 'https://record.example' }, true],
])('real people are not served in the clear beyond this machine: %o starts: %s', (env, starts) => {
  const config = readConfig(env)
  expect(config.ok).toBe(starts)
  if (!config.ok) expect(config.issues.map(({ place }) => place)).toEqual(['PUBLIC_URL'])
})
