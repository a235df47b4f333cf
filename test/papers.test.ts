/** The security, privacy and safety papers are held to what they claim: every test and file they name is there, and every test file they lean on tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

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

/** Every requirement of ASVS 5.0 of levels 1 and 2, as first and last of each section; and level 3 of chapters 8 and 16. */
const asvs =
  '1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2 2.1.1-3 2.2.1-3 2.3.1-4 2.4.1-1 3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-5 3.7.1-2 ' +
  '4.1.1-3 4.2.1-1 4.3.1-2 4.4.1-4 5.1.1-1 5.2.1-3 5.3.1-2 5.4.1-3 6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4 ' +
  '7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2 8.1.1-4 8.2.1-4 8.3.1-3 8.4.1-2 9.1.1-3 9.2.1-4 ' +
  '10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1-1 11.6.1-1 ' +
  '12.1.1-3 12.2.1-2 12.3.1-4 13.1.1-1 13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4 14.3.1-3 15.1.1-3 15.2.1-3 15.3.1-7 ' +
  '16.1.1-1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-4 17.1.1-1 17.2.1-4 17.3.1-2'
const requirements = asvs.split(' ').flatMap((section) => {
  const [, of = '', first = '', last = ''] = /^(\d+\.\d+)\.(\d+)-(\d+)$/.exec(section) ?? []
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, n) => `${of}.${Number(first) + n}`)
})

// Quotation marks are escaped in code, and curly in neither place the same.
const plain = (text: string) => text.replaceAll(/\\?['"`’‘“”]/g, "'")

describe('the checklist (ASVS 5.0, level 2; level 3 for access and audit)', () => {
  const rows = readFileSync(join(root, 'docs/security/asvs.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')))

  test('has every requirement, each once', () => {
    // 253 of levels 1 and 2, and 7 of level 3.
    expect(requirements).toHaveLength(253 + 7)
    const ids = rows.flatMap(([numbers = '']) => numbers.split(', '))
    expect(new Set(ids).size).toBe(ids.length)
    expect(requirements.filter((one) => !ids.includes(one))).toEqual([])
  })

  test('names for each a test by its name, a file or a paper that is there, why it does not apply, or what is not met', () => {
    for (const [numbers = '', , held = ''] of rows) {
      const parts = held.split('<br>')
      for (const part of parts) {
        const [, file, name] = /^`([\w./-]+)`(?:: (.+))?$/.exec(part) ?? []
        const said = /^(?:n\/a|\*\*not met\*\*): \w.{10,}/.test(part)
        expect([numbers, part, file !== undefined || said]).toEqual([numbers, part, true])
        if (file === undefined) continue
        const text = readFileSync(join(root, file), 'utf8')
        if (name !== undefined)
          expect([numbers, file, name, plain(text).includes(plain(name))]).toEqual([numbers, file, name, true])
      }
    }
  })

  test('leans on tests: most requirements that apply name one', () => {
    const applying = rows.filter(([, , held = '']) => !held.startsWith('n/a'))
    const tested = applying.filter(([, , held = '']) => /\.test\.tsx?`/.test(held))
    expect(tested.length / applying.length).toBeGreaterThan(0.8)
  })
})

test('the retention schedule says of every table how long and what ends it', () => {
  const rows = readFileSync(join(root, 'docs/privacy/retention-schedule.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.split(' | ').length === 4)
  const tables = new Set(
    readdirSync(join(root, 'migrations')).flatMap((file) =>
      [
        ...readFileSync(join(root, 'migrations', file), 'utf8').matchAll(/^create table (?:if not exists )?(\w+)/gim),
      ].map(([, name = '']) => name),
    ),
  )
  expect(tables.size).toBeGreaterThan(40)
  expect([...tables].filter((name) => !rows.some((row) => row.includes(`\`${name}\``)))).toEqual([])
})

test('every threat has a control, and a test or paper that holds it', () => {
  const rows = readFileSync(join(root, 'docs/security/threat-model.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| .* \| [STRIDE, ]+: /.test(line))
  expect(rows.length).toBeGreaterThan(20)
  for (const row of rows) expect([row, /\| `[^`]+`/.test(row)]).toEqual([row, true])
})
