// Builds dist/: TypeScript by tsc, styles by sass. With --if-stale, only when a source is newer than the last build.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'dist', '.built')

function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

const sources = ['src', 'demo', 'bench', 'scripts', 'package.json', 'tsconfig.json']
  .map((name) => join(root, name))
  .filter((path) => existsSync(path))
if (
  process.argv.includes('--if-stale') &&
  existsSync(stamp) &&
  Math.max(...sources.map(newest)) < statSync(stamp).mtimeMs
)
  process.exit(0)

function run(program, args) {
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}` },
  })
  if (error) console.error(`${program} could not be run: ${error.message}. Run npm ci first.`)
  if (status !== 0) process.exit(status ?? 1)
}

const began = Date.now()
mkdirSync(join(root, 'dist'), { recursive: true })
run('tsc', ['-p', 'tsconfig.json'])
run('node', [join('scripts', 'build-css.mjs')])
writeFileSync(stamp, '')
console.log(`Built in ${((Date.now() - began) / 1000).toFixed(1)} s`)
