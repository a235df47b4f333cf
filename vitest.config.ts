import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const jsxRuntime = fileURLToPath(new URL('./src/design/jsx/jsx-runtime.ts', import.meta.url))

/** What a process keeps is part of what these try: months that were made, keys that were read, memory. */
const alone = ['src/audit/**/*.test.ts', 'src/store/keys.test.ts']

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: '#jsx' } },
  resolve: { alias: { '#jsx/jsx-runtime': jsxRuntime, '#jsx/jsx-dev-runtime': jsxRuntime } },
  test: {
    projects: [
      // Most rooms keep nothing between files, so their modules are loaded once a worker: a third of all the time.
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['src/**/*.test.{ts,tsx}', 'demo/**/*.test.ts'],
          exclude: alone,
          isolate: false,
        },
      },
      { extends: true, test: { name: 'whole', include: ['test/**/*.test.{ts,tsx}', ...alone] } },
    ],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    reporters: ['default'],
  },
})
