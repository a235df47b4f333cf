/** The floors and the doors: imports go down, through `index.ts` (architecture §2, style §1). */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('../src', import.meta.url))

const floors: Readonly<Record<string, number>> = {
  'server.ts': 7,
  'config.ts': 7,
  'door-limits.ts': 7,
  cli: 7,
  'fhir-api': 6,
  'staff-app': 6,
  'patient-app': 6,
  feeds: 5,
  record: 5,
  estate: 5,
  worklist: 5,
  'sign-in': 5,
  'smart-apps': 5,
  identity: 4,
  access: 4,
  store: 3,
  audit: 3,
  secrets: 2,
  outside: 2.5,
  fhir: 2,
  design: 2,
  nhs: 1,
  base: 0,
}

const files = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : /\.tsx?$/.test(name) ? [path] : []
  })

const isTest = (path: string) => /\.test\.tsx?$/.test(path)
const roomOf = (path: string) => relative(src, path).split('/')[0] ?? ''
const product = files(src).filter((path) => !isTest(path))

type Import = { readonly from: string; readonly to: string; readonly text: string }

const imports: readonly Import[] = product.flatMap((path) =>
  [
    ...readFileSync(path, 'utf8').matchAll(
      /(?:import|export)\s[^'"]*?from\s+'(\.[^']+)'|import\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g,
    ),
  ].map((match) => {
    const text = match[1] ?? match[2] ?? match[3] ?? ''
    return { from: path, to: resolve(dirname(path), text), text }
  }),
)

const told = (one: Import) => `${relative(src, one.from)} imports ${one.text}`

test('every room has its floor', () => {
  expect(readdirSync(src).filter((name) => floors[name] === undefined)).toEqual([])
})

test('every room has a door that says what it owns', () => {
  const rooms = Object.keys(floors).filter((name) => !name.endsWith('.ts') && name !== 'cli')
  for (const room of rooms) {
    expect(readFileSync(join(src, room, 'index.ts'), 'utf8'), `${room}/index.ts begins with a header`).toMatch(
      /^\/\*\*[\s\S]{40,}?\*\//,
    )
  }
})

test('imports between rooms go down, never up or sideways', () => {
  const wrong = imports.filter((one) => {
    const [from, to] = [roomOf(one.from), roomOf(one.to)]
    // The outermost floor may use itself: the command line starts the server.
    if (from === to || floors[from] === 7) return false
    return (floors[to] ?? 99) >= (floors[from] ?? -1)
  })
  expect(wrong.map(told)).toEqual([])
})

test('another room is entered by its door only', () => {
  const wrong = imports.filter(
    (one) => roomOf(one.from) !== roomOf(one.to) && floors[roomOf(one.to)] !== 7 && !/\/index\.ts$/.test(one.to),
  )
  expect(wrong.map(told)).toEqual([])
})

test('only access makes a Scope', () => {
  const wrong = product.filter(
    (path) => !['access', 'store'].includes(roomOf(path)) && /\bmakeScope\b/.test(readFileSync(path, 'utf8')),
  )
  expect(wrong.map((path) => relative(src, path))).toEqual([])
})

test('floors 0 to 2 are pure: no database, network, files or clock', () => {
  const impure =
    /from '(?:node:(?!crypto|buffer|util)[a-z_/]+|postgres|fastify|pino)'|\bDate\.now\(|new Date\(\)|process\.env|Math\.random/
  const wrong = product.filter(
    (path) =>
      (floors[roomOf(path)] ?? 9) <= 2 && impure.test(readFileSync(path, 'utf8').replace(/import type [^\n]+/g, '')),
  )
  expect(wrong.map((path) => relative(src, path))).toEqual([])
})

test('only server.ts and the commands read the environment or the time', () => {
  const wrong = product.filter(
    (path) =>
      floors[roomOf(path)] !== 7 &&
      /process\.env(?!\.PATH)|\bDate\.now\(|new Date\(\)/.test(readFileSync(path, 'utf8')),
  )
  expect(wrong.map((path) => relative(src, path))).toEqual([])
})

test('pages and the FHIR door hold no SQL', () => {
  const wrong = product.filter(
    (path) => floors[roomOf(path)] === 6 && /\b(?:sql|tx)(?:<[^`]*>)?`/.test(readFileSync(path, 'utf8')),
  )
  expect(wrong.map((path) => relative(src, path))).toEqual([])
})

test('no type holes, no tests switched off, no unfinished work', () => {
  const holes = /\bas any\b|: any\b|@ts-(?:ignore|expect-error|nocheck)|\b(?:TODO|FIXME|XXX|HACK)\b/
  const root = fileURLToPath(new URL('..', import.meta.url))
  const everything = [...product, ...['demo', 'bench'].flatMap((folder) => files(join(root, folder)))]
  expect(
    everything.filter((path) => holes.test(readFileSync(path, 'utf8'))).map((path) => relative(root, path)),
  ).toEqual([])
  const tests = [...files(src), ...files(join(root, 'test'))].filter(isTest)
  expect(
    tests
      .filter((path) => /\b(?:it|test|describe)\.(?:only|skip|todo)\(/.test(readFileSync(path, 'utf8')))
      .map((path) => relative(root, path)),
  ).toEqual([])
})

test('no download addresses and no machine paths are recorded', () => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  expect(lock).not.toMatch(/"resolved"/)
})
