import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const jsxRuntime = fileURLToPath(new URL('./src/design/jsx/jsx-runtime.ts', import.meta.url))

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: '#jsx' } },
  resolve: { alias: { '#jsx/jsx-runtime': jsxRuntime, '#jsx/jsx-dev-runtime': jsxRuntime } },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'demo/**/*.test.ts', 'test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    reporters: ['default'],
  },
})
