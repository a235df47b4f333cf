import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../shared/data/', import.meta.url))

/** Where a folder or file of the shared test data stands, or undefined on a machine that has none; then the test says so loudly. */
export function sharedData(path: string): string | undefined {
  const full = root + path
  if (existsSync(full)) return full
  console.warn(`SHARED TEST DATA IS ABSENT: ${path} — the tests that need it do not run here`)
  return undefined
}
