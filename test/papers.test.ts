/** The security, privacy and safety papers are held to what they claim: every test and file they name is there, and every test file they lean on tests. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const papers = [
  'docs/security/asvs.md',
  'docs/security/threat-model.md',
  'docs/privacy/dpia.md',
  'docs/privacy/retention-schedule.md',
  'docs/clinical-safety/clinical-risk-management-plan.md',
  'SECURITY.md',
]

test.each(papers)('%s names only tests and files that are there', (paper) => {
  const text = readFileSync(join(root, paper), 'utf8')
  const named = [...text.matchAll(/`((?:src|test|docs|scripts|deploy|migrations)\/[\w./-]+\.\w+)`/g)].map(
    ([, path = '']) => path,
  )
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('every control of the checklist names a test or a file, says why it does not apply, or is open with what is missing', () => {
  const rows = readFileSync(join(root, 'docs/security/asvs.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
  expect(new Set(rows.map((row) => /^\| (\d+) /.exec(row)?.[1])).size).toBe(17)
  for (const row of rows) {
    const held = row.split('|')[3] ?? ''
    expect([row, /`\w+\/[^`]+`|n\/a: \w|\*\*open\*\*: \w/.test(held)]).toEqual([row, true])
  }
})

test('every threat has a control, and a test or paper that holds it', () => {
  const rows = readFileSync(join(root, 'docs/security/threat-model.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| .* \| [STRIDE, ]+: /.test(line))
  expect(rows.length).toBeGreaterThan(20)
  for (const row of rows) expect([row, /\| `[^`]+`/.test(row)]).toEqual([row, true])
})
